"""Toast: says one thing in the middle of its bar and goes away by itself."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ankleviewer.ui.look.toast import Toast


def test_shown_in_the_middle_and_gone_again(qtbot) -> None:
    bar = QWidget()
    qtbot.addWidget(bar)
    bar.resize(600, 28)
    bar.show()
    toast = Toast(bar)
    toast.say("Picture saved")
    box = toast.widget.geometry()
    assert toast.widget.isVisible() and abs(box.center().x() - 300) <= 1 and bar.rect().contains(box)
    toast.say("A longer word that follows the first")
    assert toast.widget.geometry().width() > box.width() and toast.widget.text().startswith("A longer")
    toast._timer.setInterval(10)
    toast._timer.start()
    qtbot.waitUntil(lambda: not toast.widget.isVisible())
