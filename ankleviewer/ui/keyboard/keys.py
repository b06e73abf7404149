"""Keys that are held rather than pressed: Space hides all model output, W turns the left button to its other tool.

Both can be changed like any other key (`keymap`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QLineEdit, QTextEdit, QWidget

from ankleviewer.ui.background import screen
from ankleviewer.ui.keyboard.keymap import hold
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.words.translate import noop

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

HIDE = noop("Hide all that comes from the model, while held")
TOOL = noop("The left button's other tool, while held")


def build(window: QWidget) -> None:
    """Make the two commands, so that the keymap knows them."""
    hold(window, HIDE, "Space")
    hold(window, TOOL, "W")


class HeldKeys(QObject):
    """Application-wide event filter for one window.

    The key belongs to hiding the model's output wherever the focus is, so that it always works; Enter presses a focused button,
    once while it is down. Nothing happens while a text field has the focus.
    """

    def __init__(self, window: MainWindow, model: ViewModel) -> None:
        super().__init__(window)
        self._window, self._model = window, model
        self._held: dict[str, tuple[int, int]] = {}  # command to the key that is down for it, by its code and that of its place
        self._x11 = QApplication.platformName() == "xcb"
        self._let_go = (0, 0)  # the key that went up last, and when, in ms; 0: not told
        screen.running().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch for keys of this window and for its losing the focus."""
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate and watched is self._window:
            self._release()
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride):
            return False
        if not isinstance(watched, QWidget) or not isinstance(event, QKeyEvent):
            return False
        mine, typing = watched.window() is self._window, _typing(watched)
        if not mine and kind != QEvent.Type.KeyRelease:  # a menu or a list that is open hears of the release alone
            return False
        held = self._hold(event, mine, mine and not typing)
        if held is not None:
            return held
        return mine and not typing and self._press(watched, event)

    def _hold(self, event: QKeyEvent, mine: bool, begins: bool) -> bool | None:
        """What a key event means to the commands that last while a key is down: whether it ends here; None: nothing."""
        release = event.type() == QEvent.Type.KeyRelease
        for name in (HIDE, TOOL):
            if self._is_held(event, name):  # whatever else is held with it meanwhile
                if release and not event.isAutoRepeat():
                    del self._held[name]
                    self._set(name, False)
                elif event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
                    self._held[name] = (event.key(), event.nativeScanCode())  # its ShortcutOverride may have told no place
                return mine
            if begins and self._is(event, name):
                if not release and not event.isAutoRepeat():
                    self._held[name] = (event.key(), event.nativeScanCode())
                    self._set(name, True)
                return True
        return None

    def _press(self, watched: QWidget, event: QKeyEvent) -> bool:
        """A key that stays down is pressed once, and Enter presses a button; True where nobody else shall hear of it."""
        kind, once = event.type(), not event.isAutoRepeat()
        if kind == QEvent.Type.KeyRelease:
            self._let_go = (event.key(), event.timestamp()) if once else self._let_go
            return False
        # X11 tells of a repeat as of a release and a press in the same millisecond. Where Qt reads the one before the other is
        # there, it takes both for the reader's.
        if self._x11 and once and event.timestamp() and self._let_go == (event.key(), event.timestamp()):
            event.accept()  # so that no command is looked for
            return True
        enter = kind == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(watched, QAbstractButton):
            if once:
                watched.click()
            return True
        return False

    def _is(self, event: QKeyEvent, name: str) -> bool:
        """Whether a key event is of the key of a held command."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or event.key() == Qt.Key.Key_unknown:
            return False
        pressed = QKeySequence(event.key()).toString(QKeySequence.SequenceFormat.PortableText)
        return pressed in self._window.keymap.keys(name)

    def _is_held(self, event: QKeyEvent, name: str) -> bool:
        """Whether a key event is of the key that is down for a command; Shift gives a digit another code, no other place."""
        if name not in self._held:
            return False
        key, place = self._held[name]
        return event.key() == key or (place != 0 and event.nativeScanCode() == place)

    def _set(self, name: str, down: bool) -> None:
        if name == HIDE:
            self._model.update(hide_ai=down)
        else:
            self._window.setProperty("window_key", down)

    def _release(self) -> None:
        self._held.clear()
        for name in (HIDE, TOOL):
            self._set(name, False)

    def stop(self) -> None:
        """Watch no longer."""
        screen.running().removeEventFilter(self)


def _typing(watched: QWidget) -> bool:
    fields = (QLineEdit, QTextEdit, QAbstractSpinBox)
    return isinstance(watched, fields) or isinstance(QApplication.focusWidget(), fields)
