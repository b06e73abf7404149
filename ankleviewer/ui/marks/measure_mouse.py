"""MeasureMouse: measuring in one slice pane. Sets, drags and selects points by mouse and keys, and says which is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QMouseEvent, QPainter

from ankleviewer.core.display.scene import PanePicture
from ankleviewer.core.geometry import Array
from ankleviewer.core.imaging.planes import PLANES, Viewport
from ankleviewer.ui.marks.measure_cursor import tool_cursor
from ankleviewer.ui.marks.measure_paint import paint_guide
from ankleviewer.ui.slices.slice_pane import SlicePane
from ankleviewer.ui.state.measuring import PENDING, Measuring
from ankleviewer.ui.words.translate import said, tr
from ankleviewer.ui.words.wording import planes_text

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

REACH = 8.0  # px within which a point or line is taken
_DRAGGED = 6.0  # px between press and release that make a drag
NUDGES: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class MeasureMouse(QObject):
    """An event filter on a pane, so that the pane itself need not know of measures."""

    def __init__(self, pane: SlicePane, measuring: Measuring) -> None:
        super().__init__(pane)
        self.pane, self.measuring = pane, measuring
        self._pressed: QPointF | None = None  # where the point just set was pressed
        self._gripping = False
        self._shaped = False  # the cursor is ours
        self._cursors: dict[str, QCursor] = {}
        pane.installEventFilter(self)
        pane.overlays.append(self.paint)
        measuring.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        self._cursor(None)
        self.pane.update()

    # ------------------------------------------------------------------------------------------------------------- painting
    def paint(self, painter: QPainter, port: Viewport, picture: PanePicture) -> None:
        """The guide, while a tool is in hand."""
        measuring = self.measuring
        tool, step = measuring.tool, measuring.step
        if tool is None or step is None or not measuring.accepts(self.pane.plane):
            return
        if measuring.best_plane(measuring.plane) == self.pane.plane:
            at, of = len(measuring.points) + 1, len(tool.steps)
            prompts = [tr("Set {point}", point=said(step.prompt))]
            if step.planes:
                planes = planes_text([p for p in PLANES if measuring.accepts(p)])
                prompts.insert(0, tr("Set {point}  ({planes} view)", point=said(step.prompt), planes=planes))
            own = [port.to_screen(pixel) for mark in measuring.marks(self.pane.plane) for pixel in mark.handles.values()]
            paint_guide(painter, port, picture, tr("{number} of {count}", number=at, count=of), prompts, measuring.note, own)

    # ------------------------------------------------------------------------------------------------------------------ mouse
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what belongs to measuring; everything else goes on to the pane."""
        if self.measuring.view.scene is None:
            return False
        kind = event.type()
        if isinstance(event, QMouseEvent):
            return self._mouse(kind, event)
        if kind == QEvent.Type.Leave:
            self.measuring.hover(self.pane.plane, None)
        if kind == QEvent.Type.FocusIn:
            self.measuring.plane = self.pane.plane
        return kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and measure_key(self.pane, self.measuring, event)

    def _mouse(self, kind: QEvent.Type, event: QMouseEvent) -> bool:
        if kind == QEvent.Type.MouseButtonPress:
            return self._press(event)
        if kind == QEvent.Type.MouseButtonDblClick:
            return self.measuring.tool is not None and event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseMove:
            return self._move(event)
        return kind == QEvent.Type.MouseButtonRelease and self._release(event)

    def _ours(self, event: QMouseEvent) -> bool:
        window_key = self.pane.window().property("window_key")
        plain = not event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        return bool(event.button() == Qt.MouseButton.LeftButton and plain and not window_key)

    def _press(self, event: QMouseEvent) -> bool:
        self._pressed = None
        if not self._ours(event):
            return False
        if self.measuring.tool is not None:
            self.pane.setFocus(Qt.FocusReason.MouseFocusReason)
            if self.measuring.set_point(self.pane.plane, self.pane.mm_at(event.position())):
                self._pressed = event.position()
            return True
        held = self._handle_at(event.position())
        if held is not None and self.measuring.can_grip(self.pane.plane, *held):
            self.pane.setFocus(Qt.FocusReason.MouseFocusReason)
            self.measuring.grip(*held)
            self._gripping = True
            self._cursor(event.position())
            return True
        self.measuring.select(self._line_at(event.position()))
        return False

    def _move(self, event: QMouseEvent) -> bool:
        if self._gripping and not event.buttons():  # another window, which came over this one, heard of the release
            self._gripping = False
            self.measuring.let_go()
        if self._gripping:
            self.measuring.drag(self.pane.plane, self.pane.mm_at(event.position()))
            return True
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.measuring.hover(self.pane.plane, self.pane.mm_at(event.position()))
        self._cursor(event.position())
        left = bool(event.buttons() & Qt.MouseButton.LeftButton)
        return left and self._pressed is not None  # a press that set a point does not scroll

    def _release(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if self._gripping:
            self._gripping = False
            self.measuring.drop()
            self._cursor(event.position())
            return True
        start, self._pressed = self._pressed, None
        tool = self.measuring.tool
        if start is not None and tool is not None and tool.drags and len(self.measuring.points) == 1:
            away = event.position() - start
            there = self.pane.rect().contains(event.position().toPoint())  # in another pane, it slipped off this one
            if there and np.hypot(away.x(), away.y()) > _DRAGGED:
                self.measuring.set_point(self.pane.plane, self.pane.mm_at(event.position()))
        return start is not None

    def _handle_at(self, at: QPointF) -> tuple[int, int] | None:
        """The point under the mouse: measure and index; the selected measure first."""
        port, found = self.pane.viewport(), []
        for mark in self.measuring.marks(self.pane.plane):
            for index, pixel in mark.handles.items():
                away = float(np.hypot(*(port.to_screen(pixel) - (at.x(), at.y()))))
                if away <= REACH:
                    found.append((not mark.selected, away, mark.number, index))
        return min(found)[2:] if found else None

    def _line_at(self, at: QPointF) -> int:
        """The measure under the mouse, PENDING for none."""
        port, here = self.pane.viewport(), np.array([at.x(), at.y()])
        for mark in self.measuring.marks(self.pane.plane):
            for line in mark.lines:
                if _distance(port.to_screen(line.points), here) <= REACH:
                    return mark.number
        return PENDING

    def _cursor(self, at: QPointF | None) -> None:
        """The cross of the tool, "not here", a hand over a point, or what the pane had before."""
        measuring, shape = self.measuring, None
        if measuring.tool is not None:
            accepted = measuring.accepts(self.pane.plane)
            name = measuring.tool.name
            if name not in self._cursors:
                self._cursors[name] = tool_cursor(name)
            shape = self._cursors[name] if accepted else Qt.CursorShape.ForbiddenCursor
        elif self._gripping:
            shape = Qt.CursorShape.ClosedHandCursor
        elif at is not None and (held := self._handle_at(at)) is not None and measuring.can_grip(self.pane.plane, *held):
            shape = Qt.CursorShape.OpenHandCursor
        if shape is not None:
            self.pane.setCursor(shape)
        elif self._shaped:
            self.pane.unsetCursor()
        self._shaped = shape is not None


def _distance(line: Array, here: Array) -> float:
    """Px from a place to a chain of points."""
    if len(line) == 1:
        return float(np.hypot(*(line[0] - here)))
    start, step = line[:-1], np.diff(line, axis=0)
    length = np.maximum((step**2).sum(axis=1), 1e-12)
    share = np.clip(((here - start) * step).sum(axis=1) / length, 0, 1)
    return float(np.linalg.norm(start + share[:, None] * step - here, axis=1).min())


def measure_key(pane: SlicePane, measuring: Measuring, event: QKeyEvent) -> bool:
    """Keys of measuring in a pane: Enter sets a point at the crosshair, Backspace takes one back, Ctrl + arrows move the
    crosshair, Shift + Enter moves the selected measure's nearest point there.
    """
    key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    control = Qt.KeyboardModifier.ControlModifier
    if key in NUDGES and modifiers in (control, control | Qt.KeyboardModifier.ShiftModifier):
        nudge(pane, measuring, NUDGES[key], 5 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1)
        return True
    enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    if enter and modifiers == Qt.KeyboardModifier.ShiftModifier:
        return measuring.move_nearest(pane.plane)
    if measuring.tool is None or modifiers:
        return False
    if enter:
        if not event.isAutoRepeat():
            plane = measuring.best_plane(pane.plane)
            measuring.set_point(plane, measuring.crosshair(plane))
        return True
    return key == Qt.Key.Key_Backspace and measuring.back()


def nudge(pane: SlicePane, measuring: Measuring, direction: tuple[int, int], px: int) -> None:
    """Move the crosshair within its slice by screen pixels, so that zooming in makes the step finer; a tool's line follows."""
    view = measuring.view
    plane = measuring.best_plane(pane.plane) if measuring.tool is not None else pane.plane
    frame, _ = measuring.frame(plane)
    x, y, z = frame.grid.to_voxel(view.state.cursor_mm)
    scale = pane.viewport().scale
    dx, dy = (d * px / scale / s for d, s in zip(direction, frame.grid.spacing[:2], strict=True))
    view.move_cursor(frame.grid.to_mm((x + dx, y + dy, z)))
    measuring.hover(plane, measuring.crosshair(plane))


class MeasureKeys(QObject):
    """The same keys where another widget of the window has the keyboard and does not take them."""

    def __init__(self, window: MainWindow, measuring: Measuring) -> None:
        super().__init__(window)
        self._window, self._measuring = window, measuring
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keys that came up to the window."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or self._measuring.view.scene is None:
            return False
        return measure_key(self._window.panes[self._measuring.plane], self._measuring, event)
