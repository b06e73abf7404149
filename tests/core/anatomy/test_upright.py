"""Legs that lie across a scan: when to doubt, the turn and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.anatomy import upright as module
from ankleviewer.core.anatomy.ankles import towards_shaft
from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.anatomy.landmarks import DOME, HEEL, LATERAL, MEDIAL, NAMES, PLAFOND, Located, Peak
from ankleviewer.core.anatomy.upright import (
    OBLIQUE,
    OTHERS,
    asked_for,
    in_doubt,
    lies_across,
    nearest_first,
    search,
    standing_ankles,
    stands,
    surer,
    turned,
    unsure_findings,
)
from ankleviewer.core.geometry import UP, Grid, standing
from ankleviewer.core.volume import Volume

LEFT = {PLAFOND: (0, 0, 0), DOME: (0, 0, -3), MEDIAL: (-23, -4, -14), LATERAL: (25, 8, -27), HEEL: (4, 60, -60)}


def seen(sure: float = 0.9, turn: np.ndarray | None = None, names: tuple[str, ...] = NAMES) -> Located:
    matrix = np.eye(3) if turn is None else turn
    return Located(tuple(Peak(n, tuple(float(v) for v in matrix @ LEFT[n]), sure) for n in names))


def bones(at: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Ankle:
    return Ankle("R", at, (-50.0, -50.0, -50.0), (50.0, 50.0, 50.0), True, "")


def test_a_standing_ankle_that_both_see_is_beyond_doubt() -> None:
    assert not in_doubt([bones()], [seen(0.45)])
    assert not in_doubt([], [seen(0.6)])
    assert in_doubt([bones()], [seen(0.3)]), "too unsure even with the bones"
    assert in_doubt([bones((60.0, 0.0, 0.0))], [seen(0.45)]), "the bones are elsewhere"
    assert in_doubt([bones()], []) and in_doubt([], [])
    assert in_doubt([bones()], [seen(0.9, standing((0, -1, 0)))]), "it lies"


def test_a_leg_lies_across_from_45_degrees_on() -> None:
    for degrees, expected in ((0, False), (40, False), (50, True), (180, True)):
        angle = np.deg2rad(degrees)
        assert lies_across(np.array([np.sin(angle), 0.0, np.cos(angle)])) is expected


def looking(pose: np.ndarray, falls: float, told: bool) -> tuple[Callable[[np.ndarray], list[Located]], list[np.ndarray]]:
    """A locator that is surest of a standing leg, less by `falls` a degree; and the turns after which it was asked to look.
    Where nothing is `told`, it takes an unsure leg for a standing one.
    """
    turns: list[np.ndarray] = []

    def look(turn: np.ndarray) -> list[Located]:
        turns.append(turn)
        now = turn @ pose
        degrees = float(np.rad2deg(np.arccos(np.clip((now @ towards_shaft(seen()))[2], -1, 1))))
        sure = 0.65 - falls * degrees
        return [seen(sure, now if told or sure >= 0.5 else None)] if sure > 0.1 else []

    return look, turns


@pytest.mark.parametrize("up", [(0.0, 0.0, -1.0), (0.0, -1.0, 0.0), (0.6, -0.64, 0.2), (0.5, 0.5, -0.7), (-0.8, 0.1, 0.5)])
def test_a_leg_is_found_wherever_it_points(up: tuple[float, ...]) -> None:
    pose = standing(up).T
    look, turns = looking(pose, 0.006, told=False)
    found = search(look(np.eye(3)), look)
    assert found is not None
    (best,), turn = found
    assert not lies_across(turn @ pose @ towards_shaft(seen())) and best.confidence >= 0.5
    assert len(turns) <= 2 + len(OTHERS) + len(OBLIQUE)


def test_where_the_landmarks_tell_how_it_lies_one_look_is_enough() -> None:
    pose = standing((0.6, -0.64, 0.2)).T
    look, turns = looking(pose, 0.004, told=True)
    found = search(look(np.eye(3)), look)
    assert found is not None
    np.testing.assert_allclose(found[1] @ pose @ towards_shaft(seen()), UP, atol=1e-9)
    assert len(turns) == 2


def test_what_is_no_ankle_in_six_directions_is_not_looked_for_between() -> None:
    asked: list[np.ndarray] = []

    def look(turn: np.ndarray) -> list[Located]:
        asked.append(turn)
        return [seen(0.2)]

    assert search([seen(0.2)], look) is None
    assert len(asked) == len(OTHERS)
    assert search([], lambda _: []) is None


@pytest.mark.parametrize(("sure", "turned_for"), [(0.45, False), (0.6, True)])
def test_a_leg_that_only_leans_is_turned_where_the_locator_is_sure(sure: float, turned_for: bool) -> None:
    pose = standing((0.0, 0.55, 0.83)).T  # 33 degrees

    def look(turn: np.ndarray) -> list[Located]:
        now = turn @ pose @ towards_shaft(seen())
        return [seen(sure if now[2] > 0.9 else 0.32, turn @ pose)]

    assert (search([seen(0.3, pose)], look) is not None) is turned_for


def test_directions_between_come_from_the_nearest_on() -> None:
    ways = nearest_first(np.array([0.0, -1.0, 0.0]), [UP, *OTHERS])
    assert len(ways) == len(set(ways)) == 20 == len(OBLIQUE)
    assert {way[1] for way in ways[:8]} == {-1.0} and {way[1] for way in ways[-8:]} == {1.0}


def test_only_directions_beside_a_likely_one_are_looked_at() -> None:
    ways = nearest_first(np.array([0.0, -1.0, 0.0]), [(0.0, -1.0, 0.0)])
    assert set(ways) == {way for way in OBLIQUE if way[1] == -1.0} and len(ways) == 8
    assert [sum(map(abs, way)) for way in ways] == [2.0] * 4 + [3.0] * 4, "edges, then corners"
    two = nearest_first(UP, [UP, (0.0, 1.0, 0.0)])
    assert set(two) == {way for way in OBLIQUE if way[1] == 1.0 or way[2] == 1.0}


@pytest.mark.parametrize(("elsewhere", "looks"), [(0.2, 5 + 8), (0.39, 5 + 20)])
def test_the_clearer_one_direction_is_the_less_is_looked_at(elsewhere: float, looks: int) -> None:
    """A scan as it lies is seen with 0.45, too little to be beyond doubt, and no turn is any better."""
    asked: list[np.ndarray] = []

    def look(turn: np.ndarray) -> list[Located]:
        asked.append(turn)
        return [seen(elsewhere)]

    assert search([seen(0.45)], look) is None
    assert len(asked) == looks


def test_sure_landmarks_tell_how_a_leg_lies() -> None:
    oblique = standing((0.6, -0.64, 0.2)).T
    turn = asked_for([seen(0.5, oblique), seen(0.9)])
    assert turn is not None
    np.testing.assert_allclose(turn @ towards_shaft(seen(0.5, oblique)), UP, atol=1e-9)
    assert stands([seen(0.6, turn @ oblique)])
    assert asked_for([seen(0.9)]) is None and asked_for([]) is None, "it stands; there is none"
    assert not stands([seen(0.6, oblique)]) and not stands([seen(0.45)]) and not stands([])


def test_a_turn_must_make_it_clearly_surer() -> None:
    assert surer([seen(0.4)], [seen(0.5)]) and not surer([seen(0.4)], [seen(0.45)])
    assert surer([], [seen(0.2)]) and not surer([seen(0.2)], [])


@pytest.mark.parametrize("up", [*OTHERS, (0.6, -0.64, 0.48)])
def test_an_ankle_comes_back_in_the_patients_millimetres(up: tuple[float, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """The patient lies so that his leg points along `up`; the landmarks were seen in the scan turned upright."""
    rotation = standing(up)
    grid = Grid.axis_aligned((160, 160, 160), 1.5, (-120.0, -120.0, -120.0))
    lying = Volume(np.full(grid.shape, -1000, np.int16), Grid(grid.shape, _matrix(rotation.T) @ grid.affine))
    asked: list[Volume] = []

    def found(volume: Volume, _: object) -> tuple[Ankle, ...]:
        asked.append(volume)
        return (bones(), bones((0.0, 90.0, 0.0)))

    monkeypatch.setattr(module, "find_ankles", found)
    (ankle,) = standing_ankles(lying, lying, [seen(0.45)], rotation)
    np.testing.assert_allclose(asked[0].grid.affine[:3, :3], np.diag([1.5] * 3))
    np.testing.assert_allclose(ankle.up, up / np.linalg.norm(up), atol=1e-9)
    np.testing.assert_allclose(rotation @ ankle.center_mm, (0.0, 0.0, -1.5), atol=1e-9)
    np.testing.assert_allclose(rotation @ dict(ankle.landmarks)[HEEL], LEFT[HEEL], atol=1e-9)
    assert ankle.side == "L", "from the landmarks; the bones' word rests on how legs lie in a scanner"
    assert ankle.complete
    assert all(low <= c <= high for low, c, high in zip(ankle.min_mm, ankle.center_mm, ankle.max_mm, strict=True))
    (unsure,) = standing_ankles(lying, lying, [seen(0.45, names=(PLAFOND, DOME, MEDIAL, LATERAL))], rotation)
    assert unsure.side == "unknown"


@pytest.mark.parametrize(("lean", "followed"), [(30.0, True), (8.0, False)])
def test_the_cube_follows_a_tibia_that_still_leans(lean: float, followed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    rotation = standing((0, -1, 0))
    grid = Grid.axis_aligned((160, 160, 160), 1.5, (-120.0, -120.0, -120.0))
    lying = Volume(np.full(grid.shape, -1000, np.int16), Grid(grid.shape, _matrix(rotation.T) @ grid.affine))
    axis = np.array([np.sin(np.deg2rad(lean)), 0.0, np.cos(np.deg2rad(lean))])
    monkeypatch.setattr(module, "find_ankles", lambda *_: (bones(),))
    monkeypatch.setattr(module, "find_mortise", lambda *_: SimpleNamespace(directions=np.stack([axis] * 3, axis=1)))
    (ankle,) = standing_ankles(lying, lying, [seen(0.45)], rotation)
    np.testing.assert_allclose(ankle.up, rotation.T @ (axis if followed else UP), atol=1e-9)


def test_what_the_field_of_view_cuts_off_is_incomplete_whatever_the_bones_say(monkeypatch: pytest.MonkeyPatch) -> None:
    rotation = standing((0, -1, 0))
    grid = Grid.axis_aligned((160, 160, 90), 1.5, (-120.0, -120.0, -124.0))  # ends 10 mm above the plafond
    lying = Volume(np.full(grid.shape, -1000, np.int16), Grid(grid.shape, _matrix(rotation.T) @ grid.affine))
    monkeypatch.setattr(module, "find_ankles", lambda *_: (bones(),))
    (ankle,) = standing_ankles(lying, lying, [seen(0.45)], rotation)
    assert not ankle.complete and "of the tibia above the joint" in ankle.reason


def test_bones_elsewhere_confirm_no_turned_leg(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = Grid.axis_aligned((160, 160, 160), 1.5, (-120.0, -120.0, -120.0))
    lying = Volume(np.full(grid.shape, -1000, np.int16), grid)
    monkeypatch.setattr(module, "find_ankles", lambda *_: (bones((0.0, 30.0, 0.0)),))
    assert standing_ankles(lying, lying, [seen(0.45)], standing((0, -1, 0))) == ()
    assert len(standing_ankles(lying, lying, [seen(0.6)], standing((0, -1, 0)))) == 1, "a sure locator stands alone"


def test_an_ankle_that_only_the_bones_see_is_told() -> None:
    elsewhere = bones((0.0, 30.0, 0.0))
    assert [(f.level, f.code) for f in unsure_findings([elsewhere], [seen(0.3)])] == [("caveat", "ANKLE_UNSURE")]
    assert unsure_findings([bones()], [seen(0.3)]) == []
    assert unsure_findings([replace(elsewhere, complete=False)], [seen(0.3)]) == []
    far = bones((0.0, 60.0, 0.0))
    assert [f.level for f in unsure_findings([bones(), far], [seen(0.3)])] == ["withhold"], "it cannot be the same ankle"
    assert [f.level for f in unsure_findings([bones()], [])] == ["withhold"]
    assert unsure_findings([], []) == []


def test_turning_a_scan_moves_its_voxels_not_its_values() -> None:
    volume = Volume(np.arange(24, dtype=np.int16).reshape(2, 3, 4), Grid.axis_aligned((2, 3, 4), 1.0, (5.0, 6.0, 7.0)))
    rotation = standing((1, 0, 0))
    moved = turned(volume, rotation)
    assert moved.hu is volume.hu
    np.testing.assert_allclose(moved.grid.to_mm((1, 2, 3)), rotation @ volume.grid.to_mm((1, 2, 3)))


def test_the_scans_own_upwards_needs_no_turn() -> None:
    assert np.array_equal(standing(UP), np.eye(3))


def _matrix(rotation: np.ndarray) -> np.ndarray:
    out = np.eye(4)
    out[:3, :3] = rotation
    return out
