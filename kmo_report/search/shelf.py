"""A part of the index: one SQLite file, derived, and brought up to date when opened.

It holds nothing of its own: deleted or damaged, it is made anew. What it answers depends on the
documents alone, not on the order or the steps in which they were indexed.
"""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kmo_report.search import words
from kmo_report.search.earlier import Earlier, Entry, Kept, Passage, Source
from kmo_report.search.words import Terms, Vocabulary

FIELDS = ("subject", "question", "answer", "names")
"""Of the terms of a document: its subject; introduction and parts; answers; who, when, which, and
all that stands nowhere else in it."""
TOLD = 3
"""So many of them say what a document is about."""

PART = "|"
"""Stands between the terms of two parts; it is no term."""

_LAYOUT = "4"
_WAIT = 60.0
"""Seconds to wait for another process that brings the same index up to date."""

_TABLES = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE document (
  id INTEGER PRIMARY KEY, source TEXT, key TEXT, stamp TEXT, digest TEXT,
  usable INTEGER, identity TEXT, stem TEXT, twin TEXT, asked_on TEXT,
  session TEXT, minister TEXT, day TEXT,
  subject INTEGER, question INTEGER, answer INTEGER, names INTEGER, parts INTEGER
);
CREATE UNIQUE INDEX document_key ON document (source, key);
CREATE INDEX document_identity ON document (identity);
CREATE INDEX document_stem ON document (stem);
CREATE INDEX document_twin ON document (twin);
CREATE INDEX document_unusable ON document (key) WHERE NOT usable;
CREATE TABLE content (id INTEGER PRIMARY KEY, json TEXT);
CREATE TABLE terms (id INTEGER PRIMARY KEY, subject TEXT, question TEXT, answer TEXT, names TEXT);
CREATE VIRTUAL TABLE found USING fts5 (
  subject, question, answer, names, content = 'terms', content_rowid = 'id', tokenize = 'unicode61'
);
CREATE TABLE source (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE term (term TEXT PRIMARY KEY, told INTEGER, documents INTEGER) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY, terms TEXT) WITHOUT ROWID;
"""

Progress = Callable[[int, int], None]
"""Told how many documents were looked at, and of how many."""


def silent(_done: int, _of: int) -> None:
    """Nobody waits to be told."""


_FOLLOW_UP = re.compile(r"\s*\((?:deel\s+)?([0-9]{1,2})\)\s*$")


@dataclass(frozen=True, slots=True)
class Within:
    """Which documents may be found; what is empty does not matter."""

    session: str = ""
    minister: str = ""
    """Words of which the last are those of the key: crevits, hilde-crevits."""
    first: str = ""
    last: str = ""
    """Days, as 2020-02-13; a document of which no day is known is of none."""

    def conditions(self) -> dict[str, str]:
        """In SQL, with the value of each."""
        wanted = {
            "d.session = ?": self.session,
            "'-' || ? LIKE '%-' || d.minister": self.minister,
            "d.day >= ?": self.first,
            "d.day != '' AND d.day <= ?": self.last,
        }
        return {condition: value for condition, value in wanted.items() if value}


ANY = Within()


class Shelf:
    """A file that is open; `path` None keeps it in memory."""

    def __init__(self, path: Path | None) -> None:
        self._file = _opened(path)
        self.known: Mapping[str, Terms] = _Known(self._file)

    def close(self) -> None:
        """No more is asked of it."""
        self._file.close()

    def refresh(self, sources: Sequence[Source], known: Vocabulary, progress: Progress) -> None:
        """Index what is new or changed in the sources, and forget what is gone."""
        if not any(self._stale(source) for source in sources) and not self._strangers(sources):
            return
        self._file.execute("BEGIN IMMEDIATE")
        try:
            _Update(self._file, known, progress).run(sources)
        except BaseException:
            self._file.rollback()
            raise
        self._file.commit()
        self._file.execute("PRAGMA optimize")

    def _stale(self, source: Source) -> bool:
        if source.head is not None:
            # What could not be used may have been mended since, which no head tells.
            known = _setting(self._file, f"head {source.name}")
            return source.head != known or bool(self.unusable())
        stamps = dict(
            self._file.execute("SELECT key, stamp FROM document WHERE source = ?", (source.name,))
        )
        entries = {entry.key: entry.stamp for entry in source.entries()}
        return "" in entries.values() or entries != stamps

    def _strangers(self, sources: Sequence[Source]) -> bool:
        known = {name for (name,) in self._file.execute("SELECT name FROM source")}
        return not known <= {source.name for source in sources}

    def clear(self) -> None:
        """Forget all of it."""
        self._file.execute("BEGIN IMMEDIATE")
        self._file.execute("INSERT INTO found (found) VALUES ('delete-all')")
        for table in ("document", "content", "terms", "source", "term", "word"):
            self._file.execute(f"DELETE FROM {table}")  # noqa: S608
        self._file.execute("DELETE FROM setting WHERE name != 'version'")
        self._file.execute("COMMIT")

    def size(self) -> int:
        """How many documents can be found."""
        return int(_setting(self._file, "size") or 0)

    def lengths(self) -> list[int]:
        """How many terms each field holds in all, and how many parts there are."""
        found: list[int] = json.loads(_setting(self._file, "lengths") or "[0, 0, 0, 0, 0]")
        return found

    def unusable(self) -> list[str]:
        """The keys of documents that could not be read."""
        rows = self._file.execute("SELECT key FROM document WHERE NOT usable ORDER BY key")
        return [key for (key,) in rows]

    def frequency(self, term: str) -> tuple[int, int]:
        """In how many documents a term stands: in what they are about; anywhere."""
        ask = "SELECT told, documents FROM term WHERE term = ?"
        row = self._file.execute(ask, (term,)).fetchone()
        return (row[0], row[1]) if row else (0, 0)

    def candidates(
        self, terms: Sequence[str], weights: Sequence[float], limit: int, within: Within
    ) -> list[int]:
        """The documents that hold most of the terms, in the first fields, one for each weight."""
        fields = " ".join(FIELDS[: len(weights)])
        phrase = f"{{{fields}}} : ({' OR '.join(_quoted(term) for term in terms)})"
        rank = f"bm25(found, {', '.join(map(str, weights))})"
        conditions = within.conditions()
        rows = []
        if not conditions:
            rows = self._file.execute(
                f"SELECT rowid, {rank} AS score FROM found WHERE found MATCH ?"  # noqa: S608
                " ORDER BY score LIMIT ?",
                (phrase, limit + 1),
            ).fetchall()
            if len(rows) <= limit or rows[limit - 1][1] != rows[limit][1]:
                return [row[0] for row in rows[:limit]]
        rows = self._file.execute(
            f"SELECT found.rowid, {rank} AS score FROM found, document AS d"  # noqa: S608
            f" WHERE found MATCH ? AND d.id = found.rowid{''.join(f' AND {c}' for c in conditions)}"
            " ORDER BY score, d.key, d.source LIMIT ?",
            (phrase, *conditions.values(), limit),
        ).fetchall()
        return [row[0] for row in rows]

    def terms(self, documents: Sequence[int]) -> dict[int, tuple[str, tuple[str, ...]]]:
        """Of each document its key, and its terms field by field, as they were indexed."""
        rows = self._in(
            f"SELECT t.id, d.key, {', '.join(f't.{field}' for field in FIELDS)}"  # noqa: S608
            " FROM terms AS t, document AS d WHERE d.id = t.id AND t.id IN",
            documents,
        )
        return {row[0]: (row[1], row[2:]) for row in rows}

    def identified(self, key: str) -> list[int]:
        """The documents of a question; mostly one or none."""
        rows = self._file.execute("SELECT id FROM document WHERE identity = ?", (key,))
        return [row[0] for row in rows.fetchall()]

    def identities(self) -> dict[int, str]:
        """The question of each document."""
        return dict(self._file.execute("SELECT id, identity FROM document WHERE usable").fetchall())

    def read(self, document: int) -> Earlier:
        """A document as it was when it was indexed."""
        ask = "SELECT json FROM content WHERE id = ?"
        return _thawed(json.loads(self._file.execute(ask, (document,)).fetchone()[0]))

    def texts(self, documents: Sequence[int]) -> dict[int, str]:
        """Of each document what stands for its question: equal where the words are."""
        return dict(self._in("SELECT id, twin FROM document WHERE id IN", documents))

    def asking(self, texts: Sequence[str]) -> list[tuple[int, str]]:
        """The documents that ask one of these, and which."""
        rows = self._in("SELECT id, twin FROM document WHERE twin IN", texts)
        return [(row[0], row[1]) for row in rows]

    def line(self, stem: str, until: str) -> list[int]:
        """The documents with this subject, but for the `(2)` at its end, until a day."""
        rows = self._file.execute(
            "SELECT id FROM document WHERE stem = ? AND asked_on BETWEEN '0' AND ?", (stem, until)
        )
        return [row[0] for row in rows.fetchall()]

    def _in(self, ask: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        rows = self._file.execute(f"{ask} ({_marks(values)})", tuple(values))
        return iter(rows.fetchall())


def _quoted(term: str) -> str:
    return f'"{term}"'


def _opened(path: Path | None) -> sqlite3.Connection:
    """The file, empty if it is not there, of another version or damaged; else in memory."""
    version = f"{_LAYOUT} {words.VERSION} {words.libraries()}"
    for _ in range(2 if path else 0):
        with suppress(OSError, sqlite3.Error):
            assert path  # noqa: S101
            path.parent.mkdir(parents=True, exist_ok=True)
            file = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            try:
                if _made(file, version):
                    return file
            except sqlite3.Error as error:
                file.close()
                if not is_damage(error):  # locked by another run, or not to be written
                    break
                path.unlink(missing_ok=True)
                continue
            file.close()
            path.unlink(missing_ok=True)
    file = sqlite3.connect(":memory:", isolation_level=None)
    _made(file, version)
    return file


def is_damage(error: sqlite3.Error) -> bool:
    """Whether it comes of what the file holds: then it is made anew."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return primary in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _made(file: sqlite3.Connection, version: str) -> bool:
    """Make the tables where there are none; whether they are of this version."""
    file.execute("BEGIN IMMEDIATE" if not _has_tables(file) else "BEGIN")
    if not _has_tables(file):
        for statement in filter(str.strip, _TABLES.split(";")):
            file.execute(statement)
        file.execute("INSERT INTO setting VALUES ('version', ?)", (version,))
    file.execute("COMMIT")
    return _setting(file, "version") == version


