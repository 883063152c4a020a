"""What a value in a template may be, by the types of `view`; and the list of these for people."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from kmo_report.language import mark, say
from kmo_report.view import Page

Kind = frozenset[Any]
"""What a value may be: classes, and `Of` for lists. Empty: not known, so anything goes."""

ANY: Kind = frozenset()
TEXT: Kind = frozenset({str})


@dataclass(frozen=True, slots=True)
class Of:
    """A list of values of some kind."""

    kind: Kind


def union(kinds: Iterable[Kind]) -> Kind:
    """What a value may be that is one of several; not known where one of these is not."""
    found = [*kinds]
    return frozenset().union(*found) if all(found) else ANY


def elements_of(kind: Kind) -> Kind:
    """What the elements of a list may be."""
    return frozenset().union(*(of.kind for of in kind if isinstance(of, Of)))


def kind_of(annotation: Any) -> Kind:  # noqa: ANN401 -- an annotation may be anything
    """`tuple[Part, ...]` -> a list of parts"""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return frozenset().union(*map(kind_of, inner))
    if origin is tuple:
        return frozenset({Of(kind_of(inner[0]))})
    return frozenset({annotation})


def fields_of(cls: type[Any]) -> Mapping[str, Kind]:
    """The fields of a view or a noun, with their kinds; none of any other class."""
    if is_dataclass(cls):
        hints = get_type_hints(cls)
        names = (field.name for field in fields(cls) if field.name != "origin")  # not for print
        return {name: kind_of(hints[name]) for name in names}
    if issubclass(cls, BaseModel):
        return {name: kind_of(info.annotation) for name, info in cls.model_fields.items()}
    return {}


def word(cls: type[Any]) -> str:
    """QuestionView -> question: what a class is called to people."""
    return cls.__name__.removesuffix("View").lower()


# --- the list for people -------------------------------------------------------------------------

_TYPES = {str: mark("text"), bool: mark("yes or no"), int: mark("number"), float: mark("number")}


def variables(example: Page) -> Iterator[tuple[str, str, str]]:
    """Every field that a template may use: its name, what it is, and an example of it."""
    waiting: list[tuple[type[Any], object]] = [(Page, example)]
    seen: set[type[Any]] = set()
    while waiting:
        cls, value = waiting.pop(0)
        if cls in seen:
            continue
        seen.add(cls)
        for name, kind in fields_of(cls).items():
            found = getattr(value, name, None)
            shown = str(found) if isinstance(found, str | bool) else ""
            yield f"{word(cls)}.{name}", described(kind), shown
        for kind in fields_of(cls).values():
            for inner in _classes(kind):
                examples = _instances(example, inner)
                waiting.append((inner, max(examples, key=_filled, default=None)))


def described(kind: Kind) -> str:
    """`list of words or table`"""
    words = []
    for one in sorted(kind, key=str):
        if isinstance(one, Of):
            words.append(say("list of {kind}", kind=described(one.kind)))
        else:
            words.append(say(_TYPES[one]) if one in _TYPES else word(one))
    return say(" or ").join(words)


def _classes(kind: Kind) -> Iterator[type[Any]]:
    for one in sorted(kind, key=str):
        if isinstance(one, Of):
            yield from _classes(one.kind)
        elif fields_of(one):
            yield one


def _instances(value: object, cls: type[Any]) -> Iterator[object]:
    """Every value of a class in a page."""
    if isinstance(value, cls):
        yield value
    if isinstance(value, tuple):
        for item in value:
            yield from _instances(item, cls)
    else:
        for name in fields_of(type(value)):
            yield from _instances(getattr(value, name), cls)


def _filled(value: object) -> int:
    """How many of its fields hold something: the fuller, the better an example."""
    return sum(bool(getattr(value, name)) for name in fields_of(type(value)))
