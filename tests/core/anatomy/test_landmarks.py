"""Landmarks become ankles: sides, groups, peaks."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from ankleviewer.core.anatomy.boneshape import coarsen
from ankleviewer.core.anatomy.landmarks import (
    CELL,
    DOME,
    HEEL,
    INPUT_MM,
    LATERAL,
    MEDIAL,
    MULTIPLE,
    NAMES,
    PLAFOND,
    Located,
    Peak,
    agree_on_sides,
    ankles_of,
    locator_input,
    peaks,
)
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume

# a left ankle upright: x to the left (lateral), y backwards, z up
LEFT = {PLAFOND: (0, 0, 0), DOME: (0, 0, -3), MEDIAL: (-23, -4, -14), LATERAL: (25, 8, -27), HEEL: (4, 60, -60)}


def ankle(offset: tuple[float, float, float] = (0, 0, 0), mirrored: bool = False, names: tuple[str, ...] = NAMES) -> list[Peak]:
    sign = np.array([-1.0 if mirrored else 1.0, 1, 1])
    return [Peak(n, tuple(np.asarray(LEFT[n]) * sign + offset), 0.9) for n in names]


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_side_is_told_in_any_position(mirrored: bool) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        turn = turn * np.sign(np.linalg.det(turn))  # a rotation, never a mirror
        shown = tuple(Peak(p.name, tuple(turn @ np.asarray(p.mm) + 300), p.confidence) for p in ankle(mirrored=mirrored))
        assert Located(shown).side == ("R" if mirrored else "L")


@pytest.mark.parametrize("lost", [(), (PLAFOND,), (DOME,)])
def test_the_side_needs_malleoli_heel_and_joint(lost: tuple[str, ...]) -> None:
    names = tuple(n for n in NAMES if n not in lost)
    assert Located(tuple(ankle(names=names))).side == "L"
    assert Located(tuple(ankle(names=names, mirrored=True))).side == "R"


@pytest.mark.parametrize("lost", [(HEEL,), (LATERAL,), (MEDIAL,), (PLAFOND, DOME)])
def test_too_little_to_tell_a_side(lost: tuple[str, ...]) -> None:
    assert Located(tuple(ankle(names=tuple(n for n in NAMES if n not in lost)))).side == "unknown"


def test_two_ankles_are_kept_apart_however_close_and_however_listed() -> None:
    # the heels lie 60 mm apart, nearer to the other foot's malleolus than to some of their own landmarks
    both = ankle((40, 0, 0)) + ankle((-40, 0, 0), mirrored=True)
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(both))
        found = ankles_of(tuple(both[i] for i in order))
        assert len(found) == 2
        assert {a.side for a in found} == {"L", "R"}
        for a in found:
            xs = [np.sign(p.mm[0]) for p in a.peaks if p.name != MEDIAL]
            assert len(set(xs)) == 1, "every landmark belongs to the ankle on its own side"


def test_an_ankle_needs_three_landmarks_and_a_joint() -> None:
    assert ankles_of(tuple(ankle(names=(DOME, HEEL)))) == ()
    assert ankles_of(tuple(ankle(names=(MEDIAL, LATERAL, HEEL)))) == ()
    assert len(ankles_of(tuple(ankle(names=(PLAFOND, LATERAL, MEDIAL))))) == 1


def test_a_landmark_too_far_away_is_no_part() -> None:
    far = (*ankle(names=(PLAFOND, DOME, MEDIAL, LATERAL)), Peak(HEEL, (4.0, 160.0, -60.0), 0.99))
    (found,) = ankles_of(far)
    assert found.missing == (HEEL,)


def test_of_two_ankles_of_one_side_the_surer_decides() -> None:
    unsure = Located(tuple(ankle((100, 0, 0), names=(PLAFOND, DOME, MEDIAL))))
    sure = Located(tuple(ankle()))
    assert agree_on_sides((unsure, sure)) == ("R", "L")
    assert agree_on_sides((sure,)) == ("L",)
    assert agree_on_sides((unsure,)) == ("unknown",)
    # known goes before clear: this heel is unsure, though the frame that it makes is the clearer one
    raised = tuple(replace(p, mm=(4.0, 60.0, -20.0), confidence=0.2) if p.name == HEEL else p for p in ankle())
    vague = Located(tuple(replace(p, mm=(100 - p.mm[0], *p.mm[1:])) for p in raised))
    assert sure.side == "L" and vague.side == "unknown" and vague.turn < -abs(sure.turn)
    assert agree_on_sides((vague, sure)) == ("R", "L")


def test_peaks_are_placed_between_cells() -> None:
    grid = Grid.axis_aligned((64, 48, 32), INPUT_MM, (-10.0, 5.0, 7.0))
    heat = np.zeros((5, 32, 24, 16), dtype=np.float32)
    shift = np.zeros((15, 32, 24, 16), dtype=np.float32)
    heat[3, 10, 11, 12] = 0.8
    heat[3, 11, 11, 12] = 0.7  # its neighbour is no second one
    heat[1, 2, 20, 3] = 0.1  # not sure enough
    shift[9:12, 10, 11, 12] = 0.25, -0.5, 0.0
    (found,) = peaks(heat, shift, grid)
    assert found.name == DOME
    assert found.confidence == pytest.approx(0.8)
    voxel = CELL * np.array([10.25, 10.5, 12.0]) + 0.5
    np.testing.assert_allclose(found.mm, grid.to_mm(voxel))


def test_one_landmark_is_not_seen_twice_beside_itself() -> None:
    grid = Grid.axis_aligned((64, 64, 64), INPUT_MM, (0.0, 0.0, 0.0))
    heat = np.zeros((5, 32, 32, 32), dtype=np.float32)
    heat[0, 10, 10, 10], heat[0, 12, 10, 10], heat[0, 25, 10, 10] = 0.9, 0.8, 0.7
    found = peaks(heat, np.zeros((15, 32, 32, 32), dtype=np.float32), grid)
    assert [round(p.confidence, 1) for p in found] == [0.9, 0.7]


def test_a_scan_of_any_orientation_gives_the_same_input() -> None:
    rng = np.random.default_rng(3)
    hu = rng.normal(100, 300, (40, 48, 36)).astype(np.int16)
    affine = np.diag([2.0, 2.0, 3.0, 1.0])
    reference, grid = locator_input(coarsen(Volume(hu, Grid(hu.shape, affine))))
    assert all(n % MULTIPLE == 0 for n in reference.shape)
    assert reference.min() >= 0
    assert reference.max() <= 1
    for order in itertools.permutations(range(3)):
        turned = np.ascontiguousarray(np.flip(hu, 0).transpose(order))
        matrix = np.eye(4)
        flipped = affine.copy()
        flipped[:3, 0] *= -1
        flipped[:3, 3] += affine[:3, 0] * (hu.shape[0] - 1)
        matrix[:3, :3] = flipped[:3, :3][:, order]
        matrix[:3, 3] = flipped[:3, 3]
        same, same_grid = locator_input(coarsen(Volume(turned, Grid(turned.shape, matrix))))
        np.testing.assert_allclose(same_grid.affine, grid.affine, atol=1e-9)
        np.testing.assert_allclose(same, reference, atol=1e-5)
