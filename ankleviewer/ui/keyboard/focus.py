"""Who has the keyboard: the order in which Tab goes, and KeptFocus, which gives a window back the keyboard that the making of
VTK's own native window takes away (X11 without a manager).
"""

from __future__ import annotations

import contextlib
from itertools import pairwise

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

_WAIT_MS = 250  # within which the system says that the focus has gone


def in_turn(*widgets: QWidget) -> None:
    """Tab goes through these widgets in this order; by itself Qt takes what was made last at the very end of the window."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


class KeptFocus(QObject):
    """Made before the native window: remembers what had the keyboard, and restores it while nothing else has asked for it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._focus = window, QApplication.focusWidget()
        if QApplication.activeWindow() is not window or self._focus is None:
            self.deleteLater()
            return
        QApplication.instance().focusChanged.connect(self._on_focus)
        QTimer.singleShot(_WAIT_MS, self, self.deleteLater)

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None and QApplication.activeWindow() is None:
            QTimer.singleShot(0, self, self._restore)
        elif new is not None:
            self._focus = new  # the reader, or the program, went on to another control

    def _restore(self) -> None:
        """Only where no window of the program is active: a reader who went to another program gets no window thrust upon him."""
        if QApplication.activeWindow() is None and self._window.isVisible():
            self._window.activateWindow()
            with contextlib.suppress(RuntimeError):  # the control is gone meanwhile
                self._focus.setFocus()
