"""Imports of large libraries on threads, one at a time.

Where two threads enter a library that imports in circles by different doors, Python hands one of them a module that is half
finished, and the import fails (seen with matplotlib).
"""

from __future__ import annotations

import importlib
import threading

_one = threading.Lock()


def load(name: str) -> None:
    """Import a module. Not for the main thread, which would wait for the others' imports."""
    with _one:
        importlib.import_module(name)
