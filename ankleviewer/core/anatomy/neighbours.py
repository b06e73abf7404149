"""Which part of a cube around one ankle belongs to another leg: with feet together its bones reach into it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ankleviewer.core.geometry import Array, Grid

# Legs have their axes farther apart (78 mm in a body whose feet lie side by side); what is found nearer is of the same leg.
APART_MM = 50.0

Axis = tuple[ArrayLike, ArrayLike]  # a point of a leg's axis, LPS mm, and where it points


def of_another_leg(grid: Grid, own: Axis, others: Sequence[Axis]) -> NDArray[np.bool_] | None:
    """Voxels that lie nearer to the axis of another leg than to the own one; None where there is none of them.

    Args:
        grid: of the cube.
        own: the axis of the leg it was laid around.
        others: axes of the other legs of the scan.
    """
    there = [other for other in others if _distance(np.asarray(other[0], dtype=np.float64), own) >= APART_MM]
    if not there:
        return None
    distance = _square_distance(grid, own)
    mask = np.zeros(grid.shape, dtype=bool)
    for other in there:
        mask |= _square_distance(grid, other) < distance
    return mask if mask.any() else None


def _unit(axis: Axis) -> Array:
    up = np.asarray(axis[1], dtype=np.float64)
    return up / np.linalg.norm(up)


def _distance(point: Array, axis: Axis) -> float:
    away, up = point - np.asarray(axis[0], dtype=np.float64), _unit(axis)
    return float(np.linalg.norm(away - (away @ up) * up))


def _square_distance(grid: Grid, axis: Axis) -> NDArray[np.float32]:
    """Of every voxel from an axis, mm2."""
    up, point = _unit(axis), np.asarray(axis[0], dtype=np.float64)
    across = np.eye(3) - np.outer(up, up)
    step, start = across @ grid.affine[:3, :3], across @ (grid.affine[:3, 3] - point)
    i, j, k = (n.astype(np.float32) for n in np.ogrid[tuple(slice(0, n) for n in grid.shape)])
    total = np.zeros(grid.shape, dtype=np.float32)
    for row, first in zip(step.astype(np.float32), start.astype(np.float32), strict=True):
        total += (i * row[0] + j * row[1] + (k * row[2] + first)) ** 2
    return total
