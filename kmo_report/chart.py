"""A chart of a table: drawn by Matplotlib, in the font and the notation of the house.

Colours are those of Okabe and Ito, which the colour-blind tell apart, from dark to light so that
they can be told apart in grey as well; lines have their own dashes and marks besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kmo_report.document import Picture
from kmo_report.language import say
from kmo_report.problems import InputError, Problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_SERIES, MOST_BARS, MOST_POINTS = 6, 60, 40
"""What can still be told apart."""

INK, RULE = "#1a1a1a", "#b3b3b3"
COLOURS = ("#0b4a8f", "#d55e00", "#56b4e9", "#8c564b", "#f0c45c", "#595959")
_HATCHES = ("", "////", "", "xxxx", "", "....")
_DASHES: tuple[str | tuple[int, tuple[int, ...]], ...] = (
    "-", (0, (5, 2)), (0, (1, 1)), (0, (5, 1, 1, 1)), (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)),
)  # fmt: skip
_MARKERS = ("o", "s", "^", "D", "v", "P")
_WIDTH = 6.3  # inches: 160 mm, within the text of a list
_DOTS = 200
"""Of a picture, per inch."""


@dataclass(frozen=True, slots=True)
class Series:
    """A name and its figures; None where one is missing, which `texts` then says."""

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    """The figures as they are printed."""


class Drawing(NamedTuple):
    """What is drawn: figures by name, in the words and the notation of the house."""

    kind: Literal["bar", "line"]
    title: str
    names: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart of a page: the name of its picture, and the same in words."""

    file: str
    alt: str
    drawing: Drawing
    """What the picture is drawn from; a template has no use for it."""


def draw(view: Drawing, font: str) -> Picture:
    """The chart; the same bytes on any day. `font` must be installed."""
    import matplotlib as mpl  # noqa: PLC0415 -- it takes half a second, and few answers want it
    from matplotlib import font_manager  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    try:
        font_manager.findfont(font, fallback_to_default=False)
    except ValueError:
        message = say("the font {family} is not installed", family=font)
        raise InputError([Problem("font", message)]) from None
    look: dict[Any, object] = {
        "font.family": font, "font.size": 8.5, "text.color": INK, "axes.labelcolor": INK,
        "xtick.color": INK, "ytick.color": INK, "axes.edgecolor": RULE, "hatch.linewidth": 0.6,
        "hatch.color": "#ffffff", "text.parse_math": False, "svg.fonttype": "none",
        "svg.hashsalt": "kmo-report", "axes.unicode_minus": True,
    }  # fmt: skip
    bars = len(view.names) * len(view.series)
    height = 0.7 + (0.19 * bars + 0.12 * len(view.names) if view.kind == "bar" else 2.7)
    with mpl.rc_context(look):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        axes = figure.add_subplot()
        (_bars if view.kind == "bar" else _lines)(axes, view)
        for side in ("top", "right", "left" if view.kind == "line" else "bottom"):
            axes.spines[side].set_visible(False)
        figure.suptitle(view.title, x=0.01, ha="left", fontsize=9, fontweight="bold")
        svg, png = BytesIO(), BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(png, format="png", dpi=_DOTS, metadata={"Software": None})
    return Picture(svg.getvalue(), png.getvalue(), _WIDTH * 25.4, height * 25.4)


def _bars(axes: "Axes", view: Drawing) -> None:
    """Bars that lie, so that names of any length can be read; each ends in its figure."""
    several = len(view.series)
    thick = 0.8 / several
    for number, series in enumerate(view.series):
        at = [place + number * thick for place in range(len(view.names))]
        drawn = axes.barh(
            at, [value or 0 for value in series.values], height=thick * 0.9,
            color=COLOURS[number], hatch=_HATCHES[number], edgecolor="white", linewidth=0,
            label=series.name,
        )  # fmt: skip
        axes.bar_label(drawn, labels=series.texts, padding=3, fontsize=7.5)
    middle = (several - 1) * thick / 2
    axes.set_yticks([place + middle for place in range(len(view.names))], view.names)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.margins(x=0.14, y=0.01)
    axes.axvline(0, color=INK, linewidth=0.6)
    if several > 1:
        _legend(axes, several)


def _lines(axes: "Axes", view: Drawing) -> None:
    """A line per series, named in a legend; its ends say their figures."""
    places = range(len(view.names))
    drawn = [value for series in view.series for value in series.values if value is not None]
    top = max([*drawn, 0])
    for number, series in enumerate(view.series):
        values = [float("nan") if value is None else value for value in series.values]
        axes.plot(places, values, color=COLOURS[number], linestyle=_DASHES[number],
                  marker=_MARKERS[number], markersize=4.5, linewidth=1.6, label=series.name,
                  clip_on=False)  # fmt: skip
        known = [place for place in places if series.values[place] is not None]
        ends = (
            [(known[0], known[1]), (known[-1], known[-2])] if known[1:] else [(k, k) for k in known]
        )
        for place, beside in ends:
            # Away from the line, unless that is where the years stand.
            below = values[beside] > values[place] > top / 6
            axes.annotate(series.texts[place], (place, values[place]), fontsize=7.5, ha="center",
                          va="top" if below else "bottom", xytext=(0, -5 if below else 5),
                          textcoords="offset points")  # fmt: skip
    axes.set_xticks(places, view.names)
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_visible(False)
    axes.set_ylim(min([*drawn, 0]) * 1.1, (top or 1) * 1.12)
    axes.margins(x=0.06)
    axes.axhline(0, color=RULE, linewidth=0.6)
    if len(view.series) > 1:
        _legend(axes, len(view.series))


def _legend(axes: "Axes", several: int) -> None:
    axes.figure.legend(
        loc="outside lower left", ncols=min(several, 3), frameon=False, handlelength=3.2
    )


def too_much(kind: str, names: Sequence[str], series: Sequence[object]) -> bool:
    """Whether a chart would hold more than can be told apart."""
    most = MOST_POINTS if kind == "line" else MOST_BARS / max(1, len(series))
    return len(series) > MOST_SERIES or len(names) > most
