"""SeriesOpening: asks which series is meant where a folder or ZIP holds several, and changes it later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.serieschoice import Series
from ankleviewer.ui.background.jobs import Job
from ankleviewer.ui.files.series_chooser import SeriesChooser
from ankleviewer.ui.words.translate import noop, tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

NO_OTHER = noop("There is no other series beside this scan.")


class SeriesOpening(QObject):
    """Of one window. The headers are read and the pictures made in the background."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.chooser: SeriesChooser | None = None
        self.job = Job(self)
        self.job.done.connect(self._on_found)
        self.job.failed.connect(self._on_failed)
        self._path = ""
        self._asked = False  # by the reader; else because the folder could not be opened without a choice
        window.controller.several.connect(lambda path: self._ask(path, asked=False))
        window.privacy.changed.connect(lambda _hidden: self.chooser.refresh() if self.chooser is not None else None)

    def choose(self) -> None:
        """The other series of the folder or ZIP that is open."""
        controller = self._window.controller
        if controller.case is not None:
            self._ask(controller.case.scan.path, asked=True)

    def _ask(self, path: str, asked: bool) -> None:
        if self.chooser is not None:
            self.chooser.reject()
        controller = self._window.controller
        self._path, self._asked = path, asked
        chooser = SeriesChooser(self._window, lambda: self._window.privacy.hidden, controller.pick if asked else "")
        self.chooser = chooser
        chooser.chosen.connect(lambda key: controller.open(path, key))
        chooser.finished.connect(lambda _result: self._closed(chooser))
        chooser.show()
        self.job.start(lambda progress, cancelled: controller.backend.list_series(path, progress, cancelled))

    def _closed(self, chooser: SeriesChooser) -> None:
        if self.chooser is chooser:
            self.chooser = None
            self.job.cancel()

    def _on_found(self, found: Sequence[Series]) -> None:
        if self.chooser is None:
            return
        if self._asked and len(found) < 2:
            self.chooser.reject()
            self._window.toast.say(tr(NO_OTHER))
        else:
            self.chooser.show_series(found)

    def _on_failed(self, error: AnkleViewerError) -> None:
        if self.chooser is not None:
            self.chooser.reject()
            self._window.controller.notify(error.code, error.message)
