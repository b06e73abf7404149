"""A cast is found where one lies around the leg, and bone is not taken for one."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.anatomy.cast import Cast, find_cast
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.bonefield import Field, bone_field
from ankleviewer.core.volume import Volume

SKIN_MM, SHIN_MM = 34.0, 12.0  # radius of the leg; of its bone, which lies 4 mm below the skin at one side
BONE_AT = 18.0


def leg(
    spacing: tuple[float, float, float] = (1.0, 1.0, 1.5),
    gap: float | None = 4.0,
    thick: float = 6.0,
    level: float = 500.0,
    share: float = 1.0,
    flesh: bool = True,
    table: bool = False,
    noise: float = 20.0,
) -> tuple[Volume, dict[str, np.ndarray]]:
    """A leg along z with a tube of bone; `gap` None: no cast. `share` of the way around is covered."""
    shape = tuple(int(n / s) for n, s in zip((130, 130, 90), spacing, strict=True))
    grid = Grid.axis_aligned(shape, spacing, (-65, -65, 0))
    x, y, _ = np.moveaxis(grid.to_mm(np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)), -1, 0)
    radius, own = np.hypot(x, y), np.hypot(x - BONE_AT, y)
    hu = np.full(shape, -1000.0)
    if flesh:
        hu[radius < SKIN_MM] = 40
    bone = own < SHIN_MM
    hu[bone] = 350
    hu[bone & (own > SHIN_MM - 3)] = 1200
    cast = np.zeros(shape, dtype=bool)
    if gap is not None:
        cast = (radius >= SKIN_MM + gap) & (radius < SKIN_MM + gap + thick) & (np.abs(np.arctan2(y, x)) <= np.pi * share)
        hu[cast] = level
    if table:
        hu[(y > 55) & (y < 59)] = 400
    hu += np.random.default_rng(3).normal(0, noise, shape)
    return Volume(hu.astype(np.int16), grid), {"bone": bone, "cast": cast}


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"gap": 0.0},  # on the skin itself
        {"gap": 1.0, "thick": 9.0, "level": 900.0},
        {"thick": 4.0, "level": 300.0},
        {"share": 0.4, "thick": 7.0},  # a splint at the bone's side
        {"spacing": (0.5, 0.5, 3.0)},
        {"noise": 80.0},
        {"table": True},
    ],
)
def test_a_cast_is_found_and_the_bone_left(how) -> None:
    volume, parts = leg(**how)
    found = find_cast(volume)
    assert found is not None and found.on(volume.grid)[parts["bone"]].mean() < 0.01
    whole = bone_field(volume, None, 0.8)
    left = found.left_out(whole)
    x, y, _ = np.moveaxis(whole.grid.to_mm(np.stack(np.meshgrid(*map(np.arange, whole.hu.shape), indexing="ij"), axis=-1)), -1, 0)
    around = np.hypot(x, y) > SKIN_MM + 1
    assert (left.hu[around] >= 200).sum() < 0.02 * (whole.hu[around] >= 200).sum()


def test_no_cast() -> None:
    for how in ({}, {"noise": 80.0}, {"spacing": (0.5, 0.5, 3.0)}):
        assert find_cast(leg(gap=None, **how)[0]) is None
    # Of a hundred HU no picture of bone shows it.
    assert find_cast(leg(level=100.0)[0]) is None


def test_a_bone_without_flesh_is_no_cast() -> None:
    assert find_cast(leg(gap=None, flesh=False)[0]) is None


def test_no_air_no_cast() -> None:
    grid = Grid.axis_aligned((40, 40, 40), 1.0, (0, 0, 0))
    assert find_cast(Volume(np.full(grid.shape, 600, dtype=np.int16), grid)) is None
    assert find_cast(Volume(np.full(grid.shape, -1000, dtype=np.int16), grid)) is None


def test_a_region_inside_the_cast_still_finds_it() -> None:
    volume, parts = leg()
    found = find_cast(volume, (np.array([-40.0, -40, 20]), np.array([40.0, 40, 70])))
    assert found is not None
    at = np.argwhere(parts["cast"])
    x, y, z = volume.grid.to_mm(at).T
    near = (np.abs(x) < 45) & (np.abs(y) < 45) & (z > 20) & (z < 70)
    assert found.on(volume.grid)[tuple(at[near].T)].mean() > 0.93


def test_air_stands_in_its_place() -> None:
    grid = Grid.axis_aligned((10, 10, 10), 2.0, (0, 0, 0))
    mask = np.zeros(grid.shape, dtype=bool)
    mask[:3] = True
    fine = Grid.axis_aligned((20, 20, 20), 1.0, (0, 0, 0))
    field = Field(np.full(fine.shape, 300.0, dtype=np.float32), fine)
    left = Cast(mask, grid).left_out(field)
    # up to the voxel at 4 mm, and the rim towards the next at 6
    assert (left.hu[:6] == -1024).all() and (left.hu[6:] == 300).all() and left.grid is fine
    assert (field.hu == 300).all()  # the field given is as it was
