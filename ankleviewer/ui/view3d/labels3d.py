"""Labels3D: short texts at places of the 3D view, set by Qt, since VTK's own font lacks the signs and most scripts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvista as pv
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen
from vtkmodules.vtkRenderingCore import vtkPolyDataMapper2D, vtkTexture, vtkTexturedActor2D

from ankleviewer.ui.look import theme

if TYPE_CHECKING:
    from pyvistaqt import QtInteractor

_AROUND = 3.0  # px for the dark rim


class Labels3D:
    """Owns the text actors of a plotter; a text keeps its size on the screen and is never behind bone."""

    def __init__(self, plotter: QtInteractor) -> None:
        self._plotter = plotter
        self.actors: list[Any] = []
        self.texts: list[str] = []

    def add(self, text: str, mm: np.ndarray, colour: str, below: bool = False) -> None:
        """Write a text centred over a place, LPS mm, or below it."""
        ratio = self._plotter.devicePixelRatioF() if hasattr(self._plotter, "devicePixelRatioF") else 1.0
        pixels = rgba_of(text, colour, ratio)
        rows, columns = pixels.shape[:2]
        texture = vtkTexture()
        texture.SetInputDataObject(_image(pixels))
        texture.InterpolateOff()
        low = -rows - 4 * ratio if below else 4 * ratio
        quad = pv.PolyData(
            np.array([[x, y, 0.0] for x, y in ((-1, low), (1, low), (1, low + rows), (-1, low + rows))]) * [columns / 2, 1, 1],
            faces=[4, 0, 1, 2, 3],
        )
        quad.point_data.active_texture_coordinates = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        mapper = vtkPolyDataMapper2D()
        mapper.SetInputData(quad)
        actor = vtkTexturedActor2D()
        actor.SetMapper(mapper)
        actor.SetTexture(texture)
        actor.GetPositionCoordinate().SetCoordinateSystemToWorld()
        actor.SetPosition(0, 0)
        actor.GetPositionCoordinate().SetValue(*(float(v) for v in mm))
        self._plotter.renderer.AddViewProp(actor)
        self.actors.append(actor)
        self.texts.append(text)

    def clear(self) -> None:
        """Take all away."""
        for actor in self.actors:
            self._plotter.renderer.RemoveViewProp(actor)
            actor.ReleaseGraphicsResources(self._plotter.render_window)
        self.actors, self.texts = [], []


def rgba_of(text: str, colour: str, ratio: float) -> np.ndarray:
    """A text in bold with a dark rim, uint8 (rows, columns, 4), on a transparent ground; `ratio`: screen pixels a px."""
    font = theme.font(theme.PANE_PX, bold=True)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 2 * _AROUND, metrics.height() + 2 * _AROUND
    image = QImage(math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addText(QPointF(_AROUND, _AROUND + metrics.ascent()), font, text)
    painter.strokePath(path, QPen(theme.colour(theme.PANE, 200), 3.0))
    painter.fillPath(path, QColor(colour))
    painter.end()
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    whole = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return whole[:, : plain.width()].copy()


def _image(pixels: np.ndarray) -> pv.ImageData:
    rows, columns = pixels.shape[:2]
    image = pv.ImageData(dimensions=(columns, rows, 1))
    image.point_data["rgba"] = pixels[::-1].reshape(-1, 4)
    image.set_active_scalars("rgba")
    return image
