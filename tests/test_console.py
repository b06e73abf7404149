"""What the commands write to a terminal."""

from __future__ import annotations

import logging
import math
import os
import sys

from ankleviewer.cli import console
from ankleviewer.cli.console import Progress
from ankleviewer.core import paths


def test_a_log_that_another_process_holds_grows_on_and_loses_nothing(home, monkeypatch) -> None:
    """Windows lets nobody rename a file that is open elsewhere; the older ones would be moved on with each line."""
    monkeypatch.setattr(console, "_LOG_BYTES", 200)
    console.log_to_file()
    log, file = logging.getLogger("ankleviewer"), paths.log_dir() / "ankleviewer.log"
    for n in range(3):
        log.info("early %d %s", n, "x" * 90)
    older = {p: p.read_text() for p in file.parent.glob("*.log.?")}
    assert older
    real, held = os.replace, [True]

    def replace(source: str, target: str) -> None:
        if held[0] and str(source) == str(file):
            raise PermissionError(13, "held")
        real(source, target)

    monkeypatch.setattr(console.os, "replace", replace)
    for n in range(6):
        log.info("late %d %s", n, "x" * 90)
    assert all(f"late {n} " in file.read_text() for n in range(6)), "nothing is lost"
    assert {p: p.read_text() for p in file.parent.glob("*.log.?")} == older
    held[0] = False
    for n in range(9):
        log.info("free %d %s", n, "x" * 90)
    assert len(file.read_text()) < 1000 and "free 8" in file.read_text(), "it is moved on again"
    console.log_to_file()


def test_progress_bar_only_on_a_terminal(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress("1/2 ") as progress:
        progress(0.5, "Reading")
    shown = capsys.readouterr().err
    assert "50%  1/2 Reading" in shown and shown.endswith("\x1b[K")


def test_a_share_that_is_not_known_is_not_told(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress() as progress:
        progress(math.nan, "Running")
        progress(math.nan, "Running on")  # at once, which nobody could read
    shown = capsys.readouterr().err
    assert "Running" in shown and "%" not in shown and "#" not in shown and "Running on" not in shown
