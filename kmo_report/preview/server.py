"""Gives a stage to browsers of this machine, and to nobody else.

It listens on the loopback address only, and refuses a request that was sent to another name: a
page of the web whose name was made to point here. A secret in its address keeps other users out.
There are a few fixed addresses; of files, a browser gets what problems name, and the fonts,
pictures and style sheets of the house style.
Python's own server does: the few requests of one reader need no more, and it brings nothing along.
"""

import re
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

from kmo_report.language import say
from kmo_report.preview import page
from kmo_report.preview.paper import Press
from kmo_report.preview.stage import Stage

HERE = Path(__file__).parent
LOOPBACK = "127.0.0.1"
_LOCAL = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?", re.IGNORECASE)
"""What this machine is called in an address; a tunnel may lead here from another port."""

_HTML, _JSON, _TEXT = (
    f"{kind}; charset=utf-8" for kind in ("text/html", "application/json", "text/plain")
)
_OURS = {
    "preview.css": "text/css; charset=utf-8",
    "preview.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_LOOKS = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""What page.css may use of its folder."""

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'"
SHELL_POLICY = (
    f"{_NOTHING}; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'none'"
)
ANSWER_POLICY = (
    f"{_NOTHING}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "frame-ancestors 'self'"
)
_ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

# Links open beside the preview; what changed shows for a moment.
_IN_ANSWER = b"""<head>
<base target="_blank"/>
<style>
@keyframes changed { from { background: #ffe615; } }
@media (prefers-reduced-motion: no-preference) { .changed { animation: changed 2s; } }
</style>"""
_NO_ANSWER = b"<!DOCTYPE html><html><head><title>-</title></head><body></body></html>"

_POLL = 0.1
"""Seconds until the server sees that it has to end."""
_ALIVE = 15
"""Seconds after which a browser that has nothing to hear is told so."""


class NoPortError(Exception):
    """The port is taken, or is not for this user."""


@contextmanager
def serving(stage: Stage, port: int, secret: str) -> Iterator[str]:
    """The address of a server that gives this stage, while it does; 0 is a free port."""
    press = Press(stage.source)
    try:
        server = _Server((LOOPBACK, port), partial(_Handler, stage, press, secret))
    except OSError as error:
        raise NoPortError from error
    with server:
        Thread(target=server.serve_forever, args=(_POLL,), daemon=True).start()
        try:
            yield f"http://{LOOPBACK}:{server.server_address[1]}/{secret}/"
        finally:
            stage.end()
            server.shutdown()
            press.end()


class _Server(ThreadingTCPServer):
    """A thread a request; none of them keeps the program from ending."""

    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that went away is no error; anything else is a bug."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def __init__(self, stage: Stage, press: Press, secret: str, *connection: object) -> None:
        self.stage, self.press, self.secret = stage, press, secret.encode()
        super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        _, secret, *steps = (*unquote(urlsplit(self.path).path).split("/"), "")
        if refusal := self._refusal(secret):
            self._answer(refusal.encode(), _TEXT, HTTPStatus.FORBIDDEN)
            return
        scene = self.stage.scene
        match steps[:-1]:
            case [""]:
                self._answer(page.shell(self.stage).encode(), _HTML, policy=SHELL_POLICY)
            case [name] if name in _OURS:
                self._answer((HERE / name).read_bytes(), _OURS[name])
            case ["events"]:
                self._tell()
            case ["document", ""]:
                html = scene.good.html if scene.good else _NO_ANSWER
                self._answer(html.replace(b"<head>", _IN_ANSWER, 1), _HTML, policy=ANSWER_POLICY)
            case ["document", *steps]:
                self._look("/".join(steps))
            case ["source", *steps]:
                self._perhaps(self.stage.source_text("/".join(steps)), _TEXT)
            case ["paper"] if scene.good:
                paper = self.press.paper(scene.good)
                self._answer(page.paper_json(self.stage, paper).encode(), _JSON)
            case ["paper", _, number] if re.fullmatch("[0-9]{1,5}", number):
                # What stands between is for the browser: another PDF has other pictures.
                self._perhaps(self.press.picture(int(number)), "image/png")
            case _:
                self._perhaps(None, _TEXT)

    def _refusal(self, secret: str) -> str:
        """Why nothing is shown to who asks."""
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not _LOCAL.fullmatch(hosts[0]):
            return say("This preview is for this machine only.")
        if not secrets.compare_digest(secret.encode(), self.secret):
            return say("Open the whole address that kmo-report preview printed.")
        return ""

    def do_HEAD(self) -> None:
        self.do_GET()

    def _look(self, name: str) -> None:
        """A file of the house style, by the name that page.css gives it."""
        content = kind = None
        with suppress(OSError, ValueError):  # no name that a file can have
            file = (self.stage.house / name).resolve()
            if file.is_relative_to(self.stage.house) and file.suffix.lower() in _LOOKS:
                content, kind = file.read_bytes(), _LOOKS[file.suffix.lower()]
        self._perhaps(content, kind or _TEXT)

    def _tell(self) -> None:
        """Each scene as soon as there is one, as server-sent events."""
        self._begin(HTTPStatus.OK, {"Content-Type": "text/event-stream", "Connection": "close"})
        number = 0  # the first look is still to come
        while not self.stage.ended and self.command == "GET":
            scene = self.stage.next(number, _ALIVE)
            if scene:
                number = scene.number
                event = f"retry: 500\ndata: {page.scene_json(self.stage, scene)}\n\n"
                self.wfile.write(event.encode())
            else:
                self.wfile.write(b":\n\n")

    def _perhaps(self, content: str | bytes | None, kind: str) -> None:
        if content is None:
            self._answer(say("There is nothing here.").encode(), _TEXT, HTTPStatus.NOT_FOUND)
        else:
            self._answer(content if isinstance(content, bytes) else content.encode(), kind)

    def _answer(
        self,
        content: bytes,
        kind: str,
        status: HTTPStatus = HTTPStatus.OK,
        policy: str = _NOTHING,
    ) -> None:
        headers = {"Content-Type": kind, "Content-Length": str(len(content))}
        self._begin(status, {**headers, "Content-Security-Policy": policy})
        if self.command == "GET":
            self.wfile.write(content)

    def _begin(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_ALWAYS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def version_string(self) -> str:
        return "kmo-report"

    def log_message(self, *_: object) -> None:
        """Nothing: the page says what there is to say."""
