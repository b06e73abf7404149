"""The menu of languages: chosen by name, remembered, in force at the next start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from ankleviewer.ui import settings
from ankleviewer.ui.translate import CHOICES, LANGUAGES, tr, writable

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow


def fill(window: MainWindow, parent: QMenu) -> QMenu:
    """Add the menu."""
    menu = parent.addMenu(tr("Language"))
    group = QActionGroup(menu)
    for choice in CHOICES:
        action = menu.addAction(LANGUAGES.get(choice) or tr("System"))
        action.setCheckable(True)
        action.setChecked(choice == window.settings.language)
        action.triggered.connect(lambda _checked=False, chosen=choice: choose(window, chosen))
        group.addAction(action)
    return menu


def choose(window: MainWindow, choice: str) -> None:
    """Remember a language. What is on the screen keeps its own: half a window in another language would be worse."""
    window.settings = replace(window.settings, language=choice)
    settings.save(window.settings)
    if writable(choice):
        window.toast.say(tr("The language changes at the next start"))
    else:
        window.toast.say(tr("No font on this computer can write {language}", language=LANGUAGES[choice]))
