"""The preview in a real browser: what a writer sees, hears and does."""

import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import AXE, Writer

Visit = Callable[..., Any]

WRONG = ("total: 749140,", "total: 749.140,")
MENDED = ("total: 749.140,", "total: 749150,")
UNDECLARED = ("h1 { font-family: var(--title-font)", 'h1 { font-family: "DejaVu Serif"')
"""A font that the PDF may not use; a browser does not care."""


def document(page: Any) -> Any:  # noqa: ANN401
    """The answer, in its frame."""
    return page.frame_locator("#document")


def until(page: Any, script: str) -> None:  # noqa: ANN401
    """Wait until an expression is true; Playwright's own way wants `eval`, which we forbid."""
    end = time.monotonic() + 10
    while not page.evaluate(script):
        assert time.monotonic() < end, script
        page.wait_for_timeout(20)


def position(page: Any) -> float:  # noqa: ANN401
    """How far down the answer is shown."""
    return float(page.evaluate("document.getElementById('document').contentWindow.scrollY"))


def test_an_edit_is_seen_and_the_place_is_kept(writer: Writer, visit: Visit) -> None:
    page = visit(writer.url)
    page.evaluate(
        "window.marker = 1; document.getElementById('document').contentWindow.scrollTo(0, 900)"
    )
    writer.edit("total: 749140,", "total: 749150,")
    cell = document(page).get_by_role("cell", name="€ 749.150", exact=True)
    cell.wait_for(state="attached")
    row = document(page).get_by_role("row").filter(has=cell)
    assert position(page) == 900
    assert page.evaluate("window.marker") == 1, "the page itself is not loaded anew"
    assert document(page).locator(".changed").all_inner_texts() == [row.inner_text()]


def test_a_save_is_on_the_page_within_half_a_second(writer: Writer, visit: Visit) -> None:
    page = visit(writer.url)
    text = "document.getElementById('document').contentDocument.body.textContent"
    until(page, f"{text}.includes('749.140')")
    seconds = []
    for number in range(749_141, 749_148):
        writer.edit(f"total: {number - 1},", f"total: {number},")
        start = time.monotonic()
        until(page, f"{text}.includes('{number:,}'.replace(',', '.'))")
        seconds.append(time.monotonic() - start)
    assert statistics.median(seconds) < 0.5, seconds


def test_a_mistake_is_shown_beside_the_last_good_page_and_mended(
    writer: Writer, visit: Visit
) -> None:
    page = visit(writer.url)
    notice = page.get_by_text("This is the last good page.")
    assert notice.is_hidden()
    page.evaluate("document.getElementById('document').contentWindow.scrollTo(0, 700)")
    writer.edit(*WRONG)
    notice.first.wait_for()
    assert page.locator("#problems .message").all_inner_texts() == [
        "total: 749.140 reads as 749,14; did you mean 749140?"
    ]
    assert page.locator("#summary").inner_text() == "Errors: 1"
    assert page.title() == "⚠ 2019-2020-crevits-370"
    assert document(page).get_by_role("cell", name="€ 749.140", exact=True).count() == 1
    assert position(page) == 700
    # A reader who sees nothing is told, a while later and once.
    page.locator("#said", has_text="Errors: 1 This is the last good page.").wait_for(
        state="attached"
    )

    writer.edit(*MENDED)
    document(page).get_by_role("cell", name="€ 749.150", exact=True).wait_for(state="attached")
    assert notice.first.is_hidden()
    assert page.title() == "2019-2020-crevits-370"
    assert position(page) == 700


def test_a_problem_leads_to_its_line(writer: Writer, visit: Visit) -> None:
    page = visit(writer.url)
    writer.edit(*WRONG)
    page.get_by_role("link", name=writer.place("749.140")).click()
    line = page.locator("#lines li[aria-current]")
    line.wait_for()
    assert line.inner_text().strip().startswith("HRM advies: {count: 452, total: 749.140")
    assert line.locator("mark").inner_text() == "749.140"
    assert page.evaluate("document.activeElement.ariaCurrent") == "location"
    assert line.is_visible()
    box, view = line.bounding_box(), page.locator("#view-source").bounding_box()
    assert view["y"] <= box["y"] <= view["y"] + view["height"]
    page.go_back()
    page.locator("#view-page").wait_for()


