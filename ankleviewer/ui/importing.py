"""Imports of large libraries on threads, one at a time, and with a breath before each module that they bring with them.

Where two threads enter a library that imports in circles by different doors, Python hands one of them a module that is half
finished, and the import fails (seen with matplotlib).
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

_one = threading.Lock()
_here = threading.local()  # .breath: what the thread does before each module, while it imports


class _Breath:
    """A finder that finds nothing: Python asks it before every module, also before those that a module imports itself."""

    @staticmethod
    def find_spec(_name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Take the breath of the thread that asks."""
        breath = getattr(_here, "breath", None)
        if breath is not None:
            breath()
        return None


def load(name: str, breath: Callable[[], None] | None = None) -> None:
    """Import a module. Not for the main thread, which would wait for the others' imports.

    Args:
        name: of the module.
        breath: called before it and before every module that comes with it; may wait a little, for another thread's turn.
    """
    with _one:
        if not any(isinstance(finder, _Breath) for finder in sys.meta_path):
            sys.meta_path.insert(0, _Breath())
        _here.breath = breath
        try:
            importlib.import_module(name)
        finally:
            _here.breath = None
