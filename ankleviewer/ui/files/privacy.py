"""Privacy: one switch that takes everything that comes from the patient or the file's name off the screen and out of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ankleviewer.ui.words.translate import noop, said, tr

# Findings whose sentence tells something of the patient, and what is said instead.
_PERSONAL = {"AGE_UNDER_18": noop("The patient's age is outside the range that the models are made for.")}


class Privacy(QObject):
    """Whether names are hidden, and what is shown in their place.

    Signals:
        changed(hidden): the switch was turned.
    """

    changed = Signal(bool)

    def __init__(self, hidden: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hidden = hidden

    def toggle(self) -> None:
        """Hide what is shown, show what is hidden."""
        self.hidden = not self.hidden
        self.changed.emit(self.hidden)

    def text(self, text: str, instead: str = "") -> str:
        """A text that comes from the scan or its name, or what stands for it."""
        return instead if self.hidden and text else text

    def message(self, code: str, message: str) -> str:
        """The sentence of a finding, in the window's language."""
        return tr(_PERSONAL[code]) if self.hidden and code in _PERSONAL else said(message)

    def recent(self, paths: Sequence[str]) -> list[tuple[str, str]]:
        """Label and tooltip for each recent scan; hidden ones are only counted."""
        if self.hidden:
            return [(tr("Recent scan {number}", number=n), "") for n, _ in enumerate(paths, start=1)]
        return [(Path(path).name, path) for path in paths]
