"""DuckDB in memory, with no reach beyond the files that it is given."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from kmo_report.figures.sql import literal

MEMORY = "600MB"
"""What it may use; beyond that it spills to disk."""


def connect(
    paths: Sequence[Path], folder: Path, *, ordered: bool = False
) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, that reads these files, spills into that folder, and can do no more."""
    settings: dict[str, Any] = {
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": str(ordered).lower(),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(config=settings)
    # How far it is can be asked; it prints nothing itself.
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    # A moment of New Year's night belongs to the year here.
    connection.execute("SET TimeZone = 'Europe/Brussels'")
    allowed = ", ".join(literal(str(path)) for path in paths)
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
