"""Dragging the grips of the crosshair's lines turns the two other planes; the reset key goes back."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from ankleviewer.core.imaging.planes import PLANES
from ankleviewer.ui.look import theme

NO, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def window(make_window, backend):
    return make_window(backend)


def move(pane, at: QPointF, button=LEFT) -> None:
    pane.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, at, QPointF(pane.mapToGlobal(at)), button, button, NO))


def turn_by_drag(pane, degrees: float, release: bool = True) -> None:
    """Take a grip and lead it round the crosshair."""
    centre = np.array(pane.viewport().to_screen(pane.picture().crosshair))
    _, grip = pane.handles.grips()[0]
    QTest.mousePress(pane, LEFT, NO, QPoint(round(grip.x()), round(grip.y())))
    away = np.array([round(grip.x()), round(grip.y())]) - centre
    for part in np.linspace(0, np.radians(degrees), 6)[1:]:
        x, y = centre + np.array([[np.cos(part), -np.sin(part)], [np.sin(part), np.cos(part)]]) @ away
        move(pane, QPointF(x, y))
    if release:
        QTest.mouseRelease(pane, LEFT, NO, QPoint(round(x), round(y)))


@pytest.mark.parametrize("plane", PLANES)
def test_the_lines_follow_the_mouse_and_the_pane_s_own_picture_stays(window, plane: str) -> None:
    pane, model = window.panes[plane], window.view
    before, port, at = pane.picture(), pane.viewport(), model.state.cursor_mm
    corner = pane.mm_at(QPointF(10, 20))
    turn_by_drag(pane, 24)
    after = pane.picture()
    assert model.state.oblique and model.state.cursor_mm == at
    np.testing.assert_allclose(pane.mm_at(QPointF(10, 20)), corner, atol=0.01)
    assert pane.viewport().scale == pytest.approx(port.scale)
    for (name, old), (same, new) in zip(before.lines, after.lines, strict=True):
        assert name == same
        turned = np.degrees(np.arctan2(old[0] * new[1] - old[1] * new[0], old[0] * new[0] + old[1] * new[1]))
        assert (turned - 24 + 90) % 180 - 90 == pytest.approx(0, abs=0.2)
    assert after.tilt_text == "∠ 0°"
    others = [window.panes[name].picture().tilt_text for name in PLANES if name != plane]
    assert others == ["∠ 24°", "∠ 24°"]


def test_the_crosshair_stays_on_the_screen_of_every_pane(window) -> None:
    def places() -> list[np.ndarray]:
        return [pane.viewport().to_screen(pane.picture().crosshair) for pane in window.panes.values()]

    before = places()
    turn_by_drag(window.panes["coronal"], 35)
    turn_by_drag(window.panes["axial"], -20)
    np.testing.assert_allclose(places(), before, atol=1e-6)
    window.view.set_turn(None)
    np.testing.assert_allclose(places(), before, atol=1e-6)
    assert window.view.state.turn is None and not window.view.state.oblique


def test_a_slab_is_coarse_only_while_it_turns(window) -> None:
    from ankleviewer.core.imaging.slab import Slab

    window.view.update(slab=Slab(5))
    pane = window.panes["axial"]
    turn_by_drag(pane, 15, release=False)
    assert window.view.state.turn.spacing == pytest.approx(3.0)
    assert pane.handles.dragging
    QTest.mouseRelease(pane, LEFT, NO, QPoint(5, 5))
    assert window.view.state.turn.spacing == pytest.approx(1.0) and not pane.handles.dragging


def test_a_click_on_a_grip_turns_nothing_and_elsewhere_the_drag_scrolls(window) -> None:
    pane = window.panes["axial"]
    _, grip = pane.handles.grips()[0]
    QTest.mouseClick(pane, LEFT, NO, QPoint(round(grip.x()), round(grip.y())))
    assert not window.view.state.oblique
    index = pane.picture().index
    QTest.mousePress(pane, LEFT, NO, QPoint(120, 130))
    move(pane, QPointF(120, 100))
    QTest.mouseRelease(pane, LEFT, NO, QPoint(120, 100))
    assert pane.picture().index == index + 5 and not window.view.state.oblique


def test_grips_show_near_the_mouse_and_vanish_with_the_crosshair(window) -> None:
    pane = window.panes["axial"]
    window.view.update(heat=False, boxes=False)

    def coloured() -> int:
        image = pane.grab().toImage()
        plane, grip = pane.handles.grips()[0]
        x, y, role = round(grip.x()), round(grip.y()), theme.colour(theme.PLANE[plane])
        around = [(dx, dy) for dx in range(-5, 6) for dy in range(-5, 6) if dx and dy]
        return sum(image.pixelColor(x + dx, y + dy).rgb() == role.rgb() for dx, dy in around)

    assert coloured() == 0
    move(pane, pane.handles.grips()[0][1], Qt.MouseButton.NoButton)
    assert coloured() > 20
    assert pane.cursor().shape() == Qt.CursorShape.OpenHandCursor
    window.view.update(crosshair=False)
    assert pane.handles.grips() == []


def test_escape_takes_a_turn_back_while_the_grip_is_held(window) -> None:
    pane, model = window.panes["axial"], window.view
    before = model.state
    turn_by_drag(pane, 24, release=False)
    assert model.state.oblique
    window.cancel()
    assert (model.state.turn, model.state.oblique, model.state.panes) == (before.turn, before.oblique, before.panes)
    assert not pane.handles.dragging and model.state.layout == "grid"


def test_hu_under_the_mouse_is_that_of_the_turned_slice(window) -> None:
    turn_by_drag(window.panes["coronal"], 30)
    pane = window.panes["axial"]
    mm = np.array([4.0, 0.0, 140.0])  # in the middle of a shaft of 1100 HU
    window.view.move_cursor(mm)
    move(pane, QPointF(*pane.viewport().to_screen(pane.picture().crosshair)), Qt.MouseButton.NoButton)
    value, place = pane._hover_text().split("\n")
    assert value == "1100 HU" and place.startswith(("L 4", "L 3.9"))
    move(pane, QPointF(3, 3), Qt.MouseButton.NoButton)
    assert pane._hover_text() == "" or pane._hover_text().startswith("outside")


def test_a_grip_turns_no_other_scan_s_planes(window, backend, fakes, qtbot) -> None:
    pane, model = window.panes["axial"], window.view
    turn_by_drag(pane, 24, release=False)
    backend.volume = fakes.phantom()
    window.open("next.nii.gz")
    qtbot.waitUntil(lambda: window.controller.case.scan.path == "next.nii.gz" and not fakes.busy(window))
    assert not model.state.oblique and not pane.handles.dragging
    move(pane, QPointF(40.0, 40.0))
    assert not model.state.oblique and not pane.handles.cancel()
