"""The bones' field: a scan, or the part around an ankle, smoothed and about as coarse as a picture of its bones needs it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.volume import Volume

_SMALLEST_MM3 = 250.0  # loose pieces below this volume are noise, table or calcification
_CHIP_MM3, _BESIDE_MM = 20.0, 10.0  # but from here on, and as near as that to a larger one, they may be chips of bone


@dataclass(frozen=True, eq=False)
class Field:
    """Smoothed HU float32 on a grid about as coarse as a surface needs it."""

    hu: NDArray[np.float32]
    grid: Grid


def bone_field(volume: Volume, region: tuple[Array, Array] | None, step_mm: float, most: float = 12e6) -> Field:
    """A scan, or the part in an LPS box, smoothed and resampled to about `step_mm`; coarser where it would pass `most` voxels."""
    from scipy import ndimage

    start, stop = _voxel_range(volume, region)
    hu = volume.hu[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))]
    spacing = np.asarray(volume.grid.spacing)
    step = max(step_mm, float(np.prod(np.array(hu.shape) * spacing) / most) ** (1 / 3))
    hu, twice = halved(hu, spacing, step)
    factor = np.maximum(step / (spacing * twice), 1.0)
    part = ndimage.gaussian_filter(hu.astype(np.float32), 0.6 * factor, truncate=2.5, output=np.float32)
    if (factor > 1.05).any():
        counts = np.maximum(np.floor((np.array(part.shape) - 1) / factor).astype(int) + 1, 1)
        part = ndimage.affine_transform(part, factor, output_shape=tuple(counts), order=1, output=np.float32, mode="nearest")
    else:
        factor = np.ones(3)
    affine = volume.grid.affine.copy()
    affine[:3, 3] = volume.grid.to_mm(np.asarray(start) + (twice - 1) / 2)
    affine[:3, :3] = affine[:3, :3] * (factor * twice)
    return Field(part, Grid((part.shape[0], part.shape[1], part.shape[2]), affine))


def halved(hu: NDArray[np.int16], spacing: Array, step: float) -> tuple[NDArray[np.int16], Array]:
    """Mean of neighbours along each axis, again and again while the voxels stay no larger than `step` mm.

    Returns:
        The coarser array and, per axis, how many voxels became one. Its voxel n has its centre at n * count + (count - 1) / 2.
    """
    count = np.ones(3)
    for axis in range(3):
        while 2 * count[axis] * spacing[axis] <= step and hu.shape[axis] >= 8:
            even = hu.shape[axis] // 2 * 2
            low: list[slice] = [slice(None)] * 3
            high: list[slice] = [slice(None)] * 3
            low[axis], high[axis] = slice(0, even, 2), slice(1, even, 2)
            # Halving before adding stays within int16; the lost half unit is nothing beside the noise.
            hu = (hu[tuple(low)] >> 1) + (hu[tuple(high)] >> 1)
            count[axis] *= 2
    return hu, count


def without_specks(hu: NDArray[np.float32], level: float, spacing: Array) -> NDArray[np.float32]:
    """HU in which air stands for loose pieces of at least `level` HU that are smaller than a quarter of a cubic centimetre, but
    for what may be a chip of bone: 20 mm3 and more beside a larger piece.

    Args:
        spacing: of the voxels, mm.
    """
    from scipy import ndimage

    labels, count = ndimage.label(hu >= level)
    mm3 = np.bincount(labels.ravel(), minlength=count + 1) * float(np.prod(spacing))
    small = mm3 < _SMALLEST_MM3
    small[0] = False
    reach = np.ceil(_BESIDE_MM / np.asarray(spacing)).astype(int)
    places = ndimage.find_objects(labels) if (small & (mm3 >= _CHIP_MM3)).any() else []
    for n in np.flatnonzero(small & (mm3 >= _CHIP_MM3)):
        around = tuple(slice(max(0, part.start - r), part.stop + r) for part, r in zip(places[n - 1], reach, strict=True))
        near = np.unique(labels[around])
        if (mm3[near[near > 0]] >= _SMALLEST_MM3).any():
            small[n] = False
    return np.where(small[labels], np.float32(-1024.0), hu)


def _voxel_range(volume: Volume, region: tuple[Array, Array] | None) -> tuple[list[int], list[int]]:
    """Voxel range [start, stop) of an LPS box, cut to the scan; the whole scan for None or a box that misses it."""
    shape = np.asarray(volume.grid.shape)
    if region is None:
        return [0, 0, 0], [int(n) for n in shape]
    corners = np.array(np.meshgrid(*np.stack(region).T, indexing="ij")).reshape(3, -1).T
    voxel = volume.grid.to_voxel(corners)
    start = np.clip(np.floor(voxel.min(axis=0)), 0, shape - 1).astype(int)
    stop = np.clip(np.ceil(voxel.max(axis=0)) + 1, 1, shape).astype(int)
    if (stop - start < 4).any():
        return [0, 0, 0], [int(n) for n in shape]
    return [int(n) for n in start], [int(n) for n in stop]
