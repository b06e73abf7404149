"""Where in the scan things lie that models found and the reader marked or measured, as rows of a report."""

from __future__ import annotations

import numpy as np

from ankleviewer.core.assessment.result import Box, Result
from ankleviewer.core.geometry import Point
from ankleviewer.core.imaging.planes import CONVENTION
from ankleviewer.core.reading.measure import Measure
from ankleviewer.core.reading.measure_tools import summary
from ankleviewer.core.reading.measure_tools import title as measure_title
from ankleviewer.core.reading.review import BoxMm, Missed, Review
from ankleviewer.core.reading.whose import ankle_of_all
from ankleviewer.reports.content import Report, Rows, place, position_text, side, times, title

_STRAIGHT = 0.9962  # cos 5 degrees: a scan's own slices are often tilted by as much
_SAME_PLANE_MM = 0.02


def readers_side(report: Report, *points: Point) -> str:
    """The name of the ankle that the reader's mark or measure at these LPS positions belongs to; "" where the scan shows one
    ankle alone, or they belong to several.
    """
    ankles = report.result.ankles
    whose = ankle_of_all(points, ankles) if len(ankles) > 1 else None
    return side(report, whose) if whose is not None else ""


def finding_rows(report: Report) -> Rows:
    """Number, ankle and model, centre as voxel, centre in mm, extent, share of the heat, judgement, reason."""
    rows: Rows = []
    for answer in report.result.models:
        for n, box in enumerate(answer.boxes):
            mark = report.review.marks.get(place(answer, n))
            rows.append(
                (
                    str(n + 1),
                    f"{side(report, answer.ankle)}, {title(report, answer)}",
                    ", ".join(map(str, box.center_voxel)),
                    position_text(box.center_mm),
                    extent_text(box),
                    f"{100 * box.score:.0f} %",
                    mark.judgement.capitalize() if mark else "Not judged",
                    mark.reason if mark else "",
                )
            )
            edited = report.review.edited.get(place(answer, n))
            if edited is not None:
                centre, extent = position_text(edited.center_mm), extent_text(edited)
                rows.append((f"{n + 1}", "The reader's box for it", "-", centre, extent, "-", "Edited", ""))
    for missed in report.review.missed:
        where = position_text(missed.center_mm)
        said = missed_text(report, missed)
        rows.append((f"M{missed.number}", said, "-", where, "-", "-", "Added", missed.reason))
    return rows


def missed_text(report: Report, missed: Missed) -> str:
    """What is true of the reader's own mark: that the models missed it, that none looked there, or in which of their boxes it
    lies after all.
    """
    whose = readers_side(report, missed.center_mm)
    marked = f"{whose}, marked by the reader" if whose else "Marked by the reader"
    inside = _boxes_around(report, missed.center_mm)
    if inside:
        return f"{marked}, inside {' and '.join(inside)}"
    if _was_looked_at(report.result, missed.center_mm):
        return f"{marked}, missed by the model"
    return f"{marked}, where no model looked" if any(a.probability is not None for a in report.result.models) else marked


def is_missed(result: Result, review: Review, missed: Missed) -> bool:
    """Whether the models missed a place that the reader marked: one of them looked there, and no box holds it."""
    boxes: list[Box | BoxMm] = [box for answer in result.models for box in answer.boxes]
    drawn = [review.edited.get(place(answer, n)) for answer in result.models for n in range(len(answer.boxes))]
    held = any(_holds(box, missed.center_mm) for box in (*boxes, *(box for box in drawn if box is not None)))
    return not held and _was_looked_at(result, missed.center_mm)


def _was_looked_at(result: Result, mm: Point) -> bool:
    own = ankle_of_all((mm,), result.ankles)
    here = [a for a in result.models if a.probability is not None and (own is None or a.ankle in (own, None))]
    return any(a.seen is None or a.seen.holds(mm) for a in here)  # older results do not say where they looked


def _boxes_around(report: Report, mm: Point) -> list[str]:
    several = len({a.name for a in report.result.models}) > 1
    named = []
    for answer in report.result.models:
        for n, box in enumerate(answer.boxes):
            own = report.review.edited.get(place(answer, n))
            if _holds(box, mm):
                where = f"finding {n + 1}"
            elif own is not None and _holds(own, mm):
                where = f"the reader's box for finding {n + 1}"
            else:
                continue
            mark = report.review.marks.get(place(answer, n))
            word = f"{mark.judgement} by the reader" if mark else "not judged"
            named.append(f"{where}{f' of {title(report, answer)}' if several else ''} ({word})")
    return named


def _holds(box: Box | BoxMm, mm: Point) -> bool:
    return all(low <= v <= high for low, v, high in zip(box.min_mm, mm, box.max_mm, strict=True))


def measure_rows(report: Report) -> Rows:
    """What the reader measured: name with its number, of several ankles with the side; values, plane and place."""
    rows: Rows = []
    for m in report.review.measures:
        whose = readers_side(report, *m.points)
        rows.append((f"{f'{whose}, ' if whose else ''}{measure_title(m.kind)} ({m.number})", f"{summary(m)}; {place_text(m)}"))
    return rows


def place_text(measure: Measure) -> str:
    """The plane of a measure, and the middle of its points in it, mm."""
    points = np.asarray(measure.points)
    if measure.kind == "region":  # its centre, then the tips of its axes
        points = points[:1]
    elif measure.kind == "tibiofibular" and measure.normal is not None:
        # the plafond's point lies below the slice that was measured
        heights = points @ np.asarray(measure.normal)
        points = points[np.abs(heights - heights[-1]) <= _SAME_PLANE_MM]
    middle = position_text([float(v) for v in (points.min(axis=0) + points.max(axis=0)) / 2])
    return f"{_plane(measure.normal)}, around {middle} mm"


def _plane(normal: Point | None) -> str:
    if normal is None:
        return "across slices"
    along = np.abs(np.asarray(normal)) / np.linalg.norm(normal)
    name = next(plane for plane, axes in CONVENTION.items() if axes[2][0] == int(along.argmax()))
    return f"{name} plane" if along.max() >= _STRAIGHT else f"oblique plane, nearest to {name}"


def extent_text(box: Box | BoxMm) -> str:
    """The box's edges along the patient's axes, mm: left-right, front-back, up-down."""
    return times([round(b - a) for a, b in zip(box.min_mm, box.max_mm, strict=True)])


def box_coordinates(box: Box) -> Rows:
    """The strongest box's place in the model's grid, in the scan and in the patient: names and values."""
    x, y, z = box.center_model_voxel
    low, high = box.min_voxel, box.max_voxel
    span = "; ".join(f"{name} {a} to {b}" for name, a, b in zip(("column", "row", "slice"), low, high, strict=True))
    return [
        ("Centre, model grid (from 0)", f"x = {x}, y = {y}, z = {z}"),
        ("Centre, scan voxel (from 0)", "column {}, row {}, slice {}".format(*box.center_voxel)),
        ("Box, scan voxels (from 0)", span),
        ("Centre, patient mm", position_text(box.center_mm)),
        ("Box, patient mm", f"{position_text(box.min_mm)}  to  {position_text(box.max_mm)}"),
    ]