def _has_tables(file: sqlite3.Connection) -> bool:
    return file.execute("SELECT 1 FROM sqlite_master WHERE name = 'setting'").fetchone() is not None


def _marks(values: Sized) -> str:
    return ", ".join("?" * len(values))


def _setting(file: sqlite3.Connection, name: str) -> str | None:
    row = file.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


class _Known(Mapping[str, Terms]):
    """The words whose terms are known, in the file: so that few runs need the dictionary."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self.file = file

    def __getitem__(self, word: str) -> Terms:
        row = self.file.execute("SELECT terms FROM word WHERE word = ?", (word,)).fetchone()
        if row is None:
            raise KeyError(word)
        return tuple(row[0].split())

    def __iter__(self) -> Iterator[str]:
        return (word for (word,) in self.file.execute("SELECT word FROM word"))

    def __len__(self) -> int:
        return int(self.file.execute("SELECT count(*) FROM word").fetchone()[0])


class _Update:
    """One pass over the sources, in a transaction."""

    def __init__(self, file: sqlite3.Connection, known: Vocabulary, progress: Progress) -> None:
        self.file = file
        self.known = known
        self.progress = progress
        self.told: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def run(self, sources: Sequence[Source]) -> None:
        """Bring every source up to date, then what is counted over all."""
        stored = "SELECT key, id, stamp, digest, usable FROM document WHERE source = ?"
        names = {source.name for source in sources}
        for (name,) in self.file.execute("SELECT DISTINCT source FROM document").fetchall():
            if name not in names:
                self._forget_all(self.file.execute(stored, (name,)).fetchall())
        self.file.execute("DELETE FROM source")
        for source in sources:
            self.file.execute("INSERT INTO source VALUES (?)", (source.name,))
            rows = {row[0]: row for row in self.file.execute(stored, (source.name,)).fetchall()}
            entries = sorted(source.entries(), key=lambda entry: entry.key)
            for number, entry in enumerate(entries):
                self.progress(number, len(entries))
                row = rows.pop(entry.key, None)
                if row and not row[4] and source.head is not None:
                    self._forget_all([row])
                    row = None
                self._take(source.name, entry, row)
            self._forget_all(list(rows.values()))
            self._set(f"head {source.name}", source.head)
        self._count()

    def _take(self, source: str, entry: Entry, row: tuple[Any, ...] | None) -> None:
        if row and entry.stamp and row[2] == entry.stamp:
            return
        digest = entry.digest()
        if row and row[3] == digest:
            self.file.execute("UPDATE document SET stamp = ? WHERE id = ?", (entry.stamp, row[1]))
            return
        if row:
            self._forget_all([row])
        self._add(source, entry, digest, entry.read())

    def _add(self, source: str, entry: Entry, digest: str, document: Earlier | None) -> None:
        if document is None:
            self.file.execute(
                "INSERT INTO document (source, key, stamp, digest, usable) VALUES (?, ?, ?, ?, 0)",
                (source, entry.key, entry.stamp, digest),
            )
            return
        fields = _fields(document, self.known)
        # What has no words of a question, such as a scan, asks nothing that another asks too.
        same = " ".join(fields[:2]) if fields[1].strip(f" {PART}") else entry.key
        twin = hashlib.sha256(same.encode()).hexdigest()[:16]
        lengths = [len(field.split()) for field in fields]
        values = {
            "source": source,
            "key": entry.key,
            "stamp": entry.stamp,
            "digest": digest,
            "usable": 1,
            "identity": document.key,
            "stem": follow_up(document.subject, self.known)[0],
            "twin": twin,
            "asked_on": document.asked_on.isoformat() if document.asked_on else "",
            "session": document.session,
            "minister": document.key.removeprefix(f"{document.session}-").rpartition("-")[0],
            "day": document.day,
            **dict(zip(FIELDS, lengths, strict=True)),
            "parts": len(document.passages),
        }
        added = self.file.execute(
            f"INSERT INTO document ({', '.join(values)}) VALUES ({_marks(values)})",  # noqa: S608
            tuple(values.values()),
        ).lastrowid
        frozen = json.dumps(asdict(document), ensure_ascii=False, default=str)
        self.file.execute("INSERT INTO content VALUES (?, ?)", (added, frozen))
        self.file.execute("INSERT INTO terms VALUES (?, ?, ?, ?, ?)", (added, *fields))
        self.file.execute(
            f"INSERT INTO found (rowid, {', '.join(FIELDS)})"  # noqa: S608
            f" VALUES (?, {_marks(FIELDS)})",
            (added, *fields),
        )
        self.told.update(distinct(fields[:TOLD]))
        self.counts.update(distinct(fields))

    def _forget_all(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for _, document, _, _, usable in rows:
            if usable:
                ask = f"SELECT {', '.join(FIELDS)} FROM terms WHERE id = ?"  # noqa: S608
                fields = self.file.execute(ask, (document,)).fetchone()
                self.file.execute(
                    f"INSERT INTO found (found, rowid, {', '.join(FIELDS)})"  # noqa: S608
                    f" VALUES ('delete', ?, {_marks(FIELDS)})",
                    (document, *fields),
                )
                self.told.subtract(distinct(fields[:TOLD]))
                self.counts.subtract(distinct(fields))
            for table in ("document", "content", "terms"):
                self.file.execute(f"DELETE FROM {table} WHERE id = ?", (document,))  # noqa: S608

    def _count(self) -> None:
        changed = [
            (term, self.told[term], self.counts[term])
            for term in sorted(self.counts)
            if self.counts[term] or self.told[term]
        ]
        self.file.executemany(
            "INSERT INTO term VALUES (?, ?, ?) ON CONFLICT (term) DO UPDATE"
            " SET told = told + excluded.told, documents = documents + excluded.documents",
            changed,
        )
        self.file.execute("DELETE FROM term WHERE documents < 1")
        self.file.executemany(
            "INSERT OR IGNORE INTO word VALUES (?, ?)",
            sorted((word, " ".join(terms)) for word, terms in self.known.fresh.items()),
        )
        size, *lengths = self.file.execute(
            f"SELECT count(*), {', '.join(f'sum({field})' for field in (*FIELDS, 'parts'))}"  # noqa: S608
            " FROM document WHERE usable"
        ).fetchone()
        self._set("size", str(size))
        self._set("lengths", json.dumps([length or 0 for length in lengths]))

    def _set(self, name: str, value: str | None) -> None:
        self.file.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))


def _fields(document: Earlier, known: Vocabulary) -> tuple[str, ...]:
    """The terms of each field; those of parts stand apart, in the order of the parts."""
    between = f" {PART} "
    questions = [document.introduction, *(f"{p.within} {p.question}" for p in document.passages)]
    return (
        " ".join(known.terms(document.subject)),
        between.join(" ".join(known.terms(text)) for text in questions),
        between.join(" ".join(known.terms(part.answer)) for part in document.passages),
        " ".join(known.terms("\n".join(document.names()))),
    )


def distinct(fields: Iterable[str]) -> set[str]:
    """The terms of a document, each once."""
    return {term for field in fields for term in field.split()} - {PART}


def follow_up(subject: str, known: Vocabulary) -> tuple[str, int]:
    """What a subject is but for the `(2)` at its end, and that number: 1 if there is none."""
    match = _FOLLOW_UP.search(subject)
    stem = " ".join(known.terms(_FOLLOW_UP.sub("", subject)))
    return stem, int(match[1]) if match else 1


def _thawed(frozen: dict[str, Any]) -> Earlier:
    passages = tuple(Passage(**passage) for passage in frozen.pop("passages"))
    asked_on, kept = frozen.pop("asked_on"), frozen.pop("kept")
    return Earlier(
        **frozen,
        asked_on=date.fromisoformat(asked_on) if asked_on else None,
        passages=passages,
        kept=Kept(**kept) if kept else None,
    )
