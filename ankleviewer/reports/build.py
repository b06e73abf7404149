"""From a result to the bytes of its report: the pictures are made here, then everything is laid on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ankleviewer.core.display import Scene
from ankleviewer.core.planes import PLANES
from ankleviewer.core.result import ModelAnswer, Result, Triple
from ankleviewer.core.review import Review
from ankleviewer.core.viewstate import ViewState
from ankleviewer.reports.boxfigure import figure
from ankleviewer.reports.content import ModelFacts, Report
from ankleviewer.reports.pdf import render
from ankleviewer.reports.picture import pane

PANE_PX = 760  # 58 mm on paper at 330 dpi


def build(
    result: Result,
    series: str,
    facts: Mapping[str, ModelFacts],
    review: Review,
    answer: ModelAnswer | None,
    scene: Scene,
    at_mm: Triple,
    written: datetime,
) -> bytes:
    """The PDF of a report.

    Args:
        result, series, facts, review, written: as in `content.Report`.
        answer: the one that is pictured.
        scene: the scan with that answer's map and boxes, and the region to fit.
        at_mm: where the planes cross, LPS mm.
    """
    state = replace(ViewState(), cursor_mm=at_mm)
    planes = [pane(state, scene, plane, PANE_PX) for plane in PLANES]
    perspectives = []
    if answer is not None and answer.boxes:
        region = scene.region if scene.region is not None else scene.volume.grid.bounds_mm()
        perspectives = figure(scene.volume, region, answer.boxes, scene.firm, PANE_PX)
    outline = (scene.heat.threshold, scene.heat.reference) if scene.heat is not None else None
    return render(Report(result, series, facts, review, answer, written, outline), planes, perspectives)
