"""The cast, the splint or the table around a leg, so that pictures of the bones can leave it out: it is as dense as bone.

It is what one meets first on the way in from the air: a sheet that begins at the surface and ends in padding or skin. Bone lies
deeper, below padding, skin and fat. How thick the sheet is, is measured where it has such an end; where it touches skin so thin
that none shows, it is taken to be as thick as elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.imaging.bonefield import Field, bone_field
from ankleviewer.core.volume import Volume

STEP_MM = 1.2
AROUND_MM = 15.0  # beyond the region, so that the sheet's outer side is seen too
AIR_HU, DENSE_HU = -300.0, 150.0
GAP_MM = 6.0  # air within twice this width lies between leg and cast, or between toes, and is not outside
SURFACE_MM = 3.0  # a sheet begins at this depth at the latest
DEEPEST_MM = 14.0  # no cast is thicker
SMALLEST_CM3 = 15.0  # of one piece: bones of toes that lie open to the air are smaller
COVERED = 0.4  # of the surface of what is left borders soft tissue; a bone without flesh is no cast


_SHARE = 0.05  # of a voxel: with the blurred rim, which is no bone either
_AIR = -1024.0


@dataclass(frozen=True, eq=False)
class Cast:
    """Which part of a scan is cast, splint or table: bool on a grid."""

    mask: NDArray[np.bool_]
    grid: Grid

    def on(self, grid: Grid) -> NDArray[np.bool_]:
        """Whether each voxel of another grid belongs to it; beyond its own, as at the nearest."""
        from scipy.ndimage import affine_transform

        to_own = self.grid.inverse @ grid.affine
        mask = self.mask.astype(np.float32)
        share = affine_transform(mask, to_own[:3, :3], to_own[:3, 3], grid.shape, np.float32, order=1, mode="nearest")
        return np.asarray(share > _SHARE)

    def left_out(self, field: Field) -> Field:
        """A field in which air stands in its place."""
        return Field(np.where(self.on(field.grid), np.float32(_AIR), field.hu), field.grid)


def find_cast(volume: Volume, region: tuple[Array, Array] | None = None) -> Cast | None:
    """What lies around the leg and is as dense as bone, in an LPS box (whole scan for None); None where there is nothing."""
    from scipy import ndimage

    if region is not None:
        region = (np.asarray(region[0]) - AROUND_MM, np.asarray(region[1]) + AROUND_MM)
    field = bone_field(volume, region, STEP_MM)
    spacing = np.asarray(field.grid.spacing)
    cm3 = float(np.prod(spacing)) / 1000
    air, dense = field.hu < AIR_HU, field.hu >= DENSE_HU
    outside = _outside(air, spacing)
    near = ndimage.binary_dilation(outside, iterations=max(1, round(SURFACE_MM / float(spacing.min()))))
    if np.count_nonzero(near & dense) * cm3 < SMALLEST_CM3 / 2:
        return None
    labels, count = ndimage.label(_sheet(outside, dense, spacing))
    large = np.bincount(labels.ravel(), minlength=count + 1) * cm3 >= SMALLEST_CM3
    large[0] = False
    mask = large[labels]
    if not mask.any() or _covered(dense & ~mask, dense, air) < COVERED:
        return None
    return Cast(mask, field.grid)


def _outside(air: NDArray[np.bool_], spacing: Array) -> NDArray[np.bool_]:
    """The air around leg and cast, without what lies in narrow gaps; air at the edge of the field goes on beyond it."""
    from scipy.ndimage import distance_transform_edt

    margin = int(np.ceil(GAP_MM / (2 * float(spacing.min())))) + 1
    coarse = np.pad(air[::2, ::2, ::2], margin, mode="edge")
    wide = distance_transform_edt(coarse, sampling=2 * spacing) > GAP_MM
    if not wide.any():
        return np.zeros_like(air)
    reached = distance_transform_edt(~wide, sampling=2 * spacing) <= GAP_MM + 2 * float(spacing.max())
    inner = reached[margin:-margin, margin:-margin, margin:-margin]
    for axis in range(3):
        inner = np.repeat(inner, 2, axis=axis)
    return np.asarray(inner[: air.shape[0], : air.shape[1], : air.shape[2]] & air)


def _sheet(outside: NDArray[np.bool_], dense: NDArray[np.bool_], spacing: Array) -> NDArray[np.bool_]:
    """Dense voxels that one meets first on the way in from outside, each followed to its end or to the usual thickness."""
    from scipy.ndimage import distance_transform_edt

    depth, nearest = distance_transform_edt(~outside, sampling=spacing, return_indices=True)
    here = (depth > 0) & (depth <= DEEPEST_MM)
    ways, way = np.unique(np.ravel_multi_index(tuple(index[here] for index in nearest), outside.shape), return_inverse=True)
    deep, hard = depth[here], dense[here]
    begin, end = np.full(len(ways), np.inf), np.full(len(ways), np.inf)
    np.minimum.at(begin, way[hard], deep[hard])
    after = ~hard & (deep > begin[way])
    np.minimum.at(end, way[after], deep[after])
    sheet = np.zeros_like(dense)
    starts = begin <= SURFACE_MM
    ends = end[starts & np.isfinite(end)]
    if not len(ends):
        return sheet
    usual, thick = np.percentile(ends, (50, 75))
    step = float(spacing.max())
    last = np.where(end <= thick + step, np.maximum(end, usual + step / 2), usual + step / 2)
    sheet[here] = hard & starts[way] & (deep < last[way])
    return sheet


def _covered(bone: NDArray[np.bool_], dense: NDArray[np.bool_], air: NDArray[np.bool_]) -> float:
    """How much of the surface of `bone` borders soft tissue, 0 to 1; 0 where there is none."""
    from scipy.ndimage import binary_dilation

    shell = binary_dilation(bone, iterations=2) & ~binary_dilation(bone)
    count = np.count_nonzero(shell)
    return np.count_nonzero(shell & ~dense & ~air) / count if count else 0.0
