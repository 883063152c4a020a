"""The language that the program speaks: English, or Dutch by its gettext catalogue in locale/.

The words of the documents are no concern of this: they are data, of the answer and of the house.
"""

import gettext
import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

LANGUAGES = ("en", "nl")
DOMAIN = "kmo_report"
FOLDER = Path(__file__).parent / "locale"


def speak(language: str) -> None:
    """From now on all messages are in `language`, those of the command line's library too."""
    # gettext looks here first; without a catalogue, as for en, a message is its own translation.
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)


def spoken() -> str:
    """The language of the messages."""
    language = os.environ.get("LANGUAGE", "")
    return language if language in LANGUAGES else "en"


def say(message: str, /, **values: object) -> str:
    """A message in the language of the reader; `{name}` in it is filled from `values`."""
    return gettext.dgettext(DOMAIN, message).format_map(values)


def did_you_mean(word: str, known: Sequence[str], *, or_known: bool = True) -> str:
    """The nearest of the known words, or (`or_known`) all of them: what to put after a message."""
    near = get_close_matches(word, known, n=1)
    if near:
        return say("; did you mean {near}?", near=near[0])
    if not or_known:
        return ""
    return say(" (known: {known})", known=", ".join(known)) if known else say(" (there is none)")


def mark(message: str) -> str:
    """The message as it is; it is translated when it is said."""
    return message


def wanted(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language asked for: by --lang, else KMO_REPORT_LANG, else the locale; else English."""
    asked = [
        (following if argument == "--lang" else argument.removeprefix("--lang="))
        for argument, following in zip(arguments, [*arguments[1:], ""], strict=False)
        if argument == "--lang" or argument.startswith("--lang=")
    ]
    asked.append(environment.get("KMO_REPORT_LANG", ""))
    asked.append(next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), ""))
    return next((name[:2] for name in asked if name[:2] in LANGUAGES), "en")
