"""How measures and the guide's text are painted over a slice: lines with a dark halo, open handles, labels beside the points."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ankleviewer.core.measure_marks import Line, MeasureMark
from ankleviewer.core.planes import Viewport
from ankleviewer.ui import theme

HANDLE = 4.0  # radius, px; open, so that the point itself stays visible
_CLEAR = 10.0  # px kept between a label and any handle
_EDGE = 4.0
_TOP = 26.0  # below the pane's name and slice number
_BOTTOM = 24.0  # above window, scale bar and voxel


def paint_measures(painter: QPainter, port: Viewport, marks: Sequence[MeasureMark]) -> None:
    """All measures of a slice; the selected one is wider."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    handles = [QPointF(*port.to_screen(at)) for mark in marks for at in mark.handles.values()]
    taken: list[QRectF] = []
    for mark in marks:
        for line in mark.lines:
            _line(painter, _polygon(port, line), line.dashed, mark.selected)
        for at in mark.handles.values():
            _handle(painter, QPointF(*port.to_screen(at)), mark.selected)
    painter.setFont(theme.font(theme.PANE_PX + 1, bold=True))
    for mark in marks:
        for line in mark.lines:
            if line.label:
                taken.append(_label(painter, port, _polygon(port, line), line.label, handles, taken))


def _polygon(port: Viewport, line: Line) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in port.to_screen(line.points)])


def _line(painter: QPainter, polygon: QPolygonF, dashed: bool, selected: bool) -> None:
    width = 2.2 if selected else 1.4
    under, over = QPen(theme.colour(theme.PANE, 170), width + 2.4), QPen(QColor(theme.READER), width)
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


def _label(
    painter: QPainter,
    port: Viewport,
    polygon: QPolygonF,
    lines: tuple[str, ...],
    handles: list[QPointF],
    taken: list[QRectF],
) -> QRectF:
    """Paint a label at the first place beside its line that hides no point and no other label; returns where."""
    metrics = QFontMetricsF(painter.font())
    size = (max(metrics.horizontalAdvance(text) for text in lines), metrics.height() * len(lines))
    rect = label_place(polygon, size, (port.width, port.height), handles, taken)
    for n, text in enumerate(lines):
        paint_text(painter, QPointF(rect.x(), rect.y() + n * metrics.height() + metrics.ascent()), text, QColor(theme.READER))
    return rect


def label_place(
    polygon: QPolygonF, size: tuple[float, float], pane: tuple[float, float], handles: Sequence[QPointF], taken: Sequence[QRectF]
) -> QRectF:
    """Where a label of a size goes: beside the line, inside the pane, `_CLEAR` px off every handle; px."""
    width, height = size
    box = polygon.boundingRect()
    middle = box.center()
    clear = _CLEAR + HANDLE
    places = []
    for gap in (clear, clear + height, clear + 2 * height, clear + 4 * height):
        places += [
            QPointF(box.right() + gap, middle.y() - height / 2),
            QPointF(middle.x() - width / 2, box.top() - gap - height),
            QPointF(middle.x() - width / 2, box.bottom() + gap),
            QPointF(box.left() - gap - width, middle.y() - height / 2),
            QPointF(box.right() + gap, box.bottom() + gap),
            QPointF(box.left() - gap - width, box.top() - gap - height),
        ]
    right, bottom = max(pane[0] - _EDGE - width, _EDGE), max(pane[1] - _BOTTOM - height, _TOP)
    rects = [QRectF(min(max(p.x(), _EDGE), right), min(max(p.y(), _TOP), bottom), width, height) for p in places]

    def hidden(rect: QRectF) -> int:
        near = rect.adjusted(-_CLEAR, -_CLEAR, _CLEAR, _CLEAR)
        return 4 * sum(near.contains(h) for h in handles) + sum(rect.intersects(other) for other in taken)

    return min(rects, key=hidden)


def paint_text(painter: QPainter, baseline: QPointF, text: str, colour: QColor) -> None:
    """Text with a dark halo two pixels wide, readable over cortex."""
    painter.setPen(theme.colour(theme.PANE, 120))
    for dx in (-2, -1, 0, 1, 2):
        for dy in (-2, -1, 0, 1, 2):
            if (dx, dy) != (0, 0):
                painter.drawText(QPointF(baseline.x() + dx, baseline.y() + dy), text)
    painter.setPen(colour)
    painter.drawText(baseline, text)


def paint_guide(painter: QPainter, port: Viewport, head: str, prompt: str, note: str, keys: str) -> QRectF:
    """What to set next, on a dark ground below the pane's top line: tool and count, point, note, keys. Returns where, px."""
    width = min(port.width - 16.0, 380.0)
    painter.setFont(theme.font(theme.PANE_PX, bold=True))
    inner = width - 16
    wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    rows = [(head, theme.READER, True), (prompt, theme.TEXT, True), (note, theme.WARNING, True), (keys, theme.SECONDARY, False)]
    heights = []
    for text, _colour, bold in rows:
        metrics = QFontMetricsF(theme.font(theme.PANE_PX, bold=bold))
        heights.append(metrics.boundingRect(QRectF(0, 0, inner, 400), int(wrap.value), text).height() if text else 0.0)
    ground = QRectF((port.width - width) / 2, _TOP, width, sum(heights) + 12 + 2 * sum(bool(text) for text, _, _ in rows))
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
