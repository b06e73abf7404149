"""Signals that ask a command to end: Ctrl-C, SIGTERM (of `kill` and of batch systems), SIGHUP (of a terminal that closes)."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


@contextlib.contextmanager
def heard(leave: Callable[[int], None]) -> Iterator[None]:
    """A block in which these signals call `leave` with their number, on the main thread between two steps of Python.

    A second Ctrl-C ends the program at once. A signal that is ignored (nohup) or handled already stays so, and outside the main
    thread, which alone hears signals, nothing is done.
    """
    usual: dict[int, Any] = {getattr(signal, name): signal.SIG_DFL for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)}
    usual[signal.SIGINT] = signal.default_int_handler
    if threading.current_thread() is not threading.main_thread():
        usual = {}
    before = {number: handler for number, handler in usual.items() if signal.getsignal(number) == handler}

    def hear(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)
        leave(number)

    for number in before:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
