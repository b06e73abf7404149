"""A step's losses: parts of a batch and shares of processes keep twins together, and add up to the whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ankleviewer.core.assessment.preprocess import BONE
from trainer.networks.compact import compact
from trainer.networks.registry import build
from trainer.training.data import Batch, CropPlan, PairBank
from trainer.training.objective import Objective, Stage, parts_of, share_of
from trainer.training.pair_source import FolderPairs

PLAN = CropPlan(24, 3, 3)
STAGE = Stage(PLAN, 1, (1e-3, 1e-3), sides=0.0, cells=0.0, scan=1.0)


@pytest.fixture
def batch(bank_folder: Path) -> Batch:
    return PairBank(FolderPairs(bank_folder), 8, 8, 0.0, 7).batch(0, PLAN)


def numbered(rows: int, twins: int) -> Batch:
    x = torch.arange(rows).float().reshape(rows, 1, 1, 1, 1)
    return Batch(x, x > 0, x > 0, x[:, :, 0, 0, 0], twins)


def test_a_stage_that_uses_no_later_option_is_told_as_before_it_was_there() -> None:
    told = STAGE.told()
    assert told["lr"] == STAGE.lr and told["plan"]["size"] == 24 and told["plan"]["hard"] == 0.0
    assert not {"cuts", "edges"} & set(told["plan"])
    other = replace(STAGE, plan=replace(PLAN, cuts=0.4, edges=True)).told()
    assert (other["plan"].pop("cuts"), other["plan"].pop("edges")) == (0.4, True) and other == told


@pytest.mark.parametrize(("most", "sizes", "twins"), [(None, [9], [6]), (4, [4, 4, 1], [4, 2, 0]), (5, [4, 4, 1], [4, 2, 0])])
def test_parts_keep_twins_together(most: int | None, sizes: list[int], twins: list[int]) -> None:
    parts = list(parts_of(numbered(9, 6), most))
    assert [len(p.label) for p, _ in parts] == sizes and [p.twins for p, _ in parts] == twins
    assert sum(share for _, share in parts) == pytest.approx(1.0)
    assert torch.cat([p.label for p, _ in parts])[:, 0].tolist() == list(range(9))
    assert [len(p.label) for p, _ in parts_of(numbered(3, 0), 1)] == [1, 1, 1]


def test_processes_share_a_batch_without_tearing_twins_apart() -> None:
    one, two = (share_of(numbered(9, 6), rank, 2) for rank in (0, 1))
    assert one.label[:, 0].tolist() == [0, 1, 4, 5, 7] and one.twins == 4
    assert two.label[:, 0].tolist() == [2, 3, 6, 8] and two.twins == 2
    assert [share_of(numbered(3, 2), rank, 2).label[:, 0].tolist() for rank in (0, 1)] == [[0, 1], [2]], "a pair, another crop"
    whole = numbered(9, 6)
    assert share_of(whole, 0, 1) is whole
    with pytest.raises(ValueError, match="a batch of 1 rows has none for process 2 of 2"):
        share_of(numbered(1, 0), 1, 2)


def test_gradients_of_parts_add_up_to_those_of_the_batch(batch: Batch) -> None:
    torch.manual_seed(0)
    lesson = Objective(build("compact", width=0.25, norm=False), 1)
    lesson.mode(True)
    single = Batch(batch.hu, batch.crack, batch.changed, batch.label, 0)  # without the loss of twins, which belongs to pairs
    gradients = []
    for most in (None, 2):
        lesson.zero_grad()
        for part, share in parts_of(single, most):
            loss, _ = lesson(part, BONE, STAGE, 0, False)
            (loss * share).backward()
        gradients.append([p.grad.clone() for p in lesson.net.parameters() if p.grad is not None])
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    assert any(g.abs().max() > 1e-6 for g in gradients[0])


def test_activations_worked_out_anew_give_the_same_gradient(batch: Batch) -> None:
    gradients = []
    for save_memory in (False, True):
        torch.manual_seed(0)
        lesson = Objective(compact(0.25), 1, save_memory=save_memory)
        lesson.mode(False)
        loss, parts = lesson(batch, BONE, Stage(PLAN, 1, (1e-3, 1e-3)), 0, False)
        loss.backward()
        assert parts["cells"] > 0 and parts["sides"] > 0
        gradients.append([p.grad.clone() for p in lesson.learning() if p.grad is not None])
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
