"""The joint line of an ankle along the axis of its tibia: where two bone plates face each other across a thin gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.boneshape import Coarse, Section
from ankleviewer.core.geometry import Array

# Regularises the axis of a short stub of shaft towards the patient's long axis; mm2, about one stub of 20 mm.
UPRIGHT_MM2 = 150.0
SHAFT_MM = 80.0
DISC_MM = 8.0
GAP_MM = 9
LEAST_VALLEY = 35.0
CLEAR = 0.65
METAPHYSIS_MM2 = 620.0
# From the plafond down to the lower face of the heel bone; the joint below the talus lies only about 40 mm above it, and the
# end of the marrow canal, whose rim also looks like a pair of plates, much farther.
HEEL_MM = (45.0, 86.0)
# No talus is that high: with so much bone above it, a joint is not the one below the talus.
SHAFT_SURE_MM = 38.0


@dataclass(frozen=True)
class Axis:
    """A line through bone: a point on it and the unit vector that points up, LPS mm."""

    point: Array
    up: Array

    def at(self, height: float | Array) -> Array:
        """Points at heights (mm) above `point`."""
        return np.asarray(self.point + np.asarray(height, dtype=np.float64)[..., None] * self.up)

    def height(self, mm: Array) -> Array:
        """Heights of points (..., 3) above `point`, along the axis."""
        return np.asarray((mm - self.point) @ self.up)


@dataclass(frozen=True)
class Joint:
    """A joint line met on an axis.

    Attributes:
        axis: with `point` at the joint.
        above_mm: how far bone and field of view reach upwards along the axis.
        below_mm: how far the field of view reaches downwards.
        bone_below_mm: how far bone reaches downwards.
        exit_seen: whether the lower end of that bone lies in the field of view.
        depth: HU of the valley between the plates.
    """

    axis: Axis
    above_mm: float
    below_mm: float
    bone_below_mm: float
    exit_seen: bool
    depth: float


def centre_mm(coarse: Coarse, section: Section) -> Array:
    """Centre of a section in LPS mm."""
    return coarse.grid.to_mm((section.x / coarse.step[0], section.y / coarse.step[1], section.k))


def fit_axis(coarse: Coarse, chain: list[Section]) -> Axis:
    """Line through the centres of a chain of sections, its tilt regularised where the chain is short."""
    points = np.array([centre_mm(coarse, s) for s in chain])
    middle = points.mean(axis=0)
    away = points - middle
    slope = (away[:, 2:] * away[:, :2]).sum(axis=0) / ((away[:, 2] ** 2).sum() + UPRIGHT_MM2)
    up = np.array([slope[0], slope[1], 1.0])
    return Axis(middle, up / np.linalg.norm(up))


def columns(coarse: Coarse, axis: Axis, heights: Array, radius: float = DISC_MM) -> NDArray[np.float32]:
    """HU along lines parallel to the axis within a disc: (lines, heights), NaN outside the scan."""
    across = np.cross(axis.up, [0.0, 1.0, 0.0])
    across /= np.linalg.norm(across)
    along = np.cross(axis.up, across)
    ticks = np.linspace(-radius, radius, 5)
    gx, gy = np.meshgrid(ticks, ticks)
    inside = np.hypot(gx, gy) <= radius * 1.01
    offset = gx[inside][:, None] * across + gy[inside][:, None] * along
    return coarse.sample(offset[:, None, :] + axis.at(heights)[None])


def valleys(lines: NDArray[np.float32]) -> NDArray[np.float32]:
    """How deep each height lies between denser bone above and below within 9 mm, mean over the lines, at most 500 HU.

    Args:
        lines: of `columns`, 1 mm apart.
    """
    from scipy import ndimage

    smooth = ndimage.gaussian_filter1d(np.nan_to_num(lines, nan=-1000.0), 1.0, axis=1)
    before = ndimage.maximum_filter1d(smooth, GAP_MM, axis=1, origin=GAP_MM // 2)
    after = ndimage.maximum_filter1d(smooth, GAP_MM, axis=1, origin=-(GAP_MM // 2))
    depth = np.clip(np.minimum(before, after) - smooth, 0, 500)
    # The plafond is curved and the axis a little oblique: lines may meet the gap up to 2 mm apart.
    return np.asarray(ndimage.maximum_filter1d(depth, 5, axis=1).mean(axis=0), dtype=np.float32)


def plates(lines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Dense bone at the scale of two plates (about 8 mm) against its surroundings: shows a gap too thin for the voxels, HU."""
    from scipy import ndimage

    filled = np.clip(np.nan_to_num(lines, nan=0.0), 0, 1500)
    narrow = ndimage.gaussian_filter1d(filled, 3.0, axis=1)
    return np.asarray(np.maximum(0, (narrow - ndimage.gaussian_filter1d(filled, 9.0, axis=1)).mean(axis=0)), dtype=np.float32)


