"""A house style: a folder with the words, the look of the PDF, the Word styles and the notation.

`page.html.j2` holds the words and their order, `page.css` the look of the PDF, `page.docx` the
styles of the Word file, `style.yaml` the notation and the phrases.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kmo_report import files
from kmo_report.language import did_you_mean, say
from kmo_report.load import load_style
from kmo_report.look import custom_properties
from kmo_report.model.style import Style
from kmo_report.problems import InputError, Place, Problem

DEFAULT = "vlaams-parlement"
PAGE = "page.html.j2"
FILES = (PAGE, "page.css", "page.docx", "style.yaml")


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A template folder, read."""

    folder: Path
    page: str
    """The text of page.html.j2."""
    css: str
    """The text of page.css, and after it the look of style.yaml as custom properties."""
    docx: bytes
    style: Style


def find_template(name: str) -> Path:
    """The folder of a house style that comes with the program, or the folder of that path."""
    folder = Path(name)
    with suppress(OSError):  # such as a name that is too long
        if folder.is_dir():
            return folder
    shipped = {path.name: path for path in _shipped()}
    if name in shipped:
        return shipped[name]
    message = say("there is no template folder {name}", name=name)
    raise InputError([Problem("template", message + did_you_mean(name, list(shipped)))])


def _shipped() -> Iterator[Path]:
    here = Path(__file__).parent
    # A wheel carries templates/ inside the package; in a checkout it lies beside it.
    for root in (here / "templates", here.parent / "templates"):
        if root.is_dir():
            yield from sorted(path for path in root.iterdir() if (path / PAGE).is_file())
            return


@cache
def open_template(folder: Path) -> Template:
    """A template folder; it is read once, for however many answers."""
    return read_template(folder)


def read_template(folder: Path) -> Template:
    """A template folder as it is now."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise InputError(
            Problem(
                "template", say("the template lacks {file}", file=name), Place(str(folder / name))
            )
            for name in missing
        )
    texts = {}
    for name in (PAGE, "page.css"):
        try:
            texts[name] = files.read(folder / name).decode("utf-8-sig")
        except UnicodeDecodeError:
            message = say("this is no UTF-8; save the file as UTF-8 text")
            place = Place(str(folder / name))
            raise InputError([Problem("encoding", message, place)]) from None
    style = load_style(files.read(folder / "style.yaml"), str(folder / "style.yaml")).model
    docx = files.read(folder / "page.docx")
    return Template(folder, texts[PAGE], dressed(texts["page.css"], style), docx, style)


def dressed(css: str, style: Style) -> str:
    """A style sheet, and after it the look of the house: so its own lines keep their numbers."""
    return f"{css.rstrip()}\n{custom_properties(style.look)}" if style.look else css
