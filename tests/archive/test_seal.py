"""The head is sealed by a real authority, and what is wrong with a seal is found and named."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from kmo_report import seal as sealing
from kmo_report.archive import ocfl, seals, transfer
from kmo_report.archive.disk import UnsyncedDisk
from kmo_report.archive.seals import Seal
from kmo_report.archive.store import WORK, Archive
from kmo_report.archive.verify import verify
from kmo_report.problems import InputError
from tests.archive import one_in
from tests.archive.authority import OPENSSL, Authority, served
from tests.archive.disks import MODES, Killed, Recorder, States, Tree, write
from tests.archive.test_faults import FIRST, NOW, SEEDS, content, kept
from tests.archive.test_fixture import FIXTURE, by_hand
from tests.conftest import GOOD
from tests.test_cli import kmo

pytestmark = pytest.mark.skipif(not OPENSSL, reason="no openssl, which is the authority here")

SEED = GOOD["2019-2020-crevits-370"]
ONE = kept("urn:x:1", 1, pdf=b"%PDF one")
TWO = kept("urn:x:1", 2, pdf=b"%PDF two")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    """An archive with a seal, and a version after it."""
    root = tmp_path_factory.mktemp("model") / "archive"
    archive = Archive(root, UnsyncedDisk())
    ONE(archive)
    with served(authority.reply) as here:
        sealing.seal(archive, here.url)
    TWO(archive)
    return root


@pytest.fixture
def root(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "archive"))


def the_seal(root: Path) -> Path:
    (path,) = root.glob("seal-*")
    return path


def found(root: Path, certificates: Path | None = None) -> list[tuple[str, str]]:
    check = sealing.checker(certificates) if certificates else None
    return [
        (p.code, str(Path(p.place.path).relative_to(root)) if p.place else "")
        for p in verify(Archive(root), check=check).problems
    ]


def renamed(path: Path, reply: bytes, head: str = "") -> Path:
    """A seal with other content, under the name that this should have."""
    path.unlink()
    after = path.with_name(seals.name(head or path.name.split("-")[1], reply))
    after.write_bytes(reply)
    return after


# --- sealed, and checked without a network -------------------------------------------------------


def test_the_head_itself_is_what_is_sealed(tmp_path: Path, authority: Authority) -> None:
    archive = Archive(tmp_path / "archive")
    ONE(archive)
    head, text = archive.sealable()
    assert (head, ocfl.digest(text)) == (archive.head(), head)
    with served(authority.reply) as here:
        outcome = sealing.seal(archive, here.url)
    path = the_seal(archive.root)
    assert path.name.startswith(f"seal-{head[:32]}-")
    assert path.stat().st_mode & 0o777 == 0o444
    check = sealing.checker(authority.certificates)
    report = verify(archive, check=check)
    assert outcome.stamp
    assert (report.problems, report.unsealed) == ([], 0)
    assert report.seals == (Seal(head, outcome.stamp),)
    assert outcome.stamp.authority == "CN=Tijd"
    moment = datetime.strptime(outcome.stamp.time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)
    # openssl says so too, with nothing of ours
    command = ["openssl", "ts", "-verify", "-digest", head, "-in", str(path), "-CAfile"]
    done = subprocess.run(
        [*command, str(authority.certificates)], capture_output=True, text=True, check=False
    )
    assert "Verification: OK" in done.stdout


def test_nothing_but_the_digest_goes_out(tmp_path: Path, authority: Authority) -> None:
    archive = Archive(tmp_path / "archive")
    ONE(archive)
    with served(authority.reply) as here:
        sealing.seal(archive, here.url)
        assert len(here.asked) == 1
        assert bytes.fromhex(archive.head()) in here.asked[0]
        assert len(here.asked[0]) < 120
        # and a head that is sealed already is not asked for again
        outcome = sealing.seal(archive, here.url)
        assert (outcome.head, outcome.stamp, len(here.asked)) == (archive.head(), None, 1)
    assert the_seal(archive.root).is_file()


def test_a_seal_that_was_changed_is_none_and_another_can_be_had(
    tmp_path: Path, authority: Authority
) -> None:
    archive = Archive(tmp_path / "archive")
    ONE(archive)
    with served(authority.reply) as here:
        sealing.seal(archive, here.url)
        path = the_seal(archive.root)
        content = path.read_bytes()
        path.write_bytes(content[:-1] + b"x")
        assert sealing.seal(archive, here.url).stamp
        path.write_bytes(content)
        assert not found(archive.root, authority.certificates)


def test_of_two_at_once_one_seal_stays(tmp_path: Path, authority: Authority) -> None:
    archive = Archive(tmp_path / "archive")
    ONE(archive)

    def meanwhile(query: bytes) -> bytes:
        assert archive.seal(archive.head(), authority.reply(query))
        return authority.reply(query)

    with served(meanwhile) as here:
        assert sealing.seal(archive, here.url).stamp is None
    assert not found(archive.root, authority.certificates)
    assert the_seal(archive.root).is_file()


def test_what_was_kept_after_the_last_seal_is_counted(root: Path, authority: Authority) -> None:
    report = verify(Archive(root), check=sealing.checker(authority.certificates))
    assert (report.problems, report.unsealed) == ([], 1)
    report = verify(Archive(root))
    assert (report.problems, [one.stamp for one in report.seals]) == ([], [None])
    the_seal(root).unlink()
    report = verify(Archive(root))
    assert (report.problems, report.seals, report.unsealed) == ([], (), 2)


def test_certificates_that_ended_since_held_when_it_was_sealed(tmp_path: Path) -> None:
    short = Authority(tmp_path / "short", ends=datetime.now(UTC) + timedelta(seconds=2))
    archive = Archive(tmp_path / "archive", UnsyncedDisk())
    ONE(archive)
    with served(short.reply) as here:
        sealing.seal(archive, here.url)
        time.sleep(2.5)
        assert not found(archive.root, short.certificates)
        TWO(archive)
        late = sealing.seal(archive, here.url)  # it goes on all the same
    ((code, name),) = found(archive.root, short.certificates)
    assert (code, name.split("-")[1]) == ("archive-seal-signature", late.head[:32])


def test_a_bag_carries_no_seal(tmp_path: Path, authority: Authority) -> None:
    archive = Archive(tmp_path / "archive")
    FIRST(archive)
    with served(authority.reply) as here:
        sealing.seal(archive, here.url)
    bag = transfer.export(archive, [], tmp_path / "bag")
    assert not [*bag.rglob("seal-*")]
    other = Archive(tmp_path / "other")
    transfer.take(other, bag, NOW)
    assert verify(other).seals == ()
    assert not found(other.root)


def test_an_archive_of_an_earlier_version_is_sealed_and_still_read_by_hand(
    tmp_path: Path, authority: Authority
) -> None:
    root = Path(shutil.copytree(FIXTURE, tmp_path / "archive"))
    with served(authority.reply) as here:
        sealing.seal(Archive(root), here.url)
    assert not found(root, authority.certificates)
    assert by_hand(root)[0] == 0


# --- what is wrong with a seal -------------------------------------------------------------------


def test_any_bit_of_a_seal_is_seen_without_certificates(root: Path) -> None:
    path = the_seal(root)
    reply = path.read_bytes()
    path.chmod(0o600)
    for at in range(0, len(reply), one_in(9)):
        path.write_bytes(reply[:at] + bytes([reply[at] ^ 1 << at % 8]) + reply[at + 1 :])
        assert found(root) == [("archive-changed", path.name)]
    path.write_bytes(reply[:-1])
    assert found(root) == [("archive-changed", path.name)]
    path.write_bytes(b"")
    assert found(root) == [("archive-empty", path.name)]


def test_a_seal_that_was_changed_and_renamed_does_not_hold(
    root: Path, authority: Authority
) -> None:
    path = the_seal(root)
    reply = bytearray(path.read_bytes())
    reply[-1] ^= 1  # the signature is last
    path = renamed(path, bytes(reply))
    assert not found(root)
    assert found(root, authority.certificates) == [("archive-seal-signature", path.name)]
    path = renamed(path, b"no seal at all, but " + bytes.fromhex(whole(root, path)))
    assert not found(root)
    assert found(root, authority.certificates) == [("archive-seal-signature", path.name)]


def whole(root: Path, path: Path) -> str:
    """The head that a seal is named after."""
    return next(e.digest for e in Archive(root).entries() if seals.is_of(path.name, e.digest))


def test_a_seal_of_another_head_does_not_pass_for_one_of_this(
    root: Path, authority: Authority
) -> None:
    path = renamed(the_seal(root), the_seal(root).read_bytes(), Archive(root).head())
    assert found(root) == [("archive-seal-imprint", path.name)]
    # nor does it where the right digest stands somewhere in it
    query = TimestampRequestBuilder(data=b"other", hash_algorithm=HashAlgorithm.SHA512).build()
    reply = authority.reply(query.as_bytes()) + bytes.fromhex(Archive(root).head())
    path = renamed(path, reply)
    assert found(root, authority.certificates) == [("archive-seal-signature", path.name)]


def test_a_seal_by_whom_nobody_trusts_does_not_hold(
    root: Path, tmp_path: Path, authority: Authority
) -> None:
    other = Authority(tmp_path / "other")
    path = the_seal(root)
    assert found(root, other.certificates) == [("archive-seal-signature", path.name)]
    both = tmp_path / "both.pem"
    both.write_bytes(other.certificates.read_bytes() + authority.certificates.read_bytes())
    assert not found(root, both)


def test_a_certificate_that_is_for_something_else_seals_nothing(root: Path, tmp_path: Path) -> None:
    reply = the_seal(root).read_bytes()
    stamps, web = (Authority(tmp_path / str(s), stamps=s) for s in (True, False))
    path = renamed(the_seal(root), stamps.signed_anew(reply))
    assert not found(root, stamps.certificates)
    path = renamed(path, web.signed_anew(reply))
    assert found(root, web.certificates) == [("archive-seal-signature", path.name)]


def test_a_new_history_is_seen_by_the_seal_of_the_old_one(
    root: Path, tmp_path: Path, authority: Authority
) -> None:
    forged = Archive(tmp_path / "forged", UnsyncedDisk())
    kept("urn:x:1", 1, pdf=b"%PDF forged")(forged)
    path = Path(shutil.copy(the_seal(root), forged.root))
    for certificates in (None, authority.certificates):
        assert found(forged.root, certificates) == [("archive-seal-head", path.name)]
    # who takes the seal away too is told that there is none
    path.unlink()
    assert not found(forged.root)
    assert found(forged.root, authority.certificates) == [("archive-unsealed", ".")]


@pytest.mark.parametrize(
    "name", ["seal-x.tsr", f"seal-{'a' * 32}.tsr", f"seal-{'a' * 32}-{'b' * 32}.tsr.bak"]
)
def test_what_is_only_called_a_seal_is_a_stranger(root: Path, name: str) -> None:
    (root / name).write_bytes(b"x")
    assert found(root) == [("archive-extra", name)]


def test_a_link_to_a_seal_is_none(root: Path, tmp_path: Path) -> None:
    path = the_seal(root)
    path.rename(tmp_path / "away")
    path.symlink_to(tmp_path / "away")
    assert found(root) == [("archive-link", path.name)]


def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    path = tmp_path / "none.pem"
    for text in ("", "no certificate", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"):
        path.write_text(text)
        with pytest.raises(InputError) as caught:
            sealing.checker(path)
        assert [p.code for p in caught.value.problems] == ["archive-certificates"]


# --- an authority that fails ---------------------------------------------------------------------


def another(query: bytes) -> bytes:
    """A request about the same, by somebody else: its nonce is another."""
    del query
    return (
        TimestampRequestBuilder(data=b"x", hash_algorithm=HashAlgorithm.SHA512).build().as_bytes()
    )


def why(archive: Archive, url: str, seconds: float = 30) -> str:
    """Why the head was not sealed; nothing of it is left."""
    before = sorted(archive.root.rglob("*"))
    with pytest.raises(InputError) as caught:
        sealing.seal(archive, url, seconds)
    (problem,) = caught.value.problems
    assert problem.code == "archive-unsealed"
    assert sorted(archive.root.rglob("*")) == before
    assert not found(archive.root)
    return problem.message


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path / "archive", UnsyncedDisk())
    ONE(archive)
    return archive


def test_a_reply_to_another_question_is_refused(archive: Archive, authority: Authority) -> None:
    def reply(query: bytes) -> bytes:
        return authority.reply(another(query))

    with served(reply) as here:
        assert "its reply is to another question" in why(archive, here.url)


def test_a_reply_about_something_else_is_refused(archive: Archive, authority: Authority) -> None:
    def reply(query: bytes) -> bytes:
        head = bytes.fromhex(archive.head())
        assert head in query
        return authority.reply(query.replace(head, bytes(64)))

    with served(reply) as here:
        assert "it is about something else than the head" in why(archive, here.url)


def test_a_refusal_is_told(archive: Archive, authority: Authority) -> None:
    def reply(query: bytes) -> bytes:
        del query
        request = TimestampRequestBuilder(data=b"x", hash_algorithm=HashAlgorithm.SHA256).build()
        return authority.reply(request.as_bytes())

    with served(reply) as here:
        told = why(archive, here.url)
    assert "it refuses: Message digest algorithm is not supported" in told


def test_a_reply_without_its_certificate_is_refused(archive: Archive, authority: Authority) -> None:
    """It could not be checked later."""

    def reply(query: bytes) -> bytes:
        wants = b"\x01\x01\xff"  # certReq, which is last
        assert query.endswith(wants)
        size = query[1] - len(wants)
        return authority.reply(query[:1] + bytes([size]) + query[2 : -len(wants)])

    with served(reply) as here:
        assert "it does not hold the certificate" in why(archive, here.url)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "its reply is no time stamp"),
        (b"<html>Welcome</html>", "its reply is no time stamp"),
        (b"0\x03\x02\x01\x02\x00", "its reply is no time stamp"),
        (b"\x30" * (sealing.LONGEST + 1), "its reply is too long"),
        (b"\x30" * sealing.LONGEST, "its reply is no time stamp"),
    ],
)
def test_garbage_is_refused(archive: Archive, content: bytes, told: str) -> None:
    with served(lambda _: content) as here:
        assert told in why(archive, here.url)


def test_who_sends_elsewhere_is_not_followed(archive: Archive, authority: Authority) -> None:
    for status in (301, 302, 303, 307, 308):
        with (
            served(authority.reply) as there,
            served(lambda _: b"", status=status, to=there.url) as here,
        ):
            assert "it sends to another address" in why(archive, here.url)
            assert (len(here.asked), there.asked) == (1, [])


def test_an_error_of_the_server_is_told(archive: Archive) -> None:
    with served(lambda _: b"x", status=503) as here:
        assert "it replies with an error: 503" in why(archive, here.url)


def test_who_is_not_there_is_told(archive: Archive) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    assert "it cannot be reached" in why(archive, url)


def test_who_says_nothing_or_hardly_anything_is_not_waited_for(archive: Archive) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert "there is no whole reply in time" in why(archive, url, 0.2)
    start = time.monotonic()
    with served(lambda _: bytes(1000), drip=0.05) as here:
        assert "there is no whole reply in time" in why(archive, here.url, 0.3)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "url",
    ["ftp://example.be/", "file:///etc/passwd", "example.be", "http://", "http://a:0/",
     "http://a:x/", "http://a b/", "http://a/\n", "https://é.be/", ""],
)  # fmt: skip
def test_what_is_no_address_is_refused(archive: Archive, url: str) -> None:
    assert not sealing.is_address(url)
    assert "this is no address of an authority" in why(archive, url)


def test_addresses() -> None:
    assert all(map(sealing.is_address, ("http://a/", "https://tsa.example.be:8080/tsr?x=1")))


# --- killed at every change of the disk, or powerless, or full -----------------------------------


class Trial:
    """Sealing, on a disk that remembers; the authority's reply is the same each time."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        self.folder, self.base = folder, folder / "base"
        self.base.mkdir()
        archive = Archive(self.base / "archive")
        ONE(archive)
        self.content = content(archive)
        self.head, text = archive.sealable()
        request = TimestampRequestBuilder(data=text, hash_algorithm=HashAlgorithm.SHA512).build()
        self.reply = authority.reply(request.as_bytes())
        self.check = sealing.checker(authority.certificates)

    def run(self, **faults: int) -> Recorder:
        work = self.folder / "run"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.base, work)
        self.recorder = Recorder(work, **faults)
        self.step(work)
        return self.recorder

    def step(self, place: Path) -> None:
        disk = self.recorder if place.name == "run" else None
        Archive(place / "archive", disk).seal(self.head, self.reply)

    def judge(self, tree: Tree, *, done: bool) -> None:
        place = self.folder / "judged"
        write(tree, place)
        self.judge_folder(place, done=done)

    def judge_folder(self, place: Path, *, done: bool) -> None:
        archive = Archive(place / "archive")
        archive.open()
        report = verify(archive)
        assert not report.problems
        assert len(report.seals) == 1 or not done
        assert content(archive) == self.content
        archive.seal(self.head, self.reply)
        report = verify(archive, check=self.check)
        assert ([*report.problems], len(report.seals)) == ([], 1)
        assert not (archive.root / WORK).exists()


