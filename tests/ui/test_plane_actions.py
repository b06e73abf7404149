"""The keys of the Planes menu, pressed in the window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ankleviewer.core.imaging.slab import Slab

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(make_window, backend, qtbot):
    window = make_window(backend)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    return window


def test_oblique_by_one_key_back_by_the_same_and_reset(window) -> None:
    model = window.view
    at = model.state.cursor_mm
    QTest.keyClick(window, Qt.Key.Key_D)
    assert model.state.oblique and [p.picture().tilt_text for p in window.panes.values()] == ["∠ 0°"] * 3
    window.last_pane = "axial"
    for _ in range(5):
        QTest.keyClick(window, Qt.Key.Key_Right, ALT)
    QTest.keyClick(window, Qt.Key.Key_Left, ALT)
    assert window.panes["coronal"].picture().tilt_text == "∠ 8°"
    QTest.keyClick(window, Qt.Key.Key_D)
    assert not model.state.oblique and window.panes["coronal"].picture().tilt_text == ""
    QTest.keyClick(window, Qt.Key.Key_D)
    assert window.panes["coronal"].picture().tilt_text == "∠ 8°"
    QTest.keyClick(window, Qt.Key.Key_D, SHIFT)
    assert model.state.turn is None
    QTest.keyClick(window, Qt.Key.Key_D)
    assert window.panes["coronal"].picture().tilt_text == "∠ 0°"
    np.testing.assert_allclose(model.state.cursor_mm, at)


def test_slab_by_key_is_written_in_every_pane(window) -> None:
    QTest.keyClick(window, Qt.Key.Key_S)
    QTest.keyClick(window, Qt.Key.Key_S)
    assert [p.picture().slab_text for p in window.panes.values()] == ["MIP 5 mm"] * 3
    QTest.keyClick(window, Qt.Key.Key_S, ALT)
    assert window.view.state.slab == Slab(5, "min")
    pane = window.panes["axial"]
    window.view.update(annotations=False)
    with_text = pane.grab().toImage()
    window.view.update(slab=Slab())
    assert pane.grab().toImage() != with_text


def test_menu_shows_what_is_chosen_and_compare_needs_two_ankles(window) -> None:
    by_name = {a.text(): a for a in window.findChildren(QAction)}
    by_name["10 mm"].trigger()
    by_name["Mean HU"].trigger()
    assert window.view.state.slab == Slab(10, "mean")
    menu = next(a.menu() for a in window.menuBar().actions() if a.text() == "&Planes")
    menu.aboutToShow.emit()
    assert by_name["10 mm"].isChecked() and by_name["Mean HU"].isChecked() and not by_name["One slice"].isChecked()
    assert not by_name["Both ankles side by side"].isEnabled()


def test_planes_turned_for_one_scan_are_not_those_of_the_next(window, backend, qtbot, fakes) -> None:
    window.view.turn_others("axial", 20)
    window.controller.open("other.nii.gz")
    qtbot.waitUntil(lambda: len(backend.opened) == 2 and not fakes.busy(window))
    assert window.view.state.turn is None and not window.view.state.oblique
