"""Coarse scans of any part of a leg, and only landmarks that are in view."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ankleviewer.core.anatomy.landmarks import MULTIPLE
from trainer.locator.scans import fill, load, simulate


def test_scans_differ_in_view_and_landmarks_lie_in_them() -> None:
    scans = [simulate(5, n) for n in range(4)]
    for scan in scans:
        assert scan.hu.dtype == np.int16
        assert all(n % MULTIPLE == 0 for n in scan.hu.shape)
        assert scan.points.shape[1:] == (5, 3)
        known = scan.points[np.isfinite(scan.points).all(axis=-1)]
        assert (known > -0.51).all()
        assert (known < np.asarray(scan.hu.shape) - 0.49).all()
    assert len({scan.hu.shape for scan in scans}) > 1


def test_filling_goes_on_where_it_stopped(tmp_path: Path) -> None:
    fill(tmp_path, 5, 2)
    before = (tmp_path / "00000.npz").stat().st_mtime_ns
    (tmp_path / "00001.npz").unlink()
    fill(tmp_path, 5, 2)
    assert (tmp_path / "00000.npz").stat().st_mtime_ns == before
    again, fresh = load(tmp_path / "00001.npz"), simulate(5, 1)
    np.testing.assert_array_equal(again.hu, fresh.hu)
    np.testing.assert_array_equal(again.points, fresh.points)
