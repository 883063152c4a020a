"""How fast answers are rendered and checked, as ratios within a run: machines differ, those hardly.

Prints a line a measurement with its bound; exit 1 if one is not kept.
"""

import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPResponse
from pathlib import Path
from urllib.request import urlopen

from kmo_report import pipeline
from kmo_report.document import Document, parse
from kmo_report.fill import fill
from kmo_report.render import RENDERERS
from kmo_report.render.html import to_html
from kmo_report.template import DEFAULT, Template, find_template, open_template
from kmo_report.view import page

SEED = Path(__file__).parent.parent.parent / "answers/2019-2020-crevits-370"
TEXT = SEED.parent.parent / "tests/data/sv-370-2019-2020.txt"
RUNS = 9

WHOLE_PROCESS = 2.2
"""render, whole process / `import weasyprint`, whole process"""
CHECK_PROCESS = 2.5
"""check, whole process / `import typer, pydantic, jinja2`, whole process"""
CHECK_SECONDS = 10.0
"""check of 500 answers, whole process, which uses one core: on a free machine it takes as long"""
PER_ANSWER = 1.35
"""load + check + fill + PDF + DOCX / a bare write_pdf of the same HTML, in one process"""
LINEAR = 5.5
"""4,000 rows / 1,000 rows; 4 is linear"""
DOCX_SECONDS = 2.0
"""4,000 rows as DOCX"""
READ_SECONDS = {"txt": 0.25, "docx": 0.5, "pdf": 0.5}
"""read of the seed, whole process, by its kind of file; on a free machine it takes as long"""
RELOAD_SECONDS = 0.5
"""From the save of an answer to its page in the preview"""


def process(arguments: list[str], cwd: Path | None = None) -> tuple[float, float]:
    """Wall and CPU seconds of a whole process of Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=cwd, check=True, capture_output=True)
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
    print(f"{name:47} {ours:7.3f} s / {theirs:7.3f} s = {ratio:5.2f}  (bound {bound})  {verdict}")
    return ratio <= bound


def whole_process(command: str, imports: str, bound: float, *options: str) -> bool:
    """A command on the seed beside the imports that none can do without."""
    ours, bare = ["-m", "kmo_report", command, str(SEED), *options], ["-c", f"import {imports}"]
    process(ours), process(bare)
    runs = [(process(ours), process(bare)) for _ in range(RUNS)]
    good = True
    for what, name in enumerate(("wall", "CPU")):
        mine, theirs = (statistics.median(run[which][what] for run in runs) for which in (0, 1))
        good &= kept(f"{command} / import {imports}, {name}", mine, theirs, bound)
    return good


def many_answers() -> bool:
    """All of answers/, with 500 in it; the engines are not there."""
    text = (SEED / "answer.yaml").read_text("utf-8")
    command = (
        "import sys; sys.modules.update(weasyprint=None, docx=None);"
        "from kmo_report.cli import main; main(['check'])"
    )
    with tempfile.TemporaryDirectory() as name:
        for n in range(500):
            case = Path(name, f"answers/2019-2020-crevits-{n}")
            case.mkdir(parents=True)
            own = re.sub(r"(count|total): (\d+)", lambda m: f"{m[1]}: {int(m[2]) + n}", text)  # noqa: B023
            own = own.replace("number: 370", f"number: {n}", 1)
            (case / "answer.yaml").write_text(own, "utf-8")
        _, seconds = process(["-c", command], Path(name))
    return kept("check of 500 answers / 1 second, CPU", seconds, 1.0, CHECK_SECONDS)


def per_answer(template: Template) -> bool:
    """What we add to WeasyPrint."""
    from weasyprint import HTML

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


def read_seed(template: Template) -> bool:
    """The real question in each kind of file."""
    answer, attachments, _ = pipeline.read(SEED, template.style)
    document = fill(page(answer, template.style), template, attachments)
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for kind, most in READ_SECONDS.items():
            path = Path(folder, f"vraag.{kind}")
            path.write_bytes(
                TEXT.read_bytes() if kind == "txt" else RENDERERS[kind](document, template)
            )
            command = ["-m", "kmo_report", "read", str(path), "--format", "json"]
            seconds = statistics.median(process(command)[1] for _ in range(RUNS))
            good &= kept(f"read of the seed as {kind} / 1 second, CPU", seconds, 1.0, most)
    return good


def opened(url: str) -> HTTPResponse:
    """The answer of our own server."""
    response: HTTPResponse = urlopen(url)  # noqa: S310 -- no address from elsewhere
    return response


def reload() -> bool:
    """What a writer waits for: the save, the news of it, the page."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, SEED.name, "answer.yaml")
        shutil.copytree(SEED, answer.parent)
        command = [sys.executable, "-m", "kmo_report", "preview", str(answer)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as program:
            assert program.stdout
            url = program.stdout.readline().decode().strip()
            text, fresh = answer.read_text("utf-8"), answer.with_name("new")
            seconds = []
            with opened(f"{url}events") as events:
                for number in range(749_140, 749_140 + RUNS):
                    fresh.write_text(text.replace("749140", str(number)), "utf-8")
                    start = time.perf_counter()
                    fresh.replace(answer)
                    shown = f"{number:,}".replace(",", ".").encode()
                    for line in events:
                        if line.startswith(b"data:") and shown in opened(f"{url}document/").read():
                            break
                    seconds.append(time.perf_counter() - start)
            program.send_signal(signal.SIGINT)
    return kept(
        "preview, from save to page / 1 second", statistics.median(seconds), 1.0, RELOAD_SECONDS
    )


def main() -> None:
    """All measurements."""
    template = open_template(find_template(DEFAULT))
    with tempfile.TemporaryDirectory() as out:
        good = [whole_process("render", "weasyprint", WHOLE_PROCESS, "--out", out)]
    good += [whole_process("check", "typer, pydantic, jinja2", CHECK_PROCESS), many_answers()]
    good += [per_answer(template), long_tables(template), read_seed(template), reload()]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
