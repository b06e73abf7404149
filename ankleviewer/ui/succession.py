"""Keeper: holds the open window, and puts one in another language in its place, with the scan as it stands.

Every text of a window is written when its widgets are made, so a change of language makes them anew rather than write each text
twice; what the reader has (case, answer, review with its undo, tool in hand, view) goes over as it is, and nothing is read or run
again; dialogs that stand beside the window come again in the new language, where they were.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from ankleviewer.ui.look.dialogs import hand_on
from ankleviewer.ui.main_window import MainWindow
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.words import translate

_ASK_AGAIN_MS = 200


class Keeper(QObject):
    """Holds `window`, which is another one after a change of language."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.window = window
        self._turn = QTimer(self, singleShot=True)
        self._turn.timeout.connect(self._renew)
        self._follow()

    def _follow(self) -> None:
        self.window.language_changed.connect(self._later)
        self.window.controller.settled.connect(self._on_settled)
        self.window.exporting.ended.connect(self._on_settled)
        self._wanted = False

    def _later(self) -> None:
        # The menu that asked for it is still open, and belongs to the window that goes.
        self._wanted = True
        self._turn.start(0)

    def _on_settled(self, _ok: bool = True) -> None:
        if self._wanted:
            self._later()

    def _renew(self) -> None:
        old = self.window
        if not self._wanted or old.closed:
            return
        if old.controller.phase in (Phase.READING, Phase.ANALYSING) or old.exporting.running:
            return  # work under way ends first, in the window that began it
        if QApplication.activeModalWidget() is not None:
            self._turn.start(_ASK_AGAIN_MS)  # a dialog would go with its window, and what the reader was about to choose there
            return
        translate.install(old.settings.language)
        # Not from the disk: another window may have written there that names are shown, or nothing could be written.
        new = MainWindow(old.controller.backend, remembered=old.settings_now())
        new.restoreGeometry(old.saveGeometry())
        new.last_pane = old.last_pane
        new.controller.take_over(old.controller)
        if old.editing.active:
            new.editing.toggle()
        new.pane3d.take_over(old.pane3d)
        if new.controller.models is None:
            new.controller.list_models()
        new.show()
        new.panes[new.last_pane].setFocus()
        if old.warming is not None:
            new.warm()
        if old.toast.text:  # what was just done is still said
            new.toast.say(old.toast.text)
        hand_on(old, new)
        self.window = new
        self._follow()
        old.close()
        old.deleteLater()
