"""FindingsList: one row for each box, and for each place that the reader marked; a click takes every view there."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ankleviewer.core.assessment.result import Box
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.imaging.planes import position_text
from ankleviewer.core.reading.review import REASONS, Judgement, Mark, Missed
from ankleviewer.ui.look import theme
from ankleviewer.ui.look.parts import Chooser, Link, label, reveal
from ankleviewer.ui.result import room
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.words.translate import said, tr
from ankleviewer.ui.words.wording import box_lines

_VOXEL = 1  # of the three lines
_SIDE, _GAP, _EDGE = 10, 10, 4  # px of a row: margin, between name and value, both borders


class FindingRow(QFrame):
    """Number, share, and the centre in three frames of reference, each named."""

    def __init__(self, controller: CaseController, index: int, box: Box, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller, self.index = controller, index
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        model, voxel, mm = box_lines(box)
        self.setAccessibleName(
            tr("Finding {number}, {share} % of the map, centre {mm}", number=index + 1, share=f"{100 * box.score:.0f}", mm=mm)
        )
        self.setToolTip(tr("Show this place in every view. Per cent: this box's part of the whole heat map, not a probability."))
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(_SIDE, 7, _SIDE, 7)
        grid.setHorizontalSpacing(_GAP)
        grid.setVerticalSpacing(2)
        title = label(tr("Finding {number}", number=index + 1))
        title.setFont(theme.font(bold=True))
        title.setStyleSheet("font-weight: 600;")
        share = label(tr("{share} % of the map", share=f"{100 * box.score:.0f}"), "secondary")
        head = QHBoxLayout()  # of its own: what stands below needs other widths
        head.addWidget(title)
        head.addWidget(share, 1, Qt.AlignmentFlag.AlignRight)
        grid.addLayout(head, 0, 0, 1, 2)
        self._lines: list[tuple[QLabel, QLabel]] = []
        for name, value in ((tr("Model grid"), model), (tr("Scan voxel"), voxel), (tr("Position, mm"), mm)):
            named, text = label(name, "secondary"), label(value)
            text.setStyleSheet("font-size: 12px;")
            grid.addWidget(named, 2 * len(self._lines) + 1, 0)
            self._lines.append((named, text))
        for part in self._lines[_VOXEL]:
            part.setToolTip(tr("Column, row and slice, counted from 0; slice numbers in the views count from 1"))
        grid.setColumnStretch(1, 1)
        self._build_judging(grid)
        self.fit(room.inner(room.WIDTH))
        self.mark(False)

    def fit(self, wide: int) -> None:
        """Stand in a column that leaves it that many px: a value that has no room beside its name goes below it."""
        free = wide - 2 * _SIDE - _GAP - _EDGE
        names = max(named.sizeHint().width() for named, _ in self._lines)  # one column holds them all
        for n, (_, value) in enumerate(self._lines):
            beside = names + value.sizeHint().width() <= free
            self._grid.removeWidget(value)
            place = (2 * n + 1, 1, 1, 1) if beside else (2 * n + 2, 0, 1, 2)
            self._grid.addWidget(value, *place, Qt.AlignmentFlag.AlignRight)
        text = tr("Box edited · back to the model's")
        long = self.reset.fontMetrics().horizontalAdvance(text) > free
        self.reset.setText(text.replace(" · ", "\n") if long else text)

    def _build_judging(self, grid: QGridLayout) -> None:
        line = QHBoxLayout()
        line.setSpacing(6)
        self.accept = self._button(tr("✓ Accept"), tr("A fracture is there (A); again takes it back"), "accepted")
        self.reject = self._button(tr("✕ Reject"), tr("No fracture is there (R); again takes it back"), "rejected")
        line.addWidget(self.accept, 1)
        line.addWidget(self.reject, 1)
        below = 2 * len(self._lines) + 1
        grid.addLayout(line, below, 0, 1, 2)
        self.reason = Chooser()
        self.reason.setAccessibleName(tr("Why finding {number} is rejected", number=self.index + 1))
        self.reason.addItems([tr("Reason (optional)"), *map(said, REASONS)])
        self.reason.activated.connect(self._because)
        grid.addWidget(self.reason, below + 1, 0, 1, 2)
        self.reset = QPushButton()
        self.reset.setObjectName("link")
        self.reset.setAccessibleName(tr("Give finding {number} the model's own box again", number=self.index + 1))
        self.reset.clicked.connect(self._reset)
        grid.addWidget(self.reset, below + 2, 0, 1, 2)

    def _button(self, text: str, tip: str, judgement: Judgement) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setToolTip(tip)
        spoken = tr("Finding {number}: {tip}", number=self.index + 1, tip=tip)
        seen = tr("Accept") if judgement == "accepted" else tr("Reject")
        button.setAccessibleName(f"{seen}. {spoken}")  # who speaks to the computer says what is seen
        button.setStyleSheet("padding: 3px 6px; min-height: 18px;")
        button.clicked.connect(lambda: self._judge(judgement))
        return button

    def _judge(self, judgement: Judgement) -> None:
        self._go()  # the next key judges this one, too
        self.controller.judge(judgement, self.index)

    def _because(self, chosen: int) -> None:
        self._go()
        if (answer := self.controller.answer) is not None:
            self.controller.reviewing.judge(answer, self.index, "rejected", REASONS[chosen - 1] if chosen else "")

    def _reset(self) -> None:
        if (answer := self.controller.answer) is not None:
            self.controller.reviewing.edit_box(answer, self.index, None)

    def show_mark(self, mark: Mark | None, edited: bool = False) -> None:
        """What the reader has said of it, and whether its box is the reader's."""
        self.reset.setVisible(edited)
        judgement = mark.judgement if mark is not None else ""
        self.accept.setChecked(judgement == "accepted")
        self.reject.setChecked(judgement == "rejected")
        self.reason.setVisible(judgement == "rejected")
        reason = mark.reason if mark is not None else ""
        self.reason.setCurrentIndex(REASONS.index(reason) + 1 if reason in REASONS else 0)

    def mark(self, selected: bool) -> None:
        """Selected rows carry the box's colour at the left edge."""
        self.setProperty("selected", selected)
        theme.restyle(self)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where Tab stops, from top to bottom."""
        return self, self.accept, self.reject, self.reason, self.reset

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._go()

    def _go(self) -> None:
        self.controller.view.touched.emit()
        self.controller.go_to_finding(self.index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter: go there."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go()
        else:
            super().keyPressEvent(event)


class MissedRow(QFrame):
    """A place that the reader marked; a click goes there. `whose`: the ankle that it lies in, "" where that needs no saying."""

    def __init__(self, controller: CaseController, missed: Missed, whose: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("missed")
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 4, 6, 5)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(1)
        place = position_text(missed.center_mm)
        self.go = Link(tr("M{number} · marked by you", number=missed.number))
        self.go.setAccessibleName("   ".join(part for part in (self.go.text(), whose, place) if part))
        self.go.setToolTip(tr("A place that you marked and the model did not: show it in every view"))
        self.go.clicked.connect(lambda: controller.go_to_missed(missed.center_mm))
        self.remove = QPushButton(tr("Remove"))
        self.remove.setAccessibleName(tr("Remove mark M{number}", number=missed.number))
        self.remove.setStyleSheet("padding: 3px 8px; min-height: 18px;")
        self.remove.clicked.connect(lambda: controller.reviewing.remove_missed(missed.number))
        # in lines of their own: beside a button they would be wider than the column, which hides what does not fit, in every row
        where = label(f"{whose}\n{place}" if whose else place, "", wrap=True)
        where.setContentsMargins(4, 0, 0, 0)
        grid.addWidget(self.go, 0, 0)
        grid.addWidget(self.remove, 0, 1)
        grid.addWidget(where, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)


class FindingsList(QWidget):
    """All findings of the answer shown, and what the reader marked."""

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self.rows: list[FindingRow] = []
        self.missed: list[MissedRow] = []
        self._boxes: tuple[Box, ...] = ()
        self._wide = room.inner(room.WIDTH)
        self._marked: list[tuple[Missed, str]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        controller.view.changed.connect(self._on_changed)

    def fit(self, wide: int) -> None:
        """Stand in a column that leaves a row that many px."""
        self._wide = wide
        for row in self.rows:
            row.fit(wide)

    def refresh(self) -> None:
        """Rebuild the rows if the boxes are others."""
        if self._boxes is not self.controller.boxes:
            self._boxes = self.controller.boxes
            for row in self.rows:
                self._column.removeWidget(row)
                row.deleteLater()
            self.rows = [FindingRow(self.controller, n, box) for n, box in enumerate(self._boxes)]
            for place, row in enumerate(self.rows):
                self._column.insertWidget(place, row)
                row.fit(self._wide)
        reviewing = self.controller.reviewing
        missed = reviewing.review.missed if self.controller.case is not None else ()
        marked = [(mark, reviewing.ankle_named(mark.center_mm)) for mark in missed]
        if marked != self._marked:
            self._marked = marked
            for old in self.missed:
                self._column.removeWidget(old)
                old.deleteLater()
            self.missed = [MissedRow(self.controller, mark, whose) for mark, whose in marked]
            for new in self.missed:
                self._column.addWidget(new)
        answer = self.controller.answer
        for row in self.rows:
            asked = not row.reason.isHidden()
            if answer is not None:
                row.show_mark(reviewing.mark(answer, row.index), reviewing.edited(answer, row.index) is not None)
            if not (asked or row.reason.isHidden()):
                self._show_whole(row)  # which has grown by the reasons
        self._mark()

    @property
    def stops(self) -> list[QWidget]:
        """Where Tab stops, from top to bottom."""
        found = [stop for row in self.rows for stop in row.stops]
        return found + [stop for row in self.missed for stop in (row.go, row.remove)]

    def _on_changed(self, old: ViewState, new: ViewState) -> None:
        if old.selected != new.selected:
            self._mark()
            # stepped to, not arrived at with the answer: what the models say together stays in sight above the first
            if 0 <= new.selected < len(self.rows) and max(old.selected, new.selected) > 0:
                self._show_whole(self.rows[new.selected])

    def _show_whole(self, row: FindingRow) -> None:
        QTimer.singleShot(0, row, lambda: reveal(row))  # when it has been laid out

    def _mark(self) -> None:
        for row in self.rows:
            row.mark(row.index == self.controller.view.state.selected)
