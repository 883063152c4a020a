"""Every good case gives the HTML that stands beside it, and no error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kmo_report import pipeline
from kmo_report.fill import fill
from kmo_report.template import Template
from kmo_report.view import page
from tests.conftest import GOOD, ROOT, STYLE


@pytest.mark.parametrize("case", GOOD)
def test_the_html_is_the_golden_one(
    case: str, template: Template, golden: Callable[[Path, str], None]
) -> None:
    answer, _, _ = pipeline.read(GOOD[case], STYLE)
    html = fill(page(answer, template.style), template).html
    golden(ROOT / "tests/good" / case / "page.html", html)


def test_the_good_cases_use_every_kind_of_layout() -> None:
    layouts = [
        t.layout for case in GOOD.values() for t in pipeline.read(case, STYLE)[0].tables.values()
    ]
    placed = {axis: {getattr(layout, axis) for layout in layouts} for axis in ("rows", "columns")}
    assert {("year",), ("item",), ("theme",), ("province", "district")} <= placed["rows"]
    assert {("year",), ("service",), ("kind",), ("year", "measure")} <= placed["columns"]
    assert {"per-year", "per-measure", None} == {layout.name for layout in layouts}
