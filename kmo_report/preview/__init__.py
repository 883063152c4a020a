"""The answer as it is written: its page, its problems and its PDF in a browser, anew at each save.

`stage` knows what there is to show, `paper` makes pictures of the pages of the PDF, `server` gives
it all to browsers of this machine, and page.html.j2, preview.css and preview.js are what they show.
"""

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from kmo_report.preview.server import NoPortError, serving
from kmo_report.preview.stage import Stage
from kmo_report.watch import changes

__all__ = ["NoPortError", "Stage", "preview", "secret_of"]

_QUIET = 20
"""Milliseconds without a further change after which a file is taken to be saved."""


def secret_of(caches: Path | None) -> str:
    """What stands in the address, so that no other user of this machine can guess it.

    It is the same each time, where it can be kept: an open page goes on when the preview is started
    again on its port.
    """
    path = caches / "kmo-report/preview-secret" if caches else None
    with suppress(OSError, UnicodeDecodeError):
        if path and re.fullmatch(r"[\w-]{22}", kept := path.read_text("ascii")):
            return kept
    fresh = secrets.token_urlsafe(16)
    with suppress(OSError):
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:  # noqa: PTH123
                file.write(fresh)
    return fresh


def preview(
    stage: Stage,
    today: Callable[[], date],
    port: int,
    secret: str,
    ready: Callable[[str], None],
) -> None:
    """Show a case until Ctrl-C; `ready` is called with the address, once there is a page."""
    with serving(stage, port, secret) as url:
        for changed in changes([stage.case, stage.house], _QUIET):
            first = not stage.scene.number
            stage.look(today(), changed)
            if first:
                ready(url)
