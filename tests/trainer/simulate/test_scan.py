"""Whole scans and their truth."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.simulate.atlas import LABELS, Atlas
from trainer.simulate.scan import SimulatedScan, scanner_grid, simulate_scan
from trainer.simulate.streams import stream


@pytest.fixture(scope="module")
def scan(atlas: Atlas) -> SimulatedScan:
    return simulate_scan(5, 4, atlas, fractured=True, injury="bimalleolar", severity="displaced", spacing=2.0)


def test_boxes_hold_masks_and_centres(scan: SimulatedScan) -> None:
    assert scan.truth["label"] == 1 and scan.truth["type"] == "bimalleolar" and scan.truth["severity"] == "displaced"
    assert [f["bone"] for f in scan.truth["fractures"]].count("tibia") == 1 and len(scan.truth["fractures"]) == 2
    for fracture in scan.truth["fractures"]:
        where = np.argwhere(scan.mask == fracture["mask"])
        assert len(where) >= 8
        mm = scan.volume.grid.to_mm(where)
        low, high, centre = (np.asarray(fracture[k]) for k in ("min_mm", "max_mm", "center_mm"))
        assert (mm >= low).all() and (mm <= high).all()
        np.testing.assert_allclose(mm.min(axis=0) - low, 1.0, atol=2e-3)
        np.testing.assert_allclose(mm.mean(axis=0), centre, atol=2e-3)
        assert (low < centre).all() and (centre < high).all()
        assert fracture["gap_mm"] > 0
    assert int(scan.mask.max()) == len(scan.truth["fractures"])


def test_masks_lie_on_the_named_bone(atlas: Atlas, scan: SimulatedScan) -> None:
    whole = simulate_scan(5, 4, atlas, fractured=False, injury="bimalleolar", severity="displaced", spacing=2.0)
    for fracture in scan.truth["fractures"]:
        labels = whole.labels[scan.mask == fracture["mask"]]
        assert (labels == LABELS[fracture["bone"]]).mean() > 0.85


def test_the_twin_has_no_fracture_and_all_the_rest(atlas: Atlas, scan: SimulatedScan) -> None:
    whole = simulate_scan(5, 4, atlas, fractured=False, injury="bimalleolar", severity="displaced", spacing=2.0)
    assert whole.truth["label"] == 0 and whole.truth["fractures"] == [] and whole.truth["severity"] == "none"
    assert whole.truth["type"] == "none" and not whole.mask.any()
    for key in ("side", "confounders", "patient"):
        assert whole.truth[key] == scan.truth[key]
    np.testing.assert_array_equal(whole.volume.grid.affine, scan.volume.grid.affine)
    far = np.ones(scan.mask.shape, dtype=bool)
    for fracture in scan.truth["fractures"]:
        low = scan.volume.grid.to_voxel(np.asarray(fracture["min_mm"]) - 30).astype(int).clip(0)
        high = scan.volume.grid.to_voxel(np.asarray(fracture["max_mm"]) + 30).astype(int).clip(0)
        far[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = False
    change = np.abs(scan.volume.hu.astype(int) - whole.volume.hu)
    assert far.sum() > 1000
    assert change[far].max() <= 25, "far from the fracture twins differ by a whisper of beam hardening at most"
    assert change.max() > 200


def test_the_same_numbers_give_the_same_scan(atlas: Atlas, scan: SimulatedScan) -> None:
    again = simulate_scan(5, 4, atlas, fractured=True, injury="bimalleolar", severity="displaced", spacing=2.0)
    np.testing.assert_array_equal(again.volume.hu, scan.volume.hu)
    np.testing.assert_array_equal(again.mask, scan.mask)
    assert again.truth == scan.truth


def test_right_ankles_carry_mirrored_truth(atlas: Atlas) -> None:
    """The medial malleolus lies away from the fibula, and the fibula on the outer side of the foot."""
    met = set()
    for index in range(12):
        found = simulate_scan(8, index, atlas, fractured=True, injury="medial malleolus", severity="moderate", spacing=3.0)
        if not found.truth["fractures"]:
            continue
        bones = {n: found.volume.grid.to_mm(np.argwhere(found.labels == LABELS[n])).mean(axis=0) for n in ("tibia", "fibula")}
        centre = np.asarray(found.truth["fractures"][0]["center_mm"])
        lateral = (bones["fibula"] - bones["tibia"])[:2]
        assert (centre - bones["tibia"])[:2] @ lateral < 0, "away from the fibula, on either side"
        heel = found.volume.grid.to_mm(np.argwhere(found.labels == LABELS["calcaneus"])).mean(axis=0)[:2]
        toe = found.volume.grid.to_mm(np.argwhere(found.labels == LABELS["navicular"])).mean(axis=0)[:2]
        forward = toe - heel
        turn = forward[0] * lateral[1] - forward[1] * lateral[0]  # > 0: the fibula lies to the patient's left of the foot
        assert bool(turn > 0) is (found.truth["side"] == "L")
        met.add(found.truth["side"])
    assert met == {"L", "R"}


def test_grids_cover_the_ankle() -> None:
    fixed = scanner_grid(stream(1, 0, "g"), 2.0, 120.0)
    assert fixed.shape == (60, 60, 60) and fixed.spacing == pytest.approx((2.0, 2.0, 2.0))
    for i in range(20):
        grid = scanner_grid(stream(1, i, "g"), None)
        assert 0.49 <= grid.spacing[0] <= 1.01 and 0.49 <= grid.spacing[2] <= 2.01
        low, high = grid.bounds_mm()
        assert (np.asarray(low) < -25).all() and (np.asarray(high) > 25).all()
