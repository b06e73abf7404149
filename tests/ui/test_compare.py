"""Both ankles side by side: one scale, one distance from the joint, each with its own answer."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

RIGHT, LEFT = (-14.0, 2.0, 128.0), (10.0, -3.0, 136.0)


@pytest.fixture
def window(make_window, fakes):
    ankles = []
    for side, centre in (("R", RIGHT), ("L", LEFT)):
        ankle = fakes.ankle(side)
        ankle.centre_mm = centre
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
    assert right.note == "Right ankle\n+5.0 mm from the joint" and left.note == "Left ankle\n+5.0 mm from the joint"
    QTest.keyClick(window.tiles["compare"], Qt.Key.Key_PageDown)
    QTest.keyClick(window.tiles["compare"], Qt.Key.Key_Down)
    assert [tile.note.split("\n")[1] for tile in tiles(window)] == ["−1.0 mm from the joint"] * 2


def test_one_scale_and_each_ankle_in_the_middle_of_its_tile(window) -> None:
    right, left = tiles(window)
    assert right.port.scale == left.port.scale and right.place.right() <= left.place.left()
    for tile, centre in ((right, RIGHT), (left, LEFT)):
        x, _ = tile.port.to_screen(tile.picture.frame.grid.to_voxel(centre)[:2])
        assert abs(x - tile.place.width() / 2) < 30


def test_each_has_its_own_boxes(window) -> None:
    right, left = tiles(window)
    assert len(right.scene.boxes) == 2 and left.scene.boxes == () and left.scene.heat is None
    assert right.current and not left.current


def test_turned_planes_do_not_count_here(window) -> None:
    window.view.turn_others("coronal", 20)
    assert all(tile.picture.frame.turned is None for tile in tiles(window))


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
