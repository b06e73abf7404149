"""Ctrl-C closes a window; without it nothing changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest
from PySide6.QtCore import QTimer

from ankleviewer.ui.background import interrupting


def test_ctrl_c_is_heard_by_the_event_loop_and_the_handler_of_before_comes_back(qapp, qtbot) -> None:
    before, closed = signal.getsignal(signal.SIGINT), []
    with interrupting.closing(lambda: closed.append(1)) as interrupted:
        assert not interrupted.told
        QTimer.singleShot(20, lambda: signal.raise_signal(signal.SIGINT))
        qtbot.waitUntil(lambda: bool(closed))
        assert interrupted.told and signal.getsignal(signal.SIGINT) == signal.SIG_DFL, "the next one ends the process"
    assert signal.getsignal(signal.SIGINT) == before and closed == [1]


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_program_at_rest_ends_by_it() -> None:
    code = """
        import os, signal, sys
        from PySide6.QtCore import QCoreApplication, QTimer
        from ankleviewer.ui.background import interrupting
        app = QCoreApplication([])
        QTimer.singleShot(0, lambda: print("ready", flush=True))
        with interrupting.closing(app.quit) as interrupted:
            app.exec()
        sys.exit(7 if interrupted.told else 8)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 7
