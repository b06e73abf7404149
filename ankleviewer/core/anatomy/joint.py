"""The joint line of an ankle along the axis of its tibia: the height that looks most like a plafond, by several cues at once.

The ends of the marrow cavity, fractures and the joints of the foot all show two plates of bone across a dark gap. Unlike them
the ankle's gap spans the whole end of a bone that is slender 35 to 60 mm farther up and flares towards it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.anatomy.boneshape import Coarse, Section
from ankleviewer.core.geometry import Array

# Regularises the axis of a short stub of shaft towards the patient's long axis; mm2, about one stub of 20 mm.
UPRIGHT_MM2 = 150.0
SHAFT_MM = 80.0
# The plafond's disc: smaller than the end of a tibia, larger than its shaft.
DISC_MM = 14.0
GAP_MM = 7
PLATES = 3.0
SOLE_MM = 9
STUB_MM = 14.0
LEAST_SPAN = 0.15
METAPHYSIS_MM2 = 620.0
# From the plafond down to the lower face of the heel bone; the joint below the talus lies only about 40 mm above it, and the
# end of the marrow canal, whose rim also looks like a pair of plates, much farther.
HEEL_MM = (45.0, 90.0)
# No talus is that high: with so much bone above it, a joint is not the one below the talus.
SHAFT_SURE_MM = 34.0
TALUS_MM = 18.0
# With little of the shaft and of the foot in the scan, nothing tells the ankle from the joint below the talus.
HALF_HEEL_MM = 32.0
# A joint above all of the chain that led to it, though the scan shows a tibia there.
ORPHAN = 2.0
LEAST_SCORE = 5.0
# What each cue counts: fitted once (conditional logistic regression) so that the plafond outdoes the other gaps on its axis.
CUES = {"span": 5.3, "plates": 6.3, "flare": 2.0, "wide": 5.7, "stem": 2.0, "subtalar": 2.0, "gap_above": -1.1}


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
        score: how much it looks like an ankle, sum of the weighed cues.
    """

    axis: Axis
    above_mm: float
    below_mm: float
    bone_below_mm: float
    exit_seen: bool
    depth: float
    score: float


def center_mm(coarse: Coarse, section: Section) -> Array:
    """Centre of a section in LPS mm."""
    return coarse.grid.to_mm((section.x / coarse.step[0], section.y / coarse.step[1], section.k))


def fit_axis(coarse: Coarse, chain: list[Section]) -> Axis:
    """Line through the centres of a chain of sections, its tilt regularised where the chain is short."""
    points = np.array([center_mm(coarse, s) for s in chain])
    middle = points.mean(axis=0)
    away = points - middle
    slope = (away[:, 2:] * away[:, :2]).sum(axis=0) / ((away[:, 2] ** 2).sum() + UPRIGHT_MM2)
    up = np.array([slope[0], slope[1], 1.0])
    return Axis(middle, up / np.linalg.norm(up))


def columns(coarse: Coarse, axis: Axis, heights: Array, radius: float = DISC_MM) -> NDArray[np.float32]:
    """HU along 49 lines parallel to the axis within a disc: (lines, heights), NaN outside the scan."""
    across = np.cross(axis.up, [0.0, 1.0, 0.0])
    across /= np.linalg.norm(across)
    along = np.cross(axis.up, across)
    ticks = np.linspace(-radius, radius, 9)
    gx, gy = np.meshgrid(ticks, ticks)
    inside = np.hypot(gx, gy) <= radius * 1.01
    offset = gx[inside][:, None] * across + gy[inside][:, None] * along
    return coarse.sample(offset[:, None, :] + axis.at(heights)[None])


def valleys(lines: NDArray[np.float32], spread: int = 7) -> NDArray[np.float32]:
    """How deep each place lies between denser bone above and below within 7 mm, HU: (lines, heights).

    Args:
        lines: of `columns`, 1 mm apart.
        spread: the greatest depth within so many mm along the line; the plafond is curved and the axis a little oblique, so
            that the lines meet the gap up to 3 mm apart.
    """
    from scipy import ndimage

    smooth = ndimage.gaussian_filter1d(np.clip(np.nan_to_num(lines, nan=-100.0), -100, 1600), 1.0, axis=1)
    half = GAP_MM // 2
    before = ndimage.maximum_filter1d(smooth, GAP_MM, axis=1, origin=half, mode="constant", cval=-100.0)
    after = ndimage.maximum_filter1d(smooth, GAP_MM, axis=1, origin=-half, mode="constant", cval=-100.0)
    depth = np.maximum(0, np.minimum(before, after) - smooth)
    return np.asarray(ndimage.maximum_filter1d(depth, spread, axis=1), dtype=np.float32)


