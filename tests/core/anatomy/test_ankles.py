"""Bones and locator together: who decides what, and who stands in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.anatomy.ankles import missing, together
from ankleviewer.core.anatomy.finder import CUT_ABOVE, NO_LINE, Ankle
from ankleviewer.core.anatomy.landmarks import DOME, HEEL, LATERAL, MEDIAL, NAMES, PLAFOND, Located, Peak
from ankleviewer.core.geometry import Grid

GRID = Grid.axis_aligned((150, 150, 150), 1.0, (-75.0, -75.0, -95.0))
LEFT = {PLAFOND: (0, 0, 0), DOME: (0, 0, -3), MEDIAL: (-23, -4, -14), LATERAL: (25, 8, -27), HEEL: (4, 60, -60)}


def seen(names: tuple[str, ...] = NAMES, sure: float = 0.9, at: tuple[float, float, float] = (0, 0, 0)) -> Located:
    return Located(tuple(Peak(n, tuple(np.add(LEFT[n], at)), sure) for n in names))


def bones(side: str = "unknown", at: tuple[float, float, float] = (2, 2, 2), complete: bool = True) -> Ankle:
    low, high = np.add(at, -50), np.add(at, 50)
    return Ankle(side, at, tuple(low), tuple(high), complete, "" if complete else "cut off")  # type: ignore[arg-type]


def test_the_locator_tells_side_and_middle_and_leaves_the_rest_to_the_bones() -> None:
    (found,) = together([bones("R")], [seen()], GRID)
    assert found.side == "L"
    assert found.center_mm == (0, 0, -1.5)
    assert (found.min_mm, found.max_mm) == (bones().min_mm, bones().max_mm)
    assert found.complete
    assert dict(found.landmarks)[HEEL] == (4.0, 60.0, -60.0)


def test_what_one_does_not_see_the_other_stands_in_for() -> None:
    assert together([bones("R")], [], GRID) == (bones("R"),)
    (alone,) = together([], [seen()], GRID)
    assert alone.complete
    assert alone.side == "L"
    assert np.linalg.norm(alone.center_mm) < 3
    assert together([], [seen(sure=0.4)], GRID) == (), "an unsure one needs the bones' support"


def test_a_wrong_joint_line_is_replaced() -> None:
    (found,) = together([bones(at=(0, 5, -38))], [seen()], GRID)
    assert np.linalg.norm(found.center_mm) < 3
    (kept,) = together([bones(at=(0, 5, -38))], [seen(sure=0.4)], GRID)
    assert kept.center_mm == (0, 5, -38)


def test_an_unsure_locator_decides_nothing() -> None:
    for names in (NAMES, (MEDIAL, LATERAL, DOME, HEEL)):
        (found,) = together([bones("R")], [seen(names, sure=0.2)], GRID)
        assert (found.side, found.complete, found.center_mm) == ("R", True, (2, 2, 2))


def test_surer_landmarks_tell_the_side_but_not_whether_the_ankle_is_whole() -> None:
    for names in ((PLAFOND, MEDIAL, LATERAL, HEEL), (MEDIAL, LATERAL, DOME, HEEL)):
        (found,) = together([bones("R")], [seen(names, sure=0.45)], GRID)
        assert (found.side, found.complete, found.center_mm) == ("L", True, (2, 2, 2)), "the middle needs plafond and dome"
    (found,) = together([bones("R")], [seen(sure=0.45)], GRID)
    assert (found.side, found.complete, found.center_mm) == ("L", True, (0, 0, -1.5))


def test_without_a_plafond_an_ankle_is_incomplete() -> None:
    (found,) = together([bones()], [seen((MEDIAL, LATERAL, DOME, HEEL))], GRID)
    assert not found.complete
    assert "tibia" in found.reason


def test_two_ankles_stay_two_and_come_right_first() -> None:
    wide = Grid.axis_aligned((350, 150, 150), 1.0, (-75.0, -75.0, -95.0))
    far = bones("unknown", (150, 0, 0))
    found = together([far, bones()], [seen()], wide)
    assert [a.side for a in found] == ["L", "unknown"]
    right = Located(tuple(Peak(p.name, (150 - p.mm[0], p.mm[1], p.mm[2]), 0.9) for p in seen().peaks))
    assert [a.side for a in together([far, bones()], [seen(), right], wide)] == ["R", "L"]


@pytest.mark.parametrize(
    ("names", "low", "high", "says"),
    [
        (NAMES, -95, 54, ""),
        (NAMES, -95, 8, "mm of the tibia above"),
        (NAMES, -15, 80, "talus"),
        ((PLAFOND, MEDIAL, LATERAL), -95, 54, "talus"),
        ((PLAFOND, DOME, HEEL), -95, 54, "medial malleolus and the lateral malleolus lie"),
        ((PLAFOND, DOME, HEEL, LATERAL), -95, 54, "medial malleolus lies"),
        ((DOME, HEEL, LATERAL), -95, 54, "lower end of the tibia"),
    ],
)
def test_what_is_missing_is_said(names: tuple[str, ...], low: int, high: int, says: str) -> None:
    grid = Grid.axis_aligned((150, 150, high - low), 1.0, (-75.0, -75.0, float(low)))
    reason = missing(seen(names), grid)
    assert reason.startswith(says) if not says else says in reason


def across(by: tuple[float, float, float]) -> np.ndarray:
    return Rotation.from_rotvec(by, degrees=True).as_matrix()


@pytest.mark.parametrize("turn", [(0, 0, 0), (0, 0, 45), (90, 0, 0), (-55, 0, 0), (0, 55, 0), (180, 0, 0)])
@pytest.mark.parametrize("way", [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0.7, 0.7, 0)])
def test_a_joint_at_the_side_of_the_field_of_view_is_cut_off(turn: tuple[float, float, float], way: tuple[float, ...]) -> None:
    """The same rule as of the bones, around the shaft: a leg across the scan, or a field of view that is turned, has no other."""
    rotation = across(turn)
    peaks = tuple(Peak(n, tuple(rotation @ np.multiply(LEFT[n], (1, 0, 1) if n in (MEDIAL, LATERAL) else 1)), 0.9) for n in NAMES)
    for room, said in ((20.0, "side of the scan"), (32.0, "")):
        affine = np.eye(4)
        affine[:3, 3] = GRID.affine[:3, 3]
        low, high = np.array([-75.0, -75.0, -95.0]), np.array([75.0, 75.0, 55.0])
        # the face that is nearest to the way of the leg's frame is moved to `room` mm from the joint
        for axis in range(2):
            if way[axis] > 0:
                high[axis] = room
            elif way[axis] < 0:
                low[axis] = -room
        affine[:3, 3] = low + 0.5
        matrix = np.eye(4)
        matrix[:3, :3] = rotation
        grid = Grid(tuple(int(n) for n in high - low), matrix @ affine)
        reason = missing(Located(peaks), grid)
        assert said in reason and bool(said) == bool(reason)


def test_the_way_up_may_be_a_little_wrong_in_a_scan_that_ends_just_above_the_joint() -> None:
    """Malleoli tell where the shaft points to some 20 degrees; the upper end of the scan is then none of its sides."""
    grid = Grid.axis_aligned((150, 150, 111), 1.0, (-75.0, -75.0, -95.0))
    for by in ((20, 0, 0), (-20, 0, 0), (0, 20, 0), (0, -20, 0)):
        peaks = tuple(Peak(n, tuple(across(by) @ LEFT[n]), 0.9) for n in NAMES)
        assert missing(Located(peaks), grid) == ""


def test_another_joint_of_a_leg_whose_ankle_is_certain_is_no_second_ankle() -> None:
    foot = bones("L", (10, 20, -62), complete=False)  # farther off than one ankle is wide, but below it
    assert len(together([bones("L"), foot], [seen()], GRID)) == 1
    assert len(together([bones("L"), foot], [seen(sure=0.4)], GRID)) == 2, "an unsure locator does not outvote the bones"
    other = bones("R", (-110, 5, -20))
    assert [a.side for a in together([bones("L"), other], [seen()], GRID)] == ["R", "L"]


def test_two_ankles_never_have_one_side() -> None:
    """The bones took left for right; the locator saw one of the two."""
    found = together([bones("R", (2, 2, 2)), bones("L", (-110, 2, 2))], [seen()], GRID)
    assert {a.side: a.center_mm[0] for a in found} == {"L": 0, "R": -110}
    neither = together([bones("R", (2, 2, 2)), bones("R", (-110, 2, 2))], [], GRID)
    assert [a.side for a in neither] == ["unknown", "unknown"]


def test_what_is_not_believed_tells_no_side() -> None:
    """A faint ankle in the forefoot is none, and makes no second side."""
    faint = seen(NAMES, sure=0.26, at=(0, 90, -60))
    (alone,) = together([bones("L")], [seen(sure=0.9)], GRID)
    (beside,) = together([bones("L")], [seen(sure=0.9), faint], GRID)
    assert alone.side == beside.side == "L"
    vague = seen((PLAFOND, DOME, MEDIAL, LATERAL), sure=0.9)
    assert together([bones("R")], [vague], GRID)[0].side == together([bones("R")], [vague, faint], GRID)[0].side


def test_a_malleolus_that_may_be_cut_off_is_told_of_a_whole_ankle() -> None:
    assert together([bones("L")], [seen()], GRID)[0].doubt == ""
    (unseen,) = together([bones("L")], [seen((PLAFOND, DOME, MEDIAL, HEEL))], GRID)
    assert unseen.complete and "lateral malleolus was not seen" in unseen.doubt
    near = GRID.crop((0, 0, 0), (104, 150, 150))  # it ends 3.5 mm beyond the lateral one
    (cut,) = together([bones("L")], [seen()], near)
    assert cut.complete and "lateral malleolus lies at the end" in cut.doubt
    (unsure,) = together([bones("L")], [seen((PLAFOND, DOME, MEDIAL, HEEL), sure=0.4)], GRID)
    assert unsure.doubt == "", "who is unsure says nothing"
    (alone,) = together([], [seen()], near)
    assert not alone.complete or "lateral malleolus" in alone.doubt
    (incomplete,) = together([bones("L", complete=False)], [seen((PLAFOND, DOME, MEDIAL, HEEL))], GRID)
    assert not incomplete.complete and incomplete.doubt == ""


def test_nobody_is_told_to_scan_higher_up_where_a_plafond_was_seen() -> None:
    foot = replace(bones(at=(3, 3, 52), complete=False), reason=CUT_ABOVE)
    (unsure,) = together([foot], [seen(sure=0.45)], GRID)
    assert unsure.reason == NO_LINE and not unsure.complete
    (without,) = together([foot], [seen((DOME, MEDIAL, HEEL), sure=0.45)], GRID)
    assert without.reason == CUT_ABOVE
    far = replace(foot, center_mm=(70.0, 3.0, 52.0))
    assert together([far], [seen(sure=0.45)], GRID)[0].reason == CUT_ABOVE, "of the other leg"
