"""Canvas3D: the widget of the 3D view where a processor draws. VTK draws out of sight; the window shows a copy of its picture.

A QOpenGLWidget inside a window makes Qt put the whole window together with OpenGL at every repaint of any part. A graphics
processor does that in no time, a processor takes longer for it than for the three slices. And when the first such widget comes,
Qt makes the window anew. So where OpenGL is software, VTK's widget stays without a place in the window.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QEnterEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget
from pyvistaqt import QtInteractor
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from ankleviewer.ui.look import theme

QUICK_PIXELS = 350_000  # what a processor draws often enough to look like turning


def window_of(plotter: QtInteractor) -> vtkRenderWindow:
    """The VTK window of a plotter that is not closed."""
    window: vtkRenderWindow | None = plotter.render_window
    assert window is not None
    return window


class _Hidden(QtInteractor):
    """VTK's widget, never shown: size, scale and cursor are those of the canvas that shows its picture."""

    _canvas: Canvas3D | None = None

    def __init__(self, canvas: Canvas3D) -> None:
        super().__init__(None, auto_update=False, multi_samples=0)
        self._canvas = canvas

    def devicePixelRatioF(self) -> float:
        """VTK's pixels for each px of the canvas."""
        return super().devicePixelRatioF() if self._canvas is None else self._canvas.ratio

    def setCursor(self, cursor: QCursor | Qt.CursorShape | QPixmap) -> None:
        """VTK's wish for a cursor concerns the canvas."""
        if self._canvas is not None:
            self._canvas.setCursor(cursor)

    def unsetCursor(self) -> None:
        """The same."""
        if self._canvas is not None:
            self._canvas.unsetCursor()

    def paintGL(self) -> None:
        """Nothing: this is asked for once, to make the context, and nobody sees the result."""

    def _cb_frame(self, _rendered: Any, _event: str) -> None:
        """VTK has finished a picture."""
        if self._canvas is not None:
            self._canvas.take()

    def release(self) -> None:
        """The canvas goes."""
        self._canvas = None


class Canvas3D(QWidget):
    """Shows what `plotter` draws and hands it the mouse.

    Signals:
        resized(): a picture of another size is wanted, at the next repaint, and often another soon after (a splitter is dragged).
    """

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.WheelFocus)
        self._image: QImage | None = None
        self._pixels: np.ndarray | None = None
        self._raw = vtkUnsignedCharArray()
        self._quick = False
        self._hidden = _Hidden(self)
        self.plotter: QtInteractor = self._hidden

    def make_context(self) -> None:
        """Give VTK its OpenGL context, before anything is drawn; a second call does nothing.

        Apart from the constructor because each of them takes about as long as the window may be held up.
        """
        if not self.plotter.isValid():
            self.plotter.grabFramebuffer()  # of a widget that is never shown

    @property
    def ratio(self) -> float:
        """VTK's pixels for each px: the screen's own, fewer while it has to be quick in a large pane."""
        own = self.devicePixelRatioF()
        pixels = max(self.width() * self.height() * own * own, 1.0)
        return own * min(1.0, (QUICK_PIXELS / pixels) ** 0.5) if self._quick else own

    def be_quick(self, quick: bool) -> None:
        """Draw no more than QUICK_PIXELS from now on and show them enlarged, or all again; the mouse keeps its place."""
        before = self.ratio
        self._quick = quick
        if self.ratio != before:
            mouse = self.plotter.iren.interactor
            x, y = mouse.GetEventPosition()
            self._fit()
            factor = self.ratio / before
            mouse.SetEventPosition(round(x * factor), round(y * factor))

    # ------------------------------------------------------------------------------------------------------------- picture
    def take(self) -> None:
        """Fetch the picture that VTK has just drawn; it is shown at the next repaint."""
        window = window_of(self.plotter)
        width, height = window.GetSize()
        window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 1, self._raw, 0)
        rows = vtk_to_numpy(self._raw).reshape(height, width, 4)
        self._pixels = np.ascontiguousarray(rows[::-1])  # VTK counts rows from below; kept, for the image does not own it
        self._image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGBX8888)
        self.update()

    def _fit(self) -> None:
        """VTK draws in the canvas' size from now on."""
        ratio = self.ratio
        wanted = (max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
        if tuple(window_of(self.plotter).GetSize()) != wanted:
            self.plotter.resize(self.size())
            self.plotter.resizeGL(self.width(), self.height())

    def _has_picture(self) -> bool:
        """Whether the last picture has the size in which VTK draws now, and so the proportions by which it takes the mouse."""
        image = self._image
        return image is not None and (image.width(), image.height()) == tuple(window_of(self.plotter).GetSize())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture; drawn first where there is none of this size: an older one would be stretched, a click land beside it."""
        self.make_context()
        self._fit()
        if not self._has_picture():
            self.plotter.render()
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect(), theme.colour(theme.PANE))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._image.width() < self.width())
            painter.drawImage(QRectF(self.rect()), self._image)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour(theme.now().focus), 2.0))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What VTK is asked to draw from now on has the new size, and so has the mouse; the repaint that follows draws it."""
        super().resizeEvent(event)
        self.resized.emit()
        self._fit()

    def close(self) -> bool:
        """Let go of VTK's widget, which the plotter's own close has emptied."""
        self._hidden.release()
        self.plotter.deleteLater()
        return bool(super().close())

    # --------------------------------------------------------------------------------------------------------------- mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """To VTK."""
        self.plotter.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """To VTK."""
        self.plotter.mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """To VTK."""
        self.plotter.mouseReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """To VTK."""
        self.plotter.wheelEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """To VTK."""
        self.plotter.enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """To VTK."""
        self.plotter.leaveEvent(event)
