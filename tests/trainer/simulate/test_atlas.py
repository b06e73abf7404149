"""Distance grids: look-up, extent, cutting to size."""

from __future__ import annotations

import pytest
import torch

from trainer.simulate.atlas import ATLAS_MARGIN, BONES, FOOT, LABELS, SdfGrid, box_grid, trim


def test_a_grid_knows_its_place() -> None:
    grid = SdfGrid(torch.arange(60.0).reshape(3, 4, 5), torch.tensor([-1.0, 2.0, 3.0]), 2.0)
    assert grid.low.tolist() == [-1.0, 2.0, 3.0]
    assert grid.high.tolist() == [3.0, 8.0, 11.0]
    assert grid.points()[2, 3, 4].tolist() == [3.0, 8.0, 11.0]
    torch.testing.assert_close(grid(grid.points()), grid.values, atol=1e-4, rtol=1e-5)


def test_a_box_gets_its_margin() -> None:
    points = box_grid(torch.tensor([0.5, -3.0, 2.0]), torch.tensor([4.0, 3.0, 9.0]), spacing=1.0, margin=2.0)
    assert points[0, 0, 0].tolist() == [-2.0, -5.0, 0.0]
    assert (points[-1, -1, -1] >= torch.tensor([6.0, 5.0, 11.0]) - 1e-4).all()
    assert (points[1, 1, 1] - points[0, 0, 0]).tolist() == [1.0, 1.0, 1.0]


def test_trimming_keeps_the_solid_and_its_margin() -> None:
    points = box_grid(torch.full((3,), -30.0), torch.full((3,), 30.0))
    values = points.norm(dim=-1) - 5.0
    grid = trim(points, values)
    assert grid.values.numel() < values.numel() / 8
    torch.testing.assert_close(grid(torch.tensor([[3.0, 4.0, 0.0]])), torch.zeros(1), atol=0.05, rtol=0)
    for face in (grid.values[0], grid.values[-1], grid.values[:, 0], grid.values[:, :, -1]):
        assert float(face.min()) > ATLAS_MARGIN - 2.0, "beyond the grid the rim's value must be positive"


def test_an_empty_solid_is_an_error() -> None:
    points = box_grid(torch.zeros(3), torch.ones(3))
    with pytest.raises((IndexError, RuntimeError)):
        trim(points, torch.full(points.shape[:3], 50.0))


def test_labels_are_one_to_nine() -> None:
    assert sorted(LABELS.values()) == list(range(1, 10))
    assert set(BONES) > FOOT and "tibia" not in FOOT and "fibula" not in FOOT
