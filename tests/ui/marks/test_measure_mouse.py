"""Measuring by mouse and by keyboard alone, as a reader does it: synthetic events on the panes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from ankleviewer.ui.look import theme

NO, CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def window(make_window, backend, qtbot):
    window = make_window(backend)
    window.view.update(heat=False, boxes=False)
    window.view.move_cursor((0.0, 0.0, 140.0))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.panes["axial"].setFocus()
    return window


def at(window, plane: str, mm) -> QPoint:
    x, y = window.panes[plane].viewport().to_screen(window.view.frame(plane).grid.to_voxel(mm)[:2])
    return QPoint(round(x), round(y))


def move(window, plane: str, mm, buttons=NONE) -> None:
    pane, place = window.panes[plane], at(window, plane, mm)
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(place), QPointF(pane.mapToGlobal(place)), NONE, buttons, NO)
    QTest.qWait(0)
    from PySide6.QtWidgets import QApplication

    QApplication.sendEvent(pane, event)


def click(window, plane: str, mm) -> None:
    QTest.mouseClick(window.panes[plane], LEFT, NO, at(window, plane, mm))


def kept(window) -> tuple:
    return window.controller.reviewing.review.measures


def px_mm(window, plane: str = "axial") -> float:
    return 1.0 / window.panes[plane].viewport().scale


def test_two_clicks_measure_a_distance(window) -> None:
    QTest.keyClick(window, "I")
    click(window, "axial", (-6.0, 0.0, 140.0))
    move(window, "axial", (0.0, 8.0, 140.0))
    assert window.controller.measuring.pending.values[0].number == pytest.approx(10.0, abs=px_mm(window))
    click(window, "axial", (0.0, 8.0, 140.0))
    (measure,) = kept(window)
    assert measure.values[0].number == pytest.approx(10.0, abs=px_mm(window))
    assert window.controller.measuring.tool is None
    before = window.panes["axial"].picture().index
    QTest.mouseMove(window.panes["axial"], QPoint(40, 40))
    assert window.panes["axial"].picture().index == before


def test_press_drag_release_measures_too_and_does_not_scroll(window) -> None:
    pane, before = window.panes["axial"], window.panes["axial"].picture().index
    QTest.keyClick(window, "I")
    QTest.mousePress(pane, LEFT, NO, at(window, "axial", (-6.0, 0.0, 140.0)))
    move(window, "axial", (0.0, 8.0, 140.0), LEFT)
    QTest.mouseRelease(pane, LEFT, NO, at(window, "axial", (0.0, 8.0, 140.0)))
    assert len(kept(window)) == 1 and pane.picture().index == before


def test_a_double_click_sets_one_point_and_keeps_the_layout(window) -> None:
    QTest.keyClick(window, "J")
    pane, place = window.panes["axial"], at(window, "axial", (5.0, 0.0, 140.0))
    QTest.mouseClick(pane, LEFT, NO, place)
    QTest.mouseDClick(pane, LEFT, NO, place)
    assert len(window.controller.measuring.points) == 1 and window.view.state.layout == "grid"


def test_a_point_is_dragged_and_undone(window) -> None:
    QTest.keyClick(window, "I")
    click(window, "axial", (-6.0, 0.0, 140.0))
    click(window, "axial", (0.0, 8.0, 140.0))
    pane = window.panes["axial"]
    before = pane.picture().index
    move(window, "axial", (0.0, 8.0, 140.0))
    assert pane.cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.mousePress(pane, LEFT, NO, at(window, "axial", (0.0, 8.0, 140.0)))
    assert pane.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    move(window, "axial", (6.0, 16.0, 140.0), LEFT)
    QTest.mouseRelease(pane, LEFT, NO, at(window, "axial", (6.0, 16.0, 140.0)))
    assert kept(window)[0].values[0].number == pytest.approx(20.0, abs=2 * px_mm(window)) and pane.picture().index == before
    QTest.keyClick(window, "Z", CTRL)
    assert kept(window)[0].values[0].number == pytest.approx(10.0, abs=px_mm(window))


def test_a_line_is_selected_by_a_click_and_deleted_by_key(window) -> None:
    QTest.keyClick(window, "I")
    click(window, "axial", (-10.0, 0.0, 140.0))
    click(window, "axial", (10.0, 0.0, 140.0))
    click(window, "axial", (0.0, 20.0, 140.0))
    assert window.controller.measuring.selected == 0
    click(window, "axial", (2.0, 0.0, 140.0))
    assert window.controller.measuring.selected == 1
    QTest.keyClick(window, Qt.Key.Key_Delete)
    assert kept(window) == ()
    QTest.keyClick(window, "Z", CTRL)
    assert len(kept(window)) == 1


def test_the_cursor_tells_the_tool_and_where_it_works(window) -> None:
    pane, other = window.panes["sagittal"], window.panes["axial"]
    arrow = pane.cursor().shape()
    QTest.keyClick(window, Qt.Key.Key_2, ALT)
    assert window.controller.measuring.tool.name == "posterior fragment"
    assert pane.cursor().shape() == Qt.CursorShape.BitmapCursor and other.cursor().shape() == Qt.CursorShape.ForbiddenCursor
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.controller.measuring.tool is None and pane.cursor().shape() == arrow


def test_the_whole_of_it_by_keyboard_alone(window) -> None:
    """A distance of 30 screen pixels to the right and 40 down, in keys."""
    QTest.keyClick(window, "I")
    QTest.keyClick(window, Qt.Key.Key_Return)
    for key, count in ((Qt.Key.Key_Right, 6), (Qt.Key.Key_Down, 8)):
        for _ in range(count):
            QTest.keyClick(window, key, CTRL | SHIFT)
    assert window.controller.measuring.pending.values[0].number == pytest.approx(50 * px_mm(window), abs=0.01)
    QTest.keyClick(window, Qt.Key.Key_Enter)
    assert kept(window)[0].values[0].number == pytest.approx(50 * px_mm(window), abs=0.01)
    QTest.keyClick(window, "Z", CTRL)
    assert kept(window) == ()


def test_ctrl_arrows_move_the_crosshair_by_a_pixel_in_the_plane_with_the_keyboard(window) -> None:
    pane = window.panes["coronal"]
    pane.setFocus()
    before = np.array(pane.viewport().to_screen(pane.picture().crosshair))
    index = pane.picture().index
    QTest.keyClick(pane, Qt.Key.Key_Right, CTRL)
    QTest.keyClick(pane, Qt.Key.Key_Up, CTRL)
    QTest.keyClick(pane, Qt.Key.Key_Up, CTRL | SHIFT)
    after = np.array(pane.viewport().to_screen(pane.picture().crosshair))
    np.testing.assert_allclose(after - before, (1, -6), atol=1e-6)
    assert pane.picture().index == index and window.view.state.cursor_mm[1] == 0.0


def test_the_guided_tibiofibular_distance_by_keyboard(window) -> None:
    QTest.keyClick(window, Qt.Key.Key_4, ALT)
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert window.view.state.cursor_mm == (0.0, 0.0, 150.0), "ten millimetres up"
    for _ in range(6):
        QTest.keyClick(window, Qt.Key.Key_Return)
        QTest.keyClick(window, Qt.Key.Key_Left, CTRL | SHIFT)
    (measure,) = kept(window)
    assert [v.number for v in measure.values] == pytest.approx([5 * px_mm(window)] * 3 + [10.0], abs=0.01)


def test_a_point_is_moved_by_keyboard(window) -> None:
    QTest.keyClick(window, "I")
    QTest.keyClick(window, Qt.Key.Key_Return)
    for _ in range(6):
        QTest.keyClick(window, Qt.Key.Key_Right, CTRL | SHIFT)
    QTest.keyClick(window, Qt.Key.Key_Return)
    for _ in range(4):
        QTest.keyClick(window, Qt.Key.Key_Right, CTRL)
    QTest.keyClick(window, Qt.Key.Key_Return, SHIFT)
    first, second = kept(window)[0].points
    assert first == (0.0, 0.0, 140.0) and second[0] == pytest.approx(34 * px_mm(window), abs=0.01)
    assert kept(window)[0].values[0].number == pytest.approx(34 * px_mm(window), abs=0.01)
    QTest.keyClick(window, "Z", CTRL)
    assert kept(window)[0].values[0].number == pytest.approx(30 * px_mm(window), abs=0.01)
    window.view.step("axial", 9)
    QTest.keyClick(window, Qt.Key.Key_Return, SHIFT)
    assert kept(window)[0].values[0].number == pytest.approx(30 * px_mm(window), abs=0.01), "its points lie on another slice"


def test_backspace_takes_a_point_back(window) -> None:
    QTest.keyClick(window, "J")
    QTest.keyClick(window, Qt.Key.Key_Return)
    QTest.keyClick(window, Qt.Key.Key_Backspace)
    assert window.controller.measuring.points == [] and window.controller.measuring.tool is not None


def test_plain_keys_and_other_buttons_keep_their_meaning(window) -> None:
    QTest.keyClick(window, "I")
    before = window.panes["axial"].picture().index
    QTest.keyClick(window, Qt.Key.Key_Up)
    assert window.panes["axial"].picture().index == before + 1
    QTest.mouseClick(window.panes["axial"], LEFT, SHIFT, at(window, "axial", (5.0, 5.0, 141.0)))
    assert window.controller.measuring.points == [] and window.view.state.cursor_mm[0] == pytest.approx(5.0, abs=px_mm(window))


def test_lines_and_labels_are_painted_and_space_does_not_hide_the_readers_own(window) -> None:
    pane = window.panes["axial"]
    pane.clearFocus()

    def cyan() -> int:
        image = pane.grab().toImage().convertToFormat(pane.grab().toImage().Format.Format_RGBA8888)
        rgb = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
        wanted = np.array([int(theme.READER[n : n + 2], 16) for n in (1, 3, 5)])
        return int((abs(rgb - wanted).max(axis=-1) <= 40).sum())

    assert cyan() == 0
    QTest.keyClick(window, "I")
    assert cyan() > 50, "the guide's text"
    click(window, "axial", (-10.0, 0.0, 140.0))
    click(window, "axial", (10.0, 0.0, 140.0))
    drawn = cyan()
    assert drawn > 100
    window.view.update(hide_ai=True)
    assert cyan() == drawn
    window.view.step("axial", 5)
    assert cyan() == 0


def test_a_pane_without_a_scan_lets_everything_through(make_window, backend) -> None:
    window = make_window(backend, path=None)
    QTest.mouseClick(window.panes["axial"], LEFT, NO, QPoint(20, 20))
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert window.controller.measuring.points == []


def test_a_drag_whose_end_was_not_heard_of_leaves_the_point(window) -> None:
    QTest.keyClick(window, "I")
    click(window, "axial", (-6.0, 0.0, 140.0))
    click(window, "axial", (0.0, 8.0, 140.0))
    before = kept(window)
    QTest.mousePress(window.panes["axial"], LEFT, NO, at(window, "axial", (0.0, 8.0, 140.0)))
    move(window, "axial", (6.0, 16.0, 140.0), LEFT)
    move(window, "axial", (9.0, 20.0, 140.0))
    assert window.controller.measuring.shown() == before
    QTest.mouseRelease(window.panes["axial"], LEFT, NO, at(window, "axial", (9.0, 20.0, 140.0)))
    assert kept(window) == before


def test_a_drag_that_slips_off_the_pane_sets_no_second_point(window) -> None:
    pane = window.panes["axial"]
    QTest.keyClick(window, "I")
    QTest.mousePress(pane, LEFT, NO, at(window, "axial", (-6.0, 0.0, 140.0)))
    move(window, "axial", (0.0, 8.0, 140.0), LEFT)
    QTest.mouseRelease(pane, LEFT, NO, QPoint(-40, 60))
    assert not kept(window) and len(window.controller.measuring.points) == 1
    click(window, "axial", (0.0, 8.0, 140.0))
    assert len(kept(window)) == 1
