"""ResultPanel: the column at the right. The answer stands still above what scrolls; below are notices, progress, controls."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ankleviewer.core.assessment.looked import sentences
from ankleviewer.core.assessment.result import ModelAnswer, consensus
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.ui.keyboard.focus import in_turn, kept_place
from ankleviewer.ui.look import theme
from ankleviewer.ui.look.parts import Chooser, Column, closed_up, label, rule
from ankleviewer.ui.look.progress_strip import ProgressStrip
from ankleviewer.ui.marks.measure_list import MeasureList
from ankleviewer.ui.result import room
from ankleviewer.ui.result.answer_head import AnswerHead
from ankleviewer.ui.result.disagreement import MARK, who_says_what
from ankleviewer.ui.result.findings_list import FindingsList
from ankleviewer.ui.result.heat_controls import HeatControls
from ankleviewer.ui.result.reading_row import ReadingRow
from ankleviewer.ui.state.controller import ALL_MODELS, CaseController
from ankleviewer.ui.state.phase import Phase, that_is_open
from ankleviewer.ui.words.translate import said, tr
from ankleviewer.ui.words.wording import (
    CALL_SHAPES,
    CALL_WORDS,
    agreement_text,
    breakable,
    calibration_text,
    model_text,
    origin_text,
    probability_text,
    reason,
    scope_text,
)

LEAST_SCROLL = 270  # px in which a finding is seen whole; where less would be left, the heat map's controls scroll, too


class ResultPanel(QWidget):
    """Shows what the controller holds; rebuilt on its `changed`."""

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(room.WIDTH)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self.head = AnswerHead(controller)
        self.ankle, self.side, self.shape, self.call = self.head.ankle, self.head.side, self.head.shape, self.head.call
        self.number, self.caption, self.others = self.head.number, self.head.caption, self.head.others
        content = QWidget()
        content.setObjectName("panel")
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._column = QVBoxLayout(content)
        self._column.setSpacing(8)
        self._build_answer(self._column)
        self._build_models(self._column)
        self._build_findings(self._column)
        self._column.addStretch(1)
        self._scroll = Column(content)
        self._outer.addWidget(self.head)
        self._outer.addWidget(self._scroll, 1)
        self._whole_foot = self._build_foot()
        self._outer.addWidget(self._whole_foot)
        self.notice: QWidget | None = None
        self.veil = label(tr("What comes from the model is hidden"), "veil", wrap=True)
        self.veil.setParent(self)
        self.veil.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.veil.hide()
        self._stops: list[QWidget] = []
        controller.measuring.changed.connect(self._set_stops)
        controller.changed.connect(self.refresh)
        controller.view.changed.connect(self._on_view)
        self.fit(room.WIDTH)

    # --------------------------------------------------------------------------------------------------------------- room
    def fit(self, width: int) -> None:
        """Be that wide, px."""
        side = room.side(width)
        self.setFixedWidth(width)
        self._column.setContentsMargins(side, 8, side, 12)
        self._foot.setContentsMargins(side, 0, side, 12)
        self.progress.setContentsMargins(side, 6, side, 10)
        self.head.fit(width)
        self.findings.fit(room.inner(width))
        self.reading.fit(room.inner(width))
        self.controls.fit(room.inner(width))
        self.refresh()

    def hold(self, notice: QWidget) -> None:
        """Show a notice below what scrolls, whose rows keep their places; and above the veil, for it is none of a model's. Who
        gives it looks first whether there is room (`scroll_room`).
        """
        self.notice = notice
        self._outer.insertWidget(self._outer.indexOf(self._scroll) + 1, notice)

    @property
    def scroll_room(self) -> int:
        """Px that scroll between head and foot while no notice is held there."""
        return self.height() - self.head.heightForWidth(self.width()) - self._whole_foot.sizeHint().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the heat map's controls scroll with the rest."""
        super().resizeEvent(event)
        self._place_controls()
        self.veil.setGeometry(self.rect())

    def _place_controls(self) -> None:
        """Where they leave too little room for what scrolls they stand at its end."""
        pinned = self._foot.indexOf(self.controls) >= 0
        high = self.controls.sizeHint().height() + self._foot.spacing()
        rest = self._foot.sizeHint().height() - (high if pinned and not self.controls.isHidden() else 0)
        left = self.height() - self.head.heightForWidth(self.width()) - rest - high
        if pinned == (left >= LEAST_SCROLL):
            return
        if pinned:
            self._column.insertWidget(self._column.count() - 1, self.controls)
        else:
            self._foot.insertWidget(1, self.controls)

    def _on_view(self, old: ViewState, new: ViewState) -> None:
        if old.hide_ai != new.hide_ai:
            self.veil.setGeometry(self.rect())
            self.veil.raise_()
            self.veil.setVisible(new.hide_ai)
            if self.notice is not None and self.notice.parentWidget() is self:
                self.notice.raise_()

    # -------------------------------------------------------------------------------------------------------------- building
    def _build_answer(self, column: QVBoxLayout) -> None:
        self.calibration = label("", "secondary", wrap=True)
        self.agreement = label("", "secondary", wrap=True)
        self.why = label("", "", wrap=True)
        self.code = label("", "warning", wrap=True)
        self.help = label("", "secondary", wrap=True)
        for text in (self.calibration, self.agreement, self.why, self.help, self.code):
            column.addWidget(text)
        self.badge = label(tr("Preliminary model"), "badge")
        self.badge.setToolTip(tr("Not yet as accurate as a released model must be; not counted in the agreement."))
        self._whose = QHBoxLayout()
        self.origin = label("", "secondary", wrap=True)
        self._whose.addWidget(self.origin, 1)
        self._whose.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(self._whose)
        self.go = QPushButton(tr("Go to finding"))
        self.go.setObjectName("primary")
        self.go.setToolTip(tr("Show the strongest finding in every view (N)"))
        self.go.clicked.connect(lambda: self.controller.go_to_finding(0))
        column.addWidget(self.go)

    def _build_findings(self, column: QVBoxLayout) -> None:
        self.findings_rule = rule()
        column.addWidget(self.findings_rule)
        head = QHBoxLayout()
        self.findings_head = label("", "heading")
        head.addWidget(self.findings_head, 1)
        self.steps = []
        for text, tip, step in (("‹", tr("Previous finding (Shift+N)"), -1), ("›", tr("Next finding (N)"), 1)):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setStyleSheet("padding: 0 8px; min-height: 18px;")
            button.clicked.connect(lambda _checked=False, by=step: self.controller.step_finding(by))
            head.addWidget(button)
            self.steps.append(button)
        column.addLayout(head)
        self.findings = FindingsList(self.controller)
        column.addWidget(self.findings)
        self.reading = ReadingRow(self.controller)
        column.addWidget(self.reading)
        self.looked = label("", "secondary", wrap=True)
        self.looked.setAccessibleDescription(tr("Where the model looked, in words"))
        column.addWidget(self.looked)
        self.scope = label("", "secondary", wrap=True)
        self.scope.setAccessibleDescription(tr("What was assessed and what was not"))
        column.addWidget(self.scope)
        self.measures = MeasureList(self.controller.measuring, self._places)
        column.addWidget(self.measures)

    def _build_models(self, column: QVBoxLayout) -> None:
        """Every model's answer, where there are several: above the findings, which are of one of them alone."""
        self.others_rule = rule()
        column.addWidget(self.others_rule)
        self.others_head = label(tr("Models"), "heading")
        column.addWidget(self.others_head)
        self._others = QVBoxLayout()
        self._others.setSpacing(2)
        self._other_rows: list[QPushButton] = []
        column.addLayout(self._others)

    def _build_foot(self) -> QWidget:
        foot = QWidget()
        foot.setObjectName("panel")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._foot = QVBoxLayout(foot)
        self._foot.setSpacing(10)
        self._foot.addWidget(rule())
        self.controls = HeatControls(self.controller.view)
        self._foot.addWidget(self.controls)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.chooser = Chooser(elide=Qt.TextElideMode.ElideMiddle)  # "Compact 3D CNN" and "Compact 3D CNN (ours)"
        self.chooser.setAccessibleName(tr("Model"))
        self.chooser.setToolTip(tr("The model that answers; a model that has not answered yet is run"))
        self.chooser.activated.connect(self._chosen)
        self.run = QPushButton(tr("Analyse"))
        self.run.setToolTip(tr("Run the model again (F5)"))
        self.run.clicked.connect(self.controller.analyse)
        row.addWidget(self.chooser, 1)
        row.addWidget(self.run)
        self._foot.addLayout(row)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.progress = ProgressStrip(self.controller)
        column.addWidget(self.progress)  # above the controls, which then keep their places while it comes and goes
        column.addWidget(foot)
        return whole

    # ------------------------------------------------------------------------------------------------------------- refreshing
    def refresh(self) -> None:
        """Show the controller's state."""
        with kept_place(self._places):
            self._refresh()
        self._set_stops()

    def _refresh(self) -> None:
        self.head.refresh()
        self._refresh_answer()
        boxes = self.controller.boxes
        self.findings.refresh()
        self.reading.refresh()
        listed = len(boxes) + len(self.findings.missed)
        self.findings_rule.setVisible(bool(listed))
        heading = tr("Findings") if listed > 1 else tr("Finding")
        self.findings_head.setText(heading if boxes else tr("Marked by you"))
        self.findings_head.setVisible(bool(listed))
        for button in self.steps:
            button.setVisible(len(boxes) > 1)
        self.go.setVisible(self.controller.go_to_offered and bool(boxes))
        answer = self.controller.answer
        said = sentences(answer, say=tr) if answer is not None else ""
        self._line(self.looked, said.replace(" %", "\u00a0%"))  # a number and its sign stay in one line
        facts = self.controller.facts(answer.name) if answer is not None else None
        origin = origin_text(facts.data if facts is not None else "")
        self._line(self.scope, f"{scope_text()} {origin}" if answer is not None and answer.probability is not None else "")
        self._refresh_models()
        self._place_controls()

    def _answers(self) -> list[ModelAnswer]:
        """Every model's answer for the ankle shown."""
        answers = self.controller.analysis.result.models if self.controller.analysis is not None else ()
        return [a for a in answers if a.ankle in (self.controller.view.state.ankle, None)]

    def _titles(self) -> dict[str, str]:
        """Of the packs that are known, and of those that answered as they stood then."""
        answered = self.controller.analysis.facts if self.controller.analysis is not None else {}
        return {m.name: m.title for m in self.controller.models or ()} | {name: f.title for name, f in answered.items()}

    def _set_stops(self) -> None:
        """Tab goes down the column as it is read: rows that are made later come where they stand."""
        stops = self._stops_now()
        if stops != self._stops:
            self._stops = stops
            in_turn(*stops)

    def _stops_now(self) -> list[QWidget]:
        findings, measures = self.findings.stops, self.measures.stops
        reading = self.reading.stops
        return [*self.head.stops, self.go, *self._other_rows, *self.steps, *findings, *reading, *measures]

    def _places(self) -> list[QWidget]:
        """Where the keyboard goes when the row that had it goes: the foot of the column, too, where nothing else is left."""
        return [*self._stops_now(), self.chooser]

    def _refresh_answer(self) -> None:
        controller, answer = self.controller, self.controller.answer
        titles = self._titles()
        assessed = answer is not None and answer.call != "not assessed"
        facts = controller.facts(answer.name) if answer is not None else None
        decision = facts.decision if facts is not None else None
        self._line(self.calibration, calibration_text(decision, answer.probability) if answer is not None and assessed else "")
        self._refresh_agreement(titles)
        self._line(self.origin, model_text(answer, titles) if answer is not None else "")
        self.badge.setVisible(answer is not None and answer.status == "preliminary")
        left = room.inner(self.width()) - self.badge.sizeHint().width() - self._whose.spacing()
        beside = self.width() >= room.WIDTH and self.origin.heightForWidth(left) <= 2 * self.origin.fontMetrics().lineSpacing()
        self._whose.setDirection(QHBoxLayout.Direction.LeftToRight if beside else QHBoxLayout.Direction.TopToBottom)
        self._refresh_reason(answer, assessed)

    def _refresh_agreement(self, titles: dict[str, str]) -> None:
        """Where models differ, the answer above is one model's alone: that is said as plainly as the answer, with its names."""
        answers = self._answers()
        text, differ = agreement_text(consensus(answers)), who_says_what(answers, titles)
        self._line(self.agreement, f"{MARK} {text}\n{differ}" if text and differ else text)
        self.agreement.setObjectName("" if differ else "secondary")
        theme.restyle(self.agreement)

    def _refresh_reason(self, answer: ModelAnswer | None, assessed: bool) -> None:
        controller, analysis = self.controller, self.controller.analysis
        code = sentence = helping = ""
        if answer is not None and analysis is not None and not assessed:
            code, sentence, helping = reason([*analysis.result.findings, *that_is_open(controller.case).findings])
            failed, ankle = analysis.errors.get(answer.name), controller.ankle
            if ankle is not None and not ankle.complete:  # on which no model ran, so that none failed
                told = said(ankle.reason)
                sentence = told[:1].upper() + told[1:]
            elif failed is not None and not code:
                code, sentence = failed.code, failed.message
        elif answer is not None and answer.call == "no fracture":
            sentence = tr("No place stood out.")  # of which ankle and by which model stands above and below
        elif controller.models_refused is not None and controller.case is not None:
            code, sentence = controller.models_refused.code, controller.models_refused.message
        elif controller.models == [] and controller.case is not None:
            sentence = tr("No model pack is installed. Add one with: ankleviewer models add PACK")
        privacy = getattr(self.window(), "privacy", None)
        self._line(self.why, privacy.message(code, sentence) if privacy is not None else said(sentence))
        self._line(self.help, helping)
        self._line(self.code, code)

    @staticmethod
    def _line(widget: QLabel, text: str) -> None:
        widget.setText(breakable(closed_up(text)))
        widget.setVisible(bool(text))

    def _refresh_models(self) -> None:
        controller = self.controller
        models = controller.models or []
        busy = controller.phase in (Phase.READING, Phase.ANALYSING)
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            for model in models:
                mark = " *" if model.status == "preliminary" else ""  # the badge above says it in full
                self.chooser.addItem(model.title + mark, model.name)
            if len(models) > 1:
                self.chooser.addItem(tr("All models"), ALL_MODELS)
            shown = controller.chosen or controller.view.state.model or next((m.name for m in models if m.default), "")
            self.chooser.setCurrentIndex(max(self.chooser.findData(shown), 0) if models else -1)
        self.chooser.setEnabled(bool(models) and not busy)
        self.run.setEnabled(bool(models) and not busy and controller.case is not None)
        for row in self._other_rows:
            self._others.removeWidget(row)
            row.deleteLater()
        self._other_rows = []
        mine = self._answers()
        several = len(mine) > 1
        titles = self._titles()
        for answer in mine if several else ():
            self._other_rows.append(self._model_row(answer, titles))
            self._others.addWidget(self._other_rows[-1])
        self.others_head.setVisible(several)
        self.others_rule.setVisible(several)

    def _model_row(self, answer: ModelAnswer, titles: dict[str, str]) -> QPushButton:
        status = tr("preliminary") if answer.status == "preliminary" else ""
        shape, name = CALL_SHAPES[answer.call], titles.get(answer.name, answer.name)
        number = probability_text(answer.probability, self.controller.facts(answer.name))
        metrics = QFontMetrics(theme.font())
        wide = room.words(self.width()) - metrics.horizontalAdvance(f"{shape}     {number}")
        first = f"{shape}  {metrics.elidedText(name, Qt.TextElideMode.ElideRight, wide)}   {number}"
        row = QPushButton(f"{first}\n     {status}" if status else first)  # beside the title there is no room for it
        row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # never wider than the column
        row.setCheckable(True)
        row.setChecked(self.controller.answer is answer)
        row.setStyleSheet("text-align: left; padding: 5px 4px;")
        told = f"{name} ({status})" if status else name
        row.setAccessibleName(f"{told}, {tr(CALL_WORDS[answer.call])} {number}")
        row.setToolTip(tr("{call}: show this model's boxes and heat map", call=f"{told}, {tr(CALL_WORDS[answer.call])}"))
        row.clicked.connect(lambda _checked=False, wanted=answer.name: self.controller.show_answer(wanted))
        return row

    def _chosen(self, index: int) -> None:
        self.controller.choose_model(self.chooser.itemData(index))
