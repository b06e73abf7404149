"""Editing a box by mouse and keys in the panes, with synthetic events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ankleviewer.core.reading.boxedit import Hold
from ankleviewer.ui.look import theme
from ankleviewer.ui.marks.box_edit_mouse import shape_of

NO, CTRL, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def window(make_window, backend, qtbot):
    window = make_window(backend)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.panes["axial"].setFocus()
    QTest.keyClick(window, "E")
    assert window.editing.active
    return window


def at(window, plane: str, mm) -> QPoint:
    x, y = window.panes[plane].viewport().to_screen(window.view.frame(plane).grid.to_voxel(mm)[:2])
    return QPoint(round(x), round(y))


def move(window, plane: str, mm, buttons=NONE) -> None:
    pane, place = window.panes[plane], at(window, plane, mm)
    QApplication.sendEvent(
        pane, QMouseEvent(QEvent.Type.MouseMove, QPointF(place), QPointF(pane.mapToGlobal(place)), NONE, buttons, NO)
    )


def drag(window, plane: str, start, end) -> None:
    pane = window.panes[plane]
    QTest.mousePress(pane, LEFT, NO, at(window, plane, start))
    move(window, plane, end, LEFT)
    QTest.mouseRelease(pane, LEFT, NO, at(window, plane, end))


def now(window):
    return window.editing.box()


def test_faces_and_corners_are_dragged_in_each_pane(window) -> None:
    own = window.controller.boxes[0]
    (x0, y0, z0), (x1, y1, _z1) = own.min_mm, own.max_mm
    mid = own.center_mm
    tolerance = 2.5 / min(pane.viewport().scale for pane in window.panes.values())
    index = window.panes["axial"].picture().index
    drag(window, "axial", (x1, mid[1], mid[2]), (x1 + 6, mid[1] + 3, mid[2]))
    np.testing.assert_allclose(now(window).max_mm, (x1 + 6, y1, own.max_mm[2]), atol=tolerance)
    drag(window, "coronal", (x0, mid[1], z0), (x0 - 4, mid[1], z0 - 5))
    np.testing.assert_allclose(now(window).min_mm, (x0 - 4, y0, z0 - 5), atol=tolerance)
    before = now(window)
    drag(window, "sagittal", (mid[0], mid[1], mid[2]), (mid[0], mid[1] + 5, mid[2] + 2))
    np.testing.assert_allclose(np.subtract(now(window).min_mm, before.min_mm), (0, 5, 2), atol=tolerance)
    np.testing.assert_allclose(np.subtract(now(window).max_mm, before.max_mm), (0, 5, 2), atol=tolerance)
    assert window.panes["axial"].picture().index == index, "no drag of a box scrolls"
    for _ in range(3):
        QTest.keyClick(window, "Z", CTRL)
    assert now(window).max_mm == own.max_mm and now(window).min_mm == own.min_mm


def test_outside_the_box_the_pane_scrolls_as_ever(window) -> None:
    pane = window.panes["axial"]
    before = pane.picture().index
    far = (20.0, 25.0, 140.0)
    QTest.mousePress(pane, LEFT, NO, at(window, "axial", far))
    end = at(window, "axial", far) - QPoint(0, 30)
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(end), QPointF(pane.mapToGlobal(end)), NONE, LEFT, NO)
    QApplication.sendEvent(pane, event)
    QTest.mouseRelease(pane, LEFT, NO, end)
    assert pane.picture().index == before + 5 and window.controller.reviewing.review.edited == {}


def test_by_keys_alone(window) -> None:
    own = window.controller.boxes[0]
    for _ in range(4):
        QTest.keyClick(window, Qt.Key.Key_Right, CTRL)
    QTest.keyClick(window, Qt.Key.Key_Down, CTRL | SHIFT)
    assert now(window).min_mm[0] == own.min_mm[0] + 2.0 and now(window).max_mm[1] == own.max_mm[1] + 0.5
    QTest.keyClick(window, Qt.Key.Key_Backspace)
    assert now(window).min_mm == own.min_mm
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert not window.editing.active
    QTest.keyClick(window, "E")
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.editing.active


def test_arrows_show_what_is_held(window) -> None:
    pane, own = window.panes["axial"], window.controller.boxes[0]
    mid = own.center_mm
    move(window, "axial", mid)
    assert pane.cursor().shape() == Qt.CursorShape.SizeAllCursor
    move(window, "axial", (own.max_mm[0], mid[1], mid[2]))
    assert pane.cursor().shape() == Qt.CursorShape.SizeHorCursor
    move(window, "axial", (25.0, 25.0, mid[2]))
    assert pane.cursor().shape() == Qt.CursorShape.ArrowCursor
    across, down = (1, 0, 0), (0, 0, -1)
    assert shape_of(Hold((0, 0, 1)), across, down) == Qt.CursorShape.SizeVerCursor
    assert shape_of(Hold((1, 0, 1)), across, down) == Qt.CursorShape.SizeBDiagCursor
    assert shape_of(Hold((1, 0, -1)), across, down) == Qt.CursorShape.SizeFDiagCursor


def test_the_readers_box_is_painted_in_its_own_colour_and_hides_with_the_models(window) -> None:
    pane = window.panes["axial"]
    QTest.keyClick(window, Qt.Key.Key_Right, CTRL)
    QTest.keyClick(window, Qt.Key.Key_Return)

    def cyan() -> int:
        image = pane.grab().toImage().convertToFormat(pane.grab().toImage().Format.Format_RGBA8888)
        rgb = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
        wanted = np.array([int(theme.READER[n : n + 2], 16) for n in (1, 3, 5)])
        return int((abs(rgb - wanted).max(axis=-1) <= 40).sum())

    assert cyan() > 150
    window.view.update(hide_ai=True)
    assert cyan() == 0


def test_a_drag_whose_end_was_not_heard_of_leaves_the_box(window) -> None:
    own = now(window)
    mid = own.center_mm
    edge = (own.max_mm[0], mid[1], mid[2])
    QTest.mousePress(window.panes["axial"], LEFT, NO, at(window, "axial", edge))
    move(window, "axial", (edge[0] + 6, mid[1], mid[2]), LEFT)
    assert now(window) != own
    move(window, "axial", (edge[0] + 9, mid[1], mid[2]))
    assert now(window) == own
    QTest.mouseRelease(window.panes["axial"], LEFT, NO, at(window, "axial", edge))
    assert now(window) == own and not window.controller.reviewing.review.edited
