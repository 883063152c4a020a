"""A real PostgreSQL and a real Spark on this machine, for as long as a test runs."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSWORD = "geheim"  # noqa: S105 -- of a server that lives for a minute
SPARK = "pyspark://?spark.master=local[2]&spark.sql.shuffle.partitions=2"


def commands() -> Path | None:
    """Where the newest PostgreSQL of this machine has its programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@dataclass(frozen=True)
class Postgres:
    """A server that runs; its one user is called kmo and has a password."""

    folder: Path
    port: int
    bin: Path

    @property
    def address(self) -> str:
        return f"postgresql://kmo@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        """At once, whatever it is doing."""
        _as_nobody(self.bin / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def run(self, query: str, rows: list[tuple[object, ...]] | None = None) -> list[Any]:
        """Run a statement, or copy rows into a table."""
        import psycopg

        with (
            psycopg.connect(self.address, password=PASSWORD) as connection,
            connection.cursor() as cursor,
        ):
            if rows is None:
                found = cursor.execute(query.encode())
                return found.fetchall() if found.description else []
            with cursor.copy(query.encode()) as copy:
                for row in rows:
                    copy.write_row(row)
        return []


@contextmanager
def postgres(programs: Path) -> Iterator[Postgres]:
    """Start a server in a folder of its own, as a user who is not root."""
    folder = Path(tempfile.mkdtemp(prefix="kmo-report-pg-"))
    try:
        (folder / "password").write_text(PASSWORD, "utf-8")
        if os.getuid() == 0:
            for path in (folder, folder / "password"):
                shutil.chown(path, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        data = folder / "data"
        _as_nobody(programs / "initdb", "-D", data, "-U", "kmo", "-A", "scram-sha-256",
                   f"--pwfile={folder / 'password'}", "-E", "UTF8", "--locale=C.UTF-8")  # fmt: skip
        options = f"-p {port} -k {folder} -h 127.0.0.1 -c fsync=off"
        _as_nobody(
            programs / "pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log", "start"
        )
        server = Postgres(folder, port, programs)
        try:
            yield server
        finally:
            if (data / "postmaster.pid").exists():
                server.stop()
    finally:
        shutil.rmtree(folder)


def _as_nobody(*command: object) -> None:
    """Run a program of PostgreSQL; root may not."""
    words = [str(word) for word in command]
    if os.getuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/tmp")  # noqa: S108
