"""The pages of a site, judged by the Nu HTML checker: that of the W3C."""

from pathlib import Path

import pytest

from tests import published
from tests.conformance import referees


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("publish")
    published.made(published.archived(folder / "archive"), folder / "site")
    return folder / "site"


@pytest.mark.parametrize("kind", ["html", "css"])
def test_the_checker_of_the_w3c_finds_nothing(site: Path, kind: str) -> None:
    assert referees.nu(site, kind) == []


def test_it_sees_what_is_wrong(site: Path) -> None:
    page = site / "ministers.html"
    page.write_text(page.read_text("utf-8").replace("</main>", "<p><div lang=x!></p>"), "utf-8")
    assert len(referees.nu(site, "html")) > 1
    (site / "site.css").write_text("p { colour: red }")
    assert len(referees.nu(site, "css")) == 1
