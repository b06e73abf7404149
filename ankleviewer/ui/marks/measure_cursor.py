"""Mouse cursors that tell the tool: a cross whose centre stays free, and a small sign of what is measured."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPen, QPixmap

from ankleviewer.ui.look import theme

_HOT = 13  # px, the cross's centre


def tool_cursor(name: str) -> QCursor:
    """The cursor of a tool; one for all guided measures."""
    pixmap = QPixmap(40, 40)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for pen in (QPen(QColor(theme.PANE), 3.2), QPen(QColor(theme.READER), 1.4)):
        painter.setPen(pen)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(QPointF(_HOT + 4 * dx, _HOT + 4 * dy), QPointF(_HOT + 12 * dx, _HOT + 12 * dy))
        _sign(painter, name)
    painter.end()
    return QCursor(pixmap, _HOT, _HOT)


def _sign(painter: QPainter, name: str) -> None:
    if name == "angle":
        painter.drawPolyline([QPointF(34, 24), QPointF(23, 36), QPointF(37, 36)])
    elif name == "region":
        painter.drawEllipse(QRectF(22, 25, 15, 11))
    else:
        painter.drawLine(QPointF(23, 35), QPointF(36, 25))
        painter.drawLine(QPointF(21, 32), QPointF(25, 38))
        painter.drawLine(QPointF(34, 22), QPointF(38, 28))
        if name != "distance":  # guided: a step's mark
            painter.drawLine(QPointF(29, 37), QPointF(37, 37))
