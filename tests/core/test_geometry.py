from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from ankleviewer.core.geometry import Grid, closest_axes, standing

LETTERS = {"L": (0, 1), "R": (0, -1), "P": (1, 1), "A": (1, -1), "S": (2, 1), "I": (2, -1)}


@st.composite
def grids(draw):
    spacing = [draw(st.floats(0.2, 5)) for _ in range(3)]
    turn = Rotation.from_rotvec([draw(st.floats(-3, 3)) for _ in range(3)]).as_matrix()
    mirror = np.diag([draw(st.sampled_from([-1, 1])), 1, 1])
    affine = np.eye(4)
    affine[:3, :3] = turn @ mirror @ np.diag(spacing)
    affine[:3, 3] = [draw(st.floats(-500, 500)) for _ in range(3)]
    return Grid(tuple(draw(st.integers(2, 600)) for _ in range(3)), affine), np.array(spacing)


points = st.lists(st.floats(-600, 600), min_size=3, max_size=3)


@given(grids(), points)
@settings(deadline=None)
def test_millimetres_and_voxels_are_inverse(grid_and_spacing, point):
    grid, _ = grid_and_spacing
    assert np.allclose(grid.to_mm(grid.to_voxel(point)), point, atol=1e-6)
    assert np.allclose(grid.to_voxel(grid.to_mm(point)), point, atol=1e-6)


@given(grids())
@settings(deadline=None)
def test_spacing_comes_from_the_affine(grid_and_spacing):
    grid, spacing = grid_and_spacing
    assert np.allclose(grid.spacing, spacing, rtol=1e-9)


@given(grids())
@settings(deadline=None)
def test_bounds_hold_every_voxel_corner_and_no_more(grid_and_spacing):
    grid, _ = grid_and_spacing
    low, high = grid.bounds_mm()
    corners = grid.to_mm(
        [[x, y, z] for x in (-0.5, grid.shape[0] - 0.5) for y in (-0.5, grid.shape[1] - 0.5) for z in (-0.5, grid.shape[2] - 0.5)]
    )
    assert np.allclose(corners.min(axis=0), low)
    assert np.allclose(corners.max(axis=0), high)


@given(grids(), st.data())
@settings(deadline=None)
def test_a_crop_keeps_the_place_of_its_voxels(grid_and_spacing, data):
    grid, _ = grid_and_spacing
    start = tuple(data.draw(st.integers(0, n - 1)) for n in grid.shape)
    stop = tuple(data.draw(st.integers(a + 1, n)) for a, n in zip(start, grid.shape, strict=True))
    part = grid.crop(start, stop)
    assert part.shape == tuple(b - a for a, b in zip(start, stop, strict=True))
    assert np.allclose(part.to_mm([0, 0, 0]), grid.to_mm(start))
    assert np.allclose(part.to_mm(np.array(part.shape) - 1), grid.to_mm(np.array(stop) - 1), atol=1e-6)


@given(grids())
@settings(deadline=None)
def test_orientation_uses_every_patient_axis_once_with_the_right_sign(grid_and_spacing):
    grid, _ = grid_and_spacing
    used = [LETTERS[letter] for letter in grid.orientation]
    assert sorted(axis for axis, _ in used) == [0, 1, 2]
    for index, (axis, sign) in enumerate(used):
        assert grid.affine[axis, index] * sign >= 0


def test_axis_aligned_grid_is_lps():
    grid = Grid.axis_aligned((4, 5, 6), (1, 2, 3), (10, 20, 30))
    assert grid.orientation == "LPS"
    assert grid.to_mm([1, 1, 1]).tolist() == [11, 22, 33]


def test_closest_axes_of_a_permutation():
    assert closest_axes(np.array([[0.0, 0, 1], [1, 0, 0], [0, -1, 0]])) == (1, 2, 0)


def test_equal_grids_are_equal_and_hash_alike():
    a, b = (Grid.axis_aligned((2, 2, 2), 1.0, (0, 0, 0)) for _ in range(2))
    assert a == b
    assert hash(a) == hash(b)
    assert a != Grid.axis_aligned((2, 2, 2), 1.0, (0, 0, 1))


@pytest.mark.parametrize(
    ("shape", "affine"),
    [
        ((2, 2, 2), np.zeros((4, 4))),
        ((2, 2, 2), np.full((4, 4), np.nan)),
        ((2, 2, 2), np.eye(3)),
        ((0, 2, 2), np.eye(4)),
        ((2, 2), np.eye(4)),
    ],
)
def test_impossible_grids_cannot_be_made(shape, affine):
    with pytest.raises(ValueError):
        Grid(shape, affine)


def test_the_affine_cannot_be_changed_afterwards():
    grid = Grid.axis_aligned((2, 2, 2), 1.0, (0, 0, 0))
    with pytest.raises(ValueError):
        grid.affine[0, 0] = 2


def test_standing_with_a_back_brings_that_to_the_patient_s() -> None:
    turn = standing((0.0, -2.0, 0.0), (3.0, 1.0, 0.0))  # not quite square to up
    np.testing.assert_allclose(turn @ (0.0, -1.0, 0.0), (0.0, 0.0, 1.0), atol=1e-12)
    np.testing.assert_allclose(turn @ (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)


@pytest.mark.parametrize("up", [(0, 0, 1), (1, 0, 0), (0, -2, 0), (0, 0, -1), (0.3, -0.5, -0.81), (1e-9, 0, -1)])
def test_standing_is_the_shortest_turn_upwards(up: tuple[float, ...]) -> None:
    turn = standing(up)
    unit = np.asarray(up) / np.linalg.norm(up)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(turn) == pytest.approx(1.0), "left stays left"
    np.testing.assert_allclose(turn @ unit, (0, 0, 1), atol=1e-6)
    assert (np.trace(turn) - 1) / 2 == pytest.approx(unit[2], abs=1e-6), "no more than the angle between the two"
