"""Batches of prepared scans: every scan once an epoch, HU as the loop expects, nothing asked where nobody marked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ankleviewer.core.assessment.preprocess import BONE
from trainer.training import scan_bank as module
from trainer.training.data import CropPlan
from trainer.training.objective import window
from trainer.training.scan_bank import ScanBank
from trainer.training.targets import cell_targets

SPEC = replace(BONE, size=16, spacing_mm=8.0)
PLAN = CropPlan(16, 0, 3, whole=True, strength=0.0)


@pytest.fixture
def inputs(tmp_path: Path) -> list[tuple[Path, int, Path | None]]:
    """Seven scans, each filled with its own number; scan 1 is marked, scan 3 fractured and not marked."""
    found: list[tuple[Path, int, Path | None]] = []
    for i in range(7):
        values = np.full((16, 16, 16), 0.1 * i - 0.1, dtype=np.float32)
        np.save(tmp_path / f"{i}.npy", values)
        found.append((tmp_path / f"{i}.npy", int(i in (1, 3)), None))
    marks = np.zeros((16, 16, 16), dtype=bool)
    marks[4:6, 4:8, 4:8] = True
    np.save(tmp_path / "marks.npy", marks)
    found[1] = (found[1][0], 1, tmp_path / "marks.npy")
    return found


def numbers(bank: ScanBank, step: int) -> list[int]:
    x = window(bank.batch(step, PLAN).hu, SPEC)
    return [round((float(v.mean()) + 0.1) / 0.1) for v in x]


def test_every_scan_is_seen_once_an_epoch_in_another_order_each_time(inputs: list[tuple[Path, int, Path | None]]) -> None:
    bank = ScanBank(inputs, SPEC, 16, 1)
    assert bank.steps_per_epoch(3) == 3
    epochs = [[n for step in range(3 * e, 3 * e + 3) for n in numbers(bank, step)] for e in range(3)]
    assert all(sorted(e) == list(range(7)) for e in epochs) and len({tuple(e) for e in epochs}) == 3
    sizes = [len(bank.batch(step, PLAN).hu) for step in range(3)]
    assert sizes == [3, 2, 2], "no batch of one scan at the end"
    assert numbers(ScanBank(inputs, SPEC, 16, 1), 4) == numbers(bank, 4)


def test_a_set_smaller_than_a_batch_gives_one_smaller_batch(inputs: list[tuple[Path, int, Path | None]]) -> None:
    bank = ScanBank(inputs[:2], SPEC, 16, 1)
    assert bank.steps_per_epoch(16) == 1 and len(bank.batch(0, replace(PLAN, others=16)).hu) == 2
    with pytest.raises(ValueError, match="no scan"):
        ScanBank([], SPEC, 16, 1)


def test_labels_marks_and_doubt(inputs: list[tuple[Path, int, Path | None]]) -> None:
    for index, (cracked, asked) in {0: (0, 64), 1: (1, 20), 3: (0, 0)}.items():
        batch = ScanBank(inputs[index : index + 1], SPEC, 16, 1).batch(0, PLAN)
        assert batch.twins == 0 and float(batch.label) == inputs[index][1]
        target, weight = cell_targets(batch.crack, batch.changed, 4)
        assert int(target.sum()) == cracked
        if index == 1:
            assert float(weight[target > 0].min()) == 1.0 and 0 < int((weight > 0).sum()) < 64
        else:
            assert int((weight > 0).sum()) == asked


def test_smaller_volumes_are_averaged_and_keep_their_marks(inputs: list[tuple[Path, int, Path | None]]) -> None:
    batch = ScanBank(inputs[1:2], SPEC, 8, 1).batch(0, replace(PLAN, size=8))
    assert batch.hu.shape == batch.crack.shape == (1, 1, 8, 8, 8)
    assert int(batch.crack.sum()) == 1 * 2 * 2 and bool((batch.changed >= batch.crack).all())
    torch.testing.assert_close(window(batch.hu, SPEC), torch.zeros(1, 1, 8, 8, 8), atol=1e-5, rtol=0)


def test_scans_that_fit_are_read_once_and_give_the_same_batches(
    inputs: list[tuple[Path, int, Path | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(PLAN, strength=1.0)
    plain = ScanBank(inputs, SPEC, 16, 1)
    monkeypatch.setattr(module, "room_on", lambda device: sum(p.stat().st_size for p, _, _ in inputs))
    kept = ScanBank(inputs, SPEC, 16, 1)
    assert kept.keeps and not plain.keeps
    monkeypatch.setattr(module, "room_on", lambda device: sum(p.stat().st_size for p, _, _ in inputs) - 1)
    assert not ScanBank(inputs, SPEC, 16, 1).keeps
    for step in range(2 * kept.steps_per_epoch(plan.others)):
        one, two = plain.batch(step, plan), kept.batch(step, plan)
        assert torch.equal(one.hu, two.hu) and torch.equal(one.crack, two.crack), "what is kept is not changed"
    for path, _, _ in inputs:
        path.unlink()
    kept.batch(0, plan)
    with pytest.raises(FileNotFoundError):
        plain.batch(0, plan)


def test_a_cpu_keeps_nothing_by_itself() -> None:
    assert module.room_on(torch.device("cpu")) == 0
