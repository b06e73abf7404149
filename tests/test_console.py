"""What the commands write to a terminal."""

from __future__ import annotations

import sys

from ankleviewer.cli.console import Progress


def test_progress_bar_only_on_a_terminal(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress("1/2 ") as progress:
        progress(0.5, "Reading")
    shown = capsys.readouterr().err
    assert "50%  1/2 Reading" in shown and shown.endswith("\x1b[K")
