"""One command at a time in a folder, which can be one; what `--resume` finds there."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer import failures
from trainer.cli import main
from trainer.taken import FOLDS, LOCK, STATES, TURN, anew, check_out, in_turn, taken, writes_to

HOLDS = """
import sys
from pathlib import Path
from trainer.taken import taken
with taken(Path(sys.argv[1])):
    print("in", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def another(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path / "run")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "in\n"
    return process


def test_a_folder_in_which_another_command_is_at_work_is_refused(another: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(AnkleViewerError) as caught, taken(tmp_path / "run"):
        pytest.fail("it must not run")
    assert caught.value.code == "FOLDER_IN_USE" and str(tmp_path / "run") in str(caught.value)
    with taken(tmp_path / "another"):
        pass
    another.communicate("")
    with taken(tmp_path / "run"):
        (tmp_path / "run" / "log.csv").write_text("")
    assert (tmp_path / "run" / "log.csv").exists()


def test_a_process_that_was_killed_holds_nothing(another: subprocess.Popen[str], tmp_path: Path) -> None:
    another.kill()
    another.communicate()
    with taken(tmp_path / "run"):
        pass


def test_the_other_processes_of_torchrun_do_not_ask(
    another: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANK", "1")
    with taken(tmp_path / "run"):
        pass
    another.communicate("")


def test_a_command_that_is_refused_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="refused"), taken(tmp_path / "a" / "run"):
        raise ValueError("refused")
    assert not (tmp_path / "a" / "run").exists()
    (tmp_path / "there").mkdir()
    with taken(tmp_path / "there"):
        pass
    assert [path.name for path in (tmp_path / "there").iterdir()] == [LOCK]


@pytest.mark.parametrize("windows", [True, False])
def test_the_clean_up_hides_no_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, windows: bool) -> None:
    """Another process of torchrun has the file of turns open, which Windows does not let go, or arrives there just now."""
    real = Path.unlink

    def unlink(self: Path) -> None:
        if self.name == TURN and windows:
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        real(self)
        if self.name == TURN:
            self.touch()

    def refuse() -> None:
        with taken(tmp_path / "run"):
            (tmp_path / "run" / TURN).touch()
            raise ValueError("refused")

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(ValueError, match="refused"):
        refuse()


def test_the_processes_of_torchrun_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once would read every scan twice, and one would take away the index that the other reads."""
    monkeypatch.setenv("WORLD_SIZE", "3")
    within: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with in_turn(tmp_path / "run"):
            within.append(number)
            time.sleep(0.1)
            most.append(len(within))
            within.remove(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]
    with taken(tmp_path / "other"), in_turn(tmp_path / "other"):
        pass
    assert not (tmp_path / "other").exists()


def test_a_process_alone_has_nobody_to_wait_for(tmp_path: Path) -> None:
    with in_turn(tmp_path / "run"):
        assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("command", [["train", "--model", "compact", "--data", "simulate"], ["locator"], ["prepare", "t.csv"]])
def test_commands_of_hours_ask_for_their_folder(
    command: list[str], another: subprocess.Popen[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--out", str(tmp_path / "run")]) == 2
    assert capsys.readouterr().err.startswith("FOLDER_IN_USE")
    another.communicate("")


def test_a_file_is_no_folder_to_write_to(tmp_path: Path) -> None:
    (tmp_path / "scan.nii.gz").write_bytes(b"scan")
    check_out(tmp_path)
    check_out(tmp_path / "new" / "run")
    for out in (tmp_path / "scan.nii.gz", tmp_path / "scan.nii.gz" / "run" / "deeper"):
        with pytest.raises(
            AnkleViewerError, match=r"scan\.nii\.gz is there already, and no folder: give by --out a folder"
        ) as met:
            check_out(out)
        assert met.value.code == "OUT_UNFIT"


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that may be looked into and not written to; of root, whom no right binds, another user is made meanwhile."""
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders may not even be looked into by others
        folder, user = Path(name), os.geteuid()
        (folder / "data").mkdir()
        (folder / "data").chmod(0o555)
        folder.chmod(0o555)
        if user == 0:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(user)
            folder.chmod(0o755)
            (folder / "data").chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are told otherwise there")
def test_a_folder_that_may_not_be_written_to_is_refused(closed: Path) -> None:
    for out, place in (("data", "data"), ("new", ""), ("data/new/run", "data")):
        with pytest.raises(AnkleViewerError) as met:
            check_out(closed / out)
        assert met.value.code == "OUT_UNFIT"
        assert str(met.value).startswith(f"OUT_UNFIT: {closed / place} may not be written to (Permission denied): give by --out")


@pytest.mark.skipif(sys.platform == "win32", reason="rights are told otherwise there")
def test_what_lies_in_a_folder_that_may_not_be_looked_into_is_refused(closed: Path) -> None:
    with pytest.raises(AnkleViewerError, match="OUT_UNFIT") as met, closed_to_all(closed / "data"):
        check_out(closed / "data" / "run")
    assert f"{closed / 'data'} may not be written to" in str(met.value)


@contextlib.contextmanager
def closed_to_all(folder: Path) -> Iterator[None]:
    user = os.geteuid()
    os.seteuid(os.getuid())  # its owner
    folder.chmod(0)
    os.seteuid(user)
    yield


def test_a_folder_that_can_be_written_to_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    check_out(tmp_path / "there")
    check_out(tmp_path / "new" / "run")
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


@pytest.mark.parametrize(("out", "make"), [(".", "touch"), ("new", "mkdir")])
def test_nothing_stays_where_a_signal_comes_while_it_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, make: str
) -> None:
    def stopped(path: Path, *args: object, **more: object) -> None:
        done(path, *args, **more)
        made.append(path.exists())
        raise KeyboardInterrupt

    made: list[bool] = []
    done = getattr(Path, make)
    monkeypatch.setattr(Path, make, stopped)
    with pytest.raises(KeyboardInterrupt):
        check_out(tmp_path / out)
    assert made == [True] and not any(tmp_path.iterdir())


