"""Editing a box by hand: which of its faces a pointer on a slice has hold of, and the box after a move. LPS millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike

from ankleviewer.core.geometry import Array
from ankleviewer.core.reading.measure import point
from ankleviewer.core.reading.review import BoxMm

LEAST_MM = 1.0  # no side becomes shorter
_ACROSS = 0.5  # a patient axis with a smaller part in the slice plane cannot be dragged there


@dataclass(frozen=True)
class Hold:
    """What a pointer holds: for each patient axis (L, P, S) -1 the low face, +1 the high face, 0 none; all 0: the whole box."""

    sides: tuple[int, int, int]

    @property
    def whole(self) -> bool:
        """Whether the box is moved, not resized."""
        return self.sides == (0, 0, 0)


def hold_at(box: BoxMm, mm: ArrayLike, normal: ArrayLike, reach_mm: float) -> Hold | None:
    """What a pointer at a place of a slice has hold of; None outside the box.

    Args:
        mm: the pointer, LPS mm, on the slice.
        normal: unit normal of the slice, LPS.
        reach_mm: how far from a face, in the slice, the pointer still has it.
    """
    at, low, high = (np.asarray(v, dtype=np.float64) for v in (mm, box.min_mm, box.max_mm))
    in_plane = np.sqrt(np.maximum(1.0 - np.asarray(normal, dtype=np.float64) ** 2, 0.0))
    sides = [0, 0, 0]
    for axis in range(3):
        if in_plane[axis] < _ACROSS:
            continue
        reach = reach_mm * in_plane[axis]
        if not low[axis] - reach <= at[axis] <= high[axis] + reach:
            return None
        to_low, to_high = abs(at[axis] - low[axis]), abs(at[axis] - high[axis])
        if min(to_low, to_high) <= min(reach, (high[axis] - low[axis]) / 3):
            sides[axis] = -1 if to_low < to_high else 1
    return Hold((sides[0], sides[1], sides[2]))


def dragged(box: BoxMm, hold: Hold, shift: ArrayLike, bounds: tuple[Array, Array]) -> BoxMm:
    """The box after what is held moved by `shift` (LPS mm), at least LEAST_MM wide, inside `bounds` (min, max).

    A box that already reaches out of the bounds is not pushed in by resizing another of its faces.
    """
    low, high = np.asarray(box.min_mm, dtype=np.float64), np.asarray(box.max_mm, dtype=np.float64)
    d = np.asarray(shift, dtype=np.float64)
    if hold.whole:
        d = np.clip(d, np.minimum(bounds[0] - low, 0.0), np.maximum(bounds[1] - high, 0.0))
        return BoxMm(point(low + d), point(high + d))
    for axis, side in enumerate(hold.sides):
        if side < 0:
            low[axis] = min(max(low[axis] + d[axis], min(bounds[0][axis], low[axis])), high[axis] - LEAST_MM)
        elif side > 0:
            high[axis] = max(min(high[axis] + d[axis], max(bounds[1][axis], high[axis])), low[axis] + LEAST_MM)
    return BoxMm(point(low), point(high))


def far_side(across: ArrayLike, down: ArrayLike) -> tuple[Hold, Hold]:
    """Holds of the faces at the right and at the bottom of a pane, for resizing by keys: of two different patient axes, those
    that run closest to the pane's own.

    Args:
        across, down: unit vectors of the slice's rows (screen right) and columns (screen down), LPS.
    """
    directions = np.asarray(across, dtype=np.float64), np.asarray(down, dtype=np.float64)
    axes = max(permutations(range(3), 2), key=lambda pair: abs(directions[0][pair[0]]) * abs(directions[1][pair[1]]))
    holds = []
    for direction, axis in zip(directions, axes, strict=True):
        sides = [0, 0, 0]
        sides[axis] = 1 if direction[axis] > 0 else -1
        holds.append(Hold((sides[0], sides[1], sides[2])))
    return holds[0], holds[1]
