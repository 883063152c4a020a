"""Files from outside are hostile until proven otherwise: a clear error, soon, in little memory."""

import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from kmo_report.incoming import guard, limits, read_bytes, read_file
from kmo_report.language import speak
from kmo_report.problems import InputError
from tests.conftest import ROOT
from tests.fuzz import __main__ as fuzz
from tests.test_cli import kmo
from tests.test_read import HEAD, SEED, TO, seed

DOCUMENT = "word/document.xml"


def problem(content: bytes, name: str) -> str:
    """The code of the one problem that a file is refused for."""
    with pytest.raises(InputError) as caught:
        read_bytes(content, name)
    (found,) = caught.value.problems
    assert found.message
    assert found.place is not None
    assert found.place.path == name
    return found.code


def package(**parts: bytes) -> bytes:
    """The seed as a DOCX with some parts replaced; `document` is word/document.xml."""
    saved = BytesIO()
    old = zipfile.ZipFile(BytesIO(seed("docx")))
    with old, zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new:
        names = {f"word/{name}.xml": content for name, content in parts.items()}
        for name in {*old.namelist(), *names}:
            new.writestr(name, names.get(name) or old.read(name))
    return saved.getvalue()


def document(body: str, before: str = "") -> bytes:
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<?xml version="1.0"?>{before}<w:document xmlns:w="{main}"><w:body>{body}</w:body></w:document>'.encode()


# --- kinds of files that are not read -----------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "vraag.doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "vraag.msg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "vraag.docx"),
        (b"tekst", "vraag.doc"),
        (b"{\\rtf1 tekst}", "vraag.txt"),
        (b"PK\x03\x04", "vraag.odt"),
        (b"\x89PNG\r\n\x1a\n", "vraag.png"),
        (b"\x89PNG\r\n\x1a\n", "vraag.pdf"),
        (b"tekst", "vraag.pdf"),
        (b"\x00\x01\x02\x03" * 100, "vraag"),
    ],
)
def test_other_kinds_of_files_are_refused_with_a_hint(content: bytes, name: str) -> None:
    assert problem(content, name) == "unreadable-kind"


def test_what_a_file_holds_says_more_than_its_name() -> None:
    wanted = read_bytes(seed("txt"), "a.txt").as_tree()
    assert read_bytes(seed("docx"), "a.pdf").as_tree() == wanted
    assert read_bytes(seed("pdf"), "a.docx").as_tree() == wanted
    assert read_bytes(seed("pdf"), "-").as_tree() == wanted


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.eml", "-"])
@pytest.mark.parametrize("content", [b"", b" \n\n ", b"\xef\xbb\xbf"])
def test_a_file_without_words_says_so(content: bytes, name: str) -> None:
    assert problem(content, name) == "no-text"


@pytest.mark.parametrize("name", ["a.docx", "a.pdf"])
def test_an_empty_file_is_no_word_file_and_no_pdf(name: str) -> None:
    assert problem(b"", name) in ("damaged", "unreadable-kind")


# --- damaged, cut off, protected ------------------------------------------------------------------


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_word_file_that_is_cut_off_is_damaged(part: float) -> None:
    content = seed("docx")
    assert problem(content[: int(len(content) * part)], "a.docx") == "damaged"


@pytest.mark.parametrize("part", [0.1, 0.5])
def test_a_pdf_that_is_cut_off_is_damaged(part: float) -> None:
    content = seed("pdf")
    assert problem(content[: int(len(content) * part)], "a.pdf") == "damaged"


def test_a_package_that_is_no_word_file() -> None:
    saved = BytesIO()
    with zipfile.ZipFile(saved, "w") as new:
        new.writestr("xl/workbook.xml", "<a/>")
    assert problem(saved.getvalue(), "a.docx") == "damaged"
    assert problem(package(document=b"<w:document"), "a.docx") == "damaged"
    assert problem(package(numbering=b"geen xml"), "a.docx") == "damaged"


def test_a_pdf_with_a_password_says_so() -> None:
    saved = BytesIO()
    with pikepdf.open(BytesIO(seed("untagged"))) as pdf:
        pdf.save(saved, encryption=pikepdf.Encryption(user="geheim", owner="geheim"))
    assert problem(saved.getvalue(), "a.pdf") == "encrypted"


