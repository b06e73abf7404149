"""What cannot be measured as the planes lie, and what is said of what can."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.imaging.oblique import aligned
from ankleviewer.core.imaging.slab import ONE_SLICE, Slab
from ankleviewer.ui.state.measure_checks import caution, objection

SHOWN = (0.0, 0.0, 140.0)


@pytest.fixture
def window(make_window, backend):
    window = make_window(backend)
    window.view.move_cursor(SHOWN)
    return window


def turn(window, degrees: float) -> None:
    """Turn the sagittal and coronal planes about the scan's z."""
    matrix = Rotation.from_euler("z", degrees, degrees=True).as_matrix()
    window.view.set_turn(aligned(window.view.scene.volume.grid, matrix, SHOWN))


def test_a_pane_that_is_nearer_to_another_plane_of_the_leg_takes_no_point(window) -> None:
    measuring = window.controller.measuring
    measuring.start("posterior fragment")
    turn(window, 85.0)
    assert objection(measuring, "sagittal", SHOWN) == "", "of a leg that was not found nobody knows how it is turned"
    measuring.reviewing.directions[window.view.state.ankle] = np.eye(3)
    turn(window, 40.0)
    assert objection(measuring, "sagittal", SHOWN) == ""
    turn(window, 85.0)
    assert "sagittal view is turned away" in objection(measuring, "sagittal", SHOWN)
    assert not measuring.set_point("sagittal", SHOWN) and measuring.points == []
    # of a leg that lies so itself it is the right plane
    turned = Rotation.from_euler("z", 85, degrees=True).as_matrix()
    measuring.reviewing.directions[window.view.state.ankle] = turned
    assert objection(measuring, "sagittal", SHOWN) == ""
    measuring.start("distance")
    assert objection(measuring, "sagittal", SHOWN) == "", "free measures go on any plane"


def test_the_scan_s_own_planes_are_taken_while_they_are_nearest_to_those_of_the_leg(window) -> None:
    measuring = window.controller.measuring
    measuring.start("posterior fragment")
    for degrees, taken in ((40, True), (60, False)):
        measuring.reviewing.directions[window.view.state.ankle] = Rotation.from_euler("z", degrees, degrees=True).as_matrix()
        assert (objection(measuring, "sagittal", SHOWN) == "") == taken


def test_a_slab_is_said_to_be_read_on_its_middle_slice(window) -> None:
    measuring = window.controller.measuring
    window.view.update(slab=Slab(10.0))
    assert caution(measuring) == "", "nothing is measured"
    measuring.start("distance")
    assert "middle slice" in caution(measuring) and measuring.said == caution(measuring)
    measuring.set_point("axial", SHOWN)
    assert not measuring.set_point("axial", SHOWN) and "same place" in measuring.said, "what was wrong comes first"
    changed = []
    measuring.changed.connect(lambda: changed.append(1))
    window.view.update(slab=ONE_SLICE)
    assert caution(measuring) == "" and changed, "or the card would go on saying it"


def test_it_is_said_that_the_shaft_was_not_found(window) -> None:
    measuring = window.controller.measuring
    measuring.start("tibiofibular")
    assert caution(measuring) == ""
    measuring.set_point("coronal", (2.0, 0.0, 130.0))
    measuring.reviewing.directions.clear()
    assert caution(measuring) == "", "it is being looked for"
    measuring.reviewing.directions[window.view.state.ankle] = None
    assert "shaft was not found" in caution(measuring)
    measuring.reviewing.directions[window.view.state.ankle] = np.eye(3)
    assert caution(measuring) == ""


