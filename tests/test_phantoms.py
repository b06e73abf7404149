"""Phantoms: bones of a folder become scans with twins, masks and a table; each camera shows what lies before it."""

from __future__ import annotations

import csv
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from benchmarks import phantoms
from benchmarks.phantoms import CHAINS, SITES, Camera, break_bone, make, make_body, paint, projected
from trainer.scans.manifest import read_manifest


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies of a fortieth of the voxels, projected from fewer sides."""
    monkeypatch.setattr(phantoms, "FINE_MM", 2.0)
    monkeypatch.setattr(phantoms, "VIEWS", 30)


def test_every_site_breaks_its_bone_and_nothing_else(bones: Path, small: None) -> None:
    body = make_body(bones, 1, 0)
    assert body.side == "L" and set(body.bones) == {"tibia", "fibula", "talus", "calcaneus"}
    whole = paint(body, np.random.default_rng(0))
    moved = 0
    for site in SITES:
        broken, crack = break_bone(body, whole, site, "displaced", np.random.default_rng(5))
        assert crack.any() and not (crack & ~body.bones[site.bone]).any()
        # a displaced piece may lie where blood or soft tissue was, never in another bone
        others = np.logical_or.reduce([mask for name, mask in body.bones.items() if name != site.bone])
        assert np.array_equal(broken[others & ~body.bones[site.bone]], whole[others & ~body.bones[site.bone]])
        moved += bool((broken != whole).sum() > crack.sum())
    assert moved >= len(SITES) - 1, "at the very tip of a bone nothing is left to move"


def test_a_hairline_moves_nothing(bones: Path, small: None) -> None:
    body = make_body(bones, 1, 0)
    whole = paint(body, np.random.default_rng(0))
    broken, crack = break_bone(body, whole, SITES[0], "hairline", np.random.default_rng(5))
    assert np.array_equal(broken[~crack], whole[~crack]) and (broken[crack] == phantoms.BLOOD_HU).all()


def test_projections_give_back_what_was_projected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phantoms, "VIEWS", 180)
    x, y = np.meshgrid(np.arange(96) - 47.5, np.arange(96) - 47.5, indexing="ij")
    hu = np.where(np.hypot(x, y) < 40, 0.0, -1000.0)
    hu[np.hypot(x - 10, y) < 8] = 900
    seen = projected(hu[:, :, None].astype(np.float32), 0.7, np.random.default_rng(1))[:, :, 0]
    water = (np.hypot(x, y) < 35) & (np.hypot(x - 10, y) > 12)
    assert abs(float(seen[water].mean())) < 80 and float(seen[water].std()) > 1
    assert 600 < float(seen[np.hypot(x - 10, y) < 5].mean()) < 1000
    assert float(seen[np.hypot(x, y) > 44].mean()) < -850


@pytest.mark.parametrize("chain", CHAINS)
def test_a_set_is_one_that_evaluation_reads(bones: Path, small: None, tmp_path: Path, chain: str) -> None:
    assert len(list(make(bones, tmp_path / "set", chain, 2, 3))) == 1
    made = {p: p.stat().st_mtime_ns for p in (tmp_path / "set" / "scans").iterdir()}
    list(make(bones, tmp_path / "set", chain, 2, 3))
    assert made == {p: p.stat().st_mtime_ns for p in (tmp_path / "set" / "scans").iterdir()}, "what is there stays"
    assert all(f"phantom-{chain}-" in p.name for p in made), "one chain's scans are never taken for another's"
    rows = list(csv.DictReader((tmp_path / "set" / "manifest.csv").read_text(encoding="utf-8").splitlines()))
    assert [(r["label"], bool(r["mask"]), r["severity"]) for r in rows] == [("1", True, "hairline"), ("0", False, "none")]
    assert [row.label for row in read_manifest(tmp_path / "set" / "manifest.csv")] == [1, 0]
    broken, whole, mask = (nib.load(tmp_path / "set" / p) for p in (rows[0]["path"], rows[1]["path"], rows[0]["mask"]))
    assert broken.shape == whole.shape == mask.shape and np.array_equal(broken.affine, mask.affine)
    cracked = mask.get_fdata() > 0
    change = np.abs(broken.get_fdata() - whole.get_fdata())
    assert cracked.any() and change[cracked].mean() > 3 * change[~cracked].mean()


def test_a_camera_shows_twins_through_the_same_noise() -> None:
    hu = np.full((40, 40, 12), 50, dtype=np.float32)
    other = hu.copy()
    other[20:, 20:, 6:] = 500
    for chain in ("plain", "sharp"):
        camera = Camera(chain, (0.7, 0.7, 1.0), 9)
        one, spacing = camera.see(hu)
        two, same = camera.see(other)
        assert spacing == same and one.std() > 1
        assert np.allclose(one[:10, :10, :2], two[:10, :10, :2], atol=1e-3)
