"""What a communication officer does in LibreOffice, done through its own interface (UNO).

Run by the Python of the system, which has `uno`: office_edit.py SOURCE TARGET LOGO PROFILE
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FONT, COLOUR, SIZE = "DejaVu Serif", 0x006633, 15.0
WORDS = "Departement Economie"


def option(name: str, value: object) -> PropertyValue:
    """A named argument of the office."""
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def context(pipe: str) -> Any:  # noqa: ANN401 -- uno has no types
    """The office behind a pipe, once it has started."""
    local = uno.getComponentContext()
    name = "com.sun.star.bridge.UnoUrlResolver"
    resolver = local.ServiceManager.createInstanceWithContext(name, local)
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.25)
    sys.exit("LibreOffice does not answer")


def edit(document: Any, logo: Path, manager: Any) -> None:  # noqa: ANN401
    """Another font and colour for titles, a logo and a name at the top, a word at the bottom."""
    styles = document.StyleFamilies
    title = styles.getByName("ParagraphStyles").getByName("Heading 1")
    title.CharFontName, title.CharColor, title.CharHeight = FONT, COLOUR, SIZE
    page = styles.getByName("PageStyles").getByName("Standard")
    header, footer = page.HeaderText, page.FooterText
    header.insertString(header.Start, f"{WORDS}\n", False)  # noqa: FBT003 -- its interface
    provider = manager.createInstance("com.sun.star.graphic.GraphicProvider")
    picture = document.createInstance("com.sun.star.text.TextGraphicObject")
    picture.Graphic = provider.queryGraphic((option("URL", uno.systemPathToFileUrl(str(logo))),))
    picture.Description, picture.Title = "Logo van Vlaanderen", "Logo"
    picture.Width = picture.Height = 1500
    header.insertTextContent(header.Start, picture, False)  # noqa: FBT003
    footer.insertString(footer.Start, "Versie voor de pers - ", False)  # noqa: FBT003


@contextmanager
def office(profile: str) -> Iterator[Any]:
    """The services of an office of its own, which ends afterwards."""
    pipe = f"office-{Path(profile).name}"
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore"]
    program = subprocess.Popen([*command, f"--accept=pipe,name={pipe};urp;"])
    try:
        yield context(pipe).ServiceManager
    finally:
        program.terminate()
        program.wait(60)


@contextmanager
def saved(manager: Any, source: str, target: str) -> Iterator[Any]:  # noqa: ANN401
    """A document that is opened; what was done to it is saved as .docx."""
    desktop = manager.createInstance("com.sun.star.frame.Desktop")
    hidden = (option("Hidden", True),)  # noqa: FBT003
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(source), "_blank", 0, hidden)
    yield document
    kind = option("FilterName", "MS Word 2007 XML")
    document.storeToURL(uno.systemPathToFileUrl(target), (kind,))
    document.close(True)  # noqa: FBT003


def main(source: str, target: str, logo: str, profile: str) -> None:
    """Open, edit, save as .docx, close."""
    with office(profile) as manager, saved(manager, source, target) as document:
        edit(document, Path(logo), manager)


if __name__ == "__main__":
    main(*sys.argv[1:])
