"""MortiseView: turns the panes to the planes of the mortise view, once they are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ankleviewer.core.display.viewstate import PaneView
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.imaging.oblique import aligned
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.state.legs import Legs
from ankleviewer.ui.words.translate import said, tr

if TYPE_CHECKING:
    from ankleviewer.session import Case

NOT_FOUND = "MORTISE_NOT_FOUND"


class MortiseView(QObject):
    """One command; what was found is remembered for each ankle of the open scan (`state.legs`)."""

    def __init__(self, controller: CaseController, legs: Legs) -> None:
        super().__init__(controller)
        self._controller, self._legs = controller, legs
        self._asked: tuple[Case, int] | None = None  # the scan and the ankle for which the planes shall turn
        legs.known.connect(self._on_known)

    def show(self) -> None:
        """Turn the planes to the ankle shown, or say why that cannot be done."""
        case, index = self._controller.case, self._controller.view.state.ankle
        if case is None:
            return
        if self._controller.ankle is None:
            self._controller.notify(NOT_FOUND, tr("No mortise view: no ankle was found in this scan."))
            return
        self._asked = case, index
        self._legs.look(index)

    def _on_known(self, index: int) -> None:
        if self._asked is None or self._asked[1] != index:
            return
        case, self._asked = self._asked[0], None
        if case is not self._controller.case:
            return  # of a scan that is no longer open
        if index in self._legs.lacking:
            self._say(self._legs.lacking[index])
        elif index == self._controller.view.state.ankle:
            self._turn(index)

    def _say(self, error: AnkleViewerError) -> None:
        why = said(error.message)
        if error.code == NOT_FOUND:
            # English goes on with a small letter; a translation keeps its own.
            why = tr("No mortise view: {why}", why=why[:1].lower() + why[1:] if why == error.message else why)
        self._controller.notify(NOT_FOUND, why)

    def _turn(self, index: int) -> None:
        view, mortise = self._controller.view, self._legs.found[index]
        if view.scene is None:
            return
        view.move_cursor(mortise.center_mm)
        view.set_turn(aligned(view.scene.volume.grid, mortise.directions, view.state.cursor_mm))
        # The whole joint in every pane, however the panes were panned before.
        view.update(fit="ankle", panes=(PaneView(), PaneView(), PaneView()))
