"""VTK's picture lies where its widget does."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from PySide6.QtGui import QImage, QPainter, qRgb
from PySide6.QtWidgets import QWidget

from ankleviewer.ui.view3d.painted3d import paint


def test_the_picture_fills_the_place_of_the_widget(qapp) -> None:
    window = QWidget()
    window.resize(100, 80)
    widget = QWidget(window)
    widget.setGeometry(40, 20, 30, 20)
    picture = np.zeros((40, 60, 3), np.uint8)  # of a screen of 200 %
    picture[..., 0] = 255
    image = QImage(100, 80, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint(SimpleNamespace(picture=lambda: picture, widget=widget), painter, window)
    painter.end()
    red, none = qRgb(255, 0, 0), qRgb(0, 0, 0)
    assert [image.pixel(*at) for at in ((41, 21), (68, 38))] == [red, red]
    assert [image.pixel(*at) for at in ((38, 21), (72, 21), (41, 18), (41, 42))] == [none] * 4
    window.deleteLater()
