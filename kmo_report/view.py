"""Answer -> what the reader of the document sees, in strings: labels, order, cells.

A template only places these. Numbers are printed in the notation of the house, dates in full.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kmo_report.chart import ChartView
from kmo_report.dutch import day, enumeration
from kmo_report.model.answer import Answer, AnswerPart, Content, EarlierQuestion
from kmo_report.model.question import Minister, Part, Requested, Skeleton
from kmo_report.model.style import Style
from kmo_report.source import Path
from kmo_report.table import CellView, TableView, fitted, table_views


@dataclass(frozen=True, slots=True)
class WordsView:
    """A text: the house's own may hold markup, the asker's is printed as it came in."""

    text: str
    markup: bool = True
    quoted: str = ""
    """In a draft, the words that mark what was taken over and nobody has reviewed, else empty."""
    kind: str = "words"
    origin: Path = ()
    """The way to what it is made of, in the answer file."""


Block = WordsView | TableView
Label = tuple[str, ...]
"""2, b: the way to a part through the numbers of the question."""


@dataclass(frozen=True, slots=True)
class PartView:
    """A numbered part and its blocks; `label` is the number as it is printed."""

    label: str
    blocks: tuple[Block, ...]
    parts: tuple["PartView", ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionView:
    """The question as it came in."""

    session: str
    number: str
    asked_by: str
    asked_on: str
    minister: Minister
    subject: str
    introduction: tuple[Block, ...]
    parts: tuple[PartView, ...]


@dataclass(frozen=True, slots=True)
class AnnexView:
    """An annex as the list at the end names it."""

    number: int
    title: str
    file: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The answer; `blocks` are those of an unnumbered answer to the whole question."""

    kind: str
    question_date: str
    minister: Minister
    blocks: tuple[Block, ...]
    parts: tuple[PartView, ...]
    annexes: tuple[AnnexView, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that a template may print."""

    language: str
    date: str
    """The date of the document as 2020-02-14; it comes from the data, never from the clock."""
    draft: str
    """The word that marks every page of an answer that is not final, else empty."""
    question: QuestionView
    answer: AnswerView


def page(answer: Answer, style: Style) -> Page:
    """The answer in the notation and the phrases of the house."""
    question, text = answer.question, answer.answer
    blocks = _Blocks(answer, style)
    numbered = [(at, part) for at, part in enumerate(text.parts) if not part.of_all]
    whole = [(at, part) for at, part in enumerate(text.parts) if part.of_all]
    return Page(
        language=style.language,
        date=text.question_date.isoformat(),
        draft="" if answer.status == "final" else style.phrases.draft,
        question=QuestionView(
            session=question.session,
            number=str(question.number),
            asked_by=question.asked_by,
            asked_on=day(question.asked_on),
            minister=question.minister,
            subject=question.subject,
            introduction=(
                (
                    WordsView(
                        question.introduction, markup=False, origin=("question", "introduction")
                    ),
                )
                if question.introduction
                else ()
            ),
            parts=tuple(_question_parts((), question.parts, style, ("question",))),
        ),
        answer=AnswerView(
            kind=style.kinds[text.kind],
            question_date=day(text.question_date),
            minister=answer.minister,
            blocks=tuple(b for at, part in whole for b in blocks.of(part, at)),
            parts=tuple(_nested(tuple(_answer_parts(numbered, blocks)))),
            annexes=tuple(
                AnnexView(number, annex.title, annex.file)
                for number, annex in enumerate(answer.annexes, start=1)
            ),
        ),
    )


# --- parts and their labels ------------------------------------------------------------------


def _question_parts(
    path: tuple[str, ...], parts: Mapping[str, Part], style: Style, above: Path
) -> Iterator[PartView]:
    for key, part in parts.items():
        origin = (*above, "parts", key)
        words = WordsView(part.text or "", markup=False, origin=(*origin, "text"))
        blocks: list[Block] = [words] if part.text else []
        if part.requested:
            blocks += _requested(part.requested, style, len(path) + 1, (*origin, "requested"))
        inner = tuple(_question_parts((*path, key), part.parts, style, origin))
        yield PartView(_printed(len(path), key), tuple(blocks), inner)


def _requested(requested: Requested, style: Style, depth: int, at: Path) -> Iterator[Block]:
    if requested.text:
        yield WordsView(requested.text, markup=False, origin=(*at, "text"))
    for nth, skeleton in enumerate(requested.skeleton):
        view = fitted(_skeleton(skeleton, style), style, "auto", depth)
        yield replace(view, origin=(*at, "skeleton", str(nth)))


def _skeleton(skeleton: Skeleton, style: Style) -> TableView:
    head, *rows = (
        tuple(CellView(text, heading=not at) for at, text in enumerate(row))
        for row in skeleton.rows
    )
    return TableView(skeleton.caption, style.phrases.skeleton, head, tuple(rows))


def _printed(depth: int, label: str) -> str:
    """1 -> `1.` at the margin, a -> `a)` below it."""
    return f"{label})" if depth else f"{label}."


def _answer_parts(
    parts: Sequence[tuple[int, AnswerPart]], blocks: "_Blocks"
) -> Iterator[tuple[Label, tuple[Block, ...]]]:
    """Each answer with the number it stands at: 1, b for 1b; 1, a-c for 1a, 1b and 1c."""
    for index, part in parts:
        labels = [blocks.labels[label] for label in part.of]
        above = {label[:-1] for label in labels}
        if len(above) == 1:
            at: Label = (*above.pop(), _together([label[-1] for label in labels]))
        else:
            at = (_together([" ".join(label) for label in labels]),)
        yield at, tuple(blocks.of(part, index))


def _nested(
    answers: Sequence[tuple[Label, tuple[Block, ...]]], depth: int = 0
) -> Iterator[PartView]:
    """1a, 1b, 2 -> 1. (a), b)), 2.: answers below one number that follow each other share it."""
    runs: list[list[tuple[Label, tuple[Block, ...]]]] = []
    for label, blocks in answers:
        last = runs[-1] if runs else []
        # What is said to 1 itself comes first under 1; after 1a it starts a 1 of its own.
        follows = last and last[-1][0][depth] == label[depth]
        if follows and not (len(label) == depth + 1 and len(last[-1][0]) > depth + 1):
            last.append((label, blocks))
        else:
            runs.append([(label, blocks)])
    for run in runs:
        own = tuple(b for label, blocks in run if len(label) == depth + 1 for b in blocks)
        below = [(label, blocks) for label, blocks in run if len(label) > depth + 1]
        printed = _printed(depth, run[0][0][depth])
        yield PartView(printed, own, tuple(_nested(below, depth + 1)))


def _together(labels: Sequence[str]) -> str:
    """1, 2, 3 -> 1-3; 3, 4, 9 -> 3, 4 en 9"""
    if len(labels) > 1 and all(map(str.isdigit, labels)):
        numbers = [int(label) for label in labels]
        if numbers == list(range(numbers[0], numbers[-1] + 1)):
            return f"{labels[0]}-{labels[-1]}"
    return enumeration(labels)


# --- blocks ----------------------------------------------------------------------------------


class _Blocks:
    """Turns the content of a part into blocks."""

    def __init__(self, answer: Answer, style: Style) -> None:
        self.tables = answer.tables
        self.annexes = {
            annex.file: (number, annex) for number, annex in enumerate(answer.annexes, start=1)
        }
        self.labels = {"".join(label): label for label, _ in answer.question.labels()}
        self.style = style
        self.draft = answer.status == "draft"
        self.charts = 0

    def of(self, part: AnswerPart, index: int) -> Iterator[Block]:
        """The blocks of a part, which is the one with this index."""
        at = ("answer", "parts", str(index))
        if not part.content and not part.covers:
            yield WordsView("…", markup=False, origin=at)  # in a draft: still to be written
        depth = 0 if part.of_all else max(len(self.labels[label]) for label in part.of)
        for nth, content in enumerate(part.content):
            for block in self._content(content, depth, (*at, "content", str(nth))):
                yield self._marked(block, content)
        said = "\n".join(content.text or "" for content in part.content)
        named = {content.question for content in part.content}
        for nth, cover in enumerate(part.covers):
            way = (*at, "covers", str(nth))
            if cover.not_available:
                yield WordsView(cover.not_available, origin=(*way, "not_available"))
            if cover.question and not cover.question.is_named_in(said):
                if cover.question not in named:
                    yield self._earlier(cover.question, (*way, "question"), cover.years)
                named.add(cover.question)

    def _marked(self, block: Block, content: Content) -> Block:
        """In a draft, a quotation that is not reviewed yet says so."""
        if not (self.draft and content.quoted) or content.reviewed or isinstance(block, TableView):
            return block
        return replace(block, quoted=self.style.phrases.quoted.format(case=content.quoted))

    def _content(self, content: Content, depth: int, at: Path) -> Iterator[Block]:
        phrases = self.style.phrases
        if content.text:
            yield WordsView(content.text, origin=(*at, "text"))
        if content.same_as:
            part = " ".join(self.labels[content.same_as])
            words = phrases.same_as.format(part=part)
            yield WordsView(words, markup=False, origin=(*at, "same_as"))
        if content.question:
            yield self._earlier(content.question, (*at, "question"))
        if content.annex:
            number, annex = self.annexes[content.annex]
            words = phrases.annex.format(number=number, annex=annex.title, file=annex.file)
            yield WordsView(words, markup=False, origin=(*at, "annex"))
        if content.table:
            for view in table_views(self.tables[content.table], self.style, depth):
                named = replace(view, origin=("tables", content.table))
                yield self._with_chart_file(named)

    def _with_chart_file(self, view: TableView) -> TableView:
        """The charts of a document are numbered."""
        if view.chart is None:
            return view
        self.charts += 1
        return replace(view, chart=replace(view.chart, file=f"chart-{self.charts}.svg"))

    def _earlier(self, question: EarlierQuestion, at: Path, years: Sequence[int] = ()) -> WordsView:
        phrases = self.style.phrases
        known = question.model_dump(exclude_none=True)
        pieces = (
            getattr(phrases.question, name).format_map(known)
            for name in type(phrases.question).model_fields
            if name in known
        )
        words = {"question": "".join(pieces), "years": _spans(years) if years else ""}
        phrase = phrases.earlier_years if years else phrases.earlier
        return WordsView(phrase.format_map(words), markup=False, origin=at)


def _spans(years: Sequence[int]) -> str:
    """2016, 2017, 2018, 2020 -> 2016-2018 en 2020"""
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return enumeration([f"{run[0]}-{run[-1]}" if run[1:] else str(run[0]) for run in runs])


def charts(answer: AnswerView | PartView) -> Iterator[ChartView]:
    """All charts of an answer, in order."""
    for block in answer.blocks:
        if isinstance(block, TableView) and block.chart:
            yield block.chart
    for part in answer.parts:
        yield from charts(part)
