"""The answer as it is written: its page, its problems and its PDF in a browser, anew at each save.

`stage` knows what there is to show, `paper` makes pictures of the pages of the PDF, `server` gives
it all to browsers of this machine, and page.html.j2, preview.css and preview.js are what they show.
"""

from collections.abc import Callable
from datetime import date

from kmo_report.preview.server import NoPortError, serving
from kmo_report.preview.stage import Stage
from kmo_report.watch import changes

__all__ = ["NoPortError", "Stage", "preview"]

_QUIET = 20
"""Milliseconds without a further change after which a file is taken to be saved."""


def preview(
    stage: Stage, today: Callable[[], date], port: int, ready: Callable[[str], None]
) -> None:
    """Show a case until Ctrl-C; `ready` is called with the address, once there is a page."""
    with serving(stage, port) as url:
        for changed in changes([stage.case, stage.house], _QUIET):
            first = not stage.scene.number
            stage.look(today(), changed)
            if first:
                ready(url)
