"""SeriesChooser: the dialog for a folder or ZIP with several series. A picture of each, what it is, and which one is proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ankleviewer.core.serieschoice import LACKS, Series, reason
from ankleviewer.ui.look import theme
from ankleviewer.ui.look.dialogs import fitting
from ankleviewer.ui.look.parts import label
from ankleviewer.ui.words.translate import noop, said, tr
from ankleviewer.ui.words.wording import research_line

EDGE = 104  # px of a picture
_KEY = Qt.ItemDataRole.UserRole
TITLE = noop("Choose a series")
LOOKING = noop("Looking at the series of this folder …")
PROPOSED = noop("Proposed: {reason}")
NO_PROPOSAL = noop("Not proposed: {reason}")
OPEN_NOW = noop("Open now")
NAMELESS = noop("Series {number}")


def size_text(series: Series) -> str:
    """Number of slices, pixels, and how far they are apart."""
    columns, rows = series.size
    slices = tr("one slice") if series.slices == 1 else tr("%n slices", series.slices)
    parts = [slices, tr("{columns} × {rows} pixels", columns=columns, rows=rows)]
    if series.spacing_mm is not None:
        parts.append(" × ".join(f"{v:.2f}" for v in series.spacing_mm) + " mm")
    if series.overlapping:
        parts.append(tr("{mm} mm thick", mm=f"{series.thickness_mm:.2f}"))
    return "   ".join(parts)


class SeriesChooser(QDialog):
    """Lists series; the one that the program would take is chosen from the start.

    Args:
        hidden: whether names are hidden: descriptions come from the hospital, file names from anybody.
        current: key of the series that is open, "" for none.

    Signals:
        chosen(key): open this one.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None, hidden: Callable[[], bool], current: str = "") -> None:
        super().__init__(parent)
        self._hidden, self._current = hidden, current
        self._series: Sequence[Series] = ()
        self._taken = False
        self.setWindowTitle(tr(TITLE))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(fitting(self, 620, 520))
        self.head = label(tr(LOOKING), "secondary", wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr(TITLE))
        self.list.setIconSize(QSize(EDGE, EDGE))
        self.list.setSpacing(2)
        self.list.setUniformItemSizes(False)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(self._take)
        self.list.installEventFilter(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self.open_button = buttons.button(QDialogButtonBox.StandardButton.Open)
        self.open_button.setEnabled(False)
        buttons.accepted.connect(lambda: self._take(self.list.currentItem()))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.head)
        column.addWidget(self.list, 1)
        column.addWidget(label(research_line(), "secondary", wrap=True))
        column.addWidget(buttons)

    def show_series(self, found: Sequence[Series]) -> None:
        """Fill the list; the first of `found` is the proposed one."""
        self._series = found
        self.head.setText(tr("%n series. Arrow keys choose, Enter opens, a number opens that one.", len(found)))
        self.refresh()
        keys = [s.key for s in found]
        row = keys.index(self._current) if self._current in keys else 0
        self.list.setCurrentRow(row)
        self.list.setFocus()
        self.open_button.setEnabled(bool(found))

    def refresh(self) -> None:
        """Write the texts again, with or without names."""
        row = self.list.currentRow()
        self.list.clear()
        why = reason(self._series)
        for n, series in enumerate(self._series):
            item = QListWidgetItem(_icon(series), "\n".join(self._lines(n, series, why)))
            item.setData(_KEY, series.key)
            item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.list.addItem(item)
        self.list.setCurrentRow(row)

    def _lines(self, n: int, series: Series, why: str) -> list[str]:
        name = series.description if series.description and not self._hidden() else tr(NAMELESS, number=n + 1)
        lines = [f"{n + 1}   {name}", size_text(series)]
        about = [tr(series.plane) if series.plane else "", said(f"kernel {series.kernel}") if series.kernel else ""]
        lines.append("   ".join(part for part in about if part))
        if series.key == self._current:
            lines.append(tr(OPEN_NOW))
        if n == 0 and why:
            lines.append(tr(PROPOSED, reason=said(why)))
        elif series.lack:
            lines.append(tr(NO_PROPOSAL, reason=said(LACKS[series.lack])))
        return [line for line in lines if line]

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A number opens that series; else the list would only look for a text that begins with it."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        number = event.key() - Qt.Key.Key_0
        if 1 <= number <= min(9, self.list.count()):
            self._take(self.list.item(number - 1))
            return True
        return False

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self._taken:  # Enter is an activation of the row, and a press of the button
            self._taken = True
            self.chosen.emit(item.data(_KEY))
            self.accept()


def _icon(series: Series) -> QIcon:
    """The picture on black, square; a cross where there is none."""
    pixmap = QPixmap(EDGE, EDGE)
    pixmap.fill(QColor(theme.PANE))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if series.picture is None:
        painter.setPen(QColor(theme.SECONDARY))
        painter.drawText(pixmap.rect(), Qt.AlignmentFlag.AlignCenter, "✕")
    else:
        grey = np.ascontiguousarray(series.picture)
        image = QImage(grey.data, grey.shape[1], grey.shape[0], grey.shape[1], QImage.Format.Format_Grayscale8)
        shown = image.scaled(EDGE, EDGE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        painter.drawImage((EDGE - shown.width()) // 2, (EDGE - shown.height()) // 2, shown)
    painter.end()
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected, QIcon.Mode.Active):
        icon.addPixmap(pixmap, mode)  # else Qt tints the chosen one
    return icon
