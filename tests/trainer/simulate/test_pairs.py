"""Pairs and the bank: round trip, determinism, cracks in view."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ankleviewer.core.assessment.preprocess import BONE, apply, normalise
from ankleviewer.core.volume import Volume
from trainer.simulate import pairs as module
from trainer.simulate.atlas import LABELS, Atlas
from trainer.simulate.bones import built_in
from trainer.simulate.pairs import NEAR_SHARE, BankOrder, Pair, fill_bank, load_pair, make_pair, pair_path, save_pair
from trainer.simulate.render import render, render_twins
from trainer.simulate.scan import grid_points, scanner_grid
from trainer.simulate.scene import draw_scene
from trainer.simulate.setting import LIFELIKE, TRAINING
from trainer.simulate.streams import stream


def test_a_pair_survives_the_disk(bank_folder: Path, atlas: Atlas) -> None:
    made = make_pair(5, 1, 32, 1.0, atlas)
    back = load_pair(pair_path(bank_folder, 1))
    np.testing.assert_array_equal(back.intact, made.intact)
    np.testing.assert_array_equal(back.crack, made.crack)
    differs = np.abs(back.fractured.astype(int) - made.fractured)
    assert differs.max() <= 4, "only changes too small to see are left out"
    assert back.meta == made.meta
    assert back.meta["body"] == atlas.name and back.meta["side"] in ("L", "R")


@pytest.mark.parametrize("left", [0, 1000])
def test_a_pair_that_a_power_failure_cut_short_is_made_again(
    bank_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    path = pair_path(tmp_path, 0)
    path.write_bytes(pair_path(bank_folder, 0).read_bytes()[:left])
    whole = load_pair(pair_path(bank_folder, 0))
    monkeypatch.setattr("trainer.simulate.pairs.make_pair", lambda *_: whole)
    assert list(fill_bank(tmp_path, BankOrder(1, 1, 24))) == [0]
    assert np.array_equal(load_pair(path).intact, whole.intact) and [p.name for p in tmp_path.iterdir()] == [path.name]


def test_without_any_change_a_pair_can_be_stored(tmp_path: Path) -> None:
    same = np.full((6, 7, 8), 40, dtype=np.int16)
    save_pair(Pair(same, same.copy(), np.zeros(same.shape, dtype=bool), {"severity": "hairline"}), tmp_path / "p.npz")
    back = load_pair(tmp_path / "p.npz")
    np.testing.assert_array_equal(back.fractured, same)
    assert not back.crack.any()
    assert [p.name for p in tmp_path.iterdir()] == ["p.npz"], "nothing temporary stays"


def test_close_ups_mostly_show_the_crack(bank_folder: Path) -> None:
    loaded = [load_pair(p) for p in sorted(bank_folder.glob("*.npz"))]
    with_crack = [p for p in loaded if p.crack.any()]
    assert len(with_crack) >= NEAR_SHARE * len(loaded) - 2
    for p in with_crack:
        change = np.abs(p.fractured.astype(int) - p.intact)
        assert change[p.crack].max() > 60
    for p in loaded:
        assert p.fractured.dtype == p.intact.dtype == np.int16 and p.fractured.shape == (32, 32, 32)
        assert p.intact.min() >= -1024 and p.intact.max() <= 3071


def test_the_crack_is_inside_near_views(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NEAR_SHARE", 1.0)
    shown = sum(bool(make_pair(11, i, 40, 1.0, atlas).crack.any()) for i in range(8))
    assert shown == 8


def test_whole_ankles_lie_about_the_joint(atlas: Atlas) -> None:
    pair = make_pair(5, 2, 40, 3.2, atlas)
    assert pair.crack.any()
    bone = np.argwhere(pair.intact > 250)
    assert (np.abs(bone.mean(axis=0) - 19.5) < 10).all()


def test_a_pair_is_what_the_viewer_makes_of_the_scan(atlas: Atlas) -> None:
    """The same scene put on the same scanner's grid and prepared as the viewer prepares it."""
    spacing, size = 3.2, 40
    pair = make_pair(5, 3, size, spacing, atlas)
    scene = draw_scene(5, 3, atlas, setting=LIFELIKE)
    grid = scanner_grid(stream(5, 3, "scanner grid"), None, None, LIFELIKE, spacing)
    with torch.no_grad():
        hu = scene.scanner.expose(render(scene, grid_points(grid), grid.spacing, False).hu, grid.spacing)
    unseen = scene.scanner.unseen(grid.shape, grid.spacing).numpy()
    volume = Volume(np.where(unseen, np.int16(-1024), hu.to(torch.int16).numpy()), grid)
    centre = np.clip(stream(5, 3, "view").normal(0.0, (5.0, 5.0, 7.0)), -15, 15)
    x, _ = apply(volume, replace(BONE, spacing_mm=spacing, size=size), centre)
    np.testing.assert_allclose(normalise(pair.intact, BONE), x[0, 0], atol=1.0 / (BONE.hi - BONE.lo))


