"""The Dutch catalogue, beside the sentences of the code: `make messages` brings it up to date."""

from datetime import UTC, datetime
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from kmo_report.language import DOMAIN, FOLDER
from tests.conftest import ROOT

PO = FOLDER / f"nl/LC_MESSAGES/{DOMAIN}.po"
MO = PO.with_suffix(".mo")

_KEYWORDS = {"say": None, "mark": None, "invalid": (2,)}
_HEADER = """\
# The sentences of the program in Dutch; `make messages` brings this up to date with the code.
msgid ""
msgstr ""
"Language: nl\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def sentences() -> list[str]:
    """All that the program can say, in the order of the code."""
    methods = [("**.py", "python"), ("preview/**.j2", "jinja2")]
    found = extract_from_dir(ROOT / "kmo_report", keywords=_KEYWORDS, method_map=methods)
    return list(dict.fromkeys(str(message) for _, _, message, _, _ in found))


def catalogue() -> Catalog:
    """What the .po file holds."""
    with PO.open("rb") as file:
        return read_po(file, locale="nl")


def compiled(catalog: Catalog) -> bytes:
    """The .mo file of a catalogue."""
    content = BytesIO()
    catalog.creation_date = catalog.revision_date = datetime(
        2026, 1, 1, tzinfo=UTC
    )  # not the clock
    write_mo(content, catalog)
    return content.getvalue()


def write() -> None:
    """Keep what is translated, add what is new, drop what is gone; then compile."""
    known = {message.id: message.string for message in catalogue()}
    fresh = Catalog(locale="nl")
    for sentence in sentences():
        fresh.add(sentence, known.get(sentence, ""))
    text = BytesIO()
    write_po(text, fresh, omit_header=True, width=0)
    PO.write_text(_HEADER + text.getvalue().decode(), "utf-8")
    MO.write_bytes(compiled(catalogue()))


if __name__ == "__main__":
    write()
