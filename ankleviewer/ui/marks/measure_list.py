"""MeasureList: what the tool in hand asks for and reads, and one row for each measure that stands; a click goes there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ankleviewer.core.reading.measure import Measure
from ankleviewer.core.reading.measure_tools import BY_NAME, Tool, title
from ankleviewer.ui.keyboard.focus import kept_place
from ankleviewer.ui.look.parts import Link, label, reveal, rule
from ankleviewer.ui.state.measuring import Measuring
from ankleviewer.ui.words.translate import noop, said, tr
from ankleviewer.ui.words.wording import measure_text, short

KEYS_LINE = noop("Click or Enter sets it  ·  Backspace: one back  ·  Esc: end")
_SMALL = "padding: 2px 8px; min-height: 18px;"


class ToolCard(QFrame):
    """The tool in hand: what it measures, the values so far, and what the literature reports, for information."""

    def __init__(self, measuring: Measuring, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.measuring = measuring
        self.setObjectName("tool")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 10, 8)
        column.setSpacing(4)
        self.title = label("", "strong", wrap=True)
        self.step = label("", "", wrap=True)
        self.note = label("", "warning", wrap=True)
        self.keys = label(tr(KEYS_LINE), "secondary", wrap=True)
        self.values = label("", "live", wrap=True)
        self.about = label("", "secondary", wrap=True)
        self.reported = label("", "secondary", wrap=True)
        self.end = QPushButton(tr("End"))
        self.end.setToolTip(tr("Put the tool away (Esc)"))
        self.end.setAccessibleName(tr("Put the measuring tool away"))
        self.end.setStyleSheet(_SMALL)
        self.end.clicked.connect(measuring.stop)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.end, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        for widget in (self.step, self.note, self.keys, self.values, self.about, self.reported):
            column.addWidget(widget)

    def refresh(self) -> None:
        """Show the tool in hand, or nothing."""
        tool, step = self.measuring.tool, self.measuring.step
        self.setVisible(tool is not None)
        if tool is None or step is None:
            return
        self.title.setText(said(tool.title))
        at, of = len(self.measuring.points) + 1, len(tool.steps)
        self.step.setText(tr("Point {number} of {count}: {what}", number=at, count=of, what=said(step.prompt)))
        self.note.setText(self.measuring.said)
        self.note.setVisible(bool(self.measuring.said))
        pending = self.measuring.pending
        values = measure_text(pending) if pending is not None else ""
        self.values.setText(values or "–")
        self.about.setText(said(tool.about))
        self.reported.setText(tr("For information, no diagnosis: {text}", text=said(tool.reported)) if tool.reported else "")
        self.reported.setVisible(bool(tool.reported))


class MeasureRow(QFrame):
    """A measure with its values; `whose`: the ankle that it belongs to, "" where that needs no saying."""

    def __init__(self, measuring: Measuring, measure: Measure, whose: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.measure = measure
        self.setObjectName("measure")
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 4, 6, 5)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(1)
        self.go = Link(_short(measure))
        tool = BY_NAME.get(measure.kind)
        name, values = said(title(measure.kind)), measure_text(measure)
        texts = [
            name,
            said(tool.about) if tool else "",
            tr("For information: {text}", text=said(tool.reported)) if tool and tool.reported else "",
        ]
        self.go.setToolTip("<p>" + "</p><p>".join(t for t in texts if t) + "</p>")
        if whose:  # in the line of the values, which breaks where it is too long
            values = f"{whose}  ·  {values}" if values else whose
        told = tr("Measure {number}: {name}, {values}: show it in every view", number=measure.number, name=name, values=values)
        self.go.setAccessibleName(told)
        self.go.clicked.connect(lambda: measuring.go_to(measure.number))
        self.remove = QPushButton(tr("Remove"))
        self.remove.setAccessibleName(tr("Remove measure {number}", number=measure.number))
        self.remove.setStyleSheet(_SMALL)
        self.remove.clicked.connect(lambda: measuring.remove(measure.number))
        self.value = label(values, "", wrap=True)
        self.value.setContentsMargins(4, 0, 0, 0)
        grid.addWidget(self.go, 0, 0)
        grid.addWidget(self.remove, 0, 1)
        grid.addWidget(self.value, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.mark(False)

    def mark(self, selected: bool) -> None:
        """The selected one carries the reader's colour at its left edge."""
        self.setProperty("selected", selected)
        self.style().unpolish(self)
        self.style().polish(self)


class MeasureList(QWidget):
    """The tool's card and all measures; the rows can be folded away.

    Args:
        around: where Tab stops in the column that the list stands in; None: in the list alone.
    """

    def __init__(
        self, measuring: Measuring, around: Callable[[], Sequence[QWidget]] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.measuring = measuring
        self._around = around or (lambda: self.stops)
        self.rows: list[MeasureRow] = []
        self._shown: list[tuple[Measure, str]] = []
        self._tool: Tool | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.rule = rule()
        self._column.addWidget(self.rule)
        self.card = ToolCard(measuring)
        self._column.addWidget(self.card)
        head = QHBoxLayout()
        self.head = label("", "heading")
        self.fold = QPushButton(tr("Hide"))
        self.fold.setCheckable(True)
        self.fold.setAccessibleName(tr("Hide the list of measures"))
        self.fold.setStyleSheet("padding: 0 8px; min-height: 18px;")
        self.fold.toggled.connect(self.refresh)
        head.addWidget(self.head, 1)
        head.addWidget(self.fold)
        self._column.addLayout(head)
        measuring.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Rebuild the rows if the measures are others, or another scan's ankles hold them."""
        with kept_place(self._around) if self.rows else contextlib.nullcontext():
            self._refresh()

    def _refresh(self) -> None:
        kept = self.measuring.reviewing.review.measures if self.measuring.view.scene is not None else ()
        shown = [(measure, self.measuring.reviewing.ankle_named(*measure.points)) for measure in kept]
        if shown != self._shown:
            self._shown = shown
            for old in self.rows:
                self._column.removeWidget(old)
                old.hide()
                old.deleteLater()
            self.rows = [MeasureRow(self.measuring, measure, whose) for measure, whose in shown]
            for row in self.rows:
                self._column.addWidget(row)
                if row.measure.number == self.measuring.selected:  # just made or changed: its values are looked for
                    QTimer.singleShot(0, row, lambda row=row: reveal(row))
        folded = self.fold.isChecked()
        self.fold.setText(tr("Show") if folded else tr("Hide"))
        for row in self.rows:
            row.setVisible(not folded)
            row.mark(row.measure.number == self.measuring.selected)
        self.card.refresh()
        self.head.setText(tr("Measure") if len(kept) == 1 else tr("Measures ({count})", count=len(kept)))
        for widget in (self.head, self.fold):
            widget.setVisible(bool(kept))
        self.rule.setVisible(bool(kept) or self.measuring.tool is not None)
        self.setVisible(bool(kept) or self.measuring.tool is not None)
        taken, self._tool = self.measuring.tool is not self._tool, self.measuring.tool
        if taken and self._tool is not None:
            QTimer.singleShot(0, self.card, lambda: reveal(self.card))  # when the card has been laid out

    @property
    def stops(self) -> list[QWidget]:
        """Where Tab stops, from top to bottom."""
        return [self.card.end, self.fold, *(stop for row in self.rows for stop in (row.go, row.remove))]


def _short(measure: Measure) -> str:
    return f"{measure.number}  {short(title(measure.kind))}"
