"""CSV and TSV: which sign parts the fields, which row names the columns, where a field stands."""

import csv
import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from kmo_report.figures.header import LOOK, Header, find_header
from kmo_report.figures.opening import Opened
from kmo_report.figures.relation import Relation
from kmo_report.figures.sql import Column, literal
from kmo_report.figures.totals import Offender
from kmo_report.language import say
from kmo_report.model.register import Register
from kmo_report.problems import Place

DELIMITERS = (",", ";", "\t", "|")
MAX_FIELD = 2_000_000
MAX_SHOWN = 200


def in_utf8(opened: Opened, folder: Path) -> Path:
    """The text in UTF-8: the file itself, or a copy of it in `folder`."""
    if opened.encoding == "utf-8":
        return opened.path
    copy = folder / "text.csv"
    with (
        opened.path.open(encoding=opened.encoding, newline="") as text,
        copy.open("w", encoding="utf-8", newline="") as other,
    ):
        shutil.copyfileobj(text, other, 1 << 20)
    return copy


def find_dialect(
    opened: Opened, path: Path, wanted: Sequence[str], row: int | None
) -> tuple[str, Header]:
    """The delimiter that gives a header with all columns that are wanted, and that header."""
    reasons = []
    for delimiter in DELIMITERS:
        rows = list(islice(records(path, delimiter), max(LOOK, row or 0)))
        found = find_header([cells for _, cells in rows], wanted, row)
        if isinstance(found, Header):
            return delimiter, found
        reasons.append((max(map(len, (cells for _, cells in rows)), default=0), found))
    raise opened.refuse(max(reasons, key=lambda reason: reason[0])[1])


def records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record and the line on which it starts; a blank line is an empty record."""
    csv.field_size_limit(MAX_FIELD)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error:  # a field without end
            return


def line_of(path: Path, byte: int) -> int:
    """The line of a text in which a byte stands, from 1; both ends of line count."""
    line, last = 1, b""
    with path.open("rb") as file:
        while byte > 0 and (chunk := file.read(min(byte, 1 << 20))):
            byte -= len(chunk)
            line += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
            line -= last == b"\r" and chunk[:1] == b"\n"
            last = chunk[-1:]
    return line


class Text(Relation):
    """A text as rows; columns are called c0, c1, ..."""

    def __init__(self, opened: Opened, register: Register, folder: Path) -> None:
        self.path = in_utf8(opened, folder)
        self.delimiter, header = find_dialect(opened, self.path, register.columns, register.header)
        self.skip = header.row
        columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(header.names)))
        read = (
            f"read_csv({literal(str(self.path))}, auto_detect = false, header = false,"
            f" skip = {header.row}, delim = {literal(self.delimiter)}, quote = '\"', escape = '\"',"
            f" columns = {{{columns}}}, strict_mode = true"
        )
        self.at = {name: header.at(name) for name in register.columns}
        super().__init__(
            shown=opened.shown,
            sql=f"{read}, ignore_errors = true)",
            rejecting=f"{read}, store_rejects = true)",
            columns={name: Column(f"c{at}") for name, at in self.at.items()},
            paths=(self.path,),
            origin={"encoding": opened.encoding, "delimiter": self.delimiter, "header": header.row},
        )

    def places(self, cells: Sequence[tuple[int, str]]) -> list[Place]:
        uncut = {self._line(byte) for byte, _, _ in self.uncut}
        records_of = (
            (line, fields)
            for number, (line, fields) in enumerate(records(self.path, self.delimiter))
            if number >= self.skip and fields and line not in uncut
        )
        last = max((row for row, _ in cells), default=0)
        lines = {row: line for row, (line, _) in enumerate(islice(records_of, last), 1)}
        return self._shown([(lines[row], self.at[column]) for row, column in cells])

    def uncut_places(self, limit: int) -> list[Offender]:
        rows = self.uncut[:limit]
        places = self._shown([(self._line(byte), 0) for byte, _, _ in rows])
        return [
            Offender(place, "", self._what(kind))
            for place, (_, kind, _) in zip(places, rows, strict=True)
        ]

    @staticmethod
    def _what(kind: str) -> str:
        match kind:
            case "MISSING COLUMNS" | "TOO MANY COLUMNS":
                return say("this row has not as many fields as the header")
            case "UNQUOTED VALUE":
                return say("a quote is not closed, or stands within a field")
        return say("this row cannot be cut into fields ({kind})", kind=kind.lower())

    def _line(self, byte: int) -> int:
        return line_of(self.path, byte)

    def _shown(self, fields: Sequence[tuple[int, int]]) -> list[Place]:
        """Places with the text of their line; fields are named by line and column."""
        texts = dict.fromkeys(sorted({line for line, _ in fields}), "")
        with self.path.open(encoding="utf-8-sig", errors="replace") as file:
            for line, words in enumerate(islice(file, max(texts, default=0)), 1):
                if line in texts:
                    texts[line] = words.rstrip("\n")
        return [
            Place(self.shown, line, start(text, self.delimiter, at), text[:MAX_SHOWN])
            for line, at in fields
            for text in [texts[line]]
        ]


def start(line: str, delimiter: str, column: int) -> int | None:
    """The position of a field in its line, from 1; None where it starts on a later line.

    >>> start('"a;b";2', ";", 1)
    7
    """
    quoted, passed = False, 0
    for at, sign in enumerate(line):
        if passed == column:
            return at + 1
        quoted ^= sign == '"'
        passed += sign == delimiter and not quoted
    return len(line) + 1 if passed == column else None
