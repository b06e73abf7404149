"""One command at a time in a folder."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer.cli import main
from trainer.taken import LOCK, TURN, in_turn, taken

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


@pytest.mark.parametrize("command", [["train", "--model", "compact", "--data", "simulate"], ["locator"]])
def test_training_and_locator_ask_for_their_folder(
    command: list[str], another: subprocess.Popen[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--out", str(tmp_path / "run")]) == 2
    assert capsys.readouterr().err.startswith("FOLDER_IN_USE")
    another.communicate("")
