"""Mouse profiles: in force at once, remembered, and a drag really does what the profile says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from ankleviewer.ui.keyboard import mouse_menu
from ankleviewer.ui.state import settings


def drag(pane, button: Qt.MouseButton, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    start = QPoint(pane.width() // 2, pane.height() // 2)
    QTest.mousePress(pane, button, keys, start)
    QTest.mouseMove(pane, start + QPoint(0, 40))
    QTest.mouseRelease(pane, button, keys, start + QPoint(0, 40))


def changed(window, before) -> set[str]:
    now = window.view.state
    names = {"window": "window", "cursor_mm": "scroll", "panes": "pane"}
    return {what for name, what in names.items() if getattr(before, name) != getattr(now, name)}


@pytest.mark.parametrize(
    ("profile", "left", "shifted"),
    [("bir", {"scroll"}, {"scroll"}), ("window", {"window"}, {"scroll"}), ("slicer", {"window"}, {"pane"})],
)
def test_left_button(make_window, backend, profile: str, left: set[str], shifted: set[str]) -> None:
    window = make_window(backend)
    mouse_menu.choose(window, profile)
    pane = window.panes["axial"]
    before = window.view.state
    drag(pane, Qt.MouseButton.LeftButton)
    assert changed(window, before) == left
    before = window.view.state
    drag(pane, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    assert changed(window, before) <= shifted | {"scroll"} and changed(window, before)
    for button in (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton):
        before = window.view.state
        drag(pane, button)
        assert changed(window, before) == {"pane"}
    assert settings.load().mouse == profile


def test_remembered_and_shown(make_window, backend) -> None:
    settings.save(settings.Settings(mouse="slicer"))
    window = make_window(backend, path=None)
    assert window.property(mouse_menu.PROPERTY) == "slicer"
    menu = mouse_menu.fill(window, window.menuBar().addMenu("test"))
    assert [a.isChecked() for a in menu.actions()] == [False, False, True]
    menu.actions()[1].trigger()
    assert settings.load().mouse == "window" and window.property(mouse_menu.PROPERTY) == "window"
