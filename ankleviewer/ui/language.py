"""The menu of languages: chosen by name, remembered, in force at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.words.translate import CHOICES, LANGUAGES, VARIABLE, language, overruled, spoken, tr, writable

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
    """Remember a language and speak it; the window is made anew in it (`succession`), after work that is under way."""
    window.keeping.keep(language=choice)
    if overruled():
        window.toast.say(tr("{variable} in the environment decides the language of the window", variable=VARIABLE))
    elif not writable(choice):
        window.toast.say(tr("No font on this computer can write {language}", language=LANGUAGES[choice]))
    elif language(choice) != spoken():
        if window.controller.phase in (Phase.READING, Phase.ANALYSING) or window.exporting.running:
            window.toast.say(tr("The language changes when the work under way is done"))
        window.language_changed.emit()
