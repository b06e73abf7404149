"""Bone surface of a scan for the 3D view: smoothed, coarsened, marching cubes. numpy, scipy and scikit-image only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.heat_raster import Heat
from ankleviewer.core.volume import Volume

BONE_HU = 200
_SHADING = 0.9  # voxels of smoothing behind the normals: enough against terraces, and a crack of two voxels still shows
_SLAB = 6  # planes of samples in one call of marching cubes
_SMALLEST_MM3 = 250.0  # loose specks below this volume are noise, table or calcification


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles: points (n, 3) LPS millimetres float32, faces (m, 3) int64, normals (n, 3) float32 pointing outwards."""

    points: NDArray[np.float32]
    faces: NDArray[np.int64]
    normals: NDArray[np.float32]


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


def bone_surface(
    volume: Volume,
    region: tuple[Array, Array] | None = None,
    step_mm: float = 0.8,
    level: float = BONE_HU,
    cancelled: Callable[[], bool] = lambda: False,
) -> Surface | None:
    """Surface of everything at or above `level` HU inside an LPS box (whole scan for None); None where there is no bone.

    The volume is smoothed and resampled to about `step_mm` (never finer than the scan), coarser where it would pass 12 million
    voxels, so that a large scan stays within a second.
    """
    from scipy import ndimage

    field = bone_field(volume, region, step_mm)
    if cancelled():
        return None
    part, spacing = field.hu, np.asarray(field.grid.spacing)
    labels, count = ndimage.label(part >= level)
    if count == 0 or cancelled():
        return None
    sizes = np.bincount(labels.ravel()) * float(np.prod(spacing))
    small = sizes < _SMALLEST_MM3
    small[0] = False
    part[small[labels]] = -1024.0
    padded = np.pad(part, 1, constant_values=-1024.0)
    if padded.max() < level:
        return None
    points, faces = _triangles(padded, level)
    mm = field.grid.to_mm(points - 1.0)
    turned = _normals(padded, points, spacing) @ (field.grid.affine[:3, :3] / spacing).T
    if np.linalg.det(volume.grid.affine[:3, :3]) < 0:
        faces = faces[:, ::-1].copy()
    return Surface(mm.astype(np.float32), faces, turned.astype(np.float32))


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


def _triangles(part: NDArray[np.float32], level: float) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Marching cubes slab by slab: each call keeps the interpreter to itself, and a window must not wait for it (1 to 5 ms).

    Slabs share a plane of samples, so that no gap shows; the vertices on it come twice.
    """
    from skimage.measure import marching_cubes

    points: list[NDArray[np.float32]] = []
    faces: list[NDArray[np.int64]] = []
    count = 0
    for start in range(0, part.shape[0] - 1, _SLAB):
        slab = part[start : start + _SLAB + 1]
        if slab.shape[0] < 2 or not slab.min() < level < slab.max():
            continue
        found, triangles, _, _ = marching_cubes(slab, level, gradient_direction="ascent")
        points.append(found + np.array([start, 0, 0], dtype=np.float32))
        faces.append(triangles.astype(np.int64) + count)
        count += len(found)
    return np.concatenate(points), np.concatenate(faces)


def _normals(part: NDArray[np.float32], points: NDArray[np.float32], spacing: Array) -> NDArray[np.float64]:
    """Unit vectors (n, 3) along the array axes, out of the bone: downhill in a smoother volume than the surface's own.

    The surface keeps its detail, its shading loses the terraces that slices leave on slopes.
    """
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(part, _SHADING, truncate=2.5, output=np.float32)
    at = points.T
    slope = [
        ndimage.map_coordinates(np.gradient(smooth, axis=axis), at, order=1, mode="nearest") / -spacing[axis] for axis in range(3)
    ]
    normals = np.stack(slope, axis=1).astype(np.float64)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9))


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


def heat_at(points: NDArray[np.float32], heat: Heat) -> NDArray[np.float32]:
    """Map value (n,) at LPS points (n, 3), linear between voxels, 0 outside the map."""
    from scipy.ndimage import map_coordinates

    voxel = heat.grid.to_voxel(points).T
    return np.asarray(map_coordinates(heat.values, voxel, output=np.float32, order=1, mode="constant", cval=0.0))


def heat_on(grid: Grid, heat: Heat) -> NDArray[np.float32]:
    """Map value at every voxel of a grid, linear between the map's own, 0 outside."""
    from scipy.ndimage import affine_transform

    to_heat = heat.grid.inverse @ grid.affine
    return np.asarray(
        affine_transform(heat.values, to_heat[:3, :3], to_heat[:3, 3], grid.shape, np.float32, order=1, mode="constant", cval=0.0)
    )
