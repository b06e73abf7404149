"""Who has the keyboard: the order in which Tab goes, the place in a list whose rows are made anew, and KeptFocus, which gives a
window back the keyboard that the making of VTK's own native window takes away (X11 without a manager).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from ankleviewer.ui.background import screen

_WAIT_MS = 250  # within which the system says that the focus has gone


def in_turn(*widgets: QWidget) -> None:
    """Tab goes through these widgets in this order; by itself Qt takes what was made last at the very end of the window."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


@contextlib.contextmanager
def kept_place(stops: Callable[[], Sequence[QWidget]]) -> Iterator[None]:
    """For a list whose rows are made anew: where the row that has the keyboard goes, its successor at the same stop of the list
    gets it, or the last stop where there are fewer. Otherwise Tab would begin at the top of the window again.

    Args:
        stops: where Tab stops in the list as it is, in order.
    """
    before, focus = _open(stops()), QApplication.focusWidget()
    yield
    if focus in before and focus not in (after := _open(stops())) and after:
        heir = after[min(before.index(focus), len(after) - 1)]
        for widget in reversed(_upwards(heir)):
            widget.setVisible(True)  # a new row is shown only when it is laid out, and what is not shown takes no keyboard
        heir.setFocus(Qt.FocusReason.OtherFocusReason)


def _open(stops: Sequence[QWidget]) -> list[QWidget]:
    """Those that nobody has hidden, alone or with what they stand in; new rows count, though they are not laid out yet."""
    hidden = Qt.WidgetAttribute.WA_WState_ExplicitShowHide
    return [s for s in stops if s.isEnabled() and not any(w.isHidden() and w.testAttribute(hidden) for w in _upwards(s))]


def _upwards(widget: QWidget) -> list[QWidget]:
    """A widget and what it stands in, up to its window."""
    found = [widget]
    while not found[-1].isWindow() and (parent := found[-1].parentWidget()) is not None:
        found.append(parent)
    return [w for w in found if not w.isWindow()]


class KeptFocus(QObject):
    """Made before the native window: remembers what had the keyboard, and restores it while nothing else has asked for it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._focus = window, QApplication.focusWidget()
        if QApplication.activeWindow() is not window or self._focus is None:
            self.deleteLater()
            return
        screen.running().focusChanged.connect(self._on_focus)
        QTimer.singleShot(_WAIT_MS, self, self.deleteLater)

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None and QApplication.activeWindow() is None:
            QTimer.singleShot(0, self, self._restore)
        elif new is not None:
            self._focus = new  # the reader, or the program, went on to another control

    def _restore(self) -> None:
        """Only where no window of the program is active: a reader who went to another program gets no window thrust upon him."""
        if QApplication.activeWindow() is None and self._window.isVisible() and self._focus is not None:
            self._window.activateWindow()
            with contextlib.suppress(RuntimeError):  # the control is gone meanwhile
                self._focus.setFocus()
