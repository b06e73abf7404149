"""The log that a reader can send: what failed is written down while the program runs, and saved as one text on request."""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from ankleviewer import __version__
from ankleviewer.core import paths
from ankleviewer.ui.files.exporting import ask_place
from ankleviewer.ui.words.translate import said, tr

if TYPE_CHECKING:
    from ankleviewer.ui.main_window import MainWindow

_CRASH_BYTES = 256_000

log = logging.getLogger(__name__)


def head() -> str:
    """Versions and machine, without names."""
    return (
        f"AnkleViewer {__version__}, Python {platform.python_version()}, Qt {qVersion()} ({QGuiApplication.platformName()})\n"
        f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} processors\n"
        "This log holds codes, hashes and times. It names no patient, no file and no folder."
    )


def choose(window: MainWindow) -> None:
    """Ask where to save the log."""
    path = ask_place(window, tr("Save the log"), "ankleviewer-log.txt", tr("Text (*.txt)"), ".txt")
    if path:
        save(window, path)


def save(window: MainWindow, path: str) -> None:
    """Write the log to a file."""
    from ankleviewer.io.atomic import write_text
    from ankleviewer.io.logs import collect

    try:
        write_text(path, collect(paths.log_dir(), head()))
    except OSError as error:
        why = error.strerror or type(error).__name__
        window.controller.notify(
            "FILE_NOT_WRITTEN", tr("The log could not be written ({why}). Choose another place.", why=said(why))
        )
        return
    window.toast.say(tr("Log saved"))


@contextmanager
def watched() -> Iterator[None]:
    """While the window lives: exceptions that nobody caught go to the log, and a crash of native code leaves its trace."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("not caught", exc_info=(kind, error, trace))
        before(kind, error, trace)

    sys.excepthook = hook
    stream = _crash_file()
    try:
        yield
    finally:
        sys.excepthook = before
        if stream is not None:
            faulthandler.disable()
            stream.close()


def _crash_file() -> TextIO | None:
    """The open file into which Python writes a native crash; None where that is not possible or somebody else does it."""
    from ankleviewer.io.logs import CRASH

    if faulthandler.is_enabled():
        return None
    try:
        paths.log_dir().mkdir(parents=True, exist_ok=True)
        file = paths.log_dir() / CRASH
        full = file.exists() and file.stat().st_size > _CRASH_BYTES
        stream = open(file, "w" if full else "a", encoding="utf-8")  # noqa: SIM115 - open for as long as the window is
    except OSError:
        return None
    faulthandler.enable(stream)
    return stream
