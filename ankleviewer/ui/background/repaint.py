"""A window that changes as a whole is painted one turn of the event loop later: both in one would keep the reader waiting."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

_TURN_MS = 1  # a timer's turn comes after the events at hand; what was asked to be painted would be among them


def next_turn(widget: QWidget) -> None:
    """Paint a widget, and all that is in it, in the next turn of the event loop instead of in this one.

    To be called before it changes: what has been asked to be painted already is painted at once.
    """
    if widget.updatesEnabled():
        widget.setUpdatesEnabled(False)
        QTimer.singleShot(_TURN_MS, widget, lambda: widget.setUpdatesEnabled(True))
