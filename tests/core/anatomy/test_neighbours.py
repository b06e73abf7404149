"""What belongs to another leg is told from the own one by the axes of both."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.anatomy.neighbours import OWN_FROM_MM, OWN_MM, OWN_TO_MM, SOLE_MM, of_another_leg
from ankleviewer.core.geometry import Grid

UP = (0.0, 0.0, 1.0)


def cube(turn: np.ndarray | None = None) -> Grid:
    affine = np.diag([4.0, 4.0, 4.0, 1.0])
    affine[:3, 3] = -70
    if turn is not None:
        affine[:3] = turn @ affine[:3]
    return Grid((36, 36, 36), affine)


def positions(grid: Grid) -> np.ndarray:
    return grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1))


def test_the_border_lies_half_way() -> None:
    grid = cube()
    mask = of_another_leg(grid, ((0, 0, 0), UP), [((80, 0, 30), UP)])
    x, z = positions(grid)[..., 0], positions(grid)[..., 2]
    assert mask is not None and np.array_equal(mask[z > -45], x[z > -45] > 40)
    assert not mask[z < -45][x[z < -45] < 41].any(), "below its sole there is none of it"


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize(("away", "turned"), [(110, 0.0), (150, 0.0), (180, 0.2)])
def test_a_leg_that_lies_across_takes_nothing_of_the_standing_ankle(side: int, away: float, turned: float) -> None:
    """Its axis runs on past its sole, through the standing ankle, and both malleoli became air."""
    grid = cube()
    mask = of_another_leg(grid, ((0, 0, 0), UP), [((side * away, 20, 0), (side, turned, 0.05))])
    x, y, z = np.moveaxis(positions(grid), -1, 0)
    own = (np.hypot(x, y) < 40) & (z > -25) & (z < 60)
    assert mask is None or not mask[own].any()
    near = (np.hypot(x, y) < 0.4 * (away - SOLE_MM)) & (abs(z) < 60)
    assert mask is None or not mask[near].any(), "nor of what lies about it nearer than the other sole"


def test_on_both_sides() -> None:
    grid = cube()
    mask = of_another_leg(grid, ((0, 0, 0), UP), [((80, 0, 0), UP), ((0, -90, 0), UP)])
    x, y = positions(grid)[..., 0], positions(grid)[..., 1]
    assert mask is not None and np.array_equal(mask, (x > 40) | (y < -45))


@pytest.mark.parametrize("own_up", [(0.3, 0.1, 1.0), (1.0, 0.0, 0.2)])
def test_legs_that_lean_have_axes_that_lean(own_up: tuple[float, float, float]) -> None:
    grid, other = cube(), ((10.0, 80.0, 5.0), (-0.2, 0.1, 1.0))
    mask = of_another_leg(grid, ((0, 0, 0), own_up), [other])

    def away(axis: tuple, sole: float = np.inf) -> np.ndarray:
        up = np.asarray(axis[1]) / np.linalg.norm(axis[1])
        here = positions(grid) - np.asarray(axis[0])
        along = here @ up
        return np.linalg.norm(here - np.maximum(along, -sole)[..., None] * up, axis=-1), along

    (theirs, _), (ours, along) = away(other, SOLE_MM), away(((0, 0, 0), own_up))
    nearer, sure = theirs < ours, abs(theirs - ours) > 1e-3
    if own_up[0] == 1.0:  # one lies across
        nearer &= ~((ours < OWN_MM) & (along > OWN_FROM_MM) & (along < OWN_TO_MM))
    assert mask is not None and np.array_equal(mask[sure], nearer[sure])


def test_a_turned_cube_is_measured_in_the_patient() -> None:
    turn = np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])
    grid = cube(turn)
    mask = of_another_leg(grid, ((0, 0, 0), UP), [((80, 0, 0), UP)])
    assert mask is not None and np.array_equal(mask, positions(grid)[..., 0] > 40)


def test_what_lies_on_the_same_leg_or_far_away_takes_nothing() -> None:
    grid = cube()
    assert of_another_leg(grid, ((0, 0, 0), UP), []) is None
    assert of_another_leg(grid, ((0, 0, 0), UP), [((20, 10, 250), UP)]) is None, "a second joint of the same leg"
    assert of_another_leg(grid, ((0, 0, 0), UP), [((300, 0, 0), UP)]) is None
