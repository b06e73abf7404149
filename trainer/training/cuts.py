"""Fractures cut into unbroken bone: a plane through a crop, its two sides moved apart and along each other, blood between.

Simulated fractures follow the injuries' own courses, with rough faces. A network that knows them alone is less sure of a plain
wide gap than of a hairline (docs/training-history.md): part of what it learnt is how the simulator draws. A cut has any course
and width. It goes through one bone, as a rule a slender one, of which one part moves; or through all that lies in the crop, soft
tissue too, which is quick and untrue.
"""

from __future__ import annotations

from typing import Any

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
GAP_MM, STEP_MM = (0.5, 6.0), (0.5, 6.0)
ROUGH_MM, WAVE_MM = 1.0, (4.0, 12.0)  # of the faces: standard deviation at most, and wavelength
EDGE_MM = (0.12, 0.5)  # how fast bone turns into gap
BLOOD_HU = (20.0, 90.0)
TRIES = 40
ALONE = 0.7  # share of cuts through one bone
OF = 12  # places, of which such a cut takes the one with the least bone around: else a fibula would hardly ever break
AROUND = 10  # voxels to each side that count for that
TRANSVERSE = 0.5  # share of these that run more or less across the bone
FILLED = 0.3  # share of crops whose marrow is made as dense as spongy bone: a shaft's fat is not what tells a break
FILLED_HU, GRAIN_HU = (80.0, 420.0), 80.0
IN_PLANE = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=bool)[:, :, None]  # neighbours in an axial slice


