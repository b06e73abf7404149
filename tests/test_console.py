"""What the commands write to a terminal."""

from __future__ import annotations

import math
import sys

from ankleviewer.cli.console import Progress


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
