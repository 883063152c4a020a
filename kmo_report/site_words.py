"""The words of the website: site.yaml of a house style, else those of the one that comes along."""

from collections.abc import Mapping
from pathlib import Path
from string import Formatter

from kmo_report import files
from kmo_report.language import did_you_mean, say
from kmo_report.problems import InputError, Problem
from kmo_report.source import Source, read_tree
from kmo_report.template import DEFAULT, find_template

NAME = "site.yaml"

Words = Mapping[str, str]


def read(house: Path) -> Words:
    """The words for a house style; what its site.yaml does not say is said as by ours."""
    usual, _ = _read(find_template(DEFAULT) / NAME)
    path = house / NAME
    if not path.is_file():
        return usual
    own, source = _read(path)
    problems = []
    for key, text in own.items():
        if key not in usual:
            message = say("unknown key {key}", key=key) + did_you_mean(key, list(usual))
            problems.append(Problem("unknown-key", message, source.place((key,), key=True)))
            continue
        known = _names(usual[key]) or set()
        names = _names(text)
        if names is None:
            told = say("a brace belongs to a name that is filled in; double it for a brace itself")
            problems.append(Problem("site-words", told, source.place((key,))))
        elif names - known:
            name = min(names - known)
            message = say("{name} is not known", name=f"{{{name}}}")
            message += did_you_mean(name, sorted(known))
            problems.append(Problem("site-words", message, source.place((key,), near=name)))
    if problems:
        raise InputError(problems)
    return {**usual, **own}


def _read(path: Path) -> tuple[dict[str, str], Source]:
    tree, source = read_tree(files.read(path), str(path))
    if not isinstance(tree, dict):
        message = say("{name} wants keys with values below it", name=say("the file"))
        raise InputError([Problem("shape", message, source.place(()))])
    found, problems = {}, []
    for key, value in tree.items():
        if isinstance(value, str) and value.strip():
            found[key] = value.rstrip("\n")
        else:
            message = say("{name} wants one text here, not a group or a list", name=key)
            if value is None or value == "":
                message = say("{name} has no value", name=key)
            problems.append(Problem("shape" if value else "empty", message, source.place((key,))))
    if problems:
        raise InputError(problems)
    return found, source


def _names(text: str) -> set[str] | None:
    """The names that are filled in; None where the braces do not fit."""
    try:
        fields = [*Formatter().parse(text)]
    except ValueError:
        return None
    if any(form or conversion for _, _, form, conversion in fields):
        return None
    return {name for _, name, _, _ in fields if name is not None}
