"""Two documents, or the data in them, compared: each difference as a sentence with its place."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kmo_report.language import mark, say
from kmo_report.problems import InputError
from kmo_report.prove.shown import Block, Cell, Shown, Table, files_of
from kmo_report.source import Tree, read_tree

MOST = 20
"""Differences that are told one by one."""
_AROUND = 30
"""Characters around a difference in a text."""
_MOST_WORK = 4_000_000
"""Pairs that are compared: who makes a file hostile must not have us compare for hours."""
_TECHNICAL = ("Producer", "Creator", "CreationDate", "ModDate")
"""What is said of a file, and not of what it holds."""


@dataclass(frozen=True, slots=True)
class Against:
    """What a file is compared with, as its differences name it."""

    printed: str
    """Of a text that is another: {here} and {there}."""
    only: str
    """Of a text that is only there: {there}."""


PUBLISHED = Against(
    mark("{place}: {here} is printed here, {there} in what was published"),
    mark("{place}: {there} in what was published is not here"),
)
BEFORE = Against(
    mark("{place}: {here} is printed here, {there} before something was added"),
    mark("{place}: {there} is not here, and was before something was added"),
)
DATA = Against(
    mark("{place}: {here} is printed here, {there} follows from the data in it"),
    mark("{place}: {there} follows from the data in it, and is not here"),
)
KEPT_DATA = Against(
    mark("{place}: {here} in the data here, {there} in those that were published"),
    mark("{place}: {there} in the data that were published, nothing here"),
)
MADE_DATA = Against(
    mark("{place}: {here} in it here, {there} when it is made again"),
    mark("{place}: {there} when it is made again, nothing here"),
)


def words(here: Shown, there: Shown, against: Against) -> list[str]:
    """What is printed otherwise: cells, texts, running lines, and words in no order of reading."""
    found = [*_tables(here.tables, there.tables, against)]
    found += _blocks(here.blocks, there.blocks, against)
    if len(here.pages) == len(there.pages):
        found += _running(here.running, there.running, against)
        if not found:
            found += _pages(here.pages, there.pages, against)
    elif not found and _bare("".join(here.pages)) != _bare("".join(there.pages)):
        found += _running(["".join(here.running)], ["".join(there.running)], against)
    return found


def structure(here: Shown, there: Shown) -> list[str]:
    """What a screen reader is told otherwise: tags, and words for what is not read as it stands."""
    if here.tags == there.tags:
        return []
    message = mark("tag {number}: {here} here, {there} there")
    return [
        say(
            message,
            number=start + 1,
            here=_quoted(", ".join(here.tags[start:end][:3])),
            there=_quoted(", ".join(there.tags[first:last][:3])),
        )
        for start, end, first, last in _steps(here.tags, there.tags)
    ]


def looks(here: Shown, there: Shown) -> list[str]:
    """The pages whose pictures differ, be it in a dot."""
    if len(here.looks) != len(there.looks):
        message = mark("{here} pages here, {there} there")
        return [say(message, here=len(here.looks), there=len(there.looks))]
    return [
        say("page {page} looks otherwise", page=number)
        for number, pair in enumerate(zip(here.looks, there.looks, strict=True), 1)
        if pair[0] != pair[1] or not pair[0]
    ]


def descriptions(here: Shown, there: Shown, against: Against) -> list[str]:
    """What the file says of itself: title, author, subject, language, and the XMP packet."""
    names = [name for name in {**there.info, **here.info} if name not in _TECHNICAL]
    found = [
        line
        for name in names
        for line in _text(name, here.info.get(name, ""), there.info.get(name, ""), against)
    ]
    if found or here.metadata is None or there.metadata is None:
        return found
    return [*_text("XMP", _plain(here.metadata), _plain(there.metadata), against)]


def tools(here: Shown, there: Shown) -> list[str]:
    """Which programs wrote them, and when, where that is not the same."""
    return [
        f"{name}: {here.info.get(name, '')} / {there.info.get(name, '')}"
        for name in _TECHNICAL
        if here.info.get(name) != there.info.get(name)
    ]


def inside(here: Shown, there: Mapping[str, bytes], against: Against) -> list[str]:
    """The attachments: each that lacks, is extra or another; of texts, what is another in them."""
    found = []
    ours = files_of(here)
    for name in sorted(ours.keys() | there.keys()):
        if name not in there:
            found.append(say("{name} is in it and does not belong there", name=_quoted(name)))
        elif name not in ours:
            found.append(say("{name} is missing in it", name=_quoted(name)))
        elif ours[name] != there[name]:
            told = list(data(name, ours[name], there[name], against))
            found += told or [say("{name} is another file", name=_quoted(name))]
    return found


def twice(here: Shown) -> list[str]:
    """Attachments of one name, of which nobody can tell which is meant."""
    names = Counter(name for name, _ in here.inside)
    return [_quoted(name) for name, count in names.items() if count > 1]


def data(name: str, here: bytes, there: bytes, against: Against) -> Iterator[str]:
    """What is another in a YAML file, value by value; in other texts, line by line."""
    if name.endswith((".yaml", ".yml")):
        try:
            ours, theirs = (dict(_values(read_tree(c, name)[0])) for c in (here, there))
        except (InputError, RecursionError):
            pass
        else:
            for path in {**theirs, **ours}:
                place = " > ".join((name, *path))
                yield from _text(place, ours.get(path, ""), theirs.get(path, ""), against)
            return
    try:
        texts = here.decode("utf-8"), there.decode("utf-8")
    except UnicodeDecodeError:
        return
    if "\x00" in texts[0]:
        return
    lines = [text.splitlines() for text in texts]
    message = mark("{name}, line {line}")
    for start, end, first, last in _steps(*lines):
        place = say(message, name=name, line=start + 1)
        changed = "\n".join(lines[0][start:end]), "\n".join(lines[1][first:last])
        yield from _text(place, *changed, against)


def _values(tree: Tree, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _values(value, (*path, str(key)))
    elif isinstance(tree, list):
        for number, value in enumerate(tree, 1):
            yield from _values(value, (*path, str(number)))
    else:
        yield path, tree or ""


# --- what is printed -----------------------------------------------------------------------------


def _tables(here: Sequence[Table], there: Sequence[Table], against: Against) -> Iterator[str]:
    if len(here) != len(there):
        message = mark("{here} tables here, {there} there")
        yield say(message, here=len(here), there=len(there))
    for number, (ours, theirs) in enumerate(zip(here, there, strict=False), 1):
        sizes = [[len(row) for row in table.rows] for table in (ours, theirs)]
        if sizes[0] != sizes[1]:
            message = mark("{place}: {here} rows here, {there} there")
            place = table_name(number, theirs)
            told = say(message, place=place, here=len(sizes[0]), there=len(sizes[1]))
            yield (
                told
                if len(sizes[0]) != len(sizes[1])
                else say("{place}: a row has more or fewer cells", place=place)
            )
            continue
        for at, rows in enumerate(zip(ours.rows, theirs.rows, strict=True)):
            for column, (cell, other) in enumerate(zip(*rows, strict=True)):
                place = cell_name(number, theirs, at, column)
                yield from _text(place, cell.text, other.text, against)
                if cell.heading != other.heading:
                    yield say("{place}: it is a heading in one and none in the other", place=place)


def table_name(number: int, table: Table) -> str:
    """As `table 2 (Totaal toegekende steun 2019)`."""
    title = table.title.strip()
    name = say("table {number}", number=number)
    return f"{name} ({_cut(title)})" if title else name


def cell_name(number: int, table: Table, row: int, column: int) -> str:
    """As `table 2, row Advies HRM, column Aantal`."""
    cells = table.rows[row]
    heads = [cell.text.strip() for cell in _leading(cells)]
    down = ", ".join(filter(None, heads)) or str(row + 1)
    across = table.rows[0][column].text.strip() if column < len(table.rows[0]) else ""
    message = mark("{table}, row {row}, column {column}")
    return say(message, table=table_name(number, table), row=_cut(down) if row else "1",
               column=_cut(across) or column + 1)  # fmt: skip


def _leading(cells: Sequence[Cell]) -> Iterator[Cell]:
    for cell in cells:
        if not cell.heading:
            return
        yield cell


def _blocks(here: Sequence[Block], there: Sequence[Block], against: Against) -> Iterator[str]:
    ours, theirs = ([_bare(block.text) for block in blocks] for blocks in (here, there))
    if "".join(ours) == "".join(theirs):
        return  # the same words, be it on other pages
    for start, end, first, last in _steps(ours, theirs):
        near = here[start:end] or there[first:last]
        place = say("page {page}", page=near[0].page)
        if end - start == last - first:
            for block, other in zip(here[start:end], there[first:last], strict=True):
                place = say("page {page}", page=block.page)
                yield from _text(place, block.text, other.text, against)
        else:
            yield from _text(
                place,
                " ".join(block.text for block in here[start:end]),
                " ".join(block.text for block in there[first:last]),
                against,
            )


def _running(here: Sequence[str], there: Sequence[str], against: Against) -> Iterator[str]:
    for number, (ours, theirs) in enumerate(zip(here, there, strict=True), 1):
        place = say("page {page}, above, below or beside the text", page=number)
        yield from _text(place, ours, theirs, against)


def _pages(here: Sequence[str], there: Sequence[str], against: Against) -> Iterator[str]:
    for number, (ours, theirs) in enumerate(zip(here, there, strict=True), 1):
        yield from _text(say("page {page}", page=number), ours, theirs, against)


def _steps(here: Sequence[str], there: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where two rows differ: from and to in each. Of very long ones, as a whole."""
    most, start = min(len(here), len(there)), 0
    while start < most and here[start] == there[start]:
        start += 1
    end = 0
    while end < most - start and here[-1 - end] == there[-1 - end]:
        end += 1
    ours, theirs = here[start : len(here) - end], there[start : len(there) - end]
    if len(ours) * len(theirs) > _MOST_WORK:
        yield start, start + len(ours), start, start + len(theirs)
        return
    for kind, *places in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind != "equal":
            first, last, other_first, other_last = (start + place for place in places)
            yield first, last, other_first, other_last


