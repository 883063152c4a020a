"""How fast answers are rendered, as ratios within one run: machines differ, ratios hardly.

Prints a line a measurement with its bound; exit 1 if one is not kept.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kmo_report import pipeline
from kmo_report.document import Document, parse
from kmo_report.fill import fill
from kmo_report.render import RENDERERS
from kmo_report.render.html import to_html
from kmo_report.template import DEFAULT, Template, find_template, open_template
from kmo_report.view import page

SEED = Path(__file__).parent.parent.parent / "answers/2019-2020-crevits-370"
RUNS = 9

WHOLE_PROCESS = 2.2
"""render, whole process / `import weasyprint`, whole process"""
PER_ANSWER = 1.35
"""load + check + fill + PDF + DOCX / a bare write_pdf of the same HTML, in one process"""
LINEAR = 5.5
"""4,000 rows / 1,000 rows; 4 is linear"""
DOCX_SECONDS = 2.0
"""4,000 rows as DOCX"""


def process(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def kept(name: str, ours: float, theirs: float, bound: float) -> bool:
    """Print one comparison."""
    ratio = ours / theirs
    verdict = "ok" if ratio <= bound else "TOO SLOW"
    print(f"{name:46} {ours:7.3f} s / {theirs:7.3f} s = {ratio:5.2f}  (bound {bound})  {verdict}")
    return ratio <= bound


def whole_process() -> bool:
    """The command beside the import that none can do without."""
    with tempfile.TemporaryDirectory() as out:
        render = [sys.executable, "-m", "kmo_report", "render", str(SEED), "--out", out]
        bare = [sys.executable, "-c", "import weasyprint"]
        process(render), process(bare)
        runs = [(process(render), process(bare)) for _ in range(RUNS)]
    good = True
    for what, name in enumerate(("wall", "CPU")):
        ours, theirs = (statistics.median(run[which][what] for run in runs) for which in (0, 1))
        good &= kept(f"render / import weasyprint, process, {name}", ours, theirs, WHOLE_PROCESS)
    return good


def per_answer(template: Template) -> bool:
    """What we add to WeasyPrint."""
    from weasyprint import HTML  # noqa: PLC0415 -- not before the processes were timed

    def ours() -> Document:
        answer, attachments, _ = pipeline.read(SEED, template.style)
        document = fill(page(answer, template.style), template, attachments)
        for suffix in ("pdf", "docx"):
            RENDERERS[suffix](document, template)
        return document

    html = to_html(ours(), template).decode()

    def bare() -> object:
        return HTML(string=html).write_pdf()

    bare()
    runs = [(cpu(ours), cpu(bare)) for _ in range(RUNS)]
    mine, theirs = (statistics.median(run[which] for run in runs) for which in (0, 1))
    return kept("load+check+fill+PDF+DOCX / bare write_pdf, CPU", mine, theirs, PER_ANSWER)


def rows(count: int) -> Document:
    """A document with a table of so many rows."""
    cells = "".join(
        f'<tr><th scope="row">Gemeente {n}</th><td class="number">{n}</td>'
        f'<td class="number">€ {n * 7}</td><td class="number">€ 7</td></tr>'
        for n in range(count)
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Gemeente", "Aantal", "Steun", "x"))
    html = (
        '<html lang="nl-BE"><head><title>t</title>'
        '<meta name="dcterms.created" content="2020-01-01T00:00:00Z"/></head>'
        '<body data-header="" data-footer="f"><section class="answer"><h1>ANTWOORD</h1>'
        f'<table aria-label="t"><caption>t</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{cells}</tbody></table></section></body></html>"
    )
    return Document(html, parse(html))


def long_tables(template: Template) -> bool:
    """Four times the rows in four times the time."""
    small, large = rows(1000), rows(4000)
    good = True
    for suffix in ("docx", "pdf"):
        render = RENDERERS[suffix]
        once, four = (cpu(partial(render, table, template)) for table in (small, large))
        good &= kept(f"{suffix} of 4,000 rows / of 1,000 rows, CPU", four, once, LINEAR)
        if suffix == "docx":
            good &= kept("docx of 4,000 rows / 1 second", four, 1.0, DOCX_SECONDS)
    return good


def main() -> None:
    """All measurements."""
    template = open_template(find_template(DEFAULT))
    good = [whole_process(), per_answer(template), long_tables(template)]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
