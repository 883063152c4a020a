"""What the PDF wants of the machine: libraries and fonts, and the command that brings them.

Looked at by the loader of the system itself, so that it can be said where WeasyPrint cannot start.
"""

import ctypes
import os
import re
from collections.abc import Callable, Iterable, Mapping
from ctypes.util import find_library
from dataclasses import dataclass
from types import MappingProxyType

from kmo_report.language import say

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """A library of the system, and the Debian package that it is in."""

    name: str
    stem: str
    """As the linker calls it: pango-1.0."""
    major: int
    package: str
    least: Version = ()
    version: Callable[[ctypes.CDLL], str] | None = None

    def loaded(self) -> ctypes.CDLL | None:
        """The library, or None where it is not, or cannot be read."""
        for name in (f"lib{self.stem}.so.{self.major}", find_library(self.stem)):
            try:
                return ctypes.CDLL(name) if name else None
            except OSError:
                continue
        return None

    def found_version(self, library: ctypes.CDLL) -> str:
        """Its version as 1.50.12, or nothing where it has no function that says so."""
        return self.version(library) if self.version else ""


def _said(function: str) -> Callable[[ctypes.CDLL], str]:
    def version(library: ctypes.CDLL) -> str:
        says = getattr(library, function)
        says.restype = ctypes.c_char_p
        return str(says().decode())

    return version


LIBRARIES = (
    Library("GLib", "gobject-2.0", 0, "libglib2.0-0"),
    Library("Pango", "pango-1.0", 0, "libpango-1.0-0", (1, 44), _said("pango_version_string")),
    Library("PangoFT2", "pangoft2-1.0", 0, "libpangoft2-1.0-0"),
    Library("HarfBuzz", "harfbuzz", 0, "libharfbuzz0b", (2, 9), _said("hb_version_string")),
    Library("HarfBuzz-Subset", "harfbuzz-subset", 0, "libharfbuzz-subset0"),
    Library("Fontconfig", "fontconfig", 1, "libfontconfig1"),
)
"""What WeasyPrint loads; the last it can do without, but the PDF would be another one."""

FACES = frozenset({"regular", "bold", "italic", "bold italic"})
"""What any text may need: bold for headings and <strong>, italic for <em>."""

FONT_PACKAGES: Mapping[str, str] = MappingProxyType(
    {
        "DejaVu Sans": "fonts-dejavu-core fonts-dejavu-extra",
        "DejaVu Serif": "fonts-dejavu-core fonts-dejavu-extra",
        "Carlito": "fonts-crosextra-carlito",
        "Liberation Sans": "fonts-liberation",
        "Liberation Serif": "fonts-liberation",
    }
)
"""Font -> what to install on Debian or Ubuntu."""


def as_version(text: str) -> Version:
    """`1.50.12+ds` -> (1, 50, 12)"""
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def install(packages: Iterable[str]) -> str:
    """The command that installs packages, for this user."""
    names = " ".join(dict.fromkeys(" ".join(packages).split()))
    root = "" if os.geteuid() == 0 else "sudo "
    return f"{root}apt-get install {names}"


def wanted(name: str = "Pango") -> str:
    """One line: which libraries the PDF lacks, and what to do; `name` where all seem to be here."""
    lacking = [library for library in LIBRARIES if library.loaded() is None]
    lacking = lacking or [library for library in LIBRARIES if library.name == name]
    return say(
        "the PDF wants {library} (--format docx works without); on Debian or Ubuntu: {command}",
        library=", ".join(library.name for library in lacking),
        command=install(library.package for library in lacking),
    )


def face(style: str) -> str:
    """`Bold Oblique` -> bold italic: one of FACES, or something near."""
    slanted = re.search("oblique|italic", style, re.IGNORECASE)
    bold = "bold " if "bold" in style.lower() else ""
    return f"{bold}{'italic' if slanted else ''}".strip() or "regular"


def fonts() -> dict[str, set[str]] | None:
    """Family -> its faces, of all fonts of this machine; None where there is no Fontconfig."""
    library = next(library for library in LIBRARIES if library.name == "Fontconfig").loaded()
    if library is None:
        return None
    for name in ("FcInitLoadConfigAndFonts", "FcPatternCreate", "FcObjectSetCreate", "FcFontList"):
        getattr(library, name).restype = ctypes.c_void_p
    config = ctypes.c_void_p(library.FcInitLoadConfigAndFonts())
    pattern = ctypes.c_void_p(library.FcPatternCreate())
    wished = ctypes.c_void_p(library.FcObjectSetCreate())
    for key in (b"family", b"style"):
        library.FcObjectSetAdd(wished, key)
    listed = ctypes.cast(library.FcFontList(config, pattern, wished), ctypes.POINTER(_FontSet))
    found: dict[str, set[str]] = {}
    for index in range(listed.contents.count):
        values = []
        for key in (b"family", b"style"):
            text = ctypes.c_char_p()
            library.FcPatternGetString(
                ctypes.c_void_p(listed.contents.fonts[index]), key, 0, ctypes.byref(text)
            )
            values.append((text.value or b"").decode("utf-8", "replace"))
        found.setdefault(values[0], set()).add(face(values[1]))
    library.FcFontSetDestroy(listed)
    library.FcObjectSetDestroy(wished)
    library.FcPatternDestroy(pattern)
    library.FcConfigDestroy(config)
    return found


class _FontSet(ctypes.Structure):
    """FcFontSet of fontconfig.h."""

    _fields_ = (
        ("count", ctypes.c_int),
        ("size", ctypes.c_int),
        ("fonts", ctypes.POINTER(ctypes.c_void_p)),
    )
