"""Keeping: what is set in a window is written at once, and where the disk does not take it the reader is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ankleviewer.ui.state import settings
from ankleviewer.ui.words.translate import tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow


class Keeping:
    """The one way in which a window's settings change while it is open."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._told = False

    def keep(self, **changes: Any) -> None:
        """Change settings by name and write them. That they cannot be written is told once; they hold as long as the window."""
        self._window.settings = replace(self._window.settings, **changes)
        if settings.save(self._window.settings) or self._told:
            return
        self._told = True  # before it is told: who is told may set something
        text = tr("Settings cannot be kept: the program's own folder cannot be written. They hold until the program is closed.")
        self._window.controller.notify("SETTINGS_NOT_SAVED", text)
