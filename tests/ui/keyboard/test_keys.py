"""Keys that are held: they act while they are down, can be changed like any other, and the change is remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from ankleviewer.ui.keyboard.help_dialog import keys_dialog
from ankleviewer.ui.keyboard.keymap import HELD_PLACE, place_of
from ankleviewer.ui.keyboard.keys import HIDE, TOOL
from ankleviewer.ui.keyboard.keys_editor import KeysEditor
from ankleviewer.ui.state import settings


def held_down(window, key: Qt.Key) -> tuple[bool, bool]:
    """What is in force while a key is down: (model hidden, other tool); nothing must be once it is let go."""
    pane = window.panes["axial"]
    QTest.keyPress(pane, key)
    during = window.view.state.hide_ai, bool(window.property("window_key"))
    QTest.keyRelease(pane, key)
    assert not window.view.state.hide_ai and not window.property("window_key")
    return during


def test_as_they_come(make_window, backend) -> None:
    window = make_window(backend)
    assert held_down(window, Qt.Key.Key_Space) == (True, False)
    assert held_down(window, Qt.Key.Key_W) == (False, True)
    assert held_down(window, Qt.Key.Key_Y) == (False, False)
    assert place_of(window.keymap.actions[HIDE]) == HELD_PLACE


def test_other_keys_in_force_at_once_and_remembered(make_window, backend) -> None:
    window = make_window(backend)
    editor = KeysEditor(window)
    editor.choose(HIDE)
    editor.edit.setKeySequence(QKeySequence("Y"))
    editor.give.click()
    editor.choose(TOOL)
    editor.edit.setKeySequence(QKeySequence("Space"))
    editor.give.click()
    editor.reject()
    assert held_down(window, Qt.Key.Key_Y) == (True, False)
    assert held_down(window, Qt.Key.Key_Space) == (False, True)
    assert held_down(window, Qt.Key.Key_W) == (False, False)
    again = make_window(backend)
    assert (again.keymap.keys(HIDE), again.keymap.keys(TOOL)) == (["Y"], ["Space"])
    assert settings.load().keys == {HIDE: ("Y",), TOOL: ("Space",)}
    dialog = keys_dialog(again)
    assert any("with Space held" in w.text() for w in dialog.findChildren(QLabel))
    dialog.deleteLater()


@pytest.mark.parametrize("key", ["Ctrl+Y", "Shift+Y", "Alt+Space", "Home"])
def test_a_held_key_is_one_key_alone(make_window, backend, key: str) -> None:
    window = make_window(backend, path=None)
    assert not window.keymap.give(HIDE, key) and window.keymap.keys(HIDE) == ["Space"]
    editor = KeysEditor(window)
    editor.choose(HIDE)
    editor.edit.setKeySequence(QKeySequence(key))
    assert not editor.give.isEnabled() and editor.said.text()
    editor.reject()


def test_a_command_may_take_a_held_key_and_give_it_back(make_window, backend) -> None:
    window = make_window(backend)
    assert window.keymap.give("Boxes", "Space") and window.keymap.keys(HIDE) == []
    assert held_down(window, Qt.Key.Key_Space)[0] is False
    window.keymap.reset(HIDE)
    assert window.keymap.keys(HIDE) == ["Space"] and window.keymap.keys("Boxes") == []
    assert held_down(window, Qt.Key.Key_Space)[0] is True


def test_no_key_at_all(make_window, backend) -> None:
    window = make_window(backend)
    window.keymap.clear(TOOL)
    assert held_down(window, Qt.Key.Key_W) == (False, False)
    dialog = keys_dialog(window)
    assert any(w.text() == "scroll" for w in dialog.findChildren(QLabel))  # beside "Left drag", and no key behind it
    dialog.deleteLater()
