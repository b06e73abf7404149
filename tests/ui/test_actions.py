"""The commands of the window: a key that stays down does once what changes something, and goes on with what steps."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

NONE = Qt.KeyboardModifier.NoModifier
STEPS = {"Next finding", "Previous finding", "Undo", "Redo", "Raise the threshold", "Lower the threshold"}
STEPS |= {"Turn the other planes left", "Turn the other planes right"}


def hold_down(window, key: Qt.Key) -> None:
    """As the system tells of a key that stays down: one press, then repeats."""
    for again in (False, True, True, True):
        QTest.simulateEvent(window, True, key, NONE, chr(key).lower(), again)
    QTest.simulateEvent(window, False, key, NONE, chr(key).lower(), False)


@pytest.fixture
def window(make_window, backend, qtbot):
    window = make_window(backend)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def test_a_key_that_stays_down_judges_and_marks_once(window, backend) -> None:
    hold_down(window, Qt.Key.Key_A)
    assert window.view.scene.judged[0] == "accepted" and len(backend.journal) == 1
    hold_down(window, Qt.Key.Key_M)
    assert len(window.view.scene.missed) == 1
    hold_down(window, Qt.Key.Key_P)
    assert window.privacy.hidden
    hold_down(window, Qt.Key.Key_A)
    assert window.view.scene.judged[0] == "" and len(backend.journal) == 3


def test_a_key_that_stays_down_goes_on_stepping(window) -> None:
    before = window.view.scene.heat.threshold
    hold_down(window, Qt.Key.Key_BracketRight)
    once = window.view.state.threshold
    window.view.update(threshold=None)
    window.view.step_threshold(1)
    assert once > window.view.state.threshold > before


def test_only_steps_are_repeated(window) -> None:
    assert {name for name, action in window.keymap.actions.items() if action.autoRepeat()} == STEPS


def test_what_needs_a_scan_waits_for_one(make_window, backend, qtbot) -> None:
    window = make_window(backend, path=None)
    wanted = {"Ctrl+S", "Ctrl+R", "F9", "G", "B", "F5", "M", "A", "R", "N"}
    actions = {key: action for action in window.findChildren(QAction) if (key := action.shortcut().toString()) in wanted}
    assert set(actions) == wanted and not any(action.isEnabled() for action in actions.values())
    before = window.settings.panel
    QTest.keyClick(window, Qt.Key.Key_F9)
    assert window.settings.panel is before and window.view.state.heat
    window.controller.open("scan.nii.gz")
    qtbot.waitUntil(lambda: window.controller.case is not None)
    assert all(action.isEnabled() for action in actions.values())
