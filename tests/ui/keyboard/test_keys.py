"""Keys that are held: they act while they are down, can be changed like any other, and the change is remembered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu

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


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_W])
def test_a_key_let_go_while_shift_is_down_holds_nothing(make_window, backend, key: Qt.Key) -> None:
    window = make_window(backend)
    pane, shift = window.panes["axial"], Qt.KeyboardModifier.ShiftModifier
    QTest.keyPress(pane, key)
    assert window.view.state.hide_ai or window.property("window_key")
    QTest.keyPress(pane, Qt.Key.Key_Shift, shift)
    QTest.keyRelease(pane, key, shift)
    assert not window.view.state.hide_ai and not window.property("window_key")
    QTest.keyRelease(pane, Qt.Key.Key_Shift)
    assert held_down(window, key) in ((True, False), (False, True))
    QTest.keyPress(pane, key, shift)  # another key: Shift came first
    assert not window.view.state.hide_ai and not window.property("window_key")
    QTest.keyRelease(pane, key, shift)


def test_a_key_that_shift_gives_another_code_is_known_by_its_place(make_window, backend) -> None:
    window = make_window(backend)
    assert window.keymap.give(HIDE, "Y")

    def send(kind: QEvent.Type, key: Qt.Key, modifiers: Qt.KeyboardModifier, place: int) -> None:
        QApplication.sendEvent(window.panes["axial"], QKeyEvent(kind, key, modifiers, place, 0, 0))

    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    send(QEvent.Type.KeyPress, Qt.Key.Key_Y, none, 29)
    send(QEvent.Type.KeyRelease, Qt.Key.Key_Exclam, shift, 10)
    assert window.view.state.hide_ai, "that was another one"
    send(QEvent.Type.KeyRelease, Qt.Key.Key_Yacute, shift, 29)
    assert not window.view.state.hide_ai


def test_a_key_let_go_over_a_menu_holds_nothing(make_window, backend) -> None:
    """An open menu gets the keys, and the window hears of nothing."""
    window = make_window(backend)
    QTest.keyPress(window.panes["axial"], Qt.Key.Key_Space)
    assert window.view.state.hide_ai
    menu = QMenu(window)
    menu.addAction("x")
    menu.popup(window.mapToGlobal(window.rect().center()))
    QTest.keyRelease(menu, Qt.Key.Key_Space)
    menu.close()
    assert not window.view.state.hide_ai


def test_enter_that_stays_down_presses_a_button_once(make_window, backend) -> None:
    window, clicked = make_window(backend), []
    run = window.panel.run
    run.clicked.disconnect()
    run.clicked.connect(lambda: clicked.append(1))
    for again in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", again)
        QApplication.sendEvent(run, event)
        assert event.isAccepted(), "nor does anybody else hear of it"
    assert clicked == [1]


def test_a_repeat_that_x11_tells_of_as_of_two_presses_is_one(make_window, backend) -> None:
    """Where Qt reads the release before the press of the same millisecond is there, it says that both are the reader's."""
    window, clicked = make_window(backend), []
    window.held_keys._x11 = True
    run = window.panel.run
    run.clicked.disconnect()
    run.clicked.connect(lambda: clicked.append(1))

    def send(kind: QEvent.Type, ms: int, key: Qt.Key = Qt.Key.Key_Return) -> QKeyEvent:
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(ms)
        event.ignore()
        QApplication.sendEvent(run, event)
        return event

    press, release, override = QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride
    send(press, 100)
    send(release, 600)
    send(press, 600)
    assert clicked == [1]
    send(release, 700)
    send(press, 760)
    assert clicked == [1, 1], "the reader pressed again"
    send(release, 900, Qt.Key.Key_A)
    assert send(override, 900, Qt.Key.Key_A).isAccepted(), "so no command is looked for"
    assert not send(override, 900, Qt.Key.Key_R).isAccepted() and not send(override, 960, Qt.Key.Key_A).isAccepted()
