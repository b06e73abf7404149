"""Background work: progress, cancel, stale answers, errors."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QThreadPool
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from ankleviewer.core.errors import Cancelled, ScanError
from ankleviewer.ui.background import jobs
from ankleviewer.ui.background.jobs import Job, wait_for


def collect(job: Job) -> dict[str, list]:
    seen: dict[str, list] = {"done": [], "failed": [], "progress": []}
    job.done.connect(seen["done"].append)
    job.failed.connect(seen["failed"].append)
    job.progress.connect(lambda fraction, text: seen["progress"].append((fraction, text)))
    return seen


def test_result_and_progress_arrive_on_the_main_thread(qtbot) -> None:
    job = Job()
    where = []
    job.done.connect(lambda _: where.append(threading.current_thread() is threading.main_thread()))
    seen = collect(job)

    def work(progress, _cancelled):
        progress(0.5, "half")
        return threading.current_thread() is not threading.main_thread()

    job.start(work)
    assert job.running
    qtbot.waitUntil(lambda: bool(seen["done"]))
    assert seen["done"] == [True] and where == [True]
    assert seen["progress"] == [(0.5, "half")]
    assert not job.running
    assert wait_for([job])


def test_a_new_start_drops_the_old_answer(qtbot) -> None:
    job, first = Job(), threading.Event()
    seen = collect(job)
    job.start(lambda _p, _c: first.wait(5) and "old")
    job.start(lambda _p, _c: "new")
    qtbot.waitUntil(lambda: seen["done"] == ["new"])
    first.set()
    qtbot.waitUntil(lambda: job.alive == 0)
    assert seen["done"] == ["new"] and seen["failed"] == []


def test_cancel_reaches_the_work_and_silences_it(qtbot) -> None:
    job, stopped = Job(), threading.Event()
    seen = collect(job)

    def work(_progress, cancelled):
        while not cancelled():
            time.sleep(0.002)
        stopped.set()
        raise Cancelled

    job.start(work)
    job.cancel()
    assert not job.running
    assert stopped.wait(60)
    qtbot.waitUntil(lambda: job.alive == 0)
    assert seen == {"done": [], "failed": [], "progress": []}


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (ScanError("NOT_CT", "This is an MR."), "NOT_CT"),
        (ZeroDivisionError("secret"), "INTERNAL_ERROR"),
        (SystemExit("secret"), "INTERNAL_ERROR"),
    ],
    ids=["ours", "a fault", "the program's end"],
)
def test_errors_become_sentences(qtbot, raised: BaseException, code: str) -> None:
    job = Job()
    seen = collect(job)

    def work(_progress, _cancelled):
        raise raised

    job.start(work)
    qtbot.waitUntil(lambda: bool(seen["failed"]))
    assert seen["failed"][0].code == code
    assert "secret" not in seen["failed"][0].message and not job.running
    assert wait_for([job])


def test_wait_for_says_when_a_thread_will_not_stop() -> None:
    job, release = Job(), threading.Event()
    job.start(lambda _p, _c: release.wait(60))
    assert not wait_for([job], seconds=0.1)
    release.set()
    assert wait_for([job])


def test_done_work_is_let_go(qtbot) -> None:
    class Scan:
        """Something large that work holds and hands over."""

    job, scans = Job(), []
    for _ in range(5):
        scan = Scan()
        scans.append(weakref.ref(scan))
        with qtbot.waitSignal(job.done):
            job.start(lambda _progress, _cancelled, scan=scan: scan)
        del scan
    qtbot.waitUntil(lambda: job.alive == 0)
    # the pool thread may still be on its way out of the last one
    qtbot.waitUntil(lambda: gc.collect() >= 0 and [ref() for ref in scans] == [None] * 5)


def test_what_work_holds_of_the_window_is_let_go_on_the_main_thread(qtbot) -> None:
    """Qt's objects must not be freed on a pool thread."""

    class Widget:
        def __call__(self, _progress, _cancelled) -> None:
            """Work of a widget's."""

        def __del__(self) -> None:
            freed.append(threading.current_thread() is threading.main_thread())

    job, freed = Job(), []
    for _ in range(50):
        job.start(Widget())
        qtbot.waitUntil(lambda: job.alive == 0)
    qtbot.waitUntil(lambda: len(freed) == 50)
    assert all(freed)


@pytest.mark.parametrize("deleted", [True, False])
def test_work_outlives_its_job(qtbot, deleted: bool) -> None:
    """A window that closes takes its job along, and the work's answer finds nobody."""
    release, job, other = threading.Event(), Job(), Job()
    seen = collect(job)
    job.start(lambda progress, _cancelled: release.wait(60) and progress(0.5, "half"))
    if deleted:
        shiboken6.delete(job)
    else:
        del job
    release.set()
    with qtbot.waitSignal(other.done):
        other.start(lambda _p, _c: None)
    assert QThreadPool.globalInstance().waitForDone(60_000)
    QCoreApplication.processEvents()
    assert seen == {"done": [], "failed": [], "progress": []}
    assert wait_for([other])


def test_work_that_comes_after_events_waits_for_a_paint_that_is_due(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "LONGEST_TURN_S", 60.0)
    job, order = Job(), []

    class Painted(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
            time.sleep(0.05)
            order.append("painted")

    widget = Painted()
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitUntil(lambda: "painted" in order)
    order.clear()
    widget.update()
    job.start(lambda _p, _c: order.append("worked"), after_events=True)
    qtbot.waitUntil(lambda: "worked" in order)
    assert order == ["painted", "worked"]
    assert wait_for([job])
