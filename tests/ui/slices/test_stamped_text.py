"""Text over a slice stays readable: no line behind a number is taken for a digit."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from scipy.ndimage import binary_dilation

from ankleviewer.ui.look import theme
from ankleviewer.ui.slices.stamped_text import paint_text


def painted(ground: str, ratio: float) -> np.ndarray:
    """Luminance of a number painted on a plain ground."""
    image = QImage(round(120 * ratio), round(30 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(ground))
    painter = QPainter(image)
    painter.setFont(theme.font(theme.PANE_PX))
    paint_text(painter, QPointF(8, 20), "I 5.9 mm", QColor(theme.TEXT))
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[:, : image.width(), :3].mean(axis=2)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_line_behind_a_number_parts(qapp, ratio: float) -> None:
    """A crosshair's line through "5.9" would read as 5|9: little of the ground's colour stays within two px of a
    digit."""
    digits = painted("#000000", ratio) > 100
    assert digits.sum() > 40
    beside = binary_dilation(digits, iterations=round(2 * ratio)) & ~digits
    lines = painted("#ffffff", ratio)
    assert lines[0, 0] == 255
    assert np.median(lines[beside]) < 60
    assert (lines[beside] < 150).mean() > 0.8
