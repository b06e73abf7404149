"""Thin places in the cortex of training crops: in real bones it is thick here and hardly seen there, and vessels enter
by holes of a millimetre. The simulator draws a shell that varies little, and a network that knows it alone takes a thin place of
a real foot for a fracture (docs/training-history.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from trainer.simulate.streams import log_uniform
from trainer.training.cuts import wave

Float = NDArray[np.float32]

BONE_HU = 180
CLOSED = 5  # voxels: a crack is no surface, whose faces would be thinned
DEEP = (1, 2)  # voxels of the shell that may be thin
PATCH = (6.0, 22.0)  # voxels from patch to patch
SHARE = (0.05, 0.45)  # of the surface that is thin
SOFT = 0.4  # of the field, from thick to thin: no step, which would look like a crack
SPONGY_HU = (60.0, 350.0)  # what is seen where the cortex is thin
HOLES = 8  # at most
HOLE, HOLE_DEEP = (0.7, 1.5), (1.0, 4.0)  # radius and depth, voxels
BLOOD_HU = (20.0, 80.0)


def thinned(rng: np.random.Generator, hu: Float) -> Float:
    """Volumes with the same thin places and holes in their cortex, so that these cannot betray which of twins is broken.

    Args:
        hu: (N, D, D, D), HU.
    """
    wide = hu.shape[-1]
    field = wave(rng, wide, log_uniform(rng, *PATCH))
    thin = 1 / (1 + np.exp((np.quantile(field, 1 - rng.uniform(*SHARE)) - field) / SOFT))
    deep, target, strength = int(rng.integers(DEEP[0], DEEP[1] + 1)), float(rng.uniform(*SPONGY_HU)), float(rng.uniform(0.5, 1.0))
    holes, blood = _holes(rng, hu[-1]), float(rng.uniform(*BLOOD_HU))
    out = np.empty_like(hu)
    for n, volume in enumerate(hu):
        shell = ndimage.gaussian_filter(_shell(volume, deep).astype(np.float32), 0.8)
        lower = volume - strength * thin * shell * np.maximum(volume - target, 0)
        out[n] = lower - holes * np.maximum(lower - blood, 0)
    return out


def _shell(volume: Float, deep: int) -> NDArray[np.bool_]:
    """The outer voxels of bone, whose cracks are closed."""
    closed = ndimage.minimum_filter(ndimage.maximum_filter((volume > BONE_HU).view(np.uint8), CLOSED), CLOSED)
    return (closed > 0) & (ndimage.minimum_filter(closed, 2 * deep + 1) == 0)


def _holes(rng: np.random.Generator, volume: Float) -> Float:
    """How much of each voxel is a vessel's hole, 0 to 1: short round canals from the surface inwards."""
    out = np.zeros(volume.shape, dtype=np.float32)
    surface = np.argwhere(_shell(volume, 1))
    if not len(surface):
        return out
    at = np.stack(np.meshgrid(*[np.arange(n, dtype=np.float32) for n in volume.shape], indexing="ij"), axis=-1)
    for _ in range(int(rng.integers(0, HOLES + 1))):
        start = surface[rng.integers(len(surface))]
        way = rng.normal(size=3)
        way /= np.linalg.norm(way)
        radius, depth = rng.uniform(*HOLE), rng.uniform(*HOLE_DEEP)
        reach = int(np.ceil(depth + 3 * radius))
        box = tuple(slice(max(0, int(c) - reach), int(c) + reach + 1) for c in start)
        off = at[box] - start
        along = np.clip(off @ way, -depth, depth)
        away = np.linalg.norm(off - along[..., None] * way, axis=-1)
        out[box] = np.maximum(out[box], np.exp(-0.5 * (away / radius) ** 2))
    return out
