"""How the reader's own marks and the guide's text are painted over a slice: measures and boxes, lines with a dark halo, handles,
labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ankleviewer.core.display.labels import TOP, Rect, label_area, meets, place_label
from ankleviewer.core.display.scene import PanePicture, box_on_slice
from ankleviewer.core.geometry import Array
from ankleviewer.core.imaging.planes import Viewport
from ankleviewer.core.reading.measure_marks import Line, MeasureMark
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.ui.look import theme
from ankleviewer.ui.slices.slice_paint import missed_px, paint_label, paint_numbers
from ankleviewer.ui.slices.stamped_text import paint_text
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import value_text

HANDLE = 4.0  # radius, px; open, so that the point itself stays visible
_KNOB = 3.5  # half side of a box's handle, px
GUIDE_TOP = TOP
GUIDE_TOP_SLAB = 44.0  # and below the slab's line


@dataclass(frozen=True)
class OwnBox:
    """A box to paint: index of its finding, whether it is the reader's already, and whether it is in hand."""

    index: int
    box: BoxMm
    edited: bool = True
    active: bool = False


def paint_own(
    painter: QPainter, port: Viewport, picture: PanePicture, marks: Sequence[MeasureMark], boxes: Sequence[OwnBox]
) -> None:
    """The reader's measures and boxes on a slice: all lines, then all labels, so that no line runs through one and none covers
    another.
    """
    cut = [(own, port.to_screen(box_on_slice(picture.frame, picture.index, own.box))) for own in boxes]
    outlines = [(own, polygon) for own, polygon in cut if len(polygon)]
    if not marks and not outlines:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for own, polygon in outlines:
        _box(painter, polygon)
        if own.active:
            _knobs(painter, polygon)
    _measures(painter, port, marks)
    taken = paint_numbers(painter, port, picture)
    handles = [at for mark in marks for at in mark.handles.values()]
    points = np.concatenate([port.to_screen(np.array(handles).reshape(-1, 2)), missed_px(port, picture)])
    for own, polygon in outlines:
        if own.edited:
            x, y = max(polygon, key=lambda p: (round(p[1]), -p[0]))  # an oblique box leaves the corner of its bounds empty
            text = tr("{number} edited", number=own.index + 1)
            paint_label(painter, port, (x, y + 14), text, theme.READER, polygon, points, taken)
    _values(painter, port, marks, points, taken)


def _box(painter: QPainter, polygon: Array) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(theme.colour(theme.PANE, 170), 4.2), QPen(QColor(theme.READER), 2.0)):
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in polygon]))


def _knobs(painter: QPainter, polygon: Array) -> None:
    painter.setPen(QPen(QColor(theme.PANE), 1))
    painter.setBrush(QColor(theme.READER))
    for x, y in (*polygon, *((polygon + np.roll(polygon, -1, axis=0)) / 2)):
        painter.drawRect(QRectF(x - _KNOB, y - _KNOB, 2 * _KNOB, 2 * _KNOB))


def _measures(painter: QPainter, port: Viewport, marks: Sequence[MeasureMark]) -> None:
    """Lines and handles; those of the selected measure are wider."""
    for mark in marks:
        for line in mark.lines:
            _line(painter, _polygon(port, line), line.dashed, mark.selected)
        for at in mark.handles.values():
            _handle(painter, QPointF(*port.to_screen(at)), mark.selected)


def _values(painter: QPainter, port: Viewport, marks: Sequence[MeasureMark], points: Array, taken: list[Rect]) -> None:
    painter.setFont(theme.font(theme.PANE_PX + 1, bold=True))
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
    free = label_area(port.width, port.height)
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
