"""AnswerHead: ankle, call and probability, with the research-use line: what always stands above the rest of the column."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ankleviewer import DISCLAIMER
from ankleviewer.ui.look import theme
from ankleviewer.ui.look.parts import Chooser, label, rule
from ankleviewer.ui.result import room
from ankleviewer.ui.result.ankle_lines import ankle_lines
from ankleviewer.ui.result.other_ankles import OtherAnkles
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import CALL_SHAPES, CALL_WORDS, DOT, ankle_word, call_in_sentence, probability_text

_CHEVRON = 28  # px of the chooser of ankles


class AnswerHead(QWidget):
    """The answer of the model shown for the ankle shown, and the other ankles in which it suspects something."""

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self._width = room.WIDTH
        self._column = QVBoxLayout(self)
        self._column.setSpacing(8)
        self.ankle = Chooser()
        self.ankle.setAccessibleName(tr("Ankle shown"))
        self.ankle.activated.connect(controller.choose_ankle)
        self.side = label("", "heading")
        self._column.addWidget(self.side)
        self._column.addWidget(self.ankle)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.shape = label("", "shape")
        self.call = label("", "call", wrap=True)
        self.call.setAccessibleDescription(tr("Answer of the model"))  # the name is what it says
        self.number = label("", "number")
        self.number.setToolTip(tr("Probability of a fracture, from the model's score"))
        row.addWidget(self.shape, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.call, 1)
        row.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        self.caption = label(tr("Fracture probability"), "heading")  # the number alone would read as how sure the answer is
        self.caption.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.research = label(tr(DISCLAIMER), "secondary", wrap=True)
        self.research.setStyleSheet("font-size: 11px;")
        answer = QVBoxLayout()
        answer.setSpacing(0)
        answer.addWidget(self.caption)  # above the number: below, a call of two lines would part them
        answer.addLayout(row)
        answer.addWidget(self.research)
        self._column.addLayout(answer)
        self.others = OtherAnkles(controller, room.words(self._width))
        self._column.addWidget(self.others)
        self._column.addWidget(rule())
        self.fit(self._width)

    def fit(self, width: int) -> None:
        """Stand in a column of that width, px."""
        self._width = width
        side = room.side(width)
        self._column.setContentsMargins(side, 12, side, 0)
        self.others.room = room.words(width)
        self.refresh()

    @property
    def stops(self) -> list[QWidget]:
        """Where Tab stops, from top to bottom."""
        return [self.ankle, *self.others.rows]

    def refresh(self) -> None:
        """Show the controller's state."""
        self._refresh_ankle()
        self._refresh_call()
        self.others.refresh()

    def _refresh_ankle(self) -> None:
        case, answered = self.controller.case, self.controller.analysis
        ankles = case.ankles if case is not None else ()
        wide = room.words(self._width) - _CHEVRON
        with QSignalBlocker(self.ankle):
            self.ankle.clear()
            for n, ankle in enumerate(ankles):
                answer = self.controller.answer_for(n) if answered is not None else None
                word = call_in_sentence(answer.call) if answer is not None else "" if ankle.complete else tr("incomplete")
                self.ankle.addItem(DOT.join(filter(None, (ankle_word(ankles, n), word))))
                self.ankle.set_lines(n, ankle_lines(ankles, n, word, self.ankle.fontMetrics(), wide))
            self.ankle.setCurrentIndex(self.controller.view.state.ankle if ankles else -1)
        self.ankle.setVisible(len(ankles) > 1)
        self.side.setText(ankle_word(ankles, 0) if len(ankles) == 1 else "")
        self.side.setVisible(len(ankles) == 1)

    def _refresh_call(self) -> None:
        controller, answer = self.controller, self.controller.answer
        assessed = answer is not None and answer.call != "not assessed"
        if answer is not None:
            number = probability_text(answer.probability, controller.facts(answer.name)) if assessed else ""
            self._say(CALL_SHAPES[answer.call], tr(CALL_WORDS[answer.call]), number)
        elif controller.phase is Phase.ANALYSING:
            self._say("", tr("Analysing"), "")
        else:
            self._say("", tr("No model") if controller.models == [] else tr("No answer yet"), "")
        self.research.setVisible(answer is not None)
        self.shape.setProperty("marked", answer is not None and answer.call in ("fracture", "uncertain"))
        theme.restyle(self.shape)

    def _say(self, shape: str, call: str, number: str) -> None:
        self.shape.setText(shape)
        self.shape.setVisible(bool(shape))
        self.call.setText(call)
        self.number.setText(number)
        self.caption.setVisible(bool(number))
