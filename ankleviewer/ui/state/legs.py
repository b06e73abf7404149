"""Legs: how the legs of the open scan lie, looked for in the background, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.ui.background.jobs import Job

if TYPE_CHECKING:
    from ankleviewer.core.anatomy.mortise import Mortise
    from ankleviewer.session import Case
    from ankleviewer.ui.state.controller import CaseController

NOT_FOUND = "MORTISE_NOT_FOUND"


class Legs(QObject):
    """What `core.anatomy.mortise` finds at each ankle, by its index. Reviewing is told the directions, for measures along them.

    Signals:
        known(index): an ankle's planes are in `found`, or why there are none in `lacking`.
    """

    known = Signal(int)

    def __init__(self, controller: CaseController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._case: Case | None = None
        self.found: dict[int, Mortise] = {}
        self.lacking: dict[int, AnkleViewerError] = {}
        self._waiting: list[int] = []
        self._now: int | None = None
        controller.changed.connect(self._let_go)
        self.job = Job(self)
        self.job.done.connect(self._on_found)
        self.job.failed.connect(self._on_failed)

    def look(self, index: int) -> None:
        """Have an ankle's leg looked for; `known` follows, at once where it has been."""
        case = self._controller.case
        if case is None or not 0 <= index < len(case.ankles):
            return
        if case is not self._case:
            self._forget(case)
        if index in self.found or (index in self.lacking and self.lacking[index].code == NOT_FOUND):  # other faults may pass
            self.known.emit(index)
        elif index != self._now and index not in self._waiting:
            self._waiting.append(index)
            self._next()

    def _next(self) -> None:
        if self._now is not None or not self._waiting or self._case is None:
            return
        self._now = self._waiting.pop(0)
        volume, ankle = self._case.scan.volume, self._case.ankles[self._now]

        def work(_progress: object, _cancelled: object) -> Mortise:
            from ankleviewer.core.anatomy.mortise import NoMortise, find_mortise

            try:
                return find_mortise(volume, ankle)
            except NoMortise as error:
                raise AnkleViewerError("MORTISE_NOT_FOUND", str(error)) from None

        self.job.start(work)

    def _forget(self, case: Case | None) -> None:
        self._case, self._now = case, None
        self.found, self.lacking, self._waiting = {}, {}, []
        self.job.cancel()  # an answer on its way is another scan's

    def _let_go(self) -> None:
        """Of a scan that is no longer open, with all its voxels."""
        if self._case is not None and self._case is not self._controller.case:
            self._forget(None)

    def _on_found(self, mortise: Mortise) -> None:
        if self._now is not None and self._case is self._controller.case:
            self.lacking.pop(self._now, None)
            self.found[self._now] = mortise
            self._controller.reviewing.directions[self._now] = mortise.directions
            self._tell()

    def _on_failed(self, error: AnkleViewerError) -> None:
        if self._now is not None and self._case is self._controller.case:
            self.lacking[self._now] = error
            self._controller.reviewing.directions[self._now] = None
            self._tell()

    def _tell(self) -> None:
        index, self._now = self._now, None
        self.known.emit(index)
        self._next()
