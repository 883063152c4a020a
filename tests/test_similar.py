"""Finding earlier questions: terms, compounds, the index, the order, and the command."""

import json
import os
import pty
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kmo_report.load import load_answer
from kmo_report.search import Result, places, search
from kmo_report.search.answers import answers_in, asked, asked_words, earlier
from kmo_report.search.compounds import parts
from kmo_report.search.earlier import Earlier, Entry, Kept, Source
from kmo_report.search.index import Index, index_file
from kmo_report.search.ranking import CANDIDATES, Asked, AskedPart, Found, similar
from kmo_report.search.snippet import snippet
from kmo_report.search.words import Vocabulary, terms_of, words
from tests.conftest import GOOD, ROOT
from tests.corpus import document, indexed, source

SCHEMA = json.loads((ROOT / "kmo_report/schemas/similar.schema.json").read_text("utf-8"))
SEED = GOOD["2019-2020-crevits-370"]


def keys(index: Index, text: str, limit: int = 10) -> list[str]:
    """What is found for words, by key."""
    return [hit.document.key for hit in similar(index, asked_words(text), limit)[0].hits]


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bedrijf", "bedrijven"),
        ("initiatief", "initiatieven"),
        ("steden", "stad"),
        ("goedkeuren", "goedgekeurde"),
        ("subsidiëren", "gesubsidieerde"),
        ("programma", "programma's"),
        ("zzp'er", "zzp'ers"),
        ("kmo-portefeuille", "KMO-portefeuilles"),
        ("kmo-portefeuille", "kmoportefeuille"),
        ("portefeuille", "kmo-portefeuille"),
        ("kmo", "kmo-portefeuille"),
        ("diversiteit", "diversiteitsinitiatieven"),
        ("personeel", "personeelsbeleid"),
        ("kinderen", "kinderopvangtoeslag"),
        ("opvang", "kinderopvangtoeslag"),
        ("N70", "N-70"),
        ("R&D", "r&d"),
        ("café", "cafe"),
        ("foto’s", "foto's"),
        ("€ 749.140", "749140"),
    ],
)
def test_two_ways_to_write_it_have_a_term_in_common(one: str, other: str) -> None:
    mine, theirs = (
        {term for word in words(text) for term in terms_of(word)} for text in (one, other)
    )
    assert mine & theirs


@pytest.mark.parametrize(
    ("one", "other"),
    [("N70", "N71"), ("N70", "N700"), ("E40", "E403"), ("politie", "beleid"), ("2019", "2020")],
)
def test_what_is_not_the_same_has_none(one: str, other: str) -> None:
    mine, theirs = ({terms_of(word)[0] for word in words(text)} for text in (one, other))
    assert not mine & theirs


def test_a_web_address_and_words_of_grammar_are_no_terms() -> None:
    found = words("De https://www.vlaanderen.be/steun en info@vlaanderen.be voor de premie.")
    assert [term for word in found for term in terms_of(word)] == ["premie"]


def test_figures_glued_to_the_next_sentence_are_read_apart() -> None:
    assert words("in 2018.Met 5g op de N 70, 1.250,50 euro") == [
        *("in", "2018", "met", "5g", "op", "de", "n 70", "1.250,50", "euro")
    ]


COMPOUNDS = {
    "personeelsbeleid": "personeels beleid",
    "diversiteitsinitiatieven": "diversiteit initiatieven",
    "werkgelegenheidsbeleid": "werkgelegenheid werk gelegenheid beleid",
    "kinderopvangtoeslag": "kinderopvang kinder opvang toeslag",
    "competentiegericht": "competentie gericht",
    "levenskwaliteit": "levens kwaliteit",
    "asielzoekers": "asiel zoekers",
    "overheidsuitgaven": "overheids uitgaven",
    "snelheidsovertreding": "snelheid overtreding",
    "begeleidingstraject": "begeleiding traject",
    "publicatieplatform": "publicatie platform",
    "straling": "",
    "onderneming": "",
    "gemeente": "",
    "ondernemerschap": "",
    "verantwoordelijkheid": "",
    "overeenkomst": "",
    "minister": "",
    "begroting": "",
}


