"""Charts: drawn the same on any day, told apart in grey, and said in words."""

import hashlib
import os
import re
import struct
import subprocess
import sys
from base64 import b64decode
from colorsys import rgb_to_yiq
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from kmo_report import pipeline
from kmo_report.chart import COLOURS, MOST_SERIES, ChartView, Drawing, Series, draw, too_much
from kmo_report.document import parse
from kmo_report.load import load_answer
from kmo_report.model.table import Table
from kmo_report.problems import InputError
from kmo_report.table import table_views
from kmo_report.view import charts, page
from tests.conftest import GOOD, ROOT, STYLE
from tests.test_same_content import document, rendered

FONT = "DejaVu Sans"


def of_case(case: str, number: int = 0) -> ChartView:
    """A chart of a good case."""
    answer = pipeline.read(GOOD[case], STYLE)[0]
    return list(charts(page(answer, STYLE).answer))[number]


def view(case: str, number: int = 0) -> Drawing:
    """What is drawn for it."""
    return of_case(case, number).drawing


def svg_texts(svg: bytes) -> list[str]:
    return [
        element.text or ""
        for element in parse(svg.decode()).iter()
        if element.tag.endswith("}text")
    ]


def test_the_words_of_a_chart_are_text_in_the_font_of_the_house() -> None:
    svg = draw(view("top-and-share"), FONT).svg
    texts = svg_texts(svg)
    assert {"Antwerpen", "Overige gemeenten", "€\u00a01.204.400"} <= set(texts)
    families = set(re.findall(rb"font-family: ([^;]+);", svg))
    assert families == {b"'DejaVu Sans'"}
    assert b"opacity" not in svg  # PDF/UA takes none
    assert b"<dc:date>" not in svg


@pytest.mark.parametrize("kind", ["bar", "line"])
def test_the_picture_for_word_is_as_large_as_the_drawing(kind: str) -> None:
    one = view("one-number") if kind == "bar" else view("wide-tables")
    picture = draw(one, FONT)
    width, height = struct.unpack(">II", picture.png[16:24])
    assert abs(width / picture.width - height / picture.height) < 0.05
    assert width > 1000


def test_colours_are_told_apart_in_grey() -> None:
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return rgb_to_yiq(red, green, blue)[0]

    assert len(COLOURS) == MOST_SERIES
    # Those that are used first, which most charts do with; the others differ in hatch and dash.
    for one, other in combinations(COLOURS[:3], 2):
        assert abs(grey(one) - grey(other)) > 0.12


def test_a_missing_figure_is_a_gap_that_is_named() -> None:
    one = view("one-number")
    assert None in one.series[0].values
    assert "Niet getekend: Zonneboiler." in of_case("one-number").alt
    assert draw(one, FONT).svg


def test_the_words_say_largest_smallest_and_trend() -> None:
    answer = load_answer((GOOD["wide-tables"] / "answer.yaml").read_bytes(), "a").model
    (told,) = table_views(answer.tables["support"], STYLE)
    assert told.chart is not None
    assert told.chart.alt.startswith("Lijndiagram: Toegekende steun. Het hoogst: ")
    assert "Het laagst: 2016, Opleiding diversiteit, €\u00a041.225,00." in told.chart.alt
    rise = "Advies HRM stijgt van €\u00a0601.250,00 in 2016 naar €\u00a0803.900,00 in 2021."
    assert rise in told.chart.alt
    assert told.chart.drawing.names == tuple(str(year) for year in range(2016, 2022))


BLOCKS: dict[str, Any] = {
    "years": {
        year: {
            f"{p}{d}": {"count": f"{n}", "province": p, "district": d}
            for n, (p, d) in enumerate((("A", "a"), ("A", "b"), ("B", "c")), start=int(year))
        }
        for year in ("2019", "2018")
    },
    "captions": "t",
}
BARS, LINES = {"kind": "bar"}, {"kind": "line"}
NESTED: dict[str, Any] = {"rows": ["province", "district"], "columns": ["year", "measure"]}


