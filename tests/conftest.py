"""What all tests share: the cases, and golden files that `pytest --update-golden` writes anew."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kmo_report.language import speak
from kmo_report.template import DEFAULT, Template, find_template, open_template

ROOT = Path(__file__).parent.parent
GOOD = {
    folder.name: folder
    for folder in (*sorted((ROOT / "answers").iterdir()), *sorted((ROOT / "tests/good").iterdir()))
    if (folder / "answer.yaml").is_file()
}
"""Every good case, by name."""

STYLE = open_template(find_template(DEFAULT)).style
"""The house style that comes with the program."""

speak("en")

settings.register_profile(
    "kmo", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("kmo")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a golden file beside its input."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.is_file(), f"{path} is missing; make it with --update-golden and read it"
        assert text == path.read_text("utf-8")

    return compare


@pytest.fixture(scope="session")
def template() -> Template:
    """The house style that comes with the program."""
    return open_template(find_template(DEFAULT))
