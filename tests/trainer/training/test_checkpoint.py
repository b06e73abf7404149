"""Checkpoints: whole after a crash at any moment, and never code."""

from __future__ import annotations

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

from trainer.training import checkpoint


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
    assert checkpoint.load(tmp_path) is None
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
train(compact(0.25), BONE, stages, bank, Path(sys.argv[2]), resume=True, save_every=1, report=lambda p: print(p.step, flush=True))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows knows no SIGKILL")
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_weights(bank_folder: Path, tmp_path: Path) -> None:
    def start(run: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-c", TRAINING, str(bank_folder), str(tmp_path / run), "14"]
        return subprocess.Popen(line, stdout=subprocess.PIPE, text=True)

    reached = []
    for steps, pause in ((3, 0.0), (4, 0.004), (3, 0.011)):  # in a step, or while a checkpoint is being written
        with start("killed") as process:
            assert process.stdout is not None
            reached += [int(process.stdout.readline()) for _ in range(steps)]
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
