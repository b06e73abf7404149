"""staging: a folder that a killed process left is removed by the next one, and none that another process is using."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ankleviewer.inference import staging as module
from ankleviewer.inference.staging import LOCK, PREFIX, staging

HOLD = """
import sys, time
from pathlib import Path
from ankleviewer.inference.staging import staging
with staging(Path(sys.argv[1])) as made:
    (made / "fresh").mkdir()
    print(made.name, flush=True)
    time.sleep(120)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process that is adding a pack, and its folder."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process, tmp_path / process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def aged(folder: Path, hours: float) -> Path:
    os.utime(folder, (time.time() - 3600 * hours,) * 2)
    return folder


def made(folder: Path, hours: float) -> Path:
    """What a release that took no locks left."""
    (folder / "fresh").mkdir(parents=True)
    return aged(folder, hours)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with staging(tmp_path) as folder:
        assert folder.parent == tmp_path and folder.name.startswith(PREFIX)
    with pytest.raises(KeyboardInterrupt), staging(tmp_path):
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_what_another_process_is_using_stays_however_old_it_is(other: tuple[subprocess.Popen[str], Path], tmp_path: Path) -> None:
    process, folder = other
    aged(folder, 99)
    with staging(tmp_path):
        assert (folder / "fresh").is_dir()
    assert process.poll() is None and list(tmp_path.iterdir()) == [folder]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_what_a_killed_process_left_goes_after_an_hour(other: tuple[subprocess.Popen[str], Path], tmp_path: Path) -> None:
    process, folder = other
    process.send_signal(signal.SIGKILL)
    process.wait()
    with staging(tmp_path):
        assert (folder / "fresh").is_dir(), "it could be one that is not locked yet"
    aged(folder, 1.1)
    with staging(tmp_path):
        assert not folder.exists()


def test_what_has_no_lock_goes_after_a_day(tmp_path: Path) -> None:
    old = made(tmp_path / f"{PREFIX}old", 25)
    kept = [made(tmp_path / f"{PREFIX}new", 23), made(tmp_path / ".old-mine", 99), made(tmp_path / "mine", 99)]
    aim = made(tmp_path / "elsewhere", 99)
    link = tmp_path / f"{PREFIX}link"
    link.symlink_to(aim)
    with staging(tmp_path):
        assert not old.exists()
    assert all((folder / "fresh").is_dir() for folder in (*kept, aim, link))
    assert not (kept[0] / LOCK).exists(), "to look must not make it seem to be in use"


def test_a_disk_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "take", lambda stream: None)
    with staging(tmp_path) as folder:
        assert list(folder.iterdir()) == [], "its age alone tells whether it is left over"
        aged(folder, 25)
        with staging(tmp_path):
            assert not folder.exists()
