"""ProgressStrip: that work is under way, how far it is where that is known, and a button that ends it."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ankleviewer.ui.look import theme
from ankleviewer.ui.look.parts import label
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.words.translate import said, tr

_FULL = 1000
_TICK_MS = 1000  # each repaint beside a 3D view takes up to 20 ms, and the work wants the cores
_PLACES = 5  # of the block in a bar that knows no share
_TOLD_S = 2.0  # shorter work needs no clock


class Bar(QProgressBar):
    """A thin bar; where no share is known a block that goes on by one place with each `tick`, which claims nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextVisible(False)
        self.setRange(0, _FULL)
        self._place = 0

    @property
    def known(self) -> bool:
        """Whether it shows a share."""
        return self.maximum() > 0

    def show_share(self, share: float) -> None:
        """Show a share, 0 to 1; NaN: none is known."""
        # The bar repaints at once, twenty ms each time beside a 3D view; with updates off it waits for the next paint event.
        self.setUpdatesEnabled(False)
        if math.isnan(share):
            self.setRange(0, 0)
        else:
            self.setRange(0, _FULL)
            self.setValue(round(_FULL * min(max(share, 0.0), 1.0)))
        self.setUpdatesEnabled(True)

    def tick(self) -> None:
        """The block goes on."""
        self._place = (self._place + 1) % _PLACES
        if not self.known:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style's own bar, or the block."""
        if self.known:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wide = self.width() / _PLACES
        for colour, place in (
            (theme.now().line, QRectF(self.rect())),
            (theme.now().focus, QRectF(self._place * wide, 0, wide, self.height())),
        ):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(place, 2, 2)
        painter.end()


class ProgressStrip(QWidget):
    """Thin bar, what is being done and for how long, and a cancel button; hidden when nothing runs."""

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        self.text = label("", "secondary")
        self.text.setMinimumWidth(1)  # what has no room gives way, and widens nothing
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setToolTip(tr("Stop (Esc)"))
        self.cancel.clicked.connect(controller.cancel)
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel)
        self.bar = Bar()
        column.addLayout(row)
        column.addWidget(self.bar)
        self._phase, self._began, self._what = Phase.EMPTY, 0.0, ""
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(self._tick)
        for work in (controller.reading, controller.analysing):  # one may begin again before it has ended
            work.running_changed.connect(self._on_running)
        controller.changed.connect(self.refresh)
        controller.progressed.connect(self._progress)
        self.refresh()

    def refresh(self) -> None:
        """Show or hide as the phase asks."""
        phase = self.controller.phase
        busy = phase in (Phase.READING, Phase.ANALYSING)
        if busy and (self.isHidden() or phase is not self._phase):
            self._began, self._what = time.monotonic(), ""
            self.bar.show_share(0.0 if phase is Phase.READING else math.nan)
            self._clock.start()
        elif not busy:
            self._clock.stop()
        self._phase = phase
        self._tell()
        self.setVisible(busy)

    def _on_running(self, running: bool) -> None:
        if running:
            self._phase = Phase.EMPTY  # so that the next `refresh` begins anew

    def _progress(self, share: float, what: str) -> None:
        self.bar.show_share(share)
        self._what = what
        self._tell()

    def _tick(self) -> None:
        self.bar.tick()
        self._tell()

    def _tell(self) -> None:
        what = said(self._what) or (tr("Reading the scan") if self._phase is Phase.READING else tr("Analysing"))
        passed = time.monotonic() - self._began
        clock = tr("{seconds} s", seconds=int(passed)) if passed >= _TOLD_S else ""
        metrics = self.text.fontMetrics()
        room = max(self.text.width(), 120) - (metrics.horizontalAdvance(f"  {clock}") if clock else 0)
        what = metrics.elidedText(what, Qt.TextElideMode.ElideRight, room)
        self.text.setText(f"{what}  {clock}" if clock else what)
