"""Toast: says one thing in the middle of its bar and goes away by itself."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

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


@pytest.mark.parametrize("first", [False, True], ids=["line at the right", "line at the left"])
def test_clear_of_the_line_that_is_never_covered(qtbot, first: bool) -> None:
    bar, line = QWidget(), QLabel("For research use only")
    qtbot.addWidget(bar)
    row = QHBoxLayout(bar)
    row.setContentsMargins(0, 0, 0, 0)
    for add in (lambda: row.addWidget(line), lambda: row.addStretch(1))[:: 1 if first else -1]:
        add()
    line.setFixedWidth(250)
    bar.resize(600, 28)
    bar.show()
    toast = Toast(bar, clear=line)
    toast.say("Saved")
    assert abs(toast.widget.geometry().center().x() - 300) <= 1, "in the middle where it covers nothing there"
    toast.say("A word so long that it would lie over it")
    assert toast.widget.text() == toast.text
    for width in (600, 420, 360, 600):
        bar.resize(width, 28)
        qtbot.waitUntil(lambda: line.x() in (0, bar.width() - 250))
        box = toast.widget.geometry()
        assert not box.intersects(line.geometry()) and bar.rect().contains(box)
        assert toast.text == "A word so long that it would lie over it" == toast.widget.accessibleName()
        assert (toast.widget.text() == toast.text) == (width == 600), "cut where it has no room, and whole again"


def test_the_research_use_line_stays_clear_in_the_window(make_window, backend, speak) -> None:
    speak("de")
    window = make_window(backend)
    window.resize(1280, 720)
    window.toast.say("Ein Satz, der so lang ist, dass er in der Mitte der unteren Zeile weit über den Hinweis reichte")
    told, line = window.toast.widget.geometry(), window.bottom.disclaimer.geometry()
    assert told.width() > 450 and line.width() > 400 and not told.intersects(line)
