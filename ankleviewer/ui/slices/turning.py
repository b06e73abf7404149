"""TurnHandles: the grips at the ends of a pane's crosshair lines; dragging one turns the two other planes about the crosshair."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ankleviewer.core.imaging.oblique import spacing_of
from ankleviewer.core.imaging.planes import Viewport
from ankleviewer.ui.look import theme
from ankleviewer.ui.state.model import ViewModel

if TYPE_CHECKING:
    from ankleviewer.ui.slices.slice_pane import SlicePane

_INSET = 46.0  # px from the pane's edge, inside of the orientation letters
_LEAST = 40.0  # px from the crosshair: a grip nearer than this would lie on what is looked at
_RADIUS, _REACH = 6.0, 14.0  # px: of the grip, and within which it is taken
_COARSE = 3.0  # a slab is cut at this many times the spacing while it turns, so that it follows the hand


class TurnHandles:
    """The grips of one pane. A drag keeps the line that was taken under the mouse."""

    def __init__(self, pane: SlicePane, model: ViewModel, plane: str) -> None:
        self._pane, self._model, self._plane = pane, model, plane
        self._angle: float | None = None  # of the mouse about the crosshair while a grip is dragged, degrees
        self._over = self._turned = False
        self._before = model.state

    @property
    def dragging(self) -> bool:
        """True from press to release."""
        return self._angle is not None

    def grips(self) -> list[tuple[str, QPointF]]:
        """The plane whose line it is and the place of each grip; () while no crosshair is shown."""
        picture, port = self._pane.picture(), self._pane.viewport()
        if picture.crosshair is None:
            return []
        centre = QPointF(*port.to_screen(picture.crosshair))
        found = []
        for plane, (dx, dy) in picture.lines:
            for side in (-1.0, 1.0):
                away = _to_edge(port, centre, side * dx, side * dy)
                if away >= _LEAST:
                    found.append((plane, QPointF(centre.x() + side * dx * away, centre.y() + side * dy * away)))
        return found

    def hit(self, point: QPointF) -> bool:
        """Whether a point lies on a grip."""
        return any(math.hypot(at.x() - point.x(), at.y() - point.y()) <= _REACH for _, at in self.grips())

    def press(self, point: QPointF) -> bool:
        """Take the grip under the mouse; False where there is none."""
        if not self.hit(point):
            return False
        self._angle, self._before = self._mouse_angle(point), self._model.state
        self._pane.setCursor(Qt.CursorShape.ClosedHandCursor)
        return True

    def move(self, point: QPointF) -> bool:
        """Turn with the mouse while a grip is held; else show the hand over a grip. True while turning."""
        if self._angle is None:
            over = self.hit(point)
            if over != self._over:
                self._over = over
                self._pane.setCursor(Qt.CursorShape.OpenHandCursor) if over else self._pane.unsetCursor()
            return False
        now = self._mouse_angle(point)
        degrees = (now - self._angle + 180.0) % 360.0 - 180.0
        self._angle = now
        if degrees:
            self._turned = True
            fine = spacing_of(self._model.open_scene.volume.grid)
            self._model.turn_others(self._plane, degrees, fine * _COARSE if self._model.state.slab.mm else fine)
        return True

    def release(self) -> None:
        """The grip is let go; what was coarse becomes fine."""
        if self._angle is not None:
            self._angle = None
            self._pane.unsetCursor()
            if self._turned:
                self._model.turn_others(self._plane, 0.0)
            self._over = self._turned = False

    def cancel(self) -> bool:
        """The planes back to where they were when the grip was taken; False where none is held."""
        if self._angle is None:
            return False
        self.forget()
        before = self._before
        self._model.update(turn=before.turn, oblique=before.oblique, panes=before.panes)
        return True

    def forget(self) -> None:
        """Let a grip go, the planes as they are."""
        if self._angle is not None:
            self._angle, self._over, self._turned = None, False, False
            self._pane.unsetCursor()

    def _mouse_angle(self, point: QPointF) -> float:
        picture, port = self._pane.picture(), self._pane.viewport()
        x, y = port.to_screen(picture.frame.grid.to_voxel(self._model.state.cursor_mm)[:2])
        return math.degrees(math.atan2(point.y() - y, point.x() - x))

    def paint(self, painter: QPainter, mouse: QPointF | None) -> None:
        """Draw the grips: bright on the line under the mouse, faint while the pane's planes are turned, else not at all."""
        if mouse is None and not self.dragging:
            return
        grips = self.grips()
        near = {
            plane
            for plane, at in grips
            if mouse is not None and math.hypot(at.x() - mouse.x(), at.y() - mouse.y()) <= _REACH * 2.5
        }
        for plane, at in grips:
            bright = plane in near or self.dragging
            if not bright and not self._model.state.oblique:
                continue
            painter.setPen(QPen(theme.colour(theme.PANE, 200), 3.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, _RADIUS, _RADIUS)
            painter.setPen(QPen(theme.colour(theme.PLANE[plane], 255 if bright else 150), 1.8))
            painter.setBrush(QColor(theme.PLANE[plane]) if bright else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, _RADIUS, _RADIUS)


def _to_edge(port: Viewport, centre: QPointF, dx: float, dy: float) -> float:
    """How far one may go from the crosshair in a direction and stay _INSET inside the pane, px."""
    away = math.inf
    for at, step, size in ((centre.x(), dx, port.width), (centre.y(), dy, port.height)):
        if abs(step) > 1e-9:
            away = min(away, ((size - _INSET if step > 0 else _INSET) - at) / step)
    return away
