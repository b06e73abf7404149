"""A slice pane: what is painted, and what mouse, wheel and keys do."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest

from ankleviewer.core.display.scene import slice_rgba
from ankleviewer.core.display.viewstate import PaneView
from ankleviewer.core.imaging.planes import PLANES
from ankleviewer.ui.look import theme

NO, CTRL, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


def wheel(pane, notches: float, at: QPointF | None = None, modifiers=NO) -> None:
    at = at or QPointF(pane.width() / 2, pane.height() / 2)
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    delta = QPoint(0, round(120 * notches))
    pane.wheelEvent(QWheelEvent(at, pane.mapToGlobal(at), QPoint(), delta, none, modifiers, phase, False))


def drag(pane, start: QPoint, end: QPoint, button=LEFT) -> None:
    QTest.mousePress(pane, button, NO, start)
    QTest.mouseMove(pane, end)
    pane.mouseMoveEvent(_move(pane, end, button))
    QTest.mouseRelease(pane, button, NO, end)


def _move(pane, at: QPoint, button=LEFT, modifiers=NO):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    return QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(pane.mapToGlobal(at)), button, button, modifiers)


def image_of(widget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGBA8888)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)


def colour_count(picture: np.ndarray, role: str, tolerance: int = 24) -> int:
    wanted = np.array([int(role[n : n + 2], 16) for n in (1, 3, 5)])
    return int((abs(picture - wanted).max(axis=-1) <= tolerance).sum())


@pytest.fixture
def window(make_window, backend):
    return make_window(backend)


@pytest.mark.parametrize("plane", PLANES)
def test_wheel_is_exactly_one_slice(window, plane: str) -> None:
    pane = window.panes[plane]
    before = pane.picture().index
    wheel(pane, 1)
    assert pane.picture().index == before + 1
    wheel(pane, -2)
    assert pane.picture().index == before - 1


def test_half_notches_add_up(window) -> None:
    pane = window.panes["axial"]
    before = pane.picture().index
    for _ in range(4):
        wheel(pane, 0.5)
    assert pane.picture().index == before + 2


def test_keys_scroll_the_focused_pane(window) -> None:
    pane = window.panes["coronal"]
    pane.setFocus()
    before = pane.picture().index
    QTest.keyClick(pane, Qt.Key.Key_Up)
    QTest.keyClick(pane, Qt.Key.Key_PageUp)
    assert pane.picture().index == before + 6
    QTest.keyClick(pane, Qt.Key.Key_Home)
    assert pane.picture().index == 0
    QTest.keyClick(pane, Qt.Key.Key_End)
    assert pane.picture().index == pane.picture().count - 1
    QTest.keyClick(pane, Qt.Key.Key_Down)
    assert pane.picture().index == pane.picture().count - 2


def test_ctrl_wheel_zooms_about_the_mouse(window) -> None:
    pane = window.panes["axial"]
    at = QPointF(pane.width() * 0.3, pane.height() * 0.6)
    before, index = pane.mm_at(at), pane.picture().index
    wheel(pane, 3, at, CTRL)
    assert pane.viewport().scale > 1.5 * 0.99
    assert window.view.state.panes[0].zoom == pytest.approx(1.2**3)
    np.testing.assert_allclose(pane.mm_at(at), before, atol=1e-6)
    assert pane.picture().index == index


def test_middle_drag_pans_with_the_mouse(window) -> None:
    pane = window.panes["sagittal"]
    before = pane.mm_at(QPointF(100, 100))
    drag(pane, QPoint(100, 100), QPoint(140, 70), MIDDLE)
    np.testing.assert_allclose(pane.mm_at(QPointF(140, 70)), before, atol=1e-6)


def test_left_drag_scrolls_and_with_w_windows(window) -> None:
    pane = window.panes["axial"]
    before = pane.picture().index
    drag(pane, QPoint(100, 130), QPoint(100, 100))
    assert pane.picture().index == before + 5
    QTest.keyPress(pane, Qt.Key.Key_W)
    drag(pane, QPoint(100, 100), QPoint(150, 110))
    QTest.keyRelease(pane, Qt.Key.Key_W)
    assert (window.view.state.window.width, window.view.state.window.level) == (2200, 390)
    assert pane.picture().index == before + 5
    drag(pane, QPoint(100, 100), QPoint(100, 130))
    assert pane.picture().index == before


def test_shift_move_takes_the_crosshair_everywhere(window) -> None:
    pane = window.panes["axial"]
    at = QPoint(180, 150)
    wanted = pane.mm_at(QPointF(at))
    pane.mouseMoveEvent(_move(pane, at, Qt.MouseButton.NoButton, SHIFT))
    np.testing.assert_allclose(window.view.state.cursor_mm, wanted, atol=1e-6)
    for other in ("coronal", "sagittal"):
        shown = window.panes[other].picture()
        np.testing.assert_allclose(shown.frame.grid.to_mm((*shown.crosshair, shown.index)), wanted, atol=0.51)


def test_double_click_maximises_and_comes_back(window) -> None:
    pane = window.panes["coronal"]
    cursor = window.view.state.cursor_mm
    QTest.mouseDClick(pane, LEFT, NO, QPoint(50, 50))
    assert window.view.state.layout == "coronal"
    assert window.panes["axial"].isHidden() and window.pane3d.isHidden() and pane.isVisible()
    QTest.mouseDClick(pane, LEFT, NO, QPoint(50, 50))
    assert window.view.state.layout == "grid" and window.panes["axial"].isVisible()
    assert window.view.state.cursor_mm == cursor and window.view.state.preset == "1"


def test_hover_tells_hu_and_letters(window) -> None:
    pane = window.panes["axial"]
    at = pane.viewport().to_screen(pane.model.frame("axial").grid.to_voxel((4.0, 0.0, 140.0))[:2])
    pane.mouseMoveEvent(_move(pane, QPoint(round(at[0]), round(at[1])), Qt.MouseButton.NoButton))
    value, place = pane._hover_text().split("\n")
    assert value == "1100 HU"
    assert place.startswith(("L 4.", "L 3."))
    assert place.endswith("S 140.0")


def test_painted_pixels_are_the_table_s(window) -> None:
    window.view.update(crosshair=False, heat=False, boxes=False, annotations=False)
    pane = window.panes["axial"]
    picture, port = pane.picture(), pane.viewport()
    rgba = slice_rgba(picture.frame, window.view.scene.volume, picture.index, picture.window)
    shown = image_of(pane)
    ratio = pane.devicePixelRatioF()
    for pixel in ((36, 40), (30, 55), (5, 5), (36, 44)):  # middles of flat areas
        x, y = port.to_screen(pixel) * ratio
        np.testing.assert_allclose(shown[int(y), int(x)], rgba[pixel[1], pixel[0], :3], atol=2)


def test_boxes_heat_and_nothing_while_space_is_held(window, qtbot) -> None:
    pane = window.panes["axial"]
    window.view.update(crosshair=False)
    shown = image_of(pane)
    assert colour_count(shown, theme.BOX) > 100
    assert colour_count(shown, theme.HEAT_LINE) > 60
    QTest.keyPress(pane, Qt.Key.Key_Space)
    assert window.view.state.hide_ai
    hidden = image_of(pane)
    assert colour_count(hidden, theme.BOX) == colour_count(hidden, theme.HEAT_LINE) == 0
    window.controller.view.update(boxes=False, heat=False)
    QTest.keyRelease(pane, Qt.Key.Key_Space)
    assert not window.view.state.hide_ai
    np.testing.assert_array_equal(image_of(pane), hidden)


def test_the_fill_is_whole_under_the_crosshair_whose_lines_leave_a_gap(window) -> None:
    """A hole in the map just where the finding is would look as if the model had not looked there."""
    pane = window.panes["axial"]
    pane.clearFocus()
    window.view.update(boxes=False, fill=False, opacity=0.5)
    outline = image_of(pane)
    window.view.update(fill=True)
    filled = image_of(pane)
    changed = np.argwhere((outline != filled).any(axis=-1))[:, ::-1]
    centre = pane.viewport().to_screen(pane.picture().crosshair)
    away = np.linalg.norm(changed - centre, axis=1)
    assert len(changed) > 300 and (away < 12).sum() > 0.95 * np.pi * 12**2
    window.view.update(crosshair=False)
    lines = np.argwhere((image_of(pane) != filled).any(axis=-1))[:, ::-1]
    assert len(lines) > 100 and np.linalg.norm(lines - centre, axis=1).min() > 12


@pytest.mark.parametrize("plane", PLANES)
def test_the_pane_with_the_keyboard_has_a_frame_that_is_seen(window, qtbot, plane: str) -> None:
    """Two pixels of the plane's own colour, not of one mixed with the scan's."""
    pane = window.panes[plane]
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    pane.setFocus()
    wanted = [int(theme.PLANE[plane][n : n + 2], 16) for n in (1, 3, 5)]
    picture = image_of(pane)
    assert pane.hasFocus()
    for row in (*picture[:2], *picture[-2:], *picture[:, :2].swapaxes(0, 1), *picture[:, -2:].swapaxes(0, 1)):
        assert (row == wanted).all(axis=-1).mean() > 0.7  # the tab with the plane's name has the same colour
    assert not (picture[2:-2, 2] == wanted).all(axis=-1)[30:].any()


def test_a_crosshair_beside_the_pane_leaves_no_line_at_its_edge(window) -> None:
    pane = window.panes["axial"]
    pane.clearFocus()
    window.view.update(heat=False, boxes=False, annotations=False)
    for pan, one_line in (((4000.0, 0.0), True), ((4000.0, 4000.0), False), ((-4000.0, -4000.0), False)):
        window.view.set_pane("axial", PaneView(1.0, pan))
        row = pane.viewport().to_screen(pane.picture().crosshair)[1]
        window.view.update(crosshair=True)
        with_it = image_of(pane)
        window.view.update(crosshair=False)
        rows = np.unique(np.argwhere((with_it != image_of(pane)).any(axis=-1))[:, 0])
        window.view.update(crosshair=True)
        assert len(rows) == one_line
        assert np.abs(rows - row).max(initial=0) <= 1


def test_a_pane_without_a_scan_is_black_and_quiet(make_window, backend) -> None:
    window = make_window(backend, path=None)
    pane = window.panes["axial"]
    pane.resize(200, 200)
    wheel(pane, 1)
    pane.mouseMoveEvent(_move(pane, QPoint(20, 20)))
    assert image_of(pane).max() == 0


def test_a_drag_whose_end_was_not_heard_of_is_over(window) -> None:
    """A dialog that comes over the window gets the release."""
    pane, none = window.panes["axial"], Qt.MouseButton.NoButton
    QTest.mousePress(pane, LEFT, NO, QPoint(100, 130))
    pane.mouseMoveEvent(_move(pane, QPoint(100, 124)))
    before = pane.picture().index
    pane.mouseMoveEvent(_move(pane, QPoint(100, 60), none))
    pane.mouseMoveEvent(_move(pane, QPoint(100, 20)))
    assert pane.picture().index == before


def test_what_is_held_belongs_to_its_scan(window, backend, fakes, qtbot) -> None:
    pane = window.panes["axial"]
    QTest.mousePress(pane, LEFT, NO, QPoint(100, 130))
    backend.volume = fakes.phantom()
    window.open("next.nii.gz")
    qtbot.waitUntil(lambda: window.controller.case.scan.path == "next.nii.gz" and not fakes.busy(window))
    before = pane.picture().index
    pane.mouseMoveEvent(_move(pane, QPoint(100, 40)))
    assert pane.picture().index == before
    QTest.mouseRelease(pane, LEFT, NO, QPoint(100, 40))
