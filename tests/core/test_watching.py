"""What stands in where nobody watches."""

from __future__ import annotations

from ankleviewer.core.watching import Progress, never, silent


def test_nobody_is_told_and_nobody_stops() -> None:
    watched: Progress = silent
    watched(0.5, "half")
    assert never() is False
