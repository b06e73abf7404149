"""Qt's classes for Python, made on the main thread a few at a time.

PySide makes the Python class of a Qt class when its name is first asked for, and pyvistaqt asks for all by `import *`: 130 ms.
On another thread that would write into PySide's table of classes while the main thread, inside Qt and without the interpreter's
lock, reads there: two of some forty starts with a scan ended with a segmentation fault on a busy machine (PySide6 6.11).
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator

from PySide6.QtWidgets import QFileDialog, QLineEdit

# What pyvistaqt takes whole, through qtpy.
MODULES = ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtOpenGL", "PySide6.QtWidgets", "PySide6.QtOpenGLWidgets")
_PIECE_S = 0.005


def early() -> None:
    """Before the window is shown, with the application there: what PySide makes ready when it first hears of an event, meets an
    object of a class that it has no name for, or is asked for a help text.

    Libraries: 5 ms now; later they would wait for those that threads load, 40 to 70 ms. Classes of events: 25 ms that would else
    come with the first one. Classes of objects: 20 ms, in which PySide looks for the nearest one it knows among all; the first
    event of a part that Qt made for itself does it. Help texts: 15 ms, up to 60 once the libraries are there, since it then looks
    at every module (qtpy, through pyvistaqt, copies the texts of the file dialogs).
    """
    for name in MODULES:
        importlib.import_module(name)
    for _ in made(("PySide6.QtGui",)):
        pass
    _ = QLineEdit().children()  # one of them is Qt's own
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
