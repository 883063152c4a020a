"""The JSON Schemas of answer.yaml and style.yaml, made from the models; YAML as editors read it.

What a key means and an example of it stand in the docstring under its field. What a validator lets
through is said here, in a row for each: one without a row is an error, so none is forgotten.

A schema sees values, not how they were written. An editor reads a plain 370 as a number, true as a
flag and 2020-02-13 as a text; all may be quoted as well. So both forms are let through, and what is
lost in reading, such as the zero at the end of 749.140, no schema can refuse.
"""

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import reduce
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Discriminator,
    StringConstraints,
    Tag,
)
from pydantic.fields import FieldInfo

from kmo_report import model
from kmo_report.checks import HINTS
from kmo_report.model.answer import Answer
from kmo_report.model.register import NOTATIONS
from kmo_report.model.scalars import SHOWN
from kmo_report.model.style import Style
from kmo_report.model.table import MARKS, WITHHELD

Schema = dict[str, Any]

# --- YAML as an editor reads it ------------------------------------------------------------------


class _Core(yaml.CSafeLoader):
    """Scalars as in the core schema of YAML 1.2, which editors follow: no dates, no `no`."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 -- PyYAML's own way


_CORE: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("null", r"~|null|Null|NULL|", lambda _: None),
    ("bool", r"true|True|TRUE|false|False|FALSE", lambda text: text.lower() == "true"),
    ("int", r"[-+]?[0-9]+", int),
    ("int-8", r"0o[0-7]+", lambda text: int(text, 8)),
    ("int-16", r"0x[0-9a-fA-F]+", lambda text: int(text, 16)),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
    ("float-inf", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", lambda t: float(t.replace(".", ""))),
)


def _constructor(value: Callable[[str], object]) -> Callable[[Any, Any], object]:
    return lambda _, node: value(node.value)


for _name, _pattern, _value in _CORE:
    _tag = f"tag:yaml.org,2002:{_name}"
    _Core.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), None)
    _Core.add_constructor(_tag, _constructor(_value))


def parsed(text: str) -> Any:  # noqa: ANN401
    """YAML -> what a schema is held against: keys are texts, as in JSON."""
    return _keyed(yaml.load(text, _Core))  # noqa: S506 -- a safe loader


def _keyed(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {_key(key): _keyed(entry) for key, entry in value.items()}
    return [_keyed(entry) for entry in value] if isinstance(value, list) else value


def _key(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else "null" if key is None else str(key)


# --- what a validator lets through ---------------------------------------------------------------


def _scalar(kind: str, pattern: str, wants: str, **bounds: object) -> Schema:
    """A value that an editor reads as `kind`, and that may be quoted; `wants` is said of others."""
    kinds = [kind, "string"] if kind != "string" else kind
    return {"type": kinds, "pattern": f"^({pattern})$", **bounds, "errorMessage": wants}


_ANY: Schema = {"type": ["string", "number"]}
"""A text of ours: `no`, `12:30` and `2019` too. A plain true is a flag to an editor: quote it."""
_FILLED = {"pattern": r"\S", "errorMessage": "Write a text; quote one that is just true or null"}
_NUMBER = "0|[1-9][0-9]{0,14}"
_YEAR = "(19|20)[0-9]{2}"
_YEARS = {"minimum": 1900, "maximum": 2099}
_DAY = "|".join(
    f"({month})-(0[1-9]|[12][0-9]{last})"
    for month, last in (("02", ""), ("0[469]|11", "|30"), ("0[13578]|1[02]", "|3[01]"))
)
_MOST = 10**15
_ONE_YEAR = _scalar("integer", _YEAR, "Write a year: 2019", **_YEARS)


def _or_one(scalar: Schema, schema: Schema) -> Schema:
    return {"anyOf": [scalar, schema]}


def _or_text(schema: Schema) -> Schema:
    return _or_one(_ANY | _FILLED, schema)


def _or_member(schema: Schema) -> Schema:
    """Or one value such as those that stand in it."""
    inner = schema.get("items") or next(iter(schema["properties"].values()))
    words = ("type", "pattern", "errorMessage")
    return _or_one({word: inner[word] for word in words}, schema)


def _or(key: str) -> Callable[[Schema], Schema]:
    """Or the value of one key alone."""
    return lambda schema: _or_one({"enum": schema["properties"][key]["enum"]}, schema)


def _or_mark(schema: Schema) -> Schema:
    marks = "|".join((*MARKS, WITHHELD)).replace(".", r"\.")
    return _or_one({"type": "string", "pattern": f"^({marks}|<[1-9][0-9]?)$"}, schema)


def _either(figure: Schema, absent: Schema) -> Schema:
    """A figure, or what stands for it: one scalar, so that an editor has one thing to say of it."""
    mark, schema = absent["anyOf"]
    wants = figure["errorMessage"] + "; or a mark such as `-`"
    pattern = f"^({figure['pattern'][1:-1]}|{mark['pattern'][1:-1]})$"
    return _or_one({**figure, "pattern": pattern, "errorMessage": wants}, schema)


def _labels_beside(schema: Schema) -> Schema:
    labels = schema["properties"].pop("labels")
    return {**schema, "additionalProperties": labels["additionalProperties"]}


def _one_of(*keys: str) -> Callable[[Schema], Schema]:
    return lambda schema: {**schema, "oneOf": [{"required": [key]} for key in keys]}


def _any_of(*keys: str) -> Callable[[Schema], Schema]:
    return lambda schema: {**schema, "anyOf": [{"required": [key]} for key in keys]}


def _content(schema: Schema) -> Schema:
    one = _one_of("text", "table", "same_as", "question", "annex")
    said = {"anyOf": [{"required": [key]} for key in ("text", "same_as", "question")]}
    return {**one(schema), "dependentSchemas": {"quoted": said, "reviewed": said}}


def _reason(schema: Schema) -> Schema:
    wants = "Write a mark, or a reason beside it"
    filled = {"properties": {"missing": {"pattern": ".", "errorMessage": wants}}}
    return {**schema, "anyOf": [filled, {"required": ["reason"]}]}


def _phrase(schema: Schema, names: tuple[str, ...] = ()) -> Schema:
    """With these placeholders; with any, if none are named."""
    filled = r"(?=[\s\S]*\S)" if "pattern" in schema else ""
    pattern = rf"^{filled}([^{{}}]|\{{({'|'.join(names) or '[^{}]+'})\}})*$"
    known = " and ".join(f"{{{name}}}" for name in names or ("year",))
    return {**schema, "pattern": pattern, "errorMessage": f"Write a text; it may hold {known}"}


def _all_of(schema: Schema, names: tuple[str, ...]) -> Schema:
    return {**schema, "required": list(names)}


def _same(schema: Schema) -> Schema:
    """No schema can say it."""
    return schema


def _or_columns(schema: Schema) -> Schema:
    return _or_one(_ANY | _FILLED, _or_list(schema))


def _or_list(schema: Schema) -> Schema:
    return _or_one({"type": "array", "items": _ANY | _FILLED}, schema)


def _as(pattern: str, wants: str) -> Callable[[Schema], Schema]:
    return lambda schema: {**schema, "pattern": pattern, "errorMessage": wants}


_VALIDATORS: Mapping[str, Schema | Callable[..., Schema]] = {
    "_whole": _scalar(
        "integer", _NUMBER, "Write a whole number without dots: 4150", minimum=0, maximum=_MOST
    ),
    "_amount": _scalar(
        "number",
        rf"({_NUMBER})(\.[0-9]{{2}})?",
        "Write euros without dots: 749140 or 749140.50",
        minimum=0,
        maximum=_MOST,
    ),
    "_given_average": _scalar(
        "number",
        rf"({_NUMBER})(\.([0-9]{{1,2}}|[0-9]{{4,8}}))?",
        "Write a number without dots for thousands: 1657 or 1657.35",
        minimum=0,
        maximum=_MOST,
    ),
    "_day": _scalar("string", f"[0-9]{{4}}-({_DAY})", "Write a date: 2020-02-13", format="date"),
    "_measurement": _scalar(
        "number", r"[0-9]{1,3}(\.[0-9]{1,2})?", "Write a size: 9.5", exclusiveMinimum=0
    ),
    "_flag": _scalar("boolean", "true|false", "Write true or false"),
    "_session": _scalar("string", "[0-9]{4}-[0-9]{4}", "Write a parliamentary year: 2019-2020"),
    "_year": _ONE_YEAR,
    "_years": _or_one(
        _scalar("integer", f"{_YEAR}(-{_YEAR})?", "Write a year or a span: 2016-2019", **_YEARS),
        {"type": "array", "items": _ONE_YEAR},
    ),
    "_colour": _scalar("string", "#?[0-9A-Fa-f]{6}", 'Write a colour in quotes: "#0b4a8f"'),
    "_points": _scalar(
        "number", r"[1-9][0-9]{0,2}(\.[05])?", "Write points: 10 or 9.5", minimum=1, maximum=999.5
    ),
    "_part_key": _as("^([0-9]{1,3}|[A-Za-z]{1,4})$", "Write 1, a or ii"),
    "_file_name": _as(r"^[^/\\]*[^/\\\s][^/\\]*$", "Write a name; it lies beside answer.yaml"),
    "known_placeholders": _phrase,
    "_with": _phrase,
    "_all_of": _all_of,
    "one_or_more": _or_member,
    "_heading": _or_text,
    "_total_line": _or_text,
    "_captions": _or_member,
    "_layout": _or("name"),
    "_chart": _or("kind"),
    "_mark": _or_mark,
    "split": _labels_beside,
    "_split": _labels_beside,
    "_even": _same,
    "_says_something": _any_of("text", "parts"),
    "_can_be_made": _same,
    "_one_way": _one_of("question", "not_available"),
    "_one_kind": _content,
    "_says_why": _reason,
    "_one_origin": _one_of("years", "figures"),
    "_no_password": _same,
    "_handling": _as(
        r"^\s*(refuse|leave-out|separate as \S[\s\S]*)$",
        "Write refuse, leave-out, or: separate as NAME",
    ),
    "_label_name": _same,
    "_columns": _or_columns,
    "_names": _or_list,
    "_agrees": _same,
}
"""Function of `model` -> what it lets through, given what its field lets through without it."""

_KNOWN: Mapping[str, Schema] = {
    "Silence.code": {"enum": list(HINTS)},
    # One of them is a number to an editor.
    "Register.notation": {"enum": [*NOTATIONS, 1234.56]},
    "EarlierQuestion.url": _scalar(
        "string",
        r"\s*([Hh][Tt][Tt][Pp][Ss]?://|[Mm][Aa][Ii][Ll][Tt][Oo]:)\S[\s\S]*",
        "Write a web address: https://...",
    ),
}
"""What a rule of `checks` knows of a key, and a schema can say."""

_DIMENSIONS = ("year", "item", "measure", *SHOWN)
"""What may have a heading, beside the labels."""

# --- what the docstrings say ---------------------------------------------------------------------


def _docstrings() -> Iterator[tuple[str, str]]:
    """`Question.number` -> the text under that field."""
    sources = sorted(Path(model.__file__).parent.glob("*.py"))
    for node in (node for each in sources for node in ast.parse(each.read_text("utf-8")).body):
        if isinstance(node, ast.ClassDef):
            for field, below in zip(node.body, node.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                    yield f"{node.name}.{ast.unparse(field.target)}", ast.literal_eval(below.value)


def _told(docstring: str) -> tuple[str, list[Any]]:
    """`What it is. Example: 370` -> the words, and the examples as an editor reads them."""
    words, *examples = docstring.split("Example: ")
    return " ".join(words.split()), [parsed(example) for example in examples]


_WORDS = {field: _told(docstring) for field, docstring in _docstrings()}

# --- the walk ------------------------------------------------------------------------------------


def schema_text(top: type[BaseModel], words: str) -> str:
    """The schema of a file, as it is published."""
    walk = _Walk()
    schema = walk.model(top)
    schema["description"] = words
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    groups = {"$defs": walk.groups} if walk.groups else {}
    return json.dumps({**draft, **schema, **groups}, ensure_ascii=False, indent=2) + "\n"


class _Walk:
    """From model to schema; all stands where it is used, but for a model that holds itself."""

    def __init__(self) -> None:
        self.open: list[type[BaseModel]] = []
        self.groups: dict[str, Schema] = {}

    def model(self, cls: type[BaseModel]) -> Schema:
        name, words = cls.__name__.lower(), " ".join((cls.__doc__ or "").split())
        if cls in self.open:
            self.groups[name] = {}
            return {"$ref": f"#/$defs/{name}", "description": words}
        self.open.append(cls)
        fields = cls.model_fields.items()
        schema: Schema = {
            "description": words,
            "type": "object",
            "properties": {info.alias or key: self.key(cls, key, info) for key, info in fields},
            "additionalProperties": False,
        }
        if needed := [info.alias or key for key, info in fields if info.is_required()]:
            schema["required"] = needed
        self.open.pop()
        for validator in cls.__pydantic_decorators__.model_validators:
            schema = _through(validator, schema)
        if name in self.groups:
            self.groups[name] = schema
            return {"$ref": f"#/$defs/{name}", "description": words}
        return schema

    def key(self, cls: type[BaseModel], name: str, info: FieldInfo) -> Schema:
        field = f"{cls.__name__}.{name}"
        words, examples = _WORDS[field]
        schema = deepcopy(_KNOWN.get(field)) or self.of(info.annotation, info.metadata)
        if name == "headings":
            member = schema["additionalProperties"]
            schema["properties"] = {each: deepcopy(member) for each in _DIMENSIONS}
        if isinstance(info.default, str | int):
            schema["default"] = info.default
        return _explained(schema, words, examples)

    def of(self, annotation: Any, metadata: Any = ()) -> Schema:  # noqa: ANN401
        kind, inner = get_origin(annotation), get_args(annotation)
        if kind is Annotated:
            schema = self.of(inner[0], inner[1:])
        elif kind in (Union, UnionType):
            schema = reduce(_either, [self.of(each) for each in inner if each is not NoneType])
        elif kind is Literal:
            schema = {"enum": list(inner)}
        elif kind is tuple:
            schema = {"type": "array", "items": self.of(inner[0])}
        elif kind is Mapping:
            schema = self.mapping(*inner)
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            schema = self.model(annotation)
        else:
            schema = {**_ANY}  # what else it is, its validator says
        for each in metadata:
            for bound in each.metadata if isinstance(each, FieldInfo) else [each]:
                schema = _bounded(bound, schema)
        return schema

    def mapping(self, key: Any, value: Any) -> Schema:  # noqa: ANN401
        keys, values = self.of(key), self.of(value)
        schema: Schema = {"type": "object"}
        if "enum" in keys:
            schema |= {"properties": {name: deepcopy(values) for name in keys["enum"]}}
        elif keys.get("pattern", r"\S") != r"\S":
            schema |= {"patternProperties": {keys["pattern"]: values}}
        else:
            return {**schema, "additionalProperties": values}
        return {**schema, "additionalProperties": False}


def _bounded(bound: object, schema: Schema) -> Schema:
    """A schema with a further word of its field."""
    match bound:
        case BeforeValidator() | AfterValidator():
            # One that was made for certain names is called after its maker, and told the names.
            maker, _, own = bound.func.__qualname__.partition(".")
            names = inspect.getclosurevars(bound.func).nonlocals.values() if own else ()
            return _through(maker, schema, *names)
        case StringConstraints(strip_whitespace=True, min_length=1):
            return schema | _FILLED
        case StringConstraints() | MinLen() | MaxLen():
            least, most = (getattr(bound, name, None) for name in ("min_length", "max_length"))
            return _sized(least, most, schema)
        case Ge(ge=int(least)):
            return {**schema, "minimum": least}
        case Le(le=int(most)):
            each = "|".join(map(str, range(schema["minimum"], most + 1)))
            return {**schema, "maximum": most, "pattern": f"^({each})$"}
        case Tag() | Discriminator():
            return schema
    raise TypeError(bound)


_SIZE = {"array": ("minItems", "maxItems"), "object": ("minProperties", "maxProperties")}


def _sized(least: int | None, most: int | None, schema: Schema) -> Schema:
    if "anyOf" in schema:
        *scalars, group = schema["anyOf"]
        return {"anyOf": [*scalars, _sized(least, most, group)]}
    words = _SIZE.get(str(schema["type"]), ("minLength", "maxLength"))
    bounds = zip(words, (least, most), strict=True)
    return {**schema, **{word: size for word, size in bounds if size is not None}}


def _through(validator: str, schema: Schema, *names: object) -> Schema:
    lets = _VALIDATORS[validator]
    return lets(schema, *names) if callable(lets) else deepcopy(lets)


def _explained(schema: Schema, words: str, examples: list[Any]) -> Schema:
    """With words and examples, down to the keys that have none of their own."""
    _explain_members(schema, words, examples)
    return {**schema, "description": words, "examples": examples}


def _explain_members(schema: Schema, words: str, examples: list[Any]) -> None:
    for branch in schema.get("anyOf", ()):
        if "type" in branch:  # else it says more of keys that are told elsewhere
            _explain_members(branch, words, examples)
    members = {f"^{key}$": member for key, member in schema.get("properties", {}).items()}
    members |= schema.get("patternProperties", {})
    if isinstance(schema.get("additionalProperties"), dict):
        members["."] = schema["additionalProperties"]
    groups = [each for each in examples if isinstance(each, dict)]
    for pattern, member in members.items():
        if "examples" not in member:
            of_it = [v for group in groups for key, v in group.items() if re.search(pattern, key)]
            told = member.get("description", words)
            member.update(
                _explained(member, told, of_it or [e for e in examples if e not in groups])
            )


PUBLISHED: Mapping[str, Callable[[], str]] = {
    "answer": lambda: schema_text(
        Answer,
        "A written question, its answer and the figures in it. Values are taken as they are "
        "written: a number has no dots (749140, not 749.140, which an editor cannot tell from "
        "749.14) and no leading zero; kmo-report check finds what is not seen here.",
    ),
    "style": lambda: schema_text(Style, "A house style: words, notation, fonts and look."),
}
"""The schemas that are made from a model."""


def scalar_schema(kind: Any) -> Schema:  # noqa: ANN401
    """The schema of a type of `model` that stands alone."""
    return _Walk().of(kind)
