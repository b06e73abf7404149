"""Fractures cut into unbroken bone: a plane through a crop, its two sides moved apart and along each other, blood between.

Simulated fractures follow the injuries' own courses, with rough faces. A network that knows them alone is less sure of a plain
wide gap than of a hairline (docs/training-history.md): part of what it learnt is how the simulator draws. A cut has any course
and width; where it is untrue (soft tissue moves along, neighbouring bones break, too), it is so for the sake of speed.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from trainer.simulate.fields import stretch
from trainer.simulate.streams import log_uniform

Float = NDArray[np.float32]
Mask = NDArray[np.bool_]

MARGIN = 10  # voxels around a crop, from which moved bone comes
BONE_HU = 180
WELL_INSIDE_HU = 220  # where a cut goes through
AIR_HU = -400
AT_AIR = 0.12  # share of a piece of bone, within 4 voxels of air, from which on it is a cast: what lies there is skin else
CLOSED = 9  # voxels: marrow between cortices counts as bone, and what a cut opens there as crack
NOT_MOVED = 0.35  # share of cuts without a step
GAP_MM, STEP_MM = (0.5, 4.5), (0.5, 6.0)
ROUGH_MM, WAVE_MM = 1.0, (4.0, 12.0)  # of the faces: standard deviation at most, and wavelength
EDGE_MM = (0.12, 0.5)  # how fast bone turns into gap
BLOOD_HU = (20.0, 90.0)
TRIES = 40


def cut(rng: np.random.Generator, volume: NDArray[np.int16], size: int, spacing: float) -> tuple[Float, Float, Mask]:
    """A crop of `size` voxels with a cut through bone, the same crop as it was, and the crack: bone within the gap, at least half
    a voxel to each side. Without bone in reach the crack is empty.

    Args:
        volume: HU (X, Y, Z) without a fracture, at least `size` wide; spacing: its voxels, mm.
    """
    shape = np.asarray(volume.shape)
    centre = _place(rng, volume, size)
    wide = int(min(size + 2 * MARGIN, shape.min()))
    low = np.clip(centre + rng.integers(-size // 4, size // 4 + 1, 3) - wide // 2, 0, shape - wide)
    hu = volume[tuple(slice(a, a + wide) for a in low)].astype(np.float32)
    normal = _unit(rng.normal(size=3))
    gap = log_uniform(rng, *GAP_MM)
    step = 0.0 if rng.random() < NOT_MOVED else log_uniform(rng, *STEP_MM)
    along = _unit(np.cross(normal, rng.normal(size=3)))
    at = np.stack(np.meshgrid(*[np.arange(wide, dtype=np.float32)] * 3, indexing="ij"))
    away = np.tensordot(normal, at - (centre - low)[:, None, None, None], 1) * spacing
    away += _wave(rng, wide, log_uniform(rng, *WAVE_MM) / spacing) * rng.uniform(0.0, ROUGH_MM)
    half = (normal * gap + along * step) / (2 * spacing)
    moved = ndimage.map_coordinates(hu, at - np.sign(away) * half[:, None, None, None], order=1, mode="nearest")
    bone = _bone(hu)
    if gap > 1.5 or rng.random() < 0.5:
        bone = ndimage.maximum_filter(bone.view(np.uint8), 3) > 0
    between = np.where(bone, rng.uniform(*BLOOD_HU) + _noise(rng, hu), np.where(hu > AIR_HU, hu, moved))
    share = 1 / (1 + np.exp(np.clip((gap / 2 - np.abs(away)) / rng.uniform(*EDGE_MM), -30, 30)))
    broken = share * moved + (1 - share) * between
    crack = bone & (np.abs(away) < max(gap / 2, spacing / 2))
    first = (wide - size) // 2
    inner = (slice(first, first + size),) * 3
    return np.rint(broken[inner]).astype(np.float32), hu[inner], crack[inner]


def _place(rng: np.random.Generator, volume: NDArray[np.int16], size: int) -> NDArray[np.int64]:
    """A voxel in bone, not close to air where that can be had: a cast is as dense as bone."""
    shape = np.asarray(volume.shape)
    centre = shape // 2
    for _ in range(TRIES):
        centre = rng.integers(size // 3, shape - size // 3)
        around = volume[tuple(slice(max(0, c - 6), c + 7) for c in centre)]
        if volume[tuple(centre)] > WELL_INSIDE_HU and around.min() > AIR_HU:
            break
    return centre


def _bone(hu: Float) -> Mask:
    """Bone with its marrow, casts left out."""
    dense = hu > BONE_HU
    pieces, count = ndimage.label(dense)
    at_air = dense & (ndimage.maximum_filter((hu < AIR_HU).view(np.uint8), 9) > 0)
    size = np.bincount(pieces.ravel(), minlength=count + 1)
    near = np.bincount(pieces.ravel(), weights=at_air.ravel(), minlength=count + 1)
    left = near <= AT_AIR * size
    left[0] = False
    mask: Mask = ndimage.minimum_filter(ndimage.maximum_filter(left[pieces].view(np.uint8), CLOSED), CLOSED) > 0
    return mask


def _noise(rng: np.random.Generator, hu: Float) -> Float:
    """Noise as strong as that of soft tissue in the crop."""
    soft = hu[(hu > 0) & (hu < 110)]
    level = 1.48 * float(np.median(np.abs(soft - np.median(soft)))) if len(soft) > 50 else 15.0
    grain = ndimage.gaussian_filter(rng.normal(size=hu.shape).astype(np.float32), rng.uniform(0.3, 0.8))
    noise: Float = grain * (min(level, 60.0) / grain.std())
    return noise


def _wave(rng: np.random.Generator, wide: int, length: float) -> Float:
    """A smooth field of about unit variance, wavelength in voxels."""
    nodes = rng.normal(size=(int(wide / length) + 2,) * 3).astype(np.float32)
    out: Float = stretch(torch.from_numpy(nodes), (wide,) * 3, corners=True).numpy()
    return out


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)
