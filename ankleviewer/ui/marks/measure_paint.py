"""How the reader's own marks and the guide's text are painted over a slice: measures and boxes, lines with a dark halo, handles,
labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ankleviewer.core.display.labels import TOP, Rect, label_area, meets, place_label, place_line
from ankleviewer.core.display.scene import PanePicture, box_on_slice
from ankleviewer.core.geometry import Array
from ankleviewer.core.imaging.planes import Viewport
from ankleviewer.core.reading.measure_marks import Line, MeasureMark
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.ui.look import theme
from ankleviewer.ui.slices.slice_paint import REJECTED_ALPHA, missed_px, paint_label, paint_numbers
from ankleviewer.ui.slices.stamped_text import paint_text
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import value_text

HANDLE = 4.0  # radius, px; open, so that the point itself stays visible
_KNOB = 3.5  # half side of a box's handle, px
GUIDE_TOP_SLAB = 44.0  # below the slab's line
GUIDE_LEAST = 300.0  # px; narrower panes have no room for a line beside what is measured, and the card says the same
_PAD = 8.0  # px beside the guide's words
_NUMBER = 20.0  # px above a box that its number takes


@dataclass(frozen=True)
class OwnBox:
    """A box to paint: index of its finding, whether it is the reader's already, whether it is in hand, and whether its finding
    was rejected.
    """

    index: int
    box: BoxMm
    edited: bool = True
    active: bool = False
    rejected: bool = False


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
        _box(painter, polygon, own.rejected)
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


def _box(painter: QPainter, polygon: Array, rejected: bool) -> None:
    """One outline; of a rejected finding as thin and dim as the model's own."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width, halo = (1.3, 2.3) if rejected else (2.0, 4.2)
    under, line = (
        theme.colour(theme.PANE, 70 if rejected else 170),
        theme.colour(theme.READER, REJECTED_ALPHA if rejected else 255),
    )
    for pen in (QPen(under, halo), QPen(line, width)):
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
    painter: QPainter,
    port: Viewport,
    picture: PanePicture,
    count: str,
    prompts: Sequence[str],
    note: str = "",
    own: ArrayLike = (),
    least: float = GUIDE_LEAST,
) -> QRectF | None:
    """What to set next, in one line at the pane's edge, where it hides least of boxes, marks and crosshair.

    Args:
        count: which step it is, in the reader's colour.
        prompts: what to do, in full first and then shorter; the first that fits is shown, or the last with its end left out.
        note: what was wrong with the last point; stands in the place of the prompt.
        own: (n, 2) px, points of the reader's that have to stay visible too.
        least: width of a pane, px, below which there is no line.

    Returns:
        Where the line lies, px; None where the pane is too small for one.
    """
    if port.width < least:
        return None
    top = GUIDE_TOP_SLAB if picture.slab_text else TOP  # nobody may take a slab for a slice: it stays readable
    left, _, width, height = label_area(port.width, port.height)
    bold, plain = (QFontMetricsF(theme.font(theme.PANE_PX, bold=bold)) for bold in (True, False))
    first = bold.horizontalAdvance(count) + _PAD
    room = width - first - 2 * _PAD
    if room < 0 or height - (top - TOP) < bold.height() + 6:
        return None
    wanted = (note,) if note else prompts
    text = next((one for one in wanted if plain.horizontalAdvance(one) <= room), wanted[-1])
    text = plain.elidedText(text, Qt.TextElideMode.ElideRight, room)
    size = (first + plain.horizontalAdvance(text) + 2 * _PAD, bold.height() + 6)
    points = np.concatenate([np.asarray(own, dtype=np.float64).reshape(-1, 2), missed_px(port, picture)])
    boxes = [_room_of(port.to_screen(box.polygon)) for box in picture.boxes]
    lines: list[Rect] = []
    if picture.crosshair is not None:
        x, y = (float(v) for v in port.to_screen(picture.crosshair))
        points = np.concatenate([points, [(x, y)]])
        lines = [(x, 0.0, 1.0, port.height), (0.0, y, port.width, 1.0)]
    free = (left, top, width, height - (top - TOP))
    ground = QRectF(*place_line(size, free, boxes, points, lines))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(QColor(theme.LINE), 1))
    painter.setBrush(theme.colour(theme.PANEL, 235))
    painter.drawRoundedRect(ground, 4, 4)
    x, base = ground.x() + _PAD, ground.y() + 3 + bold.ascent()
    for word, colour, is_bold in ((count, theme.READER, True), (text, theme.WARNING if note else theme.TEXT, False)):
        painter.setFont(theme.font(theme.PANE_PX, bold=is_bold))
        painter.setPen(QColor(colour))
        painter.drawText(QPointF(x, base), word)
        x += first
    return ground


def _room_of(polygon: Array) -> Rect:
    """What a box takes in a pane: its bounds and the number above them."""
    (left, top), (right, bottom) = polygon.min(axis=0), polygon.max(axis=0)
    return left - 4, top - _NUMBER, right - left + 8, bottom - top + _NUMBER + 4
