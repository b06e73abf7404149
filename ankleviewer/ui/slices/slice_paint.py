"""How a PanePicture is painted with QPainter: image, heat, boxes, crosshair, letters, corner text, scale bar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from ankleviewer.core.assessment.heat_raster import HeatRaster
from ankleviewer.core.display.labels import Rect, keep_clear, label_area
from ankleviewer.core.display.scene import PanePicture
from ankleviewer.core.geometry import Array
from ankleviewer.core.imaging.planes import Viewport
from ankleviewer.ui.look import theme
from ankleviewer.ui.slices.quick_paint import Ground, frame, hairline, upright
from ankleviewer.ui.slices.stamped_text import paint_text
from ankleviewer.ui.words.translate import noop, said, tr

GAP = 14.0  # px around the crosshair's centre that stay free of its lines
MISSED_MM = 3.0  # radius of the ring around a place that the reader marked
MISSED_PX = (4.0, 9.0)  # at least, to be seen, and at most, so as not to hide what it marks
_WIDE = 330.0  # px; in narrower panes the position would run into the letter at the top
REJECTED_ALPHA = 130  # of 255, a rejected box
_APART = 6.0  # px between the bottom's letter and the text beside it
_DIM = "#c3c9d1"
_BARS = (1, 2, 5, 10, 20, 50, 100, 200)
PLANE_NAMES = {"axial": noop("Axial"), "coronal": noop("Coronal"), "sagittal": noop("Sagittal")}


@dataclass(frozen=True, eq=False)
class Layers:
    """What was computed for a picture: the slice from its pixel `corner` on, the filled heat map with its raster, the outline."""

    image: QImage
    heat: QImage | None
    raster: HeatRaster | None
    outlines: tuple[np.ndarray, ...]
    corner: tuple[int, int] = (0, 0)


def to_image(rgba: np.ndarray) -> QImage:
    """QImage that owns a copy of RGBA uint8 (rows, columns, 4), in the format that Qt scales fastest."""
    height, width = rgba.shape[:2]
    image = QImage(np.ascontiguousarray(rgba).data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def to_opaque(words: np.ndarray) -> QImage:
    """QImage that owns a copy of opaque grey words uint32 (rows, columns): red and blue are equal, so no byte has to move."""
    height, width = words.shape
    return QImage(words.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def paint(
    painter: QPainter, port: Viewport, picture: PanePicture, layers: Layers, annotations: bool, hover: str, ground: Ground
) -> None:
    """Paint a whole pane. `hover` is the text about the voxel under the mouse, "" for none."""
    ratio = painter.device().devicePixelRatioF()
    under = ground.image(layers.image, slice_place(port, layers), QSize(round(port.width), round(port.height)), ratio)
    painter.drawImage(QPointF(0, 0), under)
    _marks(painter, port, picture, layers)
    _corners(painter, port, picture, annotations, hover)


def slice_place(port: Viewport, layers: Layers) -> QRectF:
    """Where the image of the slice lies in the pane."""
    x, y = layers.corner
    return _rect(port, x - 0.5, y - 0.5, x + layers.image.width() - 0.5, y + layers.image.height() - 0.5)


def _marks(painter: QPainter, port: Viewport, picture: PanePicture, layers: Layers) -> None:
    """What panes and tiles share over the slice: the model's and the reader's marks, crosshair and letters."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    centre = QPointF(*port.to_screen(picture.crosshair)) if picture.crosshair is not None else None
    _heat(painter, port, layers)
    _boxes(painter, port, picture)
    _missed(painter, port, picture)
    if centre is not None:
        _crosshair(painter, port, picture, centre)
    paint_numbers(painter, port, picture)
    _letters(painter, port, picture)


