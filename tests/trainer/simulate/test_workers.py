"""Workers end with their command, whatever ended it, and leave no half-written files."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.simulate.workers import Workers, at_work, begin

ROOT = Path(__file__).parents[3]
LONG_S = 60.0  # of a piece of work, if nothing ends it
COMMAND = """
import os, sys, time
from pathlib import Path
from ankleviewer.io.atomic import atomic_file
from trainer.failures import ended_by_signals
from trainer.simulate.workers import Workers

def work(job):
    number, folder = job
    (folder / f"pid-{os.getpid()}").touch()
    if number < 2:
        return number
    with atomic_file(folder / f"{number}.txt") as stream:
        stream.write(b"half")
        stream.flush()
        (folder / f"begun-{number}").touch()
        end = time.monotonic() + LONG_S
        while time.monotonic() < end:
            time.sleep(0.01)
    return number

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with ended_by_signals(), Workers(2) as pool:
        for number in pool.map(work, [(n, folder) for n in range(20)]):
            (folder / f"done-{number}").touch()
"""


def wait_for(what: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended may still be listed until somebody asks for its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def command(folder: Path) -> subprocess.Popen[str]:
    """The command, at work on two pieces that take long."""
    script = folder / "command.py"
    script.write_text(COMMAND.replace("LONG_S", str(LONG_S)))
    running = subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    begun = wait_for(lambda: len(list(folder.glob("begun-*"))) == 2 and len(list(folder.glob("done-*"))) == 2, 60)
    assert begun, running.poll()
    return running


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up where Linux lists them")
@pytest.mark.parametrize(
    ("number", "to_all"),
    [
        (signal.SIGTERM, False),
        (signal.SIGTERM, True),
        (signal.SIGHUP, True),
        (signal.SIGINT, False),
        (signal.SIGINT, True),
        (signal.SIGKILL, False),
    ],
)
def test_no_worker_outlives_its_command(tmp_path: Path, number: int, to_all: bool) -> None:
    running = command(tmp_path)
    workers = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    try:
        assert len(workers) == 2 and all(lives(pid) for pid in workers)
        before = time.monotonic()
        (os.killpg if to_all else os.kill)(running.pid, number)
        said = running.communicate(timeout=30)[1]
        assert wait_for(lambda: not any(lives(pid) for pid in workers), LONG_S / 2), "they go on"
        assert time.monotonic() - before < LONG_S / 2
        if number != signal.SIGKILL:
            assert "Process" not in said, "workers do not speak"
        assert sorted(path.name for path in tmp_path.glob("begun-*")) == ["begun-2", "begun-3"], "nothing more was begun"
        assert not list(tmp_path.glob(".*.part")), "what was half-written is removed"
    finally:
        for pid in workers:
            if lives(pid):
                os.kill(pid, signal.SIGKILL)


def wait_long(folder: Path) -> None:
    (folder / "begun").touch()
    end = time.monotonic() + LONG_S
    while time.monotonic() < end:
        time.sleep(0.01)


def test_an_exception_ends_the_work(tmp_path: Path) -> None:
    def fail_at_work() -> None:
        with Workers(1) as pool:
            pool.submit(wait_long, tmp_path)
            assert wait_for((tmp_path / "begun").exists, 60)
            raise FloatingPointError

    before = time.monotonic()
    with pytest.raises(FloatingPointError):
        fail_at_work()
    assert time.monotonic() - before < LONG_S / 2


MARKS: list[str] = []


def marks() -> list[str]:
    return MARKS


def test_processes_are_no_copies_of_one_whose_threads_they_would_wait_for() -> None:
    MARKS.append("of the test's own process")
    with Workers(1) as pool:
        assert pool.submit(marks).result() == []


def test_without_one_all_is_done() -> None:
    with Workers(2) as pool:
        assert list(pool.map(abs, [-1, -2, -3], chunksize=2)) == [1, 2, 3]
        last = pool.submit(divmod, 7, 2)
    assert last.result() == (3, 1)


def write_slowly(folder: Path, clearing_s: float) -> None:
    part = folder / ".x.part"
    part.touch()
    try:
        wait_long(folder)
    finally:
        time.sleep(clearing_s)
        part.unlink()


def alone(folder: Path, clearing_s: float) -> None:
    begin()
    at_work(write_slowly, folder, clearing_s)


@pytest.mark.skipif(sys.platform == "win32", reason="a process is ended there without being told")
@pytest.mark.parametrize("clearing_s", [0.0, 2.0])
def test_a_process_outside_an_executor_clears_up_too(tmp_path: Path, clearing_s: float) -> None:
    process = multiprocessing.get_context("spawn").Process(target=alone, args=(tmp_path, clearing_s))
    process.start()
    assert wait_for((tmp_path / "begun").exists, 60)
    process.terminate()
    process.join(LONG_S / 2)
    assert process.exitcode == 1 and not (tmp_path / ".x.part").exists()
