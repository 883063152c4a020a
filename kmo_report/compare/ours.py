"""The document of a case as it went out, each block with where in answer.yaml it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kmo_report.compare.word import Block, Run, Table, read_blocks
from kmo_report.fill import fill
from kmo_report.layout import Spread
from kmo_report.load import Loaded
from kmo_report.model.answer import Answer
from kmo_report.model.question import Minister
from kmo_report.render.docx import to_docx
from kmo_report.template import Template
from kmo_report.trace import Origin, Piece, Trace
from kmo_report.view import Block as View
from kmo_report.view import Page, PartView, WordsView, page

_MARKED = frozenset({"text", "not_available"})


@dataclass(frozen=True, slots=True)
class Ours:
    """A block that we printed: without signs, and what it is made of."""

    block: Block
    pieces: tuple[Piece, ...]
    heads: int = 1
    """Of a table, how many columns hold headings of rows."""

    @property
    def origin(self) -> Origin | None:
        """Where it comes from; of a heading, the first that its words come from."""
        return next((piece.origin for piece in self.pieces if piece.origin), None)

    @property
    def key(self) -> str:
        """Its words."""
        return self.block.key


def printed(loaded: Loaded[Answer], template: Template, path: str) -> list[Ours]:
    """The blocks of the Word file of a case."""
    maker = _Maker(loaded.model, Trace())
    document = fill(maker.page(page(loaded.model, template.style)), template)
    blocks = read_blocks(to_docx(document, template), path).blocks
    return [_read(block, maker) for block in blocks]


def _read(block: Block, maker: "_Maker") -> Ours:
    if isinstance(block, Table):
        pieces = tuple(maker.trace.pieces(block.about))
        origin = next((p.origin for p in pieces if p.origin), None)
        name = origin.path[1] if origin and origin.path[0] == "tables" else ""
        return Ours(block, pieces, maker.heads.get(name, 1))
    pieces = tuple(maker.trace.pieces(block.text))
    runs: list[Run] = []
    for run in block.runs:
        text = "".join(piece.text for piece in maker.trace.pieces(run.text))
        if text:
            runs.append(replace(run, text=text))
    return Ours(replace(block, runs=tuple(_joined(runs))), pieces)


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Runs of one look that a sign had parted."""
    last: Run | None = None
    for run in runs:
        if last and replace(last, text="") == replace(run, text=""):
            last = replace(last, text=last.text + run.text)
        else:
            if last:
                yield last
            last = run
    if last:
        yield last


@dataclass(slots=True)
class _Maker:
    """Gives each text of a page its origin."""

    answer: Answer
    trace: Trace
    heads: dict[str, int] = field(default_factory=dict)

    def page(self, made: Page) -> Page:
        """The same page, of texts that know where they come from."""
        question, reply = made.question, made.answer
        own = self.answer.answer.minister
        return replace(
            made,
            question=replace(
                question,
                number=self._text(question.number, "question", "number"),
                asked_by=self._text(question.asked_by, "question", "asked_by"),
                asked_on=self._text(question.asked_on, "question", "asked_on"),
                minister=self._minister(question.minister, "question"),
                subject=self._text(question.subject, "question", "subject"),
                introduction=tuple(map(self._block, question.introduction)),
                parts=tuple(map(self._part, question.parts)),
            ),
            answer=replace(
                reply,
                kind=self._text(reply.kind, "answer", "kind"),
                question_date=self._text(reply.question_date, "answer", "question_date"),
                minister=self._minister(reply.minister, "answer" if own else "question"),
                blocks=tuple(map(self._block, reply.blocks)),
                parts=tuple(map(self._part, reply.parts)),
                annexes=tuple(
                    replace(
                        annex,
                        title=self._text(annex.title, "annexes", str(at), "title"),
                        file=self._text(annex.file, "annexes", str(at), "file"),
                    )
                    for at, annex in enumerate(reply.annexes)
                ),
            ),
        )

    def _text(self, words: str, *path: str) -> str:
        return self.trace.text(words, Origin(path))

    def _minister(self, minister: Minister, where: str) -> Minister:
        way = (where, "minister")
        return Minister.model_construct(
            name=self._text(minister.name, *way, "name"),
            portfolio=self._text(minister.portfolio, *way, "portfolio"),
        )

    def _part(self, part: PartView) -> PartView:
        blocks = tuple(map(self._block, part.blocks))
        return replace(part, blocks=blocks, parts=tuple(map(self._part, part.parts)))

    def _block(self, view: View) -> View:
        if isinstance(view, WordsView):
            made = view.origin[-1:] and view.origin[-1] not in (*_MARKED, "introduction")
            origin = Origin(view.origin, markup=view.markup, made=bool(made))
            return replace(view, text=self.trace.text(view.text, origin))
        path = view.origin
        title, notes = (*path, "caption"), view.notes
        if path[0] == "tables":
            table = self.answer.tables[path[1]]
            self.heads[path[1]] = len(Spread(table).rows)
            title = (*path, "captions")
            first = len(notes) - len(table.notes)
            notes = tuple(
                self._text(note, *path, "notes", str(at - first))
                if note in table.notes and at >= first
                else note
                for at, note in enumerate(notes)
            )
        return replace(
            view,
            title=self._text(view.title, *title) if view.title else "",
            description=self._text(view.description, *path),
            notes=notes,
            source=self._text(view.source, *path, "source") if view.source else "",
        )
