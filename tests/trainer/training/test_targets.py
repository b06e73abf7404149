"""Targets and loss of the cells."""

from __future__ import annotations

import pytest
import torch

from trainer.training.targets import MOST_WEIGHT, cell_loss, cell_targets, fewest_voxels

SHAPE = (1, 1, 32, 32, 32)


def masks() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.zeros(SHAPE, dtype=torch.bool), torch.zeros(SHAPE, dtype=torch.bool)


def test_a_sheet_through_a_cell_marks_it_and_silences_its_neighbours() -> None:
    crack, changed = masks()
    crack[0, 0, 8:16, 8:16, 12] = True
    changed |= crack
    target, weight = cell_targets(crack, changed, 8)
    assert target.shape == weight.shape == (1, 1, 4, 4, 4)
    assert torch.nonzero(target).tolist() == [[0, 0, 1, 1, 1]]
    assert weight[0, 0, 1, 1, 1] == 1 and weight[0, 0, :3, :3, :3].sum() == 1, "what lies beside a crack is not judged"
    assert (weight[0, 0, 3] == 1).all(), "what lies further away is"


@pytest.mark.parametrize("stride", [2, 4, 8, 16, 32])
def test_a_grazed_cell_is_neither_cracked_nor_whole(stride: int) -> None:
    needed = round(fewest_voxels(stride))
    for count, expected in ((needed, 1.0), (needed - 1, 0.0)):
        crack, changed = masks()
        crack[0, 0].view(-1)[[i + 32 * j for j in range(stride) for i in range(stride)][:count]] = True
        target, weight = cell_targets(crack, changed, stride)
        assert target[0, 0, 0, 0, 0] == expected
        if count:
            assert weight[0, 0, 0, 0, 0] == expected


def test_a_displaced_piece_is_not_judged() -> None:
    crack, changed = masks()
    changed[0, 0, 24:, 24:, 24:] = True
    target, weight = cell_targets(crack, changed, 8)
    assert target.sum() == 0
    assert weight[0, 0, 3, 3, 3] == 0 and weight.sum() == 63


def test_the_loss_falls_with_the_right_answer_and_ignores_silent_cells() -> None:
    target = torch.zeros(2, 1, 4, 4, 4)
    target[0, 0, 1, 1, 1] = 1
    weight = torch.ones_like(target)
    weight[0, 0, 0] = 0
    right, wrong = (target * 2 - 1) * 6, (1 - target * 2) * 6
    assert float(cell_loss(right, target, weight)) < 0.02
    assert float(cell_loss(wrong, target, weight)) > 3
    other = right.clone()
    other[0, 0, 0] += 50.0
    assert torch.equal(cell_loss(other, target, weight), cell_loss(right, target, weight))


def test_a_missed_crack_weighs_more_than_a_false_alarm_but_not_without_bound() -> None:
    target, weight = torch.zeros(1, 1, 8, 8, 8), torch.ones(1, 1, 8, 8, 8)
    target[0, 0, 1, 1, 1] = 1
    right = (target * 2 - 1) * 8
    missed, alarm = right.clone(), right.clone()
    missed[0, 0, 1, 1, 1] = -8.0
    alarm[0, 0, 6, 6, 6] = 8.0
    quiet = float(cell_loss(right, target, weight))
    ratio = (float(cell_loss(missed, target, weight)) - quiet) / (float(cell_loss(alarm, target, weight)) - quiet)
    assert ratio == pytest.approx(MOST_WEIGHT, rel=0.02)


def test_without_any_cell_to_judge_the_loss_is_zero_and_has_a_gradient() -> None:
    cam = torch.randn(1, 1, 2, 2, 2, requires_grad=True)
    loss = cell_loss(cam, torch.zeros_like(cam), torch.zeros_like(cam))
    loss.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == 0.0 and cam.grad is not None and float(cam.grad.abs().sum()) == 0.0
