"""Tracked changes of a Word file, accepted (ECMA-376 part 1, 17.13.5): what would be printed."""

from lxml import etree

from kmo_report.incoming.wordlists import W

_FLAGS = {f"{W}{name}" for name in ("rPr", "trPr", "tcPr", "pPr", "numPr")}
"""A `del` in these says that a mark, a row or a cell is gone; elsewhere it holds what is gone."""
_GONE = (f"{W}del", f"{W}moveFrom")
_KEPT = {f"{W}{name}" for name in ("commentRangeStart", "commentRangeEnd", "commentReference")}


def accept(root: etree._Element) -> None:
    """Take out what was deleted or moved away; a paragraph whose end is gone joins the next."""
    for element in [*root.iter(*_GONE)]:
        parent = element.getparent()
        if parent is None or parent.tag in _FLAGS:
            continue
        for kept in [*element.iter(*_KEPT)]:  # what somebody says of it stays
            element.addprevious(kept)
        parent.remove(element)
    for row in [*root.iter(f"{W}tr")]:
        if row.find(f"{W}trPr/{W}del") is not None:
            _remove(row)
    for table in [*root.iter(f"{W}tbl")]:
        if table.find(f".//{W}tr") is None:
            _remove(table)
    for paragraph in [*root.iter(f"{W}p")]:
        if any(paragraph.find(f"{W}pPr/{W}rPr/{gone}") is not None for gone in _GONE):
            _join(paragraph)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _join(paragraph: etree._Element) -> None:
    """Its words go before those of the next paragraph, which keeps its own look."""
    content = [child for child in paragraph if child.tag != f"{W}pPr"]
    following = paragraph.getnext()
    while following is not None and following.tag not in (f"{W}p", f"{W}tbl", f"{W}sdt"):
        following = following.getnext()
    if following is None or following.tag != f"{W}p":
        if not any(next(child.iter(f"{W}t"), None) is not None for child in content):
            _remove(paragraph)
        return
    properties = following.find(f"{W}pPr")
    at = 0 if properties is None else following.index(properties) + 1
    for nth, child in enumerate(content):
        following.insert(at + nth, child)
    _remove(paragraph)
