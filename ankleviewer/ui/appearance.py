"""Appearance: dark or light as the system says or as the reader chose, remembered; follows the system while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from ankleviewer.ui.background import screen
from ankleviewer.ui.look import theme
from ankleviewer.ui.words.translate import noop, tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

_NAMES = {"system": noop("As the system"), "dark": noop("Dark"), "light": noop("Light")}


class Appearance(QObject):
    """The theme of a window's application."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        theme.apply(screen.running(), window.settings.theme)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system)

    def choose(self, mode: str) -> None:
        """Dress anew and remember."""
        self._window.keeping.keep(theme=mode)
        self._dress()

    def menu(self, parent: QMenu) -> QMenu:
        """The sub-menu with the three modes."""
        menu = parent.addMenu(tr("Appearance"))
        group = QActionGroup(menu)
        for mode in theme.MODES:
            action = menu.addAction(tr(_NAMES[mode]))
            action.setCheckable(True)
            action.setChecked(mode == self._window.settings.theme)
            action.triggered.connect(lambda _checked=False, chosen=mode: self.choose(chosen))
            group.addAction(action)
        return menu

    def _on_system(self) -> None:
        if self._window.settings.theme == "system":
            self._dress()

    def _dress(self) -> None:
        theme.apply(screen.running(), self._window.settings.theme)
        for widget in QApplication.allWidgets():
            widget.update()