def test_a_pdf_that_only_may_not_be_changed_is_read() -> None:
    saved = BytesIO()
    with pikepdf.open(BytesIO(seed("untagged"))) as pdf:
        pdf.save(saved, encryption=pikepdf.Encryption(user="", owner="geheim"))
    assert read_bytes(saved.getvalue(), "a.pdf").number == 370


def test_a_word_part_with_a_password_says_so() -> None:
    content = bytearray(seed("docx"))
    for at in (m.start() for m in re.finditer(b"PK\x01\x02", bytes(content))):
        content[at + 8] |= 1  # the flag of encryption, in the directory of the package
    for at in (m.start() for m in re.finditer(b"PK\x03\x04", bytes(content))):
        content[at + 6] |= 1
    assert problem(bytes(content), "a.docx") == "encrypted"


def scanned() -> bytes:
    saved = BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.add_blank_page(page_size=(595, 842))
    pdf.save(saved)
    return saved.getvalue()


def test_a_scanned_pdf_says_so() -> None:
    with pytest.raises(InputError, match="it was scanned"):
        read_bytes(scanned(), "a.pdf")


# --- bombs ------------------------------------------------------------------------------------------


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = package(document=document("<w:p/>" * 12_000_000))
    assert len(bomb) < 1_000_000
    begun = time.monotonic()
    assert problem(bomb, "a.docx") == "too-large"
    assert time.monotonic() - begun < 1


def test_a_part_that_says_it_is_small_gives_no_more_than_it_says() -> None:
    bomb = bytearray(package(document=document("<w:p><w:r><w:t>woord</w:t></w:r></w:p>" * 100_000)))
    with zipfile.ZipFile(BytesIO(bomb)) as read:
        size = read.getinfo(DOCUMENT).file_size
    wrong = bytes(bomb).replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert problem(wrong, "a.docx") == "damaged"


LAUGHS = "<!DOCTYPE lolz [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {after} '{f'&{name};' * 10}'>" for name, after in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "before",
    [
        LAUGHS,
        f"<!DOCTYPE x [<!ENTITY i SYSTEM 'file://{ROOT}/LICENSE'>]>",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>",
    ],
)
def test_entities_are_not_expanded_and_nothing_is_fetched(before: str) -> None:
    text = document("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", before)
    assert problem(package(document=text), "a.docx") == "damaged"


def test_xml_that_is_too_deep_is_damaged() -> None:
    deep = document("<w:sdt>" * 5000 + "</w:sdt>" * 5000)
    assert problem(package(document=deep), "a.docx") == "damaged"


def test_html_that_is_deep_or_hides_words_is_read() -> None:
    deep = "<div><ol><li>" * 20_000 + "woord" + "<table><tr><td>" * 20_000
    assert "woord" in read_bytes(deep.encode(), "a.html").parts[0].text
    hidden = "<p>een<script>twee</script><style>drie</style><!-- vier --><template>vijf</template>"
    assert read_bytes(hidden.encode(), "a.html").parts[0].text == "een"


def test_a_mail_in_a_mail_in_a_mail_ends() -> None:
    content = b"From: a\nSubject: b\n\nwoord"
    for at in range(150):
        border = f"b{at}".encode()
        content = (
            b'From: a\nSubject: b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="' + border
            + b'"\n\n--' + border + b"\nContent-Type: message/rfc822\n\n" + content + b"\n--" + border + b"--\n"
        )  # fmt: skip
    assert read_bytes(content, "a.eml").parts[0].text == "woord"


def test_no_path_of_an_attachment_is_followed(tmp_path: Path) -> None:
    content = (
        b"From: a\nSubject: b\nMIME-Version: 1.0\nContent-Type: text/plain\n"
        b'Content-Disposition: attachment; filename="../../etc/passwd.txt"\n\n' + seed("txt")
    )
    (tmp_path / "a.eml").write_bytes(content)
    reading = read_file(tmp_path / "a.eml")
    assert reading.number == 370
    assert "passwd.txt" in reading.problems[0].message
    assert ".." not in reading.problems[0].message
    assert [path.name for path in tmp_path.iterdir()] == ["a.eml"]