def paint_tile(
    painter: QPainter, port: Viewport, picture: PanePicture, layers: Layers, caption: str, note: str = "", foot: bool = False
) -> None:
    """Paint one tile of several: picture, marks, letters, slice number at the upper right, note (lines) at the upper left.

    `foot`: window and scale bar too, as in a pane.
    """
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.drawImage(slice_place(port, layers), layers.image)
    _marks(painter, port, picture, layers)
    painter.setFont(theme.font(theme.PANE_PX, bold=True))
    metrics = QFontMetricsF(painter.font())
    paint_text(painter, QPointF(port.width - 8 - metrics.horizontalAdvance(caption), 16), caption, QColor(theme.TEXT))
    for n, line in enumerate(note.split("\n")):
        paint_text(painter, QPointF(8, 16 + n * (metrics.height() + 1)), line, QColor(theme.TEXT))
    if picture.slab_text:
        above = metrics.height() + 1 if foot else 0.0
        paint_text(painter, QPointF(8, port.height - 8 - above), said(picture.slab_text), QColor(theme.WARNING))
    if foot:
        painter.setFont(theme.font(theme.PANE_PX))
        _foot(painter, port, picture)


def _rect(port: Viewport, x0: float, y0: float, x1: float, y1: float) -> QRectF:
    return QRectF(QPointF(*port.to_screen((x0, y0))), QPointF(*port.to_screen((x1, y1))))


def _polygon(port: Viewport, points: np.ndarray) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in port.to_screen(points)])


def _heat(painter: QPainter, port: Viewport, layers: Layers) -> None:
    if layers.heat is not None and layers.raster is not None:
        raster = layers.raster
        (x0, y0), (dx, dy) = raster.origin, raster.step
        rows, columns = raster.values.shape
        painter.drawImage(_rect(port, x0 - dx / 2, y0 - dy / 2, x0 + (columns - 0.5) * dx, y0 + (rows - 0.5) * dy), layers.heat)
    lines = [_polygon(port, line) for line in layers.outlines]
    for pen in (QPen(theme.colour(theme.PANE, 150), 3.6), QPen(theme.colour(theme.HEAT_LINE), 1.6)):
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in lines:
            painter.drawPolyline(line)


def _boxes(painter: QPainter, port: Viewport, picture: PanePicture) -> None:
    for box in picture.boxes:
        polygon = _polygon(port, box.polygon)
        rejected = box.judged == "rejected"  # still seen, but no longer as sure as the others
        width = (1.6 if box.selected else 1.0) if rejected else (2.4 if box.selected else 1.5)
        under = QPen(theme.colour(theme.PANE, 70 if rejected else 160), width + (1 if rejected else 2))
        line = QPen(theme.colour(theme.BOX, REJECTED_ALPHA if rejected else 255), width)
        for pen in (under, line):
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if not box.firm:
            line.setDashPattern([1.5, 2.5])
            under.setColor(theme.colour(theme.PANE, 90))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        straight = upright(polygon) if box.firm else None
        for pen in (under, line):
            if straight is not None:
                frame(painter, straight, pen.widthF(), pen.color())
                continue
            painter.setPen(pen)
            painter.drawPolygon(polygon)


def _missed(painter: QPainter, port: Viewport, picture: PanePicture) -> None:
    """The reader's own marks: rings, so that they are told from the models' boxes by shape and colour."""
    radius = ring_px(port)
    width = 2.0 if radius > 7 else 1.5
    for mark in picture.missed:
        centre = QPointF(*port.to_screen(mark.at))
        for pen in (QPen(theme.colour(theme.PANE, 160), 2 * width), QPen(theme.colour(theme.READER), width)):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, radius, radius)


def ring_px(port: Viewport) -> float:
    """Radius of the ring around a place that the reader marked, px: of one size in the patient, within what is seen."""
    return min(max(MISSED_MM * port.scale, MISSED_PX[0]), MISSED_PX[1])


def missed_px(port: Viewport, picture: PanePicture) -> Array:
    """Centres of the rings around the reader's marks, (n, 2) px."""
    return np.asarray(port.to_screen(np.array([mark.at for mark in picture.missed]).reshape(-1, 2)), dtype=np.float64)


