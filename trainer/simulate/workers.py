"""Processes that make scans side by side, and end when they are told to, or when nobody is left to make them for.

Left to themselves the processes of an executor are waited for until all that was ordered is made, and those of a command that was
killed go on without it.
"""

from __future__ import annotations

import _thread
import ctypes
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from types import FrameType, TracebackType
from typing import Any

import torch

PAUSE_S = 0.2  # between two looks at whether to go on
AGAIN_S = 1.0  # to clear up in, before a process that has not heard is told again
REST_S = 1.0  # to hand over what was done, where nobody waits for the end
GRACE_S = 10.0  # to clear up in before that, where there is something to clear up


class _Here:
    """In a worker: whether it is to end, and whether it is at work."""

    ending = working = leaving = False


class Workers(ProcessPoolExecutor):
    """An executor whose processes have one thread each, leave Ctrl-C to the command, and do not outlive it. Left by an exception
    as a block, or told to `end`, it drops what has not begun and breaks off what has.

    Args:
        jobs: number of processes.
    """

    def __init__(self, jobs: int) -> None:
        # Not by a fork, as Linux would: one that was made so stood still for ever in a destructor, which waited for threads that
        # a copy does not have.
        context = multiprocessing.get_context("spawn")
        self._told = context.RawValue(ctypes.c_bool, False)  # without a lock, which a process that was killed would hold for ever
        super().__init__(jobs, context, initializer=begin, initargs=(self._told,))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """See ProcessPoolExecutor; `map` comes by here, too."""
        return super().submit(at_work, fn, *args, **kwargs)

    def end(self) -> None:
        """End now, and wait for what is cleared up."""
        self._told.value = True
        self.shutdown(wait=True, cancel_futures=True)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.shutdown(wait=True)
        else:
            self.end()


def begin(told: Any = None) -> None:
    """In a new process: what the class says of its processes; for one outside an executor without `told`."""
    signal.signal(signal.SIGINT, _interrupted)  # a terminal sends it to all; the command decides
    for name in ("SIGTERM", "SIGHUP"):  # one that the command was told to ignore, as by nohup, stays so
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:
            signal.signal(getattr(signal, name), _terminated)
    torch.set_num_threads(1)
    threading.Thread(target=_watch, args=(told,), daemon=True).start()


def _watch(told: Any) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    while parent.is_alive() and (told is None or not told.value):
        parent.join(PAUSE_S)
    _Here.ending = True
    while parent.is_alive():
        _thread.interrupt_main()  # lost where it comes within a destructor; therefore again
        parent.join(AGAIN_S)
    _thread.interrupt_main()
    _exit_soon()


def _exit_soon() -> None:
    if not _Here.leaving:  # a second signal while the timer is being started would wait for it for ever
        _Here.leaving = True
        threading.Thread(target=_leave).start()


def _leave() -> None:
    end = time.monotonic() + GRACE_S
    time.sleep(REST_S)
    while _Here.working and time.monotonic() < end:
        time.sleep(PAUSE_S)
    os._exit(1)


def _terminated(number: int, frame: FrameType | None) -> None:
    """By the executor, or by who sends it to all processes of the command: half-written files are removed here, too."""
    _Here.ending = True
    _exit_soon()
    _interrupted(number, frame)


def _interrupted(number: int, frame: FrameType | None) -> None:
    # only within the work: a result that is cut while it is sent would be waited for for ever
    if _Here.ending and _Here.working:
        raise SystemExit(1)


def at_work(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What the work returns; in a process that has begun, SystemExit where it is told to end meanwhile, so that what is
    half-written is removed.
    """
    _Here.working = True
    try:
        if _Here.ending:
            raise SystemExit(1)
        return work(*args, **kwargs)
    finally:
        _Here.working = False
