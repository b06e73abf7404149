"""Tell the leg (tibia, fibula) from the foot (talus and all below), so that the joint's surface can be looked at.

A marker-controlled watershed (Meyer, Beucher 1990) on HU: leg and talus are marked where they cannot be mistaken, dense bone is
flooded first, and the two meet in the joint's gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ankleviewer.core.anatomy.boneshape import coarsen, sections, tubes
from ankleviewer.core.anatomy.finder import TIBIA_MM2
from ankleviewer.core.anatomy.joint import Axis, find_joint
from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.imaging.bonefield import bone_field
from ankleviewer.core.volume import Volume

STEP_MM = 0.9
MARROW_HU = 60.0
BONE_HU = 200.0
LEG_ABOVE_MM = 9.0  # bone so far above the joint's centre belongs to the leg: the talar dome rises less
FIBULA_TIP_MM = 34.0  # below it there is foot alone
TALUS_MM = (-17.0, -7.0)  # heights at which the talus fills the middle of the mortise
TALUS_RADIUS_MM = 9.0
NEAR_MM = 40.0


@dataclass(frozen=True, eq=False)
class Foot:
    """Which part of a scan's bone is foot: labels 1 (leg) and 2 (foot) on a grid."""

    labels: NDArray[np.uint8]
    grid: Grid

    def at(self, mm: ArrayLike) -> NDArray[np.bool_]:
        """Whether LPS points (n, 3) belong to the foot; a point outside the grid takes its nearest voxel's."""
        voxel = np.rint(self.grid.to_voxel(mm)).astype(int)
        x, y, z = np.clip(voxel, 0, np.asarray(self.grid.shape) - 1).T
        return np.asarray(self.labels[x, y, z] == 2)

    def on(self, grid: Grid) -> NDArray[np.bool_]:
        """Whether each voxel of another grid belongs to the foot."""
        from scipy.ndimage import affine_transform

        to_own = self.grid.inverse @ grid.affine
        labels = affine_transform(self.labels, to_own[:3, :3], to_own[:3, 3], grid.shape, order=0, mode="nearest")
        return np.asarray(labels == 2)


def split_foot(volume: Volume, region: tuple[Array, Array] | None, near_mm: ArrayLike) -> Foot | None:
    """Leg and foot of the ankle whose joint lies near a position; None where no tibia with a joint is found there.

    Args:
        region: LPS box to look at, None for the whole scan.
        near_mm: centre of the joint line.
    """
    axis = _joint_axis(volume, near_mm)
    if axis is None:
        return None
    field = bone_field(volume, region, STEP_MM)
    height, radius = _cylinder(field.grid, axis)
    bone = field.hu > BONE_HU
    markers = np.zeros(field.grid.shape, dtype=np.int32)
    markers[bone & (height > LEG_ABOVE_MM)] = 1
    low, high = TALUS_MM
    markers[bone & (height < high) & (height > low) & (radius < TALUS_RADIUS_MM)] = 2
    markers[bone & (height < -FIBULA_TIP_MM)] = 2
    if not ((markers == 1).any() and (markers == 2).any()):
        return None
    return Foot(_flooded(field.hu, markers), field.grid)


def _joint_axis(volume: Volume, near_mm: ArrayLike) -> Axis | None:
    coarse = coarsen(volume)
    found, _ = sections(coarse)
    joints = [find_joint(coarse, found, chain) for chain in tubes(found, float(coarse.step[2]), TIBIA_MM2)]
    near = [j for j in joints if j is not None and np.linalg.norm(j.axis.point - np.asarray(near_mm, dtype=np.float64)) < NEAR_MM]
    return max(near, key=lambda j: j.score).axis if near else None


def _cylinder(grid: Grid, axis: Axis) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Height above the joint along its axis and distance from the axis of every voxel, mm."""
    i, j, k = np.ogrid[tuple(slice(0, n) for n in grid.shape)]
    away = [
        sum((index * step for index, step in zip((i, j, k), row[:3], strict=True)), row[3] - start)
        for row, start in zip(grid.affine[:3], axis.point, strict=True)
    ]
    height = sum(a * u for a, u in zip(away, axis.up, strict=True))
    square = sum(a * a for a in away) - height * height
    return np.asarray(height, dtype=np.float32), np.sqrt(np.maximum(square, 0), dtype=np.float32)


def _flooded(hu: NDArray[np.float32], markers: NDArray[np.int32]) -> NDArray[np.uint8]:
    from scipy.ndimage import distance_transform_edt
    from skimage.segmentation import watershed

    labels = watershed(-np.clip(hu, 0, 1200), markers, mask=hu > MARROW_HU)
    # Every voxel takes the label of its nearest, so that a surface of another resolution finds one.
    nearest = distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    return np.asarray(labels[tuple(nearest)], dtype=np.uint8)
