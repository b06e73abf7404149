"""Bone surface of a scan for the 3D view: smoothed, coarsened, marching cubes. numpy, scipy and scikit-image only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.anatomy.cast import Cast
from ankleviewer.core.assessment.heat_raster import Heat
from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.imaging.bonefield import bone_field, without_specks
from ankleviewer.core.volume import Volume

BONE_HU = 200
_SHADING = 0.9  # voxels of smoothing behind the normals: enough against terraces, and a crack of two voxels still shows
_SLAB = 6  # planes of samples in one call of marching cubes


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles: points (n, 3) LPS millimetres float32, faces (m, 3) int64, normals (n, 3) float32 pointing outwards."""

    points: NDArray[np.float32]
    faces: NDArray[np.int64]
    normals: NDArray[np.float32]


def bone_surface(
    volume: Volume,
    region: tuple[Array, Array] | None = None,
    step_mm: float = 0.8,
    level: float = BONE_HU,
    cancelled: Callable[[], bool] = lambda: False,
    cast: Cast | None = None,
) -> Surface | None:
    """Surface of everything above `level` HU inside an LPS box (whole scan for None); None where there is no bone.

    The volume is smoothed and resampled to about `step_mm` (never finer than the scan), coarser where it would pass 12 million
    voxels, so that a large scan stays within a second. What `cast` names is left out.
    """
    field = bone_field(volume, region, step_mm)
    if cast is not None:
        field = cast.left_out(field)
    if cancelled():
        return None
    part, spacing = field.hu, np.asarray(field.grid.spacing)
    part = without_specks(part, level, spacing)
    if cancelled():
        return None
    padded = np.pad(part, 1, constant_values=-1024.0)
    if padded.max() <= level:
        return None
    points, faces = _triangles(padded, level)
    mm = field.grid.to_mm(points - 1.0)
    turned = _normals(padded, points, spacing) @ (field.grid.affine[:3, :3] / spacing).T
    if np.linalg.det(volume.grid.affine[:3, :3]) < 0:
        faces = faces[:, ::-1].copy()
    return Surface(mm.astype(np.float32), faces, turned.astype(np.float32))


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
