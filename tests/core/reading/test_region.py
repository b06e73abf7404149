"""Region statistics against counting by hand, on straight, anisotropic, tilted and sheared grids and on oblique planes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.planes import PLANES, Frame
from ankleviewer.core.reading.region import ellipse_from_corners, outline, region_statistics
from ankleviewer.core.volume import Volume

RNG = np.random.default_rng(7)


def tilted(shape: tuple[int, int, int], spacing: tuple[float, float, float], degrees: tuple[float, float, float]) -> Grid:
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix() @ np.diag(spacing)
    affine[:3, 3] = (-20.0, 13.0, 400.0)
    return Grid(shape, affine)


GRIDS = {
    "straight": Grid.axis_aligned((40, 36, 30), (1.0, 1.0, 1.0), (-20.0, -18.0, 100.0)),
    "anisotropic": Grid.axis_aligned((40, 36, 24), (0.4, 0.7, 2.5), (-20.0, -18.0, 100.0)),
    "tilted": tilted((40, 36, 24), (0.5, 0.6, 1.25), (20.0, -12.0, 7.0)),
    "flipped": Grid((40, 36, 30), np.diag([-0.5, 0.8, -1.5, 1.0])),
}


def scan(grid: Grid) -> Volume:
    return Volume(RNG.integers(-1000, 2000, grid.shape).astype(np.int16), grid)


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("name", GRIDS)
def test_on_the_scan_s_own_slices_it_is_what_counting_gives(name: str, plane: str) -> None:
    volume = scan(GRIDS[name])
    frame = Frame.of(volume.grid, plane)
    width, height, index = frame.grid.shape[0], frame.grid.shape[1], frame.grid.shape[2] // 2
    (cx, cy), (rx, ry) = (width * 0.5 + 0.3, height * 0.45), (width * 0.22, height * 0.3)
    centre, tip, other = frame.grid.to_mm([(cx, cy, index), (cx + rx, cy, index), (cx, cy + ry, index)])
    found = region_statistics(volume, centre, tip, other)
    y, x = np.mgrid[:height, :width]
    inside = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1
    values = frame.pixels(volume.hu, index)[inside].astype(float)
    sx, sy, _ = frame.grid.spacing
    assert (found.voxels, found.low, found.high) == (inside.sum(), values.min(), values.max())
    assert found.mean == pytest.approx(values.mean())
    assert found.sd == pytest.approx(values.std())
    assert found.area_mm2 == pytest.approx(np.pi * rx * sx * ry * sy)


def test_by_hand() -> None:
    """A circle of 1.2 mm around a voxel of 1 mm holds it and its four neighbours."""
    grid = Grid.axis_aligned((5, 5, 5), 1.0, (0.0, 0.0, 0.0))
    hu = np.zeros(grid.shape, np.int16)
    hu[2, 2, 2], hu[1, 2, 2], hu[3, 2, 2], hu[2, 1, 2], hu[2, 3, 2] = 100, 0, 50, 50, 50
    hu[2, 2, 1] = hu[2, 2, 3] = 3000
    found = region_statistics(Volume(hu, grid), (2, 2, 2), (3.2, 2, 2), (2, 3.2, 2))
    assert (found.mean, found.low, found.high, found.voxels) == (50.0, 0, 100, 5)
    assert found.sd == pytest.approx(np.sqrt((50**2 + 50**2) / 5))
    assert found.area_mm2 == pytest.approx(np.pi * 1.44)


def test_on_an_oblique_plane_a_field_s_value_comes_out_and_no_voxel_counts_twice() -> None:
    """HU that grow along the plane's normal alone: the mean is the plane's own value, the spread that of half a voxel."""
    grid = GRIDS["anisotropic"]
    normal = np.array([0.2, -0.35, 0.915])
    normal /= np.linalg.norm(normal)
    u = np.cross(normal, (0.0, 1.0, 0.0))
    u /= np.linalg.norm(u)
    v = np.cross(normal, u)
    centre = grid.to_mm((np.array(grid.shape) - 1) / 2)
    positions = grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1))
    hu = np.rint(400 + 100 * ((positions - centre) @ normal)).astype(np.int16)
    found = region_statistics(Volume(hu, grid), centre, centre + 6 * u, centre + 5 * v)
    reach = 100 * np.abs(normal @ grid.affine[:3, :3]).max() / 2
    assert found.mean == pytest.approx(400, abs=3)
    assert 400 - reach - 1 <= found.low < found.high <= 400 + reach + 1
    # one voxel for each line along the scan's main axis: the ellipse's shadow over the lines' own area
    assert found.voxels == pytest.approx(np.pi * 30 * abs(normal[2]) / (0.4 * 0.7), rel=0.05)


def test_a_plane_half_way_between_two_slices_takes_one_of_them() -> None:
    grid = Grid.axis_aligned((20, 20, 6), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
    hu = np.broadcast_to(np.arange(6) * 100, grid.shape).astype(np.int16)
    found = region_statistics(Volume(hu.copy(), grid), (10, 10, 2.5), (14, 10, 2.5), (10, 14, 2.5))
    assert found.low == found.high


def test_padding_and_what_lies_outside_are_left_out() -> None:
    grid = Grid.axis_aligned((20, 20, 6), 1.0, (0.0, 0.0, 0.0))
    hu = np.full(grid.shape, 70, np.int16)
    padding = np.zeros(grid.shape, bool)
    padding[:8] = True
    hu[padding] = -1024
    volume = Volume(hu, grid, padding)
    half = region_statistics(volume, (8, 10, 3), (12, 10, 3), (8, 14, 3))
    assert (half.low, half.high) == (70, 70)
    assert half.voxels < region_statistics(Volume(hu, grid), (8, 10, 3), (12, 10, 3), (8, 14, 3)).voxels
    with pytest.raises(ValueError, match="no voxel"):
        region_statistics(volume, (3, 10, 3), (4, 10, 3), (3, 11, 3))
    with pytest.raises(ValueError, match="outside"):
        region_statistics(volume, (50, 10, 3), (54, 10, 3), (50, 14, 3))
    with pytest.raises(ValueError, match="outside"):
        region_statistics(volume, (10, 10, 9), (14, 10, 9), (10, 14, 9))
    with pytest.raises(ValueError, match="no area"):
        region_statistics(volume, (10, 10, 3), (14, 10, 3), (16, 10, 3))


@pytest.mark.parametrize("name", GRIDS)
def test_an_ellipse_fills_its_rectangle(name: str) -> None:
    frame = Frame.of(GRIDS[name], "coronal")
    across, down = (frame.grid.affine[:3, a] / frame.grid.spacing[a] for a in (0, 1))
    corners = frame.grid.to_mm([(20.0, 4.0, 3), (6.0, 16.0, 3)])
    pixel = frame.grid.to_voxel(outline(*ellipse_from_corners(*corners, across, down), count=361))
    np.testing.assert_allclose(pixel[:, :2].min(axis=0), (6, 4), atol=0.01)
    np.testing.assert_allclose(pixel[:, :2].max(axis=0), (20, 16), atol=0.01)
    np.testing.assert_allclose(pixel[:, 2], 3, atol=0.01)
    with pytest.raises(ValueError, match="shorter"):
        ellipse_from_corners(corners[0], corners[0] + across, across, down)
