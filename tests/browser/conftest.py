"""A real Chromium, the preview that it looks at, and axe-core, which judges what it shows."""

import shutil
import signal
import site
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import GOOD, ROOT

INSTALLED = ROOT / ".cache/browser"
AXE = INSTALLED / "npm/node_modules/axe-core/axe.min.js"
for _packages in INSTALLED.glob("venv/lib/python3*/site-packages"):
    site.addsitedir(str(_packages))

CASE = "2019-2020-crevits-370"
QUIET = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session", autouse=True)
def _all_is_there() -> None:
    missing = [] if shutil.which("chromium") else ["chromium"]
    missing += [] if AXE.is_file() else [str(AXE)]
    try:
        import playwright  # noqa: F401 -- known only once its folder is
    except ImportError:
        missing.append("playwright")
    if missing:
        pytest.exit(f"not installed: {', '.join(missing)}; run make browser", returncode=1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser; each page of it has a fresh profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield browser
        browser.close()


class Writer:
    """The files of somebody who writes an answer, and the preview of them."""

    def __init__(self, folder: Path) -> None:
        self.answer = folder / CASE / "answer.yaml"
        self.house = folder / "house"
        shutil.copytree(GOOD[CASE], self.answer.parent)
        shutil.copytree(ROOT / "templates/vlaams-parlement", self.house)
        self._program: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self, language: str = "en", port: int = 0) -> None:
        """Start the preview."""
        command = [sys.executable, "-m", "kmo_report", "--lang", language, "preview"]
        options = ["--template", str(self.house), "--port", str(port)]
        self._program = subprocess.Popen(
            [*command, str(self.answer.parent), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._program.stdout
        self.url = self._program.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:")

    def stop(self) -> int:
        """End the preview as Ctrl-C does; its exit code."""
        assert self._program
        self._program.send_signal(signal.SIGINT)
        self._program.communicate(timeout=20)
        return self._program.returncode

    def place(self, words: str) -> str:
        """Where words stand in the answer, as a problem names it."""
        for number, line in enumerate(self.answer.read_text("utf-8").splitlines(), start=1):
            if words in line:
                return f"{self.answer.name}:{number}:{line.index(words) + 1}"
        raise AssertionError(words)

    def edit(self, old: str, new: str, file: Path | None = None) -> None:
        """Save a file with some words changed, renamed over the earlier one, as editors do."""
        path = file or self.answer
        text = path.read_text("utf-8")
        assert old in text
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text.replace(old, new), "utf-8")
        fresh.replace(path)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """A writer with a preview that is open."""
    writer = Writer(tmp_path)
    writer.start()
    yield writer
    assert writer.stop() == 0


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:  # noqa: ANN401 -- no types, see pyproject
    """Open an address on a page of its own; all that the browser says, `but` this, is a failure."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(url: str, but: str = "", **options: object) -> Any:  # noqa: ANN401
        def complain(words: object) -> None:
            if not but or but not in str(words):
                complaints.append(str(words))

        context = chromium.new_context(viewport={"width": 1440, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complain(said.text))
        page.on("pageerror", complain)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
