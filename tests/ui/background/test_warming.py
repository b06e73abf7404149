"""Warming: everything is loaded and done in order, an error stops nothing, and it ends when it is told to."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from ankleviewer.ui.background import warming
from ankleviewer.ui.background.opengl import drawn_by_processor
from ankleviewer.ui.background.warming import Warming


@pytest.fixture(autouse=True)
def _collecting_as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_what_is_early_runs_while_modules_come_and_the_steps_after_them(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(warming, "preload_libraries", lambda _stop: None)
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    seen: list[str] = []
    reading = threading.Event()
    reading.set()

    def early():
        seen.append("loaded" if "colorsys" in sys.modules else "early")
        yield
        reading.clear()
        yield

    def steps():
        seen.append("loaded" if "colorsys" in sys.modules else "too early")
        yield
        seen.append("last")

    warm = Warming(early(), steps(), modules=("no_such_module_anywhere", "colorsys"), hold=reading.is_set)
    with qtbot.waitSignal(warm.ended):
        warm.start()
        assert seen == []
    assert seen == ["early", "loaded", "last"]
    warm.stop()


def test_full_searches_for_garbage_are_put_off_until_all_is_warm(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(warming, "preload_libraries", lambda _stop: None)
    usual, during = gc.get_threshold()[2], []

    def steps():
        during.append(gc.get_threshold()[2])
        yield

    warm = Warming(iter(()), steps(), modules=())
    with qtbot.waitSignal(warm.ended):
        warm.start()
    assert during[0] > 1000 * usual and gc.get_threshold()[2] == usual
    assert gc.get_freeze_count() > 0
    warm.stop()


def test_what_comes_first_is_waited_for(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(warming, "preload_libraries", lambda _stop: None)
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    reading = threading.Event()
    reading.set()
    warm = Warming(iter(()), iter(()), modules=("colorsys",), hold=reading.is_set)
    warm.start()
    qtbot.wait(80)
    assert "colorsys" not in sys.modules
    with qtbot.waitSignal(warm.ended):
        reading.clear()
    assert "colorsys" in sys.modules
    warm.stop()


def test_a_step_that_fails_ends_it_quietly(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(warming, "preload_libraries", lambda _stop: None)

    def steps():
        yield
        raise ValueError("no such driver")

    warm = Warming(iter(()), steps(), modules=())
    with qtbot.waitSignal(warm.ended):
        warm.start()
    warm.stop()


def test_stop_waits_for_the_thread_and_does_no_more(qtbot, monkeypatch) -> None:
    held = threading.Event()
    monkeypatch.setattr(warming, "preload_libraries", lambda stop: stop.wait(60) and held.set())
    seen: list[int] = []

    def steps():
        seen.append(1)
        yield

    warm = Warming(steps(), iter(()), modules=("colorsys",))
    warm.start()
    warm.stop()
    assert held.is_set()
    qtbot.wait(50)
    assert seen == []


def test_the_window_warms_its_3d_view_and_uses_it(make_window, backend, qtbot) -> None:
    window = make_window(backend, path=None, gl=True)
    if window.pane3d.missing() or not drawn_by_processor():
        pytest.skip("no OpenGL in software here")
    window.warm()
    qtbot.waitUntil(lambda: window.pane3d._spare is not None, timeout=60000)
    with qtbot.waitSignal(window.warming.ended, timeout=20000):
        pass
    spare = window.pane3d._spare
    assert spare.bone.mesh is None and window.pane3d.render3d is None
    window.controller.open("scan.nii.gz")
    qtbot.waitUntil(lambda: window.pane3d.render3d is not None and not window.pane3d.pending, timeout=60000)
    assert window.pane3d.render3d is spare and window.pane3d._spare is None and spare.bone.mesh.n_points > 100


def test_modules_wait_for_a_paint_that_is_due_but_not_for_a_main_thread_that_waits_for_them(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(warming, "preload_libraries", lambda _stop: None)
    monkeypatch.setattr(warming, "LONGEST_TURN_S", 60.0)
    asked = threading.Event()

    class Turn(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            asked.set()
            return super().wait(timeout)

    warm = Warming(iter(()), iter(()), modules=())
    warm._turn = over = Turn()
    thread = threading.Thread(target=warm._breathe)
    thread.start()
    assert asked.wait(60)
    thread.join(0.05)
    assert thread.is_alive()
    over.set()
    thread.join(60)
    assert not thread.is_alive()
    waits: list[float | None] = []

    class Never(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            return False  # the main thread stands still

    warm._turn = Never()
    warm._breathe()
    warm._breathe()
    assert waits == [60.0] and warm._turn is None, "waited for once, not before each of some hundred modules"
