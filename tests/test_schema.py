"""The published schemas say what the model says, as far as a schema can; editors live on them."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import NoneType
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from pydantic import TypeAdapter
from pydantic import ValidationError as ModelError

from kmo_report.load import load_answer
from kmo_report.model import scalars
from kmo_report.model.question import PartKey
from kmo_report.model.table import Count, Line, Total
from kmo_report.problems import InputError
from kmo_report.schemas import FOLDER, published
from kmo_report.source import Source, read_tree
from tests.conftest import GOOD, ROOT
from tests.schemas import PUBLISHED, Schema, parsed, scalar_schema
from tests.test_cli import kmo
from tests.test_load import JUNK

NAMES = sorted(path.name.partition(".")[0] for path in FOLDER.glob("*.schema.json"))
BAD = {folder.name: folder for folder in sorted((ROOT / "tests/bad").iterdir())}

NO_YAML = "the file cannot be read, which an editor says by itself"
_FILES = "it looks at other files, or at the clock"
_VALUES = "it compares values that stand apart"
_WORDS = "it reads the words of a text"

UNSEEN = {
    "annex": _FILES,
    "annex-number": _WORDS,
    "answer-date": _VALUES,
    "answered-twice": _VALUES,
    "caption": _VALUES,
    "caption-year": _VALUES,
    "character": NO_YAML,
    "chart": _VALUES,
    "comment": "what is lost in reading",
    "contradiction": _VALUES,
    "difference": _VALUES,
    "doubled-key": NO_YAML,
    "doubled-word": _WORDS,
    "empty-answer": "a draft may leave it so",
    "encoding": NO_YAML,
    "figures": _FILES,
    "future": _FILES,
    "gap": _VALUES,
    "given-away": _VALUES,
    "heading": _VALUES,
    "heading-case": _VALUES,
    "item-name": _VALUES,
    "label": _VALUES,
    "layout": _VALUES,
    "markup": _WORDS,
    "nil": _VALUES,
    "order": _VALUES,
    "password": _WORDS,
    "question-date": _VALUES,
    "quotes": _WORDS,
    "requested": _VALUES,
    "rounding": _VALUES,
    "session": "it counts: the second year follows the first",
    "session-date": _VALUES,
    "skeleton": _VALUES,
    "text-number": _WORDS,
    "todo": _WORDS,
    "too-wide": "it measures letters",
    "unanswered": _VALUES,
    "unit": _VALUES,
    "unknown-part": _VALUES,
    "unknown-table": _VALUES,
    "unreviewed": "a draft may leave it so",
    "unused-table": _VALUES,
    "vague-time": _WORDS,
    "yaml": NO_YAML,
}
"""Code of a problem -> why no schema can say it."""

UNSEEN_HERE = {
    ("number", 4): "0370 reads as 370",
    ("reference", 20): _VALUES,
    ("reference", 23): _VALUES,
    ("reference", 26): _VALUES,
    ("reference", 28): _VALUES,
    ("reference", 30): _VALUES,
    ("year", 11): "2019-2016 runs backwards: it compares",
}
"""Case and line -> why no schema can say it, though it can say others of that code."""


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(
        json.loads(PUBLISHED[name]()), format_checker=Draft202012Validator.FORMAT_CHECKER
    )


ANSWER = validator("answer")


def errors(text: str) -> list[ValidationError]:
    """What the schema finds in an answer file."""
    return list(ANSWER.iter_errors(parsed(text)))


# --- the files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_published_is_made_from_the_model(
    name: str, golden: Callable[[Path, str], None]
) -> None:
    golden(FOLDER / f"{name}.schema.json", PUBLISHED[name]())


@pytest.mark.parametrize("name", NAMES)
def test_the_command_prints_what_is_published(name: str) -> None:
    assert kmo("schema", name).stdout == published(name)


def test_the_command_prints_the_schema_of_an_answer_without_a_name() -> None:
    assert kmo("schema").stdout == published("answer")
    done = kmo("schema", "answr")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'answer'" in done.stderr


def keys(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Every key that a schema knows, and those that it lets the user name."""
    for word in ("properties", "patternProperties", "$defs"):
        for name, member in schema.get(word, {}).items():
            if word != "$defs":
                yield f"{path}/{name}", member
            yield from keys(member, f"{path}/{name}")
    for word in ("additionalProperties", "items"):
        member = schema.get(word)
        if isinstance(member, dict):
            if word != "items":
                yield f"{path}/*", member
            yield from keys(member, f"{path}/*")
    for branch in schema.get("anyOf", ()):
        if "type" in branch:  # else it says more of keys that are told elsewhere
            yield from keys(branch, path)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_has_a_description_and_an_example_that_fits(name: str) -> None:
    schema = json.loads(published(name))
    Draft202012Validator.check_schema(schema)
    found = list(keys(schema))
    assert len(found) > 7
    for path, member in found:
        assert re.search(r"\w{2}.*\.$", member.get("description", "")), path
        assert member.get("examples"), path
        with_groups = Draft202012Validator({**member, "$defs": schema.get("$defs", {})})
        for each in member["examples"]:
            assert not list(with_groups.iter_errors(each)), (path, each)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_the_inside_leaks(name: str) -> None:
    assert not re.search(r"\(figure\)|pydantic|\bkmo_report\b|Annotated|\b_\w+", published(name))


