"""Cuts: bone parts along a plane and its sides move; casts, air and what lies without bone stay whole."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.training import cuts
from trainer.training.cuts import cut

SIZE, MM = 32, 0.75


def limb(cast: bool = False, bone: bool = True) -> np.ndarray:
    """Soft tissue with a shaft of bone along z in air, with noise; with a cast around it, if asked for."""
    x, y = np.meshgrid(np.arange(72) - 36.0, np.arange(72) - 36.0, indexing="ij")
    radius = np.hypot(x, y)
    plane = np.where(radius < 26, 50.0, -1000.0)
    if bone:
        plane[radius < 11] = 1200
        plane[radius < 7] = 60
    if cast:
        plane[(radius >= 26) & (radius < 33)] = 600
    hu = np.repeat(plane[:, :, None], 72, axis=2) + np.random.default_rng(0).normal(0, 8, (72, 72, 72))
    return np.rint(hu).astype(np.int16)


@pytest.fixture(scope="module")
def many() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    volume = limb()
    return [cut(np.random.default_rng(seed), volume, SIZE, MM) for seed in range(24)]


def test_a_crack_lies_in_bone_and_shows(many) -> None:
    shown = 0
    for broken, intact, crack in many:
        assert broken.shape == intact.shape == crack.shape == (SIZE,) * 3 and np.isfinite(broken).all()
        assert (intact[crack] > -400).all(), "never in air"
        if crack.sum() < 20:
            continue
        cortex = crack & (intact > 800)
        if cortex.any():
            shown += float(np.median(broken[cortex])) < 700
    assert shown > 16, "most cuts go through the cortex, which is dark there"


def test_equal_draws_give_equal_cuts_and_others_other_ones() -> None:
    volume = limb()
    one, two, other = (cut(np.random.default_rng(seed), volume, SIZE, MM) for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[0], other[0])


def test_without_a_step_or_a_gap_to_speak_of_the_sides_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "GAP_MM", (0.01, 0.011))
    monkeypatch.setattr(cuts, "NOT_MOVED", 1.1)
    for seed in range(6):
        broken, intact, crack = cut(np.random.default_rng(seed), limb(), SIZE, MM)
        away = ~_near(crack, 4)
        assert np.abs(broken - intact)[away & _near(intact > -500, 1)].mean() < 10


def test_a_step_moves_one_side_against_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "GAP_MM", (0.5, 0.51))
    monkeypatch.setattr(cuts, "NOT_MOVED", 0.0)
    monkeypatch.setattr(cuts, "STEP_MM", (5.9, 6.0))
    moved = 0
    for seed in range(12):
        broken, intact, crack = cut(np.random.default_rng(seed), limb(), SIZE, MM)
        away = ~_near(crack, 3)
        moved += (np.abs(broken - intact)[away] > 400).mean() > 0.005
    assert moved > 7


def leg() -> np.ndarray:
    """Two shafts along z in soft tissue without noise, a wide and a slender one, 8 voxels between."""
    x, y = np.meshgrid(np.arange(72.0), np.arange(72.0), indexing="ij")
    plane = np.where(np.hypot(x - 36, y - 36) < 34, 50.0, -1000.0)
    for centre, outer, inner, marrow in ((24, 14, 10, 300), (52, 6, 3, 60)):
        radius = np.hypot(x - centre, y - 36)
        plane[radius < outer] = 1200
        plane[radius < inner] = marrow
    return np.repeat(plane[:, :, None], 72, axis=2).astype(np.int16)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "ALONE", 1.0)
    monkeypatch.setattr(cuts, "STEP_MM", (4.0, 4.1))
    monkeypatch.setattr(cuts, "NOT_MOVED", 0.0)


def test_filled_marrow_is_as_dense_as_spongy_bone_and_cortex_and_soft_tissue_stay() -> None:
    hu = leg().astype(np.float32)
    full = cuts._filled(np.random.default_rng(1), hu)
    x, y = np.meshgrid(np.arange(72.0), np.arange(72.0), indexing="ij")
    canal = np.hypot(x - 52, y - 36) < 2
    assert full[canal].mean() > 60 + 20, "fat it was"
    assert np.abs(full - hu)[hu > 1000].max() < 1
    outside = (np.hypot(x - 52, y - 36) > 8) & (np.hypot(x - 24, y - 36) > 16)
    assert not np.abs(full - hu)[outside].any(), "what lies between the bones stays"


def test_what_a_cast_encloses_is_not_filled() -> None:
    for seed in range(4):
        plain, cast = (limb(cast=on).astype(np.float32) for on in (False, True))
        away = ~_near(plain > 180, 9)
        soft = away & (np.abs(plain - 50) < 50)
        full = cuts._filled(np.random.default_rng(seed), cast)
        assert soft.any() and not np.abs(full - cast)[soft].any()
        assert (full - cast)[~away].max() > 0, "the marrow is"


def test_some_crops_are_filled_both_twins_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "FILLED", 1.1)
    monkeypatch.setattr(cuts, "GAP_MM", (0.01, 0.011))
    monkeypatch.setattr(cuts, "NOT_MOVED", 1.1)
    broken, intact, _ = cut(np.random.default_rng(2), leg(), 56, MM)
    monkeypatch.setattr(cuts, "FILLED", 0.0)
    _, plain, _ = cut(np.random.default_rng(2), leg(), 56, MM)
    assert np.median(np.abs(broken - intact)) < 10
    assert (intact == 60).sum() < (plain == 60).sum()


def test_one_bone_breaks_and_the_other_stays(alone: None) -> None:
    volume, slender, broke = leg(), 0, 0
    for seed in range(16):
        broken, intact, crack = cut(np.random.default_rng(seed), volume, 56, MM)
        # the slender bone's part may lie against the wide one, so of that only the inside counts
        cracked = [bool(crack[side].any()) for side in _sides(intact)]
        assert sum(cracked) <= 1, "a crack through one bone"
        broke += any(cracked)
        slender += cracked[1]
        if cracked[1]:
            wide = intact[_sides(intact)[0]]
            assert np.abs(broken[_sides(intact)[0]] - wide)[wide == 300].max() < 40
    assert broke > 12 and slender > 5, (
        "of all bone voxels a seventh are the slender one's, and of twelve places the one with the least around is taken"
    )


def test_the_part_on_one_side_moves_and_the_other_stays(alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "TRANSVERSE", 1.1)
    monkeypatch.setattr(cuts, "OF", 30)
    seen = 0
    for seed in range(8):
        broken, intact, crack = cut(np.random.default_rng(seed), leg(), 40, MM)
        if not crack.any():
            continue
        low, high = np.argwhere(crack)[:, 2].min() - 3, np.argwhere(crack)[:, 2].max() + 4
        changed = [np.abs(part).max(initial=0) > 500 for part in ((broken - intact)[:, :, :low], (broken - intact)[:, :, high:])]
        if low > 3 and high < 37:
            seen += 1
            assert sum(changed) == 1, "one part moved as a whole"
    assert seen > 2


def test_a_cut_through_one_bone_opens_no_cast(alone: None) -> None:
    for seed in range(8):
        _, intact, crack = cut(np.random.default_rng(seed), limb(cast=True), SIZE, MM)
        assert not (crack & _near(intact < -400, 5) & (intact > 400)).any()


def _sides(intact: np.ndarray) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """The wide and the slender shaft's parts of a crop of `leg`, between which lies no bone."""
    bare = np.flatnonzero((intact <= 50).all(axis=(1, 2)) & (intact == 50).any(axis=(1, 2)))
    middle = bare[np.argmin(np.abs(bare - np.median(bare)))] if len(bare) else intact.shape[0]
    return (slice(0, int(middle)),), (slice(int(middle), None),)


def test_a_cast_is_no_bone() -> None:
    for seed in range(12):
        _, intact, crack = cut(np.random.default_rng(seed), limb(cast=True), SIZE, MM)
        at_air = _near(intact < -400, 5) & (intact > 400)
        assert not (crack & at_air).any()


def test_where_there_is_no_bone_there_is_no_crack() -> None:
    broken, intact, crack = cut(np.random.default_rng(1), limb(bone=False), SIZE, MM)
    assert not crack.any() and np.isfinite(broken).all() and intact.shape == broken.shape


def test_a_volume_no_wider_than_the_crop_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "FILLED", 0.0)
    volume = limb()[20:52, 20:52, 20:52]
    broken, intact, crack = cut(np.random.default_rng(2), volume, SIZE, MM)
    assert np.array_equal(intact, volume) and broken.shape == crack.shape == volume.shape


def _near(mask: np.ndarray, voxels: int) -> np.ndarray:
    from scipy import ndimage

    return ndimage.binary_dilation(mask, iterations=voxels)
