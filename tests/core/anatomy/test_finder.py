from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.anatomy import finder as module
from ankleviewer.core.anatomy.finder import find_ankles
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume

TOLERANCE_MM = 10.0
CASES = 40


def case(seed: int) -> dict:
    rng = np.random.default_rng(seed)
    thick = 3.0 if rng.random() < 0.25 else None
    return {
        "flexed": float(rng.choice([0, 35])),
        "turn": rng.uniform(0, 360),
        "tilt": rng.uniform(0, 30),
        "towards": rng.uniform(0, 360),
        "left": bool(rng.random() < 0.5),
        "above": float(rng.choice([8, 20, 40, 90])),
        "below": float(rng.choice([35, 60, 100])),
        "width": float(rng.choice([130, 160, 250])),
        "spacing": float(rng.choice([1.5, 2.0, 2.5])),
        "thick": thick,
        "blur": 1.0 if thick else 0.0,
        "noise": float(rng.choice([10, 40])),
        "bone": float(rng.choice([1, 0.7, 0.5])),
        "shift": tuple(rng.uniform(-12, 12, 2)),
        "cast": bool(rng.random() < 0.2),
        "table": bool(rng.random() < 0.4),
        "seed": seed,
    }


def test_turned_tilted_mirrored_cropped_and_weak_ankles_are_found(scan_leg):
    placed, complete, whole, sides, seen = [], [], 0, [], 0
    for seed in range(CASES):
        options = case(seed)
        ankles = find_ankles(scan_leg(**options))
        contained = options["above"] >= 15
        complete.append(any(a.complete for a in ankles) == contained)
        if contained:
            whole += 1
            placed.append(len(ankles) == 1 and np.linalg.norm(ankles[0].center_mm) < TOLERANCE_MM)
            if options["below"] > 50 and options["tilt"] < 25:
                seen += 1
                sides.append(len(ankles) == 1 and ankles[0].side == ("L" if options["left"] else "R"))
    print(f"placed {sum(placed)}/{whole}, completeness {sum(complete)}/{CASES}, side {sum(sides)}/{seen}")
    assert np.mean(placed) >= 0.95
    assert np.mean(complete) >= 0.95
    assert np.mean(sides) >= 0.90


@pytest.mark.parametrize("left", [False, True])
def test_side_does_not_depend_on_how_the_leg_is_turned(scan_leg, left):
    for turn in (0, 90, 180, 270):
        (ankle,) = find_ankles(scan_leg(turn=turn, left=left, width=260, spacing=2, towards=30, tilt=10))
        assert ankle.side == ("L" if left else "R")
        assert ankle.complete
        assert ankle.reason == ""


def test_both_legs_are_found_right_first(scan_leg):
    right = scan_leg(width=150, spacing=2, turn=-10)
    left = scan_leg(width=150, spacing=2, turn=10, left=True, seed=1)
    both = Volume(np.concatenate([right.hu, left.hu]), Grid.axis_aligned((150, 75, 105), 2.0, (0, 0, -110)))
    ankles = find_ankles(both)
    assert [a.side for a in ankles] == ["R", "L"]
    assert np.linalg.norm(np.subtract(ankles[0].center_mm, (75, 75, 0))) < TOLERANCE_MM
    assert np.linalg.norm(np.subtract(ankles[1].center_mm, (225, 75, 0))) < TOLERANCE_MM


def test_the_stored_order_of_the_axes_plays_no_part(scan_leg):
    volume = scan_leg(width=150, spacing=2, turn=20)
    (plain,) = find_ankles(volume)
    affine = volume.grid.affine[:, [2, 0, 1, 3]].copy()
    affine[:3, 3] += affine[:3, 0] * (volume.hu.shape[2] - 1)
    affine[:3, 0] *= -1
    hu = np.flip(volume.hu.transpose(2, 0, 1), 0)
    (turned,) = find_ankles(Volume(np.ascontiguousarray(hu), Grid(hu.shape, affine)))
    assert turned.side == plain.side
    assert np.allclose(turned.center_mm, plain.center_mm, atol=2)


def test_the_box_lies_around_the_joint(scan_leg):
    (ankle,) = find_ankles(scan_leg(spacing=2))
    low, centre, high = (np.array(v) for v in (ankle.min_mm, ankle.center_mm, ankle.max_mm))
    assert (low < centre).all()
    assert (centre < high).all()
    assert (high - low >= 35).all()
    assert (high - low <= 134).all()


def test_a_scan_that_ends_below_the_plafond_is_incomplete_on_both_sides(third_party):
    from ankleviewer.io.reader import open_scan

    volume = open_scan(third_party / "ct" / "vhf-foot").volume
    began = time.perf_counter()
    ankles = find_ankles(volume)
    assert time.perf_counter() - began < 3.0
    assert [(a.side, a.complete) for a in ankles] == [("R", False), ("L", False)]
    assert all("tibia" in a.reason for a in ankles)
    # The labels of that scan put the two tali here.
    assert np.linalg.norm(np.subtract(ankles[0].center_mm, (215, 283, 150))) < 25
    assert np.linalg.norm(np.subtract(ankles[1].center_mm, (292, 266, 150))) < 35


def head() -> Volume:
    grid = Grid.axis_aligned((110, 110, 70), 2.0, (-110, -110, -70))
    mm = grid.to_mm(np.argwhere(np.ones(grid.shape))).reshape(*grid.shape, 3)
    r = np.linalg.norm(mm / [75, 95, 90], axis=-1)
    hu = np.full(grid.shape, -1000)
    hu[r < 1.05] = 50
    hu[(r < 1.0) & (r > 0.92)] = 1100
    hu[r < 0.92] = 35
    return Volume(hu.astype(np.int16), grid)


def water() -> Volume:
    grid = Grid.axis_aligned((80, 80, 60), 2.0, (-80, -80, -60))
    mm = grid.to_mm(np.argwhere(np.ones(grid.shape))).reshape(*grid.shape, 3)
    return Volume(np.where(np.hypot(mm[..., 0], mm[..., 1]) < 60, 0, -1000).astype(np.int16), grid)


def rod() -> Volume:
    volume = water()
    hu = volume.hu.copy()
    hu[36:44, 36:44] = 900
    return Volume(hu, volume.grid)


@pytest.mark.parametrize("make", [head, water, rod])
def test_what_is_no_leg_has_no_ankle(make):
    assert find_ankles(make()) == ()


def test_a_real_head_has_no_ankle(third_party, tmp_path):
    import shutil

    from ankleviewer.io.reader import open_scan

    for n in range(1, 15):
        shutil.copy(third_party / "dicom" / "tilt-ge" / f"{n:02d}.dcm", tmp_path)
    assert find_ankles(open_scan(tmp_path).volume) == ()


@pytest.mark.parametrize("degrees", [0, 15, 30, 45])
def test_a_joint_at_the_side_of_a_turned_field_of_view_is_cut_off(degrees: float) -> None:
    """120 mm wide; a box around it that is not turned is wider."""
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("z", degrees, degrees=True).as_matrix() * 2.0
    grid = Grid((60, 60, 80), affine)

    def reason(x: float) -> str:
        axis = SimpleNamespace(point=grid.to_mm((x, 29.5, 40.0)))
        joint = SimpleNamespace(axis=axis, above_mm=80.0, below_mm=50.0)
        return module._missing(SimpleNamespace(grid=grid), joint)

    assert reason(2.0) == reason(9.5) == reason(57.0) == "the joint lies at the side of the scan and is cut off."
    assert reason(29.5) == reason(13.0) == ""
