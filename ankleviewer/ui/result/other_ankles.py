"""OtherAnkles: what the model shown says of the ankles that are not shown, so that none is missed beside a clear one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ankleviewer.ui.look import theme
from ankleviewer.ui.result.ankle_lines import ankle_lines
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import CALL_SHAPES, call_in_sentence, probability_text

TOLD = ("fracture", "uncertain")


class OtherAnkles(QWidget):
    """A row for every other ankle in which the model suspects something; a click shows that ankle.

    Args:
        room: px for the words of a row.
    """

    def __init__(self, controller: CaseController, room: int) -> None:
        super().__init__()
        self._controller, self._room = controller, room
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.rows: list[QPushButton] = []
        self.refresh()

    def refresh(self) -> None:
        """Show the controller's state."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()  # it lives until the window has handled what is at hand
            row.deleteLater()
        controller = self._controller
        ankles = controller.case.ankles if controller.case is not None else ()
        others = [n for n in range(len(ankles)) if n != controller.view.state.ankle]
        self.rows = [self._row(n, ankles) for n in others if getattr(controller.answer_for(n), "call", "") in TOLD]
        self.setVisible(bool(self.rows))

    def _row(self, ankle: int, ankles: Sequence[Any]) -> QPushButton:
        answer, metrics = self._controller.answer_for(ankle), QFontMetrics(theme.font())
        number = probability_text(answer.probability, self._controller.facts(answer.name))
        what = f"{call_in_sentence(answer.call)}   {number}"
        row = QPushButton(ankle_lines(ankles, ankle, what, metrics, self._room, f"{CALL_SHAPES[answer.call]}  "))
        row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # never wider than the column
        row.setStyleSheet("text-align: left; padding: 5px 6px;")
        row.setToolTip(tr("Show this ankle"))
        row.clicked.connect(lambda: self._controller.choose_ankle(ankle))
        self._column.addWidget(row)
        return row