@pytest.mark.parametrize("word", COMPOUNDS)
def test_compounds_are_taken_apart_and_other_words_are_not(word: str) -> None:
    assert " ".join(parts(word)) == COMPOUNDS[word]


# --- the order -----------------------------------------------------------------------------------

OFFICE = [
    document("a", "Kmo-portefeuille - Diversiteitsinitiatieven", ("Hoeveel aanvragen?", "141.")),
    document("b", "Kmo-portefeuille - Opleidingen in 2019", ("Hoeveel aanvragen?", "52 in 2019.")),
    document("c", "Kmo-portefeuille - Fraude", ("Hoeveel dossiers?", "Drie, in 2019 en 2020.")),
    document("d", "Fietspaden langs de N70", ("Wanneer komen ze er?", "In 2019.")),
    document("e", "Fietspaden langs de N71", ("Wanneer komen ze er?", "In 2020.")),
    document("f", "Steun na het noodweer", ("Welke landbouwers kregen steun?", "In 2019: 12.")),
]


def test_the_word_that_all_have_does_no_harm() -> None:
    index = indexed(OFFICE)
    assert keys(index, "kmo-portefeuille diversiteit")[0] == "a"
    assert keys(index, "KMO portefeuille opleiding")[0] == "b"
    assert set(keys(index, "kmo-portefeuille")) == {"a", "b", "c"}


def test_one_road_is_not_another() -> None:
    index = indexed(OFFICE)
    assert keys(index, "fietspad N 70")[0] == "d"
    assert keys(index, "fietspad N-71")[0] == "e"


def test_figures_do_not_dominate_but_decide_between_equals() -> None:
    years = [
        document(f"y{year}", "Steun", ("Hoeveel steun aan bakkers?", f"Steun in {year}."))
        for year in range(2015, 2020)
    ]
    index = indexed([*OFFICE, *years])
    assert keys(index, "fraude 2015")[0] == "c"
    assert keys(index, "steun aan bakkers 2017")[0] == "y2017"


def test_the_part_that_comes_closest_is_shown_with_the_reason_in_words() -> None:
    index = indexed(
        [
            document(
                "k",
                "Kinderopvang",
                ("Hoeveel plaatsen zijn er?", "Er zijn er 5000."),
                ("Wie krijgt de opvangtoeslag?", "Gezinnen met een laag inkomen."),
            ),
            *OFFICE,
        ]
    )
    hit = similar(index, asked_words("toeslagen voor gezinnen"), 3)[0].hits[0]
    assert hit.passage
    assert hit.passage.label == "2"
    assert {(word.asked, word.found) for word in hit.shared} == {
        ("toeslagen", "opvangtoeslag"),
        ("gezinnen", "gezinnen"),
    }


def test_ties_are_decided_by_key_however_many_there_are() -> None:
    many = [document(f"{number:03}", "Steun aan bakkers") for number in range(3 * CANDIDATES)]
    late_first = indexed(many[CANDIDATES:])
    late_first.refresh([source(many)])
    twice = [indexed(many), late_first]
    for index in twice:
        assert keys(index, "bakkers", 5) == ["000", "001", "002", "003", "004"]


def test_a_text_put_to_several_ministers_is_shown_once() -> None:
    text = ("Welke premies gaf u aan bakkers?", "")
    several = [
        document("x1", "Premies", text, minister="TOM CLAES", number=142),
        document("x2", "Premies", (text[0], "Geen."), minister="EVA MAES", number=256),
        document("x3", "Premies", text, minister="TOM CLAES", asked_on=date(2022, 1, 3)),
    ]
    hits = similar(indexed([*OFFICE, *several]), asked_words("premies bakkers"), 5)[0].hits
    assert [hit.document.key for hit in hits] == ["x2", "x3"]  # x3: asked again, two years later
    assert [twin.key for twin in hits[0].also] == ["x1"]  # x2 is the one that answers


