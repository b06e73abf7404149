"""Qt's classes for Python, made on the main thread a few at a time.

PySide makes the Python class of a Qt class when its name is first asked for, and pyvistaqt asks for all by `import *`: 130 ms.
On another thread that would write into PySide's table of classes while the main thread, inside Qt and without the interpreter's
lock, reads there: two of some forty starts with a scan ended with a segmentation fault on a busy machine (PySide6 6.11).
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator

from PySide6.QtWidgets import QFileDialog

# What pyvistaqt takes whole, through qtpy.
MODULES = ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtOpenGL", "PySide6.QtWidgets", "PySide6.QtOpenGLWidgets")
_PIECE_S = 0.005


def early() -> None:
    """Before the window is shown: what PySide makes ready when it first hears of an event or is asked for a help text.

    Help texts: 15 ms now, up to 60 once the libraries are there, since it then looks at every module (qtpy, through pyvistaqt,
    copies the texts of the file dialogs). Classes of events: 25 ms that would else come with the first one.
    """
    for _ in made(("PySide6.QtGui",)):
        pass
    _ = QFileDialog.getOpenFileName.__doc__


def made(modules: tuple[str, ...] = MODULES) -> Iterator[None]:
    """Make every class of the modules, in pieces of some 5 ms; once made, hardly any time. Main thread only."""
    end = time.perf_counter() + _PIECE_S
    for name in modules:
        module = importlib.import_module(name)
        for what in dir(module):
            getattr(module, what, None)
            if time.perf_counter() > end:
                yield
                end = time.perf_counter() + _PIECE_S
