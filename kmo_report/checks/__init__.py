"""What a careful colleague would have caught in a readable answer.

A rule is one function and one row in `RULES`; it yields where it found something, and what.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from kmo_report.checks import figures, layouts, pages, parts, texts, withheld
from kmo_report.checks.rule import Case, Rule
from kmo_report.language import did_you_mean, say
from kmo_report.load import Loaded
from kmo_report.model.answer import Answer
from kmo_report.model.style import Style
from kmo_report.problems import Problem

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "todo": Rule("error", texts.nothing_is_to_do, draft="warning", reviewed="warning"),
        "unreviewed": Rule("error", texts.quotes_are_reviewed, draft="warning"),
        "markup": Rule("error", texts.texts_hold_no_html),
        "question-date": Rule("warning", texts.dates_agree),
        "answer-date": Rule("error", texts.no_answer_before_its_question),
        "session-date": Rule("warning", texts.the_session_fits_the_date),
        "future": Rule("error", texts.no_date_lies_ahead),
        "unknown-part": Rule("error", parts.parts_exist),
        "unanswered": Rule("error", parts.parts_are_answered, draft="warning"),
        "answered-twice": Rule("warning", parts.parts_are_answered_once),
        "order": Rule("warning", parts.answers_are_in_order),
        "empty-answer": Rule("error", parts.answers_say_something, draft="warning"),
        "requested": Rule("error", parts.requests_are_met, draft="warning"),
        "reference": Rule("error", parts.references_are_sound),
        "annex-number": Rule("warning", parts.annexes_are_there),
        "unknown-table": Rule("error", parts.tables_exist),
        "unused-table": Rule("warning", parts.tables_are_printed),
        "layout": Rule("error", figures.of_tables(layouts.faults)),
        "heading": Rule("error", figures.of_tables(figures.headings)),
        "caption": Rule("error", figures.of_tables(figures.captions)),
        "caption-year": Rule("error", figures.of_tables(figures.caption_years)),
        "gap": Rule("error", figures.of_tables(layouts.gaps)),
        "difference": Rule("error", figures.of_tables(layouts.differences)),
        "nil": Rule("warning", figures.of_tables(figures.nothing_is_nothing)),
        "contradiction": Rule("error", figures.figures_agree),
        "text-number": Rule("warning", figures.texts_agree_with_tables),
        "rounding": Rule("warning", figures.of_tables(figures.roundings)),
        "given-away": Rule("error", withheld.withheld_figures_stay_so),
        "too-wide": Rule("error", pages.tables_fit),
        "chart": Rule("error", pages.charts_can_be_read),
        "unit": Rule("warning", figures.amounts_have_a_unit),
        "doubled-word": Rule("hint", texts.no_word_is_doubled),
        "vague-time": Rule("hint", texts.a_time_has_a_date),
        "heading-case": Rule("hint", figures.headings_are_written_alike),
        "item-name": Rule("hint", figures.of_tables(figures.items_are_called_alike)),
        "quotes": Rule("hint", texts.quotes_are_of_one_kind),
    }
)
"""Every rule by the code that its problems carry."""

HINTS = tuple(code for code, rule in RULES.items() if rule.level == "hint")
"""What an answer file may silence."""


def check(loaded: Loaded[Answer], style: Style, today: date | None = None) -> list[Problem]:
    """All that the rules find, in the order of the file, but for hints that it silences."""
    answer = loaded.model
    case = Case(answer, style, today)
    silenced = {silence.code for silence in answer.silence}
    problems = [
        Problem(code, message, loaded.source.place(path, near, nth), level)
        for code, rule in RULES.items()
        if not (rule.level == "hint" and code in silenced)
        for level in [rule.level_in(answer.status)]
        for path, message, near, nth in rule.find(case)
    ]
    for index, silence in enumerate(answer.silence):
        if silence.code not in HINTS:
            message = say("{code} is no hint that can be silenced", code=silence.code)
            place = loaded.source.place(("silence", str(index), "code"))
            problems.append(Problem("silence", message + did_you_mean(silence.code, HINTS), place))
    return sorted(dict.fromkeys(problems), key=Problem.position)
