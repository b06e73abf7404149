"""On which planes a measure may be set and changed: what its definition needs, whichever way the planes are turned."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ankleviewer.core.imaging.planes import Frame
from ankleviewer.core.reading.measure import Measure, unit
from ankleviewer.core.reading.measure_marks import normal_of, on_slice
from ankleviewer.core.reading.measure_tools import BY_NAME, Tool, group_of, whole

ACROSS_DEGREES = 25.0  # between a slice's normal and the shaft, from which on the slice is no axial one of the leg
_PARALLEL_DEGREES = 1.0  # two planes are one: turns and their way through a journal cost some digits


def may_move(measure: Measure, point: int, plane: str, frame: Frame, index: int) -> bool:
    """Whether a point of a measure may be dragged on a plane's slice `index`: those that share its slice all lie on it, and the
    plane is one that its tool allows, lying as that on which the measure was made.
    """
    if not whole(measure):
        return False
    tool = BY_NAME[measure.kind]
    if not on_slice(frame, index, [measure.points[n] for n in group_of(tool, point)]):
        return False
    return fits(tool, measure, point, plane, frame)


def fits(tool: Tool, measure: Measure, point: int, plane: str, frame: Frame) -> bool:
    """Whether the tool of a measure allows one of its points on a plane as it is turned now; free tools allow every plane."""
    planes = tool.steps[point].planes if point < len(tool.steps) else ()
    if not planes:
        return True
    if plane not in planes:
        return False
    # the plafond's point lies in a view of its own; the normal is that of the slice with the distances
    own = tool.name == "tibiofibular" and point == 0
    return own or measure.normal is None or _apart(normal_of(frame), measure.normal) <= _PARALLEL_DEGREES


def lies_across(normal: ArrayLike, shaft: ArrayLike) -> bool:
    """Whether slices of a normal (which may point either way) cut a leg whose shaft lies along `shaft` too far from square."""
    return _apart(normal, shaft) > ACROSS_DEGREES


def nearest_plane(normal: ArrayLike, directions: ArrayLike) -> str:
    """Which of PLANES slices of a normal (that may point either way) are nearest to.

    Args:
        normal: LPS.
        directions: 3 x 3, columns: to the leg's left, its back, its shaft; as of `anatomy.mortise.Mortise`.
    """
    along = np.abs(unit(normal) @ np.asarray(directions, dtype=np.float64))
    return ("sagittal", "coronal", "axial")[int(np.argmax(along))]


def height_on(slice_mm: ArrayLike, normal: ArrayLike, base: ArrayLike, shaft: ArrayLike) -> float:
    """How far above `base` the slice through `slice_mm` lies, along the shaft (unit vector), mm. They must not be parallel."""
    n, along = np.asarray(normal, dtype=np.float64), np.asarray(shaft, dtype=np.float64)
    return float((np.asarray(slice_mm) - np.asarray(base)) @ n / (along @ n))


def _apart(first: ArrayLike, second: ArrayLike) -> float:
    """Angle of two directions that may point either way, degrees."""
    a, b = unit(first), unit(second)
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b)), abs(a @ b))))
