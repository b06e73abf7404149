"""The names of a scan's ankles: by their sides, and where several have one name, by where in the patient each of them lies.

Two ankles whose sides are unknown would else be told alike, and nobody could tell which of them an answer is of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

SIDES = {"L": "Left ankle", "R": "Right ankle", "unknown": "Ankle, side unknown"}
# By the LPS axis along which the ankles lie apart: the name of the end at which its values are low, and of the other one.
ENDS = (("right", "left"), ("front", "back"), ("feet", "head"))
BETWEEN = "between"
PLACES = {
    "right": "towards the patient's right",
    "left": "towards the patient's left",
    "front": "towards the patient's front",
    "back": "towards the patient's back",
    "feet": "towards the patient's feet",
    "head": "towards the patient's head",
    BETWEEN: "between the other ankles",
}


class Boxed(Protocol):
    """An ankle: its side, "L", "R" or "unknown", and the lowest and highest LPS mm of its bones."""

    @property
    def side(self) -> str: ...
    @property
    def min_mm(self) -> Sequence[float]: ...
    @property
    def max_mm(self) -> Sequence[float]: ...


def place_of(ankles: Sequence[Boxed], index: int) -> str:
    """Where an ankle lies among those of its side, a key of PLACES; "" where its side is its own, or nothing tells them apart.

    Args:
        ankles: of the scan.
        index: of the one that is named.
    """
    alike = [n for n, other in enumerate(ankles) if other.side == ankles[index].side]
    middles = np.array([(np.asarray(ankles[n].min_mm) + np.asarray(ankles[n].max_mm)) / 2 for n in alike], dtype=np.float64)
    apart = np.ptp(middles, axis=0)  # mm
    axis = int(apart.argmax())
    if apart[axis] == 0.0:
        return ""
    mine = float(middles[alike.index(index), axis])
    low, high = ENDS[axis]
    return low if mine == middles[:, axis].min() else high if mine == middles[:, axis].max() else BETWEEN


def _same(text: str) -> str:
    return text


def ankle_name(ankles: Sequence[Boxed], index: int, sides: Mapping[str, str] = SIDES, say: Callable[[str], str] = _same) -> str:
    """The name of an ankle of a scan, as "Left ankle" or "Ankle, side unknown, towards the patient's right".

    Args:
        ankles: of the scan.
        index: of the one that is named.
        sides: words for "L", "R" and "unknown".
        say: puts a word of `sides`, of PLACES or the comma between them into the reader's language.
    """
    side = say(sides.get(ankles[index].side, sides["unknown"]))
    place = place_of(ankles, index)
    return side + say(", ") + say(PLACES[place]) if place else side
