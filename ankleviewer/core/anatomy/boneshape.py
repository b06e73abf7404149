"""Bones of a limb as sections and tubes on a coarse grid: what `finder` looks at. No anatomical meaning is given here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import stop_if
from ankleviewer.core.geometry import Array, Grid, closest_axes
from ankleviewer.core.volume import Volume

FINE_MM = 1.3
BONE_HU = 220.0
HOLE_MM2 = 1700.0
SECTION_MM2 = (40.0, 2600.0)
SHEET_MM = 70.0
BODY_HU = -250


@dataclass(frozen=True)
class Section:
    """One bone region of one slice, holes filled: slice index, centre (x, y in mm of the coarse frame), area, shape."""

    k: int
    x: float
    y: float
    area: float
    elongation: float
    solidity: float


@dataclass(frozen=True)
class Coarse:
    """A scan at 1.3 to 2.6 mm with axes closest to L, P, S.

    Attributes:
        hu: float32 (x, y, z).
        grid: its place in the patient.
        bone: bool, denser than the bone threshold.
        step: mm per voxel.
        threshold: HU, see `bone_threshold`.
    """

    hu: NDArray[np.float32]
    grid: Grid
    bone: NDArray[np.bool_]
    step: Array
    threshold: float

    @property
    def volume(self) -> Volume:
        """The coarse scan by itself."""
        return Volume(np.ascontiguousarray(self.hu.astype(np.int16)), self.grid)

    def sample(self, mm: Array) -> NDArray[np.float32]:
        """HU at LPS points (..., 3), trilinear; NaN outside."""
        from scipy.ndimage import map_coordinates

        at = np.moveaxis(self.grid.to_voxel(mm), -1, 0)
        return np.asarray(map_coordinates(self.hu, at, order=1, mode="constant", cval=np.nan), dtype=np.float32)


def coarsen(volume: Volume, cancelled: Callable[[], bool] | None = None) -> Coarse:
    """Turn the axes to L, P, S without interpolation, and average pairs of voxels until none is finer than 1.3 mm.

    The axes first: of an odd number of planes other pairs would be averaged where they are stored the other way round.

    Raises:
        Cancelled: on request.
    """
    hu, affine = volume.hu, volume.grid.affine.copy()
    axes = closest_axes(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0))
    order = [axes.index(patient) for patient in range(3)]
    hu = hu.transpose(order)
    affine[:3, :3] = affine[:3, order]
    for axis in range(3):
        if affine[axis, axis] < 0:
            hu = np.flip(hu, axis)
            affine[:3, 3] += affine[:3, axis] * (hu.shape[axis] - 1)
            affine[:3, axis] *= -1
    for axis in range(3):
        while np.linalg.norm(affine[:3, axis]) < FINE_MM and hu.shape[axis] >= 4:
            stop_if(cancelled)
            even = hu.shape[axis] // 2 * 2
            low = [slice(None)] * 3
            high = [slice(None)] * 3
            low[axis], high[axis] = slice(0, even, 2), slice(1, even, 2)
            # Halving before adding stays within int16; the lost half unit is nothing beside the noise.
            hu = (hu[tuple(low)] >> 1) + (hu[tuple(high)] >> 1)
            affine[:3, 3] += affine[:3, axis] / 2
            affine[:3, axis] *= 2
    stop_if(cancelled)
    hu = np.ascontiguousarray(hu)
    grid = Grid((hu.shape[0], hu.shape[1], hu.shape[2]), affine)
    threshold = bone_threshold(hu)
    return Coarse(hu.astype(np.float32), grid, hu > threshold, np.asarray(grid.spacing), threshold)


def bone_threshold(hu: NDArray[np.int16]) -> float:
    """220 HU, less for weak bone: a third of what the densest thousandth of the flesh and bone reaches."""
    dense = hu[hu > 150]
    if dense.size < 200:
        return BONE_HU
    return float(np.clip(0.33 * np.percentile(dense[:: max(1, dense.size // 50_000)], 95), 150.0, BONE_HU))


def around_bone(coarse: Coarse, margin_mm: float) -> Coarse:
    """The part of a scan within `margin_mm` of the box around its bone; all of it where there is none."""
    if not coarse.bone.any():
        return coarse
    low, high = [], []
    for axis in range(3):
        here = np.flatnonzero(coarse.bone.any(axis=tuple(a for a in range(3) if a != axis)))
        margin = int(np.ceil(margin_mm / coarse.step[axis]))
        low.append(max(0, int(here[0]) - margin))
        high.append(min(coarse.bone.shape[axis], int(here[-1]) + 1 + margin))
    part = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    grid = coarse.grid.crop((low[0], low[1], low[2]), (high[0], high[1], high[2]))
    return replace(coarse, hu=coarse.hu[part], bone=coarse.bone[part], grid=grid)


def sections(coarse: Coarse, cancelled: Callable[[], bool] | None = None) -> tuple[list[Section], NDArray[np.bool_]]:
    """All bone regions of all axial slices within 40 to 2600 mm2; rings such as a cast or the skull are not filled.

    Returns:
        The regions, and the bone mask without thin sheets: table tops and casts, long or hollow in their slice.

    Raises:
        Cancelled: on request.
    """
    from scipy import ndimage

    in_plane = np.zeros((3, 3, 3), dtype=bool)
    in_plane[:, 1, 1] = in_plane[1, :, 1] = True
    pixel = coarse.step[0] * coarse.step[1]
    busy = [
        slice(max(0, int(n.min()) - 2), int(n.max()) + 3) if n.size else slice(0, 1)
        for n in (np.flatnonzero(coarse.bone.any(axis=tuple(a for a in range(3) if a != axis))) for axis in range(2))
    ]
    bone = coarse.bone[busy[0], busy[1]]
    holes, count = ndimage.label(~bone, structure=in_plane)
    stop_if(cancelled)
    small = np.bincount(holes.ravel(), minlength=count + 1) * pixel < HOLE_MM2
    small[0] = False
    # What reaches the border of the search window is the outside, however little of it the window shows.
    small[np.unique(np.concatenate([holes[[0, -1]].ravel(), holes[:, [0, -1]].ravel()]))] = False
    filled = bone | small[holes]
    labels, count = ndimage.label(filled, structure=in_plane)
    if count == 0:
        return [], coarse.bone
    stop_if(cancelled)
    flat = np.flatnonzero(labels)
    of = labels.ravel()[flat]
    x, y, z = np.unravel_index(flat, labels.shape)
    n = np.bincount(of, minlength=count + 1).astype(float)
    n[n == 0] = 1
    fx, fy = (x + busy[0].start) * coarse.step[0], (y + busy[1].start) * coarse.step[1]
    mx, my = np.bincount(of, fx, count + 1) / n, np.bincount(of, fy, count + 1) / n
    xx = np.bincount(of, fx * fx, count + 1) / n - mx**2 + coarse.step[0] ** 2 / 12
    yy = np.bincount(of, fy * fy, count + 1) / n - my**2 + coarse.step[1] ** 2 / 12
    xy = np.bincount(of, fx * fy, count + 1) / n - mx * my
    half = np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    major, minor = (xx + yy) / 2 + half, np.maximum((xx + yy) / 2 - half, 1e-6)
    area = n * pixel
    slices = np.bincount(of, z, count + 1) / n
    elongation, solidity = np.sqrt(major / minor), area / (4 * np.pi * np.sqrt(np.maximum(major, 1e-6) * minor))
    length = 4 * np.sqrt(major)
    sheet = ((length > SHEET_MM) & (elongation > 8)) | ((length > SHEET_MM) & (solidity < 0.3))
    clean = np.zeros_like(coarse.bone)
    clean[busy[0], busy[1]] = bone & ~sheet[labels]
    return [
        Section(round(slices[i]), float(mx[i]), float(my[i]), float(area[i]), float(elongation[i]), float(solidity[i]))
        for i in range(1, count + 1)
        if SECTION_MM2[0] <= area[i] <= SECTION_MM2[1]
    ], clean


def tubes(found: list[Section], step: float, least: float, longest_jump: float = 1.2) -> list[list[Section]]:
    """Chains of compact sections in consecutive slices, from top to bottom.

    Args:
        found: of `sections`.
        step: mm between slices.
        least: smallest area of a section that may belong to a chain, mm2.
        longest_jump: how far a centre may move sideways per mm of height (1.2 = 50 degrees).
    """
    by_slice: dict[int, list[Section]] = {}
    for s in found:
        if s.area >= least and s.elongation < 2.3 and s.solidity > 0.78:
            by_slice.setdefault(s.k, []).append(s)
    chains: list[list[Section]] = []
    open_chains: list[list[Section]] = []
    for k in sorted(by_slice, reverse=True):
        here = list(by_slice[k])
        still = []
        for chain in sorted(open_chains, key=len, reverse=True):
            last = chain[-1]
            gap = (last.k - k) * step
            if gap > max(2 * step, 5.0):
                continue
            reach = max(5.0, longest_jump * gap) if gap else 0.0
            near = [s for s in here if np.hypot(s.x - last.x, s.y - last.y) < reach and 0.55 < s.area / last.area < 1.8]
            if near:
                best = min(near, key=lambda s: abs(np.log(s.area / last.area)) + np.hypot(s.x - last.x, s.y - last.y) / 10)
                here.remove(best)
                chain.append(best)
            still.append(chain)
        for s in here:
            fresh = [s]
            chains.append(fresh)
            still.append(fresh)
        open_chains = still
    return [c for c in chains if len(c) >= 3]


def body_area_mm2(coarse: Coarse, mm: Array) -> float:
    """Area of the flesh around a point in its axial slice, mm2 (what is joined to it, both legs where they touch)."""
    from scipy.ndimage import label

    x, y, z = np.clip(np.rint(coarse.grid.to_voxel(mm)).astype(int), 0, np.asarray(coarse.grid.shape) - 1)
    regions, _ = label(coarse.hu[:, :, z] > BODY_HU)
    return float((regions == regions[x, y]).sum() * coarse.step[0] * coarse.step[1]) if regions[x, y] else 0.0
