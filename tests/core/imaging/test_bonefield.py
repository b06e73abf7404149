"""The field of the bones lies where the scan lies, and is its mean."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.bonefield import bone_field, halved, without_specks
from ankleviewer.core.volume import Volume


def test_halving_keeps_values_and_places() -> None:
    grid = Grid.axis_aligned((40, 40, 20), (0.3, 0.3, 0.9), (5, 6, 7))
    x = np.arange(40)[:, None, None] * 10
    hu = np.broadcast_to(x, grid.shape).astype(np.int16)
    coarse, count = halved(hu, np.asarray(grid.spacing), 1.3)
    assert coarse.shape == (10, 10, 20) and list(count) == [4, 4, 1]
    assert abs(coarse[:, 0, 0] - (np.arange(10) * 4 + 1.5) * 10).max() <= 2


def test_field_lies_where_the_scan_lies() -> None:
    grid = Grid.axis_aligned((64, 64, 40), (0.4, 0.4, 0.7), (-10, -12, 30))
    mm = grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1))
    field = bone_field(Volume((mm[..., 0] * 20 + mm[..., 2] * 10).astype(np.int16), grid), None, 1.6)
    inner = np.array([[4, 4, 4], [9, 5, 8]])
    expected = field.grid.to_mm(inner) @ [20, 0, 10]
    assert abs(field.hu[tuple(inner.T)] - expected).max() < 4


def test_a_region_that_misses_the_scan_is_the_whole_scan() -> None:
    grid = Grid.axis_aligned((20, 24, 28), 1.0, (0, 0, 0))
    volume = Volume(np.arange(20 * 24 * 28, dtype=np.int16).reshape(grid.shape), grid)
    assert bone_field(volume, (np.full(3, 500.0), np.full(3, 600.0)), 1.0).grid.shape == grid.shape
    part = bone_field(volume, (np.array([4.0, 5, 6]), np.array([12.0, 13, 14])), 1.0)
    assert part.grid.shape == (9, 9, 9) and np.allclose(part.grid.to_mm((0, 0, 0)), (4, 5, 6))


def test_the_number_of_voxels_has_a_limit() -> None:
    grid = Grid.axis_aligned((60, 60, 60), 1.0, (0, 0, 0))
    field = bone_field(Volume(np.zeros(grid.shape, dtype=np.int16), grid), None, 1.0, most=8000)
    assert field.hu.size <= 8000 * 1.1 and np.allclose(field.grid.spacing, 3.0)


@pytest.mark.parametrize(("gap_mm", "edge", "kept"), [(3, 4, True), (3, 2, False), (14, 4, False), (14, 7, True)])
def test_a_chip_beside_a_bone_stays_and_specks_go(gap_mm: int, edge: int, kept: bool) -> None:
    hu = np.full((50, 20, 20), -100, dtype=np.float32)
    hu[2:12, 5:15, 5:15] = 800  # a bone of 1,000 mm3
    chip = (slice(12 + gap_mm, 12 + gap_mm + edge), slice(8, 8 + edge), slice(8, 8 + edge))
    hu[chip] = 700
    left = without_specks(hu, 200.0, np.ones(3))
    assert (left[chip] == (700 if kept else -1024)).all() and (left[2:12, 5:15, 5:15] == 800).all()
    assert (without_specks(hu[::2], 200.0, np.array([2.0, 1.0, 1.0]))[1:6, 5:15, 5:15] == 800).all()
