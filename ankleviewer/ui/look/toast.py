"""Toast: a word in the bottom line that something was done; it goes away by itself and takes no click."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from ankleviewer.ui.look.parts import label

_SHOWN_MS = 4000
_GAP = 8  # px


class Toast(QObject):
    """One message at a time in the middle of a bar; over the views the 3D view's native window would cover it.

    Args:
        bar: which it lies upon.
        clear: of the bar's widgets the one that is never covered: a message that would do so goes to the wider side of it, and
            where it has no room there gives up its middle: "hidden" or "shown" stands at the end.
    """

    def __init__(self, bar: QWidget, clear: QWidget | None = None) -> None:
        super().__init__(bar)
        self._bar, self._clear, self._text = bar, clear, ""
        self.widget = label("", "toast")
        self.widget.setParent(bar)
        self.widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.widget.hide()
        self._timer = QTimer(self.widget, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self.widget.hide)
        for watched in (bar, clear) if clear is not None else (bar,):
            watched.installEventFilter(self)

    @property
    def text(self) -> str:
        """What is being said, "" for nothing."""
        return "" if self.widget.isHidden() else self._text

    def say(self, text: str) -> None:
        """Show a message for some seconds."""
        self._text = text
        self.widget.setAccessibleName(text)  # all of it, where the label has no room for that
        self._place()
        self.widget.show()
        self.widget.raise_()
        self._timer.start()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Go along where the bar changes its width, or its line its place."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and not self.widget.isHidden():
            self._place()
        return False

    def _place(self) -> None:
        left, right = self._room()
        self.widget.setText(self._text)
        self.widget.adjustSize()
        over = self.widget.width() - (right - left)
        if over > 0:
            metrics = self.widget.fontMetrics()
            wide = max(metrics.horizontalAdvance(self._text) - over, 0)
            self.widget.setText(metrics.elidedText(self._text, Qt.TextElideMode.ElideMiddle, wide))
            self.widget.adjustSize()
        x, y = (self._bar.width() - self.widget.width()) // 2, (self._bar.height() - self.widget.height()) // 2
        self.widget.move(max(min(x, right - self.widget.width()), left), y)

    def _room(self) -> tuple[int, int]:
        """From where to where it may lie, px of the bar."""
        width = self._bar.width()
        if self._clear is None or self._clear.isHidden():
            return 0, width
        line = self._clear.geometry()
        sides = (0, max(line.left() - _GAP, 0)), (min(line.right() + 1 + _GAP, width), width)
        return max(sides, key=lambda side: side[1] - side[0])
