"""How large an incoming file may be; and what is said of one that cannot be read."""

from typing import NoReturn

from kmo_report.problems import InputError, Place, Problem

MOST_BYTES = 32 * 1024 * 1024
MOST_CHARACTERS = 1_000_000
MOST_PAGES = 500


def refuse(code: str, message: str, path: str) -> NoReturn:
    """The file cannot be read, and why."""
    raise InputError([Problem(code, message, Place(path))])
