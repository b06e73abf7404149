"""Ctrl-C, SIGTERM and SIGHUP end a command early: what it unpacked is removed, and an engine that goes on is not waited for."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Iterator

from ankleviewer.core import signals
from ankleviewer.core.errors import Cancelled
from ankleviewer.core.exits import SIGNALLED

_heard: list[int] = []  # number of the signal


def requested() -> bool:
    """Whether a signal has asked the command to stop. The exception that says so is lost where the signal comes while a compiled
    library is imported, which makes an ImportError of it; long work therefore asks, too (`cancelled`).
    """
    return bool(_heard)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """A block that Ctrl-C leaves as KeyboardInterrupt, SIGTERM and SIGHUP as SystemExit with 128 and their number (see
    `signals.heard`).
    """
    _heard.clear()
    with signals.heard(_leave):
        try:
            yield
        except Cancelled:
            if _heard:
                _raise(_heard[0])
            raise
        finally:
            _heard.clear()


def _leave(number: int) -> None:
    _heard.append(number)
    _raise(number)


def _raise(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(SIGNALLED + number)  # what a shell says of a program that a signal ended


def end(code: int) -> None:
    """End the program here, with all written, if an engine still works on what nobody waits for; Python would wait for it."""
    watch = sys.modules.get("ankleviewer.inference.engines.watch")  # not loaded: no engine either
    if watch is None or not watch.left_running():
        return
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # full, or closed
            stream.flush()
    os._exit(code)
