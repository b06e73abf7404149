"""Measuring: points set one after the other, refused where they do not belong, kept, changed, undone, there again later."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.geometry import Grid
from ankleviewer.core.reading.measure import Value
from ankleviewer.core.reading.measure_marks import normal_of
from ankleviewer.core.reading.measure_tools import BY_NAME
from ankleviewer.core.volume import Volume
from ankleviewer.ui.state.measuring import PENDING
from ankleviewer.ui.state.phase import Phase


@pytest.fixture
def window(make_window, backend):
    window = make_window(backend)
    window.view.move_cursor((0.0, 0.0, 140.0))
    return window


@pytest.fixture
def measuring(window):
    return window.controller.measuring


def kept(measuring) -> tuple:
    return measuring.reviewing.review.measures


def test_a_distance_is_kept_and_written_at_once(window, measuring, backend) -> None:
    measuring.start("distance")
    assert measuring.set_point("axial", (0.0, 0.0, 140.0)) and kept(measuring) == ()
    measuring.hover("axial", (3.0, 4.0, 140.0))
    assert measuring.pending.values[0].text == "5.0 mm", "live, before the second point is set"
    assert measuring.set_point("axial", (6.0, 8.0, 140.0))
    (measure,) = kept(measuring)
    assert (measure.values[0].number, measure.normal, measuring.selected, measuring.tool) == (10.0, (0.0, 0.0, 1.0), 1, None)
    (record,) = backend.journal
    assert record["what"] == "measure" and record["points_mm"] == [[0, 0, 140], [6, 8, 140]]
    assert record["values"] == [{"name": "length", "value": 10.0, "unit": "mm"}]


def test_a_distance_across_slices_has_no_plane(window, measuring) -> None:
    measuring.start("distance")
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    window.view.step("axial", 12)
    measuring.set_point("axial", (3.0, 4.0, 152.0))
    assert kept(measuring)[0].values[0].number == 13.0 and kept(measuring)[0].normal is None


def test_points_at_one_place_and_flat_regions_are_refused(window, measuring) -> None:
    measuring.start("distance")
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    assert not measuring.set_point("axial", (0.0, 0.0, 140.0)) and "same place" in measuring.note
    measuring.start("region")
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    assert not measuring.set_point("axial", (8.0, 0.0, 140.0)) and "shorter" in measuring.note
    assert measuring.set_point("axial", (8.0, 6.0, 140.0)) and measuring.note == ""
    measure = kept(measuring)[0]
    assert {v.name: v.number for v in measure.values}["mean"] == 1100 and len(measure.points) == 3


def test_the_guide_asks_for_its_planes_and_one_slice(window, measuring) -> None:
    measuring.start("posterior fragment")
    assert [measuring.accepts(p) for p in ("axial", "coronal", "sagittal")] == [False, False, True]
    assert not measuring.set_point("axial", (0.0, -10.0, 140.0))
    assert measuring.note == "This point belongs in the sagittal view"
    assert measuring.set_point("sagittal", (0.0, -10.0, 140.0)) and measuring.note == ""
    window.view.step("sagittal", 3)
    assert not measuring.set_point("sagittal", (3.0, 10.0, 140.0))
    assert "one slice" in measuring.note and window.view.state.cursor_mm[0] == 0.0, "and the slice is shown again"
    measuring.set_point("sagittal", (0.0, 10.0, 140.0))
    measuring.set_point("sagittal", (0.0, 5.0, 142.0))
    assert kept(measuring)[0].values[0].text == "25 %"


def test_a_plane_of_two_once_chosen_stays(window, measuring) -> None:
    measuring.start("step-off")
    assert measuring.accepts("sagittal") and measuring.accepts("coronal") and measuring.best_plane("axial") == "coronal"
    measuring.set_point("sagittal", (0.0, -10.0, 140.0))
    assert measuring.accepts("sagittal") and not measuring.accepts("coronal")
    measuring.back()
    assert measuring.accepts("coronal")


def test_the_axial_view_goes_ten_millimetres_above_the_plafond(window, measuring) -> None:
    measuring.start("tibiofibular")
    measuring.set_point("coronal", (2.0, 0.0, 130.0))
    assert window.view.state.cursor_mm == (2.0, 0.0, 140.0) and measuring.note == ""
    assert measuring.best_plane("coronal") == "axial"
    for place in ((4, -8), (7, -8), (4, 0), (8, 0), (4, 8), (9, 8)):
        assert measuring.set_point("axial", (*map(float, place), 140.0))
    (measure,) = kept(measuring)
    assert [v.number for v in measure.values] == [3.0, 4.0, 5.0, 10.0] and measure.normal == (0.0, 0.0, 1.0)
    window.view.step("axial", 20)
    measuring.go_to(1)
    assert window.view.state.cursor_mm[2] == 140.0, "to the slice with the distances, not to the plafond"


@pytest.fixture
def tilted(make_window, fakes):
    """A scan whose slices are tilted against the patient's axes, of voxels of 0.5 x 0.8 x 2 mm."""
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", (18, -9, 25), degrees=True).as_matrix() @ np.diag((0.5, 0.8, 2.0))
    shape = (64, 72, 40)
    affine[:3, 3] = np.array((0.0, 0.0, 140.0)) - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    rng = np.random.default_rng(5)
    volume = Volume(rng.integers(-200, 1500, shape).astype(np.int16), Grid(shape, affine))
    window = make_window(fakes.Backend(volume=volume))
    window.view.move_cursor((0.0, 0.0, 140.0))
    return window


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
def test_on_tilted_slices_millimetres_and_voxels_are_right(tilted, plane: str) -> None:
    measuring, frame = tilted.controller.measuring, tilted.view.frame(plane)
    index = frame.slice_at(tilted.view.state.cursor_mm)
    sx, sy, _ = frame.grid.spacing
    measuring.start("distance")
    for pixel in ((10, 10), (10 + 12 / sx, 10 + 9 / sy)):
        assert measuring.set_point(plane, frame.grid.to_mm((*pixel, index)))
    measuring.start("region")
    for pixel in ((12.5, 9.5), (24.5, 19.5)):
        assert measuring.set_point(plane, frame.grid.to_mm((*pixel, index)))
    distance, region = kept(measuring)
    assert distance.values[0].number == pytest.approx(15.0, abs=0.002) and distance.normal == region.normal is not None
    y, x = np.mgrid[: frame.grid.shape[1], : frame.grid.shape[0]]
    inside = ((x - 18.5) / 6) ** 2 + ((y - 14.5) / 5) ** 2 <= 1
    hu = frame.pixels(tilted.view.scene.volume.hu, index)[inside]
    found = {v.name: v.number for v in region.values}
    assert found["mean"] == pytest.approx(hu.mean(), abs=2) and found["voxels"] == pytest.approx(inside.sum(), abs=2)


