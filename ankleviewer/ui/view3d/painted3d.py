"""VTK's own picture in a picture of the window: QWidget.grab leaves a hole where a native OpenGL child lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from ankleviewer.ui.view3d.render3d import Render3D


def paint(render: Render3D, painter: QPainter, window: QWidget) -> None:
    """Paint what a `Render3D` shows where its widget lies in the window."""
    rgb = np.ascontiguousarray(render.picture())
    image = QImage(rgb.data, rgb.shape[1], rgb.shape[0], 3 * rgb.shape[1], QImage.Format.Format_RGB888)
    corner = render.widget.mapTo(window, render.widget.rect().topLeft())
    painter.drawImage(QRectF(corner, render.widget.size()), image)