@pytest.mark.parametrize(
    "path",
    [*(ROOT / "answers").glob("*/answer.yaml"), *(ROOT / "templates").glob("*/style.yaml")],
    ids=lambda path: path.parent.name,
)
def test_a_file_to_copy_names_its_schema_for_editors(path: Path) -> None:
    first = path.read_text("utf-8").partition("\n")[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert match
    assert (path.parent / match[1]).resolve() == FOLDER / f"{path.stem}.schema.json"


# --- what it finds -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", GOOD)
def test_every_good_case_fits(case: str) -> None:
    assert errors((GOOD[case] / "answer.yaml").read_text("utf-8")) == []


@pytest.mark.parametrize("folder", ["templates/vlaams-parlement", "tests/house"])
def test_every_house_style_fits(folder: str) -> None:
    style = parsed((ROOT / folder / "style.yaml").read_text("utf-8"))
    assert list(validator("style").iter_errors(style)) == []


def lines(error: ValidationError, source: Source) -> Iterator[int | None]:
    """Where an error of the schema stands in the file, and those that it is made of."""
    path = tuple(map(str, error.absolute_path))
    parent: Any = error.instance
    if error.validator == "required":
        (missing,) = re.findall(r"'(.+)' is a required", error.message)
        yield source.place((*path, missing)).line
    elif error.validator == "additionalProperties":
        named = [str(key) for key in parent if repr(key) in error.message]
        yield from (source.place((*path, key), key=True).line for key in named)
    else:
        place = source.place(path)
        yield place.line
    for inner in error.context or ():
        yield from lines(inner, source)


def seen(case: Path) -> set[int | None]:
    """The lines in which a schema finds something."""
    content = (case / "answer.yaml").read_bytes()
    try:
        found = errors(content.decode())
        _, source = read_tree(content, "answer.yaml")
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return set()
    except InputError as error:
        # What is no YAML of ours has no places; the empty file is no group either.
        return {p.place.line if p.place else None for p in error.problems if found}
    return {line for error in found for line in lines(error, source)}


def planted(case: str) -> list[tuple[str, int | None]]:
    """Code and line of every problem of a case, as its golden file has them."""
    text = (BAD[case] / "problems.txt").read_text("utf-8")
    found = re.findall(r"^answer\.yaml:(?:(\d+):\d+:)? \w+: .* \[([a-z-]+)\]$", text, re.MULTILINE)
    assert len(found) == text.count("\n") > 0
    return [(code, int(line) if line else None) for line, code in found]


@pytest.mark.parametrize("case", BAD)
def test_what_a_schema_can_say_of_a_planted_mistake_it_says(case: str) -> None:
    found = seen(BAD[case])
    for code, line in planted(case):
        if code not in UNSEEN and (case, line) not in UNSEEN_HERE:
            assert line in found, (code, line)


def test_what_no_schema_can_say_is_really_not_said() -> None:
    """Else it is no exception any more."""
    missed = {case: [(c, n) for c, n in planted(case) if n not in seen(BAD[case])] for case in BAD}
    assert set(UNSEEN) <= {code for found in missed.values() for code, _ in found}
    assert set(UNSEEN_HERE) <= {(case, n) for case, found in missed.items() for _, n in found}


def test_eight_mistakes_in_one_file_are_found_but_for_those_that_reading_hides() -> None:
    content = (ROOT / "tests/eight/answer.yaml").read_bytes()
    _, source = read_tree(content, "answer.yaml")
    found = {line for error in errors(content.decode()) for line in lines(error, source)}
    assert found == {1, 6, 7, 11, 22, 23}  # not 0370 and 749.140


# --- laws ----------------------------------------------------------------------------------------

TYPES = {
    **{
        name: getattr(scalars, name)
        for name in (
            "Text",
            "Whole",
            "Amount",
            "GivenAverage",
            "Day",
            "Flag",
            "Session",
            "Year",
            "Years",
            "Placeholders",
        )
    },
    "PartKey": PartKey,
    "Count": Count,
    "Total": Total,
    "Line": Line,
}
WORDS = st.one_of(
    st.from_regex(r"(\d{1,4}|19\d\d|20\d\d|0)([.,-](\d{1,4}|\d{2}-\d{2}|20\d\d))?", fullmatch=True),
    st.sampled_from(
        ["true", "false", "True", "no", "a", "ii", "{year}", "{", "-", "…", "2020-02-30"]
    ),
    st.text("0123456789.,- €{}abct\N{NO-BREAK SPACE}", max_size=8),
).map(str.strip)


def takes(kind: Any, text: str) -> bool:  # noqa: ANN401
    """Whether the model does."""
    try:
        TypeAdapter(kind).validate_python(text)
    except ModelError:
        return False
    return True


@pytest.mark.parametrize("name", TYPES)
@given(text=WORDS)
@example("2019-2016")
@example("2019-2021")
@example("2020-02-30")
@example("2019-04-31")
def test_the_schema_of_a_text_is_that_of_the_model(name: str, text: str) -> None:
    schema = Draft202012Validator(
        scalar_schema(TYPES[name]), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    fits = schema.is_valid(text)
    counts = re.fullmatch(r"(\d{4})-(\d{4})", text) and name in ("Session", "Years")
    assert fits == takes(TYPES[name], text) or (fits and counts)
    # Nor is a plain one refused, as an editor reads it; but for a text that is just true or false.
    with suppress(yaml.YAMLError):
        plain = text if name == "PartKey" else parsed(text)
        if plain is None or isinstance(plain, dict | list | (NoneType if name == "Flag" else bool)):
            return
        assert schema.is_valid(plain) >= takes(TYPES[name], text), plain
        if json.dumps(plain) == text.removesuffix(".0"):
            assert schema.is_valid(plain) == fits


@given(st.data())
def test_what_is_read_without_a_problem_fits(data: st.DataObject) -> None:
    """However a good file is changed: an editor never underlines what is right."""
    text = GOOD[data.draw(st.sampled_from(sorted(GOOD)))].joinpath("answer.yaml").read_text("utf-8")
    at = data.draw(st.integers(0, len(text) - 1))
    junk = data.draw(st.sampled_from(JUNK))
    changed = text[:at] + junk + text[at + data.draw(st.integers(0, 12)) :]
    with suppress(InputError):
        load_answer(changed.encode(), "answer.yaml")
        assert errors(changed) == []
