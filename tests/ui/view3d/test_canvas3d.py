"""The copy of VTK's picture in a window that stays a plain one; the mouse reaches VTK."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QSurface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ankleviewer.ui.background.opengl import opengl_missing


def test_a_window_shows_the_picture_and_turns_it(qtbot, monkeypatch) -> None:
    if missing := opengl_missing():
        pytest.skip(missing)
    import pyvista as pv

    from ankleviewer.ui.view3d import canvas3d
    from ankleviewer.ui.view3d.canvas3d import Canvas3D

    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    canvas = Canvas3D(window)
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(canvas)
    canvas.plotter.set_background("black")
    canvas.plotter.enable_trackball_style()
    # Red above, blue below, so that a picture upside down is found out.
    for z, colour in ((1.0, "red"), (-1.0, "blue")):
        canvas.plotter.add_mesh(pv.Cube(center=(0, 0, z)), color=colour, lighting=False, render=False)
    canvas.plotter.view_xz(render=False)
    canvas.plotter.reset_camera()
    window.show()
    qtbot.waitExposed(window)

    def colours() -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        image = window.grab().toImage()
        middle, shift = image.width() // 2, image.height() // 6
        above, below = (image.pixelColor(middle, image.height() // 2 + d) for d in (-shift, shift))
        return above.getRgb()[:3], below.getRgb()[:3]

    qtbot.waitUntil(lambda: colours() == ((255, 0, 0), (0, 0, 255)))
    assert window.windowHandle().surfaceType() == QSurface.SurfaceType.RasterSurface, "the window is put together by OpenGL"

    def dragged() -> np.ndarray:
        canvas.plotter.view_xz(render=False)
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(150, 100))
        canvas.be_quick(quick)
        QTest.mouseMove(canvas, QPoint(200, 100))
        canvas.be_quick(False)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(200, 100))
        return np.array(canvas.plotter.camera.position)

    before, quick = np.array(canvas.plotter.camera.position), False
    turned = dragged()
    assert np.linalg.norm(turned - before) > 0.5
    # Fewer pixels while it moves: the same drag turns as far, and the picture still fills the canvas.
    monkeypatch.setattr(canvas3d, "QUICK_PIXELS", 15_000)
    quick = True
    np.testing.assert_allclose(dragged(), turned, atol=0.02 * np.linalg.norm(turned))
    assert tuple(canvas.plotter.render_window.GetSize()) == (300, 200)
    canvas.plotter.view_xz(render=False)
    canvas.be_quick(True)
    assert tuple(canvas.plotter.render_window.GetSize()) == (150, 100)
    canvas.plotter.render()
    assert colours() == ((255, 0, 0), (0, 0, 255))
    canvas.be_quick(False)

    # Another size: what is painted is drawn for it, never an older picture stretched, and a click meets what is painted.
    from vtkmodules.vtkRenderingCore import vtkCellPicker

    sizes: list[tuple[int, int]] = []
    canvas.resized.connect(lambda: sizes.append((canvas.width(), canvas.height())))
    picker = vtkCellPicker()
    for width, height in ((500, 200), (240, 200), (400, 260)):
        window.resize(width, height)
        qtbot.waitUntil(lambda wanted=(width, height): sizes[-1:] == [wanted])
        image = window.grab().toImage().scaled(width, height)
        ground = np.array([[image.pixelColor(x, y).getRgb()[:3] == (0, 0, 0) for x in range(width)] for y in range(height)])
        rows, columns = np.nonzero(~ground)
        assert np.ptp(rows) == pytest.approx(3 * np.ptp(columns), abs=6)  # two cubes and as much between them
        assert tuple(canvas.plotter.render_window.GetSize()) == (width, height)
        for x, hit in ((columns.min() + 4, 1), (columns.max() - 4, 1), (columns.min() - 4, 0), (columns.max() + 4, 0)):
            assert picker.Pick(float(x), float(height - rows.min() - 10), 0, canvas.plotter.renderer) == hit
    canvas.plotter.close()
    canvas.close()
