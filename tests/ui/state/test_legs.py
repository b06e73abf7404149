"""Legs are looked for in the background, each once, and those of another scan are let go."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from ankleviewer.core.anatomy import mortise as core

FOUND = core.Mortise(np.eye(3), (1.0, 2.0, 131.0), 62.0, 0.9)


@pytest.fixture
def two(make_window, fakes):
    return make_window(
        fakes.Backend(ankles=(fakes.ankle("R"), fakes.ankle("L")), answers=(fakes.answer(), fakes.answer(ankle=1)))
    )


def test_one_after_the_other_and_each_once(two, qtbot, monkeypatch) -> None:
    calls, go, told = [], threading.Event(), []

    def find(_volume, ankle):
        calls.append(ankle)
        go.wait(10)
        return FOUND

    monkeypatch.setattr(core, "find_mortise", find)
    two.legs.known.connect(told.append)
    for index in (0, 0, 1, 1, 0, 7, -1):
        two.legs.look(index)
    go.set()
    qtbot.waitUntil(lambda: told == [0, 1])
    assert calls == list(two.controller.case.ankles)
    two.legs.look(1)
    assert told == [0, 1, 1] and len(calls) == 2, "what was found is told at once"
    assert set(two.controller.reviewing.directions) == {0, 1}


def test_what_is_not_found_is_known_not_to_be(two, qtbot, monkeypatch) -> None:
    def find(_volume, _ankle):
        raise core.NoMortise("The fibula was not found.")

    monkeypatch.setattr(core, "find_mortise", find)
    two.legs.look(0)
    qtbot.waitUntil(lambda: 0 in two.legs.lacking)
    assert two.controller.reviewing.directions == {0: None} and two.controller.notice is None


def test_a_fault_that_may_pass_is_no_answer_for_good(two, qtbot, monkeypatch) -> None:
    def find(_volume, _ankle):
        raise MemoryError

    monkeypatch.setattr(core, "find_mortise", find)
    two.legs.look(0)
    qtbot.waitUntil(lambda: 0 in two.legs.lacking)
    monkeypatch.setattr(core, "find_mortise", lambda *_: FOUND)
    two.legs.look(0)
    qtbot.waitUntil(lambda: 0 in two.legs.found)
    assert two.legs.lacking == {} and two.controller.reviewing.directions[0] is FOUND.directions


def test_another_scan_begins_anew(two, fakes, qtbot, monkeypatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(core, "find_mortise", lambda *_: go.wait(10) and FOUND)
    told = []
    two.legs.known.connect(told.append)
    two.legs.look(0)
    two.legs.look(1)
    two.open("second.nii.gz")
    qtbot.waitUntil(lambda: two.controller.case.scan.path == "second.nii.gz" and not fakes.busy(two))
    go.set()
    qtbot.wait(50)
    assert told == [] and two.legs.found == {} and two.controller.reviewing.directions == {}
    two.legs.look(1)
    qtbot.waitUntil(lambda: told == [1])
    assert set(two.legs.found) == {1}


def test_the_leg_of_the_ankle_that_is_measured_is_looked_for(two, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(core, "find_mortise", lambda *_: FOUND)
    measuring = two.controller.measuring
    measuring.start("medial clear space")
    qtbot.waitUntil(lambda: set(two.legs.found) == {0})
    two.view.set_state(replace(two.view.state, ankle=1))
    qtbot.waitUntil(lambda: set(two.legs.found) == {0, 1})
    changed = []
    measuring.changed.connect(lambda: changed.append(1))
    two.legs.look(0)
    assert changed, "what is said beside the guide may be another thing now"
