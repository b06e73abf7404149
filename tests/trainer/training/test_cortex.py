"""Thin cortex: the outer shell alone, the same for twins, no crack's faces, nothing made denser."""

from __future__ import annotations

import numpy as np

from trainer.training.cortex import thinned

WIDE = 40


def bone(crack: bool) -> np.ndarray:
    """A block with a cortex two voxels thick, broken through or not, HU."""
    hu = np.full((WIDE,) * 3, 40, dtype=np.float32)
    hu[8:32, 8:32, 8:32] = 900
    hu[10:30, 10:30, 10:30] = 350
    if crack:
        hu[19:21] = np.minimum(hu[19:21], 50)
    return hu


def test_the_cortex_alone_gets_thin_and_for_twins_in_the_same_places() -> None:
    both = np.stack([bone(True), bone(False)])
    changed = []
    for seed in range(12):
        out = thinned(np.random.default_rng(seed), both)
        assert (out <= both + 1e-3).all() and (out >= -1).all(), "nothing becomes denser, nor darker than blood"
        soft = both[1] < 100
        assert np.abs(out[1] - both[1])[soft].max() <= 20, "what is no bone stays, but where a vessel enters"
        away = np.abs(np.arange(WIDE) - 19.5) > 6  # of the crack: beside it the shells of the two differ
        alike = out[0] - out[1]
        assert np.abs(alike[away]).max() < 1e-2
        changed.append(np.abs(out[1] - both[1]).max())
    assert np.median(changed) > 200


def test_a_crack_s_faces_are_no_surface() -> None:
    hu = bone(True)[None]
    rng = np.random.default_rng(5)
    deep = slice(15, 25)
    for _ in range(6):
        out = thinned(rng, hu)
        faces = np.abs(out - hu)[0, 16:24, deep, deep]
        assert (faces > 60).mean() < 0.05, "but for a hole"


def test_the_same_seed_gives_the_same_and_air_stays_air() -> None:
    hu = np.full((1, 16, 16, 16), -1000, dtype=np.float32)
    assert (thinned(np.random.default_rng(1), hu) == hu).all()
    one, two = (thinned(np.random.default_rng(4), bone(False)[None]) for _ in range(2))
    assert (one == two).all()
