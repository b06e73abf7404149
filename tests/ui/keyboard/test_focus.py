"""Tab goes as a window is read. The keyboard stays where it was while VTK's window is made; nobody else is given it."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QVBoxLayout, QWidget

from ankleviewer.ui.keyboard.focus import KeptFocus


def test_the_keyboard_stays_where_it_was_when_the_3d_view_starts(make_window, backend, qtbot) -> None:
    backend.gate.clear()
    window = make_window(backend, gl=True)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    backend.gate.set()
    qtbot.waitUntil(lambda: window.controller.case is not None)
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


def test_tab_goes_down_the_result_column_as_it_is_read(make_window, backend, qtbot) -> None:
    """Rows are made when there is an answer, a mark, a measure; the keyboard reaches them where they stand."""
    window = make_window(backend)
    controller, panel = window.controller, window.panel
    window.resize(1280, 1000)
    controller.judge("rejected", 0)
    controller.add_missed()
    controller.reviewing.add_measure("distance", ((0.0, 0.0, 140.0), (6.0, 8.0, 140.0)), (0.0, 0.0, 1.0), ())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.panes["sagittal"].setFocus()
    seen = []
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
        if seen[-1] is window.panes["axial"]:
            break
    column = [w for w in seen if panel.isAncestorOf(w)]
    assert {panel.findings.rows[0].reason, panel.findings.missed[0].remove, panel.measures.rows[0].go} < set(column)
    tops = [w.mapTo(panel, w.rect().topLeft()).y() for w in column]
    assert all(after >= before - 4 for before, after in pairwise(tops)), tops
    assert column == seen[seen.index(column[0]) : seen.index(column[-1]) + 1], "and leaves it only at its end"


def test_tab_goes_along_the_3d_header_and_then_to_the_picture(make_window, backend, qtbot) -> None:
    window = make_window(backend, gl=True)
    pane = window.pane3d
    qtbot.waitUntil(lambda: pane.render3d is not None and not pane.pending, timeout=60000)
    wanted = [*pane._header.findChildren(QToolButton), pane.render3d.widget]
    assert [b.text() for b in wanted[:6]] == list("LRAPSI") and wanted[6] is pane.tools.button
    chain = [wanted[0]]
    while chain[-1] is not wanted[-1] and len(chain) < 40:
        chain.append(chain[-1].nextInFocusChain())
    assert [w for w in chain if w.focusPolicy() & Qt.FocusPolicy.TabFocus] == wanted


def test_rows_that_are_made_anew_keep_the_keyboard(make_window, fakes, qtbot) -> None:
    answers = (fakes.answer(), fakes.answer("uncertain", name="mobilenet"))
    window = make_window(fakes.Backend(answers=answers))
    controller, panel = window.controller, window.panel
    window.resize(1280, 1000)
    controller.choose_model("all")
    qtbot.waitUntil(lambda: not fakes.busy(window) and len(panel._other_rows) == 2)
    for x in (0.0, 4.0):
        window.view.move_cursor((x, 0.0, 140.0))
        controller.add_missed()
        controller.reviewing.add_measure("distance", ((x, 0.0, 140.0), (x + 6.0, 8.0, 140.0)), (0.0, 0.0, 1.0), ())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    def press(button: QWidget) -> QWidget | None:
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Return)
        return QApplication.focusWidget()

    assert press(panel._other_rows[1]) is panel._other_rows[1] and controller.view.state.model == "mobilenet"
    assert press(panel.findings.missed[0].remove) is panel.findings.missed[0].remove, "the one that came after it"
    assert press(panel.measures.rows[1].remove) is not None and len(panel.measures.rows) == 1
    assert press(panel.measures.rows[0].remove) in panel._places() and not panel.measures.rows
    assert press(panel.findings.missed[0].remove) in panel._places() and not panel.findings.missed


def test_another_ankle_chosen_by_its_row_keeps_the_keyboard_in_the_column(make_window, fakes, qtbot) -> None:
    left = fakes.ankle("L")
    left.center_mm = (10.0, 0.0, 120.0)
    answers = (fakes.answer("uncertain", ankle=0), fakes.answer("fracture", ankle=1))
    window = make_window(fakes.Backend(ankles=(fakes.ankle("R"), left), answers=answers))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    (row,) = window.panel.others.rows
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert window.view.state.ankle == 0
    (row,) = window.panel.others.rows
    assert QApplication.focusWidget() is row
