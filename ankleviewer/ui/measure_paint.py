"""How measures and the guide's text are painted over a slice: lines with a dark halo, open handles, labels beside the points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ankleviewer.core.geometry import Array
from ankleviewer.core.labels import Rect, meets, place_label
from ankleviewer.core.measure_marks import Line, MeasureMark
from ankleviewer.core.planes import Viewport
from ankleviewer.ui import theme
from ankleviewer.ui.stamped_text import paint_text
from ankleviewer.ui.wording import value_text

HANDLE = 4.0  # radius, px; open, so that the point itself stays visible
_EDGE = 4.0
GUIDE_TOP = 26.0  # below the pane's name and slice number
GUIDE_TOP_SLAB = 44.0  # and below the slab's line
_BOTTOM = 24.0  # above window, scale bar and voxel


def paint_measures(painter: QPainter, port: Viewport, marks: Sequence[MeasureMark]) -> None:
    """All measures of a slice; the selected one is wider."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    handles = [at for mark in marks for at in mark.handles.values()]
    points = port.to_screen(np.array(handles).reshape(-1, 2))
    for mark in marks:
        for line in mark.lines:
            _line(painter, _polygon(port, line), line.dashed, mark.selected)
        for at in mark.handles.values():
            _handle(painter, QPointF(*port.to_screen(at)), mark.selected)
    painter.setFont(theme.font(theme.PANE_PX + 1, bold=True))
    taken: list[Rect] = []
    for mark in marks:
        for line in mark.lines:
            if line.label and meets(port.to_screen(line.points), port.width, port.height):
                _label(painter, port, line, points, taken)


def _polygon(port: Viewport, line: Line) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in port.to_screen(line.points)])


def _line(painter: QPainter, polygon: QPolygonF, dashed: bool, selected: bool) -> None:
    width = 2.2 if selected else 1.4
    under, over = QPen(QColor(theme.PANE), width + 2), QPen(QColor(theme.READER), width)
    if dashed:
        over.setDashPattern([4.0, 3.0])
        under.setColor(theme.colour(theme.PANE, 110))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (under, over):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(polygon)


def _handle(painter: QPainter, at: QPointF, selected: bool) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = 2.0 if selected else 1.4
    for pen in (QPen(theme.colour(theme.PANE, 190), width + 2), QPen(QColor(theme.READER), width)):
        painter.setPen(pen)
        painter.drawEllipse(at, HANDLE, HANDLE)


def _label(painter: QPainter, port: Viewport, line: Line, points: Array, taken: list[Rect]) -> None:
    """Paint a line's label where it hides no point and no other label."""
    said = [value_text(text) for text in line.label]
    metrics = QFontMetricsF(painter.font())
    size = (max(metrics.horizontalAdvance(text) for text in said), metrics.height() * len(said))
    free = (_EDGE, GUIDE_TOP, port.width - 2 * _EDGE, port.height - GUIDE_TOP - _BOTTOM)
    x, y, _, _ = rect = place_label(port.to_screen(line.points), size, free, points, taken)
    taken.append(rect)
    for n, text in enumerate(said):
        paint_text(painter, QPointF(x, y + n * metrics.height() + metrics.ascent()), text, QColor(theme.READER))


def paint_guide(
    painter: QPainter, port: Viewport, head: str, prompt: str, note: str, keys: str, top: float = GUIDE_TOP
) -> QRectF:
    """What to set next, on a dark ground `top` px below the pane's edge: tool and count, point, note, keys. Returns where, px."""
    width = min(port.width - 16.0, 380.0)
    painter.setFont(theme.font(theme.PANE_PX, bold=True))
    inner = width - 16
    wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    rows = [(head, theme.READER, True), (prompt, theme.TEXT, True), (note, theme.WARNING, True), (keys, theme.SECONDARY, False)]
    heights = []
    for text, _colour, bold in rows:
        metrics = QFontMetricsF(theme.font(theme.PANE_PX, bold=bold))
        heights.append(metrics.boundingRect(QRectF(0, 0, inner, 400), int(wrap.value), text).height() if text else 0.0)
    ground = QRectF((port.width - width) / 2, top, width, sum(heights) + 12 + 2 * sum(bool(text) for text, _, _ in rows))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(QColor(theme.LINE), 1))
    painter.setBrush(theme.colour(theme.PANEL, 235))
    painter.drawRoundedRect(ground, 5, 5)
    y = ground.y() + 6
    for (text, colour, bold), height in zip(rows, heights, strict=True):
        if text:
            painter.setFont(theme.font(theme.PANE_PX, bold=bold))
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(ground.x() + 8, y, inner, height + 1), int(wrap.value), text)
            y += height + 2
    return ground