def test_words_of_a_file_are_never_a_template() -> None:
    text = HEAD + TO + "Onderwerp {number} {{ 7 * 7 }} %s\n\n{{ cycler.__init__ }} {0} {words}?\n"
    reading = read_bytes(("Vooraf {words} {0}\n\n" + text).encode(), "a.txt")
    assert reading.subject == "Onderwerp {number} {{ 7 * 7 }} %s"
    assert reading.parts[0].text == "{{ cycler.__init__ }} {0} {words}?"
    assert "Vooraf {words} {0}" in reading.problems[0].message


# --- size and time ----------------------------------------------------------------------------------


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "a.txt"
    with large.open("wb") as file:
        file.truncate(limits.MOST_BYTES + 1)
    with pytest.raises(InputError, match="larger than 32 MB"):
        read_file(large)


def test_more_pages_than_a_question_can_have_are_refused() -> None:
    saved = BytesIO()
    pdf = pikepdf.new()
    for _ in range(limits.MOST_PAGES + 1):
        pdf.add_blank_page()
    pdf.save(saved)
    assert problem(saved.getvalue(), "a.pdf") == "too-large"


@pytest.mark.parametrize(
    "text",
    [
        "1. 2. 3) a) " * 10_000,
        "€ 12 13 14 … - x " * 8_000,
        "van " * 40_000,
        "\n".join(["Hoeveel 12 13 14"] * 10_000),
        "Deze vraag werd gesteld aan de ministers " + "A (1), " * 20_000,
        "https://" + "a-" * 60_000,
        "SCHRIFTELIJKE VRAAG nr. 1 van " + "A " * 60_000,
        "per a, b of c en " * 10_000,
        "schriftelijke vraag 1 van A " * 6_000,
        ("A" * 100 + "-\n") * 1_600,
        "- " * 80_000,
        "(" * 120_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    read_bytes((HEAD + TO + "Onderwerp\n\n" + text).encode(), "a.txt")
    read_bytes(text.encode(), "a.txt")
    assert time.process_time() - begun < 2


# --- a process of its own -----------------------------------------------------------------------------


def _hang() -> None:
    while True:
        pass


def _eat() -> None:
    held = []
    while True:
        held.append(b"x" * (1 << 24))


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("work", "said"),
    [(_hang, "takes more than"), (_eat, "too much memory"), (_crash, "too much memory")],
)
def test_what_hangs_eats_or_crashes_takes_nothing_with_it(
    work: Callable[[], None], said: str
) -> None:
    begun = time.monotonic()
    with pytest.raises(InputError, match=said) as caught:
        guard.guarded(work, "a.pdf", seconds=1, memory=200 << 20)
    assert caught.value.problems[0].code == "too-much"
    assert time.monotonic() - begun < 5


def test_the_process_gives_back_what_was_found_and_what_was_wrong() -> None:
    assert guard.guarded(lambda: "x" * (1 << 22), "a") == "x" * (1 << 22)
    with pytest.raises(InputError) as caught:
        guard.guarded(lambda: read_bytes(b"", "a.txt"), "a.txt")
    assert caught.value.problems[0].code == "no-text"
    with pytest.raises(ZeroDivisionError):
        guard.guarded(lambda: 1 / 0, "a")


# --- in Dutch -----------------------------------------------------------------------------------------


def test_refusals_are_told_in_dutch(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(scanned())
    done = kmo("--lang", "nl", "read", str(tmp_path / "a.pdf"))
    assert done.returncode == 1
    assert "gescand" in done.stderr
    speak("en")


# --- mutated files ------------------------------------------------------------------------------------


def test_two_thousand_mutated_files_are_read_or_refused() -> None:
    """No crash, no hang, no gigabyte; `make fuzz` reads more of them."""
    command = [sys.executable, "-m", "tests.fuzz", "1000"]
    halves = [
        subprocess.Popen([*command, first, "2"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for first in ("0", "1")
    ]
    for half in halves:
        said, _ = half.communicate(timeout=300)
        assert half.returncode == 0, said
        assert re.search(r"1000 files read, \d+ refused, 0 failed", said)


def test_the_harness_finds_a_reader_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(content: bytes, _name: str) -> object:
        if len(content) % 2:
            raise IndexError
        return read_bytes(SEED.read_bytes(), "a.txt")

    monkeypatch.setattr(fuzz, "read_bytes", fails)
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    assert fuzz.main(40) > 0