@pytest.mark.parametrize(
    "piece", ["(a", "a", "ab-", "1.", "@", "a@", "a@.", "kaas", "a&", "x'", "1,2a", "é"]
)
def test_no_text_takes_long(piece: str) -> None:
    """What comes in may hold anything; a hundred times as much takes a hundred times as long."""
    text = piece * 100_000 + "a"
    start = time.process_time()
    known = Vocabulary()
    known.terms(text)
    snippet([text], {"kaas"}, known)
    assert time.process_time() - start < 3


def test_what_asks_nothing_is_not_put_to_several_ministers() -> None:
    """Two scans of the same subject, of which no word could be read."""
    scans = [document(key, "Bakkers", minister=key.upper()) for key in ("a", "b")]
    hits = similar(indexed(scans), asked_words("bakkers"), 5)[0].hits
    assert [(hit.document.key, hit.also) for hit in hits] == [("a", ()), ("b", ())]


KEPT = Kept(2, "corrected", "Titel", "2020-01-06", "2026-11-25T10:00:00Z")


def test_two_places_are_asked_as_one_and_what_stands_in_both_is_of_the_first() -> None:
    index = Index(None, None)
    copy = replace(OFFICE[0], kept=KEPT)
    index.refresh([source(OFFICE[:2])], [source([copy, *OFFICE[2:]])])
    assert (index.size(), index.documents()) == (len(OFFICE), len(OFFICE) + 1)
    for one in OFFICE:
        hits = similar(index, asked_words(one.subject), 9)[0].hits
        assert [hit.document.key for hit in hits].count(one.key) == 1
        (hit,) = [hit for hit in hits if hit.document.key == one.key]
        assert hit.document == one
        assert hit.kept == (KEPT if one is OFFICE[0] else None)


def test_a_sequel_names_its_first() -> None:
    line = [
        document("s1", "Premies voor bakkers", ("Hoeveel?", "Een.")),
        document("s2", "Premies voor bakkers (2)", ("En nu?", ""), asked_on=date(2020, 5, 4)),
        document("s3", "Premies voor bakkers (3)", ("En nu?", ""), asked_on=date(2021, 5, 4)),
        document("t1", "Premies voor bakkers", ("Hoeveel?", ""), asked_on=date(2023, 1, 2)),
    ]
    hits = similar(indexed([*OFFICE, *line]), asked_words("premies bakkers"), 9)[0].hits
    follows = {hit.document.key: hit.follows and hit.follows.key for hit in hits}
    assert follows == {"s1": None, "s2": "s1", "s3": "s2", "t1": None}


def test_only_a_whole_question_is_called_the_same() -> None:
    whole = document(
        "w",
        "Premies voor bakkers in landelijke gemeenten",
        ("Hoeveel bakkers vroegen een premie voor een oven, en hoeveel kregen die?", "Twaalf."),
        ("Welke provincies hadden geen enkele aanvraag, en wat is de oorzaak daarvan?", "Geen."),
        ("Wordt de regeling na de evaluatie van dit najaar verlengd of afgebouwd?", "Verlengd."),
    )
    index = indexed([*OFFICE, whole])
    question = Asked(
        tuple(AskedPart(part.label, part.question) for part in whole.passages),
        whole.subject,
        whole=True,
    )
    for part in similar(index, question, 3):
        assert (part.hits[0].document.key, part.hits[0].same) == ("w", True)
        assert not any(hit.same for hit in part.hits[1:])
    mere = asked_words(f"{whole.subject} {whole.passages[0].question}")
    assert not any(hit.same for hit in similar(index, mere, 3)[0].hits)
    short = Asked((AskedPart("", "Hoeveel bakkers vroegen een premie?"),), whole=True)
    assert not any(hit.same for hit in similar(index, short, 3)[0].hits)


