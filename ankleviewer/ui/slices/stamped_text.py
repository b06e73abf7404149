"""Text over slices, with a dark halo: set once, then stamped, since a halo takes many passes."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from ankleviewer.ui.look import theme

_AROUND, _BELOW = 3.0, 8.0  # px kept free around a text with its halo
# wide enough to part a line behind the text: a crosshair through "5.9" must not read as a digit
_HALO = ((-1.6, 0), (1.6, 0), (0, -1.6), (0, 1.6), (1.2, 1.2), (-1.2, -1.2), (1.2, -1.2), (-1.2, 1.2))


def paint_text(painter: QPainter, baseline: QPointF, text: str, colour: QColor) -> None:
    """Text readable over cortex and over lines, in the painter's font; it starts at `baseline`, brought to whole pixels."""
    ratio = painter.device().devicePixelRatioF()
    stamp = _stamp(text, painter.font().key(), colour.rgba(), ratio)
    whole = QPointF(round(baseline.x() * ratio) / ratio, round(baseline.y() * ratio) / ratio)
    painter.drawImage(whole - QPointF(_AROUND, stamp.height() / ratio - _BELOW), stamp)


@lru_cache(maxsize=768)
def _stamp(text: str, font_key: str, rgba: int, ratio: float) -> QImage:
    """The text on a transparent ground, its baseline _BELOW px above the lower edge, starting _AROUND px in."""
    font = QFont()
    font.fromString(font_key)
    font.setFeature(QFont.Tag("tnum"), 1)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 2 * _AROUND, metrics.ascent() + _BELOW + _AROUND
    image = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    baseline = QPointF(_AROUND, image.height() / ratio - _BELOW)
    painter.setPen(theme.colour(theme.PANE, 220))
    for dx, dy in _HALO:
        painter.drawText(baseline + QPointF(dx, dy), text)
    painter.setPen(QColor.fromRgba(rgba))
    painter.drawText(baseline, text)
    painter.end()
    return image