def test_a_change_of_the_look_is_seen_without_a_reload(writer: Writer, visit: Visit) -> None:
    page = visit(writer.url)
    heading = "document.getElementById('document').contentDocument.querySelector('h1')"
    colour = f"getComputedStyle({heading}).color"
    assert page.evaluate(colour) == "rgb(26, 26, 26)"
    writer.edit("var(--title-colour)", "rgb(1, 2, 3)", writer.house / "page.css")
    until(page, f"{colour} === 'rgb(1, 2, 3)'")
    writer.edit("SCHRIFTELIJKE VRAAG<", "VRAAG<", writer.house / "page.html.j2")
    document(page).get_by_role("heading", name="VRAAG", exact=True).wait_for()
    writer.edit('thousands: "."', 'thousands: "\'"', writer.house / "style.yaml")
    document(page).get_by_role("cell", name="€ 749'140", exact=True).wait_for(state="attached")


def test_the_second_tab_shows_the_pages_of_the_pdf(writer: Writer, visit: Visit) -> None:
    page = visit(writer.url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    writer.edit("total: 749140,", "total: 749150,")
    document(page).get_by_role("cell", name="€ 749.150", exact=True).wait_for(state="attached")
    assert not [url for url in asked if "/paper" in url], "nobody looked at it"

    page.get_by_role("link", name="PDF").click()
    pictures = page.locator("#sheets img")
    pictures.nth(2).wait_for()
    assert [picture.get_attribute("alt") for picture in pictures.all()] == [
        f"Page {number} of 3" for number in (1, 2, 3)
    ]
    until(page, "[...document.querySelectorAll('#sheets img')].every(i => i.naturalWidth === 1191)")

    page.locator("#view-pdf").evaluate("view => view.scrollTo(0, 1200)")
    before = pictures.first.get_attribute("src")
    writer.edit(*UNDECLARED, writer.house / "page.css")
    page.get_by_text("These are the pages of the last good PDF.").wait_for()
    assert "DejaVu Serif is not declared" in page.locator("#pdf-problems .message").inner_text()
    assert pictures.first.get_attribute("src") == before
    writer.edit(UNDECLARED[1], UNDECLARED[0], writer.house / "page.css")
    page.get_by_text("These are the pages of the last good PDF.").wait_for(state="hidden")
    assert pictures.first.get_attribute("src") != before
    assert page.locator("#pdf-problems").inner_text() == ""
    writer.edit("total: 749150,", "total: 749.150,")
    page.get_by_text("These are the pages of the last good PDF.").wait_for()
    assert page.locator("#view-pdf").evaluate("view => view.scrollTop") == 1200


def test_each_tab_keeps_its_place(writer: Writer, visit: Visit) -> None:
    page = visit(writer.url)
    document(page).get_by_role("heading", name="ANTWOORD").wait_for()
    page.evaluate("document.getElementById('document').contentWindow.scrollTo(0, 800)")
    page.get_by_role("link", name="PDF").click()
    page.locator("#sheets img").nth(2).wait_for()
    page.locator("#view-pdf").evaluate("view => view.scrollTo(0, 700)")
    writer.edit("total: 749140,", "total: 749150,")
    page.get_by_role("link", name="Page", exact=True).click()
    document(page).get_by_role("cell", name="€ 749.150", exact=True).wait_for()
    assert position(page) == 800
    page.get_by_role("link", name="PDF").click()
    assert page.locator("#view-pdf").evaluate("view => view.scrollTop") == 700


def test_what_was_open_and_where_one_was_is_kept(writer: Writer, visit: Visit) -> None:
    page = visit(writer.url)
    page.locator("#problems summary").click()
    page.get_by_text("Compare with the question as it was published.").wait_for()
    before = writer.place("2020-02-14")
    page.get_by_role("link", name=before).focus()
    writer.edit("status: final\n", "status: final\n\n")
    after = writer.place("2020-02-14")
    assert after != before
    page.get_by_role("link", name=after).wait_for()
    assert page.evaluate("document.activeElement.textContent") == after
    assert page.get_by_text("Compare with the question as it was published.").is_visible()


def test_the_page_goes_on_when_the_preview_is_started_again(writer: Writer, visit: Visit) -> None:
    page = visit(writer.url, but="net::ERR_")
    port = urlsplit(writer.url).port or 0
    page.get_by_role("link", name="PDF").click()
    picture = page.locator("#sheets img").first
    picture.wait_for()
    before = picture.get_attribute("src")
    writer.stop()
    page.get_by_text("The preview has ended.").wait_for()
    writer.edit("total: 749140,", "total: 749150,")
    writer.start(port=port)
    page.get_by_text("The preview has ended.").wait_for(state="hidden")
    page.locator(f"#sheets img:not([src='{before}'])").first.wait_for()
    until(page, "document.querySelector('#sheets img').naturalWidth === 1191")
    page.get_by_role("link", name="Page", exact=True).click()
    document(page).get_by_role("cell", name="€ 749.150", exact=True).wait_for()


def test_all_of_it_can_be_done_by_keyboard(writer: Writer, visit: Visit) -> None:
    writer.edit(*WRONG)
    page = visit(writer.url)
    place = writer.place("749.140")
    page.get_by_role("link", name=place).wait_for()

    def focused() -> str:
        return str(
            page.evaluate(
                "(document.activeElement.textContent || document.activeElement.id).trim()"
            )
        )

    seen = []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen.append(focused())
    assert seen[:3] == ["Page", "PDF", "Source"]
    assert place in seen
    while focused() != place:
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert focused().startswith("What this means")
    page.keyboard.press("Enter")
    page.get_by_text("Mend it:").wait_for()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.locator("#lines li[aria-current]").wait_for()
    assert focused().startswith("HRM advies")
    page.get_by_role("link", name="PDF").focus()
    page.keyboard.press("Enter")
    page.locator("#view-pdf").focus()
    writer.edit(*MENDED)
    page.locator("#sheets img").nth(2).wait_for()
    until(page, "[...document.querySelectorAll('#sheets img')].every((each) => each.complete)")
    page.keyboard.press("PageDown")
    until(page, "document.getElementById('view-pdf').scrollTop > 300")


def test_its_words_are_those_of_the_reader(writer: Writer, visit: Visit) -> None:
    writer.stop()
    writer.start("nl")
    page = visit(writer.url)
    assert page.locator("html").get_attribute("lang") == "nl"
    assert page.locator("nav a").all_inner_texts() == ["Pagina", "PDF", "Bron"]
    writer.edit(*WRONG)
    page.get_by_text("Dit is de laatste goede pagina.").first.wait_for()
    assert page.locator("#problems .level").inner_text() == "Fout"
    assert page.locator("#summary").inner_text() == "Fouten: 1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 500])
def test_axe_finds_nothing(writer: Writer, visit: Visit, scheme: str, width: int) -> None:
    # Without the policy, since axe is a script that is not ours; the answer by itself has no icon.
    page = visit(writer.url, but="403 (Forbidden)", color_scheme=scheme, bypass_csp=True)
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("#problems li").wait_for()

    def judged(rules: str = "") -> list[str]:
        page.evaluate(AXE.read_text("utf-8"))
        # The frame may run no script at all: what is in it is judged by itself.
        found = page.evaluate("axe.run({iframes: false" + rules + "})")
        assert len(found["passes"]) > 10
        return [
            f"{violation['id']}: {node['html']} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    assert judged() == [], "good"
    page.locator("#problems summary").first.click()
    writer.edit(*WRONG)
    page.get_by_text("This is the last good page.").first.wait_for()
    page.locator("#problems summary").first.click()
    assert judged() == [], "broken"
    page.get_by_role("link", name=writer.place("749.140")).click()
    page.locator("#lines li[aria-current]").wait_for()
    assert judged() == [], "source"
    writer.edit(*MENDED)
    page.get_by_role("link", name="PDF").click()
    page.locator("#sheets img").nth(2).wait_for()
    assert judged() == [], "PDF"
    writer.edit(*UNDECLARED, writer.house / "page.css")
    page.get_by_text("These are the pages of the last good PDF.").wait_for()
    assert judged() == [], "PDF that fails"
    page.goto(f"{writer.url}document/")
    # Landmarks, which are no part of WCAG, are those of the page around it.
    wcag = ", ".join(f"'wcag{version}{level}'" for version in (2, 21, 22) for level in ("a", "aa"))
    assert judged(f", runOnly: [{wcag}]") == [], "the answer"