@pytest.fixture
def trial(tmp_path: Path, authority: Authority) -> Trial:
    return Trial(tmp_path, authority)


def test_killed_or_powerless_at_every_change_it_is_sealed_or_not(trial: Trial) -> None:
    recorder = trial.run()
    states, total = States(recorder), len(recorder.changes)
    assert total >= 7
    for number in range(total + 1):
        trees = [states.killed(number)]
        trees += [states.lost(number, mode) for mode in (*MODES, *SEEDS)]
        for tree in trees:
            if states.new(tree, number == total):
                trial.judge(tree, done=number == total)


def test_killed_and_done_again_it_is_there_for_good(trial: Trial) -> None:
    """What is sealed already is acknowledged only when it outlives a loss of power."""
    for stop in range(trial.run().made):
        with pytest.raises(Killed):
            trial.run(stop=stop)
        recorder = trial.recorder
        recorder.revive()
        trial.step(trial.folder / "run")
        states = States(recorder)
        for mode in (*MODES, *SEEDS):
            trial.judge(states.lost(len(recorder.changes), mode), done=True)


def test_on_a_full_disk_nothing_of_a_seal_is_left(trial: Trial) -> None:
    kinds = trial.run().kinds
    clearing = kinds.index("unlink") if "unlink" in kinds else kinds.index("remove")
    for full in range(clearing):
        with pytest.raises(InputError, match="the disk is full"):
            trial.run(full=full)
        trial.judge_folder(trial.folder / "run", done=False)


