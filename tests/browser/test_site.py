"""The site of an archive in a real browser: opened as files, without a network, by keyboard."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kmo_report.publish import index
from tests import published
from tests.browser.conftest import AXE
from tests.published import ANSWER, CHARTS, EVIL, HOSTILE, ODD, OLDER, SCAN

KMO, OLD = "Kmo-portefeuille", "Een ouder antwoord"

Visit = Callable[..., Any]

KINDS = {
    "first": "index.html",
    "found": "index.html#zoek=kmo-portefeuille",
    "nothing": "index.html#zoek=kwantumcomputer",
    "groups": "onderwerpen.html",
    "group": "minister/crevits.html",
    "answer": f"antwoord/{ANSWER}.html",
    "charts": f"antwoord/{CHARTS}.html",
    "older": f"antwoord/{OLDER}.html",
    "scan": f"antwoord/{SCAN}.html",
    "hostile": f"antwoord/{EVIL}.html",
    "annexes": f"antwoord/{ODD}.html",
}
"""Every kind of page."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("publish")
    published.made(published.archived(folder / "archive"), folder / "site")
    return folder / "site"


@pytest.fixture
def look(site: Path, visit: Visit) -> Iterator[Visit]:
    """Open a page of the site as a file; whatever else is asked for is a failure."""
    asked: list[str] = []

    def open_page(path: str, **options: object) -> Any:  # noqa: ANN401
        page = visit("about:blank", offline=True, **options)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site.as_uri()}/{path}")
        return page

    yield open_page
    assert [url for url in asked if not url.startswith(site.as_uri())] == []


def focused(page: Any) -> str:  # noqa: ANN401
    """What has the focus: its text, else its id."""
    return str(
        page.evaluate(
            "(document.activeElement.selectedOptions ? '' : document.activeElement.textContent.trim())"
            " || document.activeElement.id"
        )
    )


def tab_to(page: Any, wanted: str) -> list[str]:  # noqa: ANN401
    """Press Tab until this has the focus; all that had it on the way."""
    seen: list[str] = []
    while wanted not in seen:
        assert len(seen) < 60, seen
        page.keyboard.press("Tab")
        seen.append(focused(page))
    return seen


def until(page: Any, words: str) -> None:  # noqa: ANN401
    """Wait until the search tells this."""
    page.locator("#status", has_text=words).wait_for()
    assert page.locator("#found").inner_text() in page.locator("#status").inner_text()


def found(page: Any) -> list[str]:  # noqa: ANN401
    """The answers that are listed."""
    return [str(words) for words in page.locator("#results li a").all_inner_texts()]


def test_search_by_keyboard_alone(look: Visit) -> None:
    page = look("index.html")
    seen = tab_to(page, "zoek")
    assert seen == [
        "Naar de inhoud",
        "Antwoorden op schriftelijke vragen",
        *("Zoeken", "Zittingsjaren", "Ministers", "Onderwerpen", "zoek"),
    ]
    page.keyboard.type("kmo-portefeuille aankoop")
    until(page, "3 antwoorden")
    assert focused(page) == "zoek", "who types is not disturbed"
    page.keyboard.press("Enter")
    assert focused(page) == "3 antwoorden"
    page.keyboard.press("Tab")
    assert focused(page) == found(page)[0]
    page.keyboard.press("Enter")
    page.wait_for_url("**/antwoord/**")
    assert page.locator("h1").inner_text() == "Kmo-portefeuille - Competentiegericht HR-beleid - Focus op Talent"  # fmt: skip
    page.go_back()
    until(page, "3 antwoorden")
    assert page.locator("#zoek").input_value() == "kmo-portefeuille aankoop"
    assert page.title().startswith("kmo-portefeuille aankoop - ")
    page.locator("#zoek").focus()
    tab_to(page, "Wis de zoekopdracht")
    page.keyboard.press("Enter")
    page.locator("#latest").wait_for()
    assert page.locator("#results").is_hidden()
    assert (focused(page), page.evaluate("location.hash")) == ("zoek", "")


def test_facets_by_keyboard_alone(look: Visit) -> None:
    page = look("index.html")
    tab_to(page, "session")
    page.wait_for_timeout(300)  # until the index is there
    page.keyboard.press("ArrowDown")
    until(page, "2 antwoorden")
    assert page.locator("#session").input_value() == "2023-2024"
    assert found(page) == ["Opleidingscheques", "Voorbeeld - Steun per gemeente"]
    # Each choice says what it would leave.
    counts = page.locator("#minister option").all_inner_texts()
    assert {"AN D'HAESE (1)", "TOM CLAES (1)", "HILDE CREVITS (0)"} <= set(counts)
    page.keyboard.press("Tab")
    page.keyboard.type("tom")
    until(page, "1 antwoord")
    assert found(page) == ["Opleidingscheques"]
    assert page.evaluate("location.hash") == "#session=2023-2024&minister=claes"
    tab_to(page, "subject")
    page.keyboard.type("voor")
    until(page, "Geen antwoorden gevonden.")


