"""Where Qt finds no screen the program says so and ends with 1, instead of being aborted."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_BEGIN = """
from PySide6.QtWidgets import QApplication
from ankleviewer.ui.background import screen
with screen.told():
    QApplication([])
print("begun")
"""


def begun(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(
        [sys.executable, "-c", _BEGIN], capture_output=True, text=True, check=False, timeout=60, env={**kept, **environment}
    )


@pytest.mark.skipif(sys.platform != "linux", reason="screens of X11")
def test_a_screen_that_does_not_answer_is_told() -> None:
    done = begun(DISPLAY=":4711", QT_QPA_PLATFORM="xcb")
    assert done.returncode == 1 and done.stderr.endswith("works without one. [NO_SCREEN]\n") and done.stderr.count("\n") == 1


def test_what_else_keeps_qt_from_beginning_is_told() -> None:
    done = begun(QT_QPA_PLATFORM="no-such-one")
    assert done.returncode == 1 and done.stderr.endswith("[WINDOW_MISSING]\n")


def test_where_there_is_one_nothing_is_said() -> None:
    done = begun(QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout) == (0, "begun\n") and "[" not in done.stderr
