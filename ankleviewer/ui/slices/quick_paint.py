"""Quick ways to paint: straight lines and upright frames as filled rectangles, and the slice kept in its size on the screen.

Strokes go through Qt's path stroker even where they are rectangles; a filled rectangle is ten times as fast and looks the same.
"""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from ankleviewer.ui.look import theme

_STRAIGHT = 1e-3  # px
_BAND_ROWS = 64


def hairline(painter: QPainter, start: QPointF, end: QPointF, colour: QColor) -> None:
    """A line along x or y, 1 px wide and sharp: it fills the pixels in which it begins."""
    ratio = painter.device().devicePixelRatioF()
    x0, x1 = sorted((start.x(), end.x()))
    y0, y1 = sorted((start.y(), end.y()))
    if y1 - y0 < x1 - x0:
        painter.fillRect(QRectF(x0, _pixel(y0, ratio), x1 - x0, 1.0), colour)
    else:
        painter.fillRect(QRectF(_pixel(x0, ratio), y0, 1.0, y1 - y0), colour)


def _pixel(value: float, ratio: float) -> float:
    """Beginning of the device pixel that a length of 1 px around a value starts in."""
    return round((value - 0.5) * ratio) / ratio


def upright(polygon: QPolygonF) -> QRectF | None:
    """The rectangle that a polygon is, None where it is none or leans."""
    if polygon.size() != 4:
        return None
    rect = polygon.boundingRect()
    for n in range(4):
        a, b = polygon.at(n), polygon.at((n + 1) % 4)
        if min(abs(a.x() - b.x()), abs(a.y() - b.y())) > _STRAIGHT:
            return None
    return rect


def frame(painter: QPainter, rect: QRectF, width: float, colour: QColor) -> None:
    """Outline of a rectangle, its corners sharp, as a pen of this width would draw it."""
    half = width / 2
    out = rect.adjusted(-half, -half, half, half)
    if out.width() <= 2 * width or out.height() <= 2 * width:
        painter.fillRect(out, colour)
        return
    inner = out.height() - 2 * width
    for bar in (
        QRectF(out.x(), out.y(), out.width(), width),
        QRectF(out.x(), out.bottom() - width, out.width(), width),
        QRectF(out.x(), out.y() + width, width, inner),
        QRectF(out.right() - width, out.y() + width, width, inner),
    ):
        painter.fillRect(bar, colour)


class Ground:
    """The slice on black as it lies in the pane: scaled once, then stamped while only what lies over it changes."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._image: QImage | None = None

    def clear(self) -> None:
        """Let go of the picture."""
        self._key, self._image = (), None

    def image(self, source: QImage, place: QRectF, size: QSize, ratio: float) -> QImage:
        """The ground of a pane.

        Args:
            source: the slice.
            place: where it lies in the pane, px.
            size: of the pane, px; ratio: device pixels a px.
        """
        key = (source.cacheKey(), place.getRect(), size.toTuple(), ratio)
        if self._image is None or key != self._key:
            device = QSize(math.ceil(size.width() * ratio), math.ceil(size.height() * ratio))
            if self._image is None or self._image.size() != device or self._image.devicePixelRatio() != ratio:
                self._image = QImage(device, QImage.Format.Format_RGB32)
                self._image.setDevicePixelRatio(ratio)
            painter = QPainter(self._image)
            if not place.contains(QRectF(0, 0, size.width(), size.height())):
                painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.colour(theme.PANE))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
            # Band by band: larger pictures Qt hands to other threads and waits for them, long where the processor is busy.
            band = _BAND_ROWS / ratio
            for n in range(math.ceil(size.height() / band)):
                painter.setClipRect(QRectF(0, n * band, size.width(), band))
                painter.drawImage(place, source)
            painter.end()
            self._key = key
        return self._image
