"""Imports of large libraries off the main thread: one at a time, on a thread of their own, with a breath before each module that
they bring with them.

Where two threads enter a library that imports in circles by different doors, Python hands one of them a module that is half
finished, and the import fails (seen with matplotlib). And a module that is a compiled library keeps the interpreter while it
comes, up to 40 ms: on a thread of low priority beside an engine's that becomes three times as much, and the window waits.
"""

from __future__ import annotations

import importlib
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from types import ModuleType

from ankleviewer.ui.background.read_ahead import read_module

_BREATH_S = 0.0005  # several hundred times in all
_OF_VTK = ("vtkmodules", "pyvista")
_thread = ThreadPoolExecutor(1, thread_name_prefix="imports")
_loaded: set[str] = set()  # as a whole; what is in sys.modules may be half there
_here = threading.local()  # .breath: what the thread does before each module, while it imports


def pause() -> None:
    """The usual breath: another thread's turn."""
    time.sleep(_BREATH_S)


class _Finder:
    """A finder that finds nothing: Python asks it before every module, also before those that a module imports itself, and on
    every thread.
    """

    def come_first(self) -> None:
        """Be asked before all others. VTK puts a finder of its own there, which answers for its libraries."""
        if sys.meta_path[0] is not self:
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Take the breath of the thread that asks, if it has one, and read ahead what will be loaded."""
        breath = getattr(_here, "breath", None)
        if breath is not None:
            self.come_first()
            breath()
        read_module(name, path)
        return None


_finder = _Finder()


def start() -> None:
    """Begin the thread, with the priority of this one, else the first to load something passes on its own; and read libraries
    ahead from now on, whoever imports them.
    """
    _finder.come_first()
    _thread.submit(lambda: None)


def load(*names: str, breath: Callable[[], None] = pause) -> None:
    """Import modules one after another, and wait for them; raises what an import raises. Not for the main thread.

    Args:
        names: of the modules. What is asked for in the meantime comes after the last one.
        breath: called before each and before every module that comes with it; may wait a little, for another thread's turn.
    """
    missing = [name for name in names if not (name in _loaded and name in sys.modules)]
    if missing:
        _thread.submit(_import, missing, breath).result()


def _import(names: list[str], breath: Callable[[], None]) -> None:
    _finder.come_first()
    _here.breath = breath
    try:
        for name in names:
            if name.partition(".")[0] in _OF_VTK:
                importlib.import_module("vtkmodules")  # its finder, so that ours can come before it
                _finder.come_first()
            importlib.import_module(name)
            _loaded.add(name)
    finally:
        _here.breath = None
