"""Seen: the part of a scan that an answer speaks of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ankleviewer.core.geometry import Grid, Point, triple


@dataclass(frozen=True)
class Seen:
    """A cube about the joint, standing with the leg. What lies below the joint and more than `below_mm` away from it counts
    nothing (0: all of the cube counts), as the trainer has it (`FractureNet.look_near`).

    Attributes:
        center_mm: its middle, LPS.
        half_mm: half its edge.
        axes: unit vectors along its edges, LPS: to the leg's left, to its back, along its shaft.
    """

    center_mm: Point
    half_mm: float
    axes: tuple[Point, Point, Point]
    below_mm: float = 0.0

    def holds(self, mm: Point) -> bool:
        """Whether a place, LPS mm, is one that the answer speaks of."""
        away = np.asarray(self.axes) @ np.subtract(mm, self.center_mm)
        if np.abs(away).max() > self.half_mm:
            return False
        return not (self.below_mm and away[2] < 0 and float(np.linalg.norm(away)) > self.below_mm)


def seen_in(grid: Grid, below_mm: float = 0.0) -> Seen:
    """What a network sees whose input has this grid, a cube of equal voxels.

    Args:
        grid: of the input (`Placement.model_grid`).
        below_mm: as far as which it is asked below its middle, 0 for as far as the cube goes.
    """
    edges = grid.affine[:3, :3].T
    x, y, z = (triple(edge / np.linalg.norm(edge)) for edge in edges)
    middle = grid.to_mm((np.asarray(grid.shape) - 1) / 2)
    return Seen(triple(middle), grid.shape[0] * grid.spacing[0] / 2, (x, y, z), below_mm)