def paint_numbers(painter: QPainter, port: Viewport, picture: PanePicture) -> list[Rect]:
    """The numbers of boxes and of the reader's marks; returns where they stand. What draws lines later paints them again."""
    painter.setFont(theme.font(theme.PANE_PX, bold=True))
    taken: list[Rect] = []
    rings, radius = missed_px(port, picture), ring_px(port)
    for box in picture.boxes:
        polygon = port.to_screen(box.polygon)
        x, y = min(polygon, key=lambda p: (round(p[1]), p[0]))  # an oblique box leaves the corner of its bounds empty
        sign = {"accepted": " ✓", "rejected": " ✕"}.get(box.judged, "")
        paint_label(painter, port, (x, y - 5), f"{box.index + 1}{sign}", theme.BOX, polygon, rings, taken)
    for mark, (x, y) in zip(picture.missed, rings, strict=True):
        ring = np.array([(x - radius, y - radius), (x + radius, y + radius)])
        paint_label(painter, port, (x + radius + 4, y - 4), f"M{mark.number}", theme.READER, ring, rings, taken)
    return taken


def paint_label(
    painter: QPainter,
    port: Viewport,
    baseline: tuple[float, float],
    text: str,
    colour: str,
    line: Array,
    points: Array,
    taken: list[Rect],
) -> None:
    """Paint a label of a line (n, 2) px that starts at `baseline`, or off the labels `taken` already; adds itself to them.

    Args:
        points: (m, 2) px, places that a label which has to move leaves free.
    """
    metrics = QFontMetricsF(painter.font())
    wished = (baseline[0], baseline[1] - metrics.ascent(), metrics.horizontalAdvance(text), metrics.height())
    rect = keep_clear(wished, line, label_area(port.width, port.height), points, taken)
    taken.append(rect)
    paint_text(painter, QPointF(rect[0], rect[1] + metrics.ascent()), text, QColor(colour))


def _crosshair(painter: QPainter, port: Viewport, picture: PanePicture, centre: QPointF) -> None:
    x, y = centre.x(), centre.y()
    reach = port.width + port.height + abs(x) + abs(y)
    for plane, (dx, dy) in picture.lines:
        straight = min(abs(dx), abs(dy)) < 1e-4
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not straight)
        colour = theme.colour(theme.PLANE[plane], 190)
        painter.setPen(QPen(colour, 1.2))
        for side in (-1.0, 1.0):
            start = QPointF(x + side * GAP * dx, y + side * GAP * dy)
            end = QPointF(x + side * reach * dx, y + side * reach * dy)
            if straight:  # what lies outside the pane would cost time too
                along_x = abs(dx) > abs(dy)
                hairline(painter, _within(port, start, along_x), _within(port, end, along_x), colour)
            else:
                painter.drawLine(start, end)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _within(port: Viewport, point: QPointF, along_x: bool) -> QPointF:
    """The end of a straight line brought to the pane's edge; a line beside the pane stays there."""
    if along_x:
        return QPointF(min(max(point.x(), 0.0), port.width), point.y())
    return QPointF(point.x(), min(max(point.y(), 0.0), port.height))


def _letters(painter: QPainter, port: Viewport, picture: PanePicture) -> None:
    font = _letter_font()
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    left, right, top, bottom = picture.letters
    middle_y = port.height / 2 + metrics.capHeight() / 2
    colour = QColor(theme.TEXT)
    paint_text(painter, QPointF(8, middle_y), left, colour)
    paint_text(painter, QPointF(port.width - 8 - metrics.horizontalAdvance(right), middle_y), right, colour)
    paint_text(painter, QPointF((port.width - metrics.horizontalAdvance(top)) / 2, 8 + metrics.capHeight()), top, colour)
    paint_text(painter, QPointF((port.width - metrics.horizontalAdvance(bottom)) / 2, port.height - 8), bottom, colour)


