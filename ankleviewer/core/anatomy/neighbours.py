"""Which part of a cube around one ankle belongs to another leg: with feet together its bones reach into it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ankleviewer.core.geometry import Array, Grid

# Legs have their axes farther apart (78 mm in a body whose feet lie side by side); what is found nearer is of the same leg.
APART_MM = 50.0
SOLE_MM = 75.0  # from a joint's centre; another leg's axis ends there: that of one lying across would go on through this one
ACROSS = 0.7  # cosine between two axes, below which one leg lies across
# of the own leg, about its axis and along it from its joint: no leg that lies across takes any of it, however near its sole is
OWN_MM, OWN_FROM_MM, OWN_TO_MM = 40.0, -25.0, 60.0

Axis = tuple[ArrayLike, ArrayLike]  # a point of a leg's axis, LPS mm, and where it points


def of_another_leg(grid: Grid, own: Axis, others: Sequence[Axis]) -> NDArray[np.bool_] | None:
    """Voxels that lie nearer to the axis of another leg, which ends at its sole, than to the own one; None where there is none of
    them.

    Args:
        grid: of the cube.
        own: the axis of the leg it was laid around, from its joint towards the knee.
        others: axes of the other legs of the scan, in the same way.
    """
    there = [other for other in others if _distance(np.asarray(other[0], dtype=np.float64), own) >= APART_MM]
    if not there:
        return None
    distance = _square_distance(grid, own)
    mask = np.zeros(grid.shape, dtype=bool)
    for other in there:
        below = np.minimum(_along(grid, other) + np.float32(SOLE_MM), 0)
        nearer = _square_distance(grid, other) + below**2 < distance
        if abs(_unit(own) @ _unit(other)) < ACROSS:
            along = _along(grid, own)
            nearer &= ~((distance < OWN_MM**2) & (along > OWN_FROM_MM) & (along < OWN_TO_MM))
        mask |= nearer
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


def _along(grid: Grid, axis: Axis) -> NDArray[np.float32]:
    """How far every voxel lies along an axis from its point, mm."""
    up, point = _unit(axis), np.asarray(axis[0], dtype=np.float64)
    step, start = up @ grid.affine[:3, :3], float(up @ (grid.affine[:3, 3] - point))
    i, j, k = (n.astype(np.float32) for n in np.ogrid[tuple(slice(0, n) for n in grid.shape)])
    along: NDArray[np.float32] = i * np.float32(step[0]) + j * np.float32(step[1]) + (k * np.float32(step[2]) + np.float32(start))
    return along
