"""Whose a place is: the ankle of a scan that a position or a measure belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from ankleviewer.core.geometry import Point


class Boxed(Protocol):
    """An ankle with the lowest and highest LPS mm of its bones."""

    @property
    def min_mm(self) -> Sequence[float]:
        """Lowest LPS mm."""

    @property
    def max_mm(self) -> Sequence[float]:
        """Highest LPS mm."""


def ankle_at(mm: Point, ankles: Sequence[Boxed], shown: int | None = None) -> int:
    """Index of the ankle that an LPS position belongs to: the one in whose box it lies or whose is nearest; 0 of none.

    Args:
        shown: the ankle that is shown; it counts where the boxes of several hold the position. None: the one whose middle is
            nearest does, so that the answer is the same whatever is shown.
    """

    def away(n: int) -> tuple[float, float]:
        low, high = np.asarray(ankles[n].min_mm), np.asarray(ankles[n].max_mm)
        outside = float(np.linalg.norm(np.maximum(0, np.maximum(low - mm, mm - high))))
        return outside, float(np.linalg.norm((low + high) / 2 - mm)) if shown is None else float(n != shown)

    return min(range(len(ankles)), key=away, default=shown or 0)


def ankle_of_all(points: Iterable[Point], ankles: Sequence[Boxed]) -> int | None:
    """Index of the ankle that all LPS positions of a mark or measure belong to; None for a measure from one ankle to the other,
    and where no ankle was found.
    """
    whose = {ankle_at(p, ankles) for p in points}
    return whose.pop() if len(whose) == 1 and ankles else None
