"""KeptFocus: the keyboard stays where it was while VTK's window is made, and is given to nobody who did not have it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from ankleviewer.ui.keyboard.focus import KeptFocus


def test_the_keyboard_stays_where_it_was_when_the_3d_view_starts(make_window, backend, qtbot) -> None:
    backend.gate.clear()
    window = make_window(backend, gl=True)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    backend.gate.set()
    qtbot.waitUntil(lambda: window.controller.case is not None, timeout=10000)
    window.panes["coronal"].setFocus()
    qtbot.waitUntil(lambda: window.pane3d.render3d is not None and not window.pane3d.pending, timeout=60000)
    qtbot.wait(300)
    assert QApplication.activeWindow() is window and QApplication.focusWidget() is window.panes["coronal"]
    at = window.panes["coronal"].picture().index
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    assert window.panes["coronal"].picture().index == at + 1


def test_a_window_that_was_not_active_is_left_alone(qtbot) -> None:
    first, second = QWidget(), QWidget()
    for window in (first, second):
        qtbot.addWidget(window)
        column = QVBoxLayout(window)
        window.edits = [QLineEdit(), QLineEdit()]
        for edit in window.edits:
            column.addWidget(edit)
        window.show()
    second.activateWindow()
    second.edits[0].setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is second.edits[0])
    KeptFocus(first)  # not the active one
    qtbot.wait(50)
    assert QApplication.activeWindow() is second

    kept = KeptFocus(second)
    second.edits[1].setFocus()  # the reader goes on to another control
    assert kept._focus is second.edits[1]
    kept._restore()
    assert QApplication.focusWidget() is second.edits[1]
    qtbot.wait(400)
    first.hide()
    second.hide()
