"""The index of what can be searched: one SQLite file, derived, and brought up to date when opened.

It holds nothing of its own: deleted or damaged, it is made anew. What it answers depends on the
documents alone, not on the order or the steps in which they were indexed.
"""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Self

from kmo_report.search import words
from kmo_report.search.earlier import Earlier, Entry, Passage, Source
from kmo_report.search.words import Terms, Vocabulary

FIELDS = ("subject", "question", "answer")
"""Of the terms of a document: its subject; introduction and parts; answers."""

PART = "|"
"""Stands between the terms of two parts; it is no term."""

_LAYOUT = "2"
_WAIT = 60.0
"""Seconds to wait for another process that brings the same index up to date."""

_TABLES = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE document (
  id INTEGER PRIMARY KEY, source TEXT, key TEXT, stamp TEXT, digest TEXT,
  usable INTEGER, identity TEXT, stem TEXT, twin TEXT, asked_on TEXT,
  subject INTEGER, question INTEGER, answer INTEGER, parts INTEGER
);
CREATE UNIQUE INDEX document_key ON document (source, key);
CREATE INDEX document_identity ON document (identity);
CREATE INDEX document_stem ON document (stem);
CREATE INDEX document_twin ON document (twin);
CREATE TABLE content (id INTEGER PRIMARY KEY, json TEXT);
CREATE TABLE terms (id INTEGER PRIMARY KEY, subject TEXT, question TEXT, answer TEXT);
CREATE VIRTUAL TABLE found USING fts5 (
  subject, question, answer, content = 'terms', content_rowid = 'id', tokenize = 'unicode61'
);
CREATE TABLE term (term TEXT PRIMARY KEY, documents INTEGER) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY, terms TEXT) WITHOUT ROWID;
"""

_FOLLOW_UP = re.compile(r"\s*\((?:deel\s+)?([0-9]{1,2})\)\s*$")


class Index:
    """An index that is open; `path` None keeps it in memory."""

    def __init__(self, path: Path | None) -> None:
        self._file = _opened(path)
        self.known = Vocabulary(_Known(self._file))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    # --- to bring it up to date ------------------------------------------------------------------

    def refresh(self, sources: Sequence[Source]) -> None:
        """Index what is new or changed in the sources, and forget what is gone."""
        if not any(self._stale(source) for source in sources) and not self._strangers(sources):
            return
        self._file.execute("BEGIN IMMEDIATE")
        try:
            _Update(self._file, self.known).run(sources)
        except BaseException:
            self._file.rollback()
            raise
        self._file.commit()
        self._file.execute("PRAGMA optimize")

    def _stale(self, source: Source) -> bool:
        if source.head is not None and source.head == _setting(self._file, f"head {source.name}"):
            return False
        stamps = dict(
            self._file.execute("SELECT key, stamp FROM document WHERE source = ?", (source.name,))
        )
        entries = {entry.key: entry.stamp for entry in source.entries()}
        return source.head is not None or "" in entries.values() or entries != stamps

    def _strangers(self, sources: Sequence[Source]) -> bool:
        known = {name for (name,) in self._file.execute("SELECT DISTINCT source FROM document")}
        return not known <= {source.name for source in sources}

    # --- to ask ----------------------------------------------------------------------------------

    def size(self) -> int:
        """How many documents can be found."""
        return int(_setting(self._file, "size") or 0)

    def lengths(self) -> tuple[tuple[float, ...], float]:
        """How many terms each field holds on average, and a part with its answer."""
        *totals, parts = json.loads(_setting(self._file, "lengths") or "[0, 0, 0, 0]")
        averages = tuple(total / max(self.size(), 1) for total in totals)
        return averages, sum(totals[1:]) / max(parts, 1)

    def unusable(self) -> list[tuple[str, str]]:
        """The sources and keys of documents that could not be read."""
        ask = "SELECT source, key FROM document WHERE NOT usable ORDER BY source, key"
        return self._file.execute(ask).fetchall()

    def frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many documents each term stands."""
        ask = "SELECT documents FROM term WHERE term = ?"
        rows = ((term, self._file.execute(ask, (term,)).fetchone()) for term in terms)
        return {term: row[0] if row else 0 for term, row in rows}

    def candidates(self, terms: Sequence[str], weights: Sequence[float], limit: int) -> list[int]:
        """The documents that hold most of the terms; keys decide between equals."""
        if not terms:
            return []
        phrase = " OR ".join(f'"{term}"' for term in terms)
        rank = f"bm25(found, {', '.join(map(str, weights))})"
        rows = self._file.execute(
            f"SELECT rowid, {rank} AS score FROM found WHERE found MATCH ?"  # noqa: S608
            " ORDER BY score LIMIT ?",
            (phrase, limit + 1),
        ).fetchall()
        if len(rows) > limit and rows[limit - 1][1] == rows[limit][1]:
            rows = self._file.execute(
                f"SELECT found.rowid, {rank} AS score FROM found, document AS d"  # noqa: S608
                " WHERE found MATCH ? AND d.id = found.rowid"
                " ORDER BY score, d.key, d.source LIMIT ?",
                (phrase, limit),
            ).fetchall()
        return [row[0] for row in rows[:limit]]

    def terms(self, documents: Sequence[int]) -> dict[int, tuple[str, tuple[str, str, str]]]:
        """Of each document its key, and its terms field by field, as they were indexed."""
        rows = self._in(
            "SELECT t.id, d.key, t.subject, t.question, t.answer FROM terms AS t, document AS d"
            " WHERE d.id = t.id AND t.id IN",
            documents,
        )
        return {row[0]: (row[1], row[2:]) for row in rows}

    def identified(self, key: str) -> list[int]:
        """The documents of a question; mostly one or none."""
        rows = self._file.execute("SELECT id FROM document WHERE identity = ?", (key,))
        return [row[0] for row in rows.fetchall()]

    def read(self, document: int) -> Earlier:
        """A document as it was when it was indexed."""
        ask = "SELECT json FROM content WHERE id = ?"
        return _thawed(json.loads(self._file.execute(ask, (document,)).fetchone()[0]))

    def twins(self, documents: Sequence[int]) -> dict[int, list[int]]:
        """Of each document those that ask the same in the same words, itself too."""
        rows = self._in(
            "SELECT a.id, b.id FROM document AS a, document AS b WHERE a.twin = b.twin AND a.id IN",
            documents,
        )
        found: dict[int, list[int]] = {}
        for one, other in rows:
            found.setdefault(one, []).append(other)
        return found

    def first_of(self, document: Earlier) -> Earlier | None:
        """The question that `X (2)` follows, the last one before it: `X`, or `X (1)`; or None."""
        stem, step = _follow_up(document.subject, self.known)
        if step < 2:  # noqa: PLR2004 -- the second is the first that follows
            return None
        rows = self._file.execute(
            "SELECT id FROM document WHERE stem = ? AND asked_on <= ? ORDER BY asked_on DESC, key",
            (stem, _dated(document)),
        )
        found = [self.read(row[0]) for row in rows.fetchall()]
        earlier = [
            one
            for one in found
            if one.key != document.key and _follow_up(one.subject, self.known)[1] < step
        ]
        return next((one for one in earlier if one.asked_by == document.asked_by), None) or next(
            iter(earlier), None
        )

    def _in(self, ask: str, documents: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        rows = self._file.execute(f"{ask} ({_marks(documents)})", tuple(documents))
        return iter(rows.fetchall())


def index_file(folders: Sequence[Path], caches: Path) -> Path:
    """Where the index of what is in these folders stands: a file of its own."""
    names = "\0".join(str(folder.resolve()) for folder in folders)
    name = hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return caches / "kmo-report" / f"similar-{name}.sqlite"


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
            except sqlite3.Error:
                file.close()
                path.unlink(missing_ok=True)
                continue
            file.close()
            path.unlink(missing_ok=True)
    file = sqlite3.connect(":memory:", isolation_level=None)
    _made(file, version)
    return file


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

    def __init__(self, file: sqlite3.Connection, known: Vocabulary) -> None:
        self.file = file
        self.known = known
        self.counts: Counter[str] = Counter()

    def run(self, sources: Sequence[Source]) -> None:
        """Bring every source up to date, then what is counted over all."""
        stored = "SELECT key, id, stamp, digest, usable FROM document WHERE source = ?"
        names = {source.name for source in sources}
        for (name,) in self.file.execute("SELECT DISTINCT source FROM document").fetchall():
            if name not in names:
                self._forget_all(self.file.execute(stored, (name,)).fetchall())
        for source in sources:
            rows = {row[0]: row for row in self.file.execute(stored, (source.name,)).fetchall()}
            for entry in sorted(source.entries(), key=lambda entry: entry.key):
                self._take(source.name, entry, rows.pop(entry.key, None))
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
        twin = hashlib.sha256(" ".join(fields[:2]).encode()).hexdigest()[:16]
        lengths = [len(field.split()) for field in fields]
        values = {
            "source": source,
            "key": entry.key,
            "stamp": entry.stamp,
            "digest": digest,
            "usable": 1,
            "identity": document.key,
            "stem": _follow_up(document.subject, self.known)[0],
            "twin": twin,
            "asked_on": _dated(document),
            **dict(zip(FIELDS, lengths, strict=True)),
            "parts": len(document.passages),
        }
        added = self.file.execute(
            f"INSERT INTO document ({', '.join(values)}) VALUES ({_marks(values)})",  # noqa: S608
            tuple(values.values()),
        ).lastrowid
        frozen = json.dumps(asdict(document), ensure_ascii=False, default=str)
        self.file.execute("INSERT INTO content VALUES (?, ?)", (added, frozen))
        self.file.execute("INSERT INTO terms VALUES (?, ?, ?, ?)", (added, *fields))
        self.file.execute(
            "INSERT INTO found (rowid, subject, question, answer) VALUES (?, ?, ?, ?)",
            (added, *fields),
        )
        self.counts.update(distinct(fields))

    def _forget_all(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for _, document, _, _, usable in rows:
            if usable:
                ask = "SELECT subject, question, answer FROM terms WHERE id = ?"
                fields = self.file.execute(ask, (document,)).fetchone()
                self.file.execute(
                    "INSERT INTO found (found, rowid, subject, question, answer)"
                    " VALUES ('delete', ?, ?, ?, ?)",
                    (document, *fields),
                )
                self.counts.subtract(distinct(fields))
            for table in ("document", "content", "terms"):
                self.file.execute(f"DELETE FROM {table} WHERE id = ?", (document,))  # noqa: S608

    def _count(self) -> None:
        changed = sorted((term, count) for term, count in self.counts.items() if count)
        self.file.executemany(
            "INSERT INTO term VALUES (?, ?) ON CONFLICT (term)"
            " DO UPDATE SET documents = documents + excluded.documents",
            changed,
        )
        self.file.execute("DELETE FROM term WHERE documents < 1")
        self.file.executemany(
            "INSERT OR IGNORE INTO word VALUES (?, ?)",
            sorted((word, " ".join(terms)) for word, terms in self.known.fresh.items()),
        )
        size, *lengths = self.file.execute(
            "SELECT count(*), sum(subject), sum(question), sum(answer), sum(parts)"
            " FROM document WHERE usable"
        ).fetchone()
        self._set("size", str(size))
        self._set("lengths", json.dumps([length or 0 for length in lengths]))

    def _set(self, name: str, value: str | None) -> None:
        self.file.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))


