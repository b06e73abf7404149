"""Stopping a model that runs: the engines' own code hears neither a signal nor a question, so that takes two threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from ankleviewer.core.errors import Cancelled, stop_if

POLL_S = 0.02  # how often a running model looks whether it should stop
GRACE_S = 0.1  # in which a model that a signal stops may come to its end
_ASIDE = "ankleviewer-engine"

T = TypeVar("T")


def aside(work: Callable[[], T], cancelled: Callable[[], bool] | None = None, stop: Callable[[], None] | None = None) -> T:
    """What `work` returns, done on a thread of its own. Python runs the handler of a signal on the main thread, between two steps
    of its own code, and inside an engine that thread would take none.

    Args:
        work: long, in an engine's own code.
        cancelled: asked while it runs.
        stop: makes `work` end early; None where nothing can, and then nobody waits for its end.

    Raises:
        Cancelled: `cancelled` says so, from the start or later.
        Exception: what `work` raises; RuntimeError where it would end the program, as some libraries do where they cannot be
            loaded.
        BaseException: what a signal's handler raises, after `stop`.
    """
    stop_if(cancelled)
    future: Future[T] = Future()
    done = threading.Event()
    thread = threading.Thread(target=_call, args=(work, future, done), name=_ASIDE)
    thread.start()
    asked = False
    try:
        while not done.wait(POLL_S):
            asked = asked or (cancelled is not None and cancelled())
            if asked and stop is None:
                raise Cancelled
            if asked and stop is not None:
                stop()  # again and again: before the engine has begun it does nothing
        thread.join()
        if asked:
            raise Cancelled
        return future.result()
    except BaseException:
        if not done.is_set() and stop is not None:
            _end(done, stop)
        raise
    finally:
        del future  # an exception would hold it, and it the exception with all the memory of its frames


def _call(work: Callable[[], T], future: Future[T], done: threading.Event) -> None:
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001 (raised again where somebody waits for it)
        future.set_exception(error)
    except BaseException as error:  # noqa: BLE001 (no signal is handled on this thread)
        future.set_exception(RuntimeError(f"{type(error).__name__}: {error}"))
    finally:
        done.set()
        del future  # as above: the error holds this frame


def _end(done: threading.Event, stop: Callable[[], None]) -> None:
    for _ in range(round(GRACE_S / POLL_S)):
        stop()
        if done.wait(POLL_S):
            return


def left_running() -> bool:
    """Whether work is still under way that nobody waits for; Python itself would wait for it before it ends."""
    return any(thread.name == _ASIDE for thread in threading.enumerate())
