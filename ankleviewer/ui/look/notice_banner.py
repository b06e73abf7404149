"""NoticeBanner: what did not work, in a place where it moves no picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ankleviewer.ui.look.parts import Link, closed_up, explained, label
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.state.phase import Notice
from ankleviewer.ui.words.translate import said, tr
from ankleviewer.ui.words.wording import DOT, breakable

_GAP = 2  # px between the sentence and its code
_EDGE = 4  # px of the colour at its left
_BUTTON = (11, 5, 11, 5)  # px between the button's word and its edges, as the theme has them
_WHOLE, _SHORT = (12, 8, 8, 8), (8, 0, 4, 0)  # px: left, top, right, bottom


class NoticeBanner(QFrame):
    """A refusal or failure: sentence, code and file; stays until dismissed, never in the way of the open case.

    Who holds it gives it a room that is none of the pictures': with a change of theirs in size they would jump under the reader's
    eyes, and a click would land elsewhere.
    """

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.text = label("", wrap=True)
        self.code = label("", "refusal", wrap=True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.line = Link("")  # all in one line, of which a click opens the rest
        self.line.clicked.connect(lambda: explained(self.line, self._whole()))
        self.close_button = QPushButton(tr("Close"))
        self.close_button.setAccessibleName(tr("Close this message"))
        self.close_button.clicked.connect(controller.dismiss)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(_GAP)
        self._column.addWidget(self.text)
        self._below = below = QHBoxLayout()
        below.addWidget(self.code, 1)
        below.addWidget(self.line, 1)
        below.addWidget(self.close_button)
        self._column.addLayout(below)
        self._controller = controller
        self.hide_names = False
        self._notice: Notice | None = None
        self.set_short(False)
        controller.noticed.connect(self.show_notice)
        self.hide()

    def set_short(self, short: bool) -> None:
        """Whether it has one line; what does not fit there is opened by a click on it."""
        for widget in (self.text, self.code):
            widget.setVisible(not short)
        self.line.setVisible(short)
        self.close_button.setStyleSheet("padding: 1px 10px; min-height: 16px;" if short else "")
        flag = Qt.AlignmentFlag
        self._below.setAlignment(self.close_button, flag.AlignVCenter if short else flag.AlignBottom)
        self._column.setContentsMargins(*(_SHORT if short else _WHOLE))

    def whole_height(self, width: int) -> int:
        """Px that all of it takes at a width of so many px, whether it is short now or not."""
        left, top, right, bottom = _WHOLE
        metrics = self.close_button.fontMetrics()
        button = metrics.size(0, self.close_button.text()).grownBy(QMargins(*_BUTTON))
        free = width - left - right - _EDGE
        code = self.code.heightForWidth(free - button.width() - max(self._below.spacing(), 0))
        return top + self.text.heightForWidth(free) + _GAP + max(code, button.height()) + bottom

    def show_notice(self, notice: Notice | None) -> None:
        """Show a notice; None hides the banner."""
        self._notice = notice
        if notice is not None:
            text = said(notice.message)
            if notice.file:
                text = f"{tr('Cannot open: {text}', text=text)} {self._still()}"
            self.text.setText(closed_up(text.strip()))
            file = tr("file name hidden") if self.hide_names else notice.file
            self.code.setText(notice.code + (f"{DOT}{breakable(file)}" if notice.file else ""))
            self.line.tell("✕ " + DOT.join((notice.code, *self.text.text().splitlines())))
            self.line.setToolTip(self._whole())
            self.line.setAccessibleName(self._whole())
        self.setVisible(notice is not None)

    def _whole(self) -> str:
        return f"{self.text.text()}\n\n{self.code.text()}"

    def _still(self) -> str:
        """Which scan the pictures are of, so that nobody takes them for those of the file that is named; "" with none."""
        case = self._controller.case
        if case is None:
            return ""
        if self.hide_names:
            return tr("The scan shown is still the former one.")
        return tr("The scan shown is still {name}.", name=breakable(Path(case.scan.path).name))

    def set_hide_names(self, hidden: bool) -> None:
        """Whether the file of a notice is named."""
        self.hide_names = hidden
        self.show_notice(self._notice)
