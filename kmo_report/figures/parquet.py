"""Parquet: typed columns, read by DuckDB as they are."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from kmo_report.figures.header import find_header
from kmo_report.figures.opening import Opened
from kmo_report.figures.relation import Relation
from kmo_report.figures.sandbox import connect
from kmo_report.figures.sql import Column, literal, name
from kmo_report.figures.totals import Offender
from kmo_report.language import say
from kmo_report.model.register import Register
from kmo_report.problems import Place


class Parquet(Relation):
    """A Parquet file as rows; columns are called c0, c1, ..."""

    def __init__(self, opened: Opened, register: Register, folder: Path) -> None:
        read = f"read_parquet({literal(str(opened.path))})"
        try:
            with connect((opened.path,), folder) as connection:
                described = connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()
        except duckdb.Error:
            raise opened.refuse(say("this Parquet file is damaged")) from None
        types = {row[0]: row[1] for row in described}
        found = find_header([list(types)], register.columns, None)
        if isinstance(found, str):
            raise opened.refuse(found)
        for column in register.columns:
            if types[column].startswith(("STRUCT", "MAP", "UNION")) or types[column].endswith("]"):
                message = say("the column {name} holds groups or lists, no values", name=column)
                raise opened.refuse(message)
        fields = ", ".join(f"{name(c)} AS c{at}" for at, c in enumerate(register.columns))
        super().__init__(
            shown=opened.shown,
            sql=f"(SELECT {fields} FROM {read})",
            numbered=f"(SELECT {fields}, file_row_number AS k0"
            f" FROM read_parquet({literal(str(opened.path))}, file_row_number = true))",
            columns={c: Column(f"c{at}", types[c]) for at, c in enumerate(register.columns)},
            paths=(opened.path,),
            row="k0 + 1",
        )

    def places(self, cells: Sequence[tuple[int, str]]) -> list[Place]:
        return [
            Place(
                say("{file}, row {row}, column {column}", file=self.shown, row=row, column=column)
            )
            for row, column in cells
        ]

    def uncut_places(self, limit: int) -> list[Offender]:  # noqa: ARG002 -- there are none
        return []
