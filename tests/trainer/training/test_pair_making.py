"""Pairs beside a training: whose they are."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trainer.simulate.pairs import BankOrder, pair_path
from trainer.simulate.streams import SIMULATOR_VERSION
from trainer.training import pair_making as module
from trainer.training.pair_making import _clear_others, pairs_beside
from trainer.training.pair_source import LivePairs
from trainer.training.processes import Processes


def test_pairs_of_another_seed_are_not_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = pair_path(tmp_path, 0)
    _clear_others(tmp_path, BankOrder(1, 4, 32))
    pair.touch()
    _clear_others(tmp_path, BankOrder(1, 9, 32))
    assert pair.exists(), "more of the same"
    _clear_others(tmp_path, BankOrder(2, 9, 32))
    assert not pair.exists()
    pair.touch()
    monkeypatch.setattr(module, "SIMULATOR_VERSION", SIMULATOR_VERSION + 1)
    _clear_others(tmp_path, BankOrder(2, 9, 32))
    assert not pair.exists(), "another simulator makes other scans of the same seed"
    pair.touch()
    (tmp_path / "order.json").unlink()
    _clear_others(tmp_path, BankOrder(2, 9, 32))
    assert not pair.exists(), "nobody knows whose they are"


def test_pairs_are_made_beside_the_block_and_no_longer(tmp_path: Path) -> None:
    with pairs_beside(tmp_path, BankOrder(3, 2, 16), Processes()) as pairs:
        pair = pairs(0)
    assert pair_path(tmp_path, 0).is_file() and pair.fractured.shape == pair.crack.shape
    with pytest.raises(RuntimeError, match="nobody makes it any more"):
        pairs(10)


def test_live_pairs_leave_no_files(tmp_path: Path) -> None:
    with pairs_beside(tmp_path / "pairs", BankOrder(3, 2, 16), Processes(), live=torch.device("cpu")) as pairs:
        assert isinstance(pairs, LivePairs) and pairs(0).crack.any()
    assert not (tmp_path / "pairs").exists()