def test_a_close_up_is_a_part_of_the_whole(atlas: Atlas) -> None:
    """Rendering only the scanner's voxels about a close-up gives the same bone as rendering them all."""
    scene = draw_scene(5, 4, atlas)
    grid = scanner_grid(stream(5, 4, "scanner grid"), None, None, TRAINING, 2.0)
    middle = np.array([4.0, 2.0, 6.0])
    part = module._part(grid, middle, 50.0)
    low = np.rint(grid.to_voxel(part.to_mm((0, 0, 0)))).astype(int)
    np.testing.assert_allclose(grid.to_mm(low), part.to_mm((0, 0, 0)), atol=1e-6)
    box = tuple(slice(a, a + n) for a, n in zip(low, part.shape, strict=True))
    with torch.no_grad():
        whole, close = (render(scene, grid_points(g), g.spacing, True) for g in (grid, part))
    assert float((whole.labels[box] != close.labels).float().mean()) < 2e-3


@pytest.mark.parametrize("index", [1, 2])
def test_twins_rendered_together_are_those_rendered_alone(atlas: Atlas, index: int) -> None:
    scene = draw_scene(5, index, atlas)
    grid = scanner_grid(stream(5, index, "scanner grid"), None, factor=3.0)
    points = grid_points(grid)
    with torch.no_grad():
        together = render_twins(scene, points, grid.spacing)
        alone = render(scene, points, grid.spacing, True), render(scene, points, grid.spacing, False)
    for one, two in zip(together, alone, strict=True):
        assert torch.equal(one.hu, two.hu) and torch.equal(one.labels, two.labels)
        assert len(one.cracks) == len(two.cracks)
    assert not torch.equal(together[0].hu, together[1].hu)


def test_some_pairs_of_a_bank_show_whole_ankles() -> None:
    order = BankOrder(1, 8, size=72, whole_every=4)
    assert [order.size_of(i) for i in range(6)] == [128, 72, 72, 72, 128, 72]
    assert {BankOrder(1, 8, size=72).size_of(i) for i in range(6)} == {72}
    assert BankOrder(1, 8, size=20, whole_every=2, spacing=3.2).size_of(0) == 40
    assert BankOrder(1, 8, size=72, whole_every=2, spacing=0.75).size_of(0) == 192, "the viewer's cube of 144 mm"


def test_finer_voxels_are_of_the_same_scanner(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below 1 mm the cube is sampled more densely; a finer scanner would be another world than the viewer's."""
    factors = []
    real = module.scanner_grid
    monkeypatch.setattr(module, "scanner_grid", lambda *a: factors.append(a[4]) or real(*a))
    for spacing in (0.75, 1.0, 2.0):
        make_pair(5, 3, 24, spacing, atlas)
    assert factors == [1.0, 1.0, 2.0]


def test_a_bank_is_filled_once(tmp_path: Path, atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "body", lambda seed, number: atlas)
    assert list(fill_bank(tmp_path, BankOrder(5, 3, 24))) == [0, 1, 2]
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    monkeypatch.setattr(module, "make_pair", lambda *a: pytest.fail("made again"))
    assert list(fill_bank(tmp_path, BankOrder(5, 3, 24))) == [0, 1, 2]
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_lifelike_close_ups_look_at_any_bone_wherever_the_foot_points() -> None:
    foot = built_in(5, 0, LIFELIKE)
    rng, looked = stream(5, 0, "view"), Counter()
    for index in range(12):
        scene = draw_scene(5, index, foot, setting=LIFELIKE)
        for _ in range(8):
            place = torch.tensor(module._in_bone(rng, scene), dtype=torch.float32)
            assert float(place.abs().max()) < 72.0
            here = render(scene, place.reshape(1, 1, 1, 3).expand(2, 2, 2, 3).contiguous(), (1.0, 1.0, 1.0), False)
            looked.update(here.labels.unique().tolist())
    assert {LABELS[name] for name in ("cuneiforms", "metatarsals", "cuboid", "tibia", "talus")} <= set(looked)
    assert looked[0] < 0.2 * looked.total(), "hardly ever beside the bone: the smooth deformation is left out"