def test_the_link_past_the_menu(look: Visit) -> None:
    page = look(KINDS["answer"])
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Naar de inhoud")
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "370 van zittingsjaar 2019-2020"


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("370", [KMO, HOSTILE, OLD]),
        ("Gennez", [KMO, HOSTILE, OLD]),
        ("GÈNNEZ", [KMO, HOSTILE, OLD]),
        ("genn", [KMO, HOSTILE, OLD]),
        ("crevits 2019-2020", [KMO, HOSTILE, OLD]),
        ("kmo portefeuille diversiteit", [KMO, HOSTILE, OLD]),
        ("initiatief", [KMO, HOSTILE, OLD]),
        ("diversiteitsonderneming", [KMO, HOSTILE, OLD]),
        ("opleidingscheque", ["Opleidingscheques"]),
        ("hoeveel cheques waren er", ["Opleidingscheques"]),
        ("gemeentesteun", ["Voorbeeld"]),
        ("749.140", [KMO, HOSTILE, OLD]),
        ("onerror alert", [HOSTILE]),
        ("D'Haese a 61", ["Voorbeeld"]),
    ],
)
def test_what_is_found(look: Visit, words: str, titles: list[str]) -> None:
    page = look("index.html")
    page.locator("#zoek").fill(words)
    page.keyboard.press("Enter")
    page.locator("#results").wait_for()
    page.locator("#results li").first.wait_for()
    assert sorted(title.partition(" - ")[0] for title in found(page)) == sorted(titles)


def test_where_not_all_words_are_found_it_says_so(look: Visit) -> None:
    page = look("index.html#zoek=gennez+kwantumcomputer")
    until(page, "3 antwoorden. Geen enkel antwoord bevat al deze woorden.")
    page.locator("#zoek").fill("kwantumcomputer")
    until(page, "Geen antwoorden gevonden.")
    assert page.locator("#browse").is_hidden()


def test_without_a_script_one_can_browse(look: Visit) -> None:
    page = look("index.html", java_script_enabled=False)
    assert page.locator("form").is_hidden()
    assert page.locator("#results").is_hidden()
    assert page.get_by_text("Zoeken kan in een browser met JavaScript.").is_visible()
    for step in ("Ministers", "HILDE CREVITS", "Kmo-portefeuille - Competentiegericht"):
        page.get_by_role("link", name=step).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="De gegevens van vraag en antwoord").first.click()
    assert Path(download.value.path()).read_text("utf-8").startswith("status: final")


def test_an_index_that_is_lost_is_told(site: Path, visit: Visit) -> None:
    page = visit("about:blank", but="ERR_FILE_NOT_FOUND")
    lost = site / "index.js"
    lost.rename(site / "away")
    try:
        page.goto(f"{site.as_uri()}/index.html#zoek=steun")
        until(page, "De zoekindex kan niet geladen worden.")
    finally:
        (site / "away").rename(lost)


def test_thousands_of_answers_are_searched_at_once(
    site: Path, visit: Visit, tmp_path: Path
) -> None:
    syllables = [a + b for a in "bdfghklmnprstvwz" for b in ("a", "e", "oe", "ij", "aa", "en")]
    entries = [
        index.Entry(
            f"antwoord/{number}.html",
            f"Steun nummer {number}",
            "Vraag",
            ("2019-2020", "claes", "steun"),
            str(number),
            " ".join(
                syllables[(number * k) % 96] + syllables[(number + k * k) % 96] for k in range(150)
            ),
        )
        for number in range(5000)
    ]
    (tmp_path / "index.js").write_bytes(index.script(entries))
    for name in ("index.html", "site.css", "site.js", "icon.svg"):
        (tmp_path / name).write_bytes((site / name).read_bytes())
    page = visit("about:blank", offline=True)
    start = time.monotonic()
    page.goto(f"{tmp_path.as_uri()}/index.html#zoek=steun")
    until(page, "5000 antwoorden")
    assert time.monotonic() - start < 3
    took = page.evaluate("(() => { const t = performance.now(); show(); return performance.now() - t })()")  # fmt: skip
    assert took < 300, "milliseconds"
    assert len(found(page)) == 20
    page.locator("#more").focus()
    page.keyboard.press("Enter")
    assert focused(page) == "Steun nummer 20"
    assert len(found(page)) == 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_any_kind_of_page(
    site: Path, look: Visit, scheme: str, width: int
) -> None:
    # Without the policy, since axe is a script that is not ours.
    page = look("index.html", color_scheme=scheme, bypass_csp=True)
    page.set_viewport_size({"width": width, "height": 900})
    for kind, path in KINDS.items():
        page.goto("about:blank")
        page.goto(f"{site.as_uri()}/{path}")
        if "#" in path:
            page.locator("#status", has_text="antwoord").wait_for()
        # Nothing but a wide table, which has its own, is moved sideways.
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
        page.evaluate(AXE.read_text("utf-8"))
        judged = page.evaluate("axe.run({preload: false})")
        assert len(judged["passes"]) > 15, kind
        assert [
            f"{kind}: {violation['id']}: {node['html']} {node['failureSummary']}"
            for violation in judged["violations"]
            for node in violation["nodes"]
        ] == []
