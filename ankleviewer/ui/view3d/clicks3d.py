"""Clicks3D: a click on bone takes the crosshair there; a double-click maximises, and leaves the crosshair where it was."""

from __future__ import annotations

import numpy as np

from ankleviewer.ui.state.model import ViewModel


class Clicks3D:
    """A double-click begins as a click, which picks without delay: the crosshair comes back when the second one follows."""

    def __init__(self, model: ViewModel) -> None:
        self._model = model
        self._before: tuple[float, float, float] | None = None  # the crosshair, before the last press took it elsewhere

    def press(self) -> None:
        """A click or a drag begins."""
        self._before = None

    def pick(self, mm: np.ndarray) -> None:
        """A click met bone or a slice plane at an LPS position."""
        self._before = self._model.state.cursor_mm
        self._model.move_cursor(mm)

    def maximise(self) -> None:
        """A double-click: its first click counts no more."""
        before, self._before = self._before, None
        if before is not None:
            self._model.update(cursor_mm=before)
        self._model.toggle_layout("3d")
