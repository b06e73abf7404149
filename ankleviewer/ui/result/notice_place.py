"""NoticePlace: where a notice stands, so that it takes room from no picture and leaves the answer's column readable."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ankleviewer.ui.look.notice_banner import NoticeBanner
from ankleviewer.ui.result.bottom_line import BottomLine
from ankleviewer.ui.result.result_panel import ResultPanel
from ankleviewer.ui.state.controller import CaseController

LEAST_BESIDE = 100  # px that scroll beside a whole notice; with less the findings would be out of reach while it stands


class NoticePlace(QObject):
    """Puts the banner into the column, into the bottom line where the column has no room for all of it, and above the first page
    where nothing is open.

    Args:
        page: layout whose top is the place with nothing open.
    """

    def __init__(
        self, controller: CaseController, banner: NoticeBanner, panel: ResultPanel, bottom: BottomLine, page: QVBoxLayout
    ) -> None:
        super().__init__(panel)
        self._controller, self._banner, self._panel, self._bottom, self._page = controller, banner, panel, bottom, page
        panel.installEventFilter(self)
        controller.noticed.connect(self.choose)  # after the banner, which has the new text by then

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The column has another height, or something in it has."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.choose()
        return False

    def choose(self) -> None:
        """Move the banner where it belongs now."""
        place = self._place()
        if self._banner.parentWidget() is place:
            return
        self._banner.set_short(place is self._bottom)
        if place is self._panel:
            self._panel.hold(self._banner)
        elif place is self._bottom:
            self._bottom.hold(self._banner)
        else:
            self._page.insertWidget(0, self._banner)
        self._banner.setVisible(self._controller.notice is not None)
        self._bottom.refresh()  # whose chips make room for it, or need not any more

    def _place(self) -> QWidget | None:
        panel = self._panel
        if self._controller.case is None:
            return self._page.parentWidget()
        if panel.isHidden():
            return self._bottom
        here = self._banner.whole_height(panel.width()) + LEAST_BESIDE <= panel.scroll_room
        return panel if here else self._bottom
