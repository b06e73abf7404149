"""The mortise view's key: turns the planes, or says why not."""

from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.anatomy import mortise as core
from ankleviewer.core.display.viewstate import PaneView
from ankleviewer.ui.slices.mortise import NOT_FOUND

TILTED = np.array([[np.cos(0.3), -np.sin(0.3), 0], [np.sin(0.3), np.cos(0.3), 0], [0, 0, 1]])


def test_the_planes_turn_to_what_was_found_and_it_is_found_once(make_window, backend, qtbot, monkeypatch) -> None:
    calls = []
    answer = core.Mortise(TILTED, (1.0, 2.0, 131.0), 62.0, 0.9)
    monkeypatch.setattr(core, "find_mortise", lambda volume, ankle: calls.append(ankle) or answer)
    window = make_window(backend)
    window.mortise.show()
    qtbot.waitUntil(lambda: window.view.state.oblique)
    np.testing.assert_allclose(window.view.state.turn.matrix, TILTED, atol=1e-9)
    assert window.view.state.cursor_mm == (1.0, 2.0, 131.0)
    assert window.panes["coronal"].picture().tilt_text == "∠ 17°"
    window.view.move_cursor((6.0, -5.0, 136.0))
    for leave in (lambda: window.view.set_turn(None), window.view.toggle_oblique):
        leave()
        assert window.view.state.shown_turn is None and window.view.state.panes == (PaneView(),) * 3, "the joint, not beside it"
        window.mortise.show()
        assert window.view.state.oblique and len(calls) == 1


def test_a_height_along_the_leg_is_looked_for_and_nothing_turns(make_window, backend, qtbot, monkeypatch) -> None:
    calls = []
    answer = core.Mortise(TILTED, (1.0, 2.0, 131.0), 62.0, 0.9)
    monkeypatch.setattr(core, "find_mortise", lambda volume, ankle: calls.append(ankle) or answer)
    window = make_window(backend)
    reviewing, measuring = window.controller.reviewing, window.controller.measuring
    measuring.start("distance")
    assert not window.legs.job.running and reviewing.directions == {}
    measuring.start("tibiofibular")
    qtbot.waitUntil(lambda: bool(reviewing.directions))
    np.testing.assert_array_equal(reviewing.directions[0], TILTED)
    assert not window.view.state.oblique and window.controller.notice is None
    measuring.start("tibiofibular")
    measuring.start("tibiofibular")
    window.mortise.show()
    assert window.view.state.oblique and len(calls) == 1, "what was found is known"
    window.open(str(backend.opened[-1]))
    qtbot.waitUntil(lambda: reviewing.directions == {})


def test_a_leg_that_is_not_found_when_measuring_is_no_notice(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    window.controller.measuring.start("tibiofibular")
    qtbot.waitUntil(lambda: not window.legs.job.running)
    assert window.controller.notice is None and window.controller.reviewing.directions == {0: None}
    window.mortise.show()
    qtbot.waitUntil(lambda: window.controller.notice is not None)


def test_a_phantom_without_an_ankle_gives_a_notice_and_changes_nothing(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    window.mortise.show()
    qtbot.waitUntil(lambda: window.controller.notice is not None)
    assert window.controller.notice.code == NOT_FOUND
    assert window.controller.notice.message.startswith("No mortise view: ")
    assert not window.view.state.oblique


@pytest.mark.parametrize("ankles", [(), (SimpleNamespace(),)])
def test_no_ankle_or_no_scan(make_window, backend, fakes, ankles) -> None:
    window = make_window(backend, path=None)
    window.mortise.show()
    assert window.controller.notice is None
    if not ankles:
        none = fakes.Backend(ankles=(), answers=())
        other = make_window(none)
        other.mortise.show()
        assert "no ankle was found" in other.controller.notice.message


def test_what_is_missing_in_one_scan_is_not_said_of_the_next(make_window, backend, fakes, qtbot, monkeypatch) -> None:
    go = threading.Event()

    def find(_volume, _ankle):
        go.wait(10)
        raise core.NoMortise("the fibula was not found")

    monkeypatch.setattr(core, "find_mortise", find)
    window = make_window(backend)
    window.mortise.show()
    window.open("second.nii.gz")
    qtbot.waitUntil(lambda: window.controller.case.scan.path == "second.nii.gz" and not fakes.busy(window))
    go.set()
    qtbot.waitUntil(lambda: not window.legs.job.running)
    qtbot.wait(50)
    assert window.controller.notice is None


def test_a_scan_that_is_closed_is_let_go(make_window, backend, fakes, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(core, "find_mortise", lambda *_: core.Mortise(TILTED, (1.0, 2.0, 131.0), 62.0, 0.9))
    window = make_window(backend)
    window.mortise.show()
    qtbot.waitUntil(lambda: window.view.state.oblique)
    first = weakref.ref(window.controller.case.scan.volume)
    backend.volume = replace(backend.volume)
    window.open("second.nii.gz")
    qtbot.waitUntil(lambda: window.controller.case.scan.path == "second.nii.gz" and not fakes.busy(window))
    gc.collect()
    assert first() is None