def test_ten_millimetres_above_on_tilted_slices_are_along_the_shaft(tilted) -> None:
    measuring, view = tilted.controller.measuring, tilted.view
    measuring.start("tibiofibular")
    plafond = np.array(measuring.crosshair("coronal"))
    assert measuring.set_point("coronal", plafond)
    normal = np.array(normal_of(view.frame("axial")))
    np.testing.assert_allclose(np.array(view.state.cursor_mm) - plafond, (0.0, 0.0, 10.0), atol=0.01)
    assert 0.9 < normal[2] < 0.96 and measuring.note == ""
    frame, index = measuring.frame("axial")
    for n in range(6):
        assert measuring.set_point("axial", frame.grid.to_mm((10 + 4 * n, 30, index)))
    values = {v.name: v.number for v in kept(measuring)[0].values}
    assert values["middle"] == pytest.approx(2.0, abs=0.002)
    points = np.array(kept(measuring)[0].points)
    told = (points[1:] - points[0])[:, 2].mean()
    assert values["above plafond"] == pytest.approx(told, abs=0.001), "the height of where it was read, along the shaft"


def test_where_the_scan_ends_below_it_is_said(window, measuring) -> None:
    measuring.start("tibiofibular")
    measuring.set_point("coronal", (2.0, 0.0, 175.0))
    assert measuring.note == "The scan ends 4 mm above the joint"


def test_a_maximised_view_gives_way_to_the_one_that_is_needed(window, measuring) -> None:
    window.view.update(layout="coronal")
    measuring.start("tibiofibular")
    assert window.view.state.layout == "coronal"
    measuring.set_point("coronal", (2.0, 0.0, 130.0))
    assert window.view.state.layout == "axial"
    window.view.update(layout="3d")
    measuring.start("distance")
    assert window.view.state.layout == "grid"
    window.view.update(layout="sagittal")
    assert measuring.best_plane(measuring.plane) == "sagittal", "keys set points where the reader sees them"