def plates(lines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Dense bone at the scale of two plates (about 8 mm) against its surroundings, HU: shows a gap too thin for the voxels.

    The level that 70 % of the lines reach: a plate that spans the disc, no rim of a marrow cavity.
    """
    from scipy import ndimage

    filled = np.clip(np.nan_to_num(lines, nan=0.0), 0, 1200)
    band = ndimage.gaussian_filter1d(filled, 2.5, axis=1) - ndimage.gaussian_filter1d(filled, 8.0, axis=1)
    spread = ndimage.maximum_filter1d(band, 7, axis=1)
    return np.asarray(np.maximum(0, np.percentile(spread, 30, axis=0)), dtype=np.float32)


def find_joint(coarse: Coarse, found: list[Section], chain: list[Section]) -> Joint | None:
    """The place on the axis of a chain of tibia-like sections that looks most like an ankle's joint; None if none does.

    Args:
        found: all sections: above the joint one of them must be as wide as the end of a tibia.
        chain: of `tubes`.
    """
    top = center_mm(coarse, chain[0])[2]
    shaft = [s for s in chain if top - center_mm(coarse, s)[2] <= SHAFT_MM]
    joint: Joint | None = None
    for _ in range(3):
        axis = fit_axis(coarse, shaft)
        met = max(joints_on(coarse, found, axis, top), key=lambda j: j[0].score, default=None)
        if met is None:
            return joint
        joint = met[0]
        heights = [(float(joint.axis.height(center_mm(coarse, s))), s) for s in chain]
        again = [s for h, s in heights if 5 <= h <= SHAFT_MM]
        if len(again) < 3 or again == shaft:
            break
        shaft = again
    return joint


def areas_along(coarse: Coarse, found: list[Section], start: Axis, count: int) -> Array:
    """Area of the bone on an axis at each mm below its point, mm2; NaN where no single bone lies on it."""
    area = np.full(count, np.nan)
    solid = [s for s in found if s.solidity > 0.6 and s.area > 150]
    if not solid:
        return area
    middles = coarse.grid.to_mm(np.array([(s.x / coarse.step[0], s.y / coarse.step[1], s.k) for s in solid]))
    height = start.height(middles)
    aside = np.linalg.norm(middles - start.at(height), axis=1)
    half = max(1, int(np.ceil(coarse.step[2] / 2)))
    for i in np.argsort(-aside):
        if aside[i] < 16:
            k = round(-float(height[i]))
            area[max(0, k - half) : max(0, k + half + 1)] = solid[i].area
    return area


def joints_on(coarse: Coarse, found: list[Section], axis: Axis, top: float) -> list[tuple[Joint, dict[str, float]]]:
    """All gaps met on an axis that may be an ankle's joint, from top to bottom, each with its cues.

    Args:
        top: z of the upper end of the chain that the axis was fitted to, mm: the joint lies below it.
    """
    low, high = coarse.grid.bounds_mm()
    start = Axis(axis.at((high[2] - axis.point[2]) / axis.up[2]), axis.up)
    down = np.arange(0.0, (high[2] - low[2]) / axis.up[2])
    lines = columns(coarse, start, -down)
    seen = np.isfinite(lines).mean(axis=0) > 0.5
    if len(down) < 25 or not seen.any():
        return []
    first, last = (int(n) for n in np.flatnonzero(seen)[[0, -1]])
    gap, plate = valleys(lines), plates(lines) / coarse.threshold
    span = np.clip(gap / (0.6 * coarse.threshold), 0, 1).mean(axis=0)
    depth = np.minimum(gap, 500).mean(axis=0)
    look = span + PLATES * plate
    area = areas_along(coarse, found, start, len(down))
    bone = (np.nan_to_num(lines, nan=-1000.0) > max(90.0, 0.5 * coarse.threshold)).mean(axis=0) > 0.3
    joints = []
    for n in range(first + 4, last - 3):
        if look[n] < look[max(0, n - 3) : n + 4].max() or look[n] < LEAST_SPAN:
            continue
        near = _within(area, n - 14, n - 2)
        if not (near >= METAPHYSIS_MM2).any():
            continue
        lower = np.flatnonzero(bone[n : n + 120])
        # A wider gap is the flesh of the sole: what follows is a cast or the table.
        ends = np.flatnonzero(np.diff(lower) > SOLE_MM)
        reach = float(lower[ends[0] if len(ends) else -1]) if len(lower) else 0.0
        exit_seen = n + reach + 6 <= last
        above = float(n - first)
        stem = top - start.at(-float(n))[2]
        orphan = stem < 0 and above >= STUB_MM
        if stem < -STUB_MM:
            continue
        least = HEEL_MM[0] if above < SHAFT_SURE_MM else TALUS_MM
        if exit_seen and not least <= reach <= HEEL_MM[1]:
            continue
        if not exit_seen and reach < HALF_HEEL_MM and above < SHAFT_SURE_MM + 4:
            continue
        far = _within(area, n - 60, n - 34)
        cues = {
            "span": float(span[n]),
            "plates": min(2.0, float(plate[n])),
            "flare": float(np.clip(np.log(near.max() / np.median(far)), -0.5, 1.2)) if len(far) else 0.0,
            "wide": float(np.clip(np.log(near.max() / 900), -1.2, 0)),
            "stem": float(np.clip(stem, 0.0, 60.0)) / 60,
            "subtalar": min(1.5, float(look[n + 26 : n + 45].max(initial=0.0))),
            "gap_above": min(1.5, float(look[max(0, n - 44) : max(0, n - 25)].max(initial=0.0))),
        }
        score = sum(CUES[name] * cue for name, cue in cues.items()) - (ORPHAN if orphan else 0.0)
        if score < LEAST_SCORE:
            continue
        place = Axis(start.at(-_middle(look, n)), axis.up)
        joints.append((Joint(place, above, float(last - n), reach, exit_seen, float(depth[n]), score), cues))
    return joints


def _middle(look: NDArray[np.float32], n: int) -> float:
    """Middle of the peak at height index n."""
    first = max(0, n - 5)
    near = look[first : n + 6]
    weight = np.maximum(0, near - 0.7 * near.max())
    return float(first + (weight * np.arange(len(near))).sum() / weight.sum())


def _within(area: Array, first: int, last: int) -> Array:
    values = area[max(0, first) : max(0, last)]
    return np.asarray(values[np.isfinite(values)])
