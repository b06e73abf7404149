"""Stopping a model that runs: a thread that asks now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ankleviewer.core.errors import Cancelled

POLL_S = 0.02  # how often a running model looks whether it should stop


@contextmanager
def watch(stop: Callable[[], None], cancelled: Callable[[], bool] | None) -> Iterator[threading.Event]:
    """Calls `stop` as soon as `cancelled` says so; yields the event that tells that it did.

    Raises:
        Cancelled: it says so from the start.
    """
    stopped, done = threading.Event(), threading.Event()
    if cancelled is None:
        yield stopped
        return
    if cancelled():
        raise Cancelled

    def poll() -> None:
        while not done.wait(POLL_S):
            if cancelled():
                stopped.set()
                stop()
                return

    thread = threading.Thread(target=poll, name="ankleviewer-cancel", daemon=True)
    thread.start()
    try:
        yield stopped
    finally:
        done.set()
        thread.join()
