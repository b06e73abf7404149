"""Marks3D: boxes and crosshair in the 3D view; remade only when they change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyvista as pv

from ankleviewer.core.display import Scene
from ankleviewer.core.viewstate import ViewState
from ankleviewer.ui import theme

_LINE_MM = 8.0


class Marks3D:
    """Owns the actors of boxes and crosshair of a plotter."""

    def __init__(self, plotter: Any) -> None:
        self._plotter = plotter
        self._boxes: list[Any] = []
        self._faint: list[Any] = []  # those of _boxes that show through the bone
        self.cursor: list[Any] = []
        self._drawn: tuple[Any, ...] = ()

    def show(self, state: ViewState, scene: Scene) -> None:
        """Boxes and crosshair as the state asks."""
        boxes = scene.boxes if state.boxes and not state.hide_ai else ()
        wanted = (boxes, scene.firm, state.selected)
        if wanted != self._drawn:
            self._drawn = wanted
            self._draw_boxes(*wanted)
        if not self.cursor:
            self._make_cursor()
        for actor in self.cursor:
            actor.SetVisibility(state.crosshair)
            actor.SetPosition(*state.cursor_mm)

    def _draw_boxes(self, boxes: tuple[Any, ...], firm: bool, selected: int) -> None:
        for actor in self._boxes:
            self._plotter.remove_actor(actor, render=False)
        self._boxes, self._faint = [], []
        for n, box in enumerate(boxes):
            low, high = np.asarray(box.min_mm), np.asarray(box.max_mm)
            outline = pv.Box(bounds=np.stack([low, high]).T.ravel()).extract_all_edges()
            if not firm:
                outline = dotted(low, high)
            width = 3.0 if n == selected else 1.8
            for opacity in (1.0, 0.3):  # the second, faint, shows through the bone
                actor = self._plotter.add_mesh(
                    outline.copy(), color=theme.BOX, line_width=width, lighting=False, opacity=opacity,
                    reset_camera=False, render=False, pickable=False,
                )  # fmt: skip
                if opacity < 1.0:
                    self._faint.append(actor)
                    actor.mapper.SetResolveCoincidentTopologyToPolygonOffset()
                    actor.mapper.SetRelativeCoincidentTopologyLineOffsetParameters(0.0, -66000.0)
                self._boxes.append(actor)

    def _make_cursor(self) -> None:
        for axis, plane in enumerate(("sagittal", "coronal", "axial")):
            step = np.eye(3)[axis] * _LINE_MM
            lines = pv.line_segments_from_points(np.array([-2.0, -0.5, 0.5, 2.0])[:, None] * step)
            actor = self._plotter.add_mesh(
                lines, color=theme.PLANE[plane], line_width=1.5, lighting=False, reset_camera=False, render=False, pickable=False
            )
            self.cursor.append(actor)

    def clear(self) -> None:
        """Let go of every actor."""
        self._boxes, self._faint, self.cursor, self._drawn = [], [], [], ()

    def be_quick(self, quick: bool) -> None:
        """Leave out what is seen through the bone: it takes a pass of its own over the whole picture."""
        for actor in self._faint:
            actor.SetVisibility(not quick)


def dotted(low: np.ndarray, high: np.ndarray, dash_mm: float = 1.5) -> pv.PolyData:
    """Edges of a box as short dashes (line stipple is gone from modern OpenGL)."""
    points = []
    for axis in range(3):
        others = [a for a in range(3) if a != axis]
        for ends in np.ndindex(2, 2):
            start = np.array(low, dtype=float)
            for other, end in zip(others, ends, strict=True):
                start[other] = high[other] if end else low[other]
            length = float(high[axis] - low[axis])
            for at in np.arange(0.0, length, 2 * dash_mm):
                a, b = start.copy(), start.copy()
                a[axis], b[axis] = low[axis] + at, low[axis] + min(at + dash_mm, length)
                points += [a, b]
    return pv.line_segments_from_points(np.array(points))
