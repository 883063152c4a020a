"""Plain text -> lines; an empty line ends a paragraph."""

from kmo_report.incoming.lines import Line, Pages, clean
from kmo_report.problems import Place

_SHORT = 0.6
"""A line that leaves so much room for the next word was ended on purpose."""


def read_text(content: bytes, path: str) -> Pages:
    """The lines of a text file: UTF-8, UTF-16 with its mark, else as Windows writes it."""
    return text_lines(decoded(content), path)


def decoded(content: bytes) -> str:
    """The text of a file, whatever its encoding."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def text_lines(text: str, path: str) -> Pages:
    """The lines of a text that has line ends of its own."""
    lines: list[Line] = []
    written = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    width = max((len(line) for line in written if len(line) < _LONGEST), default=0)
    starts, above = True, ""
    for number, line in enumerate(written, start=1):
        words = clean(line)
        if not words:
            starts = True
            continue
        room = len(above) + len(words.split(" ", 1)[0])
        place = Place(path, number, source=words)
        lines.append(Line(words, place, starts, ended=not starts and room < _SHORT * width))
        starts, above = False, words
    return Pages(tuple(lines))


_LONGEST = 200
"""A longer line was not wrapped, and says nothing of the width of the others."""
