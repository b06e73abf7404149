"""The locator's targets and loss: least where the maps say what is true, and read back by the viewer's own decoding."""

from __future__ import annotations

import numpy as np
import torch

from ankleviewer.core.anatomy.landmarks import NAMES, peaks
from ankleviewer.core.geometry import Grid
from trainer.locator.loss import loss, targets

SHAPE = (16, 16, 16)


def points() -> torch.Tensor:
    out = torch.full((1, 2, 5, 3), torch.nan)
    out[0, 0, :4] = torch.tensor([[10.2, 5.0, 7.0], [20.0, 21.3, 9.0], [3.0, 30.0, 30.0], [15.5, 15.5, 15.5]])
    out[0, 1, 0] = torch.tensor([27.0, 8.0, 20.0])
    return out


def perfect() -> tuple[torch.Tensor, torch.Tensor]:
    bump, way, _ = targets(points(), SHAPE)
    return torch.where(bump == 1, 12.0, -12.0), way


def test_targets_read_back_are_the_points() -> None:
    heat, way, counts = targets(points(), SHAPE)
    grid = Grid.axis_aligned((32, 32, 32), 1.0, (0.0, 0.0, 0.0))
    found = peaks(heat[0].numpy(), way[0].numpy(), grid)
    assert [sum(p.name == name for p in found) for name in NAMES] == [2, 1, 1, 1, 0]
    for p in found:
        true = points()[0, :, NAMES.index(p.name)].numpy()
        assert np.nanmin(np.linalg.norm(true - np.asarray(p.mm), axis=1)) < 1e-3
    assert 0 < int(counts.sum()) < 5 * 40


def test_the_truth_costs_least() -> None:
    logits, way = perfect()
    best = float(loss(logits, way, points()))
    assert best < 1e-3
    assert float(loss(logits, way + 0.5, points())) > best + 0.2
    assert float(loss(-logits, way, points())) > 100 * best
    blind = torch.full_like(logits, -12.0)
    assert float(loss(blind, way, points())) > best + 5


def test_nothing_in_view_teaches_silence() -> None:
    nothing = torch.full((1, 2, 5, 3), torch.nan)
    zeros = torch.zeros(1, 15, *SHAPE)
    loud, quiet = (float(loss(torch.full((1, 5, *SHAPE), v), zeros, nothing)) for v in (2.0, -8.0))
    assert quiet < 1e-3 < loud
