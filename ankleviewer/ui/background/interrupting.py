"""Ctrl-C in the console of a window: the window closes as by its button. Python's own way is an exception in whatever a window at
rest does next, which Qt prints and goes on from.
"""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

from PySide6.QtCore import QSocketNotifier


class Interrupted:
    """Whether somebody pressed Ctrl-C."""

    def __init__(self) -> None:
        self.told = False


@contextlib.contextmanager
def closing(close: Callable[[], object]) -> Iterator[Interrupted]:
    """A block, on the main thread, in which the first Ctrl-C calls `close` from the event loop; the next one ends the process."""
    found = Interrupted()
    reading, writing = socket.socketpair()
    with reading, writing:
        for end in (reading, writing):
            end.setblocking(False)
        notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)

        def heard() -> None:
            with contextlib.suppress(BlockingIOError):
                if signal.SIGINT in reading.recv(64) and not found.told:
                    found.told = True
                    signal.signal(signal.SIGINT, signal.SIG_DFL)
                    close()

        notifier.activated.connect(heard)
        before = signal.signal(signal.SIGINT, lambda *_: None)  # the byte in the socket tells it to the event loop
        wakeup = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
        try:
            yield found
        finally:
            signal.set_wakeup_fd(wakeup)
            signal.signal(signal.SIGINT, before)
            notifier.setEnabled(False)
