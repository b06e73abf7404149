"""Measures: points in patient millimetres and the values that follow from them. Distance and angle; what all measures share.

Points are LPS millimetres, never pixels, so that a value is the same in every plane, also an oblique one. A measure made on a
slice keeps that plane's unit normal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ankleviewer.core.geometry import FARTHEST_MM, Array, Point

FARTHEST = 2 * FARTHEST_MM  # of a position that is read, mm from the patient's origin; beyond, what draws it fails


@dataclass(frozen=True)
class Value:
    """One figure: its name, number, and unit ("mm", "degrees", "%", "HU", "mm2", "" for a count)."""

    name: str
    number: float
    unit: str

    @property
    def text(self) -> str:
        """The number as it is shown: tenths, whole HU, counts and percents; "" is no unit."""
        digits = 0 if self.unit in ("HU", "%", "") else 1
        unit = {"degrees": "°", "mm2": " mm²", "%": " %", "": ""}.get(self.unit, f" {self.unit}")
        return f"{round(self.number, digits) + 0.0:.{digits}f}{unit}"  # no minus before a zero


@dataclass(frozen=True)
class Measure:
    """A measure that the reader made.

    Attributes:
        number: counted from 1 in a review, never used twice.
        kind: name of its tool (`core.reading.measure_tools`).
        points: LPS mm, in the order of the tool's steps.
        normal: unit normal of the slice plane it was made on, LPS; None where its points lie in several planes.
        values: what was read off.
    """

    number: int
    kind: str
    points: tuple[Point, ...]
    normal: Point | None
    values: tuple[Value, ...]


def point(mm: ArrayLike) -> Point:
    """A position as a plain triple, to the micrometre: what is written is what the values come from."""
    x, y, z = (round(float(v), 3) for v in np.asarray(mm, dtype=np.float64))
    return x, y, z


def unit(direction: ArrayLike) -> Array:
    """A direction of length 1. Raises ValueError for one without length."""
    d = np.asarray(direction, dtype=np.float64)
    length = float(np.linalg.norm(d))
    if length < 1e-9:
        raise ValueError("two points of a measure lie at the same place")
    return np.asarray(d / length)


def distance_mm(start: ArrayLike, end: ArrayLike) -> float:
    """Straight distance of two LPS positions, mm."""
    return float(np.linalg.norm(np.asarray(end, dtype=np.float64) - np.asarray(start, dtype=np.float64)))


def angle_degrees(first: ArrayLike, vertex: ArrayLike, second: ArrayLike) -> float:
    """Angle at `vertex` between the arms to `first` and `second`, 0 to 180 degrees. Raises ValueError for an arm without length.

    The arctangent of sine and cosine keeps its digits near 0 and 180, where the arccosine loses half of them.
    """
    middle = np.asarray(vertex, dtype=np.float64)
    a, b = unit(np.asarray(first) - middle), unit(np.asarray(second) - middle)
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)))


def to_record(measure: Measure) -> dict[str, Any]:
    """A measure as plain values, LPS mm."""
    return {
        "number": measure.number,
        "kind": measure.kind,
        "points_mm": [list(p) for p in measure.points],
        "normal": list(measure.normal) if measure.normal is not None else None,
        "values": [{"name": v.name, "value": round(v.number, 3), "unit": v.unit} for v in measure.values],
    }


def from_record(record: Mapping[str, Any]) -> Measure:
    """The measure of a record. Raises KeyError, TypeError or ValueError where it is none."""
    normal = record["normal"]
    values = tuple(Value(str(v["name"]), float(v["value"]), str(v["unit"])) for v in record["values"])
    points = _points(record["points_mm"])
    if not points:
        raise ValueError("a measure has points")
    if normal is not None and not any(float(v) for v in normal):
        raise ValueError("a normal has a length")
    return Measure(
        int(record["number"]), str(record["kind"]), points, _points([normal])[0] if normal is not None else None, values
    )


def _points(rows: Iterable[Sequence[float]]) -> tuple[Point, ...]:
    found = []
    for row in rows:
        x, y, z = (float(v) for v in row)
        if not all(abs(v) <= FARTHEST for v in (x, y, z)):  # nor is what is no number
            raise ValueError(f"a point must lie where a scan may, is {(x, y, z)}")
        found.append((x, y, z))
    return tuple(found)