@pytest.mark.parametrize("rank", ["0", "1"])
def test_of_many_processes_the_first_one_tries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rank: str) -> None:
    """On another computer the share may be read only."""

    def deny(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "touch", deny)
    monkeypatch.setenv("RANK", rank)
    with pytest.raises(AnkleViewerError, match="OUT_UNFIT") if rank == "0" else contextlib.nullcontext():
        check_out(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(AnkleViewerError, match="no folder"):
        check_out(tmp_path / "file")


def test_a_full_disk_is_not_told_as_a_right_that_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "mkdir", full)
    check_out(tmp_path / "new")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_what_is_denied_in_the_folder_is_told_by_its_code(tmp_path: Path, number: int) -> None:
    (tmp_path / "out").mkdir()
    for name in (tmp_path / "out" / "index.csv", os.fsencode(tmp_path / "out" / "index.csv")):
        with (
            pytest.raises(AnkleViewerError, match=r"OUT_UNFIT: Access to .*index\.csv is denied \(no\): .* by --out"),
            writes_to(tmp_path / "out"),
        ):
            raise OSError(number, "no", name)
    elsewhere = [
        OSError(number, "no", str(tmp_path / "scan.nii")),
        OSError(number, "no"),
        OSError(errno.EIO, "no", str(tmp_path / "out" / "a")),
    ]
    for error in elsewhere:
        with pytest.raises(OSError) as met, writes_to(tmp_path / "out"):
            raise error
        assert met.value is error
    with writes_to(None):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="links take rights there")
def test_a_link_that_leads_nowhere_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(AnkleViewerError, match="OUT_UNFIT"):
        check_out(tmp_path / "link")


@pytest.mark.parametrize(
    ("there", "folds", "told"),
    [
        ("", False, "holds no checkpoint to go on from; training begins anew"),
        ("", True, "holds no fold to go on from; training begins anew"),
        ("config.json", False, "holds no checkpoint"),  # killed before its first checkpoint
        ("fold-1/answers.json", False, "holds no checkpoint"),
        ("checkpoint.pt", True, "holds no fold"),
        ("checkpoint.pt", False, ""),
        ("checkpoint.previous.pt", False, ""),
        ("shallow/checkpoint.pt", False, ""),
        ("fold-2/checkpoint.pt", True, ""),
        ("fold-1/answers.json", True, ""),
    ],
)
def test_what_resume_does_not_find_is_said(tmp_path: Path, there: str, folds: bool, told: str) -> None:
    run = tmp_path / "R3"
    if there:
        (run / there).parent.mkdir(parents=True)
        (run / there).touch()
    said = anew(run, True, folds)
    assert told in said and bool(said) == bool(told) and (not said or "R3" in said)
    assert anew(run, False, folds) == "", "nobody expects it to go on"


def test_one_of_many_processes_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    assert anew(tmp_path, True) == ""


@pytest.mark.parametrize("pattern", STATES + FOLDS)
def test_what_a_command_goes_on_from_is_the_same_at_its_start_and_at_its_end(tmp_path: Path, pattern: str) -> None:
    state = tmp_path / pattern.replace("*", "1")
    state.parent.mkdir(exist_ok=True)
    state.touch()
    assert anew(tmp_path, True, pattern in FOLDS) == ""
    assert "the last checkpoint stays" in failures.failed("train", MemoryError(), tmp_path)


def test_what_is_denied_to_a_run_that_has_kept_states_is_no_wrong_folder(tmp_path: Path) -> None:
    """Told as one, the same command would be given again, and begin over them."""
    denied = PermissionError(errno.EACCES, "no", str(tmp_path / "checkpoint.pt"))

    later = time.time() + 1

    def train() -> None:
        with writes_to(tmp_path):
            (tmp_path / "checkpoint.pt").touch()
            os.utime(tmp_path / "checkpoint.pt", (later, later))  # a file's time may lag some thousandths behind the clock
            raise denied

    with pytest.raises(PermissionError) as met:
        train()
    assert met.value is denied
    os.utime(tmp_path / "checkpoint.pt", (1000.0, 1000.0))  # of an older run
    with pytest.raises(AnkleViewerError, match="OUT_UNFIT"), writes_to(tmp_path):
        raise denied