def test_no_sync_or_rename_can_be_left_out(trial: Trial) -> None:
    kinds = [*trial.run().kinds]
    needed = [n for n, kind in enumerate(kinds) if kind in ("sync", "sync_folder", "rename")]
    assert len(needed) == 3
    for forget in needed:
        assert is_seen(trial, forget), kinds[forget]


def is_seen(trial: Trial, forget: int) -> bool:
    recorder = trial.run(forget=forget)
    states, total = States(recorder), len(recorder.changes)
    for number in range(forget, total + 1):
        for mode in MODES:
            try:
                trial.judge(states.lost(number, mode), done=number == total)
            except AssertionError:
                return True
    return False


# --- the commands --------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return kmo("archive", *arguments, "--archive", str(tmp_path / "kept"))

    return run


Run = Callable[..., subprocess.CompletedProcess[str]]


def lines(done: subprocess.CompletedProcess[str]) -> Sequence[str]:
    return done.stdout.splitlines()


def test_kept_sealed_and_checked(run: Run, tmp_path: Path, authority: Authority) -> None:
    with served(authority.reply) as here:
        done = run("keep", str(SEED), "--timestamp", here.url)
        assert done.returncode == 0, done.stderr
        *_, head, sealed = lines(done)
        assert sealed.startswith("  sealed 20")
        assert sealed.endswith("Z by CN=Tijd")
        again = run("seal", "--timestamp", here.url)
        assert (again.returncode, lines(again)) == (
            0,
            ["this head is sealed already; nothing was done"],
        )
        assert len(here.asked) == 1
    done = run("verify")
    assert done.returncode == 0
    assert "seals: 1; who signed them was not checked: give --certificates" in lines(done)
    certificates = ("--certificates", str(authority.certificates))
    done = run("verify", *certificates)
    assert done.returncode == 0
    moment = sealed.split()[1]
    assert f"sealed: {head.split()[1]} at {moment} by CN=Tijd" in lines(done)
    tree = json.loads(run("verify", "--format", "json", *certificates).stdout)
    assert tree["seals"] == [{"head": head.split()[1], "time": moment, "authority": "CN=Tijd"}]
    assert tree["unsealed"] == 0
    other = Authority(tmp_path / "other")
    done = run("verify", "--certificates", str(other.certificates))
    assert done.returncode == 1
    assert "[archive-seal-signature]" in done.stdout


