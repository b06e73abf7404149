"""Dialogs beside a window come again beside the one that takes its place: where they were, as they are, without the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from ankleviewer.ui.look import dialogs
from ankleviewer.ui.look.dialogs import awaited, hand_on, lasts


@pytest.fixture
def windows(qtbot) -> tuple[QWidget, QWidget]:
    both = QWidget(), QWidget()
    for window in both:
        qtbot.addWidget(window)
        window.resize(200, 100)
        window.show()
    return both


def made(window: QWidget, size: QSize | None = None) -> QDialog:
    """A dialog as wide and high as what it holds."""
    dialog = QDialog(window)
    held = QLabel("words")
    held.setFixedSize(size or QSize(120, 60))
    QVBoxLayout(dialog).addWidget(held)
    return dialog


def shown(window: QWidget) -> list[QDialog]:
    return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]


def test_only_what_is_open_and_lasts_comes_again(windows) -> None:
    old, new = windows
    lasting, hidden, plain = made(old), made(old), made(old)
    for dialog in (lasting, hidden):
        lasts(dialog, lambda other, show: show(made(other)))
    lasting.show()
    plain.show()
    lasting.move(70, 50)
    hand_on(old, new)
    (again,) = shown(new)
    assert again.pos() == QPoint(70, 50) and shown(old) == [plain]


def test_what_has_no_size_yet_stays_on_the_screen(windows) -> None:
    old, new = windows
    dialog = made(old)
    room = dialog.screen().availableGeometry()
    lasts(dialog, lambda other, show: show(made(other, QSize(room.width() * 3 // 5, room.height() * 3 // 5))))
    dialog.show()
    dialog.move(room.center())
    hand_on(old, new)
    (again,) = shown(new)
    assert again.size().width() > room.width() // 2 and room.contains(again.geometry())


def test_it_does_not_take_the_keyboard(windows) -> None:
    """A figure may come while the reader works on in the window."""
    old, new = windows
    dialog = made(old)
    lasts(dialog, lambda other, show: show(made(other)))
    dialog.show()
    hand_on(old, new)
    (again,) = shown(new)
    assert again.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating) and again.parentWidget() is new


def test_what_is_awaited_is_handed_on_and_waits_there_alone(windows) -> None:
    old, new = windows
    asked, left = [], []
    stand_in = awaited(old, lambda other, _show: asked.append(other))
    stand_in.rejected.connect(lambda: left.append(stand_in))
    hand_on(old, new)
    assert asked == [new] and left == [stand_in] and isValid(stand_in) and not shown(old)


def test_a_dialog_is_open_once(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    made: list[QDialog] = []

    def make() -> QDialog:
        made.append(QDialog(window))
        return made[-1]

    dialogs.once(window, "keys", make)
    dialogs.once(window, "keys", make)
    dialogs.once(window, "about", make)
    assert len(made) == 2 and all(dialog.isVisible() for dialog in made)
    made[0].close()
    dialogs.once(window, "keys", make)
    assert len(made) == 3 and made[2].isVisible()


def test_no_dialog_is_larger_than_the_screen(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableSize()
    size = dialogs.fitting(window, 10_000, 10_000)
    assert size.width() < room.width() and size.height() < room.height()
    assert (dialogs.fitting(window, 300, 200).width(), dialogs.fitting(window, 300, 200).height()) == (300, 200)
