"""locked: one process at a time; where it cannot be, the work is done all the same."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ankleviewer.io import locked as module
from ankleviewer.io.locked import locked, take

HOLD = """
import sys, time
from pathlib import Path
from ankleviewer.io.locked import locked
with locked(Path(sys.argv[1])) as alone:
    print(alone, flush=True)
    time.sleep(120)
"""


def test_threads_come_one_after_the_other(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(5):
            with locked(tmp_path / "lock") as alone:
                assert alone
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.002)
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 20


def test_another_process_is_waited_for_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(file)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        start = time.monotonic()
        with locked(file, wait_s=0.2) as alone:
            assert not alone and time.monotonic() - start >= 0.2
        other.kill()
        with locked(file, wait_s=30) as alone:
            assert alone


def test_an_error_lets_go(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), locked(tmp_path / "lock"):
        raise KeyboardInterrupt
    with locked(tmp_path / "lock", wait_s=0) as alone:
        assert alone


def test_without_a_folder_or_on_a_disk_that_knows_no_locks_nothing_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.monotonic()
    with locked(tmp_path / "nowhere" / "lock") as alone:
        assert not alone
    monkeypatch.setattr(module, "take", lambda stream: None)
    with locked(tmp_path / "lock") as alone:
        assert not alone
    assert time.monotonic() - start < module.WAIT_S / 2


@pytest.mark.skipif(sys.platform == "win32", reason="flock is what other systems have")
@pytest.mark.parametrize(("number", "taken"), [(errno.EAGAIN, False), (errno.EACCES, False), (errno.ENOLCK, None)])
def test_held_is_not_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, taken: bool | None) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (tmp_path / "lock").open("ab") as stream:
        assert take(stream) is taken
