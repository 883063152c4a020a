"""The look that a house style sets once: complete letters for each place, and as CSS for page.css.

`render.dress` compares the Word styles with it, and `lint` the computed CSS.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kmo_report.language import mark, say
from kmo_report.model.style import Look

PLACES = ("text", "title", "heading", "caption", "table", "note", "link", "header", "footer")
"""Where letters are set, by their keys in style.yaml."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """The letters of a place; None where nothing is said, as of the size of a link."""

    font: str | None
    size: Decimal | None
    """In points."""
    colour: str | None
    """As 0b4a8f."""

    def unlike(self, wanted: "Lettering") -> Iterator[str]:
        """Which of font, size and colour are not as they should be."""
        for name in ("font", "size", "colour"):
            value = getattr(wanted, name)
            if value is not None and getattr(self, name) != value:
                yield name


def difference(what: str, name: str, here: object, key: str, there: object) -> str:
    """A sentence: what looks so here, and what style.yaml says of it at a key of `look`."""
    return say(
        "{what}: {name} {here}; style.yaml says {there} (look: {key})",
        what=what,
        name=say(_NAMES[name]),
        here=shown(name, here),
        key=key,
        there=shown(name, there),
    )


_NAMES = {"font": mark("font"), "size": mark("size"), "colour": mark("colour")}


def shown(name: str, value: object) -> str:
    """`9.5 pt`, `#0b4a8f`"""
    if value is None:
        return say("not set")
    if name == "size":
        return f"{value} pt"
    return f"#{value}" if name == "colour" else str(value)


def letterings(look: Look) -> Mapping[str, Lettering]:
    """Place -> its letters, with those of the text where it has none of its own."""
    text = look.text
    found = {}
    for place in PLACES:
        own = getattr(look, place)
        # A link stands in a text of any size: what it does not say itself is left open.
        usual = Lettering(None, None, None) if place == "link" else text
        found[place] = Lettering(
            own.font or usual.font, own.size or usual.size, own.colour or usual.colour
        )
    return found


def custom_properties(look: Look) -> str:
    """The look for page.css: `font-size: var(--title-size)`, of :root, in one line."""
    values = {
        f"{place}-{name}": f'"{value}", sans-serif' if name == "font" else shown(name, value)
        for place, lettering in letterings(look).items()
        for name in ("font", "size", "colour")
        if (value := getattr(lettering, name)) is not None
    }
    if look.rules:
        values |= {f"rules-{n}": f"#{getattr(look.rules, n)}" for n in ("inner", "outer")}
    declared = " ".join(f"--{name}: {value};" for name, value in values.items())
    return f":root {{ {declared} }}\n".replace(" pt;", "pt;")
