"""Small widgets that several places use: rules, progress strip, notice banner, chips with their explanation."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ankleviewer.ui import theme
from ankleviewer.ui.controller import CaseController, Notice, Phase
from ankleviewer.ui.translate import said, tr


def label(text: str = "", name: str = "", wrap: bool = False) -> QLabel:
    """A plain-text label with a style name; never reads text as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    return made


def rule() -> QFrame:
    """A thin line between sections."""
    made = QFrame()
    made.setObjectName("rule")
    return made


class Chooser(QComboBox):
    """A combo box with a chevron (a style sheet takes the platform's arrow away); its longest entry asks for no more room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, then the chevron."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(theme.now().secondary), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y = self.width() - 14.0, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])
        painter.end()


class Link(QPushButton):
    """A text to be clicked, as wide as its place; its end is left out where that is short."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._whole = text
        self.setObjectName("link")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As much of the text as fits."""
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width() - 12))


class ProgressStrip(QWidget):
    """Thin bar, what is being done, and a cancel button; hidden when nothing runs."""

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        self.text = label("", "secondary")
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setToolTip(tr("Stop (Esc)"))
        self.cancel.clicked.connect(controller.cancel)
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        column.addLayout(row)
        column.addWidget(self.bar)
        controller.changed.connect(self.refresh)
        controller.progressed.connect(self._progress)
        self.refresh()

    def refresh(self) -> None:
        """Show or hide as the phase asks."""
        busy = self.controller.phase in (Phase.READING, Phase.ANALYSING)
        if busy and self.isHidden():
            self.bar.setValue(0)
            self.text.setText(tr("Reading the scan") if self.controller.phase is Phase.READING else tr("Analysing"))
        self.setVisible(busy)

    def _progress(self, fraction: float, text: str) -> None:
        # The bar repaints at once, twenty ms each time beside a 3D view; with updates off it waits for the next paint event.
        self.bar.setUpdatesEnabled(False)
        self.bar.setValue(round(1000 * min(max(fraction, 0.0), 1.0)))
        self.bar.setUpdatesEnabled(True)
        word = tr("Reading the scan") if self.controller.phase is Phase.READING else tr("Analysing")
        self.text.setText(
            self.fontMetrics().elidedText(said(text) or word, Qt.TextElideMode.ElideRight, max(self.text.width(), 120))
        )


class NoticeBanner(QFrame):
    """A refusal or failure: sentence, code and file; stays until dismissed, never in the way of the open case."""

    def __init__(self, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        self.text = label("", wrap=True)
        self.code = label("", "refusal", wrap=True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self.text)
        column.addWidget(self.code)
        close = QPushButton(tr("Close"))
        close.setAccessibleName(tr("Close this message"))
        close.clicked.connect(controller.dismiss)
        row.addLayout(column, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide_names = False
        self._notice: Notice | None = None
        controller.noticed.connect(self.show_notice)
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Show a notice; None hides the banner."""
        self._notice = notice
        self.setVisible(notice is not None)
        if notice is not None:
            text = said(notice.message)
            self.text.setText(tr("Cannot open: {text}", text=text) if notice.file else text)
            file = tr("file name hidden") if self.hide_names else notice.file
            self.code.setText(notice.code + (f"  ·  {file}" if notice.file else ""))

    def set_hide_names(self, hidden: bool) -> None:
        """Whether the file of a notice is named."""
        self.hide_names = hidden
        self.show_notice(self._notice)


class Chip(QPushButton):
    """A finding's code; a click opens its sentence."""

    def __init__(self, code: str, message: str, level: str, parent: QWidget | None = None) -> None:
        mark = {"warning": "⚠ ", "refusal": "✕ "}.get(level, "")
        super().__init__(mark + code, parent)
        self.setObjectName("chip")
        self.setProperty("level", level)
        self.setToolTip(message)
        self.setAccessibleName(f"{code}: {message}")
        self.message = message
        self.clicked.connect(self.explain)

    def explain(self) -> QFrame:
        """Open the explanation above the chip."""
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setObjectName("popup")
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(popup)
        column.setContentsMargins(12, 10, 12, 10)
        text = label(self.message, wrap=True)
        text.setFixedWidth(360)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(text)
        popup.adjustSize()
        popup.move(self.mapToGlobal(QPoint(0, -popup.height() - 6)))
        popup.show()
        return popup