def test_undo_takes_points_back_first_then_steps(window, measuring) -> None:
    window.controller.judge("accepted")
    measuring.start("angle")
    measuring.set_point("axial", (10.0, 0.0, 140.0))
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    measuring.undo()
    assert len(measuring.points) == 1 and window.view.scene.judged[0] == "accepted"
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    measuring.set_point("axial", (0.0, 10.0, 140.0))
    assert kept(measuring)[0].values[0].text == "90.0°"
    measuring.undo()
    assert kept(measuring) == () and measuring.selected == PENDING
    measuring.undo()
    assert window.view.scene.judged[0] == "" and not measuring.can_undo
    window.controller.reviewing.redo()
    window.controller.reviewing.redo()
    assert len(kept(measuring)) == 1


def test_esc_ends_a_tool_before_it_cancels_anything_else(measuring) -> None:
    assert not measuring.stop()
    measuring.start("distance")
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    assert measuring.stop() and measuring.tool is None and measuring.pending is None and kept(measuring) == ()
    measuring.start("distance")
    measuring.start("distance")
    assert measuring.tool is None, "the same tool again puts it away"


def test_a_point_is_dragged_as_one_step_and_stays_on_its_plane(measuring, backend) -> None:
    measuring.start("distance")
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    measuring.set_point("axial", (6.0, 8.0, 140.0))
    assert measuring.can_grip("axial", 1, 1)
    measuring.grip(1, 1)
    measuring.drag("axial", (3.0, 3.0, 140.4))
    measuring.drag("axial", (3.0, 4.0, 140.4))
    assert measuring.shown()[0].values[0].number == 5.0 and kept(measuring)[0].values[0].number == 10.0
    measuring.drag("axial", (0.0, 0.0, 140.0))
    measuring.drop()
    assert kept(measuring)[0].points[1] == (3.0, 4.0, 140.0)
    assert [r["what"] for r in backend.journal] == [
        "measure",
        "measure changed",
    ]
    measuring.undo()
    assert kept(measuring)[0].values[0].number == 10.0
    measuring.grip(1, 0)
    measuring.drop()
    assert len(backend.journal) == 3, "a point that was not moved is no step"


def test_points_of_a_guided_measure_are_dragged_only_where_all_of_them_are_seen(window, measuring) -> None:
    measuring.start("step-off")
    for place in ((0.0, -10.0, 140.0), (0.0, 0.0, 140.0), (0.0, 1.0, 142.0)):
        measuring.set_point("sagittal", place)
    assert measuring.can_grip("sagittal", 1, 2) and not measuring.can_grip("coronal", 1, 2)
    window.view.step("sagittal", 2)
    assert not measuring.can_grip("sagittal", 1, 2)
    assert not measuring.can_grip("sagittal", 99, 0)


@pytest.mark.parametrize(("kind", "count"), [("distance", 3), ("distance", 1), ("angle", 4), ("region", 2), ("step-off", 5)])
def test_a_measure_with_points_of_another_number_is_shown_and_cannot_be_gripped(window, measuring, kind: str, count: int) -> None:
    """A newer program or a hand in the journal may have written it."""
    points = tuple((3.0 * n, 2.0 * n * n, 140.0) for n in range(count))
    measuring.reviewing.add_measure(kind, points, (0.0, 0.0, 1.0), (Value("length", 5.0, "mm"),))
    window.view.move_cursor((0.0, 0.0, 140.0))
    (mark,) = measuring.marks("axial")
    assert len(mark.handles) == count
    assert not any(measuring.can_grip("axial", 1, n) for n in mark.handles)
    measuring.select(1)
    assert not measuring.move_nearest("axial") and kept(measuring)[0].points == points


def test_removed_ones_can_be_had_back_and_another_scan_has_its_own(window, measuring, backend, qtbot) -> None:
    measuring.start("distance")
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    measuring.set_point("axial", (6.0, 8.0, 140.0))
    measuring.remove()
    assert kept(measuring) == ()
    measuring.remove()
    measuring.undo()
    (measure,) = kept(measuring)
    measuring.start("angle")
    backend.volume = type(backend.volume)(backend.volume.hu.copy(), backend.volume.grid)
    window.controller.open("again")
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER and backend.opened[-1] == "again")
    assert measuring.tool is None, "a tool does not reach over into another scan"
    assert kept(measuring) == (measure,), "the same scan has its measures again"


def test_the_crosshair_on_the_slice_shown(window, measuring) -> None:
    window.view.move_cursor((1.25, 2.5, 140.4))
    assert measuring.crosshair("axial") == (1.25, 2.5, 140.0)
    np.testing.assert_allclose(measuring.crosshair("sagittal"), (1.0, 2.5, 140.4))


