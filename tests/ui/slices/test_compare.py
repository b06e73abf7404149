"""Both ankles side by side: one scale, one distance from the joint, each with its own answer."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from ankleviewer.core.display.viewstate import PaneView
from ankleviewer.ui.slices.compare import distance_text

RIGHT, LEFT = (-14.0, 2.0, 128.0), (10.0, -3.0, 136.0)


@pytest.fixture
def window(make_window, fakes):
    ankles = []
    for side, centre in (("R", RIGHT), ("L", LEFT)):
        ankle = fakes.ankle(side)
        ankle.center_mm = centre
        ankle.min_mm, ankle.max_mm = (centre[0] - 12.0, -28.0, 104.0), (centre[0] + 12.0, 28.0, 176.0)
        ankles.append(ankle)
    answers = (fakes.answer(ankle=0), fakes.answer(ankle=1, call="no fracture"))
    window = make_window(fakes.Backend(ankles=tuple(ankles), answers=answers))
    window.last_pane = "axial"
    window.tile_layout("compare")
    return window


def tiles(window):
    return window.tiles["compare"].tiles()


def test_both_lie_at_the_same_distance_from_their_joints_and_move_together(window) -> None:
    window.view.move_cursor((RIGHT[0], RIGHT[1], RIGHT[2] + 5))
    right, left = tiles(window)
    heights = [tile.picture.frame.grid.to_mm((0, 0, tile.picture.index))[2] for tile in (right, left)]
    assert heights == [RIGHT[2] + 5, LEFT[2] + 5]
    assert [tile.note for tile in (right, left)] == [
        f"{side} ankle  ·  Axial\n5.0 mm above the joint centre" for side in ("Right", "Left")
    ]
    QTest.keyClick(window.tiles["compare"], Qt.Key.Key_PageDown)
    QTest.keyClick(window.tiles["compare"], Qt.Key.Key_Down)
    assert [tile.note.split("\n")[1] for tile in tiles(window)] == ["1.0 mm below the joint centre"] * 2


def test_in_the_sagittal_plane_lateral_is_beside_lateral(window) -> None:
    window.view.update(tile_plane="sagittal")
    window.view.move_cursor((RIGHT[0] - 4, RIGHT[1], RIGHT[2]))
    places = [tile.picture.frame.grid.to_mm((0, 0, tile.picture.index))[0] for tile in tiles(window)]
    assert places == [RIGHT[0] - 4, LEFT[0] + 4]
    assert [tile.note.split("\n")[1] for tile in tiles(window)] == ["4.0 mm lateral of the joint centre"] * 2
    assert [tile.note.split("\n")[0] for tile in tiles(window)] == ["Right ankle  ·  Sagittal", "Left ankle  ·  Sagittal"]


def test_no_distance_is_told_from_the_joint_of_an_ankle_that_is_not_whole(window) -> None:
    window.controller.backend.ankles[1].complete = False
    window.view.move_cursor((RIGHT[0], RIGHT[1], RIGHT[2] + 5))
    assert [tile.note.split("\n")[1] for tile in tiles(window)] == [
        "5.0 mm above the joint centre",
        "ankle not whole in the scan",
    ]


@pytest.mark.parametrize(
    ("away", "plane", "side", "text"),
    [
        (2.0, "coronal", "R", "2.0 mm behind the joint centre"),
        (-2.0, "coronal", "R", "2.0 mm in front of the joint centre"),
        (-3.0, "sagittal", "R", "3.0 mm lateral of the joint centre"),
        (-3.0, "sagittal", "L", "3.0 mm medial of the joint centre"),
        (3.0, "sagittal", "unknown", "3.0 mm to the left of the joint centre"),
        (-0.04, "axial", "L", "at the joint centre"),
    ],
)
def test_distances_are_told_in_words(away: float, plane: str, side: str, text: str) -> None:
    assert distance_text(away, plane, side) == text


def test_window_and_scale_bar_are_seen_unless_the_corner_text_is_off(window) -> None:
    compare = window.tiles["compare"]

    def lit() -> int:
        image = compare.grab().toImage()
        return sum(
            image.pixelColor(x, y).lightness() > 120 for x in range(4, 90) for y in range(image.height() - 22, image.height() - 4)
        )

    with_text = lit()
    window.view.update(annotations=False)
    assert with_text > 40 and lit() == 0


def test_one_scale_and_each_ankle_in_the_middle_of_its_tile(window) -> None:
    right, left = tiles(window)
    assert right.port.scale == left.port.scale and right.place.right() <= left.place.left()
    low, high = right.scene.region
    assert low[0] < RIGHT[0] - 24.0 or high[0] > RIGHT[0] + 24.0, "its box lies outside of its bones here, and is shown with them"
    for tile, middle in ((right, (low + high) / 2), (left, LEFT)):
        x, _ = tile.port.to_screen(tile.picture.frame.grid.to_voxel(middle)[:2])
        assert abs(x - tile.place.width() / 2) < 30


def test_each_has_its_own_boxes(window) -> None:
    right, left = tiles(window)
    assert len(right.scene.boxes) == 2 and left.scene.boxes == () and left.scene.heat is None
    assert right.current and not left.current


def test_each_has_its_own_places_that_the_reader_marked(window) -> None:
    place = (RIGHT[0] + 2, RIGHT[1], LEFT[2])
    window.view.move_cursor(place)
    window.controller.add_missed()
    right, _ = tiles(window)
    assert [mark.number for mark in right.picture.missed] == [1]
    window.view.move_cursor(RIGHT)
    _, left = tiles(window)
    assert left.picture.frame.grid.to_mm((0, 0, left.picture.index))[2] == place[2], "the slice that the mark lies on"
    assert left.picture.missed == ()


def test_turned_planes_do_not_count_here(window) -> None:
    window.view.turn_others("coronal", 20)
    assert all(tile.picture.frame.turned is None for tile in tiles(window))


def test_the_wheel_steps_on_the_planes_that_are_shown(window) -> None:
    """Though turned ones are remembered: a slice at each notch, and the crosshair straight along."""
    window.view.turn_others("coronal", 30)
    compare, start = window.tiles["compare"], window.view.state.cursor_mm
    seen = [tiles(window)[0].picture.index]
    for _ in range(4):
        compare.go_on(1)
        seen.append(tiles(window)[0].picture.index)
    assert np.diff(seen).tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(window.view.state.cursor_mm[:2], start[:2], atol=1e-6)


def test_a_click_on_the_other_ankle_makes_it_the_one_shown(window) -> None:
    compare = window.tiles["compare"]
    left = tiles(window)[1]
    at = QPoint(round(left.place.center().x()), round(left.place.center().y()))
    wanted = compare.mm_at(left, at.toPointF())
    QTest.mouseClick(compare, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert window.view.state.ankle == 1 and tiles(window)[1].current
    np.testing.assert_allclose(window.view.state.cursor_mm, wanted, atol=1e-6)
    assert tiles(window)[1].picture.index == left.picture.index


def test_a_scan_with_one_ankle_goes_back_to_the_four_views(window, fakes, qtbot) -> None:
    window.controller.backend.ankles = window.controller.backend.ankles[:1]
    window.controller.open("one.nii.gz")
    qtbot.waitUntil(lambda: len(window.controller.backend.opened) == 2 and not fakes.busy(window))
    assert window.view.state.layout == "grid" and window.panes["axial"].isVisible()


def test_a_magnified_place_lies_beside_the_same_place_of_the_other_ankle(window) -> None:
    """Lateral beside lateral, at one height over the joint; and a tile follows the mouse that drags it."""
    view, compare = window.view, window.tiles["compare"]
    view.set_pane("axial", PaneView(3.0, (0.0, 0.0)))
    view.go_to((RIGHT[0] - 8, RIGHT[1] + 6, RIGHT[2]), -1)

    def middles() -> list[list[float]]:
        found = [compare.mm_at(tile, QPointF(tile.place.center())) for tile in tiles(window)]
        return [[round(float(v), 3) for v in mm[:2]] for mm in found]

    assert middles() == [[RIGHT[0] - 8, RIGHT[1] + 6], [LEFT[0] + 8, LEFT[1] + 6]]
    for n in range(2):
        start = tiles(window)[n].place.center().toPoint()
        before = compare.mm_at(tiles(window)[n], QPointF(start))
        QTest.mousePress(compare, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, start)
        QTest.mouseMove(compare, start + QPoint(30, 12))
        QTest.mouseRelease(compare, Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, start + QPoint(30, 12))
        np.testing.assert_allclose(compare.mm_at(tiles(window)[n], QPointF(start + QPoint(30, 12))), before, atol=1e-6)


def test_nothing_jumps_between_whole_and_magnified(make_window, fakes) -> None:
    """Also where one ankle's box reaches farther beyond its joint than the other's."""
    ankles = (fakes.ankle("R"), fakes.ankle("L"))
    for ankle, low, high in zip(ankles, (-30.0, 2.0), (-2.0, 30.0), strict=True):
        ankle.min_mm, ankle.max_mm = (low, -28.0, 104.0), (high, 28.0, 176.0)
    ankles[1].max_mm = (30.0, 12.0, 176.0)
    window = make_window(fakes.Backend(ankles=ankles))
    window.view.update(layout="compare")
    view, compare = window.view, window.tiles["compare"]

    def middles() -> np.ndarray:
        return np.array([compare.mm_at(tile, QPointF(tile.place.center()))[:2] for tile in tiles(window)])

    for zoom in (1.0, 1.5, 2.0):
        view.set_pane("axial", PaneView(zoom, (0.0, 0.0)))
        before = middles()
        for pane in (PaneView(zoom, (0.1, 0.1)), PaneView(zoom + 0.001, (0.0, 0.0))):
            view.set_pane("axial", pane)
            assert np.abs(middles() - before).max() < 0.2
