"""Training examples of the locator: a scan turned any way, cut off anywhere, in other gray values, and its landmarks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ankleviewer.core.anatomy.landmarks import windowed
from trainer.locator.scans import LocatorScan, load
from trainer.simulate.streams import stream
from trainer.training.augment import vary_hu

AIR = -1000
UPRIGHT = 0.75  # share of scans that are turned about their long axis alone
FRAME = 10  # voxels of a side that may lie beyond the scan


class Examples:
    """Batches of a folder of scans; the same step gives the same batch.

    Args:
        files: written by `scans.fill`.
        shape: of the inputs, voxels; each batch turns it by its own axes.
        rows: scans a batch.
    """

    def __init__(self, files: Sequence[Path], shape: tuple[int, int, int] = (80, 64, 64), rows: int = 4, seed: int = 1) -> None:
        self.files, self.shape, self.rows, self.seed = list(files), shape, rows, seed

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs (N, 1, D, H, W) in the locator's window, and points (N, legs = 2, 5, 3) in voxels, NaN where there is none."""
        rng = stream(self.seed, step, "locator batch")
        shape = tuple(int(n) for n in rng.permutation(self.shape))
        inputs, points = [], []
        for _ in range(self.rows):
            scan = load(self.files[int(rng.integers(len(self.files)))])
            hu, at = seen(rng, *turned(rng, scan), shape)
            hu_tensor = vary_hu(rng, torch.from_numpy(hu.astype(np.float32))[None, None])
            inputs.append(torch.from_numpy(windowed(hu_tensor.numpy())))
            points.append(torch.from_numpy(at))
        return torch.cat(inputs), torch.stack(points)


def turned(rng: np.random.Generator, scan: LocatorScan) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """One of the 48 symmetries of the cube: the landmarks tell their side by themselves, so a mirrored ankle is an ankle too.
    Most scans keep their shaft upright, as nearly all scans show it.
    """
    hu, points = scan.hu, scan.points.copy()
    upright = rng.random() < UPRIGHT
    for axis in range(2 if upright else 3):
        if rng.random() < 0.5:
            hu = np.flip(hu, axis)
            points[..., axis] = hu.shape[axis] - 1 - points[..., axis]
    order = np.array([*rng.permutation(2), 2]) if upright else rng.permutation(3)
    return np.ascontiguousarray(hu.transpose(order)), points[..., order]


def seen(
    rng: np.random.Generator, hu: NDArray[np.int16], points: NDArray[np.float32], shape: tuple[int, ...]
) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """A box of `shape` with some of the scan in it, air around; landmarks that are cut off are NaN, a missing leg's all are.

    Half of the boxes lie on a landmark, the others anywhere.
    """
    size, have = np.asarray(shape), np.asarray(hu.shape)
    known = points[np.isfinite(points).all(axis=-1)]
    slack = have - size
    if len(known) and rng.random() < 0.6:
        middle = known[rng.integers(len(known))] + rng.uniform(-0.5, 0.5, 3) * size * 0.9
        start = np.rint(middle - size / 2).astype(int)
    else:
        start = np.rint(rng.uniform(np.minimum(slack, 0), np.maximum(slack, 0))).astype(int)
    start = np.clip(start, np.minimum(slack, 0), np.maximum(slack, 0))
    cut_low, cut_high = (rng.integers(0, FRAME, 3) * (rng.random(3) < 0.4) for _ in range(2))
    low, high = np.maximum(start, 0) + cut_low, np.minimum(start + size, have) - cut_high
    out = np.full(shape, AIR, dtype=np.int16)
    if (high > low).all():
        out[tuple(slice(a, b) for a, b in zip(low - start, high - start, strict=True))] = hu[
            tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        ]
    at = points.copy()
    at[((at < low - 0.5) | (at > high - 0.5)).any(axis=-1)] = np.nan
    both = np.full((2, *at.shape[1:]), np.nan, dtype=np.float32)
    both[: len(at)] = at - start
    return out, both
