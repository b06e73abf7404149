"""Resting: a window that has been left alone for some seconds gives the models' memory back until it is needed again.

Some 870 MiB with the shipped model, for the minutes in which a scan is read. Not right after the answer: an engine that frees
them keeps Python's interpreter to itself for up to 60 ms, and the next scan may follow at once.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from ankleviewer.ui.background.jobs import Job
from ankleviewer.ui.state.answers import ask_anew
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.words.translate import tr

ALONE_MS = 10_000


class Resting(QObject):
    """Waits until nobody has moved anything and no work has ended for `ALONE_MS` after an answer, then rests once."""

    def __init__(self, controller: CaseController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.controller, self.job = controller, Job(self)
        self.job.done.connect(self._on_rested)
        self._due = QTimer(self, singleShot=True, interval=ALONE_MS)
        self._due.timeout.connect(self._rest)
        controller.settled.connect(self._on_settled)
        controller.changed.connect(self._put_off)
        for work in (controller.reading, controller.analysing):
            work.running_changed.connect(self._give_way)
        controller.view.changed.connect(self._put_off)

    def _on_settled(self, _ok: bool) -> None:
        self._due.start()

    def _put_off(self, *_states: object) -> None:
        if self._due.isActive():
            self._due.start()

    def _give_way(self, running: bool) -> None:
        if running:
            self.job.cancel()  # the processor is for the next scan; its end asks again

    def _rest(self) -> None:
        if self.controller.analysing.running or self.controller.reading.running:
            return  # its end asks again
        self.job.start(lambda _progress, cancelled: self.controller.backend.rest(cancelled))

    def _on_rested(self, odd: tuple[tuple[str, str], ...]) -> None:
        """Take the answers back of an engine that answered at once and, measured only now, computes otherwise than the CPU."""
        shown = self.controller.analysis
        models = shown.result.models if shown is not None else ()
        wrong = {a.name: a.runtime.provider for a in models if (a.sha256, a.runtime.provider) in odd}
        if wrong:
            ask_anew(self.controller, list(wrong))
            text = tr(
                "{engine} answers otherwise than the CPU on this computer. It is no longer used; the scan is analysed again.",
                engine=next(iter(wrong.values())),
            )
            self.controller.notify("ENGINE_DISAGREES", text)

    def stop(self) -> None:
        """The window closes."""
        self._due.stop()
