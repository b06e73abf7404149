"""Training examples of the locator: a scan turned any way, cut off anywhere, in other gray values, and its landmarks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import affine_transform
from scipy.spatial.transform import Rotation
from torch import Tensor

from ankleviewer.core.landmarks import windowed
from trainer.locator.scans import LocatorScan, load
from trainer.simulate.streams import stream
from trainer.training.augment import vary_hu

AIR = -1000
OBLIQUE = 0.35  # share of scans that are turned by any rotation; the others keep to the axes
UPRIGHT = 0.75  # of these, the share turned about the long axis alone
NEAR = 0.6  # share of boxes that hold a landmark
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
            view = rotated if rng.random() < OBLIQUE else seen
            hu, at = view(rng, *turned(rng, scan), shape)
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

    More than half of the boxes lie on a landmark, the others anywhere.
    """
    size, have = np.asarray(shape), np.asarray(hu.shape)
    slack = have - size
    middle = _near_a_landmark(rng, points, size)
    if middle is not None:
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
    return out, _for_two_legs(_inside(points, low, high) - start)


def rotated(
    rng: np.random.Generator, hu: NDArray[np.int16], points: NDArray[np.float32], shape: tuple[int, ...]
) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """As `seen`, of a scan that is turned about any axis by any angle: a knee bent, a patient on the side, a file whose axes are
    not the patient's.
    """
    size, have = np.asarray(shape), np.asarray(hu.shape)
    middle = _near_a_landmark(rng, points, size * 0.6)  # a turned box reaches less far
    if middle is None:
        middle = rng.uniform(0.2, 0.8, 3) * have
    turn, centre = Rotation.random(rng=rng).as_matrix(), (size - 1) / 2
    # voxel o of the box shows what lies at middle + turn (o - centre)
    out = affine_transform(hu.astype(np.float32), turn, middle - turn @ centre, tuple(shape), order=1, cval=AIR)
    at = (points - middle) @ turn + centre
    low = rng.integers(0, FRAME, 3) * (rng.random(3) < 0.4)
    high = size - rng.integers(0, FRAME, 3) * (rng.random(3) < 0.4)
    cut = np.full(shape, AIR, dtype=np.int16)
    inside = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    cut[inside] = np.rint(out[inside])
    return cut, _for_two_legs(_inside(at.astype(np.float32), low, high))


def _near_a_landmark(rng: np.random.Generator, points: NDArray[np.float32], size: NDArray[Any]) -> NDArray[Any] | None:
    """The middle of a box, in voxels, with a landmark somewhere in it; None for a box anywhere, and where there is none."""
    known = points[np.isfinite(points).all(axis=-1)]
    if not len(known) or rng.random() >= NEAR:
        return None
    return np.asarray(known[rng.integers(len(known))] + rng.uniform(-0.45, 0.45, 3) * size)


def _inside(points: NDArray[np.float32], low: NDArray[Any], high: NDArray[Any]) -> NDArray[np.float32]:
    """The points, NaN where they lie in no voxel from `low` up to `high`."""
    out = points.copy()
    out[((out < low - 0.5) | (out > high - 0.5)).any(axis=-1)] = np.nan
    return out


def _for_two_legs(points: NDArray[np.float32]) -> NDArray[np.float32]:
    both = np.full((2, *points.shape[1:]), np.nan, dtype=np.float32)
    both[: len(points)] = points
    return both
