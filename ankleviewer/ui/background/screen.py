"""The way to a screen: where Qt finds none it ends the process, with advice that is often wrong. What is so is told instead."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from ankleviewer.core import exits

NO_ANSWER = "could not connect to display"  # a line of Qt's
NO_SCREEN = "The screen that the environment names does not answer; `ankleviewer analyze SCAN` works without one. [NO_SCREEN]"
MISSING = (
    "No window can be opened: a library of the system is missing, such as libxcb-cursor0 (Fedora: xcb-util-cursor). "
    "packaging/system-libraries.sh, in the program's source, names what is missing. [WINDOW_MISSING]"
)


def running() -> QApplication:
    """The program's one QApplication, which is there as long as any widget is."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


@contextlib.contextmanager
def told() -> Iterator[None]:
    """A block in which Qt is begun: where it ends the process, one sentence with its code is printed, and the exit code is 1."""
    lines: list[str] = []

    def hear(kind: QtMsgType, _where: Any, text: str) -> None:
        lines.append(text)
        if kind == QtMsgType.QtFatalMsg:
            sentence = NO_SCREEN if any(NO_ANSWER in line for line in lines) else MISSING
            sys.stderr.write(f"{sentence}\n")
            sys.stderr.flush()
            os._exit(exits.FAILED)

    qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(None)
        for line in lines:
            sys.stderr.write(f"{line}\n")