def _fields(document: Earlier, known: Vocabulary) -> tuple[str, str, str]:
    """The terms of each field; those of parts stand apart, in the order of the parts."""
    between = f" {PART} "
    questions = [document.introduction, *(f"{p.within} {p.question}" for p in document.passages)]
    return (
        " ".join(known.terms(document.subject)),
        between.join(" ".join(known.terms(text)) for text in questions),
        between.join(" ".join(known.terms(part.answer)) for part in document.passages),
    )


def distinct(fields: Iterable[str]) -> set[str]:
    """The terms of a document, each once."""
    return {term for field in fields for term in field.split()} - {PART}


def _follow_up(subject: str, known: Vocabulary) -> tuple[str, int]:
    """What a subject is but for the `(2)` at its end, and that number: 1 if there is none."""
    match = _FOLLOW_UP.search(subject)
    stem = " ".join(known.terms(_FOLLOW_UP.sub("", subject)))
    return stem, int(match[1]) if match else 1


def _dated(document: Earlier) -> str:
    """The day, to sort by; what has none comes first."""
    return document.asked_on.isoformat() if document.asked_on else ""


def _thawed(frozen: dict[str, Any]) -> Earlier:
    passages = tuple(Passage(**passage) for passage in frozen.pop("passages"))
    day = frozen.pop("asked_on")
    asked_on = date.fromisoformat(day) if day else None
    return Earlier(**frozen, asked_on=asked_on, passages=passages)
