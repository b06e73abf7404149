"""Checkpoints: whole after a crash at any moment, and never code."""

from __future__ import annotations

import errno
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from ankleviewer.core.errors import AnkleViewerError
from trainer.training import checkpoint

# PyTorch's own words
NO_MEMORY = "[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes."


def state(step: int) -> dict[str, Any]:
    return {"step": step, "net": {"w": torch.full((100,), float(step))}}


def step_of(run: Path) -> int:
    loaded = checkpoint.load(run)
    assert loaded is not None
    return int(loaded["step"])


def test_the_newest_is_loaded_and_the_one_before_kept(tmp_path: Path) -> None:
    run = tmp_path / "new" / "run"
    assert checkpoint.load(run) is None and not checkpoint.exists(run)
    checkpoint.save(run, state(1))
    checkpoint.save(run, state(2))
    assert step_of(run) == 2
    assert {p.name for p in run.iterdir()} == {checkpoint.PREVIOUS, checkpoint.NAME}
    (run / checkpoint.NAME).unlink()
    assert step_of(run) == 1 and checkpoint.exists(run)


@pytest.mark.parametrize("moment", [0, 1])
def test_a_crash_between_the_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    checkpoint.save(tmp_path, state(1))
    checkpoint.save(tmp_path, state(2))
    calls = []
    real = os.replace

    def crash(a: Path, b: Path) -> None:
        calls.append(b)
        if len(calls) == moment + 1:
            raise KeyboardInterrupt
        real(a, b)

    monkeypatch.setattr(checkpoint.os, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(tmp_path, state(3))
    assert step_of(tmp_path) == 2
    monkeypatch.undo()
    checkpoint.save(tmp_path, state(3))
    assert step_of(tmp_path) == 3


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_file_falls_back(tmp_path: Path, share: float) -> None:
    checkpoint.save(tmp_path, state(1))
    checkpoint.save(tmp_path, state(2))
    newest = tmp_path / checkpoint.NAME
    whole = newest.read_bytes()
    newest.write_bytes(whole[: int(share * len(whole))])
    assert step_of(tmp_path) == 1


@pytest.mark.parametrize(
    "error",
    [RuntimeError(NO_MEMORY), MemoryError(), OSError(errno.EIO, "Input/output error"), PermissionError(errno.EACCES, "no")],
)
def test_what_cannot_be_read_for_the_moment_is_not_taken_for_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    checkpoint.save(tmp_path, state(1))
    checkpoint.save(tmp_path, state(2))
    checkpoint.save_best(tmp_path, state(1))

    def away(*args: object, **more: object) -> None:
        raise error

    monkeypatch.setattr(checkpoint.torch, "load", away)
    for read in (checkpoint.load, checkpoint.load_best):
        with pytest.raises(type(error)):
            read(tmp_path)
    monkeypatch.undo()
    assert step_of(tmp_path) == 2


LITTLE = """
import resource, sys
from pathlib import Path
from trainer.training import checkpoint
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + 150_000_000,) * 2)
try:
    print("took", checkpoint.load(Path(sys.argv[1])))
except (RuntimeError, MemoryError) as error:
    print("raised", error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process can be told how much memory it may have")
def test_a_state_larger_than_the_memory_is_not_taken_for_cut_short(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, {"net": {"w": torch.zeros(75_000_000)}})
    done = subprocess.run([sys.executable, "-c", LITTLE, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("raised")


def test_states_of_which_none_is_whole_are_no_new_beginning(tmp_path: Path) -> None:
    for step in (1, 2):
        checkpoint.save(tmp_path, state(step))
    for name in (checkpoint.NAME, checkpoint.PREVIOUS):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:100])
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: checkpoint\.pt and checkpoint\.previous\.pt of"):
        checkpoint.load(tmp_path)


def test_a_best_state_that_is_not_whole_is_said(tmp_path: Path) -> None:
    checkpoint.save_best(tmp_path, state(1))
    checkpoint.save(tmp_path, state(2))
    best = tmp_path / checkpoint.BEST
    best.write_bytes(best.read_bytes()[:100])
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: best\.pt of .*: copy it back .*, or remove it"):
        checkpoint.load_best(tmp_path)


def test_a_state_of_another_run_is_not_taken(tmp_path: Path) -> None:
    own, other = {"data": "a", "model": "b"}, {"data": "a", "model": "c"}
    checkpoint.save_best(tmp_path, state(1) | {checkpoint.RUN: own})
    checkpoint.save(tmp_path, state(2) | {checkpoint.RUN: own})
    for read, name in ((checkpoint.load, "checkpoint"), (checkpoint.load_best, "best")):
        assert read(tmp_path, own) is not None and read(tmp_path) is not None
        with pytest.raises(
            AnkleViewerError, match=rf"RUN_UNREADABLE: {name}\.pt of .* is another run's, and nothing was changed"
        ):
            read(tmp_path, other)
    checkpoint.save_best(tmp_path, state(1))
    assert checkpoint.load_best(tmp_path, other) is not None, "one of an earlier release, which tells nothing of its run"


class Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("plain", [True, False])
def test_a_foreign_file_cannot_run_code(tmp_path: Path, plain: bool) -> None:
    target = tmp_path / "executed"
    file = tmp_path / checkpoint.NAME
    if plain:
        file.write_bytes(pickle.dumps({"step": Bomb(target)}, protocol=2))
    else:
        torch.save({"step": Bomb(target)}, file)
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: checkpoint\.pt of .* cannot be read, and nothing was changed"):
        checkpoint.load(tmp_path)
    assert not target.exists()
    checkpoint.save(tmp_path, state(4))
    assert step_of(tmp_path) == 4


def test_the_best_state_lies_beside_the_newest(tmp_path: Path) -> None:
    assert checkpoint.load_best(tmp_path) is None
    checkpoint.save_best(tmp_path, state(1))
    checkpoint.save(tmp_path, state(2))
    best = checkpoint.load_best(tmp_path)
    assert best is not None and best["step"] == 1 and step_of(tmp_path) == 2


TRAINING = """
import sys, torch
from pathlib import Path
from ankleviewer.core.assessment.preprocess import BONE
from trainer.networks.compact import compact
from trainer.training.data import CropPlan, PairBank
from trainer.training.loop import train
from trainer.training.objective import Stage
from trainer.training.pair_source import FolderPairs
torch.set_num_threads(1)
torch.manual_seed(3)
bank = PairBank(FolderPairs(Path(sys.argv[1])), 8, 8, 0.0, 7)
stages = [Stage(CropPlan(24, 1, 0), int(sys.argv[3]), (1e-3, 1e-4))]
def report(progress):
    print(progress.step, flush=True)
    sys.stdin.readline()  # until it is let go on
train(compact(0.25), BONE, stages, bank, Path(sys.argv[2]), resume=True, save_every=1, report=report)
"""


@pytest.mark.timeout(600)
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows knows no SIGKILL")
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_weights(bank_folder: Path, tmp_path: Path) -> None:
    def start(run: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-c", TRAINING, str(bank_folder), str(tmp_path / run), "14"]
        return subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    reached = []
    for steps, pause in ((3, 0.0), (4, 0.004), (3, 0.011)):  # in a step, or while a checkpoint is being written
        with start("killed") as process:
            assert process.stdin is not None and process.stdout is not None
            for _ in range(steps):
                reached.append(int(process.stdout.readline()))
                process.stdin.write("\n")  # one step more, however late we are
            time.sleep(pause)
            process.kill()
        assert checkpoint.load(tmp_path / "killed") is not None, "whatever was being written, one whole state is left"
    assert reached[3] in (4, 5) and reached == sorted(reached), "it went on from where it was"
    for run in ("killed", "whole"):
        with start(run) as process:
            process.communicate()
        assert process.returncode == 0
    killed, whole = checkpoint.load(tmp_path / "killed"), checkpoint.load(tmp_path / "whole")
    assert killed is not None and whole is not None and killed["step"] == whole["step"] == 14
    for part in ("net", "average"):
        assert all(torch.equal(killed[part][k], v) for k, v in whole[part].items())


def test_what_a_killed_process_left_goes_and_nothing_else(tmp_path: Path) -> None:
    kept = (checkpoint.NAME, checkpoint.PREVIOUS, checkpoint.BEST, ".in-use", "config.json")
    for name in (*kept, f".{checkpoint.NAME}.4711", f".{checkpoint.BEST}.12"):
        (tmp_path / name).touch()
    checkpoint.clear(tmp_path)
    checkpoint.clear(tmp_path / "nothing")
    assert {path.name for path in tmp_path.iterdir()} == set(kept)
