"""The watch over a running model: it stops it when asked to, and leaves no thread behind."""

from __future__ import annotations

import threading
import time

import pytest

from ankleviewer.core.errors import Cancelled
from ankleviewer.inference.watch import watch


def test_it_stops_what_runs_and_says_so() -> None:
    asked, stopped = threading.Event(), threading.Event()
    timer = threading.Timer(0.05, asked.set)
    timer.start()
    with watch(stopped.set, asked.is_set) as flag:
        assert stopped.wait(3.0)
        assert flag.is_set()
    timer.join()
    assert not [t for t in threading.enumerate() if t.name == "ankleviewer-cancel"]


def test_nobody_asks_or_it_is_too_late() -> None:
    def never() -> None:
        raise AssertionError("stopped")

    with watch(never, None) as flag:
        assert not flag.is_set()
    with watch(never, lambda: False):
        time.sleep(0.05)
    with pytest.raises(Cancelled), watch(never, lambda: True):
        raise AssertionError("began")
