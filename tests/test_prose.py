"""The small Markdown: any text comes out, and nothing but the closed set of elements."""

import re
from xml.etree.ElementTree import Element

from hypothesis import given
from hypothesis import strategies as st

from kmo_report import document
from kmo_report.prose import blocks, faults

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), max_size=60
)
AWKWARD = ["O&O <50", "{{ x }}", "%}", "€", *"*_`\\é#>|\n", "- ", "1. ", "\n\n", "[a](b)"]
awkward = st.lists(st.sampled_from([*AWKWARD, "http://a.be", "<b", "&amp;", "    ", "  \n"])).map(
    "".join
)


DATE = '<meta name="dcterms.created" content="2020-01-01"/>'


def section(html: str) -> Element:
    head = f'<html lang="nl"><head>{DATE}</head><body data-header="" data-footer=""><section>'
    return document.parse(f"{head}{html}</section></body></html>")


def said(root: Element) -> str:
    """All words, those of the labels of lists too, without white space."""
    parts = []
    for element in root.iter():
        parts += [element.get("data-label", ""), element.text or ""]
    return re.sub(r"\s", "", "".join(parts))


@given(st.one_of(texts, awkward), st.booleans())
def test_only_known_elements_come_out(text: str, markup: bool) -> None:
    wrong = [
        f
        for f in document.faults(section(blocks(text, markup=markup)))
        if "address" not in f.message
    ]
    assert not wrong


@given(st.one_of(texts, awkward))
def test_the_askers_words_all_come_out(text: str) -> None:
    printed = "".join(section(blocks(text, markup=False)).itertext())
    labels = "".join(
        e.get("data-label", "") for e in section(blocks(text, markup=False)).iter("li")
    )
    # Signs that start a list are its bullets and numbers; no other character is lost or added.
    kept = sorted(re.sub(r"[\s*+-]|(?<![0-9])0+(?=[0-9])", "", text))
    found = sorted(re.sub(r"[\s*+-]|(?<![0-9])0+(?=[0-9])", "", printed + labels))
    assert found == kept


def test_what_is_markup() -> None:
    assert blocks("*a* **b** `c` # d") == "<p><em>a</em> <strong>b</strong> `c` # d</p>"
    assert blocks("a\nb\n\nc") == "<p>a\nb</p><p>c</p>"
    assert blocks("- a\n- b") == "<ul><li><p>a</p></li><li><p>b</p></li></ul>"
    assert blocks("3) a") == '<ol><li data-label="3)"><p>a</p></li></ol>'
    assert blocks("[a](https://b.be)") == '<p><a href="https://b.be">a</a></p>'
    assert blocks("2019\\. was") == "<p>2019. was</p>"


def test_the_askers_words_keep_their_lines_and_their_asterisks() -> None:
    assert blocks("*a*\nb", markup=False) == "<p>*a*<br/>b</p>"


def test_an_address_is_a_link_and_printed_as_typed() -> None:
    url = "https://www.vlaamsparlement.be/parlementaire-documenten/schriftelijke-vragen/1304942"
    assert blocks(f"(zie: {url})") == f'<p>(zie: <a href="{url}">{url}</a>)</p>'
    assert blocks("vlaanderen.be en //x.be en ftp://x.be") == (
        "<p>vlaanderen.be en //x.be en ftp://x.be</p>"
    )


def test_html_and_other_links_are_faults() -> None:
    assert [near for near, _ in faults('a <img src="http://x"> b')] == ['<img src="http://x">']
    assert [near for near, _ in faults("[a](file:///etc/passwd)")] == ["file:///etc/passwd"]
    assert [near for near, _ in faults("[a](javascript:x)")] == ["javascript:x"]
    assert not list(faults("\\<b> en O&O <50 en a < b > c en <naam>"))
    assert blocks("\\<b>") == "<p>&lt;b&gt;</p>"
