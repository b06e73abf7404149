"""MortiseView: finds the planes of the mortise view in the background and turns the panes to them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from ankleviewer.core.display.viewstate import PaneView
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.imaging.oblique import aligned
from ankleviewer.ui.background.jobs import Job
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.words.translate import said, tr

NOT_FOUND = "MORTISE_NOT_FOUND"


class MortiseView(QObject):
    """One command; what was found is remembered for each ankle of the open scan."""

    def __init__(self, controller: CaseController) -> None:
        super().__init__(controller)
        self._controller = controller
        self._found: dict[int, Any] = {}
        self._case: Any = None
        self._turning = True
        controller.changed.connect(self._let_go)
        self.job = Job(self)
        self.job.done.connect(self._on_found)
        self.job.failed.connect(self._on_failed)

    def look(self) -> None:
        """Find out how the leg shown lies, for what is measured along it; nothing is turned or said."""
        known = self._controller.view.state.ankle in self._controller.reviewing.directions
        if self._controller.ankle is not None and not known and not self.job.running:
            self._begin(turn=False)

    def show(self) -> None:
        """Turn the planes to the ankle shown, or say why that cannot be done."""
        self._begin(turn=True)

    def _begin(self, turn: bool) -> None:
        self._turning = turn
        case, ankle, index = self._controller.case, self._controller.ankle, self._controller.view.state.ankle
        if case is None:
            return
        if case is not self._case:
            self._case, self._found = case, {}
        if ankle is None:
            self._controller.notify(NOT_FOUND, tr("No mortise view: no ankle was found in this scan."))
        elif index in self._found and turn:
            self._turn(index)
        else:
            volume = case.scan.volume

            def work(_progress: object, _cancelled: object) -> tuple[Any, int, Any]:
                from ankleviewer.core.anatomy.mortise import NoMortise, find_mortise

                try:
                    return case, index, find_mortise(volume, ankle)
                except NoMortise as error:
                    raise AnkleViewerError(NOT_FOUND, str(error)) from None

            self.job.start(work)

    def _let_go(self) -> None:
        """Of a scan that is no longer open, with all its voxels."""
        if self._case is not None and self._case is not self._controller.case:
            self._case, self._found = None, {}

    def _on_found(self, answer: tuple[Any, int, Any]) -> None:
        case, index, mortise = answer
        if case is self._case:
            self._found[index] = mortise
            self._controller.reviewing.directions[index] = mortise.directions
            if self._turning and index == self._controller.view.state.ankle:
                self._turn(index)

    def _on_failed(self, error: AnkleViewerError) -> None:
        if self._case is None or self._case is not self._controller.case:
            return  # said of a scan that is no longer open
        if not self._turning:
            return
        why = said(error.message)
        if error.code == NOT_FOUND:
            # English goes on with a small letter; a translation keeps its own.
            why = tr("No mortise view: {why}", why=why[:1].lower() + why[1:] if why == error.message else why)
        self._controller.notify(NOT_FOUND, why)

    def _turn(self, index: int) -> None:
        view, mortise = self._controller.view, self._found[index]
        if view.scene is None:
            return
        view.move_cursor(mortise.centre_mm)
        view.set_turn(aligned(view.scene.volume.grid, mortise.directions, view.state.cursor_mm))
        # The whole joint in every pane, however the panes were panned before.
        view.update(fit="ankle", panes=(PaneView(), PaneView(), PaneView()))
