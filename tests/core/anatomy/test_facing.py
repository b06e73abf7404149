"""Which way an ankle faces: by the heel however it is turned, else by the malleoli; and when a scan's letters must be wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.anatomy.facing import back_of, faces_away, stance
from ankleviewer.core.anatomy.landmarks import HEEL, LATERAL, MEDIAL
from ankleviewer.core.geometry import UP, Array, Point, standing

BACK = np.array([0.0, 1.0, 0.0])


def marks(side: str, turn: Rotation, *names: str) -> list[tuple[str, Point]]:
    """Landmarks of an ankle that faced the front before it was turned, mm."""
    out = 1.0 if side == "L" else -1.0  # LPS: x grows to the patient's left
    places = {MEDIAL: (-26.0 * out, -4.0, -8.0), LATERAL: (30.0 * out, 8.0, -16.0), HEEL: (-4.0 * out, 52.0, -45.0)}
    return [(name, tuple(turn.apply(places[name]))) for name in names or places]  # type: ignore[misc]


def degrees(one: Array | None, other: Array) -> float:
    assert one is not None and np.isclose(np.linalg.norm(one), 1)
    return float(np.degrees(np.arccos(np.clip(one @ other, -1, 1))))


@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize("turn", [0, 40, -70, 110, 180])
def test_the_heel_tells_the_back_however_a_standing_leg_is_turned(side: str, turn: int) -> None:
    rotation = Rotation.from_euler("z", turn, degrees=True)
    assert degrees(back_of(side, UP, marks(side, rotation)), rotation.apply(BACK)) < 10
    assert degrees(back_of("unknown", UP, marks(side, rotation)), rotation.apply(BACK)) < 10


@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize("turn", [("x", 90), ("x", 180), ("y", 90), ("x", -90)])
def test_a_leg_that_lies_across_is_told_by_malleoli_and_side(side: str, turn: tuple[str, int]) -> None:
    rotation = Rotation.from_euler(*turn, degrees=True)
    up = tuple(np.round(rotation.apply(UP), 9).tolist())
    assert degrees(back_of(side, up, marks(side, rotation)), rotation.apply(BACK)) < 15
    assert degrees(back_of(side, up, marks(side, rotation, MEDIAL, LATERAL)), rotation.apply(BACK)) < 15
    assert back_of("unknown", up, marks(side, rotation)) is None, "a heel that was seen for sure would have told the side"
    assert back_of(side, up, ()) is None


@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize("seed", range(6))
def test_a_leg_that_lies_across_is_stood_up_facing_forward(side: str, seed: int) -> None:
    rotation = Rotation.random(random_state=seed)
    up = tuple(rotation.apply(UP).tolist())
    turn = stance(side, up, marks(side, rotation))
    np.testing.assert_allclose(turn @ rotation.apply(UP), UP, atol=1e-9)
    assert degrees(turn @ rotation.apply(BACK), BACK) < 15
    assert np.linalg.det(turn) == pytest.approx(1.0)


def test_where_nothing_tells_its_back_it_is_stood_up_by_the_shortest_way_and_one_that_stands_not_at_all() -> None:
    up = (0.0, -0.8, 0.6)
    np.testing.assert_array_equal(stance("L", up, ()), standing(up))
    np.testing.assert_array_equal(stance("unknown", up, marks("L", Rotation.from_euler("x", 50, degrees=True))), standing(up))
    assert np.array_equal(stance("L", UP, marks("L", Rotation.from_euler("z", 30, degrees=True))), np.eye(3))


@pytest.mark.parametrize("told", ["L", "R", "unknown"])
def test_without_a_heel_a_standing_leg_faces_the_patient_s_front_whatever_its_side_is_called(told: str) -> None:
    rotation = Rotation.from_euler("z", 50, degrees=True)
    assert degrees(back_of(told, UP, marks("L", rotation, MEDIAL, LATERAL)), rotation.apply(BACK)) < 15
    assert back_of(told, UP, ()) is not None and degrees(back_of(told, UP, ()), BACK) == 0


def test_turned_outwards_by_a_right_angle_the_side_decides() -> None:
    rotation = Rotation.from_euler("z", -85, degrees=True)
    assert degrees(back_of("L", UP, marks("L", rotation, MEDIAL, LATERAL)), rotation.apply(BACK)) < 15


@pytest.mark.parametrize(("turn", "away"), [(0, False), (80, False), (-80, False), (150, True), (180, True), (-140, True)])
@pytest.mark.parametrize("side", ["L", "R"])
def test_a_leg_that_faces_the_patient_s_back_is_told(side: str, turn: int, away: bool) -> None:
    rotation = Rotation.from_euler("z", turn, degrees=True)
    assert faces_away(side, UP, marks(side, rotation)) == away
    assert not faces_away(side, UP, marks(side, rotation, MEDIAL, LATERAL)), "the malleoli alone may be one for the other"
    assert not faces_away("R" if side == "L" else "L", UP, marks(side, rotation)), "heel and malleoli must agree"
    assert not faces_away(side, (1.0, 0.0, 0.0), marks(side, rotation))
