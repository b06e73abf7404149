"""The mortise view on shapes whose axis is known, on simulated bones and on real bone surfaces."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.anatomy.finder import find_ankles
from ankleviewer.core.anatomy.mortise import NoMortise, find_mortise
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume


@dataclass(frozen=True)
class Found:
    side: str = "L"
    center_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    complete: bool = True
    reason: str = ""


def shapes(turn_deg: float = 0.0, tilt_deg: float = 0.0, top: float = 80.0, fibula: bool = True) -> Volume:
    """A left ankle of plain shapes, plafond at 0, malleoli on the x axis before it is turned outwards and tilted backwards."""
    grid = Grid.axis_aligned((80, 80, round((top + 70) / 1.5)), 1.5, (-60.0, -60.0, -70.0))
    points = grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1))
    x, y, z = np.moveaxis(points @ pose(turn_deg, tilt_deg), -1, 0)
    flare = 12 + 9 * np.exp(-np.clip(z, 0, None) / 12)
    bone = (z > 0) & (np.hypot(x, y) < flare)
    bone |= (z > -14) & (z < 8) & (((x + 24) / 7) ** 2 + (y / 9) ** 2 < 1)  # medial malleolus
    if fibula:
        bone |= (z > -22) & (((x - 28) / 6) ** 2 + ((y - 4 * np.clip(z / 30, 0, 1)) / 8) ** 2 < 1)
    bone |= (z < -3) & (z > -28) & (abs(x) < 14) & (y > -28) & (y < 24)  # talus: longer than the malleoli are apart
    bone |= (z < -32) & (z > -60) & (abs(x) < 15) & (y > -10) & (y < 45)
    hu = np.where(bone, 800, np.where((x / 45) ** 2 + (y / 60) ** 2 < 1, 40, -1000))
    hollow = (z > 25) & (np.hypot(x, y) < 8)
    return Volume(np.where(hollow, 0, hu).astype(np.int16), grid)


def pose(turn_deg: float, tilt_deg: float) -> np.ndarray:
    """Leg to patient: turned about its axis, then tilted backwards."""
    return (Rotation.from_euler("x", tilt_deg, degrees=True) * Rotation.from_euler("z", turn_deg, degrees=True)).as_matrix()


def angle(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(np.arccos(np.clip(a @ b, -1, 1))))


@pytest.mark.parametrize(("turn", "tilt"), [(0, 0), (20, 0), (-25, 8), (35, 15), (50, -12)])
def test_planes_follow_tibia_and_malleoli_however_the_leg_lies(turn: float, tilt: float) -> None:
    mortise = find_mortise(shapes(turn, tilt), Found())
    for n, tolerance in ((0, 4.0), (2, 2.5)):
        assert angle(mortise.directions[:, n], pose(turn, tilt)[:, n]) < tolerance
    assert np.linalg.det(mortise.directions) == pytest.approx(1)
    np.testing.assert_allclose(mortise.directions.T @ mortise.directions, np.eye(3), atol=1e-9)
    assert mortise.width_mm == pytest.approx(65, abs=4)
    assert mortise.confidence > 0.8
    assert np.linalg.norm(mortise.center_mm) < 12


def test_a_wrong_side_does_not_turn_the_patient_round() -> None:
    right = find_mortise(shapes(20), Found(side="R"))
    assert right.directions[0, 0] > 0 and right.directions[1, 1] > 0


def test_without_a_fibula_the_side_must_do_and_confidence_falls() -> None:
    with pytest.raises(NoMortise, match="side"):
        find_mortise(shapes(fibula=False), Found(side="unknown"))


def test_a_short_shaft_lowers_confidence_then_refuses() -> None:
    long, short = find_mortise(shapes(top=80), Found()), find_mortise(shapes(top=46), Found())
    assert short.confidence < long.confidence
    with pytest.raises(NoMortise, match=r"shaft|little"):
        find_mortise(shapes(top=24), Found())


def test_no_bone_and_no_whole_ankle_are_said() -> None:
    grid = Grid.axis_aligned((60, 60, 60), 2.0, (-60.0, -60.0, -60.0))
    with pytest.raises(NoMortise, match="tibia"):
        find_mortise(Volume(np.full(grid.shape, 40, np.int16), grid), Found())
    with pytest.raises(NoMortise, match="cut off"):
        find_mortise(shapes(), Found(complete=False, reason="the joint lies at the side of the scan and is cut off."))


def test_real_bones_turned_and_tilted_give_the_planes_turned_and_tilted(scan_leg) -> None:
    reference = find_mortise(scan_leg(), find_ankles(scan_leg())[0]).directions
    for seed, (turn, tilt, left) in enumerate([(12, 8, False), (-30, 15, True), (25, 20, False)]):
        volume = scan_leg(turn=turn, tilt=tilt, towards=110 * seed, left=left, seed=seed)
        got = find_mortise(volume, find_ankles(volume)[0]).directions
        towards = np.radians(110 * seed)
        lean = Rotation.from_rotvec(np.radians(tilt) * np.array([np.cos(towards), np.sin(towards), 0]))
        wanted = (lean * Rotation.from_euler("z", turn, degrees=True)).as_matrix() @ reference
        if left:
            wanted = np.diag([-1.0, 1.0, 1.0]) @ wanted * (-1, 1, 1)
        assert angle(got[:, 2], wanted[:, 2]) < 4
        assert angle(got[:, 0], wanted[:, 0]) < 5


def test_simulated_ankles_against_their_labels() -> None:
    pytest.importorskip("torch", reason="the simulator needs torch")
    from trainer.simulate.atlas import LABELS
    from trainer.simulate.bones import built_in
    from trainer.simulate.scan import simulate_scan
    from trainer.simulate.setting import STANDARD

    setting = replace(STANDARD, both_ankles=0.0)
    close = []
    for index in (7, 14):
        scan = simulate_scan(606, index, built_in(606, index), fractured=index % 2 == 0, spacing=1.8, setting=setting)
        (ankle,) = find_ankles(scan.volume)
        mortise = find_mortise(scan.volume, ankle)
        up = mortise.directions[:, 2]
        ends = []
        for name, low in (("tibia", -14.0), ("fibula", -20.0)):
            mm = scan.volume.grid.to_mm(np.argwhere(scan.labels == LABELS[name])) - mortise.center_mm
            height = mm @ up
            ends.append((mm - height[:, None] * up)[(height > low) & (height < 8)])
        across = ends[1].mean(axis=0) - ends[0].mean(axis=0)
        for _ in range(10):
            across /= np.linalg.norm(across)
            places = [ends[0] @ across, ends[1] @ across]
            medial = ends[0][places[0] < np.percentile(places[0], 1) + 6].mean(axis=0)
            across = ends[1][places[1] > np.percentile(places[1], 99) - 6].mean(axis=0) - medial
        across /= np.linalg.norm(across)
        close.append(angle(mortise.directions[:, 0], across * np.sign(across[0])) < 8)
    assert all(close)
