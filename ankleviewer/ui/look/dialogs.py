"""Dialogs that stand beside a window while the reader goes on: they come again in the window that takes its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

_AGAIN, _AWAITED = "madeAgainBy", "isAwaited"

Show = Callable[[QDialog], None]
Again = Callable[["MainWindow", Show], None]  # makes a dialog for another window, and hands it on once there is one


def once(window: QWidget, kind: str, make: Callable[[], QDialog]) -> None:
    """Show a dialog of a kind; the one that is open already comes to the front."""
    for dialog in window.findChildren(QDialog, kind, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if dialog.isVisible():
            dialog.raise_()
            dialog.activateWindow()
            return
    made = make()
    made.setObjectName(kind)
    made.show()


def fitting(dialog: QWidget, width: int, height: int) -> QSize:
    """A size that the screen has room for, title bar included."""
    return QSize(width, height).boundedTo(dialog.screen().availableSize() - QSize(16, 48))


def lasts(dialog: QDialog, again: Again) -> None:
    """Have a dialog made again where another window takes the place of the one that it belongs to."""
    dialog.setProperty(_AGAIN, again)


def awaited(window: QWidget, again: Again) -> QDialog:
    """What stands, unseen, for a dialog that cannot be made yet, so that it is not lost where the window goes before: it is
    rejected then. Who makes the dialog deletes it.
    """
    stand_in = QDialog(window)
    stand_in.setProperty(_AWAITED, True)
    lasts(stand_in, again)
    return stand_in


def hand_on(old: QWidget, new: MainWindow) -> None:
    """Make the dialogs that are open beside a window anew for the one that takes its place, where they were."""
    for dialog in old.findChildren(QDialog, options=Qt.FindChildOption.FindDirectChildrenOnly):
        again = dialog.property(_AGAIN)
        if again is not None and (dialog.isVisible() or dialog.property(_AWAITED)):
            again(new, partial(_show_at, dialog.frameGeometry()))
            if dialog.isVisible():
                dialog.close()  # its window is only hidden, and goes later
            else:
                dialog.reject()


def _show_at(place: QRect, dialog: QDialog) -> None:
    """Where one was, on the same screen; other words may take more room than there is beside that place."""
    dialog.ensurePolished()
    if not dialog.testAttribute(Qt.WidgetAttribute.WA_Resized):
        dialog.adjustSize()  # else its size is known once it is shown, which is too late
    screen = (QGuiApplication.screenAt(place.center()) or dialog.screen()).availableGeometry()
    size = dialog.size().expandedTo(dialog.minimumSizeHint())
    x = max(screen.left(), min(place.x(), screen.right() + 1 - size.width()))
    y = max(screen.top(), min(place.y(), screen.bottom() + 1 - size.height()))
    dialog.move(x, y)
    dialog.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)  # the reader is at the window, whose keys stay in use
    dialog.show()
