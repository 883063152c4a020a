"""The preview without a browser: who may ask for what, and what is shown after each save."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from PIL import Image

from kmo_report import cli
from kmo_report.preview import Stage, secret_of
from kmo_report.preview.server import serving
from tests.conftest import GOOD, ROOT
from tests.test_cli import kmo

CASE = "2019-2020-crevits-370"
TODAY = date(2026, 1, 1)
SECRET = "a" * 22
TOTAL = "HRM advies: {count: 452, total: 749140"


class Reply(NamedTuple):
    """What a server says."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Desk:
    """The files of a writer, and a server that shows them."""

    def __init__(self, folder: Path, editor: str = "") -> None:
        self.answer = folder / CASE / "answer.yaml"
        self.house = folder / "house"
        shutil.copytree(GOOD[CASE], self.answer.parent)
        shutil.copytree(ROOT / "templates/vlaams-parlement", self.house)
        self.stage = Stage(self.answer.parent, self.house, editor)
        self.url = ""

    def save(self, old: str, new: str, file: Path | None = None) -> None:
        """Change some words of a file, and have the stage look."""
        path = file or self.answer
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        self.stage.look(TODAY, [path])

    def ask(self, path: str, *hosts: str, method: str = "GET") -> Reply:
        """Ask for a path under the address, by the hosts that are named or the right one."""
        place = urlsplit(self.url)
        return self.ask_whole(f"{place.path[:-1]}{path}", *hosts, method=method)

    def ask_whole(self, path: str, *hosts: str, method: str = "GET") -> Reply:
        """Ask for a path as it is written."""
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
        connection.putrequest(method, path, skip_host=True)
        for host in hosts or (place.netloc,):
            if host != "none":
                connection.putheader("Host", host)
        connection.endheaders()
        reply = connection.getresponse()
        try:
            return Reply(reply.status, reply.headers, reply.read())
        finally:
            connection.close()

    def scene(self) -> dict[str, object]:
        """What a browser is told first."""
        (told,) = self.told(1)
        return told

    def told(self, count: int) -> Iterator[dict[str, object]]:
        """The scenes that a browser is told of."""
        place = urlsplit(self.url)
        with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
            connection.sendall(
                f"GET {place.path}events HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode()
            )
            with connection.makefile("rb") as stream:
                for line in stream:
                    if line.startswith(b"data: "):
                        count -= 1
                        yield json.loads(line[6:])
                    if not count:
                        return


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with nothing wrong on it."""
    desk = Desk(tmp_path, editor="vscode://file{path}:{line}:{column}")
    desk.stage.look(TODAY)
    with serving(desk.stage, 0, SECRET) as url:
        desk.url = url
        yield desk


# --- who may ask -----------------------------------------------------------------------------


def test_only_this_machine_can_reach_it(desk: Desk) -> None:
    place = urlsplit(desk.url)
    assert place.hostname == "127.0.0.1"
    # Another address of the same machine: a server of all addresses would answer here too.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", place.port or 0), timeout=5)


def test_who_does_not_know_the_address_sees_nothing(desk: Desk) -> None:
    secret = urlsplit(desk.url).path
    for path in (
        "/",
        "/document/",
        "/paper",
        "*",
        f"{secret[:-2]}/",
        f"/x{secret}",
        "//",
        "/%C3%A9/",
    ):
        reply = desk.ask_whole(path)
        assert reply.status == 403, path
        assert reply.body == b"Open the whole address that kmo-report preview printed."
    assert desk.ask_whole(secret).status == 200


def test_the_secret_is_the_same_each_time_and_for_its_user_alone(tmp_path: Path) -> None:
    first = secret_of(tmp_path)
    (kept,) = tmp_path.rglob("preview-secret")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert secret_of(tmp_path) == first
    kept.write_bytes(b"\xff")
    kept.chmod(0o644)
    assert secret_of(tmp_path) not in (first, "")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert secret_of(kept / "nowhere") != secret_of(None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:80", "[::1]:8000"])
def test_a_request_to_a_name_of_this_machine_is_answered(desk: Desk, host: str) -> None:
    assert desk.ask("/", host).status == 200


@pytest.mark.parametrize(
    "hosts",
    [
        ["evil.example"],
        ["evil.example:8000"],
        ["127.0.0.1.evil.example"],
        ["localhost.evil.example:80"],
        ["evil.example@127.0.0.1"],
        ["127.0.0.1:80:80"],
        ["192.168.1.2"],
        [""],
        ["none"],
        ["127.0.0.1", "evil.example"],
    ],
)
def test_a_request_to_another_name_is_refused(desk: Desk, hosts: list[str]) -> None:
    for path in ("/", "/document/", "/events", "/paper", "/source/case/answer.yaml"):
        reply = desk.ask(path, *hosts)
        assert reply.status == 403
        assert reply.body == b"This preview is for this machine only."


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent_to_it(desk: Desk, method: str) -> None:
    assert desk.ask("/", method=method).status == 501


def test_head_is_get_without_its_content(desk: Desk) -> None:
    for path in ("/", "/events"):
        reply = desk.ask(path, method="HEAD")
        assert (reply.status, reply.body) == (200, b"")


# --- what they may have ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/secret.png",
        "/../secret.png",
        "/document/../../secret.png",
        "/document/../secret.png",
        "/document/%2e%2e/secret.png",
        "/document/..%2fsecret.png",
        "/document/%2e%2e%2fsecret.png",
        "/document/..%5csecret.png",
        "/document//{folder}/secret.png",
        "/document/%2f{folder}/secret.png",
        "/document/link.png",
        "/document/links/secret.png",
        "/document/a%00.png",
        "/document/" + 300 * "a" + ".png",
        "/document/page.html.j2",
        "/document/page.docx",
        "/document/style.yaml",
        "/source/case/../../secret.png",
        "/source/case/..%2f..%2fsecret.png",
        "/source/{folder}/secret.png",
        "/source/case/note.txt",
        "/source/house/style.yaml",
        "/source/",
        "/preview.py",
        "/server.py",
        "/page.html.j2",
        "/paper/1/1",
        "/paper/x/y",
        "/nothing",
    ],
)
def test_no_other_file_is_given(desk: Desk, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.png").write_text("secret")
    (desk.answer.parent / "note.txt").write_text("secret")
    (desk.house / "link.png").symlink_to(tmp_path / "secret.png")
    (desk.house / "links").symlink_to(tmp_path)
    reply = desk.ask(path.format(folder=tmp_path))
    assert (reply.status, reply.body) == (404, b"There is nothing here.")


def test_what_the_look_uses_is_given(desk: Desk) -> None:
    (desk.house / "images").mkdir()
    (desk.house / "images/ logo.png").write_bytes(b"a picture")
    reply = desk.ask("/document/images/%20logo.png")
    assert (reply.status, reply.body) == (200, b"a picture")
    assert reply.headers["Content-Type"] == "image/png"


def test_scripts_are_ours_only_and_no_page_may_hold_us(desk: Desk) -> None:
    for path in ("/", "/document/", "/preview.js", "/preview.css", "/icon.svg", "/nothing"):
        headers = desk.ask(path).headers
        policy = dict(
            part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert policy.get("script-src") == ("'self'" if path == "/" else None)
        assert policy.get("frame-ancestors") == {"/": "'none'", "/document/": "'self'"}.get(path)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert not headers["Access-Control-Allow-Origin"]
        assert "Python" not in headers["Server"]
    shell = desk.ask("/").body.decode()
    assert re.findall(r"<script[^>]*>", shell) == ['<script type="module" src="preview.js">']
    assert not re.search(r"https?:|style=|\son\w+=", shell)


def test_words_of_the_answer_are_no_html_of_ours(desk: Desk) -> None:
    desk.save("status: final", "status: <script>alert(1)</script>")
    problems = str(desk.scene()["problems"])
    assert "<script" not in problems
    assert "&lt;script&gt;alert(1)&lt;/script&gt; is none of" in problems


# --- what is shown ---------------------------------------------------------------------------


def test_a_save_is_told_and_shown(desk: Desk) -> None:
    told = desk.told(2)
    assert next(told)["broken"] is False
    desk.save(TOTAL, TOTAL.replace("749140", "749150"))
    second = next(told)
    assert (second["broken"], second["worst"]) == (False, "warning")
    assert "749.150" in desk.ask("/document/").body.decode()


def test_a_broken_file_keeps_the_last_good_page_until_it_is_mended(desk: Desk) -> None:
    before = desk.ask("/document/").body
    desk.save("749140", "749.140")
    broken = desk.scene()
    assert (broken["broken"], broken["empty"], broken["summary"]) == (True, False, "errors: 1")
    assert desk.ask("/document/").body == before
    desk.save("749.140", "749150")
    assert desk.scene()["broken"] is False
    assert b"749.150" in desk.ask("/document/").body


def test_a_problem_leads_to_its_place(desk: Desk) -> None:
    desk.save("749140", "749.140")
    lines = desk.answer.read_text("utf-8").splitlines()
    line = 1 + next(at for at, words in enumerate(lines) if "749.140" in words)
    problems = str(desk.scene()["problems"])
    place = f"answer.yaml:{line}:41"
    assert f'<a href="#source/case/{place}">{place}</a>' in problems
    assert "total: <mark>749.140</mark>," in problems
    assert f'href="vscode://file{desk.answer}:{line}:41"' in problems
    assert desk.ask("/source/case/answer.yaml").body == desk.answer.read_bytes()


def test_a_preview_may_begin_with_a_broken_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.answer.write_text("status: [")
    desk.stage.look(TODAY)
    with serving(desk.stage, 0, SECRET) as desk.url:
        assert desk.scene()["empty"] is True
        assert desk.ask("/document/").status == 200
        assert desk.ask("/paper").status == 404
        desk.answer.unlink()
        desk.stage.look(TODAY)
        assert "there is no such file" in str(desk.scene()["problems"])
        shutil.copy(GOOD[CASE] / "answer.yaml", desk.answer)
        desk.stage.look(TODAY)
        assert desk.scene()["empty"] is False


def test_the_house_style_is_read_again_when_it_is_saved(desk: Desk) -> None:
    desk.save("var(--link-colour)", "#123456", desk.house / "page.css")
    assert b"#123456" in desk.ask("/document/").body
    desk.save("€\\u00a0", "EUR\\u00a0", desk.house / "style.yaml")
    assert "EUR\u00a0749.140".encode() in desk.ask("/document/").body
    desk.save("SCHRIFTELIJKE VRAAG<", "VRAAG{{ pge }}<", desk.house / "page.html.j2")
    broken = desk.scene()
    assert broken["broken"] is True
    assert "pge is not known" in str(broken["problems"])
    assert 'href="#source/house/page.html.j2:' in str(broken["problems"])
    assert "question-date" in str(broken["problems"]), "the answer's own are shown too"
    assert b"{{ pge }}" in desk.ask("/source/house/page.html.j2").body
    desk.save("{{ pge }}", "", desk.house / "page.html.j2")
    assert b"<h1>VRAAG</h1>" in desk.ask("/document/").body


def test_a_style_file_that_is_away_for_a_moment_is_a_problem_like_others(desk: Desk) -> None:
    style = desk.house / "style.yaml"
    style.rename(style.with_suffix(".away"))
    desk.stage.look(TODAY, [style])
    assert "the template lacks style.yaml" in str(desk.scene()["problems"])
    style.with_suffix(".away").rename(style)
    desk.stage.look(TODAY, [style])
    assert desk.scene()["broken"] is False


def test_the_pages_of_the_pdf_are_pictures(desk: Desk) -> None:
    paper = json.loads(desk.ask("/paper").body)
    assert len(paper["sizes"]) == 3
    reply = desk.ask(f"/paper/{paper['number']}/2")
    assert reply.headers["Content-Type"] == "image/png"
    with Image.open(BytesIO(reply.body)) as picture:
        assert list(picture.size) == paper["sizes"][1] == [1191, 1684]
        ink = sum(picture.convert("L").histogram()[:128])
    assert ink > 10_000, "it is not an empty page"
    assert desk.ask(f"/paper/{paper['number']}/4").status == 404


def test_a_pdf_that_fails_keeps_the_last_good_one(desk: Desk) -> None:
    first = json.loads(desk.ask("/paper").body)
    desk.save(
        "h1 { font-family: var(--title-font)",
        'h1 { font-family: "DejaVu Serif"',
        desk.house / "page.css",
    )
    assert desk.scene()["broken"] is False, "a browser can show it"
    second = json.loads(desk.ask("/paper").body)
    assert (second["number"], second["sizes"]) == (first["number"], first["sizes"])
    assert second["summary"] == "errors: 1"
    assert "DejaVu Serif is not declared in style.yaml" in second["problems"]
    assert desk.ask(f"/paper/{first['number']}/1").status == 200
    desk.save('font-family: "DejaVu Serif"; ', "", desk.house / "page.css")
    third = json.loads(desk.ask("/paper").body)
    assert third["number"] > first["number"]
    assert third["problems"] == ""


# --- the command -----------------------------------------------------------------------------


def start(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """The program, running; it hears Ctrl-C also when these tests are run where none is heard."""
    command = ["env", "--default-signal=INT", sys.executable, "-m", "kmo_report", *arguments]
    environment = {**os.environ, **variables}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def stop(program: "subprocess.Popen[str]") -> tuple[str, str]:
    """End it as Ctrl-C does; what was left to read."""
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=30)
    assert program.returncode == 0, err
    assert "Traceback" not in err
    return out, err


def test_preview_follows_each_save_until_it_is_ended(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    program = start("preview", str(desk.answer), "--template", str(desk.house))
    assert program.stdout
    desk.url = program.stdout.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{22}/", desk.url)
    assert b"<h1>2019-2020-crevits-370</h1>" in desk.ask("/").body
    for file, old, new in (
        (desk.answer, "Hoe wordt het effect", "Hoe meet men het effect"),
        (desk.house / "page.css", "var(--link-colour)", "#123456"),
    ):
        fresh = file.with_name("new")
        fresh.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
        fresh.replace(file)
        until = time.monotonic() + 10
        while new.encode() not in desk.ask("/document/").body:
            assert time.monotonic() < until
            time.sleep(0.02)
    assert stop(program)[1].strip() == "Open this address in a browser; Ctrl-C ends the preview."


def test_a_browser_is_opened_when_asked_for_only(tmp_path: Path) -> None:
    opener, noted = tmp_path / "xdg-open", tmp_path / "noted"
    opener.write_text(f'#!/bin/sh\necho "$1" >>{noted}\n')
    opener.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    url = ""
    for options, opened in (([], False), (["--open"], True)):
        program = start("preview", str(GOOD[CASE]), *options, PATH=path)
        assert program.stdout
        url = program.stdout.readline()
        until = time.monotonic() + (5 if opened else 1)
        while not noted.exists() and time.monotonic() < until:
            time.sleep(0.05)
        stop(program)
        assert noted.exists() is opened
    assert noted.read_text() == url


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({"TERM_PROGRAM": "vscode"}, "vscode://file{path}:{line}:{column}"),
        ({"TERM_PROGRAM": "vscode", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 2"}, ""),
        ({"TERM_PROGRAM": "tmux"}, ""),
        ({}, ""),
    ],
)
def test_the_editor_is_that_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], address: str
) -> None:
    for name in ("TERM_PROGRAM", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cli.editor_address() == address


def test_a_port_that_is_taken_is_wrong_usage(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = kmo("preview", str(GOOD[CASE]), "--port", str(taken.getsockname()[1]), cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be had; without --port there is a free one" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "there is no nowhere"),
        ([str(GOOD[CASE]), "--port", "x"], "'--port' wants a whole number"),
        ([str(GOOD[CASE]), "--port", "65536"], "'--port': at most 65535"),
        ([str(GOOD[CASE]), "--port", "-1"], "'--port': at least 0"),
    ],
)
def test_wrong_usage_of_preview_is_told(arguments: list[str], told: str) -> None:
    done = kmo("preview", *arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_check_imports_no_server() -> None:
    code = (
        "import sys; from kmo_report.cli import main\n"
        f"try: main(['check', {str(GOOD[CASE])!r}])\n"
        "except SystemExit: print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "kmo_report.pipeline" in loaded
    assert not {"http.server", "watchfiles", "pypdfium2", "PIL", "weasyprint", "docx"} & loaded
