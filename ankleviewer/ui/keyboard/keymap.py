"""Keymap: the keys of all commands, the reader's own in place of the program's; two commands never share a key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from ankleviewer.ui.words.translate import noop, tr

# Belonging to what has the focus: they never reach a command.
RESERVED: tuple[str, ...] = ("Up", "Down", "PgUp", "PgDown", "Home", "End", "Tab", "Shift+Tab", "Backtab", "Return", "Enter")
RESERVED += tuple(f"Ctrl+{shift}{way}" for shift in ("", "Shift+") for way in ("Up", "Down", "Left", "Right"))
RESERVED += ("Backspace", "Shift+Return", "Shift+Enter")
_NAME, _KEYS, _HELD, _TITLE = "command", "keys", "held", "title"
HELD_PLACE = noop("Held down")


def mark(action: QAction, name: str, keys: Iterable[str], title: str = "", repeats: bool = False) -> None:
    """Make an action a command whose keys can be changed: its name, stable, the keys it comes with, and its name for people.

    A key that stays down does the command again and again where it `repeats`, as steps do. Else once: a switch would flip to and
    fro, and many marks be made of one.
    """
    action.setAutoRepeat(repeats)
    action.setProperty(_NAME, name)
    action.setProperty(_TITLE, title or name)
    action.setProperty(_KEYS, [k for k in map(normal, keys) if k])


def hold(window: QWidget, name: str, key: str) -> QAction:
    """A command that lasts as long as its key is down (`keys.HeldKeys`); it has no place in a menu, its key no modifier."""
    action = QAction(tr(name), window)  # belongs to no widget's actions, so Qt never triggers it
    mark(action, name, (key,), tr(name))
    action.setProperty(_HELD, True)
    return action


def is_held(action: QAction) -> bool:
    """Whether a command lasts as long as its key is down."""
    return bool(action.property(_HELD))


def can_be_held(key: str) -> bool:
    """Whether a key is one key alone: with Ctrl, Shift or Alt the order of letting go would matter."""
    return bool(key) and not any(f"{name}+" in key for name in ("Ctrl", "Shift", "Alt", "Meta"))


def normal(key: str) -> str:
    """A key as Qt writes it, "" where it is none."""
    sequence = QKeySequence(key, QKeySequence.SequenceFormat.PortableText)
    text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1 or not sequence[0].key():  # type: ignore[index]  # the stub leaves out `__getitem__`, PySide has it
        return ""
    return text if "Unknown" not in text else ""


def name_of(action: QAction) -> str:
    """The stable name of a command."""
    return str(action.property(_NAME))


def title_of(action: QAction) -> str:
    """The name of a command in the window's language."""
    return str(action.property(_TITLE))


def place_of(action: QAction) -> str:
    """Where a command stands: the titles of its menus."""
    titles: list[str] = []
    menu = action.parent()
    while isinstance(menu, QMenu):
        titles.insert(0, re.sub(r"\(&.\)|&", "", menu.title()))  # Chinese has its mnemonic in brackets
        menu = menu.parent()
    return tr(HELD_PLACE) if is_held(action) else " > ".join(titles)


class Keymap:
    """The commands of a window.

    Args:
        window: whose menus hold them.
        own: keys by the name of the command, as the reader chose them; what is unknown, reserved or no key is left out.
    """

    def __init__(self, window: QWidget, own: Mapping[str, Iterable[str]]) -> None:
        self.actions = {name_of(a): a for a in window.findChildren(QAction) if a.property(_NAME)}
        taken: set[str] = set()
        wanted: dict[str, list[str]] = {}
        for name in self.actions:
            if name in own:
                wanted[name] = [k for k in dict.fromkeys(map(normal, own[name])) if self.fits(name, k) and k not in taken]
                taken |= set(wanted[name])
        for name in self.actions:
            # a key that the reader gave to another command is gone here
            self._put(name, wanted.get(name, [k for k in self.default(name) if k not in taken]))

    def default(self, name: str) -> list[str]:
        """The keys that a command comes with."""
        return list(self.actions[name].property(_KEYS) or [])

    def title(self, name: str) -> str:
        """The name of a command in the window's language."""
        return title_of(self.actions[name])

    def keys(self, name: str) -> list[str]:
        """The keys of a command."""
        return [s.toString(QKeySequence.SequenceFormat.PortableText) for s in self.actions[name].shortcuts()]

    def users(self, key: str, but: str = "") -> list[str]:
        """Names of the commands that have a key, without one of them."""
        return [name for name in self.actions if name != but and key in self.keys(name)]

    def give(self, name: str, key: str) -> bool:
        """Give a command one key; whoever had it loses it. False where the key cannot be given."""
        key = normal(key)
        if not self.fits(name, key):
            return False
        for other in self.users(key, but=name):
            self._put(other, [k for k in self.keys(other) if k != key])
        self._put(name, [key])
        return True

    def fits(self, name: str, key: str) -> bool:
        """Whether a command may have a key at all."""
        return bool(key) and key not in RESERVED and (not is_held(self.actions[name]) or can_be_held(key))

    def clear(self, name: str) -> None:
        """Take all keys from a command."""
        self._put(name, [])

    def reset(self, name: str | None = None) -> None:
        """Back to the keys that came with the program: of one command (taken back from whoever has them), or of all."""
        for one in [name] if name is not None else list(self.actions):
            for key in self.default(one):
                for other in self.users(key, but=one):
                    self._put(other, [k for k in self.keys(other) if k != key])
            self._put(one, self.default(one))

    def own(self) -> dict[str, tuple[str, ...]]:
        """What differs from the program's keys, to be remembered."""
        return {name: tuple(self.keys(name)) for name in self.actions if self.keys(name) != self.default(name)}

    def _put(self, name: str, keys: list[str]) -> None:
        self.actions[name].setShortcuts([QKeySequence(k, QKeySequence.SequenceFormat.PortableText) for k in keys])
