"""From a result to the bytes of its report: the pictures are made here, then everything is laid on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from ankleviewer.core.anatomy.cast import find_cast
from ankleviewer.core.assessment.result import ModelAnswer, ModelFacts, Result, Triple
from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.imaging.planes import PLANES
from ankleviewer.core.reading.review import Review
from ankleviewer.reports.boxfigure import figure, perspectives
from ankleviewer.reports.content import Report, readers_boxes
from ankleviewer.reports.pdf import Figures, render
from ankleviewer.reports.picture import pane

PANE_PX = 760  # 58 mm on paper at 330 dpi


def build(
    result: Result,
    series: str,
    facts: Mapping[str, ModelFacts],
    review: Review,
    pictured: Sequence[tuple[ModelAnswer | None, Scene, Triple]],
    written: datetime,
) -> bytes:
    """The PDF of a report.

    Args:
        result, series, facts, review, written: as in `content.Report`.
        pictured: answers, the one that leads the report first, each with its scene (the scan, that answer's map and boxes, the
            region to fit) and where the planes cross, LPS mm.
    """
    figures = []
    for answer, scene, at_mm in pictured:
        heat = scene.heat
        outline = (heat.threshold, heat.reference, float(heat.peaks[0].max())) if heat is not None else None
        report = Report(result, series, facts, review, answer, written, outline)
        figures.append(_figures(report, scene, at_mm))
    return render(figures)


def _figures(report: Report, scene: Scene, at_mm: Triple) -> Figures:
    answer, state = report.shown, replace(ViewState(), cursor_mm=at_mm)
    readers = list(readers_boxes(report.review, answer).values()) if answer is not None else []
    planes = [pane(state, scene, plane, PANE_PX, readers) for plane in PLANES]
    if answer is None or not answer.boxes:
        return Figures(report, planes)
    region = scene.region if scene.region is not None else scene.volume.grid.bounds_mm()
    cast = find_cast(scene.volume, region)
    views = perspectives(_side(report.result, answer), answer.boxes, region)
    pictures = figure(scene.volume, region, answer.boxes, scene.firm, PANE_PX, readers, cast, views)
    return Figures(report, planes, pictures, cast is not None, views)


def _side(result: Result, answer: ModelAnswer) -> str:
    """Of the ankle that an answer is of: "L", "R" or "unknown"."""
    n = answer.ankle
    return result.ankles[n].side if n is not None and n < len(result.ankles) else "unknown"
