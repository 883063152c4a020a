"""The manual, a file a language: for each code why it matters and how to mend it; and pages."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kmo_report.language import spoken

_FOLDER = Path(__file__).parent

PAGES = tuple(sorted(path.name.removesuffix(".en.md") for path in _FOLDER.glob("*.en.md")))
"""What is told from beginning to end, with the commands and what they print."""


def page(name: str) -> str:
    """One of the pages, in the language of the reader, as it is read in a terminal."""
    text = (_FOLDER / f"{name}.{spoken()}.md").read_text("utf-8")
    return re.sub(r"^<!--.*?-->\n+", "", text, flags=re.MULTILINE | re.DOTALL)


def paragraphs() -> Mapping[str, str]:
    """Code -> what the manual says of it, in the language of the reader."""
    return _read(spoken())


@cache
def _read(language: str) -> Mapping[str, str]:
    text = (_FOLDER / f"{language}.md").read_text("utf-8")
    _, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    pairs = (section.partition("\n") for section in sections)
    return {code.strip(): words.strip() for code, _, words in pairs}
