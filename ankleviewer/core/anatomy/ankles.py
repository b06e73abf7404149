"""Which ankles a scan holds: what the shape of the bones says and what the locator saw, put together.

The two fail differently. Bones need a shaft to start from; the locator knows the joint in any position, but has only met
simulated legs. Sure landmarks tell the side and the joint's middle, about which the networks' cube lies; where the bones' joint
line is another one, only a sure locator does. Where one of the two is unsure, the other stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ankleviewer.core.anatomy.finder import (
    ABOVE_MM,
    ASIDE_MM,
    CUT_ABOVE,
    CUT_ASIDE,
    NO_LINE,
    ONE_LEG_MM,
    TALUS_MM,
    Ankle,
    Side,
    little_above,
    little_below,
    right_first,
)
from ankleviewer.core.anatomy.landmarks import DOME, HEEL, LATERAL, MEDIAL, PLAFOND, Located, agree_on_sides
from ankleviewer.core.geometry import Array, Grid, Point, standing, triple

SAME_MM = 45.0  # middles closer than that are of one ankle; of an incomplete one, only where it leaves the scan is known
CLOSE_MM = 22.0  # the bones' joint line and the locator's agree
JOINT = 0.25  # confidence of plafond and dome from which their middle is the ankle's: 3 mm off in the median, the bones' is 5
ALONE = 0.5  # mean confidence from which the locator's ankle stands without the bones' support
EDGE_MM = 5.0  # a malleolus nearer to the end of the field of view may reach beyond it
MARGIN_MM = 14.0  # around the landmarks, for a box
WAYS = 8  # directions around the shaft in which the joint must lie inside the field of view


def together(bones: Sequence[Ankle], located: Sequence[Located], grid: Grid) -> tuple[Ankle, ...]:
    """Ankles of a scan, right first, each at most once.

    Args:
        bones: of `finder.find_ankles`.
        located: of the locator, the surest first; () where it did not run.
        grid: of the scan.
    """
    left = list(bones)
    believed: list[tuple[Located, Ankle | None]] = []
    for seen in located:
        near = min(left, key=lambda a: apart(a.center_mm, seen.center_mm), default=None)
        if near is not None and apart(near.center_mm, seen.center_mm) < SAME_MM:
            left.remove(near)
            believed.append((seen, near))
        elif seen.confidence >= ALONE:
            believed.append((seen, None))
    # what is not believed is no second ankle, whose side would tell that of the first
    sides = agree_on_sides(tuple(seen for seen, _ in believed))
    ankles: list[Ankle] = []
    sure: list[Ankle] = []
    for (seen, near), side in zip(believed, sides, strict=True):
        ankles.append(_alone(seen, side, grid) if near is None else _with(near, seen, side, grid))
        sure += ankles[-1:] if seen.confidence >= ALONE else []
    # what the bones alone say is no second ankle beside one already found, nor another joint of a leg whose ankle is certain
    ankles += [
        _without_line(a, located)
        for a in left
        if all(apart(a.center_mm, b.center_mm) >= SAME_MM for b in ankles)
        and all(apart(a.center_mm[:2], b.center_mm[:2]) > ONE_LEG_MM for b in sure)
    ]
    told = [named(seen) for (seen, _), side in zip(believed, sides, strict=True) if side != "unknown"]
    ankles = _of_two_sides(ankles, [a.landmarks in told for a in ankles])
    return right_first(ankles)


def _without_line(ankle: Ankle, located: Sequence[Located]) -> Ankle:
    """Where the locator sees a plafond on a leg, however unsure, nobody is told to scan again higher up."""
    plafonds = [at for seen in located if (at := seen.mm(PLAFOND)) is not None]
    if ankle.reason == CUT_ABOVE and any(apart(ankle.center_mm[:2], at[:2]) < ONE_LEG_MM for at in plafonds):
        return replace(ankle, reason=NO_LINE)
    return ankle


def _of_two_sides(ankles: list[Ankle], told: list[bool]) -> list[Ankle]:
    """Two ankles of one side cannot be: the one whose side the landmarks told keeps it; where none did, neither is known."""
    if len(ankles) != 2 or ankles[0].side != ankles[1].side or ankles[0].side == "unknown":
        return ankles
    if told[0] == told[1]:
        return [replace(a, side="unknown") for a in ankles]
    other: Side = "R" if ankles[0].side == "L" else "L"
    return [a if sure else replace(a, side=other) for a, sure in zip(ankles, told, strict=True)]


def _with(ankle: Ankle, seen: Located, side: str, grid: Grid) -> Ankle:
    """The bones' ankle with what the locator knows better, if it is sure."""
    told: Side = "L" if side == "L" else "R" if side == "R" else ankle.side
    out = replace(ankle, side=told, landmarks=named(seen))
    close = apart(ankle.center_mm, seen.center_mm) <= CLOSE_MM
    if close and sum(p.confidence >= JOINT for p in seen.peaks if p.name in (PLAFOND, DOME)) == 2:
        out = replace(out, center_mm=triple(seen.center_mm))
    if seen.confidence < ALONE:
        return out
    reason = missing(seen, grid)
    out = replace(out, doubt=doubt(seen, grid) if out.complete else "")
    if PLAFOND in seen.missing and DOME not in seen.missing:
        return replace(out, complete=False, reason=reason, doubt="", center_mm=triple(seen.center_mm))
    if close:
        return out
    # the bones' joint line is another one (of the foot, or the end of a marrow cavity)
    low, high = _box(seen, grid)
    unsure = "" if reason else doubt(seen, grid)
    return replace(
        out, center_mm=triple(seen.center_mm), min_mm=low, max_mm=high, complete=not reason, reason=reason, doubt=unsure
    )


