"""judging: by a key the selected finding is meant, one that was seen; by a button that of its row."""

from __future__ import annotations

from dataclasses import replace

import pytest


@pytest.fixture
def window(make_window, backend):
    return make_window(backend)


def judged(window) -> list[str]:
    return list(window.view.scene.judged)


def test_a_finding_that_nobody_saw_is_shown_and_not_judged(window) -> None:
    told: list[str] = []
    window.controller.told.connect(told.append)
    window.view.update(selected=-1)
    window.view.move_cursor((3.0, 2.0, 120.0))
    window.controller.judge("rejected")
    assert judged(window) == ["", ""] and window.view.state.selected == 0
    window.controller.judge("rejected")
    window.controller.judge("rejected")
    assert told == [
        "Finding 1 is shown now. Press again to judge it.",
        "Finding 1 rejected",
        "Finding 1: what was said of it is taken back",
    ]
    assert window.toast.widget.text() == told[-1]


def test_what_is_hidden_is_not_judged_nor_gone_to(window) -> None:
    window.controller.go_to_finding(0)
    at = window.view.state.cursor_mm
    window.view.update(hide_ai=True)
    window.controller.judge("accepted")
    window.controller.step_finding(1)
    assert judged(window) == ["", ""] and (window.view.state.selected, window.view.state.cursor_mm) == (0, at)


def test_a_button_judges_its_own_finding_and_the_next_key_the_same(window) -> None:
    window.panel.findings.rows[1].accept.click()
    assert judged(window) == ["", "accepted"] and window.view.state.selected == 1
    window.controller.judge("rejected")
    assert judged(window) == ["", "rejected"]


@pytest.mark.parametrize("hidden", [{"hide_ai": True}, {"heat": False, "boxes": False}, {"heat": False}])
def test_who_reads_blind_is_not_led_to_the_finding(window, qtbot, hidden) -> None:
    controller = window.controller
    window.view.set_state(replace(window.view.state, **hidden))
    assert window.view.state.blind is (len(hidden) == 2 or "hide_ai" in hidden)
    place = (3.0, 2.0, 120.0)
    controller._touched = False
    window.view.update(selected=-1, cursor_mm=place)
    controller.analyse()
    qtbot.waitUntil(lambda: not controller.analysing.running)
    assert (window.view.state.cursor_mm == place) is window.view.state.blind
    assert controller.go_to_offered is window.view.state.blind


def test_no_place_outside_of_the_scan_is_marked(window) -> None:
    told: list[str] = []
    window.controller.told.connect(told.append)
    low, _ = window.view.scene.volume.grid.bounds_mm()
    window.view.move_cursor((0.0, 0.0, 130.0))
    window.view.set_state(replace(window.view.state, cursor_mm=(float(low[0]) - 3.0, 0.0, 130.0)))
    window.controller.add_missed()
    assert told == ["The crosshair lies outside of the scan"] and window.controller.reviewing.review.missed == ()
