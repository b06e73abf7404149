"""OtherAnkles: what is said of the ankles that are not shown, so that none is missed beside a clear one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ankleviewer.core.assessment.ankle_names import Boxed
from ankleviewer.core.assessment.caution import told_of_ankle
from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.ui.look import theme
from ankleviewer.ui.result.ankle_lines import ankle_lines
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import CALL_SHAPES, call_in_sentence, probability_text

TOLD = ("fracture", "uncertain")


class OtherAnkles(QWidget):
    """A row for every other ankle in which the model shown suspects something, or, where that one failed on it, another model; a
    click shows that ankle and that answer.

    Args:
        room: px for the words of a row; may be set anew, and holds from the next `refresh` on.
    """

    def __init__(self, controller: CaseController, room: int) -> None:
        super().__init__()
        self._controller, self.room = controller, room
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
        answers = controller.analysis.result.models if controller.analysis is not None else ()
        told = {n: told_of_ankle(answers, n, controller.view.state.model) for n in others}
        self.rows = [self._row(n, ankles, a) for n, a in told.items() if a is not None and a.call in TOLD]
        self.setVisible(bool(self.rows))

    def _row(self, ankle: int, ankles: Sequence[Boxed], answer: ModelAnswer) -> QPushButton:
        metrics, facts = QFontMetrics(theme.font()), self._controller.facts(answer.name)
        what = f"{call_in_sentence(answer.call)}   {probability_text(answer.probability, facts)}"
        words = ankle_lines(ankles, ankle, what, metrics, self.room, f"{CALL_SHAPES[answer.call]}  ")
        if answer.name != self._controller.view.state.model:
            words += "\n" + metrics.elidedText(facts.title if facts else answer.name, Qt.TextElideMode.ElideRight, self.room)
        row = QPushButton(words)
        row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # never wider than the column
        row.setStyleSheet("text-align: left; padding: 5px 6px;")
        row.setToolTip(tr("Show this ankle"))
        row.clicked.connect(lambda: self._show(ankle, answer.name))
        self._column.addWidget(row)
        return row

    def _show(self, ankle: int, model: str) -> None:
        if model != self._controller.view.state.model:
            self._controller.show_answer(model)
        self._controller.choose_ankle(ankle)
