"""Resampling of one plane out of a scan, fast enough to scroll: trilinear, block by block, straight from the stored integers.

numpy alone: the voxels at the eight corners are gathered from the array as it lies in memory, so that the volume is neither
copied nor converted. Blocks of rows keep all intermediate arrays in the processor's cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Array, Grid

_BLOCK = 32  # rows; 32 x 512 float32 are 64 KiB


def cut(array: NDArray[Any], scan: Grid, plane: Grid, index: int, outside: int) -> NDArray[Any]:
    """Slice `index` of a display grid, resampled from a scan array.

    Args:
        array: integers or bool on `scan`; bool is sampled at the nearest voxel, integers trilinearly and rounded.
        plane: display grid [column, row, slice].
        outside: value where the plane leaves the voxel centres of the scan.

    Returns:
        [row, column], of the array's own type.
    """
    columns, rows, _ = plane.shape
    to_scan = scan.inverse @ plane.affine
    start = to_scan[:3, :3] @ (0.0, 0.0, float(index)) + to_scan[:3, 3]
    out: NDArray[Any] = np.full((rows, columns), outside, dtype=array.dtype)
    if min(array.shape) < 2:
        return out
    steps = np.array([s // array.itemsize for s in array.strides])
    if (steps < 0).any() or not array.transpose(np.argsort(-steps)).flags.c_contiguous:
        array = np.ascontiguousarray(array)  # a view with gaps or turned axes: rare, readers store whole arrays
        steps = np.array([s // array.itemsize for s in array.strides])
    order = np.argsort(-steps)
    steps = steps.astype(np.int32 if array.size < 2**31 else np.int64)  # half the memory traffic for any scan of an ankle
    flat = array.transpose(order).reshape(-1)
    sample = _nearest if array.dtype == np.bool_ else _linear
    for first in range(0, rows, _BLOCK):
        block = np.arange(first, min(rows, first + _BLOCK), dtype=np.float64)
        low, high = _columns_inside(to_scan[:3, 0], start[:, None] + to_scan[:3, 1:2] * block, scan.shape, columns)
        if low < high:
            place = out[first : first + len(block), low:high]
            sample(flat, scan.shape, steps, order, to_scan, start, block, np.arange(low, high, dtype=np.float32), place)
    return out


_FACE = 2e-3  # voxels, more than the samplers let a position lie outside


def _columns_inside(slope: Array, ends: Array, shape: tuple[int, int, int], columns: int) -> tuple[int, int]:
    """Range of columns [low, high) of a block of rows that may lie in the scan; ends: scan voxel of column 0, (3, rows)."""
    low, high = 0.0, float(columns - 1)
    for axis in range(3):
        # the samplers decide; a plane that runs along the scan's own face may miss it by a rounding
        least, most = float(ends[axis].min()) - _FACE, float(ends[axis].max()) + _FACE
        if abs(slope[axis]) < 1e-9:
            if most < 0 or least > shape[axis] - 1:
                return 0, 0
            continue
        bounds = (-most / slope[axis], (shape[axis] - 1 - least) / slope[axis])
        if slope[axis] < 0:
            bounds = ((shape[axis] - 1 - least) / slope[axis], -most / slope[axis])
        low, high = max(low, bounds[0] - 1), min(high, bounds[1] + 1)
    return max(0, int(np.floor(low))), min(columns, int(np.ceil(high)) + 1)


def _linear(
    flat: NDArray[Any],
    shape: tuple[int, int, int],
    steps: NDArray[Any],
    order: NDArray[Any],
    to_scan: Array,
    start: Array,
    block: Array,
    x: NDArray[np.float32],
    place: NDArray[Any],
) -> None:
    index: Any = 0
    inside: Any = True
    part = []
    for axis in range(3):
        position = x * np.float32(to_scan[axis, 0]) + (start[axis] + to_scan[axis, 1] * block).astype(np.float32)[:, None]
        # A thousandth of a voxel: float32 must not lose the last row of a plane that runs along the scan's own face.
        inside = inside & (position >= -1e-3) & (position <= shape[axis] - 1 + 1e-3)
        corner = position.astype(steps.dtype)
        np.clip(corner, 0, shape[axis] - 2, out=corner)
        part.append(position - corner)
        corner *= steps[axis]
        index = index + corner
    slow, middle, fast = (part[axis] for axis in order)
    far, near, unit = (int(steps[axis]) for axis in order)

    def edge(offset: int) -> NDArray[np.float32]:
        a = flat.take(index + offset).astype(np.float32)
        b: NDArray[np.float32] = flat.take(index + (offset + unit)).astype(np.float32)
        b -= a
        b *= fast
        b += a
        return b

    def face(offset: int) -> NDArray[np.float32]:
        a, b = edge(offset), edge(offset + near)
        b -= a
        b *= middle
        b += a
        return b

    value, other = face(0), face(far)
    other -= value
    other *= slow
    other += value
    np.rint(other, out=other)
    np.copyto(place, other, where=inside, casting="unsafe")


def _nearest(
    flat: NDArray[Any],
    shape: tuple[int, int, int],
    steps: NDArray[Any],
    order: NDArray[Any],
    to_scan: Array,
    start: Array,
    block: Array,
    x: NDArray[np.float32],
    place: NDArray[Any],
) -> None:
    index: Any = 0
    inside: Any = True
    for axis in range(3):
        position = x * np.float32(to_scan[axis, 0]) + (start[axis] + to_scan[axis, 1] * block).astype(np.float32)[:, None]
        inside = inside & (position >= -1e-3) & (position <= shape[axis] - 1 + 1e-3)
        corner = (position + np.float32(0.5)).astype(steps.dtype)
        np.clip(corner, 0, shape[axis] - 1, out=corner)
        corner *= steps[axis]
        index = index + corner
    np.copyto(place, flat.take(index), where=inside)
