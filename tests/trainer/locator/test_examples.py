"""Examples: turned and cut, with the landmarks following."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from trainer.locator.examples import AIR, Examples, seen, turned
from trainer.locator.scans import LocatorScan


def marked() -> LocatorScan:
    """A scan whose landmark voxels are the only bright ones."""
    hu = np.full((40, 32, 24), 0, dtype=np.int16)
    points = np.full((1, 5, 3), np.nan, dtype=np.float32)
    for n, at in enumerate(((3, 4, 5), (30, 8, 20), (12, 28, 2), (20, 16, 12))):
        hu[at] = 1000 + n
        points[0, n] = at
    return LocatorScan(hu, points)


def test_landmarks_follow_every_turn_and_cut() -> None:
    rng = np.random.default_rng(0)
    kept = 0
    for _ in range(60):
        hu, points = turned(rng, marked())
        box, at = seen(rng, hu, points, (32, 32, 32))
        assert box.shape == (32, 32, 32)
        assert at.shape == (2, 5, 3)
        assert np.isnan(at[1]).all()
        assert np.isnan(at[0, 4]).all()
        for n in range(4):
            if np.isfinite(at[0, n]).all():
                assert box[tuple(np.rint(at[0, n]).astype(int))] == 1000 + n
                kept += 1
            else:
                assert not (box == 1000 + n).any(), "what is cut off is not in the picture either"
    assert 60 < kept < 240


def test_around_the_scan_lies_air() -> None:
    box, _ = seen(
        np.random.default_rng(1), np.zeros((16, 16, 16), np.int16), np.full((1, 5, 3), np.nan, np.float32), (48, 48, 48)
    )
    assert (box == AIR).sum() >= 48**3 - 16**3


def test_a_step_gives_the_same_batch_again(tmp_path: Path) -> None:
    np.savez(tmp_path / "0.npz", hu=marked().hu, points=marked().points)
    first, again, other = (Examples([tmp_path / "0.npz"], (32, 32, 16), 2, 3).batch(step) for step in (4, 4, 5))
    torch.testing.assert_close(first, again, equal_nan=True)
    assert first[0].shape != other[0].shape or not torch.equal(first[0], other[0])
    assert first[0].min() >= 0
    assert first[0].max() <= 1
