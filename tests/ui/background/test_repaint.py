"""repaint: what changes as a whole is painted in a turn of its own."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ankleviewer.ui.background import repaint


class Painted(QWidget):
    """Notes its paint events."""

    def __init__(self, seen: list[str]) -> None:
        super().__init__()
        self.seen = seen

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Note it."""
        self.seen.append("painted")


def test_another_event_comes_between_the_change_and_its_paint(qtbot) -> None:
    seen: list[str] = []
    window, inner = QWidget(), Painted(seen)
    QVBoxLayout(window).addWidget(inner)
    inner.setMinimumSize(60, 60)
    window.show()
    qtbot.addWidget(window)
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: "painted" in seen)
    qtbot.wait(20)
    seen.clear()
    QTimer.singleShot(0, lambda: seen.append("another"))
    repaint.next_turn(window)
    repaint.next_turn(window)  # while one waits, a second asks for nothing more
    inner.update()
    qtbot.waitUntil(lambda: "painted" in seen)
    qtbot.wait(20)
    assert seen[:2] == ["another", "painted"] and window.updatesEnabled()


def test_a_window_that_is_gone_meanwhile_does_no_harm(qtbot) -> None:
    window = QWidget()
    repaint.next_turn(window)
    window.deleteLater()
    del window
    qtbot.wait(20)
