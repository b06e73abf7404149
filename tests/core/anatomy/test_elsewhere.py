"""Bone of another leg than those whose ankle was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from ankleviewer.core.anatomy.boneshape import Coarse, coarsen
from ankleviewer.core.anatomy.elsewhere import FLESH_HU, beside, bone_elsewhere, not_found, of_landmarks, without
from ankleviewer.core.anatomy.finder import Ankle, Side
from ankleviewer.core.anatomy.landmarks import DOME, PLAFOND, Located, Peak
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume

GRID = Grid.axis_aligned((160, 100, 100), 2.0, (-160.0, -100.0, -100.0))


def ankle(x: float = -90.0, side: Side = "R") -> Ankle:
    return Ankle(side, (x, 0.0, 0.0), (x - 30, -50.0, -60.0), (x + 30, 50.0, 60.0), True, "")


def seen(x: float, confidence: float = 0.3) -> Located:
    return Located((Peak(PLAFOND, (x, 0.0, 1.0), confidence), Peak(DOME, (x, 0.0, -1.0), confidence)))


def scan(*bones: tuple[Sequence[float], Sequence[float]]) -> Coarse:
    """Blocks of bone in air, each with middle and size in mm."""
    mm = GRID.to_mm(np.stack(np.meshgrid(*map(np.arange, GRID.shape), indexing="ij"), axis=-1))
    hu = np.full(GRID.shape, -1000, np.int16)
    for middle, size in bones:
        hu[(np.abs(mm - middle) <= np.asarray(size) / 2).all(axis=-1)] = 700
    return coarsen(Volume(hu, GRID))


OWN = ((-90.0, 0.0, 0.0), (30.0, 30.0, 120.0))
OTHER = ((90.0, 0.0, 0.0), (30.0, 120.0, 30.0))


def test_the_bone_of_another_leg_is_all_that_is_left() -> None:
    coarse = scan(OWN, OTHER)
    rest = bone_elsewhere(coarse, [ankle()])
    assert rest is not None
    x = coarse.grid.to_mm(np.argwhere(rest.bone))[:, 0]
    assert x.min() > 60 and rest.bone.sum() == coarse.bone.sum() // 2, "whole, and only that"
    own = coarse.bone & ~rest.bone
    assert (rest.hu[own] == FLESH_HU).all()
    assert np.array_equal(rest.hu[~own], coarse.hu[~own])
    assert (coarse.hu[own] == 700).all(), "the scan itself stays"


def test_there_is_none_where_both_legs_have_their_ankle() -> None:
    assert bone_elsewhere(scan(OWN, OTHER), [ankle(), ankle(90.0, "L")]) is None
    assert bone_elsewhere(scan(OWN), [ankle()]) is None
    assert bone_elsewhere(scan(), [ankle()]) is None


@pytest.mark.parametrize(
    ("middle", "size"),
    [
        ((-90.0, 0.0, 85.0), (34.0, 34.0, 30.0)),  # a knee above the ankle
        ((90.0, 0.0, 0.0), (30.0, 30.0, 30.0)),  # a toe, a part of a splint
        ((-50.0, 0.0, 0.0), (30.0, 80.0, 30.0)),  # it reaches the ankle
    ],
)
def test_what_is_small_or_of_the_same_leg_is_no_other_leg(middle: Sequence[float], size: Sequence[float]) -> None:
    assert bone_elsewhere(scan(OWN, (middle, size)), [ankle()]) is None


def test_bone_along_the_shaft_of_a_leg_that_lies_across_is_its_own() -> None:
    across = replace(ankle(-90.0), up=(1.0, 0.0, 0.0))
    knee = ((70.0, 0.0, 0.0), (80.0, 30.0, 30.0))
    assert bone_elsewhere(scan(OWN, knee), [across]) is None
    assert bone_elsewhere(scan(OWN, knee), [ankle()]) is not None


def test_ankles_of_other_legs_stand_beside_the_first() -> None:
    assert beside([ankle()], [ankle(90.0, "L")]) == (ankle(), ankle(90.0, "L"))
    assert beside([ankle(-90.0, "L")], [ankle(90.0, "R")]) == (ankle(90.0, "R"), ankle(-90.0, "L")), "right first"
    assert beside([ankle()], [ankle(-60.0)]) == (ankle(),), "that is the same one"
    assert [a.side for a in beside([ankle()], [ankle(90.0)])] == ["unknown", "unknown"], "two of one side cannot be"
    assert beside([ankle()], []) == (ankle(),)


def test_an_ankle_that_was_seen_and_not_found_is_told() -> None:
    (finding,) = not_found([ankle()], [], [seen(90.0)])
    assert (finding.level, finding.code) == ("caveat", "ANKLE_UNSURE") and "was not assessed" in finding.message
    assert not_found([ankle(), ankle(95.0)], [ankle(95.0)], [seen(90.0)]) == []
    assert not_found([ankle()], [], []) == []


def test_an_ankle_that_only_the_bones_of_another_leg_show_is_doubtful() -> None:
    (finding,) = not_found([ankle(), ankle(120.0)], [ankle(120.0)], [seen(90.0)])
    assert (finding.level, finding.code) == ("caveat", "ANKLE_UNSURE") and "is uncertain" in finding.message
    (again,) = not_found([ankle(), ankle(90.0)], [ankle(90.0)], [])
    assert again.message == finding.message
    assert not_found([ankle(), replace(ankle(90.0), complete=False)], [replace(ankle(90.0), complete=False)], []) == []


def test_ankles_are_known_by_their_landmarks() -> None:
    first = replace(ankle(), landmarks=tuple((p.name, p.mm) for p in seen(-90.0).peaks))
    assert of_landmarks([first, ankle(90.0)], [seen(-90.0)]) == (first,)
    assert of_landmarks([first, ankle(90.0)], []) == ()


def test_bone_turns_to_flesh() -> None:
    coarse = scan(OWN)
    gone = without(coarse, coarse.bone)
    assert not gone.bone.any() and (gone.hu[coarse.bone] == FLESH_HU).all() and coarse.bone.any()