def test_a_case_is_not_like_itself() -> None:
    index = Index(None)
    index.refresh([answers_in(ROOT / "answers")])
    question = load_answer((SEED / "answer.yaml").read_bytes(), "answer.yaml").model.question
    for part in similar(index, asked(question), 9):
        assert [hit.document.key for hit in part.hits] == ["2019-2020-claes-9999"]


def test_every_part_that_asks_is_looked_for_within_what_introduces_it() -> None:
    answer = load_answer((SEED / "answer.yaml").read_bytes(), "answer.yaml").model
    question = asked(answer.question)
    assert [part.label for part in question.parts] == ["1a", "1b", "2a", "2b"]
    assert question.parts[1].within.startswith("Met betrekking tot de evaluatie")
    assert question.parts[1].text.startswith("Als het gemeten wordt")
    one, other = earlier(answer, "x").passages[:2]
    assert one.answer.startswith("Via de kmo-portefeuille kunnen")
    assert other.answer == one.answer  # by reference to it


# --- the index -----------------------------------------------------------------------------------

POOL = [
    "steun",
    "premie",
    "bakker",
    "oven",
    "fiets",
    "fietspad",
    "N70",
    "2019",
    "gemeente",
    "opleiding",
    "opleidingscheque",
]
TEXTS = st.lists(st.sampled_from(POOL), max_size=6).map(" ".join)
DOCUMENTS = st.builds(
    lambda number, subject, intro, parts, minister, follow: document(
        f"k{number}",
        subject + follow,
        *parts,
        introduction=intro,
        minister=minister,
        number=number,
    ),
    st.integers(0, 6),
    TEXTS,
    TEXTS,
    st.lists(st.tuples(TEXTS, TEXTS), max_size=3),
    st.sampled_from(["TOM CLAES", "EVA MAES"]),
    st.sampled_from(["", " (2)"]),
)
STATES = st.lists(
    st.lists(DOCUMENTS, max_size=6, unique_by=lambda one: one.key), min_size=1, max_size=4
)


def answers_of(index: Index, texts: list[str]) -> list[list[Found]]:
    """All that an index says on some texts, as words and as questions."""
    return [
        similar(index, question, 9)
        for text in texts
        for question in (
            asked_words(text),
            Asked((AskedPart("1", text), AskedPart("2", POOL[1], text)), subject=text, whole=True),
        )
    ]


@given(STATES, st.lists(TEXTS, min_size=1, max_size=3))
def test_what_was_indexed_in_steps_answers_as_what_was_indexed_at_once(
    states: list[list[Earlier]], texts: list[str]
) -> None:
    index = Index(None)
    for state in states:
        index.refresh([source(state)])
    assert answers_of(index, texts) == answers_of(indexed(reversed(states[-1])), texts)


@given(st.text() | st.text("\"*:^-+()' NEARADOT").map(lambda text: f"bakker {text}"))
@example('"')
@example("bakker AND (NOT NEAR(oven, 3) OR ^subject:x*")
@example("\x00\udc80 bakker")
@example("subject : bakker'--")
def test_no_input_is_a_mistake(text: str) -> None:
    index = INDEX
    for question in (
        asked_words(text),
        Asked((AskedPart("", text, text),), text, text, whole=True),
    ):
        similar(index, question, 3)


INDEX = indexed(OFFICE)


def test_a_megabyte_of_words_is_an_answer_too() -> None:
    text = " ".join(f"woord{number % 5000} bakker" for number in range(70_000))
    assert len(text) > 1_000_000
    assert keys(INDEX, text) == []