# --- texts ---------------------------------------------------------------------------------------


def _text(place: str, here: str, there: str, against: Against) -> Iterator[str]:
    """The sentence for a text that is another, with the words around the difference."""
    if _bare(here) == _bare(there):
        return
    ours, theirs = _apart(" ".join(here.split()), " ".join(there.split()))
    if not here.strip():
        yield say(against.only, place=place, there=_quoted(theirs))
    else:
        nothing = say("nothing")
        there_told = _quoted(theirs) if there.strip() else nothing
        yield say(against.printed, place=place, here=_quoted(ours), there=there_told)


def _apart(here: str, there: str) -> tuple[str, str]:
    """Both texts, without most of what they have in common at their ends."""
    if max(len(here), len(there)) <= 2 * _AROUND:
        return here, there
    start = 0
    while start < min(len(here), len(there)) and here[start] == there[start]:
        start += 1
    end = 0
    while end < min(len(here), len(there)) - start and here[-1 - end] == there[-1 - end]:
        end += 1
    start, end = max(0, start - _AROUND), max(0, end - _AROUND)
    first, last = "…" if start else "", "…" if end else ""
    cut = [text[start : len(text) - end] for text in (here, there)]
    return f"{first}{_cut(cut[0], 200)}{last}", f"{first}{_cut(cut[1], 200)}{last}"


def _plain(xmp: str) -> str:
    """The values in a packet."""
    values = re.findall(r'(?<=>)[^<]+|(?<==")[^"]+', xmp)
    return " ".join(filter(None, map(str.strip, values)))


def _cut(text: str, most: int = 60) -> str:
    """Of a long text the beginning, on one line and without signs that steer a terminal."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _quoted(text: str) -> str:
    return f"“{_cut(text, 250)}”"


def _bare(text: str) -> str:
    """Without white space: it is where each version breaks its lines."""
    return re.sub(r"\s", "", text)


def told(lines: Sequence[str]) -> list[str]:
    """The first of many."""
    if len(lines) <= MOST:
        return list(lines)
    return [*lines[:MOST], say("and {count} more", count=len(lines) - MOST)]
