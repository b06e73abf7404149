"""An ellipse on a slice plane, straight or oblique, and the statistics of the scan's own voxels inside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ankleviewer.core.geometry import Array, Point
from ankleviewer.core.reading.measure import point
from ankleviewer.core.volume import Volume


@dataclass(frozen=True)
class RegionStatistics:
    """HU of the voxels inside (SD: of all of them, divided by their number) and the ellipse's own area."""

    mean: float
    sd: float
    low: int
    high: int
    area_mm2: float
    voxels: int


def ellipse_from_corners(first: ArrayLike, second: ArrayLike, across: ArrayLike, down: ArrayLike) -> tuple[Point, Point, Point]:
    """Centre and the tips of both half-axes (LPS mm) of the ellipse within a rectangle given by two opposite corners.

    Args:
        first, second: the corners, LPS mm, on one slice.
        across, down: unit vectors of the slice's rows and columns, LPS.

    Raises:
        ValueError: a side of the rectangle is shorter than 0.1 mm.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    # in a scan with sheared slices rows and columns are not square to each other: solve, do not project
    basis = np.stack([np.asarray(across, dtype=np.float64), np.asarray(down, dtype=np.float64)], axis=1)
    sides = np.linalg.lstsq(basis, b - a, rcond=None)[0]
    if np.abs(sides).min() < 0.1:
        raise ValueError("a side of the region is shorter than 0.1 mm")
    centre = (a + b) / 2
    return point(centre), point(centre + basis[:, 0] * abs(sides[0]) / 2), point(centre + basis[:, 1] * abs(sides[1]) / 2)


def outline(centre: ArrayLike, tip: ArrayLike, other_tip: ArrayLike, count: int = 72) -> Array:
    """Points on the ellipse, (count, 3) LPS mm, the first one repeated at the end."""
    middle = np.asarray(centre, dtype=np.float64)
    turn = np.linspace(0.0, 2 * np.pi, count)[:, None]
    u, v = np.asarray(tip) - middle, np.asarray(other_tip) - middle
    return np.asarray(middle + np.cos(turn) * u + np.sin(turn) * v)


def region_statistics(volume: Volume, centre: ArrayLike, tip: ArrayLike, other_tip: ArrayLike) -> RegionStatistics:
    """Statistics of the scan's own voxels inside an ellipse; nothing is interpolated.

    On one of the scan's own slices these are the voxels whose centres lie inside. On an oblique plane every line of voxels
    along the scan axis closest to the plane's normal that crosses the plane inside the ellipse gives its voxel nearest to the
    crossing (a naive digital plane: Andres, Acharya and Sibata 1997, Graphical Models and Image Processing 59: 302-309); so no
    voxel counts twice.

    Args:
        centre, tip, other_tip: LPS mm; the tips of two half-axes (conjugate ones where they are not perpendicular).

    Raises:
        ValueError: the ellipse is flat, or no voxel with a value lies inside.
    """
    grid, middle = volume.grid, np.asarray(centre, dtype=np.float64)
    u, v = np.asarray(tip) - middle, np.asarray(other_tip) - middle
    cross = np.cross(u, v)
    size = float(np.linalg.norm(cross))
    if size < 1e-6:
        raise ValueError("the region has no area")
    normal = cross / size
    along = normal @ grid.affine[:3, :3]  # height over the plane gained by one voxel step along each scan axis, mm
    main = int(np.argmax(np.abs(along)))
    rest = [axis for axis in range(3) if axis != main]
    edge = grid.to_voxel(outline(middle, tip, other_tip))
    low = np.maximum(np.floor(edge.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(edge.max(axis=0)).astype(int) + 1, np.asarray(grid.shape) - 1)
    if (low > high).any():
        raise ValueError("the region lies outside the scan")
    voxel = np.zeros((*(high[rest] - low[rest] + 1), 3))
    first, second = np.meshgrid(*(np.arange(low[axis], high[axis] + 1) for axis in rest), indexing="ij")
    voxel[..., rest[0]], voxel[..., rest[1]] = first, second
    height = (grid.to_mm(voxel) - middle) @ normal  # of the line's voxel 0
    crossing = voxel.copy()
    crossing[..., main] = -height / along[main]
    coordinates = (grid.to_mm(crossing) - middle) @ np.linalg.pinv(np.stack([u, v], axis=1)).T
    inside = (coordinates**2).sum(axis=-1) <= 1.0 + 1e-9
    # rounded first, so that a plane half-way between two slices does not break up by the last digit
    voxel[..., main] = np.floor(np.round(crossing[..., main], 6) + 0.5)
    inside &= (voxel[..., main] >= 0) & (voxel[..., main] < grid.shape[main])
    i, j, k = voxel[inside].astype(int).T
    values = volume.hu[i, j, k]
    if volume.padding is not None:
        values = values[~volume.padding[i, j, k]]
    if not values.size:
        raise ValueError("no voxel of the scan lies inside the region")
    exact = values.astype(np.float64)
    return RegionStatistics(
        float(exact.mean()), float(exact.std()), int(values.min()), int(values.max()), float(np.pi * size), int(values.size)
    )