def test_heights_are_told_along_the_shaft_that_was_found(window) -> None:
    measuring, lean = window.controller.measuring, np.radians(20)
    shaft = np.array((np.sin(lean), 0.0, np.cos(lean)))
    measuring.reviewing.directions[0] = np.stack([(np.cos(lean), 0.0, -np.sin(lean)), (0.0, 1.0, 0.0), shaft], axis=1)
    measuring.start("tibiofibular")
    measuring.set_point("coronal", (0.0, 0.0, 130.0))
    for n in range(6):
        assert measuring.set_point("axial", (10.0 + 5.0 * (n % 2), 3.0 * (n // 2), window.view.state.cursor_mm[2])), (
            measuring.note
        )
    (measure,) = measuring.reviewing.review.measures
    told = next(v.number for v in measure.values if v.name == "above plafond")
    mean = np.mean(measure.points[1:], axis=0) - (0.0, 0.0, 130.0)
    assert told == pytest.approx(mean @ shaft, abs=0.001) and abs(told - mean[2]) > 1


def test_half_a_guided_measure_does_not_go_over_to_another_ankle(make_window, fakes) -> None:
    window = make_window(
        fakes.Backend(ankles=(fakes.ankle("R"), fakes.ankle("L")), answers=(fakes.answer(), fakes.answer(ankle=1)))
    )
    window.view.move_cursor(SHOWN)
    measuring = window.controller.measuring
    measuring.start("medial clear space")
    measuring.set_point("coronal", SHOWN)
    window.view.set_state(replace(window.view.state, ankle=1))
    assert measuring.points == [] and "begin again" in measuring.said and measuring.tool.name == "medial clear space"
    measuring.start("distance")
    measuring.set_point("coronal", SHOWN)
    window.view.set_state(replace(window.view.state, ankle=0))
    assert len(measuring.points) == 1, "a free one may lie anywhere"


def facing(window, side: str, degrees: float, up: tuple[float, float, float] = (0.0, 0.0, 1.0)) -> None:
    """Give the ankle shown landmarks of a leg that is turned about the scan's z."""
    out = 1.0 if side == "L" else -1.0
    places = {"medial malleolus": (-26.0 * out, -4, -8), "lateral malleolus": (30.0 * out, 8, -16), "heel": (0.0, 52, -45)}
    turn = Rotation.from_euler("z", degrees, degrees=True)
    ankle = window.controller.case.ankles[window.view.state.ankle]
    ankle.side, ankle.up, ankle.landmarks = side, up, tuple((n, tuple(turn.apply(mm))) for n, mm in places.items())


@pytest.mark.parametrize(("degrees", "first", "refused"), [(0, -8, False), (0, 8, True), (180, -8, True), (180, 8, False)])
def test_the_lips_order_is_that_of_the_ankle_not_of_the_scan(window, degrees: float, first: float, refused: bool) -> None:
    measuring = window.controller.measuring
    facing(window, "R", degrees)
    measuring.start("posterior fragment")
    assert measuring.set_point("sagittal", (SHOWN[0], first, SHOWN[2]))
    assert measuring.set_point("sagittal", (SHOWN[0], -first, SHOWN[2])) != refused
    assert ("lies behind the second" in measuring.note) == refused


def test_no_lip_is_dragged_past_the_other(window) -> None:
    measuring = window.controller.measuring
    measuring.start("posterior fragment")
    for y in (-8.0, 8.0, 4.0):
        assert measuring.set_point("sagittal", (SHOWN[0], y, SHOWN[2]))
    (measure,) = measuring.reviewing.review.measures
    measuring.grip(measure.number, 0)
    measuring.drag("sagittal", (SHOWN[0], 12.0, SHOWN[2]))
    measuring.drop()
    assert measuring.reviewing.review.measures == (measure,)


def test_no_point_lies_outside_of_the_scan(window) -> None:
    measuring = window.controller.measuring
    measuring.start("distance")
    low, _ = window.view.scene.volume.grid.bounds_mm()
    assert not measuring.set_point("axial", (float(low[0]) - 2.0, 0.0, SHOWN[2]))
    assert measuring.note == "This point lies outside of the scan" and not measuring.points


def test_the_planes_of_a_leg_that_lies_across_are_told_by_its_shaft_where_no_more_is_known(window) -> None:
    measuring = window.controller.measuring
    window.controller.case.ankles[window.view.state.ankle].up = (0.0, -1.0, 0.0)
    measuring.start("medial clear space")
    assert "turned away" in objection(measuring, "coronal", SHOWN), "across the shaft it is an axial slice"
    measuring.start("posterior fragment")
    assert objection(measuring, "sagittal", SHOWN) == ""
