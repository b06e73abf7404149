"""Legend: the heat map's colour scale in its own units, with the shared threshold on a handle and a tick where it started."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ankleviewer.core.assessment.heat_raster import HEAT_COLOURS, top_level
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.ui.look import theme
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.words.translate import tr

_BAR_TOP, _BAR = 14, 10
_SIDE = 8
_TENTHS = 5.0  # logits, from which on tenths are fine enough


class Legend(QWidget):
    """Colour bar from 0 to the map's reference, where colours end, or to the map's peak where that lies beyond.

    Dragging the handle or Left / Right moves the threshold of slices and 3D.
    """

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.setFixedHeight(46)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Heat map threshold"))
        self.setToolTip(tr("Drag to move the outline (keys [ and ]). The tick is the level at which this map opens; boxes stay."))
        model.changed.connect(self._on_changed)
        model.scene_changed.connect(self.update)
        model.scene_changed.connect(self._say)

    def _say(self) -> None:
        """The value, for who hears the window."""
        heat = self.model.scene.heat if self.model.scene is not None else None
        level = (
            self.model.state.threshold if self.model.state.threshold is not None else heat.threshold if heat is not None else None
        )
        self.setAccessibleDescription("" if level is None else f"{level:.2f}")

    def _on_changed(self, old: ViewState, new: ViewState) -> None:
        if old.threshold != new.threshold:
            self._say()
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as it gets."""
        return QSize(240, 46)

    @property
    def _end(self) -> float:
        heat = self.model.open_scene.heat
        assert heat is not None  # who asks has looked
        return top_level(heat)

    def _x(self, value: float) -> float:
        return _SIDE + min(max(value / self._end, 0.0), 1.0) * (self.width() - 2 * _SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bar, numbers, tick and handle."""
        if self.model.scene is None or self.model.scene.heat is None:
            return
        heat, state = self.model.scene.heat, self.model.state
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(_SIDE, _BAR_TOP, self.width() - 2 * _SIDE, _BAR)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for n in range(0, 256, 15):
            gradient.setColorAt(n / 255 * heat.reference / self._end, QColor(*(int(v) for v in HEAT_COLOURS[n])))
        painter.setPen(QPen(QColor(theme.now().line), 1))
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 2, 2)
        painter.setFont(theme.font(theme.PANE_PX))
        metrics = QFontMetricsF(painter.font())
        base = _BAR_TOP + _BAR + 4 + metrics.ascent()
        own = self._x(heat.threshold)
        painter.setPen(QPen(QColor(theme.now().text), 1.4))
        painter.drawLine(QPointF(own, _BAR_TOP - 2), QPointF(own, _BAR_TOP + _BAR + 2))
        level = heat.threshold if state.threshold is None else state.threshold
        x = self._x(level)
        painter.setPen(QColor(theme.now().secondary))
        painter.drawText(QPointF(_SIDE, base), "0")
        digits = 1 if self._end >= _TENTHS else 2
        right, end = self.width() - _SIDE, f"{self._end:.{digits}f} logit"
        label = f"{level:.{digits}f}"
        place = right - metrics.horizontalAdvance(end)
        if x + metrics.horizontalAdvance(label) / 2 + 6 < place:
            painter.drawText(QPointF(place, base), end)
        else:  # the level stands where the end would, and takes over the unit
            label += " logit"
        width = metrics.horizontalAdvance(label)
        left = min(max(x - width / 2, _SIDE + 16), right - width)
        painter.setPen(QColor(theme.now().text))
        painter.drawText(QPointF(left, base), label)
        painter.setPen(QPen(QColor(theme.now().panel), 1))
        painter.setBrush(QColor(theme.now().focus if self.hasFocus() else theme.now().text))
        painter.drawPolygon(QPolygonF([QPointF(x, _BAR_TOP), QPointF(x - 6, _BAR_TOP - 10), QPointF(x + 6, _BAR_TOP - 10)]))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Handle to the mouse."""
        self._to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Handle follows a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._to(event.position().x())

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Back to the level at which the map opened."""
        self.model.update(threshold=None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move the threshold."""
        steps: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self.model.step_threshold(steps[event.key()])
        else:
            super().keyPressEvent(event)

    def _to(self, x: float) -> None:
        if self.model.scene is None or self.model.scene.heat is None:
            return
        share = (x - _SIDE) / max(self.width() - 2 * _SIDE, 1)
        value = min(max(share, 0.01), 1.0) * self._end
        near = abs(self._x(self.model.scene.heat.threshold) - x) < 4
        self.model.update(threshold=None if near else value)
