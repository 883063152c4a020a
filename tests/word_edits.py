"""What somebody does to a Word file, in its XML as Word writes it, with changes tracked or not."""

import zipfile
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BY = {f"{W}id": "9001", f"{W}author": "Kabinet", f"{W}date": "2020-03-01T10:00:00Z"}


def edited(content: bytes, edit: Callable[[etree._Element], None], **parts: str) -> bytes:
    """The file after an edit of its body; `parts`: further files of the package."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                root = etree.fromstring(data)
                edit(root)
                data = etree.tostring(root)
            new.writestr(name, data)
        for name, text in parts.items():
            new.writestr(f"word/{name}.xml", text)
    return out.getvalue()


def paragraphs(root: etree._Element) -> list[etree._Element]:
    """Those of the body, not of tables, that hold words."""
    return [p for p in root.findall(f"{W}body/{W}p") if text_of(p).strip()]


def text_of(element: etree._Element) -> str:
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


def found(root: etree._Element, words: str) -> etree._Element:
    """The paragraph, of the body or a cell, that holds these words."""
    return next(p for p in root.iter(f"{W}p") if words in text_of(p))


def run(text: str, *, like: etree._Element | None = None, deleted: bool = False) -> etree._Element:
    made = etree.Element(f"{W}r")
    look = None if like is None else like.find(f"{W}rPr")
    if look is not None:
        made.append(deepcopy(look))
    words = etree.SubElement(made, f"{W}delText" if deleted else f"{W}t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def replace_words(root: etree._Element, old: str, new: str, *, tracked: bool) -> None:
    """Other words in the first run that holds the old ones."""
    holder = next(r for r in root.iter(f"{W}r") if old in text_of(r))
    before, _, after = text_of(holder).partition(old)
    pieces = [run(before, like=holder)]
    if tracked:
        gone, came = etree.Element(f"{W}del", _BY), etree.Element(f"{W}ins", _BY)
        gone.append(run(old, like=holder, deleted=True))
        came.append(run(new, like=holder))
        pieces += [gone, came]
    else:
        pieces.append(run(new, like=holder))
    for piece in [*pieces, run(after, like=holder)]:
        holder.addprevious(piece)
    parent = holder.getparent()
    assert parent is not None
    parent.remove(holder)


def take_out(paragraph: etree._Element, *, tracked: bool) -> None:
    """A paragraph, words and end."""
    if not tracked:
        parent = paragraph.getparent()
        assert parent is not None
        parent.remove(paragraph)
        return
    for old in [*paragraph.iter(f"{W}r")]:
        gone = etree.Element(f"{W}del", _BY)
        gone.append(run(text_of(old), like=old, deleted=True))
        old.addprevious(gone)
        parent = old.getparent()
        assert parent is not None
        parent.remove(old)
    _mark_end(paragraph, "del")


def _mark_end(paragraph: etree._Element, name: str) -> None:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    etree.SubElement(etree.SubElement(properties, f"{W}rPr"), f"{W}{name}", _BY)


def add_after(paragraph: etree._Element, text: str, *, tracked: bool) -> etree._Element:
    """A new paragraph that looks like this one, as the Enter key makes it."""
    made = etree.Element(f"{W}p")
    properties = paragraph.find(f"{W}pPr")
    if properties is not None:
        own = deepcopy(properties)
        for name in ("numPr", "pageBreakBefore"):
            for element in own.findall(f"{W}{name}"):
                own.remove(element)
        style = own.find(f"{W}pStyle")
        if style is not None and "ListNumber" in style.get(f"{W}val", ""):
            style.set(f"{W}val", style.get(f"{W}val", "").replace("ListNumber", "ListContinue"))
        made.append(own)
    words = run(text)
    if tracked:
        came = etree.SubElement(made, f"{W}ins", _BY)
        came.append(words)
        _mark_end(made, "ins")
    else:
        made.append(words)
    paragraph.addnext(made)
    return made
