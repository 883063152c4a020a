"""The manual: for each code why it matters, an example, and how to mend it; a file a language."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kmo_report.language import spoken


def paragraphs() -> Mapping[str, str]:
    """Code -> what the manual says of it, in the language of the reader."""
    return _read(spoken())


@cache
def _read(language: str) -> Mapping[str, str]:
    text = (Path(__file__).parent / f"{language}.md").read_text("utf-8")
    _, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    pairs = (section.partition("\n") for section in sections)
    return {code.strip(): words.strip() for code, _, words in pairs}
