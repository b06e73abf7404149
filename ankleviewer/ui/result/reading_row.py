"""ReadingRow: the reader's own answer for the ankle shown, with a remark; for scans without boxes, too."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.reading.conclusion import LONGEST, VERDICTS, Verdict
from ankleviewer.ui.look.parts import label
from ankleviewer.ui.state import judging
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.words.translate import tr

_GAP, _AROUND = 6, 14  # px between the answers; beside the words of one


class ReadingRow(QWidget):
    """Three answers, of which the one given is pressed, again to take it back, and a line for a remark, which is written down
    when it is left: with Enter, for another ankle or another scan, at the window's end.
    """

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self._typed_for: int | None = None  # the ankle of a remark that is not written down yet
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.heading = label(tr("Your own reading"), "heading")
        column.addWidget(self.heading)
        self._grid = QGridLayout()
        self._grid.setSpacing(_GAP)
        self.buttons: dict[Verdict, QPushButton] = {}
        for verdict in VERDICTS:
            button = QPushButton(judging.verdict_text(verdict))
            button.setCheckable(True)
            button.setStyleSheet("padding: 3px 4px;")
            button.setToolTip(tr("What you conclude of this ankle yourself, whatever the models say; again: take it back"))
            button.setAccessibleName(f"{self.heading.text()}: {button.text()}")
            button.clicked.connect(lambda _checked=False, said=verdict: judging.conclude(controller, said))
            self.buttons[verdict] = button
        column.addLayout(self._grid)
        self.remark = QLineEdit()
        self.remark.setMaxLength(LONGEST)
        self.remark.setPlaceholderText(tr("Remark, without names"))
        self.remark.setAccessibleName(tr("Remark on your own reading"))
        self.remark.textEdited.connect(lambda _text: self._typing())
        self.remark.editingFinished.connect(self.write_down)
        self.remark.returnPressed.connect(self.remark.clearFocus)  # the next key is a command again
        column.addWidget(self.remark)
        controller.view.changed.connect(self._on_view)

    def fit(self, wide: int) -> None:
        """Stand in a column that leaves a row that many px: the answers in one row, or where they do not fit in two."""
        needed = [button.fontMetrics().horizontalAdvance(button.text()) + _AROUND for button in self.buttons.values()]
        together = sum(needed) + _GAP * (len(needed) - 1) <= wide
        for n, (button, least) in enumerate(zip(self.buttons.values(), needed, strict=True)):
            self._grid.addWidget(button, 0 if together else n // 2, n if together else n % 2)
            self._grid.setColumnStretch(n, least if together else 0)

    @property
    def stops(self) -> list[QWidget]:
        """Where Tab stops, in their order."""
        return [*self.buttons.values(), self.remark]

    def write_down(self) -> None:
        """Keep a remark that was typed."""
        ankle, self._typed_for = self._typed_for, None
        if ankle is not None:
            judging.remark(self.controller, ankle, self.remark.text())

    def refresh(self) -> None:
        """Show what stands of the ankle shown."""
        if self.controller.phase is Phase.READING:  # the scan that comes takes the place of this one, of which the remark is
            self.write_down()
        if self._typed_for is not None:
            return
        said = judging.conclusion(self.controller)
        self.setVisible(self.controller.case is not None)
        for verdict, button in self.buttons.items():
            button.setChecked(said is not None and said.verdict == verdict)
        text = said.remark if said is not None else ""
        if self.remark.text() != text:
            self.remark.setText(text)

    def _typing(self) -> None:
        self._typed_for = self.controller.view.state.ankle

    def _on_view(self, old: ViewState, new: ViewState) -> None:
        if old.ankle != new.ankle:
            self.write_down()
            self.refresh()
