"""A model that runs beside the thread that waits for it: it is stopped when asked to, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
import weakref

import pytest

from ankleviewer.core.errors import Cancelled
from ankleviewer.inference.engines.watch import aside, left_running


class Run:
    """A run that takes long; asked to stop before it has begun it does not notice, as OpenVINO's."""

    def __init__(self, later: float = 0.0) -> None:
        self.later, self.running, self.end = later, threading.Event(), threading.Event()

    def work(self) -> str:
        time.sleep(self.later)
        self.running.set()
        return "stopped" if self.end.wait(10.0) else "ran to its end"

    def stop(self) -> None:
        if self.running.is_set():
            self.end.set()


def test_a_request_that_comes_before_the_run_has_begun_is_not_lost() -> None:
    start = time.perf_counter()
    run = Run(later=0.2)
    asked = iter([False])
    with pytest.raises(Cancelled):
        aside(run.work, lambda: next(asked, True), run.stop)
    assert run.end.is_set() and time.perf_counter() - start < 8.0
    assert not left_running()


def test_work_aside_gives_its_result_or_its_error_and_keeps_nothing() -> None:
    assert aside(lambda: threading.current_thread() is threading.main_thread()) is False
    held: list[weakref.ref[Run]] = []

    def fails() -> None:
        large = Run()
        held.append(weakref.ref(large))
        raise OSError("no memory")

    gc.disable()
    try:
        with contextlib.suppress(OSError):
            aside(fails, lambda: False)
        assert held[0]() is None, "a cycle of error and frames would hold it"
    finally:
        gc.enable()
    with pytest.raises(Cancelled):
        aside(fails, lambda: True)
    assert len(held) == 1 and not left_running()


@pytest.mark.parametrize("error", [SystemExit("Please set OPENVINO_LIB_PATHS"), KeyboardInterrupt(), GeneratorExit()])
def test_work_that_would_end_the_program_has_failed(error: BaseException) -> None:
    def fails() -> None:
        raise error

    with pytest.raises(RuntimeError, match=type(error).__name__):
        aside(fails, lambda: False)


def test_what_cannot_be_stopped_is_left_to_itself() -> None:
    run = Run()
    with pytest.raises(Cancelled):
        aside(run.work, run.running.is_set)
    assert left_running()
    run.end.set()
    until = time.monotonic() + 5.0
    while left_running() and time.monotonic() < until:
        time.sleep(0.01)
    assert not left_running()


def test_what_a_signal_raises_stops_the_work_and_comes_through() -> None:
    def interrupted() -> bool:
        if run.running.is_set():
            raise KeyboardInterrupt
        return False

    run = Run()
    with pytest.raises(KeyboardInterrupt):
        aside(run.work, interrupted, run.stop)
    assert run.end.is_set()
