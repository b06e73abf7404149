"""Which way an ankle faces, told by what hangs on it: the heel lies behind, the lateral malleolus at the side's outer side; and
the turn after which it stands as patients do.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ankleviewer.core.anatomy.landmarks import HEEL, LATERAL, MEDIAL
from ankleviewer.core.geometry import UP, Array, Point, standing

LEAST_MM = 12.0  # the heel lies at least that far behind the malleoli; nearer it tells nothing
AGREES = 0.7  # cosine of the angle within which heel and malleoli mean the same back
AWAY = -0.35  # cosine with the patient's back: no foot lies farther round (110 degrees) whose leg lies as the header says

Marks = Iterable[tuple[str, Point]]


def back_of(side: str, up: Point, landmarks: Marks) -> Array | None:
    """Unit vector to the back of an ankle, LPS, square to its shaft; None where nothing tells it.

    Of a standing leg by the heel. Where it was not seen, by the malleoli: square to them, towards the patient's back rather than
    by its side, which may rest on how legs lie in a scanner; else it is taken for the patient's. Of one that lies across by
    malleoli and side, which rests on a heel that was seen for sure: one that was not lies before the joint as often as behind it.

    Args:
        side: "L", "R" or "unknown".
        up: unit vector towards the shaft.
        landmarks: names of `landmarks.NAMES` with LPS mm.
    """
    marks = {name: np.asarray(mm) for name, mm in landmarks}
    across = _by_malleoli(side, up, marks)
    if up != UP:
        return across
    if (heel := _by_heel(up, marks)) is not None:
        return heel
    across = _by_malleoli("L", up, marks) if across is None or abs(across[1]) > -AWAY else across
    if across is None:
        return np.array([0.0, 1.0, 0.0])
    return across if across[1] > 0 or (side in ("L", "R") and abs(across[1]) <= -AWAY) else -across


def stance(side: str, up: Point, landmarks: Marks) -> Array:
    """3 x 3 rotation after which a leg that lies across the scan stands and faces forward, as most legs from which networks have
    learned; by the shortest way where nothing tells its back. The identity for a leg that stands.

    Args:
        side, up, landmarks: as `back_of`.
    """
    return np.eye(3) if up == UP else standing(up, back_of(side, up, landmarks))


def faces_away(side: str, up: Point, landmarks: Marks) -> bool:
    """Whether a standing ankle faces the patient's back, by heel and malleoli alike: the scan's letters cannot all be right, as
    where somebody lay on the back and the header says on the belly.
    """
    marks = {name: np.asarray(mm) for name, mm in landmarks}
    heel, across = _by_heel(up, marks), _by_malleoli(side, up, marks)
    if up != UP or heel is None or across is None:
        return False
    return float(heel @ across) > AGREES and float(heel[1]) < AWAY and float(across[1]) < AWAY


def _by_heel(up: Point, marks: dict[str, Array]) -> Array | None:
    if not {HEEL, MEDIAL, LATERAL} <= marks.keys():
        return None
    off = marks[HEEL] - (marks[MEDIAL] + marks[LATERAL]) / 2
    off = off - (off @ np.asarray(up)) * np.asarray(up)
    return _long_enough(off)


def _by_malleoli(side: str, up: Point, marks: dict[str, Array]) -> Array | None:
    if side not in ("L", "R") or not {MEDIAL, LATERAL} <= marks.keys():
        return None
    left = (marks[LATERAL] - marks[MEDIAL]) * (1.0 if side == "L" else -1.0)
    return _long_enough(np.cross(np.asarray(up), left))


def _long_enough(way: Array) -> Array | None:
    length = float(np.linalg.norm(way))
    return np.asarray(way / length) if length >= LEAST_MM else None
