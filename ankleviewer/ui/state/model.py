"""ViewModel: the one object that holds the view state and the scene, and tells every view what changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal

from ankleviewer.core.assessment import preprocess
from ankleviewer.core.assessment.heat_raster import top_level
from ankleviewer.core.display import viewstate
from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.viewstate import PaneView, ViewState
from ankleviewer.core.geometry import Array
from ankleviewer.core.imaging import oblique
from ankleviewer.core.imaging.planes import PLANES, Frame


class ViewModel(QObject):
    """Holds one frozen ViewState and one Scene.

    Signals:
        changed(old, new): the state moved on; never emitted for an equal state.
        scene_changed(): another scan, ankle, model or answer.
        touched(): the reader moved something (not the program).
    """

    changed = Signal(object, object)
    scene_changed = Signal()
    touched = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = ViewState()
        self.scene: Scene | None = None
        self.input_hu = (round(preprocess.FINE.lo), round(preprocess.FINE.hi))  # what the model shown sees, lowest and highest

    def set_input(self, hu_range: tuple[int, int]) -> None:
        """The model shown tells these HU apart, lowest and highest; where its window is the one shown, the slices follow."""
        self.input_hu = hu_range
        if self.state.preset == viewstate.MODEL_INPUT:
            self.preset(viewstate.MODEL_INPUT)

    def set_state(self, state: ViewState) -> None:
        """Move to a state and tell everyone, unless it is the same."""
        old = self.state
        if state != old:
            self.state = state
            self.changed.emit(old, state)

    def update(self, **fields: Any) -> None:
        """Replace some fields of the state."""
        self.set_state(replace(self.state, **fields))

    def set_scene(self, scene: Scene | None) -> None:
        """Show another scene; the state is kept, but for a window that is as wide as the scan's values."""
        before, self.scene = self.scene, scene
        self.scene_changed.emit()
        another = scene is not None and (before is None or before.volume is not scene.volume)
        if another and self.state.preset == viewstate.FULL_RANGE:
            self.preset(viewstate.FULL_RANGE)

    def frame(self, plane: str) -> Frame:
        """The frame of a plane of the scene shown, turned as the planes are."""
        return self.frames()[PLANES.index(plane)]

    def frames(self) -> tuple[Frame, Frame, Frame]:
        """The frames of axial, coronal and sagittal, turned as the planes are."""
        return oblique.frames_of(self.open_scene.volume.grid, self.state.shown_turn)

    @property
    def open_scene(self) -> Scene:
        """The scene shown, for what is asked only while a scan is open."""
        if self.scene is None:
            raise RuntimeError("no scan is open")
        return self.scene

    @property
    def fit_region(self) -> tuple[Array, Array] | None:
        """LPS box that zoom 1 fits, None for the whole scan."""
        return self.scene.region if self.scene is not None and self.state.fit == "ankle" else None

    # ------------------------------------------------------------------------------------------------ the reader's moves
    def step(self, plane: str, count: int) -> None:
        """Exactly `count` slices of a plane."""
        if self.scene is not None:
            self.touched.emit()
            self.set_state(viewstate.with_step(self.state, self.frame(plane), count))

    def to_end(self, plane: str, last: bool) -> None:
        """First or last slice of a plane."""
        if self.scene is not None:
            self.step(plane, (1 if last else -1) * self.frame(plane).grid.shape[2])

    def move_cursor(self, mm: ArrayLike) -> None:
        """The crosshair to an LPS position."""
        if self.scene is not None:
            self.touched.emit()
            self.set_state(viewstate.with_cursor(self.state, mm, self.scene.frames[0]))

    def preset(self, key: str) -> None:
        """The window preset of a number key."""
        # Only the full range asks for the scan's extremes: they take a pass over all voxels.
        full = self.scene if key == viewstate.FULL_RANGE else None
        span = full.hu_range if full is not None else self.input_hu
        self.set_state(viewstate.with_preset(self.state, key, span))

    def drag_window(self, right: float, down: float) -> None:
        """Window and level by a drag in px."""
        self.set_state(viewstate.with_window_drag(self.state, right, down))

    def set_pane(self, plane: str, pane: PaneView) -> None:
        """Zoom and pan of one plane."""
        self.touched.emit()
        self.set_state(viewstate.with_pane(self.state, plane, pane))

    def fit(self, what: str) -> None:
        """Fit the ankle or the whole scan into all panes."""
        self.update(fit=what, panes=(PaneView(), PaneView(), PaneView()))

    def step_threshold(self, steps: int) -> None:
        """Move the threshold shared by slices and 3D."""
        if self.scene is not None and self.scene.heat is not None:
            heat = self.scene.heat
            top = top_level(heat)
            self.set_state(viewstate.with_threshold_step(self.state, steps, heat.threshold, heat.reference, top))

    def go_to(self, mm: ArrayLike, selected: int) -> None:
        """Every view at an LPS position (a finding)."""
        if self.scene is not None:
            self.set_state(viewstate.going_to(self.state, mm, self.frames(), self.fit_region, selected))

    def toggle_layout(self, layout: str) -> None:
        """Maximise one pane, or back to the four."""
        self.update(layout="grid" if self.state.layout == layout else layout)

    # ------------------------------------------------------------------------------------------------------- turned planes
    def set_turn(self, turn: oblique.Turn | None) -> None:
        """Oblique planes, or None for the scan's own. The crosshair stays where it is on every screen; back at the scan's own
        planes the views are about it again, as when they go to a finding.
        """
        self._show_planes(turn, shown=True, about=turn is None and self.state.shown_turn is not None)

    def toggle_oblique(self) -> None:
        """The oblique planes last used, about the crosshair, or a set that may be turned; and back to the scan's own."""
        if self.scene is not None:
            turn = self.state.turn or oblique.start(self.scene.volume.grid, self.state.cursor_mm)
            self._show_planes(turn, shown=self.state.shown_turn is None, about=self.state.turn is not None)

    def _show_planes(self, turn: oblique.Turn | None, shown: bool, about: bool) -> None:
        """Turn the planes; `about`: pans that were right on the planes before are let go, as by `viewstate.going_to`."""
        if self.scene is None:
            return
        self.touched.emit()
        state = viewstate.with_turn(self.state, turn, self.scene.frames[0], self.fit_region, shown=shown)
        if about:
            frames = oblique.frames_of(self.scene.volume.grid, state.shown_turn)
            state = viewstate.going_to(state, state.cursor_mm, frames, self.fit_region, state.selected)
        self.set_state(state)

    def turn_others(self, plane: str, degrees: float, spacing: float | None = None) -> None:
        """The two other planes turned about a plane's normal, clockwise on its screen, through the crosshair.

        Args:
            spacing: mm between pixels while a drag goes on; None: as fine as the scan.
        """
        if self.scene is not None:
            grid = self.scene.volume.grid
            turn = self.state.shown_turn or oblique.start(grid, self.state.cursor_mm)
            turn = oblique.turned(turn, plane, degrees, self.state.cursor_mm)
            self.set_turn(replace(turn, spacing=spacing or oblique.spacing_of(grid)))