def test_without_a_scan_no_tool(make_window, backend) -> None:
    window = make_window(backend, path=None)
    measuring = window.controller.measuring
    measuring.start("distance")
    assert measuring.tool is None and not measuring.set_point("axial", (0, 0, 0))
    assert BY_NAME["distance"].steps


@pytest.mark.parametrize("up", [(0.0, 0.0, 1.0), (0.0, 0.2, -0.98)])
def test_above_the_plafond_is_towards_the_shaft(make_window, fakes, up) -> None:
    """Of a leg that was scanned upside down, too."""
    ankle = fakes.ankle()
    ankle.up = up
    window = make_window(fakes.Backend(ankles=(ankle,)))
    measuring = window.controller.measuring
    measuring.start("tibiofibular")
    plane = next(p for p in ("coronal", "sagittal", "axial") if measuring.accepts(p))
    measuring.set_point(plane, (0.0, 0.0, 140.0))
    sign = np.sign(up[2])
    shaft = np.array(up) / np.linalg.norm(up)
    np.testing.assert_allclose(window.view.state.cursor_mm, np.array((0.0, 0.0, 140.0)) + 10.0 * shaft, atol=0.002)
    for n in range(6):
        measuring.set_point("axial", (float(n % 2) * 5.0, 3.0 * (n // 2), 140.0 + 10.0 * sign))
    (measure,) = kept(measuring)
    told = next(v.number for v in measure.values if v.name == "above plafond")
    assert told == pytest.approx(np.array((2.5, 3.0, 10.0 * sign)) @ shaft, abs=0.001)


@pytest.mark.parametrize("up", [(0.0, -1.0, 0.0), (0.0, -0.999, -0.05), (0.0, -0.5, 0.866)])
def test_slices_across_the_shaft_give_no_tibiofibular_distance(make_window, fakes, up) -> None:
    ankle = fakes.ankle()
    ankle.up = up
    measuring = make_window(fakes.Backend(ankles=(ankle,))).controller.measuring
    measuring.view.move_cursor((0.0, 0.0, 130.0))
    measuring.start("tibiofibular")
    assert not measuring.set_point("sagittal", (0.0, 0.0, 130.0)) and measuring.points == []
    assert measuring.note == "Turn the planes onto the ankle first"


def test_a_guided_measure_is_dragged_on_no_plane_that_its_tool_does_not_allow(window, measuring) -> None:
    measuring.start("medial clear space")
    for place in ((0.0, 0.0, 140.0), (6.0, 0.0, 140.0)):
        measuring.set_point("coronal", place)
    assert measuring.can_grip("coronal", 1, 1) and not measuring.can_grip("axial", 1, 1), "both lie on the axial slice, too"
    measuring.grip(1, 1)
    measuring.drag("axial", (6.0, 8.0, 140.0))
    measuring.drop()
    assert kept(measuring)[0].values[0].number == 6.0 and not measuring.move_nearest("axial")


def test_a_kept_height_is_not_told_anew_along_an_axis_that_is_not_known_yet(window, measuring) -> None:
    """As after opening a scan again: the leg is looked for only now."""
    lean = np.radians(20)
    leg = np.stack([(np.cos(lean), 0.0, -np.sin(lean)), (0.0, 1.0, 0.0), (np.sin(lean), 0.0, np.cos(lean))], axis=1)
    measuring.reviewing.directions[0] = leg
    measuring.start("tibiofibular")
    measuring.set_point("coronal", (0.0, 0.0, 130.0))
    z = window.view.state.cursor_mm[2]
    for n in range(6):
        measuring.set_point("axial", (10.0 + 5.0 * (n % 2), 3.0 * (n // 2), z))
    height = kept(measuring)[0].values[-1]
    measuring.reviewing.directions.clear()
    window.view.move_cursor((10.0, 1.0, z))
    assert measuring.move_nearest("axial")
    (moved,) = kept(measuring)
    assert moved.values[0] != kept(measuring)[0] and moved.values[-1] == height and moved.values[0].number != 5.0
    measuring.grip(1, 0)
    measuring.drag("coronal", (0.0, 0.0, 125.0))
    measuring.drop()
    assert kept(measuring)[0].points[0] == (0.0, 0.0, 130.0), "the height would change along what is not known"
    measuring.reviewing.directions[0] = leg
    window.view.move_cursor((0.0, 0.0, 130.0))
    measuring.grip(1, 0)
    measuring.drag("coronal", (0.0, 0.0, 125.0))
    measuring.drop()
    assert kept(measuring)[0].values[-1].number == pytest.approx(height.number + 5 * np.cos(lean), abs=0.01)
