"""Cuts through a volume against scipy, in every storage order, at faces and outside."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from scipy.spatial.transform import Rotation

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.cutting import cut
from ankleviewer.core.imaging.oblique import frames_of, start

SHAPE = (23, 31, 17)
SPACING = (0.5, 0.8, 1.25)


def volume() -> np.ndarray:
    return np.random.default_rng(5).integers(-1024, 2500, SHAPE).astype(np.int16)


def plane(turn_deg: float = 27.0, tilt_deg: float = 19.0, size: int = 48, spacing: float = 0.5) -> Grid:
    """A plane through the middle of the volume, larger than it."""
    from scipy.spatial.transform import Rotation

    axes = Rotation.from_euler("zx", [turn_deg, tilt_deg], degrees=True).as_matrix() * spacing
    middle = (np.array(SHAPE) - 1) / 2 * SPACING
    affine = np.eye(4)
    affine[:3, :3] = axes
    affine[:3, 3] = middle - axes @ (size / 2, size / 2, 1)
    return Grid((size, size, 3), affine)


def expected(array: np.ndarray, scan: Grid, at: Grid, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Trilinear values and whether the point lies between voxel centres, by scipy."""
    x, y = np.meshgrid(np.arange(at.shape[0]), np.arange(at.shape[1]))
    voxel = scan.to_voxel(at.to_mm(np.stack([x, y, np.full_like(x, index)], axis=-1)))
    inside = ((voxel >= 0) & (voxel <= np.array(scan.shape) - 1)).all(axis=-1)
    return map_coordinates(array.astype(np.float64), np.moveaxis(voxel, -1, 0), order=1, mode="nearest"), inside


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_values_are_scipy_s_in_every_storage_order(order: tuple[int, int, int]) -> None:
    array = np.ascontiguousarray(volume().transpose(order)).transpose(np.argsort(order))
    scan = Grid.axis_aligned(SHAPE, SPACING, (0, 0, 0))
    for index in (0, 2):
        got = cut(array, scan, plane(), index, -32768)
        values, inside = expected(array, scan, plane(), index)
        assert 0.2 < inside.mean() < 0.8 and got.dtype == np.int16
        assert (got[~inside] == -32768).all()
        np.testing.assert_allclose(got[inside], values[inside], atol=0.51)


def test_reversed_and_cropped_views_are_cut_too() -> None:
    array = volume()[::-1, 2:, ::2]
    scan = Grid.axis_aligned(array.shape, SPACING, (0, 0, 0))
    values, inside = expected(array, scan, plane(), 1)
    np.testing.assert_allclose(cut(array, scan, plane(), 1, 0)[inside], values[inside], atol=0.51)


def test_a_plane_on_the_scan_s_own_face_is_whole() -> None:
    array = volume()
    scan = Grid.axis_aligned(SHAPE, SPACING, (-3, 4, 5))
    np.testing.assert_array_equal(cut(array, scan, scan, 0, -5), array[:, :, 0].T)
    np.testing.assert_array_equal(cut(array, scan, scan, SHAPE[2] - 1, -5), array[:, :, -1].T)


def test_masks_take_the_nearest_voxel() -> None:
    mask = volume() > 700
    scan = Grid.axis_aligned(SHAPE, SPACING, (0, 0, 0))
    at = plane()
    got = cut(mask, scan, at, 1, True)
    x, y = np.meshgrid(np.arange(at.shape[0]), np.arange(at.shape[1]))
    voxel = scan.to_voxel(at.to_mm(np.stack([x, y, np.ones_like(x)], axis=-1)))
    inside = ((voxel >= 0) & (voxel <= np.array(SHAPE) - 1)).all(axis=-1)
    near = mask[tuple(np.moveaxis(np.rint(np.clip(voxel, 0, np.array(SHAPE) - 1)).astype(int), -1, 0))]
    assert got[~inside].all()
    assert (got[inside] == near[inside]).mean() > 0.999  # a point half-way between voxels may go either way


def test_a_plane_beside_the_scan_and_a_flat_scan_are_empty() -> None:
    scan = Grid.axis_aligned(SHAPE, SPACING, (0, 0, 0))
    far = Grid.axis_aligned((9, 8, 2), 1.0, (500, 0, 0))
    assert (cut(volume(), scan, far, 0, -7) == -7).all()
    flat = Grid.axis_aligned((5, 5, 1), 1.0, (0, 0, 0))
    assert (cut(np.zeros((5, 5, 1), np.int16), flat, far, 0, -7) == -7).all()


@pytest.mark.parametrize("turn", [np.eye(3), Rotation.from_rotvec((0.1, -0.05, 0.3)).as_matrix()])
def test_first_and_last_slices_are_whole_whatever_the_numbers_round_to(turn: np.ndarray) -> None:
    """A position of -1e-10 voxels is on the scan's face."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        affine = np.eye(4)
        affine[:3, :3] = turn * 0.4
        affine[:3, 3] = rng.uniform(-200, 200, 3)
        scan = Grid((24, 20, 16), affine.astype(np.float32).astype(np.float64))
        hu = np.full(scan.shape, 100, np.int16)
        planes = start(scan, tuple(scan.to_mm(np.array((12.0, 10.0, 8.0)))))
        for frame in frames_of(scan, planes):
            for index in (0, frame.grid.shape[2] - 1):
                assert (cut(hu, scan, frame.grid, index, -1000) == 100).mean() > 0.9, (frame, index)
