"""What a slice shows of the measures: lines, labels and handles in display pixels, on whichever plane, straight or oblique."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ankleviewer.core.geometry import Array, Point
from ankleviewer.core.imaging.planes import Frame
from ankleviewer.core.reading.measure import Measure, point, unit
from ankleviewer.core.reading.measure_tools import parts

NEAR = 0.5 + 1e-6  # slices: a point lies on the slice nearest to it


@dataclass(frozen=True, eq=False)
class Line:
    """A line (n, 2) in display pixels, dashed where not all of its points lie on the slice; and the lines of its label."""

    points: Array
    dashed: bool
    label: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class MeasureMark:
    """A measure on a slice: its number, whether it is selected, its lines, and its points on the slice by index."""

    number: int
    selected: bool
    lines: tuple[Line, ...]
    handles: dict[int, tuple[float, float]]


def on_slice(frame: Frame, index: int, mm: ArrayLike) -> bool:
    """Whether LPS positions (..., 3) all lie within half a slice of slice `index`."""
    return bool((np.abs(frame.grid.to_voxel(mm)[..., 2] - index) <= NEAR).all())


def measure_marks(frame: Frame, index: int, measures: Sequence[Measure], selected: int) -> tuple[MeasureMark, ...]:
    """The measures of which at least one point lies within half a slice of slice `index`, as they are drawn there."""
    marks = []
    for measure in measures:
        lines = []
        for part in parts(measure):
            pixel = frame.grid.to_voxel(np.asarray(part.line))
            near = np.abs(pixel[:, 2] - index) <= NEAR
            if near.any():
                cut = measure.kind == "region" and not near.all()  # its edge on: the values belong where all of it is seen
                lines.append(Line(pixel[:, :2], not near.all(), () if cut else part.label))
        handles = {}
        for n, (x, y, z) in enumerate(frame.grid.to_voxel(np.asarray(measure.points))):
            if abs(z - index) <= NEAR:
                handles[n] = (float(x), float(y))
        if lines or handles:
            marks.append(MeasureMark(measure.number, measure.number == selected, tuple(lines), handles))
    return tuple(marks)


def normal_of(frame: Frame) -> Point:
    """Unit normal of a plane's slices, LPS, square to rows and columns also where a scan's slices are sheared."""
    x, y, z = (round(float(v), 6) + 0.0 for v in unit(np.cross(frame.grid.affine[:3, 0], frame.grid.affine[:3, 1])))
    return x, y, z


def rows_and_columns(frame: Frame) -> tuple[Array, Array]:
    """Unit vectors along a slice's rows (screen right) and columns (screen down), LPS."""
    return unit(frame.grid.affine[:3, 0]), unit(frame.grid.affine[:3, 1])


def common_normal(points: Sequence[Point], normal: Point) -> Point | None:
    """The normal if all points lie in one plane square to it (0.02 mm), else None."""
    heights = np.asarray(points) @ np.asarray(normal)
    return normal if float(np.ptp(heights)) <= 0.02 else None


def with_depth_of(frame: Frame, mm: ArrayLike, other: ArrayLike) -> Point:
    """The position moved along the slice direction to the depth of another: a dragged point stays exactly on its plane."""
    x, y, _ = frame.grid.to_voxel(mm)
    return point(frame.grid.to_mm((x, y, frame.grid.to_voxel(other)[2])))
