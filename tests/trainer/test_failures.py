"""Words for commands that ended early."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from trainer import failures
from trainer.cross_validation import ANSWERS
from trainer.failures import Ended, ended_by_signals, failed, missing, stopped
from trainer.simulated import SHALLOW
from trainer.training import checkpoint

FULL = OSError(28, "No space left on device")
SENT = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


@pytest.mark.parametrize("number", SENT)
def test_signals_end_a_block_as_ctrl_c_does_and_are_let_go_afterwards(number: signal.Signals) -> None:
    before = [signal.getsignal(other) for other in SENT]
    with pytest.raises(KeyboardInterrupt) as met, ended_by_signals():
        signal.raise_signal(number)
    assert getattr(met.value, "code", None) == (None if number == signal.SIGINT else 128 + number)
    assert [signal.getsignal(other) for other in SENT] == before


def test_what_else_goes_wrong_when_a_signal_has_come_is_not_told() -> None:
    """As compiled code makes an ImportError of it, and workers that are ended too an error of the executor."""

    def lose() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        except Ended:
            raise ImportError("initialization failed") from None

    with pytest.raises(Ended), ended_by_signals():
        lose()
    with pytest.raises(ImportError), ended_by_signals():
        raise ImportError("none came")


def test_a_signal_that_was_lost_is_heard_when_it_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is raised in a destructor goes nowhere."""

    def lost() -> None:
        with contextlib.suppress(Ended):
            signal.raise_signal(signal.SIGTERM)

    def again() -> None:
        lost()
        signal.raise_signal(signal.SIGTERM)  # the same request
        monkeypatch.setattr(failures, "REPEATED_S", 0.0)
        signal.raise_signal(signal.SIGTERM)
        heard.append("goes on")

    heard: list[str] = []
    with pytest.raises(Ended), ended_by_signals():
        again()
    assert heard == []


def test_a_second_signal_does_not_cut_the_clearing_up() -> None:
    cleared = []

    def clear_up() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGTERM)
            cleared.append(True)

    with pytest.raises(Ended), ended_by_signals():
        clear_up()
    assert cleared


def test_a_signal_that_is_ignored_stays_so() -> None:
    """As nohup ignores it."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with ended_by_signals():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("command", "error", "words"),
    [
        ("train", FULL, "The disk is full; there is no checkpoint yet, the same command begins anew."),
        ("prepare", FULL, "The disk is full; what was written so far stays, the same command goes on from there."),
        ("evaluate", FULL, "The disk is full; the answers so far stay, the same command asks for those that are missing."),
        ("prepare", OSError("262144 requested and 7136 written"), "The disk is full; what was written"),
        ("prepare", OSError("Not enough free space to write 28311552 bytes"), "The disk is full; what was written"),
        (
            "train",
            RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 704 vs 598"),
            "The disk is full; there",
        ),
        (
            "train",
            RuntimeError("[enforce fail] can't allocate memory: you tried\nto"),
            "Not enough memory: --part 1 or --save-memory",
        ),
        ("tune", MemoryError(), "Not enough memory: --part 1 or --save-memory"),
        ("prepare", MemoryError(), "Not enough memory; what was written so far stays"),
        ("train", OSError(5, "Input/output error"), "OSError: [Errno 5] Input/output error"),
        ("train", FloatingPointError("the loss is nan at step 3\nmore"), "FloatingPointError: the loss is nan at step 3"),
    ],
)
def test_a_failure_is_told_in_one_line_with_its_remedy(command: str, error: Exception, words: str) -> None:
    said = failed(command, error)
    assert said.startswith(words)
    assert "\n" not in said


def test_what_a_stopped_command_keeps(tmp_path: Path) -> None:
    assert "no checkpoint yet" in stopped("locator", tmp_path)
    (tmp_path / checkpoint.NAME).touch()
    assert "--resume" in stopped("locator", tmp_path)
    assert "--resume" not in stopped("simulate", tmp_path), "it goes on by itself"


@pytest.mark.parametrize(
    "name",
    [checkpoint.NAME, checkpoint.PREVIOUS, f"{SHALLOW}/{checkpoint.NAME}", f"fold-2/{checkpoint.NAME}", f"fold-1/{ANSWERS}"],
)
def test_resuming_is_advised_where_this_run_has_something_to_go_on_from(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.utime(path, (1000.0, 1000.0))
    assert "the last checkpoint stays, the same command with --resume" in failed("train", FULL, tmp_path, 999.0)
    assert "no checkpoint yet" in failed("train", FULL, tmp_path, 1001.0), "an older run left it"
    away = OSError(116, "Stale file handle")
    assert failed("train", away, tmp_path, 999.0).endswith("the same command with --resume goes on from it.")
    assert failed("train", away, tmp_path, 1001.0) == "OSError: [Errno 116] Stale file handle"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
def test_what_numpy_and_torch_say_of_a_full_disk_is_known(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys, numpy, torch\n"
        "from trainer.failures import failed\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))\n"
        "for save in (lambda f: numpy.save(f, numpy.zeros(300000)), lambda f: torch.save(torch.zeros(300000), f)):\n"
        "    try:\n"
        "        with open(sys.argv[1], 'wb') as f:\n"
        "            save(f)\n"
        "    except (OSError, RuntimeError) as error:\n"
        "        print(failed('prepare', error))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "x")], capture_output=True, text=True, check=True)
    assert [line.split(";")[0] for line in done.stdout.splitlines()] == ["The disk is full"] * 2, done.stdout


def test_a_bare_installation_is_told_what_it_lacks() -> None:
    said = missing(ModuleNotFoundError("No module named 'torch'", name="torch.nn"))
    assert said is not None and said.startswith("EXTRA_MISSING") and "ankleviewer[trainer]" in said
    assert missing(ModuleNotFoundError("No module named 'trainer.gone'", name="trainer.gone")) is None


def test_the_packages_are_those_of_the_extra() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.match(r"[a-z]+", line).group() for line in project["optional-dependencies"]["trainer"]}  # type: ignore[union-attr]
    assert named == failures._EXTRA