def cut(rng: np.random.Generator, volume: NDArray[np.int16], size: int, spacing: float) -> tuple[Float, Float, Mask]:
    """A crop of `size` voxels with a cut through bone, the same crop as it was, and the crack: bone within the gap, at least half
    a voxel to each side. Without bone in reach the crack is empty.

    Args:
        volume: HU (X, Y, Z) without a fracture, at least `size` wide; spacing: its voxels, mm.
    """
    shape = np.asarray(volume.shape)
    alone = rng.random() < ALONE
    centre = _slender(rng, volume, size) if alone else _place(rng, volume, size)
    wide = int(min(size + 2 * MARGIN, shape.min()))
    low = np.clip(centre + rng.integers(-size // 4, size // 4 + 1, 3) - wide // 2, 0, shape - wide)
    hu = volume[tuple(slice(a, a + wide) for a in low)].astype(np.float32)
    if rng.random() < FILLED:
        hu = _filled(rng, hu)
    one = _one_bone(hu, centre - low) if alone else np.zeros(hu.shape, dtype=bool)
    normal = _unit(rng.normal(size=3))
    if one.any() and rng.random() < TRANSVERSE:
        normal = _unit(_along(one, centre - low) + 0.4 * normal)
    gap = log_uniform(rng, *GAP_MM)
    step = 0.0 if rng.random() < NOT_MOVED else log_uniform(rng, *STEP_MM)
    along = _unit(np.cross(normal, rng.normal(size=3)))
    at = np.stack(np.meshgrid(*[np.arange(wide, dtype=np.float32)] * 3, indexing="ij"))
    away = np.tensordot(normal, at - (centre - low)[:, None, None, None], 1) * spacing
    away += _wave(rng, wide, log_uniform(rng, *WAVE_MM) / spacing) * rng.uniform(0.0, ROUGH_MM)
    if one.any():
        broken = _moved(rng, hu, one, away, gap, along * step / spacing)
        bone = one
    else:
        bone = _bone(hu)
        broken = _apart(rng, hu, bone, at, away, gap, (normal * gap + along * step) / (2 * spacing))
    crack = bone & (np.abs(away) < max(gap / 2, spacing / 2))
    first = (wide - size) // 2
    inner = (slice(first, first + size),) * 3
    return np.rint(broken[inner]).astype(np.float32), hu[inner], crack[inner]


def _apart(
    rng: np.random.Generator, hu: Float, bone: Mask, at: Float, away: NDArray[Any], gap: float, half: NDArray[np.float64]
) -> NDArray[Any]:
    """HU with the two sides of the plane moved by `half` voxels each."""
    moved = ndimage.map_coordinates(hu, at - np.sign(away) * half[:, None, None, None], order=1, mode="nearest")
    if gap > 1.5 or rng.random() < 0.5:
        bone = ndimage.maximum_filter(bone.view(np.uint8), 3) > 0
    between = np.where(bone, rng.uniform(*BLOOD_HU) + _noise(rng, hu), np.where(hu > AIR_HU, hu, moved))
    share = 1 / (1 + np.exp(np.clip((gap / 2 - np.abs(away)) / rng.uniform(*EDGE_MM), -30, 30)))
    out: NDArray[Any] = share * moved + (1 - share) * between
    return out


def _moved(
    rng: np.random.Generator, hu: Float, one: Mask, away: NDArray[Any], gap: float, step: NDArray[np.float64]
) -> NDArray[Any]:
    """HU with a gap in one bone, of which the part with the larger distance has moved by `step` voxels where others let it."""
    blood, edge = rng.uniform(*BLOOD_HU), rng.uniform(*EDGE_MM)
    soft = ndimage.gaussian_filter(ndimage.maximum_filter(one.view(np.uint8), 3).astype(np.float32), 0.6)
    stays, goes = (1 / (1 + np.exp(np.clip((gap / 2 + side * away) / edge, -30, 30))) for side in (1, -1))
    denser = soft * (hu - blood)
    there, put = (ndimage.shift(values * goes, step, order=1, mode="nearest") for values in (soft, denser))
    others = ndimage.gaussian_filter(((hu > BONE_HU) & (soft < 0.5)).astype(np.float32), 0.6)
    free = 1 - np.clip(soft * stays + others, 0, 1)
    lost = soft * (1 - stays) * (1 - np.clip(there * free, 0, 1))
    out: NDArray[Any] = hu - denser * (1 - stays) + put * free + _noise(rng, hu) * lost
    return out


def _filled(rng: np.random.Generator, hu: Float) -> Float:
    """HU with the marrow that a cortex encloses in an axial slice as dense as spongy bone; what lies between bones stays."""
    level = rng.uniform(*FILLED_HU) + _wave(rng, len(hu), 4.0) * rng.uniform(0.0, GRAIN_HU) + _noise(rng, hu)
    enclosed = ndimage.binary_fill_holes(_dense(hu), IN_PLANE).view(np.uint8)
    # a slice in which a cortex has a hole must not stay behind as a dark line, nor one alone stand out
    enclosed = ndimage.grey_opening(ndimage.grey_closing(enclosed, (1, 1, 7)), (1, 1, 15))
    inside = ndimage.gaussian_filter(((enclosed > 0) & (hu <= BONE_HU) & (hu > AIR_HU)).astype(np.float32), 0.7)
    filled: Float = hu + inside * np.maximum(level - hu, 0)
    return filled


def _slender(rng: np.random.Generator, volume: NDArray[np.int16], size: int) -> NDArray[np.int64]:
    """Of some voxels in bone the one with the least bone around it."""
    places = [_place(rng, volume, size) for _ in range(OF)]

    def around(centre: NDArray[np.int64]) -> int:
        box = tuple(slice(max(0, c - AROUND), c + AROUND + 1) for c in centre)
        inside = volume[tuple(centre)] > WELL_INSIDE_HU
        return int((volume[box] > BONE_HU).sum()) if inside else volume.size

    return min(places, key=around)


def _one_bone(hu: Float, at: NDArray[np.int64]) -> Mask:
    """The bone that a voxel lies in, with its marrow between cortices that are close; empty where it is at air, as a cast is."""
    dense = hu > BONE_HU
    pieces, _ = ndimage.label(dense)
    number = pieces[tuple(at)]
    one: Mask = pieces == number
    at_air = one & (ndimage.maximum_filter((hu < AIR_HU).view(np.uint8), 9) > 0)
    if not number or at_air.sum() > AT_AIR * one.sum():
        return np.zeros(hu.shape, dtype=bool)
    closed: Mask = ndimage.minimum_filter(ndimage.maximum_filter(one.view(np.uint8), CLOSED), CLOSED) > 0
    return closed & (one | ~dense)


def _along(one: Mask, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """The direction in which a bone is longest within 1.5 AROUND of a voxel, unit vector."""
    points = np.argwhere(one) - at
    near = points[np.linalg.norm(points, axis=1) < 1.5 * AROUND]
    _, _, axes = np.linalg.svd(near - near.mean(axis=0), full_matrices=False)
    return np.asarray(axes[0], dtype=np.float64)


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
    dense = _dense(hu).view(np.uint8)
    mask: Mask = ndimage.minimum_filter(ndimage.maximum_filter(dense, CLOSED), CLOSED) > 0
    return mask


def _dense(hu: Float) -> Mask:
    """What is as dense as bone, casts left out."""
    dense = hu > BONE_HU
    pieces, count = ndimage.label(dense)
    at_air = dense & (ndimage.maximum_filter((hu < AIR_HU).view(np.uint8), 9) > 0)
    size = np.bincount(pieces.ravel(), minlength=count + 1)
    near = np.bincount(pieces.ravel(), weights=at_air.ravel(), minlength=count + 1)
    left = near <= AT_AIR * size
    left[0] = False
    mask: Mask = left[pieces]
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