def _letter_font() -> QFont:
    return theme.font(13, bold=True)


def _corners(painter: QPainter, port: Viewport, picture: PanePicture, annotations: bool, hover: str) -> None:
    plane = picture.frame.plane
    painter.setFont(theme.font(theme.PANE_PX, bold=True))
    metrics = QFontMetricsF(painter.font())
    name = " ".join(part for part in (tr(PLANE_NAMES[plane]), picture.tilt_text) if part)
    tab = QRectF(0, 0, metrics.horizontalAdvance(name) + 16, 20)
    painter.fillRect(tab, QColor(theme.PLANE[plane]))
    painter.setPen(QColor("#0b0d10"))
    painter.drawText(tab, Qt.AlignmentFlag.AlignCenter, name)
    font = theme.font(theme.PANE_PX)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    text = QColor(theme.TEXT)
    wide = port.width >= _WIDE or not picture.slice_text
    top = "   ".join(part for part in (picture.height_text if wide else "", picture.slice_text) if part)
    paint_text(painter, QPointF(port.width - 8 - metrics.horizontalAdvance(top), 15), top, text)
    if picture.slab_text:  # never hidden: nobody may take a slab for a slice
        painter.setFont(theme.font(theme.PANE_PX, bold=True))
        paint_text(painter, QPointF(8, tab.bottom() + 4 + metrics.height()), said(picture.slab_text), QColor(theme.WARNING))
        painter.setFont(font)
    if not annotations or port.width < 220 or port.height < 170:
        return
    base, bar = port.height - 9, _foot(painter, port, picture)
    line = metrics.height() + 1
    if hover:
        parts = hover.split("\n")
        for n, part in enumerate(reversed(parts)):
            x = port.width - 8 - metrics.horizontalAdvance(part)
            paint_text(painter, QPointF(x, base - bar - n * line), part, text)


def _foot(painter: QPainter, port: Viewport, picture: PanePicture) -> float:
    """Window at the lower left, scale bar at the lower right; returns the height it takes there. Neither runs into the letter
    between them: the window is left out where it has no room, the bar's length goes above the bar.
    """
    base, metrics = port.height - 9, QFontMetricsF(painter.font())
    letter = QFontMetricsF(_letter_font()).horizontalAdvance(picture.letters[3])
    left, right = (port.width - letter) / 2 - _APART, (port.width + letter) / 2 + _APART
    if 8 + metrics.horizontalAdvance(picture.window_text) <= left:
        paint_text(painter, QPointF(8, base), picture.window_text, QColor(_DIM))
    return _scale_bar(painter, port, metrics, base, right)


def _scale_bar(painter: QPainter, port: Viewport, metrics: QFontMetricsF, base: float, free: float) -> float:
    """A bar of a round length at the lower right, its length beside it where that is right of `free`, px, else above; returns
    the height it takes.
    """
    length = max((b for b in _BARS if b * port.scale <= port.width / 5), default=_BARS[0])
    px = length * port.scale
    if px > port.width / 2:
        return 0.0
    x1, y = round(port.width - 9), round(base - 3)
    x0 = round(x1 - px)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for pen in (QPen(theme.colour(theme.PANE, 170), 3), QPen(QColor(_DIM), 1)):
        painter.setPen(pen)
        painter.drawLine(x0, y, x1, y)
        painter.drawLine(x0, y - 4, x0, y + 4)
        painter.drawLine(x1, y - 4, x1, y + 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    label = f"{length} mm"
    long = metrics.horizontalAdvance(label)
    beside = x0 - 6 - long >= free
    at = QPointF(x0 - 6 - long, base) if beside else QPointF(port.width - 8 - long, base - 10)
    paint_text(painter, at, label, QColor(_DIM))
    return float(metrics.height() + (4 if beside else 14))
