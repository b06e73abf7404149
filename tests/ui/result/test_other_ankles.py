"""What another ankle holds is said beside the one that is shown, and a click goes there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ankleviewer.ui.state.phase import Phase


@pytest.fixture
def two(fakes):
    """A clear right ankle beside a broken left one."""
    answers = (replace(fakes.answer("no fracture", ankle=0), boxes=()), fakes.answer("fracture", ankle=1))
    return fakes.Backend(ankles=(fakes.ankle("R"), fakes.ankle("L")), answers=answers)


def test_a_finding_in_the_other_ankle_is_seen_whatever_the_reader_did(make_window, two, qtbot) -> None:
    two.gate.clear()
    window = make_window(two, path=None)
    controller, others = window.controller, window.panel.others
    two.gate.set()
    controller.open("two.nii.gz")
    qtbot.waitUntil(lambda: controller.case is not None)
    controller.choose_ankle(0)
    window.view.step("axial", 1)  # the reader stays with the right one
    qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER)
    assert controller.answer.call == "no fracture" and others.isVisibleTo(window)
    (row,) = others.rows
    assert row.text() == "■  Left ankle  ·  fracture   0.93" and row.width() <= others.width()
    row.click()
    assert window.view.state.ankle == 1 and controller.answer.call == "fracture" and not others.isVisibleTo(window)


def test_one_ankle_or_clear_ones_have_no_row(make_window, fakes, two) -> None:
    assert not make_window(fakes.Backend()).panel.others.rows
    two.answers = tuple(replace(a, call="no fracture", boxes=()) for a in two.answers)
    assert not make_window(two).panel.others.rows


def test_where_the_model_shown_failed_another_one_speaks_and_is_shown_by_a_click(make_window, fakes, qtbot) -> None:
    answers = (
        replace(fakes.answer("no fracture", ankle=0), boxes=()),
        replace(fakes.answer("no fracture", name="mobilenet", ankle=0), boxes=()),
        fakes.answer("fracture", name="mobilenet", ankle=1),  # none of compact for the left one
    )
    window = make_window(fakes.Backend(ankles=(fakes.ankle("R"), fakes.ankle("L")), answers=answers))
    controller = window.controller
    controller.choose_model("all")
    qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER and len(controller.analysis.result.models) == 3)
    controller.show_answer("compact")
    controller.choose_ankle(0)
    (row,) = window.panel.others.rows
    assert row.text().splitlines()[-1] == "3D-MobileNet" and "0.93" in row.text()
    row.click()
    assert controller.view.state.model == "mobilenet" and window.view.state.ankle == 1
    assert controller.answer.call == "fracture" and not window.panel.others.rows