def find_joint(coarse: Coarse, found: list[Section], chain: list[Section]) -> Joint | None:
    """The uppermost clear joint line on the axis of a chain of tibia-like sections; None if there is none.

    Args:
        found: all sections: above the joint one of them must be as wide as the end of a tibia.
        chain: of `tubes`.
    """
    solid = [s for s in found if s.solidity > 0.7]
    middles = np.array([centre_mm(coarse, s) for s in solid])
    areas = np.array([s.area for s in solid])
    top = centre_mm(coarse, chain[0])[2]
    shaft = [s for s in chain if top - centre_mm(coarse, s)[2] <= SHAFT_MM]
    joint: Joint | None = None
    for _ in range(3):
        axis = fit_axis(coarse, shaft)
        met = _first_joint(coarse, axis, top, centre_mm(coarse, chain[-1])[2], middles, areas)
        if met is None:
            return joint
        joint = met
        heights = [(float(joint.axis.height(centre_mm(coarse, s))), s) for s in chain]
        again = [s for h, s in heights if 5 <= h <= SHAFT_MM]
        if len(again) < 3 or again == shaft:
            break
        shaft = again
    return joint


def _wide_above(axis: Axis, middles: Array, areas: Array) -> bool:
    """Whether bone is as wide as the lower end of a tibia 3 to 14 mm above the axis' point."""
    height = axis.height(middles)
    aside = np.linalg.norm(middles - axis.at(height), axis=1)
    return bool((areas[(height >= 3) & (height <= 14) & (aside < 15)] >= METAPHYSIS_MM2).any())


def _first_joint(coarse: Coarse, axis: Axis, top: float, bottom: float, middles: Array, areas: Array) -> Joint | None:
    """Search the axis from 5 mm below the top of the chain to 30 mm below its lower end."""
    down = np.arange(0.0, top - bottom + 160.0)
    start = Axis(axis.at((top - axis.point[2]) / axis.up[2]), axis.up)
    lines = columns(coarse, start, -down)
    score = valleys(lines) + 0.5 * plates(lines)
    last = int(min(len(down) - 4, (top - bottom) / axis.up[2] + 30))
    # A rim of one window at the top: there, the edge of the scan itself looks like the end of a bone.
    peaks = [
        n
        for n in range(4, last)
        if score[n] == score[n - 4 : n + 5].max()
        and score[n] > LEAST_VALLEY
        and _wide_above(Axis(start.at(-float(n)), axis.up), middles, areas)
    ]
    if not peaks:
        return None
    best = max(score[n] for n in peaks)
    bone = (np.nan_to_num(lines, nan=-1000.0) > 150).mean(axis=0) > 0.25
    inside = np.isfinite(lines).mean(axis=0) > 0.5
    fov_end = int(np.flatnonzero(inside)[-1]) if inside.any() else 0
    for n in peaks:
        if score[n] < CLEAR * best:
            continue
        lower = np.flatnonzero(bone[n : n + 120])
        # A wider gap is the flesh of the sole: what follows is a cast or the table.
        ends = np.flatnonzero(np.diff(lower) > GAP_MM)
        reach = float(lower[ends[0] if len(ends) else -1]) if len(lower) else 0.0
        exit_seen = n + reach + 6 <= fov_end
        if exit_seen and (reach > HEEL_MM[1] or (reach < HEEL_MM[0] and n < SHAFT_SURE_MM)):
            continue
        upward = columns(coarse, start, np.arange(0.0, 60.0))
        more = int(np.argmin(np.r_[np.isfinite(upward).mean(axis=0) > 0.5, False]))
        joint_axis = Axis(start.at(-float(n)), axis.up)
        return Joint(joint_axis, float(n + min(more, 4)), float(fov_end - n), reach, exit_seen, float(score[n]))
    return None
