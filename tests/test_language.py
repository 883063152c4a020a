"""English and Dutch: the catalogue is whole, and the right language is spoken."""

import re

import pytest

from kmo_report.language import wanted
from tests import catalogue
from tests.conftest import GOOD
from tests.test_cli import kmo


def test_every_sentence_has_its_dutch_one_and_no_other_has() -> None:
    known = {message.id: message for message in catalogue.catalogue() if message.id}
    assert list(known) == catalogue.sentences(), "run make messages"
    for sentence, message in known.items():
        assert message.string, f"without Dutch: {sentence}"
        assert not message.fuzzy


def test_placeholders_are_the_same_in_both() -> None:
    for message in catalogue.catalogue():
        found = [sorted(re.findall(r"\{\w*\}", str(text))) for text in (message.id, message.string)]
        assert found[0] == found[1], message.id


def test_what_is_compiled_is_the_catalogue() -> None:
    assert catalogue.MO.read_bytes() == catalogue.compiled(catalogue.catalogue())


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "nl_BE.UTF-8"}, "nl"),
        ([], {"LANG": "nl_BE.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ([], {"LANG": "fr_BE.UTF-8"}, "en"),
        ([], {"LANG": "fr_BE.UTF-8", "KMO_REPORT_LANG": "nl"}, "nl"),
        (["--lang", "en"], {"KMO_REPORT_LANG": "nl"}, "en"),
        (["--lang=nl", "check"], {"KMO_REPORT_LANG": "en"}, "nl"),
        (["check", "--lang"], {}, "en"),
    ],
)
def test_the_language_is_that_of_the_option_else_the_variable_else_the_system(
    arguments: list[str], environment: dict[str, str], language: str
) -> None:
    assert wanted(arguments, environment) == language


@pytest.mark.parametrize(
    "command",
    ["", "render", "check", "figures", "similar", "read", "explain", "schema", "doctor", "template", "template new",
     "template check", "template variables", "template dress", "archive",
     *(f"archive {name}" for name in ("keep", "seal", "add", "list", "show", "get", "verify", "export",
                                      "import", "publish"))],
)  # fmt: skip
def test_help_is_dutch_all_through(command: str) -> None:
    english = kmo("--lang", "en", *command.split(), "--help").stdout
    dutch = kmo("--lang", "nl", *command.split(), "--help").stdout
    assert dutch.startswith("Gebruik: kmo-report")
    names = re.compile(r"[A-Z]+( <.*>)?|-[-\w]+|<.*>|\[?[\w|.,-]+\]?|kmo-report.*")
    for line in english.splitlines():
        if " " in line.strip() and not names.fullmatch(line.strip()):
            assert line not in dutch.splitlines()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["render"], "Fout: ANSWER ontbreekt"),
        (["rendr"], "Fout: geen opdracht rendr; bedoelt u render?"),
        (["check", "--nix"], "Fout: geen optie --nix"),
        (["check", "--stric"], "Fout: geen optie --stric; bedoelt u --strict?"),
        (["check", "--template"], "Fout: --template wil een waarde"),
        (["check", "--strict=1"], "Fout: --strict neemt geen waarde"),
        (["explain", "a", "b"], "Fout: b is te veel"),
        (["check", "--format", "x"], "Fout: '--format': x is geen van 'text', 'json', 'github'"),
        (["explain", "x"], "Fout: er is geen opmerking die x heet"),
    ],
)
def test_wrong_usage_is_told_in_dutch(arguments: list[str], said: str) -> None:
    done = kmo("--lang", "nl", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Error" not in done.stderr


def test_the_language_may_be_asked_for_at_the_end() -> None:
    case = str(GOOD["example-2b"])
    assert kmo("check", case, "--lang", "nl").stdout == kmo("--lang=nl", "check", case).stdout
    assert kmo("check", case, "--lang=nl").stdout.startswith("antwoorden: 1; fouten: 0")


def test_without_a_command_the_help_is_shown_once() -> None:
    done = kmo()
    assert done.returncode == 2
    assert done.stderr.count("Usage:") == 1
    assert "Error" not in done.stderr


@pytest.mark.parametrize("command", ["", "template", "archive"])
def test_the_help_of_a_command_is_not_cut_off(command: str) -> None:
    for language in ("en", "nl"):
        listed = kmo("--lang", language, *filter(None, [command]), "--help").stdout
        assert not [line for line in listed.splitlines()[1:] if line.endswith("...")]
