"""BoxEditMouse: editing a finding's box in one slice pane by mouse and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from ankleviewer.core.display.scene import PanePicture, box_on_slice
from ankleviewer.core.imaging.planes import Viewport
from ankleviewer.core.reading.boxedit import Hold, hold_at
from ankleviewer.core.reading.measure_marks import normal_of, rows_and_columns
from ankleviewer.ui.marks.measure_mouse import NUDGES
from ankleviewer.ui.marks.measure_paint import paint_guide
from ankleviewer.ui.slices.slice_pane import SlicePane
from ankleviewer.ui.state.box_editing import BoxEditing
from ankleviewer.ui.words.translate import noop, tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

REACH = 9.0  # px within which a face is taken
_PROMPT = noop("Drag an edge or a corner; inside moves the box")
_END = noop("E, Esc: end")
_KEYS = noop("Ctrl + arrows move, with Shift right and lower edge  ·  Backspace: the model's own  ·  E, Esc: end")


class BoxEditMouse(QObject):
    """An event filter on a pane, in use only while a box is edited."""

    def __init__(self, pane: SlicePane, editing: BoxEditing) -> None:
        super().__init__(pane)
        self.pane, self.editing = pane, editing
        self._dragging = False
        self._cursor_set = False
        pane.installEventFilter(self)
        pane.overlays.append(self.paint)
        editing.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        if not self.editing.active:
            self._dragging = False
            self._shape(None)
        self.pane.update()

    # --------------------------------------------------------------------------------------------------------------- painting
    def paint(self, painter: QPainter, port: Viewport, picture: PanePicture) -> None:
        """The guide, while a box is edited; what is hidden together with the model's marks cannot be."""
        state = self.editing.controller.view.state
        if state.hide_ai or not state.boxes:
            return
        if self.editing.active and self.editing.controller.measuring.plane == self.pane.plane:
            head = tr("Box of finding {number}", number=self.editing.index + 1)
            corners = port.to_screen(box_on_slice(picture.frame, picture.index, self.editing.box()))
            own = np.concatenate([corners, (corners + np.roll(corners, -1, axis=0)) / 2])  # knobs stand at both
            prompts = (f"{tr(_PROMPT)}  ·  {tr(_KEYS)}", tr(_PROMPT), tr(_END))
            paint_guide(painter, port, picture, head, prompts, own=own, least=0.0)  # no card says the same

    # ------------------------------------------------------------------------------------------------------------------ mouse
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what belongs to editing; everything else goes on to the pane."""
        if not self.editing.active or self.editing.controller.view.scene is None:
            return False
        kind = event.type()
        if isinstance(event, QMouseEvent):
            return self._mouse(kind, event)
        return kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and edit_key(self.pane, self.editing, event)

    def _mouse(self, kind: QEvent.Type, event: QMouseEvent) -> bool:
        if kind == QEvent.Type.MouseButtonPress:
            return self._press(event)
        if kind == QEvent.Type.MouseMove:
            return self._move(event)
        if kind == QEvent.Type.MouseButtonRelease and self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self.editing.drop()
            return True
        return kind == QEvent.Type.MouseButtonDblClick and self._hold(event.position()) is not None

    def _hold(self, at: QPointF) -> Hold | None:
        frame, index = self.editing.controller.measuring.frame(self.pane.plane)
        box = self.editing.box()
        if not len(box_on_slice(frame, index, box)):
            return None
        return hold_at(box, self.pane.mm_at(at), normal_of(frame), REACH / self.pane.viewport().scale)

    def _press(self, event: QMouseEvent) -> bool:
        self.editing.controller.measuring.plane = self.pane.plane
        if event.button() != Qt.MouseButton.LeftButton or event.modifiers():
            return False
        hold = self._hold(event.position())
        if hold is None:
            return False
        self.pane.setFocus(Qt.FocusReason.MouseFocusReason)
        self._dragging = True
        self.editing.take(hold, self.pane.mm_at(event.position()))
        return True

    def _move(self, event: QMouseEvent) -> bool:
        if self._dragging and not event.buttons():  # another window, which came over this one, heard of the release
            self._dragging = False
            self.editing.let_go()
        if self._dragging:
            self.editing.drag(self.pane.mm_at(event.position()))
            return True
        self._shape(self._hold(event.position()) if not event.buttons() else None)
        return False

    def _shape(self, hold: Hold | None) -> None:
        if hold is not None:
            self.pane.setCursor(shape_of(hold, *rows_and_columns(self.editing.controller.view.frame(self.pane.plane))))
            self._cursor_set = True
        elif self._cursor_set:
            self.pane.unsetCursor()
            self._cursor_set = False


def shape_of(hold: Hold, across: ArrayLike, down: ArrayLike) -> Qt.CursorShape:
    """The arrow that shows which way a hold moves on a screen whose rows and columns run along `across` and `down` (LPS)."""
    if hold.whole:
        return Qt.CursorShape.SizeAllCursor
    x, y = float(np.dot(hold.sides, across)), float(np.dot(hold.sides, down))
    if abs(x) > 2 * abs(y):
        return Qt.CursorShape.SizeHorCursor
    if abs(y) > 2 * abs(x):
        return Qt.CursorShape.SizeVerCursor
    return Qt.CursorShape.SizeFDiagCursor if x * y > 0 else Qt.CursorShape.SizeBDiagCursor


def edit_key(pane: SlicePane, editing: BoxEditing, event: QKeyEvent) -> bool:
    """Keys while a box is edited: Ctrl + arrows move it, with Shift its right and lower faces; Backspace, Enter."""
    key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    control = Qt.KeyboardModifier.ControlModifier
    if key in NUDGES and modifiers in (control, control | Qt.KeyboardModifier.ShiftModifier):
        editing.nudge(pane.plane, NUDGES[key], resize=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        return True
    if not modifiers and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return editing.stop()
    return not modifiers and key == Qt.Key.Key_Backspace and editing.reset()


class BoxEditKeys(QObject):
    """The same keys where another widget of the window has the keyboard and does not take them."""

    def __init__(self, window: MainWindow, editing: BoxEditing) -> None:
        super().__init__(window)
        self._window, self._editing = window, editing
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keys that came up to the window."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not self._editing.active:
            return False
        return edit_key(self._window.panes[self._editing.controller.measuring.plane], self._editing, event)
