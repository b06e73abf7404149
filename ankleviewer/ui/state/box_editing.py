"""BoxEditing: the reader's own box of a finding. The model's is never changed; the edited one is kept beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QObject, Signal

from ankleviewer.core.display.scene import box_on_slice
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.imaging.planes import PLANES
from ankleviewer.core.reading.boxedit import Hold, dragged, far_side
from ankleviewer.core.reading.measure import point
from ankleviewer.core.reading.measure_marks import rows_and_columns
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.ui.state.controller import CaseController

STEP_MM = 0.5  # a key press
_LAYOUTS = ("grid", *PLANES)  # in these there is a slice on which the box and its handles are seen


class BoxEditing(QObject):
    """Which finding's box is being edited, and how far a drag has got.

    Signals:
        changed(): begun, ended, moved.
    """

    changed = Signal()

    def __init__(self, controller: CaseController) -> None:
        super().__init__(controller)
        self.controller = controller
        self.active = False
        self._drag: tuple[Hold, np.ndarray, BoxMm] | None = None  # what is held, where it was taken, the box then
        self._now: BoxMm | None = None
        controller.changed.connect(self._on_case)
        controller.view.changed.connect(self._on_view)
        controller.measuring.changed.connect(self._on_measuring)

    # ----------------------------------------------------------------------------------------------------------- begin and end
    def toggle(self) -> None:
        """Begin to edit the box of the selected finding (or the first), on slices, or end."""
        if self.active:
            self.stop()
        elif self.controller.boxes:
            self.controller.measuring.stop()
            if self.controller.view.state.layout not in _LAYOUTS:
                self.controller.view.update(layout="grid")
            if self.controller.view.state.selected < 0:
                self.controller.go_to_finding(0)
            elif not self._seen():
                self.controller.view.go_to(self.box().center_mm, self.index)
            self.controller.view.update(boxes=True)
            self.active = True
            self.changed.emit()

    def stop(self) -> bool:
        """End editing; False where nothing was edited."""
        if not self.active:
            return False
        self.active, self._drag, self._now = False, None, None
        self.changed.emit()
        return True

    @property
    def index(self) -> int:
        """The finding that is edited."""
        return max(self.controller.view.state.selected, 0)

    # -------------------------------------------------------------------------------------------------------------- the boxes
    def edited(self) -> dict[int, BoxMm]:
        """The reader's boxes of the answer shown, by finding; the one being dragged as it would be."""
        answer, reviewing = self.controller.answer, self.controller.reviewing
        if answer is None or answer.ankle is None:  # of no ankle: it has no box
            return {}
        kept = {p.index: box for p, box in reviewing.review.edited.items() if p == reviewing.place(answer, p.index)}
        if self._now is not None:
            kept[self.index] = self._now
        return kept

    def box(self) -> BoxMm:
        """The box that is edited: the reader's, or else the model's."""
        own = self.controller.boxes[self.index]
        return self.edited().get(self.index) or BoxMm(point(own.min_mm), point(own.max_mm))

    def _seen(self) -> bool:
        """Whether every slice at the crosshair cuts the box, so that it is seen whichever view fills the window."""
        box, view = self.box(), self.controller.view
        return all(len(box_on_slice(frame, frame.slice_at(view.state.cursor_mm), box)) for frame in view.frames())

    def take(self, hold: Hold, mm: ArrayLike) -> None:
        """Take hold of the box at a place, LPS mm."""
        self._drag = (hold, np.asarray(mm, dtype=np.float64), self.box())

    def drag(self, mm: ArrayLike) -> None:
        """Drag what is held to a place, LPS mm."""
        if self._drag is not None:
            hold, start, before = self._drag
            self._now = dragged(before, hold, np.asarray(mm) - start, self._bounds())
            self.changed.emit()

    def drop(self) -> None:
        """The drag is over: one step that can be undone."""
        before = self._drag[2] if self._drag is not None else None
        now, self._drag, self._now = self._now, None, None
        if now is not None and now != before:
            self._write(now)
        self.changed.emit()

    def let_go(self) -> None:
        """The drag ended elsewhere: the box is where it was."""
        self._drag = self._now = None
        self.changed.emit()

    def nudge(self, plane: str, direction: tuple[int, int], resize: bool) -> None:
        """Move the box by STEP_MM within a plane, or its right and bottom faces (direction: screen right, screen down)."""
        across, down = rows_and_columns(self.controller.view.frame(plane))
        shift = (direction[0] * across + direction[1] * down) * STEP_MM
        hold = Hold((0, 0, 0))
        if resize:
            right, bottom = far_side(across, down)
            hold = right if direction[0] else bottom
        now = dragged(self.box(), hold, shift, self._bounds())
        if now != self.box():
            self._write(now)

    def reset(self, index: int | None = None) -> bool:
        """Give a finding the model's own box again; None: the one that is edited. False where it had it."""
        index, answer = self.index if index is None else index, self.controller.answer
        if answer is None or index not in self.edited():
            return False
        self.controller.reviewing.edit_box(answer, index, None)
        return True

    def _write(self, box: BoxMm) -> None:
        answer = self.controller.answer
        assert answer is not None  # whose box it is
        self.controller.reviewing.edit_box(answer, self.index, box)

    def _bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return self.controller.view.open_scene.volume.grid.bounds_mm()

    # --------------------------------------------------------------------------------------------------------------- following
    def _on_case(self) -> None:
        if self.active and not self.controller.boxes:
            self.stop()
        self.changed.emit()

    def _on_view(self, old: ViewState, new: ViewState) -> None:
        if new.layout not in _LAYOUTS:
            self.stop()  # keys would move it unseen
        if old.selected != new.selected:
            self._drag = self._now = None
            if new.selected < 0:
                self.stop()
            self.changed.emit()

    def _on_measuring(self) -> None:
        if self.controller.measuring.tool is not None:
            self.stop()
