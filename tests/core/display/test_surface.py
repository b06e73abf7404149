"""The bone surface lies where the bone is, in millimetres, whatever the storage order."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.anatomy.cast import Cast
from ankleviewer.core.display.surface import bone_surface, heat_at, heat_on
from ankleviewer.core.geometry import Grid
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


def test_a_cast_is_left_out() -> None:
    grid = Grid.axis_aligned((80, 40, 40), 1.0, (0, 0, 0))
    two = Volume(np.maximum(ball(grid, (20, 20, 20), 9).hu, ball(grid, (60, 20, 20), 9).hu), grid)
    mask = np.zeros(grid.shape, dtype=bool)
    mask[45:] = True
    surface = bone_surface(two, cast=Cast(mask, grid))
    assert surface is not None and surface.points[:, 0].max() < 30
    whole = bone_surface(two)
    assert np.array_equal(surface.points, whole.points[whole.points[:, 0] < 40])


def test_heat_on_a_grid_is_the_heat_at_its_voxels() -> None:
    values = np.random.default_rng(1).random((6, 7, 8)).astype(np.float32)
    heat = SimpleNamespace(values=values, grid=Grid.axis_aligned((6, 7, 8), 4.0, (0, 0, 0)), threshold=0.5, reference=1.0)
    grid = Grid.axis_aligned((10, 11, 12), (2.0, 2.1, 2.2), (-1, 0, 1))
    mm = grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)).reshape(-1, 3)
    assert np.allclose(heat_on(grid, heat).ravel(), heat_at(mm.astype(np.float32), heat), atol=1e-4)


def test_bone_of_exactly_the_level_has_no_surface() -> None:
    hu = np.full((20, 20, 20), -1000, np.int16)
    hu[5:15, 5:15, 5:15] = 200
    assert bone_surface(Volume(hu, Grid.axis_aligned(hu.shape, 1.0, (0, 0, 0)))) is None
