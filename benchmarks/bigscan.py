"""A scan of a clinic's size, made from the sample: its ankle in a wider field, the leg carried on upwards, a scanner's noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import AIR_HU, Volume
from ankleviewer.io.nifti import write_nifti
from ankleviewer.io.reader import open_scan

SHAPE = (512, 512, 400)
SPACING = (0.35, 0.35, 0.4)


def big_scan(sample: Path, shape: tuple[int, int, int] = SHAPE, spacing: tuple[float, float, float] = SPACING) -> Volume:
    """The sample's ankle at the lower end of a larger field of view; above it its uppermost slice goes on to the top."""
    from scipy.ndimage import affine_transform

    small = open_scan(sample).volume
    low, high = small.grid.bounds_mm()
    middle = (low + high) / 2
    width = np.asarray(spacing) * (np.asarray(shape) - 1)
    grid = Grid.axis_aligned(shape, spacing, (middle[0] - width[0] / 2, middle[1] - width[1] / 2, low[2] + 0.5))
    to_small = np.linalg.inv(small.grid.affine) @ grid.affine
    source = small.hu.astype(np.float32)
    hu = np.empty(shape, dtype=np.int16)
    noise = np.random.default_rng(5).normal(0, 15, (*shape[:2], 8)).astype(np.float32)
    last = grid.to_voxel((0, 0, high[2] - 1.0))[2]
    for k in range(shape[2]):
        at = to_small.copy()
        at[:3, 3] += at[:3, 2] * min(k, last)
        plane = affine_transform(source, at[:3, :3], at[:3, 3], (shape[0], shape[1], 1), order=1, cval=-1000)
        hu[:, :, k] = (plane[:, :, 0] + noise[:, :, k % 8]).clip(AIR_HU, 3071)
    return Volume(hu, grid)


def write_big_scan(sample: Path, target: Path) -> None:
    """Write it as NIfTI (gzip where the name ends in .gz)."""
    write_nifti(big_scan(sample), None, target)
