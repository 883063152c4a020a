"""The names that a template uses, followed through its macros, loops and conditions."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, nodes

from kmo_report.language import did_you_mean, say
from kmo_report.lint.kinds import (
    ANY,
    TEXT,
    Kind,
    Of,
    described,
    elements_of,
    fields_of,
    union,
    word,
)
from kmo_report.problems import Place, Problem
from kmo_report.view import Page

Names = dict[str, Kind]
"""The names that are known at a place, and what they may be."""

_OWN = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})
_SAME = frozenset({"list", "sort", "reverse", "unique", "select", "reject", "selectattr",
                   "rejectattr", "default", "d"})  # fmt: skip


@dataclass(slots=True)
class Reader:
    """Reads a template from the top, as it would be filled."""

    environment: Environment
    text: str
    path: str
    problems: list[Problem] = field(default_factory=list)
    top: Names = field(default_factory=lambda: {"page": frozenset({Page})})
    macros: dict[str, nodes.Macro] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    printed: set[tuple[type, str]] = field(default_factory=set)
    _seen: set[tuple[str, tuple[Kind, ...]]] = field(default_factory=set)

    def read(self) -> list[Problem]:
        """All that is said of its names."""
        tree = self.environment.parse(self.text)
        self.macros = {macro.name: macro for macro in tree.find_all(nodes.Macro)}
        self._statements(tree.body, self.top)
        for name, macro in self.macros.items():
            if name not in self.used:
                self._macro(macro, [])
        problems = [*self.problems, *self._unused(tree)]
        if not self.problems:  # a name that is misspelt is not missing too
            problems += self._unprinted()
        return sorted(dict.fromkeys(problems), key=Problem.position)

    # --- statements ------------------------------------------------------------------------------

    def _statements(self, body: list[nodes.Node], names: Names) -> None:
        for node in body:
            read = _STATEMENTS.get(type(node))
            if read:
                read(self, node, names)
            elif isinstance(node, nodes.Expr):
                self._kind(node, names)
            else:
                self._statements([*node.iter_child_nodes()], names)

    def _assign(self, node: nodes.Assign, names: Names) -> None:
        self._bind(node.target, self._kind(node.node, names), names)

    def _assign_block(self, node: nodes.AssignBlock, names: Names) -> None:
        self._statements(node.body, names)
        self._bind(node.target, TEXT, names)

    def _with(self, node: nodes.With, names: Names) -> None:
        inner = dict(names)
        for target, value in zip(node.targets, node.values, strict=True):
            self._bind(target, self._kind(value, names), inner)
        self._statements(node.body, inner)

    def _call_block(self, node: nodes.CallBlock, names: Names) -> None:
        self._kind(node.call, names)
        self._statements(node.body, names | {arg.name: ANY for arg in node.args})

    def _for(self, node: nodes.For, names: Names) -> None:
        each = frozenset().union(*(k.kind for k in self._kind(node.iter, names)
                                   if isinstance(k, Of)))  # fmt: skip
        inner = dict(names)
        self._bind(node.target, each, inner)
        inner["loop"] = ANY
        if node.test is not None:
            self._kind(node.test, inner)
        self._statements(node.body, inner)
        self._statements(node.else_, dict(names))

    def _if(self, node: nodes.If, names: Names) -> None:
        self._kind(node.test, names)
        then, other = _narrowed(node.test, names)
        self._statements(node.body, then)
        for branch in node.elif_:
            self._kind(branch.test, other)
            here, other = _narrowed(branch.test, other)
            self._statements(branch.body, here)
        self._statements(node.else_, other)
        # What is set in a branch is there after it.
        for name in then.keys() - names.keys():
            names[name] = then[name]

    def _bind(self, target: nodes.Node, kind: Kind, names: Names) -> None:
        if isinstance(target, nodes.Name):
            names[target.name] = kind
        else:
            for name in target.find_all(nodes.Name):
                names[name.name] = ANY

    def _macro(self, macro: nodes.Macro, given: list[Kind]) -> None:
        kinds = tuple([*given, *[ANY] * len(macro.args)][: len(macro.args)])
        if (macro.name, kinds) in self._seen:
            return
        self._seen.add((macro.name, kinds))
        names = self.top | {arg.name: kind for arg, kind in zip(macro.args, kinds, strict=True)}
        for default in macro.defaults:
            self._kind(default, names)
        self._statements(macro.body, names)

    # --- expressions -----------------------------------------------------------------------------

    def _kind(self, node: nodes.Node, names: Names) -> Kind:
        read = _EXPRESSIONS.get(type(node))
        if read:
            return read(self, node, names)
        for child in node.iter_child_nodes():
            self._kind(child, names)
        return ANY

    def _getattr(self, node: nodes.Getattr, names: Names) -> Kind:
        return self._field(self._kind(node.node, names), node.attr, node.lineno)

    def _either(self, node: nodes.CondExpr, names: Names) -> Kind:
        self._kind(node.test, names)
        then, other = _narrowed(node.test, names)
        kinds = [self._kind(node.expr1, then)]
        if node.expr2 is not None:
            kinds.append(self._kind(node.expr2, other))
        return union(kinds)

    def _list(self, node: nodes.List | nodes.Tuple, names: Names) -> Kind:
        return frozenset({Of(union([self._kind(item, names) for item in node.items]))})

    def _concat(self, node: nodes.Concat, names: Names) -> Kind:
        for child in node.nodes:
            self._kind(child, names)
        return TEXT

    def _const(self, node: nodes.Const, _names: Names) -> Kind:
        return frozenset({type(node.value)})

    def _test(self, node: nodes.Test, names: Names) -> Kind:
        if node.name not in self.environment.tests:
            self._unknown(node.name, say("test"), [*self.environment.tests], node.lineno)
        for child in node.iter_child_nodes():
            self._kind(child, names)
        return ANY

    def _name(self, node: nodes.Name, names: Names) -> Kind:
        self.used.add(node.name)
        if node.name in names:
            return names[node.name]
        known = {*names, *self.macros, *self.environment.globals, *_OWN}
        if node.name not in known:
            own = [*names, *self.macros]
            message = say("{name} is not known", name=node.name) + did_you_mean(node.name, own)
            place = self._place(node.lineno, rf"(?<![\w.]){node.name}\b")
            self.problems.append(Problem("template", message, place))
        return ANY

    def _field(self, kind: Kind, name: str, line: int) -> Kind:
        known = [(cls, fields_of(cls)) for cls in kind if isinstance(cls, type)]
        having = [(cls, own[name]) for cls, own in known if name in own]
        self.printed |= {(cls, name) for cls, _ in having}
        if having:
            return union(found for _, found in having)
        if known and len(known) == len(kind) and not any(hasattr(cls, name) for cls, _ in known):
            kinds = described(frozenset(cls for cls, _ in known))
            own = [field for _, fields in known for field in fields]
            message = say("{name} of {kind} is not known", name=name, kind=kinds)
            place = self._place(line, rf"(?<=\.){name}\b|[\"']{name}[\"']")
            message += did_you_mean(name, own, or_known=bool(own))
            self.problems.append(Problem("template", message, place))
        return ANY

    def _item(self, node: nodes.Getitem, names: Names) -> Kind:
        kind, at = self._kind(node.node, names), node.arg
        self._kind(at, names)
        if isinstance(at, nodes.Const) and isinstance(at.value, str):
            return self._field(kind, at.value, node.lineno)
        if isinstance(at, nodes.Slice):
            return kind
        return elements_of(kind)

    def _call(self, node: nodes.Call, names: Names) -> Kind:
        given = [self._kind(argument, names) for argument in node.args]
        called = node.node
        macro = self.macros.get(called.name) if isinstance(called, nodes.Name) else None
        by_name = {word.key: self._kind(word.value, names) for word in node.kwargs}
        if macro is None:
            self._kind(called, names)
            return ANY
        self.used.add(macro.name)
        rest = macro.args[len(given) :]
        self._macro(macro, [*given, *(by_name.get(arg.name, ANY) for arg in rest)])
        return ANY

    def _filter(self, node: nodes.Filter, names: Names) -> Kind:
        if node.name not in self.environment.filters:
            known = [*self.environment.filters]
            self._unknown(node.name, say("filter"), known, node.lineno)
        kind = self._kind(node.node, names) if node.node is not None else ANY
        for argument in (*node.args, *node.kwargs):
            self._kind(argument, names)
        if node.name in ("first", "last"):
            return elements_of(kind)
        return kind if node.name in _SAME else ANY

    # --- what is said ----------------------------------------------------------------------------

    def _unknown(self, name: str, what: str, known: list[str], line: int) -> None:
        message = say("there is no {what} {name}", what=what, name=name)
        message += did_you_mean(name, known, or_known=False)
        place = self._place(line, rf"(?:\||\bis\b(?: not)?)\s*(?P<at>{name})\b")
        self.problems.append(Problem("template", message, place))

    def _place(self, line: int, pattern: str) -> Place:
        """Where a name stands, in the line of its expression or one of the next."""
        lines = self.text.split("\n")
        for number in range(line, min(line + 5, len(lines) + 1)):
            if match := re.search(pattern, lines[number - 1]):
                at = match.start("at" if "at" in match.groupdict() else 0)
                return Place(self.path, number, at + 1, lines[number - 1])
        return Place(self.path, line)

    def _unused(self, tree: nodes.Template) -> Iterator[Problem]:
        """What the template makes and never uses."""
        named = r"(?<![\w.]){}\b"
        for target in tree.find_all(nodes.Name):
            if target.ctx == "store" and target.name not in self.used:
                place = self._place(target.lineno, named.format(target.name))
                yield _unused(target.name, place)
        for macro in self.macros.values():
            if macro.name not in self.used:
                yield _unused(macro.name, self._place(macro.lineno, named.format(macro.name)))
            inside = {n.name for n in macro.find_all(nodes.Name) if n.ctx == "load"}
            for argument in macro.args:
                if argument.name not in inside:
                    place = self._place(macro.lineno, named.format(argument.name))
                    yield _unused(argument.name, place)

    def _unprinted(self) -> Iterator[Problem]:
        """What an answer may hold and this template never looks at."""
        for cls in dict.fromkeys(cls for cls, _ in sorted(self.printed, key=str)):
            for name in fields_of(cls):
                if (cls, name) not in self.printed and name not in _NO_CONTENT:
                    message = say("{name} of {kind} is never printed", name=name, kind=word(cls))
                    yield Problem("unused", message, Place(self.path), "hint")


_STATEMENTS: Mapping[type, Callable[[Reader, Any, Names], None]] = MappingProxyType(
    {
        nodes.For: Reader._for,  # noqa: SLF001
        nodes.If: Reader._if,  # noqa: SLF001
        nodes.Assign: Reader._assign,  # noqa: SLF001
        nodes.AssignBlock: Reader._assign_block,  # noqa: SLF001
        nodes.With: Reader._with,  # noqa: SLF001
        nodes.CallBlock: Reader._call_block,  # noqa: SLF001
        nodes.Macro: lambda *_: None,  # read where it is called
    }
)
_EXPRESSIONS: Mapping[type, Callable[[Reader, Any, Names], Kind]] = MappingProxyType(
    {
        nodes.Name: Reader._name,  # noqa: SLF001
        nodes.Getattr: Reader._getattr,  # noqa: SLF001
        nodes.Getitem: Reader._item,  # noqa: SLF001
        nodes.Call: Reader._call,  # noqa: SLF001
        nodes.Filter: Reader._filter,  # noqa: SLF001
        nodes.CondExpr: Reader._either,  # noqa: SLF001
        nodes.List: Reader._list,  # noqa: SLF001
        nodes.Tuple: Reader._list,  # noqa: SLF001
        nodes.Concat: Reader._concat,  # noqa: SLF001
        nodes.Const: Reader._const,  # noqa: SLF001
        nodes.Test: Reader._test,  # noqa: SLF001
    }
)

_NO_CONTENT = frozenset(
    {"kind", "markup", "language", "date", "number", "total", "heading"}
    | {"landscape", "small", "over", "drawing"}
)
"""Fields that say how something is printed: without them nothing is lost."""


def _unused(name: str, place: Place) -> Problem:
    return Problem("unused", say("{name} is never used", name=name), place, "warning")


def _narrowed(test: nodes.Node, names: Names) -> tuple[Names, Names]:
    """The names where `view.kind == "table"` holds, and where it does not."""
    match test:
        case nodes.Compare(
            expr=nodes.Getattr(node=nodes.Name(name=name), attr="kind"),
            ops=[nodes.Operand(op="eq" | "ne" as operator, expr=nodes.Const(value=str(value)))],
        ) if names.get(name):
            of = frozenset(cls for cls in names[name] if _kind_word(cls) == value)
            rest = names[name] - of
            if of and rest:
                pair = dict(names) | {name: of}, dict(names) | {name: rest}
                return pair if operator == "eq" else (pair[1], pair[0])
    return dict(names), dict(names)


def _kind_word(cls: object) -> object:
    """What a block says that it is: `words`, `table`."""
    if not (isinstance(cls, type) and is_dataclass(cls)):
        return None
    return next((f.default for f in fields(cls) if f.name == "kind" and f.default is not MISSING),
                None)  # fmt: skip