def test_only_what_changed_is_read(tmp_path: Path) -> None:
    read: list[str] = []

    def noted(one: Earlier) -> Earlier:
        read.append(one.key)
        return one

    path = tmp_path / "index.sqlite"
    for state, expected in (
        (OFFICE, [one.key for one in OFFICE]),
        (OFFICE, []),
        ([*OFFICE[:2], replace(OFFICE[2], subject="Iets anders"), *OFFICE[3:]], ["c"]),
        (OFFICE[:2], []),
    ):
        read.clear()
        with Index(path) as index:
            index.refresh([source(state, noted)])
            assert read == expected
            assert index.size() == len(state)


def test_a_source_that_knows_its_state_is_not_looked_through() -> None:
    looked = []

    def entries() -> Iterator[Entry]:
        looked.append(True)
        yield Entry("a", "1", lambda: "1", lambda: OFFICE[0])

    index = Index(None)
    for head, times in (("7 abc", 1), ("7 abc", 1), ("8 def", 2)):
        looked.clear() if times == 1 and head == "new" else None
        index.refresh([Source("archive", entries, head)])
        assert bool(looked)
    assert keys(index, "diversiteit") == ["a"]
    index.refresh([])
    assert keys(index, "diversiteit") == []


def case(folder: Path, name: str, subject: str) -> Path:
    """A case with another number and subject."""
    text = (ROOT / "answers/example-2b/answer.yaml").read_text("utf-8")
    number = str(sum(map(ord, name)))
    text = text.replace("9999", number).replace("Voorbeeld  -  Kmo-portefeuille", subject)
    file = folder / name / "answer.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def found_in(folder: Path, text: str, caches: Path) -> Result:
    return search(text, places(folder), 10, {"XDG_CACHE_HOME": str(caches)})


def named(result: Result) -> list[str]:
    """The folders that were found."""
    return [Path(hit.document.place).name for hit in result.found[0].hits]


def test_a_file_that_changed_in_the_same_moment_is_seen(tmp_path: Path) -> None:
    """Its time and its size are the same: what was just written is looked at again."""
    folder, caches = tmp_path / "answers", tmp_path / "cache"
    file = case(folder, "one", "Bakkers")
    state = file.stat()
    assert named(found_in(folder, "bakkers", caches)) == ["one"]
    case(folder, "one", "Slagers")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert named(found_in(folder, "slagers", caches)) == ["one"]
    assert named(found_in(folder, "bakkers", caches)) == []


def test_a_file_that_was_only_touched_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, caches = tmp_path / "answers", tmp_path / "cache"
    file = case(folder, "one", "Bakkers")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert named(found_in(folder, "bakkers", caches)) == ["one"]
    os.utime(file, (1_100_000_000, 1_100_000_000))
    monkeypatch.setattr("kmo_report.search.answers.load_answer", None)
    assert named(found_in(folder, "bakkers", caches)) == ["one"]


def test_what_cannot_be_read_is_said_and_the_rest_is_searched(tmp_path: Path) -> None:
    folder, caches = tmp_path / "answers", tmp_path / "cache"
    case(folder, "good", "Bakkers")
    bad = case(folder, "bad", "Bakkers")
    bad.write_text("status: [", "utf-8")
    for _ in range(2):  # the second time it is known
        result = found_in(folder, "bakkers", caches)
        assert named(result) == ["good"]
        assert [str(problem.place) for problem in result.problems] == [str(bad)]
    case(folder, "bad", "Bakkers")
    assert not found_in(folder, "bakkers", caches).problems


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(b"no database"),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + bytes(30_000)),
        lambda path: path.unlink(),
        lambda path: _execute(path, "UPDATE setting SET value = 'old' WHERE name = 'version'"),
        lambda path: _execute(path, "DROP TABLE setting"),
    ],
)
def test_a_damaged_or_older_index_is_made_anew(tmp_path: Path, harm: object) -> None:
    folder, caches = tmp_path / "answers", tmp_path / "cache"
    case(folder, "one", "Bakkers")
    assert named(found_in(folder, "bakkers", caches)) == ["one"]
    assert callable(harm)
    harm(index_file(folder, caches))
    assert named(found_in(folder, "bakkers", caches)) == ["one"]


