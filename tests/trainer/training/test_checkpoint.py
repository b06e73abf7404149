"""Checkpoints: whole after a crash at any moment, and never code."""

from __future__ import annotations

import os
import pickle
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
    assert checkpoint.load(run) is None
    checkpoint.save(run, state(1))
    checkpoint.save(run, state(2))
    assert step_of(run) == 2
    assert {p.name for p in run.iterdir()} == {checkpoint.PREVIOUS, checkpoint.NAME}
    (run / checkpoint.NAME).unlink()
    assert step_of(run) == 1


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
