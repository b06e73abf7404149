"""Why a point of a measure cannot be set where it was meant, and what is to be said of where points are set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ankleviewer.core.geometry import UP, Point
from ankleviewer.core.imaging.planes import PLANES
from ankleviewer.core.reading.measure import Value, distance_mm
from ankleviewer.core.reading.measure_marks import normal_of, on_slice
from ankleviewer.core.reading.measure_planes import lies_across, nearest_plane
from ankleviewer.core.reading.measure_tools import Tool
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import planes_text

if TYPE_CHECKING:
    from ankleviewer.ui.state.measuring import Measuring

NEARER = 0.7  # cosine between a slice's normal and the shaft from which on it is nearer to an axial one than to the two others
APART_MM = 0.05  # two points are two from here on


def objection(measuring: Measuring, plane: str, new: Point) -> str:
    """Why the next point cannot be at `new` (LPS mm) in a plane's pane, else ""; shows the slice that it belongs on."""
    locked = measuring.locked()
    if not measuring.accepts(plane):
        wanted = planes_text([p for p in PLANES if measuring.accepts(p)])
        return tr("This point belongs in the {planes} view", planes=wanted)
    if _turned_away(measuring, plane, new):
        return tr(
            "The {planes} view is turned away from the leg: turn the planes onto the ankle (V)", planes=planes_text([plane])
        )
    if measuring.tool is not None and measuring.tool.name == "tibiofibular":
        shaft = measuring.along(plane, measuring.tool, (measuring.points or [new])[0])
        if lies_across(normal_of(measuring.view.frame("axial")), shaft):
            return tr("Turn the planes onto the ankle first")
    together = [measuring.points[n] for n in locked]
    if locked and not on_slice(*measuring.frame(plane), together):
        measuring.view.move_cursor(together[0])
        if not on_slice(*measuring.frame(plane), together):
            return tr("The plane was turned meanwhile: start again (Esc)")
        return tr("All points belong on one slice: it is shown again")
    if measuring.points and distance_mm(measuring.points[-1], new) < APART_MM:
        return tr("Two points cannot lie at the same place")
    if measuring.view.scene is not None and not measuring.view.scene.volume.grid.holds(new):
        return tr("This point lies outside of the scan")
    if measuring.tool is not None and lips_swapped(measuring, measuring.tool, [*measuring.points, new]):
        told = tr("the first lip is the front one, and lies behind the second")
        return told[:1].upper() + told[1:]
    return ""


def misplaced(measuring: Measuring, tool: Tool, points: Sequence[Point], index: int) -> bool:
    """Whether one of a measure's points may not be dragged there: upon another one, out of the scan, past the other lip."""
    scene = measuring.view.scene
    apart = min(distance_mm(points[index], p) for n, p in enumerate(points) if n != index)
    outside = scene is not None and not scene.volume.grid.holds(points[index])
    return apart < APART_MM or outside or lips_swapped(measuring, tool, points)


def lips_swapped(measuring: Measuring, tool: Tool, points: Sequence[Point]) -> bool:
    """Whether the first of the plafond's lips lies behind the second one, as the ankle faces; False where nobody knows that."""
    if tool.name != "posterior fragment" or len(points) < 2:
        return False
    back = measuring.reviewing.back_of(points[0], measuring.view.state.ankle)
    return back is not None and float(np.subtract(points[1], points[0]) @ back) < 0


def caution(measuring: Measuring) -> str:
    """What holds for all points of the tool in hand as the planes are shown now; "" for nothing."""
    view, tool = measuring.view, measuring.tool
    if tool is None or view.scene is None:
        return ""
    if any(view.state.slab.half(view.frame(plane).grid.spacing[2]) for plane in PLANES):
        return tr("A slab is shown: points and regions lie on its middle slice")
    if tool.name == "tibiofibular" and measuring.points:
        reviewing, place, ankle = measuring.reviewing, measuring.points[0], view.state.ankle
        looked_for = reviewing.leg_of(place, ankle) in reviewing.directions
        if looked_for and reviewing.directions_of(place, ankle) is None and reviewing.shaft_of(place, ankle) == UP:
            return tr("The leg's shaft was not found: heights are along the scan's axis")
    return ""


def _turned_away(measuring: Measuring, plane: str, place: Point) -> bool:
    """Whether a pane's slices are nearer to another plane of the leg than to those that the step asks for."""
    step, normal = measuring.step, normal_of(measuring.view.frame(plane))
    if step is None or not step.planes:
        return False
    reviewing, shown = measuring.reviewing, measuring.view.state.ankle
    directions = reviewing.directions_of(place, shown)
    if directions is not None:
        return nearest_plane(normal, directions) not in step.planes
    # Of a leg that was not found nobody knows how it is turned about its shaft; where that lies across, the locator knows.
    shaft = reviewing.shaft_of(place, shown)
    return shaft != UP and (plane == "axial") != (abs(float(np.dot(normal, shaft))) > NEARER)


def with_height_of(before: Sequence[Value], values: Sequence[Value]) -> tuple[Value, ...]:
    """Values of a tibiofibular measure with the height that it had before."""
    height = {v.name: v for v in before if v.name == "above plafond"}
    return tuple(height.get(v.name, v) for v in values)