@pytest.mark.parametrize(
    ("layout", "wanted", "names", "series"),
    [
        (NESTED, BARS, ["A, a", "A, b", "B, c"], ["2019", "2018"]),
        (NESTED, LINES, ["2018", "2019"], ["A, a", "A, b", "B, c"]),
        ({"rows": ["year", "province"], "columns": "measure"}, LINES, ["2018", "2019"], ["A", "B"]),
        (
            {"rows": "measure", "columns": "province", "table_per": "year"},
            BARS,
            ["A", "B"],
            ["count"],
        ),
        (
            {"rows": "province", "columns": "measure", "table_per": "year"},
            BARS,
            ["A", "B"],
            ["count"],
        ),
    ],
)
def test_a_chart_has_its_names_and_lines_from_any_layout(
    layout: dict[str, Any], wanted: dict[str, str], names: list[str], series: list[str]
) -> None:
    tree = {**BLOCKS, "layout": {**layout, "measures": ["count"]}, "chart": wanted}
    tree["layout"]["totals"] = {"rows": "T"} if layout["rows"] != "measure" else None
    told = table_views(Table.model_validate(tree), STYLE)[0].chart
    assert told is not None
    assert list(told.drawing.names) == names
    expected = [STYLE.headings.get(name, name) for name in series]
    assert [one.name for one in told.drawing.series] == expected
    assert sum(value is not None for one in told.drawing.series for value in one.values) == len(
        names
    ) * len(series)


def chart(kind: str, *values: float | None) -> Drawing:
    texts = tuple("x" if value is None else str(value) for value in values)
    names = tuple(str(2010 + at) for at in range(len(values)))
    series = (Series("a", values, texts),)
    return Drawing("bar" if kind == "bar" else "line", "t", names, series)


@pytest.mark.parametrize("kind", ["bar", "line"])
@pytest.mark.parametrize(
    "values", [(0,), (None,), (None, None), (1, None, 3), (-5, 5), (0, 0), (3, 2, 1), (1e9, 1)]
)
def test_any_figures_can_be_drawn(kind: str, values: tuple[float | None, ...]) -> None:
    texts = svg_texts(draw(chart(kind, *values), FONT).svg)
    assert set(chart(kind, *values).names) <= set(texts)


def test_signs_of_other_notations_are_words() -> None:
    odd = chart("bar", 1)._replace(title="$a_b$ & <c> %", names=("x^2 $y$",))
    texts = svg_texts(draw(odd, FONT).svg)
    assert {"$a_b$ & <c> %", "x^2 $y$"} <= set(texts)


def test_what_cannot_be_told_apart_is_too_much() -> None:
    series = view("wide-tables").series
    assert not too_much("line", ("2019", "2020"), series)
    assert too_much("line", ("2019", "2020"), series * 3)
    assert too_much("bar", ("x",) * 61, series[:1])
    assert not too_much("bar", ("x",) * 60, series[:1])


def test_a_font_that_is_not_there_is_an_error() -> None:
    with pytest.raises(InputError, match="the font Flanders Art Sans is not installed"):
        draw(view("one-number"), "Flanders Art Sans")


def test_the_same_figures_give_the_same_bytes() -> None:
    """Across processes, hash seeds, time zones and locales."""
    code = (
        "import sys, hashlib; from tests.test_chart import view, draw, FONT\n"
        "pictures = [draw(view('wide-tables'), FONT), draw(view('top-and-share'), FONT)]\n"
        "print(hashlib.sha256(b''.join(p.svg + p.png for p in pictures)).hexdigest())"
    )
    digests = set()
    for seed, zone, locale in (("0", "UTC", "C"), ("7", "Asia/Tokyo", "nl_BE.UTF-8")):
        extra = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **extra}, check=True,
                              capture_output=True, text=True)  # fmt: skip
        digests.add(done.stdout.strip())
    pictures = [draw(view("wide-tables"), FONT), draw(view("top-and-share"), FONT)]
    digests.add(hashlib.sha256(b"".join(p.svg + p.png for p in pictures)).hexdigest())
    assert len(digests) == 1


def test_only_a_chart_that_is_asked_for_costs_its_library(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kmo_report import pipeline\n"
        "from tests.conftest import GOOD, STYLE\n"
        "found = pipeline.problems(GOOD['wide-tables'], STYLE)\n"
        "from kmo_report.template import *; template = open_template(find_template(DEFAULT))\n"
        "pipeline.render(GOOD['example-2b'], template, ['html'], Path(sys.argv[1]))\n"
        "print(*sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environment,
                          check=True, capture_output=True, text=True)  # fmt: skip
    assert not {"matplotlib", "numpy", "xlsxwriter", "weasyprint"} & set(done.stdout.split())


def test_a_page_for_a_browser_has_its_charts_inside() -> None:
    html = rendered("top-and-share", "html").decode()
    inside = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"/>', html)
    pictures = document("top-and-share").pictures
    assert [b64decode(data) for data, _ in inside] == [picture.svg for picture in pictures.values()]
    assert all(alt.startswith(("Staafdiagram", "Lijndiagram")) for _, alt in inside)
    assert "chart-1.svg" not in html
