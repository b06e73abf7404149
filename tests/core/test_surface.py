"""The bone surface lies where the bone is, in millimetres, whatever the storage order."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.geometry import Grid
from ankleviewer.core.surface import bone_field, bone_surface, halved, heat_at, heat_on
from ankleviewer.core.volume import Volume


def ball(grid: Grid, centre: tuple[float, float, float], radius: float) -> Volume:
    mm = grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1))
    inside = np.linalg.norm(mm - np.asarray(centre), axis=-1) < radius
    return Volume(np.where(inside, 1000, -600).astype(np.int16), grid)


@pytest.mark.parametrize("flip", [1, -1])
def test_surface_of_a_ball(flip: int) -> None:
    affine = np.diag([0.6 * flip, 0.6, 1.0, 1.0])
    affine[:3, 3] = (-18 * flip, -18, 0)
    surface = bone_surface(ball(Grid((60, 60, 40), affine), (0, 0, 20), 10.0))
    assert surface is not None
    outward = surface.points - np.array([0, 0, 20])
    radius = np.linalg.norm(outward, axis=1)
    assert abs(radius - 10).max() < 0.9 and abs(radius.mean() - 10) < 0.2
    assert (np.einsum("ij,ij->i", outward, surface.normals) > 0).all()
    a, b, c = (surface.points[surface.faces[:, n]] for n in range(3))
    assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), a - [0, 0, 20]) > 0).mean() > 0.99


def test_no_bone_no_surface_and_specks_are_dropped() -> None:
    grid = Grid.axis_aligned((30, 30, 30), 1.0, (0, 0, 0))
    assert bone_surface(Volume(np.full(grid.shape, 60, dtype=np.int16), grid)) is None
    assert bone_surface(ball(grid, (15, 15, 15), 3.0)) is None


def test_region_limits_the_surface() -> None:
    grid = Grid.axis_aligned((80, 40, 40), 1.0, (0, 0, 0))
    two = np.maximum(ball(grid, (20, 20, 20), 9).hu, ball(grid, (60, 20, 20), 9).hu)
    surface = bone_surface(Volume(two, grid), (np.array([0.0, 0, 0]), np.array([39.0, 39, 39])))
    assert surface is not None
    assert surface.points[:, 0].max() < 40


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


def test_heat_on_a_grid_is_the_heat_at_its_voxels() -> None:
    values = np.random.default_rng(1).random((6, 7, 8)).astype(np.float32)
    heat = SimpleNamespace(values=values, grid=Grid.axis_aligned((6, 7, 8), 4.0, (0, 0, 0)), threshold=0.5, reference=1.0)
    grid = Grid.axis_aligned((10, 11, 12), (2.0, 2.1, 2.2), (-1, 0, 1))
    mm = grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)).reshape(-1, 3)
    assert np.allclose(heat_on(grid, heat).ravel(), heat_at(mm.astype(np.float32), heat), atol=1e-4)
