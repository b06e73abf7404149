"""The menu of mouse profiles: chosen by name, remembered, in force at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from ankleviewer.core.display.mouse import PROFILES, profile_of
from ankleviewer.ui.words.translate import said, tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

PROPERTY = "mouse_profile"  # of the window; the views ask it when a button is pressed


def fill(window: MainWindow, parent: QMenu) -> QMenu:
    """Add the menu and put the remembered profile in force."""
    menu = parent.addMenu(tr("Mouse"))
    group = QActionGroup(menu)
    chosen = profile_of(window.settings.mouse)
    window.setProperty(PROPERTY, chosen.key)
    for profile in PROFILES:
        action = menu.addAction(said(profile.name))
        action.setCheckable(True)
        action.setChecked(profile is chosen)
        action.triggered.connect(lambda _checked=False, key=profile.key: choose(window, key))
        group.addAction(action)
    return menu


def choose(window: MainWindow, key: str) -> None:
    """Use a profile and remember it."""
    window.setProperty(PROPERTY, profile_of(key).key)
    window.keeping.keep(mouse=profile_of(key).key)
