"""Job: one piece of long work on the thread pool, with progress, cancel and a generation number that drops stale answers."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QThreadPool, QTimer, Signal

from ankleviewer.core import memory
from ankleviewer.core.errors import AnkleViewerError, Cancelled

_NICE = 10
_TURN_MS = 1  # a timer's turn comes after the events at hand, paint events among them
LONGEST_TURN_S = 0.2  # what a turn is waited for at most

log = logging.getLogger(__name__)

Work = Callable[[Callable[[float, str], None], Callable[[], bool]], Any]


class _Relay(QObject):
    """Calls on the main thread what a pool thread hands over, in that order.

    One for the whole process: an object of Qt made for each piece of work would now and then be freed on the pool thread, which
    is the last to know of it, while the main thread delivers its signals.
    """

    handed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.handed.connect(self._call)  # queued, since this object lives on the main thread

    def _call(self, do: Callable[[], None]) -> None:
        do()


@functools.cache
def _relay() -> _Relay:
    return _Relay()


def turn() -> threading.Event:
    """An event that is set once the main thread has handled what it has at hand, painting included, which a window that changes
    as a whole puts off by a turn (`repaint`). Main thread only.
    """
    over = threading.Event()
    QTimer.singleShot(_TURN_MS, lambda: QTimer.singleShot(_TURN_MS, over.set))
    return over


class _Runnable:
    """Calls the work on a pool thread, and hands to the main thread what its job is to know. Holds nothing of Qt but the relay,
    which never goes, since the pool thread may be the last to let go of it; the work, which may hold a window, is let go of on
    the main thread (`_over`).

    Its `run` is handed to the pool as a plain callable: a QRunnable made in Python is never freed again (PySide6 6.11), and with
    it the scan and the answer of the work.
    """

    def __init__(self, job: Job, work: Work, generation: int, turn: threading.Event | None) -> None:
        self.job, self.work, self.generation, self.turn = weakref.ref(job), work, generation, turn
        self.stop = threading.Event()
        self.relay = _relay()

    def run(self) -> None:
        """Thread entry: every exception becomes an error object for the window, none is lost."""
        step_back()
        if self.turn is not None:
            self.turn.wait(LONGEST_TURN_S)
        try:
            result = self.work(self._progress, self.stop.is_set)
            if self.stop.is_set():
                raise Cancelled
            self._tell(lambda job: job._on_done(self.generation, result))
        except AnkleViewerError as error:
            self._fail(error)
        except BaseException as error:
            # The border of the thread: nothing may die here unseen, nor what would end the program, for it would end this thread
            # alone, and the window would wait for ever.
            log.exception("background work failed")
            self._fail(
                AnkleViewerError("INTERNAL_ERROR", f"The program failed ({type(error).__name__}); the log has the details.")
            )
        finally:
            memory.trim()  # of what the work needed, and of the scans and answers before it
            self.relay.handed.emit(self._over)

    def _over(self) -> None:
        """On the main thread, even where the job is gone."""
        del self.work
        job = self.job()
        if job is not None and shiboken6.isValid(job):
            job._on_ended(self)

    def _fail(self, error: AnkleViewerError) -> None:
        self._tell(lambda job: job._on_failed(self.generation, error))

    def _progress(self, fraction: float, text: str = "") -> None:
        if not self.stop.is_set():
            self._tell(lambda job: job._on_progress(self.generation, float(fraction), text))

    def _tell(self, what: Callable[[Job], None]) -> None:
        """Have `what` called with the job on the main thread, if the job is there by then."""

        def do() -> None:
            job = self.job()
            if job is not None and shiboken6.isValid(job):
                what(job)

        self.relay.handed.emit(do)


def step_back() -> None:
    """Let the window go first where both want a core (Linux; the engine's own threads inherit it), however nice it is itself."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, os.getpid()) + _NICE)


class Job(QObject):
    """One slot for one kind of work: starting again cancels what ran before and drops its answer.

    Signals (all on the main thread, only for the newest generation):
        progress(fraction 0..1, text), done(result), failed(AnkleViewerError), running_changed(bool).
    """

    progress = Signal(float, str)
    done = Signal(object)
    failed = Signal(object)
    running_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generation = 0
        self._alive: list[_Runnable] = []
        self._current: _Runnable | None = None

    @property
    def running(self) -> bool:
        """True while the newest work has neither ended nor been cancelled."""
        return self._current is not None

    @property
    def alive(self) -> int:
        """Number of threads still inside this job's work, cancelled ones included."""
        return len(self._alive)

    def start(self, work: Work, after_events: bool = False) -> None:
        """Run work(progress, cancelled) on the pool.

        Args:
            after_events: once the window has handled what is at hand: it paints what was opened before the work takes a core.
        """
        self.cancel()
        self._generation += 1
        runnable = _Runnable(self, work, self._generation, turn() if after_events else None)
        self._alive.append(runnable)
        self._current = runnable
        self.running_changed.emit(True)
        QThreadPool.globalInstance().start(runnable.run)

    def cancel(self) -> None:
        """Ask the running work to stop; its answer, if one still comes, is dropped."""
        if self._current is not None:
            self._current.stop.set()
            self._current = None
            self._generation += 1
            self.running_changed.emit(False)

    def _on_progress(self, generation: int, fraction: float, text: str) -> None:
        if generation == self._generation:
            self.progress.emit(fraction, text)

    def _on_done(self, generation: int, result: Any) -> None:
        if generation == self._generation:
            self._finish()
            self.done.emit(result)

    def _on_failed(self, generation: int, error: AnkleViewerError) -> None:
        if generation == self._generation:
            self._finish()
            self.failed.emit(error)

    def _finish(self) -> None:
        self._current = None
        self.running_changed.emit(False)

    def _on_ended(self, runnable: _Runnable) -> None:
        if runnable in self._alive:
            self._alive.remove(runnable)


def wait_for(jobs: list[Job], seconds: float = 20.0, cancel: bool = True) -> bool:
    """Cancel jobs, or let them end, and wait until their threads have left, signals delivered; False when one is still busy after
    `seconds`.
    """
    for job in jobs if cancel else ():
        job.cancel()
    end = time.monotonic() + seconds
    while any(job.alive for job in jobs) and time.monotonic() < end:
        QThreadPool.globalInstance().waitForDone(20)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    return not any(job.alive for job in jobs)
