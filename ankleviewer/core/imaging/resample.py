"""Resampling of a scan onto another grid in one pass: low-pass where it shrinks, linear interpolation, air outside.

One definition, two routes. Seen along one source axis the value at a point is the linear interpolation of the Gaussian-smoothed
samples. When source and target axes run parallel this is one small matrix per axis (fast, little memory); otherwise the cropped
source is smoothed and then interpolated along the oblique lines. Both routes give the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.volume import Volume

FWHM = 2.0 * math.sqrt(2.0 * math.log(2.0))  # full width at half maximum of a Gaussian of sigma 1
TRUNCATE = 3.0  # the Gaussian is cut off here, sigmas
PARALLEL_TOLERANCE = 0.02  # source voxels that an axis may drift across the whole target and still count as parallel

SLABS = 16  # slabs per matrix product: few large products are quick even where other programs keep the cores busy

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


@dataclass(frozen=True, eq=False)
class _Source:
    """An array as the routes see it: values above `outside`, 0 where nothing was stored."""

    array: NDArray[Any]
    padding: NDArray[np.bool_] | None = None
    outside: float = 0.0

    def block(self, start: NDArray[np.intp], stop: NDArray[np.intp]) -> Float32:
        """The sub-array [start, stop), in the source's own order of memory, in which the slowest axis is quick to cut."""
        cut = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
        block: Float32 = np.empty_like(self.array[cut], dtype=np.float32)
        self.fill(block, start, stop)
        return block

    def fill(self, place: Float32, start: NDArray[np.intp], stop: NDArray[np.intp]) -> None:
        """Writes the sub-array [start, stop) into `place`, without a second one beside it."""
        cut = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
        np.subtract(self.array[cut], np.float32(self.outside), out=place, dtype=np.float32)
        if self.padding is not None:
            place[self.padding[cut]] = 0.0


def resample(volume: Volume, target: Grid, outside_hu: float) -> Float32:
    """Hounsfield units of a scan on another grid.

    Args:
        volume: the scan; voxels of its padding mask count as outside.
        target: any grid; its mean voxel spacing decides the low-pass.
        outside_hu: value beyond the scan's outermost voxels.

    Returns:
        float32 array of shape target.shape, HU.
    """
    kernels = [kernel(lowpass_sigma(s, float(np.mean(target.spacing)))) for s in volume.grid.spacing]
    moved = _move(_Source(volume.hu, volume.padding, outside_hu), volume.grid, target, kernels)
    moved += np.float32(outside_hu)
    return moved


def interpolate(values: Float32, source: Grid, target: Grid) -> Float32:
    """A smooth field on a finer grid: linear, without low-pass, 0 outside; float32 of shape target.shape."""
    return _move(_Source(values), source, target, [kernel(0.0)] * 3)


def axis_matrices(source: Grid, target: Grid) -> list[tuple[Float32, int]]:
    """What `resample` does between grids whose axes run alike, as one matrix per axis: rows = target positions, columns = source
    samples from the given one on. For other array libraries.

    Raises:
        ValueError: the axes do not run alike.
    """
    across = np.asarray(source.inverse @ target.affine)
    if _parallel_axes(across[:3, :3], target.shape) != (0, 1, 2):
        raise ValueError("the axes of the two grids do not run alike")
    weights = [kernel(lowpass_sigma(s, float(np.mean(target.spacing)))) for s in source.spacing]
    return _matrices(source.shape, target.shape, across, (0, 1, 2), weights)


def _matrices(
    source: tuple[int, ...], target: tuple[int, int, int], across: Array, axes: tuple[int, int, int], kernels: list[Array]
) -> list[tuple[Float32, int]]:
    centre = (np.asarray(target) - 1) / 2
    middle = across[:3, :3] @ centre + across[:3, 3]
    found = []
    for a, t in enumerate(axes):
        step = float(across[a, t])
        found.append(_axis_matrix(float(middle[a]) - step * centre[t], step, target[t], source[a], kernels[a]))
    return found


