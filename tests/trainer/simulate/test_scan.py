"""Whole scans and their truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ankleviewer.core.geometry import Grid
from ankleviewer.io.nifti import write_nifti
from ankleviewer.io.reader import open_scan
from trainer.scans.write_dicom import write_series
from trainer.simulate.atlas import LABELS, Atlas
from trainer.simulate.fracture import SEVERITIES
from trainer.simulate.render import OTHER_LEG
from trainer.simulate.scan import SimulatedScan, scan_scene, scanner_grid, simulate_scan
from trainer.simulate.scene import draw_scene
from trainer.simulate.setting import STANDARD
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


@pytest.mark.parametrize("side", ["L", "R"])
def test_mirrored_scans_give_mirrored_truth(atlas: Atlas, side: str) -> None:
    """The same ankle in a mirror, on the mirrored grid: left becomes right, x changes its sign, and nothing else changes."""
    scene = next(s for s in (draw_scene(8, i, atlas, "bimalleolar", "displaced") for i in range(20)) if s.side == side)
    scene = replace(scene, warp=torch.zeros_like(scene.warp), soft=replace(scene.soft, table=None), other=None)
    flip = torch.diag(torch.tensor([-1.0, 1.0, 1.0]))
    mirrored = replace(scene, pose=replace(scene.pose, matrix=scene.pose.matrix @ flip), side="R" if side == "L" else "L")
    grid = Grid.axis_aligned((61, 61, 61), 2.0, (-60.0, -60.0, -50.0))
    one, two = (scan_scene(s, grid, True) for s in (scene, mirrored))
    assert one.truth["side"] == side != two.truth["side"]
    np.testing.assert_array_equal(one.mask[::-1], two.mask)
    np.testing.assert_array_equal(one.labels[::-1], two.labels)
    assert len(one.truth["fractures"]) == 2
    for a, b in zip(one.truth["fractures"], two.truth["fractures"], strict=True):
        assert {k: a[k] for k in ("type", "bone", "gap_mm", "displacement_mm")} == {
            k: b[k] for k in ("type", "bone", "gap_mm", "displacement_mm")
        }
        np.testing.assert_allclose(np.multiply(a["center_mm"], (-1, 1, 1)), b["center_mm"], atol=2e-3)
        np.testing.assert_allclose([-a["max_mm"][0], *a["min_mm"][1:]], b["min_mm"], atol=2e-3)


@pytest.mark.parametrize("file_format", ["nifti", "dicom"])
def test_positions_survive_the_files(scan: SimulatedScan, tmp_path: Path, file_format: str) -> None:
    """What the truth says in mm is found at the same mm in the scan as the viewer reads it."""
    if file_format == "dicom":
        path = tmp_path / "scan"
        write_series(scan.volume, path, "scan", 50)
    else:
        path = tmp_path / "scan.nii.gz"
        write_nifti(scan.volume, None, path)
    read = open_scan(path).volume
    write_nifti(scan.mask, scan.volume.grid, tmp_path / "mask.nii.gz")
    mask = open_scan(tmp_path / "mask.nii.gz").volume
    for fracture in scan.truth["fractures"]:
        where = mask.grid.to_mm(np.argwhere(mask.hu == fracture["mask"]))
        np.testing.assert_allclose(where.mean(axis=0), fracture["center_mm"], atol=0.01)
        at = np.rint(read.grid.to_voxel(where)).astype(int)
        back = np.rint(scan.volume.grid.to_voxel(where)).astype(int)
        np.testing.assert_array_equal(read.hu[tuple(at.T)], scan.volume.hu[tuple(back.T)])


def test_padding_is_what_scanners_write_and_holds_no_truth(atlas: Atlas) -> None:
    scene = draw_scene(5, 4, atlas, "bimalleolar", "displaced")
    padded = replace(scene, scanner=replace(scene.scanner, circle=0.5, padding_hu=-2000))
    grid = Grid.axis_aligned((41, 41, 41), 3.0, (-60.0, -60.0, -55.0))
    plain, seen = (scan_scene(s, grid, True) for s in (replace(scene, scanner=replace(scene.scanner, circle=0.0)), padded))
    outside = seen.volume.hu == -2000
    assert 0.7 < outside.mean() < 0.9 and outside[0, 0].all() and not outside[20, 20].any()
    assert not seen.mask[outside].any() and not seen.labels[outside].any()
    np.testing.assert_array_equal(seen.volume.hu[~outside], plain.volume.hu[~outside])


def test_truth_names_both_ankles_and_states_severity_as_a_number(atlas: Atlas) -> None:
    both = simulate_scan(
        5,
        3,
        atlas,
        fractured=True,
        injury="weber-b",
        severity="displaced",
        setting=replace(STANDARD, both_ankles=1.0, most_voxels=3e5),
    )
    assert len(both.truth["ankles"]) == 2 and both.truth["ankles"][0]["side"] == both.truth["side"]
    assert {a["side"] for a in both.truth["ankles"]} == {"L", "R"}
    assert set(np.unique(both.labels)) >= {LABELS["tibia"], LABELS["tibia"] + OTHER_LEG}
    amounts = {}
    for severity in SEVERITIES:
        found = simulate_scan(5, 4, atlas, fractured=True, injury="weber-b", severity=severity, spacing=3.0)
        amounts[severity] = found.truth["displacement_mm"]
        assert found.truth["displacement_mm"] == max(f["displacement_mm"] for f in found.truth["fractures"])
    assert amounts["hairline"] < amounts["moderate"] < amounts["displaced"]


def test_fine_voxels_get_thicker_slices() -> None:
    fine = replace(STANDARD, plane_mm=((0.3, 0.31),), slice_mm=(0.3, 3.0), most_voxels=2e6)
    for i in range(5):
        grid = scanner_grid(stream(1, i, "g"), None, None, fine)
        assert np.prod(grid.shape) < 1.2 * 2e6 and grid.spacing[2] > 2 * grid.spacing[0]
        assert grid.spacing[2] <= 3.0 + 1e-9


def test_grids_cover_the_ankle() -> None:
    fixed = scanner_grid(stream(1, 0, "g"), 2.0, 120.0)
    assert fixed.shape == (60, 60, 60) and fixed.spacing == pytest.approx((2.0, 2.0, 2.0))
    for i in range(20):
        grid = scanner_grid(stream(1, i, "g"), None)
        assert 0.49 <= grid.spacing[0] <= 1.01 and 0.49 <= grid.spacing[2] <= 2.21
        low, high = grid.bounds_mm()
        assert (np.asarray(low) < -25).all() and (np.asarray(high) > 25).all()
