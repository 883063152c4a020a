"""What changes in a folder is told at once, and `render --watch` makes the files anew."""

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import Popen
from threading import Thread

import pytest

from kmo_report.watch import changes
from tests.conftest import GOOD, ROOT
from tests.test_preview import start, stop

CASE, OTHER = "2019-2020-crevits-370", "example-2b"


def hear(changes: Iterator[set[Path]]) -> Iterator[set[Path]]:
    """The changes; a test that waits for one that does not come fails."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        while True:
            signal.alarm(10)
            yield next(changes)
    except KeyboardInterrupt:
        pytest.fail("no change was told")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_a_save_in_place_and_a_renamed_file_are_told(tmp_path: Path) -> None:
    file = tmp_path / "answer.yaml"
    file.write_text("a")
    told = hear(changes([tmp_path], 20))
    assert next(told) == set()
    file.write_text("b")
    assert next(told) == {file}
    (tmp_path / "new").write_text("c")
    (tmp_path / "new").replace(file)
    assert file in next(told)
    (tmp_path / "fonts").mkdir()
    assert tmp_path / "fonts" in next(told)
    (tmp_path / "fonts/a.ttf").write_text("d")
    assert next(told) == {tmp_path / "fonts/a.ttf"}


def test_what_an_editor_leaves_and_what_is_ours_is_no_change(tmp_path: Path) -> None:
    told = hear(changes([tmp_path], 20, lambda path: path.suffix == ".pdf"))
    next(told)
    for name in (".answer.yaml.swp", "answer.yaml~", "a.pdf"):
        (tmp_path / name).write_text("x")
    time.sleep(0.3)
    (tmp_path / "answer.yaml").write_text("x")
    assert next(told) == {tmp_path / "answer.yaml"}


def test_saves_in_a_burst_come_together(tmp_path: Path) -> None:
    def burst() -> None:
        for name in "abcdef":
            (tmp_path / name).write_text(name)
            time.sleep(0.05)

    told = hear(changes([tmp_path], 250))
    next(told)
    writer = Thread(target=burst)
    writer.start()
    assert {path.name for path in next(told)} == set("abcdef")
    writer.join()


def test_a_folder_may_go_and_come_back(tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    told = hear(changes([case], 20))
    next(told)

    def later(seconds: float, work: Callable[[], object]) -> None:
        def wait() -> None:
            time.sleep(seconds)
            work()

        Thread(target=wait).start()

    def anew() -> None:
        number = case.stat().st_ino
        for _ in range(50):  # until it has the number of the old one, which is the harder case
            shutil.rmtree(case)
            case.mkdir()
            if case.stat().st_ino == number:
                break

    def away() -> None:
        case.rename(tmp_path / "away")
        later(0.5, lambda: (tmp_path / "away").rename(case))

    for leave in (anew, away):
        leave()
        while not case.is_dir():
            assert case in next(told)
        # That it came back was told, and from then on its files are seen again.
        later(1, lambda: (case / "answer.yaml").write_text("x"))
        while case / "answer.yaml" not in next(told):
            pass
        (case / "answer.yaml").unlink()
        next(told)


def test_ctrl_c_ends_it_even_where_the_exception_is_lost(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it goes on"))
    told = changes([tmp_path], 20)
    assert next(told) == set()
    with suppress(KeyboardInterrupt):  # as Python does for one in a destructor
        signal.raise_signal(signal.SIGINT)
    signal.alarm(5)
    assert list(told) == []
    signal.alarm(0)
    signal.signal(signal.SIGINT, before)


# --- render --watch --------------------------------------------------------------------------


def wait_for(holds: Callable[[], object]) -> None:
    """Until something holds, but not for ever."""
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def watching(tmp_path: Path) -> tuple["Popen[str]", Path, Path, Path]:
    """`render --watch` on two answers; it, its two HTML files, and the house style."""
    for case in (CASE, OTHER):
        shutil.copytree(GOOD[case], tmp_path / case)
    house, out = tmp_path / "house", tmp_path / CASE / "out"  # in a folder that is watched
    shutil.copytree(ROOT / "templates/vlaams-parlement", house)
    cases = [str(tmp_path / case) for case in (CASE, OTHER)]
    options = ["--format", "html", "--out", str(out), "--template", str(house), "--watch"]
    program = start("render", *cases, *options)
    files = out / f"{CASE}.html", out / f"{OTHER}.html"
    wait_for(files[1].exists)
    return program, *files, house


def test_watch_renders_what_a_save_touches_once(tmp_path: Path) -> None:
    program, first, second, house = watching(tmp_path)
    answer = tmp_path / CASE / "answer.yaml"
    text = answer.read_text("utf-8")
    for number in range(5):  # a burst
        answer.write_text(text.replace("kansengroepen", f"groep{number}"), "utf-8")
        time.sleep(0.02)
    wait_for(lambda: "groep4" in first.read_text("utf-8"))
    css = house / "page.css"
    css.write_text(css.read_text("utf-8").replace("var(--link-colour)", "#123456"), "utf-8")
    wait_for(lambda: "#123456" in second.read_text("utf-8"))
    time.sleep(1)  # what it wrote itself is no reason to write again
    out, _ = stop(program)
    assert out.splitlines() == [str(first), str(second), str(first), str(first), str(second)]


def test_watch_survives_broken_files(tmp_path: Path) -> None:
    program, first, _, house = watching(tmp_path)
    answer, style = tmp_path / CASE / "answer.yaml", house / "style.yaml"
    good = {file: file.read_text("utf-8") for file in (answer, style)}
    for file, text in good.items():
        before = first.read_bytes()
        file.write_text("x: [", "utf-8")
        time.sleep(1)
        assert first.read_bytes() == before
        words = text.replace("kansengroepen", "doelgroepen").replace("€", "EUR")
        file.write_text(words, "utf-8")
        wait_for(lambda was=before: first.read_bytes() != was)  # type: ignore[misc]
    assert "EUR" in first.read_text("utf-8")
    _, err = stop(program)
    assert f"{answer}:1:5: error:" in err
    assert f"{style}:1:5: error:" in err


def test_watch_wants_a_house_style_to_begin_with(tmp_path: Path) -> None:
    program = start("render", str(GOOD[CASE]), "--watch", "--template", str(tmp_path))
    _, err = program.communicate(timeout=20)
    assert program.returncode == 1
    assert "the template lacks page.html.j2" in err


def test_watch_wants_the_folder_of_an_answer_to_begin_with(tmp_path: Path) -> None:
    program = start("render", str(tmp_path / "none/answer.yaml"), "--watch")
    _, err = program.communicate(timeout=20)
    assert program.returncode == 1
    assert "none/answer.yaml: error: there is no such file [file]" in err
