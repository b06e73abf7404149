"""Resampling of a scan onto another grid in one pass: low-pass where it shrinks, linear interpolation, air outside.

One definition, two routes. Seen along one source axis the value at a point is the linear interpolation of the Gaussian-smoothed
samples. When source and target axes run parallel this is one small matrix per axis (fast, little memory); otherwise the cropped
source is smoothed and then interpolated along the oblique lines. Both routes give the same numbers.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.volume import Volume

FWHM = 2.0 * math.sqrt(2.0 * math.log(2.0))  # full width at half maximum of a Gaussian of sigma 1
TRUNCATE = 3.0  # the Gaussian is cut off here, sigmas
PARALLEL_TOLERANCE = 0.02  # source voxels that an axis may drift across the whole target and still count as parallel

Float32 = NDArray[np.float32]


def lowpass_sigma(source_mm: float, target_mm: float) -> float:
    """Standard deviation, in source voxels, of the Gaussian that prepares an axis for a coarser sampling.

    A voxel is taken as a Gaussian whose full width at half maximum is its edge; widths add in squares, so the blur still missing
    is sqrt(target^2 - source^2) wide (scale-factor point-spread-function matching, Cardoso et al. 2015). 0 when not shrinking.
    """
    ratio = target_mm / source_mm
    return math.sqrt(ratio**2 - 1.0) / FWHM if ratio > 1.0 + 1e-6 else 0.0


def kernel(sigma: float) -> Array:
    """Weights of the truncated Gaussian, odd length, sum 1; [1.0] for sigma 0 or too narrow to matter."""
    radius = int(TRUNCATE * sigma + 0.5)
    x = np.arange(-radius, radius + 1)
    w = np.exp(-0.5 * (x / sigma) ** 2) if radius else np.ones(1)
    return np.asarray(w / w.sum(), dtype=np.float64)


def resample(volume: Volume, target: Grid, outside_hu: float) -> Float32:
    """Hounsfield units of a scan on another grid.

    Args:
        volume: the scan; voxels of its padding mask count as outside.
        target: any grid; its mean voxel spacing decides the low-pass.
        outside_hu: value beyond the scan's outermost voxels.

    Returns:
        float32 array of shape target.shape, HU.
    """
    across = np.asarray(volume.grid.inverse @ target.affine)  # target voxel index -> scan voxel index
    kernels = [kernel(lowpass_sigma(s, float(np.mean(target.spacing)))) for s in volume.grid.spacing]
    axes = _parallel_axes(across[:3, :3], target.shape)
    moved = _parallel(volume, target, across, axes, kernels, outside_hu) if axes else None
    if moved is None:
        moved = _oblique(volume, target, across, kernels, outside_hu)
    moved += np.float32(outside_hu)
    return moved


def _parallel_axes(matrix: Array, shape: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """For each source axis the one target axis that runs along it; None when the grids are oblique to each other."""
    best = np.abs(matrix).argmax(axis=1)
    if sorted(best) != [0, 1, 2]:
        return None
    drift = np.abs(matrix) * np.asarray(shape)
    drift[np.arange(3), best] = 0.0
    return (int(best[0]), int(best[1]), int(best[2])) if drift.sum(axis=1).max() <= PARALLEL_TOLERANCE else None


def _inside(volume: Volume, start: NDArray[np.intp], stop: NDArray[np.intp], outside_hu: float) -> Float32:
    """HU above outside_hu of the sub-array [start, stop), so that outside is exactly 0."""
    cut = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    block = volume.hu[cut].astype(np.float32)
    block -= np.float32(outside_hu)
    if volume.padding is not None:
        block[volume.padding[cut]] = 0.0
    return block


def _axis_matrix(first: float, step: float, count: int, n: int, weights: Array) -> tuple[Float32, int]:
    """Rows = target positions first + step * m, columns = source samples: smoothing and linear interpolation in one matrix.

    Returns:
        The matrix without the columns outside the source or without weight, and the index of its first column.
    """
    position = first + step * np.arange(count)
    floor = np.floor(position).astype(np.intp)
    fraction = position - floor
    radius = len(weights) // 2
    low, high = max(0, int(floor.min()) - radius), min(n, int(floor.max()) + 2 + radius)
    matrix = np.zeros((count, max(0, high - low)))
    rows = np.arange(count)
    for shift, weight in enumerate(weights, start=-radius):
        for neighbour, share in ((0, 1.0 - fraction), (1, fraction)):
            column = floor + neighbour + shift - low
            ok = (column >= 0) & (column < matrix.shape[1])
            np.add.at(matrix, (rows[ok], column[ok]), weight * share[ok])
    return matrix.astype(np.float32), low


def _parallel(
    volume: Volume, target: Grid, across: Array, axes: tuple[int, int, int], kernels: list[Array], outside_hu: float
) -> Float32:
    """Parallel grids: slab by slab along the slowest axis in memory, two matrix products each, then the third axis at the end."""
    matrices, starts = [], []
    centre = (np.asarray(target.shape) - 1) / 2
    middle = across[:3, :3] @ centre + across[:3, 3]
    for a, t in enumerate(axes):
        step = float(across[a, t])
        matrix, low = _axis_matrix(float(middle[a]) - step * centre[t], step, target.shape[t], volume.hu.shape[a], kernels[a])
        matrices.append(matrix)
        starts.append(low)
    slow, b, c = (int(a) for a in np.argsort(volume.hu.strides)[::-1])
    shape = np.array([m.shape[1] for m in matrices])
    out = np.zeros((target.shape[axes[slow]], target.shape[axes[b]], target.shape[axes[c]]), dtype=np.float32)
    if shape.min() > 0:
        flat = np.empty((shape[slow], out.shape[1] * out.shape[2]), dtype=np.float32)
        right = np.ascontiguousarray(matrices[c].T)
        for index in range(shape[slow]):
            start = np.array(starts, dtype=np.intp)
            stop = start + shape
            start[slow] += index
            stop[slow] = start[slow] + 1
            slab = _inside(volume, start, stop, outside_hu).transpose(slow, b, c)[0]
            flat[index] = (matrices[b] @ (slab @ right)).ravel()
        out = (matrices[slow] @ flat).reshape(out.shape)
    order = np.argsort([axes[slow], axes[b], axes[c]])
    return np.ascontiguousarray(out.transpose(order))


def _oblique(volume: Volume, target: Grid, across: Array, kernels: list[Array], outside_hu: float) -> Float32:
    """Oblique grids: crop to what the target can see, smooth along the source axes, interpolate along the oblique lines."""
    from scipy import ndimage

    corners = np.array(np.meshgrid(*[(0, n - 1) for n in target.shape], indexing="ij")).reshape(3, -1).T
    seen = corners @ across[:3, :3].T + across[:3, 3]
    reach = np.array([len(k) // 2 + 1 for k in kernels])
    size = np.asarray(volume.hu.shape)
    # beyond the scan the smoothed field still has a tail as long as the kernel, hence the rim of `reach` voxels
    low = np.clip(np.floor(seen.min(axis=0)).astype(np.intp) - reach, -reach, size + reach)
    high = np.clip(np.ceil(seen.max(axis=0)).astype(np.intp) + 1 + reach, -reach, size + reach)
    start, stop = np.clip(low, 0, size), np.clip(high, 0, size)
    if (stop <= start).any():
        return np.zeros(target.shape, dtype=np.float32)
    field = np.zeros(tuple(high - low), dtype=np.float32)
    field[tuple(slice(a, b) for a, b in zip(start - low, stop - low, strict=True))] = _inside(volume, start, stop, outside_hu)
    for axis, weights in enumerate(kernels):
        if len(weights) > 1:
            field = ndimage.correlate1d(field, weights, axis=axis, mode="constant", cval=0.0)
    out = np.empty(target.shape, dtype=np.float32)
    ndimage.affine_transform(
        field, across[:3, :3], across[:3, 3] - low, output=out, output_shape=target.shape, order=1, mode="grid-constant", cval=0.0
    )
    return out
