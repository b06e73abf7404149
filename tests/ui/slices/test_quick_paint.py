"""Quick painting looks as the slow one: lines on the right pixels, frames as a pen draws them, the slice where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from ankleviewer.ui.slices.quick_paint import Ground, frame, hairline, upright

RED = QColor(255, 0, 0)


def blank(width: int = 60, height: int = 40, ratio: float = 1.0) -> QImage:
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    return image


def pixels(image: QImage) -> np.ndarray:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[:, : image.width(), 2].astype(int)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("antialiased", [False, True])
def test_a_hairline_is_sharp_and_where_it_should_be(qapp, ratio: float, antialiased: bool) -> None:
    image = blank(ratio=ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, antialiased)
    hairline(painter, QPointF(20.3, -5), QPointF(20.3, 500), RED)
    hairline(painter, QPointF(500, 10.5), QPointF(30, 10.5), RED)
    painter.end()
    shown = pixels(image)
    wide = round(ratio)
    assert set(np.unique(shown)) == {0, 255}
    assert np.flatnonzero(shown[-1]).tolist() == list(range(20 * wide, 21 * wide))
    assert np.flatnonzero(shown[:, -1]).tolist() == list(range(10 * wide, 11 * wide))
    assert shown[10 * wide, 31 * wide] and not shown[10 * wide, 28 * wide]


@pytest.mark.parametrize("width", [1.5, 3.5])
def test_a_frame_looks_as_a_pen_draws_it(qapp, width: float) -> None:
    rect = QRectF(10.3, 8.6, 30.2, 20.7)
    slow, quick = blank(), blank()
    painter = QPainter(slow)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(RED, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(rect)
    painter.end()
    painter = QPainter(quick)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame(painter, rect, width, RED)
    painter.end()
    assert abs(pixels(slow) - pixels(quick)).max() < 80  # a third of one rim pixel at a corner
    assert abs(pixels(slow).sum() / pixels(quick).sum() - 1) < 0.02


def test_only_upright_rectangles_are_taken_for_such() -> None:
    def polygon(*points: tuple[float, float]) -> QPolygonF:
        return QPolygonF([QPointF(x, y) for x, y in points])

    assert upright(polygon((1, 2), (5, 2), (5, 9), (1, 9))) == QRectF(1, 2, 4, 7)
    assert upright(polygon((1, 2), (5, 3), (5, 9), (1, 9))) is None
    assert upright(polygon((1, 2), (5, 2), (5, 9))) is None


def test_the_ground_is_made_again_only_when_slice_or_place_changed(qapp) -> None:
    source = blank(10, 10)
    source.fill(RED)
    ground, size = Ground(), QSize(60, 40)
    first = ground.image(source, QRectF(20, 10, 10, 10), size, 1.0)
    shown = pixels(first)
    assert shown[15, 25] == 255 and shown[5, 5] == 0 and (shown > 0).sum() == 100
    key = first.cacheKey()
    assert ground.image(source, QRectF(20, 10, 10, 10), size, 1.0).cacheKey() == key
    moved = pixels(ground.image(source, QRectF(0, 0, 10, 10), size, 1.0))
    assert moved[5, 5] == 255 and moved[15, 25] == 0
    other = blank(10, 10)
    assert not pixels(ground.image(other, QRectF(0, 0, 10, 10), size, 1.0)).any()
    assert ground.image(other, QRectF(0, 0, 10, 10), size, 2.0).size() == QSize(120, 80)
