"""The lightbox: which slices, how many, what a click does."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from ankleviewer.core.display.viewstate import TILE_STEPS
from ankleviewer.core.imaging.oblique import start, turned
from ankleviewer.ui.look import theme
from ankleviewer.ui.slices.lightbox import HELP

NO, CTRL, LEFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def window(make_window, backend):
    window = make_window(backend)
    window.last_pane = "axial"
    window.tile_layout("lightbox")
    return window


def numbers(window) -> list[int]:
    return [tile.picture.index for tile in window.tiles["lightbox"].tiles.tiles()]


def wheel(tiles, notches: int, modifiers=NO) -> None:
    at, none = QPointF(200, 200), Qt.MouseButton.NoButton
    phase = Qt.ScrollPhase.NoScrollPhase
    tiles.wheelEvent(QWheelEvent(at, tiles.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), none, modifiers, phase, False))


def test_sequential_slices_around_the_crosshair_of_the_pane_last_used(window) -> None:
    shown = numbers(window)
    assert len(shown) >= 9 and set(np.diff(shown)) == {2}
    at = window.panes["axial"].picture().index
    assert at in shown
    (current,) = [tile for tile in window.tiles["lightbox"].tiles.tiles() if tile.current]
    assert current.picture.index == at and current.picture.crosshair is not None and current.caption == str(at + 1)
    assert not window.panes["axial"].isVisible() and window.tiles["lightbox"].isVisible()
    window.tile_layout("lightbox")
    assert window.view.state.layout == "grid" and window.panes["axial"].isVisible()
    window.last_pane = "coronal"
    window.tile_layout("lightbox")
    assert {tile.picture.frame.plane for tile in window.tiles["lightbox"].tiles.tiles()} == {"coronal"}


def test_step_and_plane_are_chosen_in_the_bar(window) -> None:
    box = window.tiles["lightbox"]
    box.step.setCurrentIndex(box.step.findData(5))
    box.step.activated.emit(box.step.currentIndex())
    assert set(np.diff(numbers(window))) == {5} and box.range.text() == "5.0 mm apart"
    box.plane.setCurrentIndex(box.plane.findData("sagittal"))
    box.plane.activated.emit(box.plane.currentIndex())
    assert window.view.state.tile_plane == "sagittal"
    assert all(0 <= n < 64 for n in numbers(window))


def test_wheel_goes_on_by_one_tile_and_stops_at_the_ends(window) -> None:
    tiles = window.tiles["lightbox"].tiles
    before, at = numbers(window), window.view.state.cursor_mm
    wheel(tiles, 1)
    assert numbers(window) == [n + 2 for n in before] and window.view.state.cursor_mm == at
    QTest.keyClick(tiles, Qt.Key.Key_End)
    assert numbers(window)[-1] in (78, 79)
    QTest.keyClick(tiles, Qt.Key.Key_Home)
    assert numbers(window)[0] in (0, 1) and len(numbers(window)) == len(before)
    zoom = window.view.state.panes[0].zoom
    wheel(tiles, 2, CTRL)
    assert window.view.state.panes[0].zoom == pytest.approx(zoom * 1.44)


def test_a_click_takes_the_crosshair_there_and_the_tiles_stay(window) -> None:
    tiles = window.tiles["lightbox"].tiles
    before = numbers(window)
    tile = tiles.tiles()[1]
    at = QPointF(tile.place.center().x() + 7, tile.place.center().y() - 11)
    wanted = tiles.mm_at(tile, QPointF(round(at.x()), round(at.y())))
    QTest.mouseClick(tiles, LEFT, NO, QPoint(round(at.x()), round(at.y())))
    np.testing.assert_allclose(window.view.state.cursor_mm, wanted, atol=1e-6)
    assert numbers(window) == before and tiles.tiles()[1].current
    QTest.mouseDClick(tiles, LEFT, NO, QPoint(round(at.x()), round(at.y())))
    assert window.view.state.layout == "grid"
    assert window.panes["axial"].picture().index == before[1]


def test_a_finding_out_of_sight_brings_its_slices(window, fakes) -> None:
    tiles = window.tiles["lightbox"].tiles
    QTest.keyClick(tiles, Qt.Key.Key_Home)
    window.controller.go_to_finding(1)
    assert window.view.frame("axial").slice_at(fakes.second) in range(numbers(window)[0], numbers(window)[-1] + 1)


def test_boxes_outlines_and_slabs_are_on_the_tiles_and_space_hides_the_model_s(window) -> None:
    from ankleviewer.core.imaging.slab import Slab

    tiles = window.tiles["lightbox"].tiles

    def count(role: str) -> int:
        image = tiles.grab().toImage().convertToFormat(tiles.grab().toImage().Format.Format_RGBA8888)
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
        return int((abs(pixels - [int(role[n : n + 2], 16) for n in (1, 3, 5)]).max(axis=-1) < 30).sum())

    window.view.update(crosshair=False)
    assert count(theme.BOX) > 200 and count(theme.HEAT_LINE) > 100
    window.view.update(hide_ai=True)
    assert count(theme.BOX) == count(theme.HEAT_LINE) == count(theme.WARNING) == 0
    window.view.update(slab=Slab(10))
    assert count(theme.WARNING) > 60


def test_turned_planes_are_shown_turned(window) -> None:
    turn = turned(start(window.view.scene.volume.grid, window.view.state.cursor_mm), "coronal", 25, window.view.state.cursor_mm)
    window.view.set_turn(turn)
    shown = window.tiles["lightbox"].tiles.tiles()
    assert all(tile.picture.frame.turned is not None for tile in shown)
    assert any(tile.picture.index == window.panes["axial"].picture().index for tile in shown)
    # Told from the crosshair, since these are no slices of the scan.
    here = next(n for n, tile in enumerate(shown) if tile.caption == "0 mm")
    apart = window.view.frame("axial").grid.spacing[2] * window.view.state.tile_step
    assert shown[here + 1].caption == f"{apart:+.1f} mm" and all(tile.picture.slice_text == "" for tile in shown)
    assert window.tiles["lightbox"].range.text().startswith("∠ 25°")


def test_the_bar_names_the_readers_own_key(window) -> None:
    box = window.tiles["lightbox"]
    window.keymap.give("Lightbox", "Y")
    QApplication.sendEvent(box, QEvent(QEvent.Type.ActivationChange))  # as when the dialog for keys is closed
    assert box.help.text().endswith("Y, Esc: close")
    window.keymap.clear("Lightbox")
    window.tile_layout("lightbox")
    window.tile_layout("lightbox")
    assert box.help.text().endswith("size   Esc: close")


def test_step_and_size_by_keys_and_the_bar_says_so(window) -> None:
    box, tiles = window.tiles["lightbox"], window.tiles["lightbox"].tiles
    assert all(word in HELP for word in ("step", "size", "close"))
    assert any(w.text() == HELP.format(keys="L, Esc") for w in box.findChildren(QLabel))
    first = window.view.state.tile_step
    QTest.keyClick(tiles, Qt.Key.Key_Right)
    assert window.view.state.tile_step == TILE_STEPS[TILE_STEPS.index(first) + 1] == box.step.currentData()
    for _ in range(len(TILE_STEPS) + 2):
        QTest.keyClick(tiles, Qt.Key.Key_Left)
    assert window.view.state.tile_step == 1 and set(np.diff(numbers(window))) == {1}
    zoom = tiles.pane().zoom
    QTest.keyClick(tiles, Qt.Key.Key_Plus, Qt.KeyboardModifier.ShiftModifier)
    assert tiles.pane().zoom == pytest.approx(1.2 * zoom)
    QTest.keyClick(tiles, Qt.Key.Key_Minus)
    assert tiles.pane().zoom == pytest.approx(zoom)
    window.cancel()  # Esc
    assert window.view.state.layout == "grid"


def test_from_a_step_that_is_not_offered_the_keys_go_to_the_next_that_is(window) -> None:
    tiles = window.tiles["lightbox"].tiles
    for step, key, wanted in ((6, Qt.Key.Key_Right, 8), (6, Qt.Key.Key_Left, 4), (18, Qt.Key.Key_Right, 20)):
        window.view.update(tile_step=step)
        tiles.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, NO))
        assert window.view.state.tile_step == wanted


def test_the_last_tile_tells_window_and_scale_unless_texts_are_hidden(window) -> None:
    shown = window.tiles["lightbox"].tiles.tiles()
    assert [tile.foot for tile in shown] == [False] * (len(shown) - 1) + [True]
    window.view.update(annotations=False)
    assert not any(tile.foot for tile in window.tiles["lightbox"].tiles.tiles())
