"""YAML text -> a model, or every problem with its line and column."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from kmo_report.language import did_you_mean, mark, say
from kmo_report.model.answer import Answer
from kmo_report.model.style import Style
from kmo_report.model.table import TAGS
from kmo_report.problems import InputError, Problem
from kmo_report.source import Path, Source, read_tree

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """A model, and the file it came from."""

    model: M
    source: Source


def load_answer(content: bytes, path: str) -> Loaded[Answer]:
    """The answer in an answer file; `path` is what problems call the file."""
    return _load(content, path, Answer)


def load_style(content: bytes, path: str) -> Loaded[Style]:
    """The house style in a style file."""
    return _load(content, path, Style)


def load_options(options: Mapping[str, object], model: type[M]) -> M:
    """A model from options of the command line, which have no place."""
    try:
        return model.model_validate(options)
    except ValidationError as error:
        raise InputError(_problems(error, model, _Options(""))) from None


class _Options(Source):
    """Where everything is, and nothing has a place."""

    def resolve(self, path: Path) -> Path:
        return path


def _load(content: bytes, path: str, model: type[M]) -> Loaded[M]:
    tree, source = read_tree(content, path)
    try:
        return Loaded(model.model_validate(tree), source)
    except ValidationError as error:
        problems = _problems(error, model, source)
        raise InputError(sorted(problems, key=Problem.position)) from None


def _problems(error: ValidationError, model: type[BaseModel], source: Source) -> list[Problem]:
    entries = error.errors(include_url=False)
    # Some steps are the model's own: which kind of value it took something for.
    paths = [tuple(str(step) for step in entry["loc"] if step not in TAGS) for entry in entries]
    # A list that is too short because its entries are wrong, and a key that is missing because it
    # is misspelt, are one mistake each.
    meant = {
        (*path[:-1], _nearest(path[-1], _keys(model, path[:-1])))
        for entry, path in zip(entries, paths, strict=True)
        if entry["type"] == "extra_forbidden"
    }
    problems = []
    for entry, path in zip(entries, paths, strict=True):
        if entry["type"] == "missing" and path in meant:
            continue
        if entry["type"] == "too_short" and any(path == p[: len(path)] != p for p in paths):
            continue
        on_key = entry["type"] == "extra_forbidden" or path[-1:] == ("[key]",)
        known = path if entry["type"] in _TELL else source.resolve(path)
        code, message = _TELL.get(entry["type"], _own)(entry, known, model)
        place = source.place(path, key=on_key)
        if code == "password":
            place = replace(place, source="")  # which would show it
        problems.append(Problem(code, message, place))
    return list(dict.fromkeys(problems))


def _nearest(word: str, known: Sequence[str]) -> str:
    return next(iter(get_close_matches(word, known, n=1)), "")


Entry = Mapping[str, Any]
Tell = Callable[[Entry, Path, type[BaseModel]], tuple[str, str]]


def _own(entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
    """A sentence of our own types, which does not know the key it stands at."""
    message = str(entry["msg"])
    named = path and not path[-1].isdigit() and entry["loc"][-1] != "[key]"
    return entry["type"], f"{path[-1]}: {message}" if named else message


def _missing(_entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
    if len(path) > 1 and not path[-2].isdigit():
        return "missing-key", say("{group} lacks the key {key}", group=path[-2], key=path[-1])
    return "missing-key", say("this lacks the key {key}", key=path[-1])


def _unknown(entry: Entry, path: Path, model: type[BaseModel]) -> tuple[str, str]:
    known = _keys(model, path[:-1])
    message = say("unknown key {key}", key=path[-1])
    if entry["input"] is None and " " in path[-1]:
        return "unknown-key", message + say(" (a comma in a text? put the text between quotes)")
    if len(path) > 1 and path[-1] in _keys(model, ()):
        return "unknown-key", message + say("; it belongs at the top of the file, not indented")
    return "unknown-key", message + did_you_mean(path[-1], known)


def _shape(wants: str) -> Tell:
    def tell(entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
        name = path[-1] if path else say("the file")
        if name.isdigit() and wants in (_GROUP, _LIST):
            name = say("this")  # the position in a list says nothing to its reader
        if entry["input"] is not None:
            return "shape", say(wants, name=name)
        if name.isdigit():
            return "empty", say("{name} has no value (a decimal comma? write a point)", name=name)
        return "empty", say("{name} has no value", name=name)

    return tell


def _choice(entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
    known = [word.strip("'") for word in re.split(r", | or ", entry["ctx"]["expected"])]
    if not isinstance(entry["input"], str):
        return _shape(mark("{name} wants one word here"))(entry, path, _model)
    value = entry["input"]
    message = say("{value} is none of {known}", value=value, known=", ".join(known))
    return "choice", message + did_you_mean(value, known, or_known=False)


def _bound(words: str) -> Tell:
    def tell(entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
        return "value", say(words, name=path[-1], **entry["ctx"])

    return tell


_GROUP = mark("{name} wants keys with values below it")
_LIST = mark("{name} wants a list (lines that start with `- `)")
_TELL: Mapping[str, Tell] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_type": _shape(mark("{name} wants one text here, not a group or a list")),
    "model_type": _shape(_GROUP),
    "model_attributes_type": _shape(_GROUP),
    "dict_type": _shape(_GROUP),
    "mapping_type": _shape(_GROUP),
    "tuple_type": _shape(_LIST),
    "list_type": _shape(_LIST),
    "literal_error": _choice,
    "string_too_short": _bound(mark("{name} is empty")),
    "string_too_long": _bound(mark("{name} is longer than {max_length} characters")),
    "too_short": _bound(mark("{name} wants at least {min_length}")),
    "greater_than_equal": _bound(mark("{name} is less than {ge}")),
    "less_than_equal": _bound(mark("{name} is more than {le}")),
}
"""Our words for what pydantic finds; anything else has words of its own in `model`."""


def _keys(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys that the model knows at `path`."""
    for step in path:
        info = model.model_fields.get(step)
        model = (info and _model_in(info.annotation)) or model
    return tuple(info.alias or name for name, info in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    """`Mapping[str, tuple[Part, ...]]` -> Part"""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)
