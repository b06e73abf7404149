"""Leaving: a window that would take with it what the reader said, and the disk did not take, asks before it closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from ankleviewer.ui.words.translate import tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow


def leave(window: MainWindow) -> None:
    """Close, as the reader asks."""
    if may_close(window):
        window.close()


def may_close(window: MainWindow) -> bool:
    """Whether every step of the reviews is on the disk, at last, or the reader lets those go that are not."""
    window.panel.reading.write_down()  # a remark that is still being typed
    again, lost, stay = QMessageBox.StandardButton.Retry, QMessageBox.StandardButton.Discard, QMessageBox.StandardButton.Cancel
    while steps := window.controller.reviewing.write_rest():
        text = (
            tr("A step of the review could not be written to the disk. It is lost when the program is closed.")
            if steps == 1
            else tr("%n steps of the review could not be written to the disk. They are lost when the program is closed.", steps)
        )
        chosen = QMessageBox.warning(window, tr("The review is not written"), text, again | lost | stay, again)
        if chosen != again:
            return chosen == lost
    return True
