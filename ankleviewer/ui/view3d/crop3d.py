"""Crop3D: a box with handles in the 3D view; what lies outside it is cut away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyvista as pv
from vtkmodules.vtkCommonDataModel import vtkPlane

_TO_PLANES = ((0, 0, 1.0), (0, 1, -1.0), (1, 0, 1.0), (1, 1, -1.0), (2, 0, 1.0), (2, 1, -1.0))


class Crop3D:
    """Owns the box widget of a plotter. VTK's widget has a handle on each face and in the middle; it never turns here.

    Args:
        plotter: the plotter; pyvista wraps the methods asked for here without their types.
        changed: called with the six planes (vtkPlane; what lies on their normal's side stays), [] for no cut.
        moving: called with True when a handle is taken and False when it is let go.
    """

    def __init__(self, plotter: Any, changed: Callable[[list[Any]], None], moving: Callable[[bool], None]) -> None:
        self._plotter, self._changed, self._moving = plotter, changed, moving
        self._widget: Any = None
        self.whole: tuple[float, ...] | None = None
        self.bounds: tuple[float, ...] | None = None

    def set_whole(self, bounds: tuple[float, ...]) -> None:
        """Bounds (x0, x1, y0, y1, z0, z1) of all there is, of the same bones as before: of a finer surface, or with their cast. A
        cut stays; without one the handles go there.
        """
        if bounds != self.whole:
            self.whole = bounds
            if self.bounds is None:
                self.reset()

    def forget(self) -> None:
        """Other bones come: the cut was not made for them, even where their bounds are the same."""
        self.whole = None
        self.reset()

    def show(self, visible: bool) -> None:
        """Show or hide the handles; the cut stays."""
        if visible and self._widget is None and self.whole is not None:
            self._widget = self._plotter.add_box_widget(
                self._dragged, bounds=self.bounds or self.whole, factor=1.0, rotation_enabled=False, color="white",
                interaction_event="always", pass_widget=False,
            )  # fmt: skip
            self._widget.GetHandleProperty().SetColor(0.9, 0.91, 0.92)
            self._widget.GetSelectedHandleProperty().SetColor(1.0, 0.62, 0.11)
            self._widget.GetOutlineProperty().SetLineWidth(self._plotter.devicePixelRatioF())
            self._widget.SetHandleSize(0.006)
            self._widget.AddObserver("StartInteractionEvent", lambda *_: self._moving(True))
            self._widget.AddObserver("EndInteractionEvent", lambda *_: self._moving(False))
        if self._widget is not None:
            (self._widget.On if visible else self._widget.Off)()

    def reset(self) -> None:
        """Take the cut away; shown handles go back to the whole."""
        shown = self._widget is not None and bool(self._widget.GetEnabled())
        self.clear()
        if self.bounds is not None:
            self.bounds = None
            self._changed([])
        self.show(shown)

    def cut(self, bounds: tuple[float, ...]) -> None:
        """Cut to bounds, as a drag of the handles does."""
        self.bounds = tuple(float(v) for v in bounds)
        planes = []
        for axis, end, sign in _TO_PLANES:
            normal, origin = np.zeros(3), np.zeros(3)
            normal[axis], origin[axis] = sign, self.bounds[2 * axis + end]
            plane = vtkPlane()
            plane.SetNormal(*normal)
            plane.SetOrigin(*origin)
            planes.append(plane)
        self._changed(planes)

    def _dragged(self, box: pv.PolyData) -> None:
        # The widget calls once when it is made; that is no cut.
        if self.whole is None or np.allclose(box.bounds, self.bounds or self.whole, atol=0.01):
            return
        self.cut(tuple(box.bounds))

    def clear(self) -> None:
        """Free the widget."""
        if self._widget is not None:
            self._widget.Off()
            self._widget.RemoveAllObservers()
            self._plotter.clear_box_widgets()
            self._widget = None
