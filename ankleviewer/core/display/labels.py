"""Where a label goes beside its line: inside the pane, off every point and every other label. Pixels of a pane, no Qt.

The rule of all labels on a slice: lines are drawn first and labels over them, each in its turn; where one would cover a label
that stands already, it moves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ankleviewer.core.geometry import Array

Rect = tuple[float, float, float, float]  # x, y, width, height

GAP = 14.0  # px between a line's bounds and its label
CLEAR = 10.0  # px kept between a label and any point
EDGE = 4.0  # px kept free at the sides of a pane
TOP = 26.0  # below the pane's name and slice number
BOTTOM = 24.0  # above window, scale bar and voxel


def label_area(width: float, height: float) -> Rect:
    """The part of a pane of this size that labels may cover."""
    return EDGE, TOP, width - 2 * EDGE, height - TOP - BOTTOM


def meets(line: ArrayLike, width: float, height: float) -> bool:
    """Whether any of a line (n, 2), px, lies in a pane: a label kept inside the pane without it would seem to belong to what is
    there.
    """
    ends, size = np.asarray(line, dtype=np.float64), np.array([width, height])
    start, stop = ends[:-1], ends[1:]
    near = ((np.maximum(start, stop) >= 0) & (np.minimum(start, stop) <= size)).all(axis=1)
    # a slanted stretch may pass a corner by: all four corners then lie on one side of it
    corner = np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * size - start[:, None]
    along = (stop - start)[:, None]
    side = along[..., 0] * corner[..., 1] - along[..., 1] * corner[..., 0]
    return bool((near & (side.min(axis=1) <= 0) & (side.max(axis=1) >= 0)).any())


def place_label(
    line: ArrayLike, size: tuple[float, float], free: Rect, points: ArrayLike, taken: Sequence[Rect], gap: float = GAP
) -> Rect:
    """The place for a label: the first of those tried that hides nothing, or the one that hides least.

    Args:
        line: (n, 2) px, what the label belongs to.
        size: width and height of the label.
        free: the part of the pane that labels may cover.
        points: (m, 2) px, places that must stay visible.
        taken: labels already placed.
    """
    width, height = size
    ends = np.asarray(line, dtype=np.float64)
    (left, top), (right, bottom) = ends.min(axis=0), ends.max(axis=0)
    x, y = (left + right - width) / 2, (top + bottom - height) / 2
    tried = []
    for away in (gap, gap + height, gap + 2 * height, gap + 4 * height):
        tried += [
            (right + away, y),
            (x, top - away - height),
            (x, bottom + away),
            (left - away - width, y),
            (right + away, bottom + away),
            (left - away - width, top - away - height),
        ]
    low = np.array(free[:2])
    high = np.maximum(low + free[2:] - np.array(size), low)
    corner = np.clip(np.array(tried), low, high)
    cost = 4 * _inside(np.asarray(points, dtype=np.float64).reshape(-1, 2), corner, size) + _overlap(taken, corner, size)
    best = corner[int(np.argmin(cost))]
    return float(best[0]), float(best[1]), width, height


def place_line(
    size: tuple[float, float], free: Rect, boxes: Sequence[Rect], points: ArrayLike, lines: Sequence[Rect] = ()
) -> Rect:
    """The place for a line of text at an edge: the first of above (middle, left, right) and below that hides nothing, or the one
    that hides least.

    Args:
        size: width and height of the text.
        free: the part of the pane that it may cover; the text lies at its upper or lower edge.
        boxes: places that must stay visible, as must the `points`, (m, 2) px.
        lines: what had better stay visible, as long as nothing else has to give way for it.
    """
    (left, top), (width, height) = free[:2], size
    middle, right = left + (free[2] - width) / 2, left + free[2] - width
    corner = np.array([(x, y) for y in (top, top + free[3] - height) for x in (middle, left, right)])
    inside = _inside(np.asarray(points, dtype=np.float64).reshape(-1, 2), corner, size)
    cost = 100 * (inside + _overlap(boxes, corner, size)) + _overlap(lines, corner, size)
    best = corner[int(np.argmin(cost))]
    return float(best[0]), float(best[1]), width, height


def keep_clear(wished: Rect, line: ArrayLike, free: Rect, points: ArrayLike, taken: Sequence[Rect]) -> Rect:
    """The place wished for a label, or where another label stands there already, that of `place_label`."""
    if not taken or not _overlap(taken, np.array([wished[:2]]), wished[2:]).any():
        return wished
    return place_label(line, wished[2:], free, points, taken)


def _inside(points: Array, corner: Array, size: tuple[float, float]) -> Array:
    """How many points lie in or near a label, for each corner."""
    offset = points[None] - corner[:, None]
    near = (offset > -CLEAR) & (offset < np.array(size) + CLEAR)
    return np.asarray(near.all(axis=-1).sum(axis=1), dtype=np.float64)


def _overlap(taken: Sequence[Rect], corner: Array, size: tuple[float, float]) -> Array:
    """How many other labels a label covers, for each corner."""
    others = np.array(taken, dtype=np.float64).reshape(-1, 4)
    apart = others[None, :, :2] - corner[:, None]
    cover = (apart < np.array(size)) & (apart > -others[None, :, 2:])
    return np.asarray(cover.all(axis=-1).sum(axis=1), dtype=np.float64)
