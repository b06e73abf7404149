"""Bringing skewed or uneven stacks onto a right-angled, even grid. Only what reading needs; every use is reported by the caller.

Padding stays out of every interpolation: a result that touches it is padding itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import ScanError
from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.volume import AIR_HU, Volume
from ankleviewer.io import guard

SHEAR_REFUSED_DEG = 0.5
# Below this displacement of a corner (mm) skewness is rounding in the header, not geometry.
SHEAR_IGNORED_MM = 0.1


def _orthogonal(affine: Array) -> Array:
    """The affine with right-angled axes nearest to `affine` (polar decomposition), same spacing and same centre column."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    u, _, vt = np.linalg.svd(affine[:3, :3] / spacing)
    result = affine.copy()
    result[:3, :3] = (u @ vt) * spacing
    return np.asarray(result, dtype=np.float64)


def shear_angle_deg(grid: Grid) -> float:
    """Largest deviation of two array axes from a right angle, degrees."""
    unit = grid.affine[:3, :3] / np.asarray(grid.spacing)
    gram = unit.T @ unit
    return float(np.degrees(np.arcsin(np.clip(np.abs(gram - np.eye(3)).max(), 0, 1))))


def is_sheared(grid: Grid) -> bool:
    """Whether any corner lies more than 0.1 mm off the nearest right-angled grid."""
    size = np.asarray(grid.shape, dtype=np.float64)
    return bool(np.abs((grid.affine - _orthogonal(grid.affine))[:3, :3] @ np.diag(size)).sum(axis=1).max() > SHEAR_IGNORED_MM)


def to_orthogonal(volume: Volume) -> Volume:
    """A slightly sheared volume on the nearest right-angled grid of the same shape (trilinear; padding by nearest voxel)."""
    from scipy.ndimage import affine_transform

    grid = volume.grid
    affine = _orthogonal(grid.affine)
    middle = (np.asarray(grid.shape) - 1) / 2
    affine[:3, 3] += grid.to_mm(middle) - (affine[:3, :3] @ middle + affine[:3, 3])
    step = grid.inverse @ affine
    hu = affine_transform(volume.hu, step[:3, :3], step[:3, 3], order=1, output=np.int16, mode="constant", cval=AIR_HU)
    padding = None
    if volume.padding is not None:
        padding = affine_transform(volume.padding.astype(np.uint8), step[:3, :3], step[:3, 3], order=0, cval=1) > 0
        hu[padding] = AIR_HU
    return Volume(np.asarray(hu, dtype=np.int16), Grid(grid.shape, affine), padding)


def shift_slices(
    hu: NDArray[np.int16], padding: NDArray[np.bool_] | None, shifts: Array
) -> tuple[NDArray[np.int16], NDArray[np.bool_], tuple[int, int]]:
    """Move every slice within its own plane (undoes a gantry tilt without interpolating between slices).

    Args:
        hu: (columns, rows, slices).
        padding: same shape or None.
        shifts: (slices, 2), by how many voxels along i and j each slice moves.

    Returns:
        hu and padding on an in-plane grid grown to hold all slices, and the (i, j) index offset of its first voxel.

    Raises:
        ScanError: SIZE_IMPLAUSIBLE, the grown grid would be too large.
    """
    low = np.floor(shifts.min(axis=0)).astype(int)
    high = np.ceil(shifts.max(axis=0)).astype(int)
    nx, ny = hu.shape[0] + int(high[0] - low[0]) + 1, hu.shape[1] + int(high[1] - low[1]) + 1
    if nx * ny * hu.shape[2] > guard.MAX_VOXELS:
        raise ScanError("SIZE_IMPLAUSIBLE", f"Put in place, the slices would take {nx} × {ny} × {hu.shape[2]} voxels.")
    out = np.full((nx, ny, hu.shape[2]), AIR_HU, dtype=np.int16, order="F")
    empty = np.ones((nx, ny, hu.shape[2]), dtype=np.bool_, order="F")
    for k in range(hu.shape[2]):
        whole = np.floor(shifts[k]).astype(int)
        fx, fy = shifts[k] - whole
        x, y = whole - low
        slab = np.pad(hu[:, :, k].astype(np.float32), 1, constant_values=AIR_HU)
        hole = np.pad(np.zeros(hu.shape[:2], bool) if padding is None else padding[:, :, k], 1, constant_values=True)
        # Voxel (i, j) of the result lies at (i - fx, j - fy) of the slice: the two neighbours below and above.
        moved = np.zeros((hu.shape[0] + 1, hu.shape[1] + 1), dtype=np.float32)
        miss = np.zeros(moved.shape, dtype=np.bool_)
        for di, wi in ((0, fx), (1, 1 - fx)):
            for dj, wj in ((0, fy), (1, 1 - fy)):
                weight = wi * wj
                if weight > 1e-6:
                    window = (slice(di, di + moved.shape[0]), slice(dj, dj + moved.shape[1]))
                    moved += np.float32(weight) * slab[window]
                    miss |= hole[window]
        moved[miss] = AIR_HU
        out[x : x + moved.shape[0], y : y + moved.shape[1], k] = np.rint(moved).astype(np.int16)
        empty[x : x + moved.shape[0], y : y + moved.shape[1], k] = miss
    return out, empty, (int(low[0]), int(low[1]))


def even_slices(
    hu: NDArray[np.int16], padding: NDArray[np.bool_] | None, positions: Array, targets: Array
) -> tuple[NDArray[np.int16], NDArray[np.bool_] | None]:
    """Slices at `positions` (ascending, mm along the normal) interpolated linearly to `targets` (within their range)."""
    upper = np.clip(np.searchsorted(positions, targets), 1, len(positions) - 1)
    weight = np.clip((targets - positions[upper - 1]) / (positions[upper] - positions[upper - 1]), 0, 1)
    out = np.empty((*hu.shape[:2], len(targets)), dtype=np.int16, order="F")
    empty = None if padding is None else np.zeros(out.shape, dtype=np.bool_, order="F")
    for k, (u, w) in enumerate(zip(upper, weight, strict=True)):
        low, high = hu[:, :, u - 1].astype(np.float32), hu[:, :, u].astype(np.float32)
        out[:, :, k] = np.rint(low + np.float32(w) * (high - low)).astype(np.int16)
        if padding is not None and empty is not None:
            empty[:, :, k] = (padding[:, :, u - 1] & (w < 1)) | (padding[:, :, u] & (w > 0))
            out[:, :, k][empty[:, :, k]] = AIR_HU
    return out, empty
