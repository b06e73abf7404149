"""Pairs and the bank: round trip, determinism, cracks in view."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trainer.simulate import pairs as module
from trainer.simulate.atlas import Atlas
from trainer.simulate.pairs import NEAR_SHARE, Pair, cube, fill_bank, load_pair, make_pair, pair_path, save_pair


def test_a_pair_survives_the_disk(bank_folder: Path, atlas: Atlas) -> None:
    made = make_pair(5, 1, 32, 1.0, atlas)
    back = load_pair(pair_path(bank_folder, 1))
    np.testing.assert_array_equal(back.intact, made.intact)
    np.testing.assert_array_equal(back.crack, made.crack)
    differs = np.abs(back.fractured.astype(int) - made.fractured)
    assert differs.max() <= 4, "only changes too small to see are left out"
    assert back.meta == made.meta
    assert back.meta["body"] == atlas.name and back.meta["side"] in ("L", "R")


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


def test_the_field_of_view_never_ends_in_the_crack() -> None:
    crack = np.zeros((20, 20, 20), dtype=bool)
    crack[5:8, 5:8, 12:15] = True
    cut = 0
    for seed in range(40):
        one, two = np.zeros((20, 20, 20), dtype=np.int16), np.full((20, 20, 20), 5, dtype=np.int16)
        module._truncate(np.random.default_rng(seed), crack, one, two)
        np.testing.assert_array_equal(one == -1024, two == -1024)
        assert (one[crack] == 0).all()
        cut += bool((one == -1024).any())
    assert 1 <= cut <= 30


def test_voxel_centres_of_a_cube() -> None:
    points = cube(4, 0.5, np.array([1.0, 2.0, 3.0]))
    assert points[0, 0, 0].tolist() == [0.25, 1.25, 2.25]
    assert points.reshape(-1, 3).mean(dim=0).tolist() == [1.0, 2.0, 3.0]


def test_a_bank_is_filled_once(tmp_path: Path, atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "body", lambda seed, number: atlas)
    assert list(fill_bank(tmp_path, 5, 3, 24)) == [0, 1, 2]
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    monkeypatch.setattr(module, "make_pair", lambda *a: pytest.fail("made again"))
    assert list(fill_bank(tmp_path, 5, 3, 24)) == [0, 1, 2]
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
