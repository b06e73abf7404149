"""Ctrl-C, SIGTERM and SIGHUP end a command early: what it unpacked is removed, and an engine that goes on is not waited for."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from ankleviewer.core.errors import Cancelled

_heard: list[int] = []  # number of the signal


def requested() -> bool:
    """Whether a signal has asked the command to stop. The exception that says so is lost where the signal comes while a compiled
    library is imported, which makes an ImportError of it; long work therefore asks, too (`cancelled`).
    """
    return bool(_heard)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """A block that Ctrl-C leaves as KeyboardInterrupt, SIGTERM and SIGHUP as SystemExit with 128 and their number. A second
    Ctrl-C ends the program at once. A signal that is ignored (nohup) or handled already stays so, and outside the main thread,
    which alone hears signals, nothing is done.
    """
    usual: dict[int, Any] = {getattr(signal, name): signal.SIG_DFL for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)}
    usual[signal.SIGINT] = signal.default_int_handler
    if threading.current_thread() is not threading.main_thread():
        usual = {}
    before = {number: handler for number, handler in usual.items() if signal.getsignal(number) == handler}
    _heard.clear()
    for number in before:
        signal.signal(number, _leave)
    try:
        yield
    except Cancelled:
        if _heard:
            _raise(_heard[0])
        raise
    finally:
        _heard.clear()
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:
    _heard.append(number)
    if number == signal.SIGINT:
        signal.signal(number, signal.SIG_DFL)
    _raise(number)


def _raise(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)  # what a shell says of a program that a signal ended


def end(code: int) -> None:
    """End the program here, with all written, if an engine still works on what nobody waits for; Python would wait for it."""
    watch = sys.modules.get("ankleviewer.inference.watch")  # not loaded: no engine either
    if watch is None or not watch.left_running():
        return
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # full, or closed
            stream.flush()
    os._exit(code)
