"""Toast: a word in the bottom line that something was done; it goes away by itself and takes no click."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from ankleviewer.ui.look.parts import label

_SHOWN_MS = 4000


class Toast:
    """One message at a time in the middle of a bar; over the views the 3D view's native window would cover it."""

    def __init__(self, bar: QWidget) -> None:
        self._bar = bar
        self.widget = label("", "toast")
        self.widget.setParent(bar)
        self.widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.widget.hide()
        self._timer = QTimer(self.widget, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self.widget.hide)

    @property
    def text(self) -> str:
        """What is being said, "" for nothing."""
        return "" if self.widget.isHidden() else self.widget.text()

    def say(self, text: str) -> None:
        """Show a message for some seconds."""
        self.widget.setText(text)
        self.widget.adjustSize()
        x, y = (self._bar.width() - self.widget.width()) // 2, (self._bar.height() - self.widget.height()) // 2
        self.widget.move(max(x, 0), y)
        self.widget.show()
        self.widget.raise_()
        self._timer.start()