def _move(source: _Source, grid: Grid, target: Grid, kernels: list[Array]) -> Float32:
    across = np.asarray(grid.inverse @ target.affine)  # target voxel index -> source voxel index
    axes = _parallel_axes(across[:3, :3], target.shape)
    if axes:
        return _parallel(source, target, across, axes, kernels)
    return _oblique(source, target, across, kernels)


def _parallel_axes(matrix: Array, shape: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """For each source axis the one target axis that runs along it; None when the grids are oblique to each other."""
    best = np.abs(matrix).argmax(axis=1)
    if sorted(best) != [0, 1, 2]:
        return None
    drift = np.abs(matrix) * np.asarray(shape)
    drift[np.arange(3), best] = 0.0
    return (int(best[0]), int(best[1]), int(best[2])) if drift.sum(axis=1).max() <= PARALLEL_TOLERANCE else None


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


def _parallel(source: _Source, target: Grid, across: Array, axes: tuple[int, int, int], kernels: list[Array]) -> Float32:
    """Parallel grids: some slabs along the slowest axis in memory at a time, then that axis at the end."""
    found = _matrices(source.array.shape, target.shape, across, axes, kernels)
    matrices, starts = [matrix for matrix, _ in found], [low for _, low in found]
    slow, b, c = (int(a) for a in np.argsort(source.array.strides)[::-1])
    shape = np.array([m.shape[1] for m in matrices])
    out = np.zeros((target.shape[axes[slow]], target.shape[axes[b]], target.shape[axes[c]]), dtype=np.float32)
    if shape.min() > 0:
        flat = np.empty((shape[slow], out.shape[1] * out.shape[2]), dtype=np.float32)
        right = np.ascontiguousarray(matrices[c].T)
        for index in range(0, shape[slow], SLABS):
            start = np.array(starts, dtype=np.intp)
            stop = start + shape
            start[slow] += index
            stop[slow] = min(start[slow] + SLABS, stop[slow])
            slabs = source.block(start, stop).transpose(slow, b, c)
            count = slabs.shape[0]
            narrow = (slabs.reshape(-1, slabs.shape[2]) @ right).reshape(count, shape[b], -1)
            small = matrices[b] @ narrow.transpose(1, 0, 2).reshape(shape[b], -1)
            flat[index : index + count] = small.reshape(out.shape[1], count, -1).transpose(1, 0, 2).reshape(count, -1)
        out = (matrices[slow] @ flat).reshape(out.shape)
    order = np.argsort([axes[slow], axes[b], axes[c]])
    return np.ascontiguousarray(out.transpose(order))


def _oblique(source: _Source, target: Grid, across: Array, kernels: list[Array]) -> Float32:
    """Oblique grids: crop to what the target can see, smooth along the source axes, interpolate along the oblique lines."""
    from scipy import ndimage

    corners = np.array(np.meshgrid(*[(0, n - 1) for n in target.shape], indexing="ij")).reshape(3, -1).T
    seen = corners @ across[:3, :3].T + across[:3, 3]
    reach = np.array([len(k) // 2 + 1 for k in kernels])
    size = np.asarray(source.array.shape)
    # beyond the scan the smoothed field still has a tail as long as the kernel, hence the rim of `reach` voxels
    low = np.clip(np.floor(seen.min(axis=0)).astype(np.intp) - reach, -reach, size + reach)
    high = np.clip(np.ceil(seen.max(axis=0)).astype(np.intp) + 1 + reach, -reach, size + reach)
    start, stop = np.clip(low, 0, size), np.clip(high, 0, size)
    if (stop <= start).any():
        return np.zeros(target.shape, dtype=np.float32)
    field = np.zeros(tuple(high - low), dtype=np.float32)
    # as large as the scan in the worst case, and twice its bytes: written and smoothed in place
    source.fill(field[tuple(slice(a, b) for a, b in zip(start - low, stop - low, strict=True))], start, stop)
    for axis, weights in enumerate(kernels):
        if len(weights) > 1:
            ndimage.correlate1d(field, weights, axis=axis, output=field, mode="constant", cval=0.0)
    out = np.empty(target.shape, dtype=np.float32)
    ndimage.affine_transform(
        field, across[:3, :3], across[:3, 3] - low, output=out, output_shape=target.shape, order=1, mode="grid-constant", cval=0.0
    )
    return out