def _execute(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as file:
        file.execute(statement)
    file.close()


def test_without_a_place_for_the_index_it_is_kept_in_memory(tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    case(folder, "one", "Bakkers")
    (tmp_path / "file").write_text("in the way", "utf-8")
    for environment in ({}, {"HOME": "relative"}, {"XDG_CACHE_HOME": str(tmp_path / "file")}):
        assert named(search("bakkers", places(folder), 10, environment)) == ["one"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers", "file"]


def test_an_index_that_stays_locked_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, caches = tmp_path / "answers", tmp_path / "cache"
    case(folder, "one", "Bakkers")
    assert named(found_in(folder, "bakkers", caches)) == ["one"]
    case(folder, "two", "Bakkers")
    monkeypatch.setattr("kmo_report.search.shelf._WAIT", 0.1)
    path = index_file(folder, caches)
    with sqlite3.connect(path, isolation_level=None) as file:
        file.execute("BEGIN IMMEDIATE")
        assert named(found_in(folder, "bakkers", caches)) == ["one", "two"]
    file.close()
    assert path.is_file()
    assert named(found_in(folder, "bakkers", caches)) == ["one", "two"]


def test_many_at_once_find_the_same(tmp_path: Path) -> None:
    folder, caches = tmp_path / "answers", tmp_path / "cache"
    for number in range(20):
        case(folder, f"case-{number}", f"Bakkers {number}")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: named(found_in(folder, "bakkers", caches)), range(16)))
    assert len(found[0]) == 10
    assert all(names == found[0] for names in found)


def test_an_unchanged_index_is_opened_and_looked_through_at_once(tmp_path: Path) -> None:
    """CPU time: the machine may have other work."""
    folder = tmp_path / "answers"
    for number in range(1000):
        file = folder / f"case-{number}/answer.yaml"
        file.parent.mkdir(parents=True)
        file.write_text("no answer", "utf-8")
        os.utime(file, (1_000_000_000, 1_000_000_000))
    path = tmp_path / "index.sqlite"
    with Index(path) as index:
        index.refresh([answers_in(folder)])
        assert len(index.unusable()) == 1000
    start = time.process_time()
    with Index(path) as index:
        opened = time.process_time()
        index.refresh([answers_in(folder)])
    assert opened - start < 0.05
    assert time.process_time() - opened < 0.1


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder to work in, with some answers."""
    for name, subject in (("one", "Bakkers"), ("two", "Slagers"), ("three", "Diversiteitsplannen")):
        case(tmp_path / "answers", name, subject)
    return tmp_path


def kmo(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program with a cache of its own."""
    variables = {**os.environ, "XDG_CACHE_HOME": str(cwd / "cache"), **environment}
    command = [sys.executable, "-m", "kmo_report", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=variables, capture_output=True, text=True, check=False
    )


def test_words_find_parts_with_all_that_is_to_be_known(house: Path) -> None:
    done = kmo("--lang", "nl", "similar", "plannen rond diversiteit", cwd=house)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Het meest gelijkend, van 3 vroegere vragen:"
    assert lines[2].startswith("[1] Diversiteitsplannen")
    assert "van EVA VERMEULEN aan TOM CLAES, 2 maart 2020 (" in lines[3]
    assert "definitief" in done.stdout
    assert "gemeen: plannen (diversiteitsplannen), diversiteit" in done.stdout
    assert "    answers/three" in lines
    assert (house / "cache/kmo-report").is_dir()


@pytest.mark.parametrize(
    "wanted", [["answers/one"], ["answers/one/answer.yaml"], ["bakkers", "2019"]]
)
def test_json_is_as_its_schema_says(house: Path, wanted: list[str]) -> None:
    done = kmo("similar", *wanted, "--format", "json", "--limit", "2", cwd=house)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(found, SCHEMA)
    assert found["searched"] == (3 if len(wanted) == 2 else 2)  # a case is not like itself
    assert (found["asked"]["question"] is None) == (len(wanted) == 2)
    hits = found["parts"][0]["earlier"]
    assert 0 < len(hits) <= 2
    assert hits[0]["place"].startswith("answers/")


def test_a_question_of_several_parts_lists_documents_and_then_the_parts(house: Path) -> None:
    done = kmo("similar", str(SEED), cwd=house)
    assert done.returncode == 0
    starts = [line[:4] for line in done.stdout.splitlines() if line[:1].strip()]
    assert starts == ["Most", "[1] ", "[2] ", "[3] ", "1a  ", "1b  ", "2a  ", "2b  "]


def test_nothing_alike_is_an_answer_too(house: Path) -> None:
    done = kmo("similar", "zonnebloemolie", cwd=house)
    assert done.returncode == 0
    assert done.stdout == "None of the 3 earlier questions looks like this.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["answers/four"], 1, "answers/four: error: there is no such file [file]"),
        (["vraag.docx"], 1, "vraag.docx: error: there is no such file [file]"),
        (["x", "--answers", "nowhere"], 2, "there is no folder nowhere"),
        (["x", "--limit", "0"], 2, "--limit"),
        ([], 2, "ASKED is missing"),
    ],
)
def test_what_is_wrong_is_told(house: Path, arguments: list[str], code: int, said: str) -> None:
    done = kmo("similar", *arguments, cwd=house)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_case_with_errors_names_them(house: Path) -> None:
    done = kmo("similar", str(ROOT / "tests/bad/number"), cwd=house)
    assert done.returncode == 1
    assert "749.140 reads as 749,14" in done.stderr