def test_what_is_kept_stays_where_the_authority_fails(run: Run, authority: Authority) -> None:
    with served(lambda _: b"<html>") as here:
        done = run("keep", str(SEED), "--timestamp", here.url)
    assert done.returncode == 1
    assert lines(done)[0].endswith("crevits:370 v1: kept")
    assert len(lines(done)) == 3
    assert "warning: the head is not sealed" in done.stderr
    assert "its reply is no time stamp" in done.stderr
    assert "`archive seal --timestamp URL` tries again [archive-unsealed]" in done.stderr
    assert run("verify").returncode == 0
    with served(lambda _: b"<html>") as here:
        done = run("seal", "--timestamp", here.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error: the head is not sealed" in done.stderr
    with served(authority.reply) as here:
        assert run("seal", "--timestamp", here.url).returncode == 0
    assert run("verify", "--certificates", str(authority.certificates)).returncode == 0


def test_nothing_is_kept_where_it_cannot_be_sealed_at_all(run: Run, tmp_path: Path) -> None:
    done = run("keep", str(SEED), "--timestamp", "ftp://example.be")
    assert done.returncode == 2
    assert "ftp://example.be is no address of an authority" in done.stderr
    code = (
        "import sys; sys.modules['rfc3161_client'] = None; import importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'rfc3161_client' else real(name, *rest)\n"
        "from kmo_report.cli import main; main()"
    )
    for arguments in (
        ["keep", str(SEED), "--timestamp", "https://example.be"],
        ["keep", str(SEED)],
        ["seal", "--timestamp", "https://example.be"],
        ["verify", "--certificates", "x.pem"],
        ["verify"],
    ):
        command = [sys.executable, "-c", code, "archive", *arguments]
        done = subprocess.run(
            [*command, "--archive", str(tmp_path / "kept")],
            capture_output=True,
            text=True,
            check=False,
        )
        if {"--timestamp", "--certificates"} & {*arguments}:
            assert done.returncode == 1
            assert "pip install 'kmo-report[seal]' [archive-seal-library]" in done.stderr
        else:
            assert done.returncode == 0, done.stderr
        assert (tmp_path / "kept").exists() is (arguments[:1] != ["keep"] or len(arguments) == 2)