def _alone(seen: Located, side: str, grid: Grid) -> Ankle:
    low, high = _box(seen, grid)
    told: Side = "L" if side == "L" else "R" if side == "R" else "unknown"
    reason = missing(seen, grid)
    unsure = "" if reason else doubt(seen, grid)
    return Ankle(told, triple(seen.center_mm), low, high, not reason, reason, named(seen), doubt=unsure)


def missing(seen: Located, grid: Grid) -> str:
    """What keeps a located ankle from being complete, as a sentence; "" if nothing does."""
    if PLAFOND in seen.missing:
        return CUT_ABOVE
    if DOME in seen.missing:
        return "the talus is not contained in the scan."
    gone = [name for name in (MEDIAL, LATERAL) if name in seen.missing]
    if gone:
        if len(gone) == 1:
            return f"the {gone[0]} lies outside of the scan."
        return f"the {gone[0]} and the {gone[1]} lie outside of the scan."
    plafond, dome, up = seen.mm(PLAFOND), seen.mm(DOME), towards_shaft(seen)
    assert plafond is not None
    assert dome is not None
    above, below = _reach(grid, plafond, up), _reach(grid, dome, -up)
    if above < ABOVE_MM:
        return little_above(above)
    if below < TALUS_MM:
        return little_below(below)
    # across the shaft, not the scan's axes: a leg may lie across, and a field of view be turned
    joint, stand = (plafond + dome) / 2, standing(up)
    ways = [np.array([np.cos(t), np.sin(t), 0.0]) @ stand for t in 2 * np.pi * np.arange(WAYS) / WAYS]
    if min(_reach(grid, joint, way) for way in ways) < ASIDE_MM:
        return CUT_ASIDE
    return ""


def doubt(seen: Located, grid: Grid) -> str:
    """What may be cut off of an ankle whose joint is in the scan, as a sentence: a malleolus that was not seen, or lies at
    the end of the field of view; "" for nothing.
    """
    for name in (MEDIAL, LATERAL):
        at = seen.mm(name)
        if at is None:
            return f"the {name} was not seen and may lie outside of the scan."
        voxel = grid.to_voxel(at)
        ends = np.minimum(voxel + 0.5, np.asarray(grid.shape) - 0.5 - voxel) * np.asarray(grid.spacing)
        if ends.min() < EDGE_MM:
            return f"the {name} lies at the end of the scan; a part of it may be cut off."
    return ""


def towards_shaft(seen: Located) -> Array:
    """Unit vector, LPS, from what hangs below the joint to its middle; straight up where nothing was seen below."""
    below = [m for m in (seen.mm(MEDIAL), seen.mm(LATERAL), seen.mm(HEEL)) if m is not None]
    up = seen.center_mm - np.mean(below, axis=0) if below else np.array([0.0, 0.0, 1.0])
    if seen.mm(MEDIAL) is not None and seen.mm(LATERAL) is not None:  # the heel alone would tilt it backwards
        up = seen.center_mm - np.mean(below[:2], axis=0)
    return np.asarray(up / max(float(np.linalg.norm(up)), 1e-6))


def _reach(grid: Grid, start: Array, direction: Array) -> float:
    """How far the field of view reaches from a point inside it along a unit vector, mm."""
    at = grid.to_voxel(start)
    step = grid.to_voxel(start + direction) - at
    size = np.asarray(grid.shape) - 0.5
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.where(step > 0, (size - at) / step, np.where(step < 0, (-0.5 - at) / step, np.inf))
    return float(max(0.0, ends.min()))


def _box(seen: Located, grid: Grid) -> tuple[Point, Point]:
    points = np.array([p.mm for p in seen.peaks])
    low, high = grid.bounds_mm()
    return triple(np.maximum(points.min(axis=0) - MARGIN_MM, low)), triple(np.minimum(points.max(axis=0) + MARGIN_MM, high))


def named(seen: Located) -> tuple[tuple[str, Point], ...]:
    """Landmarks as an `Ankle` holds them."""
    return tuple((p.name, p.mm) for p in seen.peaks)


def apart(a: Sequence[float] | Array, b: Sequence[float] | Array) -> float:
    """Distance of two points, mm."""
    return float(np.linalg.norm(np.subtract(a, b)))
