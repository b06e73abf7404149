"""The reader's own boxes: begun, nudged, dragged, undone, given back; the model's stays what it was."""

from __future__ import annotations

import pytest

from ankleviewer.core.imaging.oblique import start, turned
from ankleviewer.core.reading.boxedit import Hold
from ankleviewer.ui.state.phase import Phase


@pytest.fixture
def window(make_window, backend):
    return make_window(backend)


@pytest.fixture
def editing(window):
    return window.editing


def edited(window) -> dict:
    return dict(window.controller.reviewing.review.edited)


def test_a_drag_is_one_step_that_can_be_undone(window, editing, backend) -> None:
    own = window.controller.boxes[0]
    editing.toggle()
    assert editing.active and editing.index == 0 and editing.box().min_mm == own.min_mm
    editing.take(Hold((1, 0, 0)), own.max_mm)
    editing.drag((own.max_mm[0] + 2, 0.0, 0.0))
    editing.drag((own.max_mm[0] + 4, 0.0, 0.0))
    assert editing.box().max_mm[0] == own.max_mm[0] + 4 and edited(window) == {} and backend.journal == []
    editing.drop()
    ((place, box),) = edited(window).items()
    assert (place.index, box.max_mm[0], box.min_mm) == (0, own.max_mm[0] + 4, own.min_mm)
    assert window.controller.boxes[0] is own and window.view.scene.boxes[0] is own, "the model's is kept beside it"
    assert [r["what"] for r in backend.journal] == ["box"]
    window.controller.measuring.undo()
    assert edited(window) == {} and editing.box().max_mm == own.max_mm
    window.controller.reviewing.redo()
    assert editing.edited()[0] == box


def test_keys_move_and_resize_by_half_a_millimetre(window, editing) -> None:
    low, high = window.controller.boxes[0].min_mm, window.controller.boxes[0].max_mm
    editing.toggle()
    editing.nudge("coronal", (0, -1), resize=False)
    assert editing.box().min_mm == (low[0], low[1], low[2] + 0.5) and editing.box().max_mm[2] == high[2] + 0.5
    editing.nudge("axial", (1, 0), resize=True)
    editing.nudge("axial", (0, -1), resize=True)
    assert editing.box().max_mm == (high[0] + 0.5, high[1] - 0.5, high[2] + 0.5)
    assert editing.reset() and edited(window) == {} and not editing.reset()


def test_another_finding_has_its_own_box_and_no_finding_ends_it(window, editing) -> None:
    editing.toggle()
    window.controller.step_finding(1)
    assert editing.active and editing.index == 1
    editing.nudge("axial", (1, 0), resize=False)
    assert [place.index for place in edited(window)] == [1]
    window.view.update(selected=-1)
    assert not editing.active


def test_a_tool_and_editing_put_each_other_away(window, editing) -> None:
    measuring = window.controller.measuring
    measuring.start("distance")
    editing.toggle()
    assert editing.active and measuring.tool is None
    measuring.start("distance")
    assert not editing.active and measuring.tool is not None
    assert not editing.stop()


def test_the_row_says_it_and_gives_the_models_back(window, editing) -> None:
    row = window.panel.findings.rows[0]
    assert row.reset.isHidden()
    editing.toggle()
    editing.nudge("axial", (1, 0), resize=False)
    assert not row.reset.isHidden()
    row.reset.click()
    assert row.reset.isHidden() and edited(window) == {}


def test_edited_boxes_are_there_again_when_the_scan_is_opened_again(window, editing, backend, qtbot) -> None:
    editing.toggle()
    editing.nudge("axial", (1, 0), resize=False)
    kept = edited(window)
    window.controller.open("again")
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER and backend.opened[-1] == "again")
    assert edited(window) == kept and list(editing.edited()) == [0]


def test_without_findings_there_is_nothing_to_edit(make_window, fakes) -> None:
    window = make_window(fakes.Backend(answers=(fakes.answer("no fracture"),)))
    window.editing.toggle()
    assert not window.editing.active and window.editing.edited() == {}


@pytest.mark.parametrize("outside", [(0, 1, 2), (1, 2), (2,)])
def test_editing_begins_where_every_slice_shows_the_box(window, editing, outside: tuple[int, ...]) -> None:
    """One view may fill the window: a box that only another one's slice cuts would be moved unseen."""
    view, box = window.view, window.controller.boxes[1]
    view.update(selected=1, cursor_mm=tuple(box.min_mm[n] - 2.0 if n in outside else box.center_mm[n] for n in range(3)))
    editing.toggle()
    assert view.state.cursor_mm == pytest.approx(box.center_mm) and editing.index == 1


def test_editing_stays_where_the_box_is_seen_and_goes_to_the_readers_own(window, editing) -> None:
    view, box = window.view, window.controller.boxes[0]
    inside = tuple(v + 3.0 for v in box.center_mm)
    view.update(selected=0, cursor_mm=inside)
    editing.toggle()
    assert view.state.cursor_mm == pytest.approx(inside)
    editing.take(Hold((0, 0, 0)), box.center_mm)
    editing.drag((box.center_mm[0], box.center_mm[1], box.center_mm[2] - 15.0))
    editing.drop()
    editing.stop()
    editing.toggle()
    assert view.state.cursor_mm == pytest.approx(editing.box().center_mm)
    assert view.state.cursor_mm[2] == pytest.approx(box.center_mm[2] - 15.0)


@pytest.mark.parametrize(("off", "stays"), [((30.0, 10.0, 0.0), False), ((7.0, 0.0, 0.0), True)])
def test_editing_begins_where_turned_slices_show_the_box(window, editing, off: tuple[float, ...], stays: bool) -> None:
    """Level with the box every turned slice may miss it; beside it all of them may cut it."""
    view, box = window.view, window.controller.boxes[0]
    at = tuple(v + d for v, d in zip(box.center_mm, off, strict=True))
    view.update(selected=0, cursor_mm=at)
    view.set_turn(turned(start(view.scene.volume.grid, at), "coronal", 45.0, at))
    at = view.state.cursor_mm
    editing.toggle()
    assert view.state.cursor_mm == pytest.approx(at if stays else box.center_mm, abs=0.51)


@pytest.mark.parametrize("layout", ["lightbox", "compare", "3d"])
def test_editing_begins_on_slices_and_ends_where_there_are_none(make_window, fakes, layout: str) -> None:
    """Without handles and guide, keys would move the box unseen, in whichever plane was used last."""
    ankles = tuple(fakes.ankle(side) for side in "RL")
    window = make_window(fakes.Backend(ankles=ankles, answers=tuple(fakes.answer(ankle=n) for n in (0, 1))))
    window.view.update(layout=layout)
    window.editing.toggle()
    assert window.editing.active and window.view.state.layout == "grid" and window.panes["axial"].isVisible()
    window.view.update(layout=layout)
    assert not window.editing.active and edited(window) == {}


def test_editing_stays_in_a_plane_that_fills_the_window(window, editing) -> None:
    window.view.update(layout="coronal")
    editing.toggle()
    window.view.update(layout="sagittal")
    assert editing.active and window.view.state.layout == "sagittal"
