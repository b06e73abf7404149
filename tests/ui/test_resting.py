"""resting: the models' memory goes back when the window has been left alone after an answer, not before, and once."""

from __future__ import annotations

import pytest

from ankleviewer.ui import resting


@pytest.fixture
def window(make_window, backend, monkeypatch):
    monkeypatch.setattr(resting, "ALONE_MS", 150)
    backend.rests = 0

    def rest() -> None:
        backend.rests += 1

    backend.rest = rest
    return make_window(backend)


def moved(window, mm: float) -> None:
    x, y, z = window.view.state.cursor_mm
    window.view.move_cursor((x, y, z + mm))


def test_after_an_answer_and_some_quiet_once(window, backend, qtbot) -> None:
    qtbot.waitUntil(lambda: backend.rests == 1, timeout=3000)
    qtbot.wait(400)
    assert backend.rests == 1
    moved(window, 3.0)
    qtbot.wait(400)
    assert backend.rests == 1, "nothing ran since"
    window.controller.analyse()
    qtbot.waitUntil(lambda: backend.rests == 2, timeout=3000)


def test_who_reads_puts_it_off(window, backend, qtbot) -> None:
    window.controller.analyse()
    qtbot.waitUntil(lambda: not window.controller.analysing.running)
    before = backend.rests
    for _ in range(8):
        moved(window, 1.0)
        qtbot.wait(50)
    assert backend.rests == before
    qtbot.waitUntil(lambda: backend.rests == before + 1, timeout=3000)


def test_never_while_a_model_runs_and_its_end_asks_again(window, backend, qtbot) -> None:
    qtbot.waitUntil(lambda: backend.rests == 1, timeout=3000)
    backend.gate.clear()
    window.controller.analyse()
    window.resting._rest()
    qtbot.wait(300)
    assert backend.rests == 1
    backend.gate.set()
    qtbot.waitUntil(lambda: backend.rests == 2, timeout=3000)
