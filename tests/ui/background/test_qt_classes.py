"""Qt's classes: all of a module are made, in short pieces; none is left for another thread."""

from __future__ import annotations

import os
import subprocess
import sys

OFFSCREEN = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
_ALONE = """
import time, PySide6.QtWidgets as widgets
from ankleviewer.ui.background import qt_classes
before = "QGraphicsItemAnimation" in vars(widgets)
times = [time.thread_time()]
for _ in qt_classes.made():
    times.append(time.thread_time())
pieces = sorted(b - a for a, b in zip(times, times[1:]))
print(before, "QGraphicsItemAnimation" in vars(widgets), len(pieces) > 3, pieces[len(pieces) // 2] < 0.02)
print(sum(1 for _ in qt_classes.made()) < len(pieces))
"""


def test_every_class_is_made_in_pieces_and_once() -> None:
    done = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "True", "True", "True", "True"]


def test_what_runs_on_threads_makes_no_classes_of_qt() -> None:
    code = (
        "import sys; from ankleviewer.ui.background.warming import MODULES; import importlib\n"
        "before = {m for m in sys.modules if m.startswith(('PySide6', 'qtpy'))}\n"
        "for name in MODULES:\n"
        "    try: importlib.import_module(name)\n"
        "    except ImportError: print('missing', name, file=sys.stderr)\n"
        "print(sorted({m for m in sys.modules if m.startswith(('PySide6', 'qtpy', 'pyvistaqt'))} - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


def test_help_texts_are_made_ready_before_the_libraries_come() -> None:
    code = (
        "import time\n"
        "from PySide6.QtWidgets import QApplication, QFileDialog\n"
        "from ankleviewer.ui.background import qt_classes\n"
        "app = QApplication([])\n"
        "qt_classes.early()\n"
        "start = time.thread_time(); QFileDialog.getSaveFileName.__doc__\n"
        "print(time.thread_time() - start)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, env=OFFSCREEN)
    assert float(done.stdout) < 0.005, "the first one takes 15 ms and more"


def test_an_object_that_qt_made_for_itself_finds_its_class_made() -> None:
    code = (
        "import enum\n"
        "from PySide6.QtWidgets import QApplication, QComboBox\n"
        "from ankleviewer.ui.background import qt_classes\n"
        "app = QApplication([])\n"
        "qt_classes.early()\n"
        "box, made, make = QComboBox(editable=True), [], enum.EnumType._create_\n"
        "enum.EnumType._create_ = lambda cls, name, *a, **k: (made.append(name), make(cls, name, *a, **k))[1]\n"
        "print(type(box.lineEdit().children()[0]).__name__, len(made))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, env=OFFSCREEN)
    assert done.stdout.split() == ["QObject", "0"], "the first one makes 128 classes of numbers and more of objects"
