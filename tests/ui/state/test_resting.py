"""resting: the models' memory goes back when the window has been left alone after an answer, not before, and once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from ankleviewer.core.errors import Cancelled
from ankleviewer.ui.state import resting


@pytest.fixture
def window(make_window, backend, monkeypatch):
    monkeypatch.setattr(resting, "ALONE_MS", 150)
    backend.rests = 0

    def rest(_cancelled: Callable[[], bool]) -> tuple[tuple[str, str], ...]:
        backend.rests += 1
        return ()

    backend.rest = rest
    return make_window(backend)


def moved(window, mm: float) -> None:
    x, y, z = window.view.state.cursor_mm
    window.view.move_cursor((x, y, z + mm))


def test_after_an_answer_and_some_quiet_once(window, backend, qtbot) -> None:
    qtbot.waitUntil(lambda: backend.rests == 1)
    qtbot.wait(400)
    assert backend.rests == 1
    moved(window, 3.0)
    qtbot.wait(400)
    assert backend.rests == 1, "nothing ran since"
    window.controller.analyse()
    qtbot.waitUntil(lambda: backend.rests == 2)


def test_who_reads_puts_it_off(window, backend, qtbot) -> None:
    due = window.resting._due
    due.setTimerType(Qt.TimerType.PreciseTimer)
    due.setInterval(60_000)  # no pause of the machine is as long
    window.controller.analyse()
    qtbot.waitUntil(lambda: not window.controller.analysing.running and not window.resting.job.alive)
    before = backend.rests
    for _ in range(8):
        qtbot.wait(50)
        asked = time.monotonic()
        moved(window, 1.0)
        assert due.isActive() and due.remainingTime() / 1000 + time.monotonic() > asked + 60 - 0.01, "from now on, all of it"
    assert backend.rests == before
    due.setInterval(0)
    due.start()
    qtbot.waitUntil(lambda: backend.rests == before + 1)


def test_never_while_a_model_runs_and_its_end_asks_again(window, backend, qtbot) -> None:
    qtbot.waitUntil(lambda: backend.rests == 1)
    backend.gate.clear()
    window.controller.analyse()
    window.resting._rest()
    qtbot.wait(300)
    assert backend.rests == 1
    backend.gate.set()
    qtbot.waitUntil(lambda: backend.rests == 2)


@pytest.mark.parametrize("by", ["the next scan", "the end"])
def test_who_comes_back_is_not_kept_waiting(window, backend, qtbot, by: str) -> None:
    qtbot.waitUntil(lambda: backend.rests == 1)
    inside, ended = threading.Event(), threading.Event()

    def measuring(cancelled: Callable[[], bool]) -> None:
        inside.set()
        while not cancelled():
            time.sleep(0.005)
        ended.set()
        raise Cancelled

    backend.rest = measuring
    window.controller.analyse()
    qtbot.waitUntil(inside.is_set)
    if by == "the next scan":
        window.controller.open("scan.nii.gz")
        qtbot.waitUntil(ended.is_set)
        backend.rest = lambda _cancelled: ()
    else:
        start = time.monotonic()
        window.close()
        assert ended.is_set() and time.monotonic() - start < 15, "who is not told to end is waited for, for 20 s"


@pytest.mark.parametrize("who", ["stub", "another"])
def test_answers_of_an_engine_that_computes_otherwise_are_taken_back(window, backend, qtbot, who) -> None:
    qtbot.waitUntil(lambda: backend.rests >= 1)
    qtbot.waitUntil(lambda: not window.resting.job.alive)
    answer = window.controller.answer
    told = answer.runtime.provider if who == "stub" else who
    rests, runs = backend.rests, len(backend.analysed)

    def rest(_cancelled: Callable[[], bool]) -> tuple[tuple[str, str], ...]:
        backend.rests += 1
        return ((answer.sha256, told),) if backend.rests == rests + 1 else ()

    backend.rest = rest
    window.resting._due.start()
    qtbot.waitUntil(lambda: backend.rests > rests and not window.resting.job.alive)
    if who == "another":
        qtbot.wait(100)
        assert len(backend.analysed) == runs and window.controller.notice is None
        return
    qtbot.waitUntil(lambda: len(backend.analysed) == runs + 1 and not window.controller.analysing.running)
    assert window.controller.notice.code == "ENGINE_DISAGREES" and told in window.controller.notice.message


def test_exactly_the_models_whose_answers_do_not_count_are_asked_anew(make_window, fakes, qtbot) -> None:
    """Whichever is chosen by then; until they have answered, nothing is shown of them."""
    backend = fakes.Backend(answers=(fakes.answer(), fakes.answer("uncertain", name="mobilenet", sha256="1" * 64)))
    controller = (window := make_window(backend)).controller
    wrong = next(a for a in controller.analysis.result.models if a.name == "compact")
    controller.choose_model("mobilenet")
    qtbot.waitUntil(lambda: len(controller.analysis.result.models) == 2 and not controller.analysing.running)
    runs = len(backend.analysed)
    backend.gate.clear()
    window.resting._on_rested(((wrong.sha256, wrong.runtime.provider),))
    assert [a.name for a in controller.analysis.result.models] == ["mobilenet"] and controller.chosen == "mobilenet"
    assert set(controller.analysis.heatmaps) == {("mobilenet", 0)}
    backend.gate.set()
    qtbot.waitUntil(lambda: not controller.analysing.running and len(controller.analysis.result.models) == 2)
    assert list(backend.analysed[runs:]) == [["compact"]] and controller.notice.code == "ENGINE_DISAGREES"