def test_a_file_that_came_in_is_looked_for_as_its_case(house: Path) -> None:
    """The two have the same parts, and the introducing words of each; neither is like itself."""
    found = [
        json.loads(kmo("similar", str(SEED / name), "--format", "json", cwd=house).stdout)
        for name in ("answer.yaml", "question.txt")
    ]
    for result in found:
        assert result["asked"]["question"] == "2019-2020-crevits-370"
        assert [part["label"] for part in result["parts"]] == ["1a", "1b", "2a", "2b"]
    scores = [
        [[round(hit["score"]) for hit in part["earlier"]] for part in result["parts"]]
        for result in found
    ]
    assert scores[0] == scores[1]
    folder = house / "answers" / SEED.name
    folder.mkdir()
    (folder / "answer.yaml").write_bytes((SEED / "answer.yaml").read_bytes())
    done = kmo("similar", str(SEED / "question.txt"), cwd=house)
    assert f"answers/{SEED.name}" not in done.stdout


def test_a_file_without_words_is_refused(house: Path) -> None:
    (house / "leeg.txt").write_text("\n", "utf-8")
    done = kmo("similar", "leeg.txt", cwd=house)
    assert (done.returncode, done.stdout) == (1, "")
    assert "[no-text]" in done.stderr


def test_a_terminal_shows_titles_in_bold(house: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kmo_report", "similar", "bakkers"]
    variables = {**os.environ, "XDG_CACHE_HOME": str(house / "cache"), "COLUMNS": "70"}
    variables.pop("NO_COLOR", None)
    subprocess.run(command, cwd=house, env=variables, stdout=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode().replace("\r\n", "\n")
    os.close(ours)
    assert "\x1b[1m[1] Bakkers" in shown
    assert max(len(line) for line in shown.splitlines() if "\x1b" not in line) <= 70


def test_similar_loads_no_engine_and_no_dictionary_for_known_words(house: Path) -> None:
    code = (
        "import sys; from kmo_report.cli import main\n"
        "try: main(['similar', 'bakkers'])\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m in ('weasyprint', 'docx', 'simplemma')])"
    )
    kmo("similar", "bakkers", cwd=house)
    variables = {**os.environ, "XDG_CACHE_HOME": str(house / "cache")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=house, env=variables, check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
