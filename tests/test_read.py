"""`read`: the seed in every kind of file, the facts of the field one by one, and laws of words."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kmo_report.dutch import session
from kmo_report.incoming import read_bytes
from tests.conftest import ROOT
from tests.test_cli import kmo
from tests.test_read_round_trip import good, rendered

SEED = ROOT / "tests/data/sv-370-2019-2020.txt"
SCHEMA = json.loads((ROOT / "kmo_report/schemas/reading.schema.json").read_text("utf-8"))
KINDS = ("docx", "pdf", "untagged", "html")


def tree(text: str, name: str = "vraag.txt") -> dict[str, Any]:
    found = read_bytes(text.encode(), name).as_tree()
    jsonschema.validate(found, SCHEMA)
    return found


@cache
def seed(kind: str) -> bytes:
    if kind == "txt":
        return SEED.read_bytes()
    return rendered(good("2019-2020-crevits-370")[1], kind)


def mail(attached: str | None) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "an@example.be", "jo@example.be", "Vraag"
    message.set_content(SEED.read_text("utf-8") if attached is None else "Beste, zie bijlage.")
    if attached:
        message.add_attachment(b"nee", maintype="image", subtype="png", filename="logo.png")
        message.add_attachment(
            seed(attached), maintype="application", subtype="octet-stream", filename=f"v.{attached}"
        )
    return message.as_bytes()


# --- the seed -------------------------------------------------------------------------------------


def test_the_seed_says_what_it_says() -> None:
    found = read_bytes(seed("txt"), "sv.txt").as_tree()
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(found, SCHEMA)
    assert (found["session"], found["number"], found["asked_by"]) == (
        "2019-2020", 370, "CAROLINE GENNEZ")  # fmt: skip
    assert found["asked_on"] == "2020-02-13"
    assert found["answer"]["question_date"] == "2020-02-14"
    portfolio = (
        "VICEMINISTER-PRESIDENT VAN DE VLAAMSE REGERING, VLAAMS MINISTER VAN ECONOMIE, INNOVATIE, "
        "WERK, SOCIALE ECONOMIE EN LANDBOUW"
    )
    assert found["minister"] == {"name": "HILDE CREVITS", "portfolio": portfolio}
    assert found["answer"]["minister"] == found["minister"]
    assert found["subject"] == "Kmo-portefeuille - Competentiegericht HR-beleid - Focus op Talent"
    assert [(part["label"], part["asks"]) for part in found["parts"]] == [
        ("1", False), ("1a", True), ("1b", True), ("2", False), ("2a", True), ("2b", True),
    ]  # fmt: skip
    assert found["requested"] == [
        {"part": "2b", "years": [2016, 2017, 2018, 2019], "measures": ["count", "total", "average"],
         "rows": "dienst of opleiding", "layout": "per-year"}
    ]  # fmt: skip
    assert found["references"] == [{"number": 303, "asked_by": "Yasmine Kherbache", "date": None}]
    parts = found["answer"]["parts"]
    assert [part["labels"] for part in parts] == [["1a"], ["1b"], ["2a"], ["2b"]]
    assert "middels een viona-onderzoek uitgevoerd" in parts[0]["text"]
    assert parts[3]["text"].count("schriftelijke-vragen/1304942)") == 1
    tables = parts[3]["tables"]
    assert tables[1] == {
        "caption": "Totaal toegekende steun 2019",
        "rows": [
            ["Thema", "Advies", "Opleiding", "Eindtotaal"],
            ["HRM", "€ 749.140", "€ 2.305.219", "€ 3.054.359"],
            ["DIVERSITEIT", "€ 27.409", "€ 67.457", "€ 94.866"],
        ],
        "adds_up": True,
    }
    assert [table["adds_up"] for table in tables] == [True, True, True]
    assert [(p["code"], p["field"]) for p in found["problems"]] == [
        ("question-date", "answer.question_date")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_is_the_same_in_every_kind_of_file(kind: str) -> None:
    assert read_bytes(seed(kind), f"a.{kind}").as_tree() == read_bytes(seed("txt"), "a").as_tree()


@pytest.mark.parametrize("attached", [None, "txt", "docx", "pdf"])
def test_a_mail_is_its_attachment_else_its_text(attached: str | None) -> None:
    found = read_bytes(mail(attached), "mail.eml").as_tree()
    hints = [p for p in found["problems"] if p["code"] == "attachment"]
    found["problems"] = [p for p in found["problems"] if p not in hints]
    assert found == read_bytes(seed("txt"), "a.txt").as_tree()
    assert len(hints) == (attached is not None)


def test_markdown_is_read_as_it_is_shown() -> None:
    text = SEED.read_text("utf-8").replace("SCHRIFTELIJKE VRAAG", "# SCHRIFTELIJKE VRAAG")
    found, plain = tree(text, "a.md"), tree(SEED.read_text("utf-8"))
    assert found["parts"] == plain["parts"]
    assert found["answer"]["parts"] == plain["answer"]["parts"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_text_is_read_whatever_its_encoding(encoding: str, ends: str) -> None:
    text = SEED.read_text("utf-8").replace("\n", ends).replace("·", "-")
    assert read_bytes(text.encode(encoding), "a.txt").as_tree() == tree(text)


# --- the command ----------------------------------------------------------------------------------


def test_the_command_prints_text_json_or_yaml(tmp_path: Path) -> None:
    paper = tmp_path / "sv.pdf"
    paper.write_bytes(seed("pdf"))
    wanted = tree(SEED.read_text("utf-8"))
    done = kmo("read", str(paper), "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == wanted
    assert yaml.safe_load(kmo("read", str(paper), "--format", "yaml").stdout) == wanted
    shown = kmo("--lang", "nl", "read", str(paper))
    assert "CAROLINE GENNEZ" in shown.stdout
    assert "2016, 2017, 2018, 2019" in shown.stdout
    assert re.search(r"HRM +€ 749\.140 +€ 2\.305\.219 +€ 3\.054\.359", shown.stdout)
    assert f"{paper}#page=2:4: warning:" in shown.stderr


def test_standard_input_is_read() -> None:
    command = [sys.executable, "-m", "kmo_report", "read", "-", "--format", "json"]
    done = subprocess.run(command, input=seed("docx"), capture_output=True, check=True)
    assert json.loads(done.stdout) == tree(SEED.read_text("utf-8"))


def test_a_file_that_cannot_be_read_is_exit_1(tmp_path: Path) -> None:
    done = kmo("read", str(tmp_path / "nee.pdf"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no such file [file]" in done.stderr
    (tmp_path / "a.msg").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    done = kmo("read", str(tmp_path / "a.msg"))
    assert done.returncode == 1
    assert "save it as .docx, or the mail as .eml [unreadable-kind]" in done.stderr


def test_text_is_read_without_the_heavy_libraries() -> None:
    code = (
        "import sys; from kmo_report.incoming import read_bytes\n"
        "read_bytes(b'SCHRIFTELIJKE VRAAG', 'a.txt')\n"
        "print(*(m for m in sys.modules if m in ('pydantic', 'lxml', 'docx', 'pypdfium2', 'email')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# --- the header -----------------------------------------------------------------------------------

HEAD = "SCHRIFTELIJKE VRAAG\n\nnr. 12\nvan LIEN AERTS\ndatum: 5 maart 2024\n\n"
TO = "aan TOM CLAES\nVLAAMS MINISTER VAN WERK\n\n"
BODY = "Opleidingscheques\n\nIk heb volgende vragen.\n\n1. Hoeveel?\n\n2. Waarom?\n"


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("van de heer JAN PEETERS", "JAN PEETERS"),
        ("van mevrouw LIES DE BACKER", "LIES DE BACKER"),
        ("van PIETER VAN DEN 'T HOOFT-D’HAESE", "PIETER VAN DEN 'T HOOFT-D’HAESE"),
        ("van Nora El Amrani", "Nora El Amrani"),
    ],
)
def test_names_are_as_printed_without_what_is_polite(by: str, name: str) -> None:
    assert tree(HEAD.replace("van LIEN AERTS", by) + TO + BODY)["asked_by"] == name


@pytest.mark.parametrize(
    "title",
    [
        "VLAAMS MINISTER VAN WERK, ECONOMIE, INNOVATIE EN SOCIALE ECONOMIE",
        "VICEMINISTER-PRESIDENT VAN DE VLAAMSE REGERING EN VLAAMS MINISTER VAN WONEN, ENERGIE,\nTOERISME\nEN JEUGD",
        "MINISTER-PRESIDENT VAN DE VLAAMSE\nREGERING",
        "Vlaams minister van Welzijn, Volksgezondheid en Gezin",
    ],
)
def test_a_title_is_joined_and_never_split(title: str) -> None:
    found = tree(HEAD + f"aan TOM CLAES\n{title}\n\n" + BODY)
    assert found["minister"] == {"name": "TOM CLAES", "portfolio": title.replace("\n", " ")}
    assert found["subject"] == "Opleidingscheques"


def test_the_header_without_aan_and_without_a_minister() -> None:
    found = tree(HEAD + TO.removeprefix("aan ") + BODY)
    assert found["minister"] == {"name": "TOM CLAES", "portfolio": "VLAAMS MINISTER VAN WERK"}
    found = tree(HEAD + BODY)
    assert (found["minister"], found["subject"]) == (None, "Opleidingscheques")
    assert [(p["code"], p["field"]) for p in found["problems"]] == [("not-found", "minister")]


def test_every_field_that_is_not_found_is_null_and_told() -> None:
    found = tree("Hoeveel bedraagt de steun?")
    missing = {"number", "asked_by", "asked_on", "session", "minister", "subject"}
    assert all(found[name] is None for name in missing)
    assert {p["field"] for p in found["problems"]} == missing
    assert found["parts"] == [{"label": None, "text": "Hoeveel bedraagt de steun?", "asks": True}]


def test_the_older_layout() -> None:
    found = tree(
        "Vraag nr. 123 van 21 juni 1996\nvan de heer JAN PEETERS\nHuisvesting – Wachtlijsten\n\n"
        "Er zijn lange wachtlijsten.\n\n1. Hoeveel?\n2. Waarom?\n\nAntwoord\n\n1. Veel.\n\n2. Daarom.\n"
    )
    assert (found["number"], found["asked_on"], found["session"]) == (
        123,
        "1996-06-21",
        "1995-1996",
    )
    assert (found["asked_by"], found["subject"]) == ("JAN PEETERS", "Huisvesting – Wachtlijsten")
    assert [part["text"] for part in found["answer"]["parts"]] == ["Veel.", "Daarom."]


LOST = """SCHRIFTELIJKE VRAAG nr. 142 van LIES DE BACKER datum: 5 maart 2024 aan TOM CLAES
VICEMINISTER-PRESIDENT VAN DE VLAAMSE REGERING, VLAAMS MINISTER VAN WERK EN WONEN Cheques - Gebruik
De overheid geeft cheques. Ik heb volgende vragen. 1. Met betrekking tot het gebruik. a) Hoeveel
cheques werden er gebruikt?b) Waarom? 2. Wat nu? TOM CLAES VLAAMS MINISTER VAN WERK ANTWOORD op vraag
nr. 142 van 6 maart 2024 van LIES DE BACKER 1. a) Het zijn er 14.870. b) Daarom. 2. Niets."""


def test_a_copy_without_line_breaks() -> None:
    found = tree(LOST.replace("\n", " "))
    assert (found["number"], found["asked_by"]) == (142, "LIES DE BACKER")
    assert found["minister"]["portfolio"].endswith("VLAAMS MINISTER VAN WERK EN WONEN")
    assert found["subject"] == "Cheques - Gebruik"
    assert found["introduction"] == "De overheid geeft cheques. Ik heb volgende vragen."
    assert [part["label"] for part in found["parts"]] == ["1", "1a", "1b", "2"]
    assert [part["text"] for part in found["answer"]["parts"]] == [
        "Het zijn er 14.870.", "Daarom.", "Niets.",
    ]  # fmt: skip
    assert found["answer"]["minister"] == {
        "name": "TOM CLAES",
        "portfolio": "VLAAMS MINISTER VAN WERK",
    }
    assert ("unsure", "subject") in {(p["code"], p["field"]) for p in found["problems"]}


@pytest.mark.parametrize(
    "subject", ["Stopplaatsen Zoersel - Turnhout", "Wachtlijsten  -   Evolutie (2)", "VDAB - O&O"]
)
def test_a_subject_is_one_string(subject: str) -> None:
    found = tree(HEAD + TO + BODY.replace("Opleidingscheques", subject))
    assert found["subject"] == " ".join(subject.split())


def test_a_date_that_is_none_and_a_session_that_is_another() -> None:
    found = tree(HEAD.replace("5 maart", "31 februari") + TO + BODY)
    assert found["asked_on"] is None
    assert (found["problems"][0]["code"], found["problems"][0]["field"]) == ("date", "asked_on")
    found = tree(HEAD.replace("nr. 12", "nr. 12 (2022-2023)") + TO + BODY)
    assert found["session"] == "2022-2023"
    assert [p["code"] for p in found["problems"]] == ["session-date"]


@given(st.dates(date(1995, 1, 1), date(2040, 12, 31)))
def test_the_parliamentary_year_starts_on_the_fourth_monday_of_september(day: date) -> None:
    mondays = [date(day.year, 9, 1) + timedelta(n) for n in range(30)]
    opening = [d for d in mondays if d.weekday() == 0][3]
    assert session(opening) == f"{day.year}-{day.year + 1}"
    assert session(opening - timedelta(1)) == f"{day.year - 1}-{day.year}"
    assert session(day) == session(opening if day >= opening else opening - timedelta(1))


# --- the parts ------------------------------------------------------------------------------------


def parts(body: str) -> list[tuple[str | None, str]]:
    found = tree(HEAD + TO + "Onderwerp\n\n" + body)
    return [(part["label"], part["text"]) for part in found["parts"]]


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        ("1. Een?\n\na) Twee?\n\nb) Drie?\n\n2. Vier?", ["1", "1a", "1b", "2"]),
        ("1) Een?\n\na. Twee?\n\nb. Drie?\n\n2) Vier?", ["1", "1a", "1b", "2"]),
        ("A. Een?\n\n1. Twee?\n\n2. Drie?\n\nB. Vier?\n\n1. Vijf?", ["A", "A1", "A2", "B", "B1"]),
        ("1. Een?\n\na) Twee?\n\ni) Drie?\n\nii) Vier?\n\nb) Vijf?", ["1", "1a", "1ai", "1aii", "1b"]),
        ("a) Een?\nb) Twee?\nc) Drie?", ["a", "b", "c"]),
        ("".join(f"{n}. Vraag?\n" for n in range(1, 15)), [str(n) for n in range(1, 15)]),
        ("".join(f"{c}) Vraag?\n" for c in "abcdefghij"), [*"abcdefghij"]),
        ("1. a) Een?\n\nb) Twee?\n\n2. a) Drie?", ["1", "1a", "1b", "2", "2a"]),
        ("1. Met opsplitsing?2. Hoeveel?3. Waarom?", ["1", "2", "3"]),
        ("1. Een?\n2. Zie art.\n3. van het decreet.\n3. Drie?", ["1", "2", "3"]),
        ("1. Een in\n2019. Dat was 2,5.\n2. Zie 1. 2. van de nota?", ["1", "2"]),
        ("1. Een (a.u.b. Graag)?\n\n2. Hoeveel m.b.t. De Lijn?", ["1", "2"]),
        ("Ik vraag:\n- dit;\n- dat.", [None]),
        ("• dit\n• dat", [None]),
        ("Hoeveel was het in 2019? En op 1. mei?", [None]),
        ("75. Van de ondernemingen is dat zo?", [None]),
    ],
)  # fmt: skip
def test_which_numbers_open_a_part(body: str, labels: list[str | None]) -> None:
    assert [label for label, _ in parts(body)] == labels


def test_items_of_a_dashed_list_and_extra_questions_stay_in_their_part() -> None:
    body = "1. Wat is\nde tijdlijn?\n- eerste\n- tweede\n\nKan dat sneller?\n\n2. En dan?"
    assert parts(body) == [
        ("1", "Wat is de tijdlijn?\n- eerste\n- tweede\n\nKan dat sneller?"), ("2", "En dan?"),
    ]  # fmt: skip


def test_an_introduction_may_be_absent_or_hold_a_demand() -> None:
    assert tree(HEAD + TO + "Onderwerp\n\n1. Hoeveel?")["introduction"] is None
    body = "Onderwerp\n\nDit is zo.\n\nGraag alle data in Excel.\n\n1. Hoeveel?"
    assert tree(HEAD + TO + body)["introduction"] == "Dit is zo.\n\nGraag alle data in Excel."


def test_a_number_that_is_left_out_is_told() -> None:
    found = tree(HEAD + TO + "Onderwerp\n\n1. Een?\n\n2. Twee?\n\n4. Vier?")
    assert [part["label"] for part in found["parts"]] == ["1", "2", "4"]
    assert [p["code"] for p in found["problems"]] == ["number-skipped"]


@pytest.mark.parametrize(
    ("text", "asks"),
    [("Met betrekking tot de premie.", False), ("Hoe werkt de premie?", True), ("Graag cijfers over:", True)],
)  # fmt: skip
def test_a_part_with_parts_of_its_own_may_only_introduce(text: str, asks: bool) -> None:
    found = tree(HEAD + TO + f"Onderwerp\n\n1. {text}\n\na) dit\n\nb) dat")
    assert [part["asks"] for part in found["parts"]] == [asks, True, True]


# --- what is asked for ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "years", "measures", "rows"),
    [
        ("Hoeveel per jaar van 2016 tot en met 2019?", range(2016, 2020), ["count"], None),
        ("Kan dat in 2021, 2022 en 2023?", [2021, 2022, 2023], [], None),
        ("Graag het aantal, totaal en gemiddelde, opgesplitst per provincie.", [],
         ["count", "total", "average"], "provincie"),
        ("Wat was de steun in de voorbije vijf jaar?", range(2019, 2024), [], None),
        ("Wat was de steun de laatste 3 jaar per sector en per jaar?", range(2021, 2024), [], "sector"),
        ("Hoeveel euro steun was er sinds 2022?", [2022, 2023, 2024], ["total"], None),
        ("Hoeveel waren er tussen 2018 en 2020 en in 2015?", [2015, 2018, 2019, 2020], ["count"], None),
        ("Wat is het gemiddelde bedrag per aanvraag?", [], ["average"], None),
        ("Wat is het totaal aantal dossiers?", [], ["count"], None),
        ("Wat volgt uit het besluit van 28 april 2023?", None, None, None),
        ("Wat zegt het regeerakkoord 2019-2024?", None, None, None),
        ("Waarom duurt het zo lang?", None, None, None),
    ],
)  # fmt: skip
def test_figures_are_asked_for_in_prose(
    text: str,
    years: Sequence[int] | None,
    measures: list[str] | None,
    rows: str | None,
) -> None:
    found = tree(HEAD + TO + f"Onderwerp\n\n1. {text}\n\n2. Waarom?")["requested"]
    wanted = {
        "part": "1",
        "years": list(years or ()),
        "measures": measures,
        "rows": rows,
        "layout": None,
    }
    assert found == ([] if years is None else [wanted])


def test_years_that_are_counted_back_are_told() -> None:
    found = tree(HEAD + TO + "Onderwerp\n\n1. Hoeveel in de voorbije twee jaar?")
    assert [(p["code"], p["field"]) for p in found["problems"]] == [("years", "requested.1")]


@pytest.mark.parametrize("marks", ["… … ….", "... ... ...", "- - -", "x x x"])
def test_a_table_that_is_drawn_is_a_request_and_never_data(marks: str) -> None:
    body = (
        "Onderwerp\n\n1. Hoeveel?\n\nGraag als volgt:\n\n2016:\n\nOpleiding A Aantal aanvragen Totale"
        f" steun Gemiddelde steun per\naanvraag\n\nAdvies B {marks}\n\n2. Waarom?"
    )
    reading = read_bytes((HEAD + TO + body).encode(), "a.txt")
    (wanted,) = reading.requested
    assert (wanted.layout, wanted.measures) == ("per-year", ("count", "total", "average"))
    (skeleton,) = wanted.skeleton
    assert skeleton.caption == "2016:"
    assert skeleton.rows == (
        ("Opleiding A", "Aantal aanvragen", "Totale steun", "Gemiddelde steun per aanvraag"),
        ("Advies B", *marks.split()),
    )


def test_a_table_a_measure_may_be_drawn_too() -> None:
    body = (
        "Onderwerp\n\n1. Graag:\n\nAantal aanvragen\n\nThema Advies Opleiding\nHRM … …\nSport … …\n"
    )
    (wanted,) = read_bytes((HEAD + TO + body).encode(), "a.txt").requested
    assert (wanted.layout, len(wanted.skeleton[0].rows)) == ("per-measure", 3)


def test_one_question_to_several_ministers() -> None:
    sentence = (
        "Deze vraag werd gesteld aan de ministers HILDE CREVITS (142), BART SOMERS\n(256), mevrouw"
        " ZUHAL DE MIR (301) en JO BROUNS (88)."
    )
    found = tree(HEAD + f"Onderwerp\n\n1. Hoeveel?\n\n2. Waarom?\n\n{sentence}\n")
    assert found["addressees"] == [
        {"name": "HILDE CREVITS", "number": 142}, {"name": "BART SOMERS", "number": 256},
        {"name": "ZUHAL DE MIR", "number": 301}, {"name": "JO BROUNS", "number": 88},
    ]  # fmt: skip
    assert found["parts"][1]["text"] == "Waarom?"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("Zie schriftelijke vraag 303 van Lien Aerts (sp·a) aan toenmalig minister Tom Claes over x.",
         (303, "Lien Aerts", None)),
        ("Zie mijn vorige vraag van 28 april 2023.", (None, "LIEN AERTS", "2023-04-28")),
        ("Zie vraag nr. 41 van 3 mei 2021 van de heer Jan Van den Bossche.",
         (41, "Jan Van den Bossche", "2021-05-03")),
        ("Zie mijn schriftelijke vraag nr. 9 van 3/5/2021.", (9, "LIEN AERTS", "2021-05-03")),
        ("Zie schriftelijke vraag nr. 7 (2018-2019) van AN D'HAESE.", (7, "AN D'HAESE", None)),
        ("Zie vraag 1 a en vraag nr. 12.", None),
        ("Dat is deelvraag 2.", None),
    ],
)  # fmt: skip
def test_earlier_questions_that_are_referred_to(
    text: str, reference: tuple[Any, ...] | None
) -> None:
    found = tree(HEAD + TO + f"Onderwerp\n\n{text}\n\n1. Hoeveel?\n\n2. Waarom?")["references"]
    assert [(r["number"], r["asked_by"], r["date"]) for r in found] == (
        [reference] if reference else []
    )


# --- the answer -----------------------------------------------------------------------------------

ANSWER = "TOM CLAES\nVLAAMS MINISTER VAN WERK\n\n{title}\nop vraag nr. 12 van 5 maart 2024\nvan LIEN AERTS\n\n"


def answered(body: str, title: str = "ANTWOORD", question: str = BODY) -> dict[str, Any]:
    return tree(HEAD + TO + question + "\n\n" + ANSWER.format(title=title) + body)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("ANTWOORD", "answer"), ("GECOÖRDINEERD ANTWOORD", "coordinated"),
        ("VERWIJZEND ANTWOORD", "referring"), ("AANVULLEND ANTWOORD", "supplementary"),
        ("VOORLOPIG ANTWOORD", "provisional"), ("Gecoördineerd antwoord", "coordinated"),
    ],
)  # fmt: skip
def test_kinds_of_answers(title: str, kind: str) -> None:
    found = answered("Dat klopt.", title)
    assert found["answer"]["kind"] == kind
    assert found["problems"] == []


def test_a_kind_that_is_not_known_and_headers_that_differ_are_told() -> None:
    found = answered("Dat klopt.", "GEZAMENLIJK ANTWOORD")
    assert [p["code"] for p in found["problems"]] == ["kind-of-answer"]
    text = HEAD + TO + BODY + "\n\n" + ANSWER.format(title="ANTWOORD") + "Ja."
    found = tree(text.replace("op vraag nr. 12", "op vraag nr. 13"))
    assert [(p["code"], p["field"]) for p in found["problems"]] == [("header-differs", "number")]
    assert found["number"] == 12


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        ("1. Ja.\n\n2. Nee.", [["1"], ["2"]]),
        ("Antwoord 1-2: dat klopt.", [["1", "2"]]),
        ("Vragen 1 en 2: dat klopt.", [["1", "2"]]),
        ("1-2. Dat klopt.", [["1", "2"]]),
        ("1 en 2.\n\nDat klopt.", [["1", "2"]]),
        ("Antwoord op vraag 1.\nJa.\n\nVraag 2\n\nNee.", [["1"], ["2"]]),
        ("Vooraf dit.\n\n1. Ja.\n\n2. Nee.", [[], ["1"], ["2"]]),
        ("Dat klopt, zoals in 2019. 3. is geen vraag.", [[]]),
        ("1. Ja, want:\n\n7. is geen deel.\n\n2. Nee.", [["1"], ["2"]]),
        ("2. Nee.\n\n1. Ja.", [["2"], ["1"]]),
    ],
)  # fmt: skip
def test_which_part_an_answer_is_to(body: str, labels: list[list[str]]) -> None:
    assert [part["labels"] for part in answered(body)["answer"]["parts"]] == labels


def test_an_answer_to_many_parts_and_an_answer_below_a_number() -> None:
    question = "Onderwerp\n\n" + "".join(f"{n}. Vraag?\n\n" for n in range(1, 11))
    found = answered("Antwoord op vragen 3, 4, 5, 9 en 10.\n\nJa.\n\n1. Nee.", question=question)
    assert [part["labels"] for part in found["answer"]["parts"]] == [
        ["3", "4", "5", "9", "10"],
        ["1"],
    ]
    question = "Onderwerp\n\n1. Over dit:\n\na) Hoe?\n\nb) Wat?\n\n2. Waar?"
    found = answered(
        "1. a) Zo.\n\nb) Zie het antwoord op vraag 1 a.\n\n2. Zie bijlage.", question=question
    )
    assert [(p["labels"], p["text"]) for p in found["answer"]["parts"]] == [
        (["1a"], "Zo."), (["1b"], "Zie het antwoord op vraag 1 a."), (["2"], "Zie bijlage."),
    ]  # fmt: skip


def test_an_answer_without_its_question() -> None:
    found = tree(ANSWER.format(title="ANTWOORD") + "1. Ja.\n\n2. Nee.")
    assert (found["number"], found["asked_by"]) == (12, "LIEN AERTS")
    assert found["parts"] == []
    assert [part["labels"] for part in found["answer"]["parts"]] == [["1"], ["2"]]
    assert {"asked_on", "subject", "minister", "parts"} <= {p["field"] for p in found["problems"]}


# --- tables in text -------------------------------------------------------------------------------


def tables(body: str) -> list[tuple[str | None, int, bool]]:
    found = answered(f"1. De cijfers:\n\n{body}\n\n2. Nee.")["answer"]["parts"][0]["tables"]
    return [(table["caption"], len(table["rows"]), table["adds_up"]) for table in found]


@pytest.mark.parametrize(
    "body",
    [
        "Steun per dienst\n\nThema Advies Opleiding Totaal\nHRM 1.204 80 1.284\nSport 4 6 10",
        "Steun per dienst\n\nJaar Antwerpen Limburg Totaal\n2021 12 8 20\n2022 4 6 10\nTotaal 16 14 30",
        "Steun per dienst\n\nProvincie 2021 2022\nAntwerpen 12 8\nLimburg 4 6\nTotaal 16 14",
        "Steun per dienst\n\nPremie Aantal Bedrag Gemiddelde\nDak 2 € 10 € 5\nMuur 4 € 6 € 2",
        "Steun per dienst\n\nGemeente Aantal Bedrag\nGent 2 € 10,50\nSubtotaal 2 € 10,50\nMol 3 € 4,50\nSubtotaal 3 € 4,50\nTotaal 5 € 15,00",
        "Steun per dienst\n\nAntwerpen 12\nLimburg 8\nTotaal 20",
    ],
)  # fmt: skip
def test_rows_of_text_whose_totals_add_up_are_a_table(body: str) -> None:
    rows = body.split("\n\n", 1)[1].count("\n") + 1
    assert tables(body) == [("Steun per dienst", rows, True)]


@pytest.mark.parametrize(
    "body",
    [
        "Steun per dienst\n\nThema Advies Opleiding Totaal\nHRM 1.204 80 1.285\nSport 4 6 10",
        "Steun per dienst\n\nThema Advies Opleiding\nHRM 452 4150\nSport 4 6",
        "Steun per dienst\n\nAntwerpen 12\nLimburg 8\nTotaal 21",
    ],
)
def test_rows_of_text_that_do_not_add_up_stay_text(body: str) -> None:
    found = answered(f"1. De cijfers:\n\n{body}\n\n2. Nee.")["answer"]["parts"][0]
    assert found["tables"] == []
    assert all(word in found["text"] for word in body.split())


# --- the law of words -----------------------------------------------------------------------------

bodies = st.lists(
    st.one_of(
        st.sampled_from(["", "", "1. ", "2. ", "3) ", "a) ", "b) ", "i) ", "- ", "• ", "A. ", "1. a) ",
                         "12. ", "2019. ", "art. 4 ", "Vragen 1 en 2: ", "(zie ", "1-2. "]).flatmap(
            lambda label: st.tuples(st.just(label), st.integers(1, 14), st.sampled_from(
                [".", "?", ":", "", ",", "-", "?3. ", ". 2. ", " 12 13 25", " … …", " € 4.150"]),
                st.sampled_from(["\n", "\n\n", " "]))
        ),
        st.sampled_from([("ANTWOORD", 0, "", "\n"), ("Antwoord", 0, "", "\n\n"),
                         ("SCHRIFTELIJKE VRAAG", 0, "", "\n"),
                         ("op vraag nr. 12 van 5 maart 2024", 0, "", "\n"),
                         ("VLAAMS MINISTER VAN ", 2, "", "\n"), ("van ", 2, "", "\n"),
                         ("Deze vraag werd gesteld aan de ministers ", 2, " (12), JO MAES (3).", "\n\n")]),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


def numbered_words(pieces: list[tuple[str, int, str, str]]) -> tuple[str, list[str]]:
    """A text in which every word is another, and these words."""
    text = ""
    words: list[str] = []
    for label, count, end, after in pieces:
        mine = [f"{'Woord' if n % 3 else 'woord'}{len(words) + n}q" for n in range(count)]
        words += mine
        text += f"{label}{' '.join(mine)}{end}{after}"
    return text, words


def said(value: Any) -> list[str]:  # noqa: ANN401
    """All texts of a tree but those that are derived from others."""
    if isinstance(value, dict):
        return [
            t for k, v in value.items() if k not in ("requested", "references") for t in said(v)
        ]
    return [t for v in value for t in said(v)] if isinstance(value, list) else [str(value)]


def every_word_once(tree: dict[str, Any], words: list[str]) -> None:
    problems = " ".join(p["message"] for p in tree.pop("problems"))
    found = Counter(re.findall(r"[Ww]oord\d+q", " ".join(said(tree))))
    told = set(re.findall(r"[Ww]oord\d+q", problems))
    for word in words:
        assert found[word] == 1 or (not found[word] and word in told), word
    assert set(found) <= set(words)


@settings(max_examples=200)
@given(bodies, st.sampled_from(["", HEAD, HEAD + TO, HEAD + TO + "Onderwerp\n\n"]))
def test_every_word_of_a_text_is_in_one_element_or_in_a_problem(
    pieces: list[tuple[str, int, str, str]], head: str
) -> None:
    text, words = numbered_words(pieces)
    if (head + text).strip():
        every_word_once(tree(head + text), words)
