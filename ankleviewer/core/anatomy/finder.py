"""Where is the ankle? Tibia, joint line, side and completeness by classical image analysis on the bones of a CT.

The shaft of the tibia is a chain of compact sections; its axis leads to the first joint line, the plafond. The fibula lies
lateral of it and the forefoot in front: with the direction upwards these two tell left from right however the leg is turned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ankleviewer.core.anatomy.boneshape import Coarse, Section, body_area_mm2, coarsen, sections, tubes
from ankleviewer.core.anatomy.joint import Axis, Joint, center_mm, find_joint
from ankleviewer.core.errors import stop_if
from ankleviewer.core.geometry import UP, Array, Point, triple
from ankleviewer.core.volume import Volume

Side = Literal["L", "R", "unknown"]

TIBIA_MM2 = 230.0
LIMB_MM2 = 16_000.0
ABOVE_MM = 14.0  # as `little_above` says
TALUS_MM = 20.0
ASIDE_MM = 26.0
ONE_LEG_MM = 60.0
OTHER_LEG = 4.0
BOX_MM = 64.0
LONG_FOOT = 1.8
FOOT_MM = 95.0
LIES_WELL = 0.4
SIDE_SURE = 0.8
CUT_ABOVE = "the scan ends at or below the lower end of the tibia; the joint cannot be assessed."
CUT_ASIDE = "the joint lies at the side of the scan and is cut off."
NO_LINE = "bones reach the upper end of the scan, but no joint line was found."
FIBULA_MM2, FIBULA_ELONGATION = 450.0, 3.0  # a section of it is no larger and no longer than this


@dataclass(frozen=True)
class Ankle:
    """One ankle in a scan.

    Attributes:
        side: "L", "R" or "unknown".
        center_mm: near the centre of the joint line (tibial plafond, talar dome), LPS mm; of an incomplete ankle, near where
            the joint line leaves the field of view.
        min_mm, max_mm: LPS box around the bones of this ankle region.
        complete: distal tibia, joint and talus lie in the field of view.
        reason: a sentence where not complete, else "".
        doubt: a sentence where complete, but a malleolus may be cut off, else "".
        landmarks: names of `landmarks.NAMES` that the locator saw, with LPS mm; () where it saw none.
        up: unit vector towards the shaft, LPS, where the leg lies across the scan (`upright`), else the scan's own upwards.
    """

    side: Side
    center_mm: Point
    min_mm: Point
    max_mm: Point
    complete: bool
    reason: str
    landmarks: tuple[tuple[str, Point], ...] = ()
    up: Point = UP
    doubt: str = ""


def find_ankles(volume: Volume, cancelled: Callable[[], bool] | None = None, coarse: Coarse | None = None) -> tuple[Ankle, ...]:
    """Ankles in a scan, right first; () when no bone like an ankle is found. About 0.3 s for 512 x 512 x 150.

    Args:
        coarse: of `coarsen`, where it is there already.

    Raises:
        Cancelled: on request.
    """
    coarse = coarsen(volume, cancelled) if coarse is None else coarse
    found, bone = sections(coarse, cancelled)
    stop_if(cancelled)
    whole, coarse = coarse, replace(coarse, bone=bone)
    joints = _joints(coarse, found, cancelled)
    reasons = [_missing(coarse, joint) for joint in joints]
    if not joints:
        axes = [] if _encloses_organs(whole) else _feet(coarse, found)
        reasons = [CUT_ABOVE] * len(axes)
    else:
        axes = [joint.axis for joint in joints]
    ankles = []
    for axis, reason in zip(axes, reasons, strict=True):
        low, high = _box(coarse, axis)
        ankles.append(Ankle(_side(coarse, found, axis, axes), triple(axis.point), low, high, not reason, reason))
    return right_first(_agree(ankles))


def right_first(ankles: Sequence[Ankle]) -> tuple[Ankle, ...]:
    """The order in which ankles are told: right, left, of unknown side; of one side from the patient's right on."""
    return tuple(sorted(ankles, key=lambda a: ({"R": 0, "L": 1, "unknown": 2}[a.side], a.center_mm[0])))


def little_above(mm: float) -> str:
    """What keeps an ankle from being complete where too little of the tibia is there."""
    return f"only {int(mm)} mm of the tibia above the joint lie in the scan; 14 mm are needed."


def little_below(mm: float) -> str:
    """The same of the talus."""
    return f"only {mm:.0f} mm below the joint lie in the scan; the talus is not contained."


def _joints(coarse: Coarse, found: list[Section], cancelled: Callable[[], bool] | None = None) -> list[Joint]:
    """Ankle joints below tibia-like chains, the best supported of each leg."""
    ranked: list[tuple[float, Joint]] = []
    for chain in tubes(found, float(coarse.step[2]), TIBIA_MM2):
        stop_if(cancelled)  # a long scan holds a hundred of them
        joint = find_joint(coarse, found, chain)
        if joint is None or body_area_mm2(coarse, joint.axis.at(6.0)) > LIMB_MM2:
            continue
        ranked.append(((chain[0].k - chain[-1].k) * float(coarse.step[2]), joint))
    ranked.sort(key=lambda pair: -pair[1].score)
    kept: list[tuple[float, Joint]] = []
    for length, joint in ranked:
        # The other leg's ankle looks about as good as the first and is no foot joint at the edge of the scan.
        if kept and (joint.score < kept[0][1].score - OTHER_LEG or _missing(coarse, joint)):
            continue
        if all(np.linalg.norm((joint.axis.point - other.axis.point)[:2]) > ONE_LEG_MM for _, other in kept):
            kept.append((length, joint))
    longest = max((length for length, _ in kept), default=0.0)
    # A raised forefoot has joints of its own, below stubs far shorter than the shaft of a tibia.
    return [joint for length, joint in kept if length >= 0.4 * min(longest, 60.0)][:2]


def _missing(coarse: Coarse, joint: Joint) -> str:
    """What keeps an ankle from being complete, as a sentence; "" if nothing does."""
    if joint.above_mm < ABOVE_MM:
        return little_above(joint.above_mm)
    if joint.below_mm < TALUS_MM:
        return little_below(joint.below_mm)
    # in voxels: the sides of a field of view that is turned are not those of a box around it
    at, reach = coarse.grid.to_voxel(joint.axis.point)[:2], ASIDE_MM / np.asarray(coarse.grid.spacing[:2])
    if (at - reach < -0.5).any() or (at + reach > np.asarray(coarse.grid.shape[:2]) - 0.5).any():
        return CUT_ASIDE
    return ""


def _feet(coarse: Coarse, found: list[Section]) -> list[Axis]:
    """Feet whose leg is cut off by the upper end of the scan: bone at the top, and a limb's slender flesh all the way down."""
    from scipy.ndimage import binary_dilation, label

    depth = max(1, round(10 / coarse.step[2]))
    top = coarse.bone[:, :, -depth:].sum(axis=2) >= 1
    grown = binary_dilation(top, iterations=max(1, round(6 / coarse.step[0])))
    regions, count = label(grown)
    axes = []
    for region in range(1, count + 1):
        inside = (regions == region) & top
        if inside.sum() * coarse.step[0] * coarse.step[1] < 500:
            continue
        x, y = np.argwhere(inside).mean(axis=0)
        axis = Axis(coarse.grid.to_mm((x, y, coarse.grid.shape[2] - 1)), np.array([0.0, 0.0, 1.0]))
        if body_area_mm2(coarse, axis.at(-5.0)) > LIMB_MM2 or not _foot_below(coarse, found, axis):
            continue
        axes.append(axis)
    axes.sort(key=lambda a: float(a.point[0]))
    return axes if len(axes) <= 2 else []


def _foot_below(coarse: Coarse, found: list[Section], axis: Axis) -> bool:
    """Bone reaches 35 mm down, in at least two sizeable sections of which one is as large as a heel bone's."""
    near = [s for s in found if np.linalg.norm((center_mm(coarse, s) - axis.point)[:2]) < 70]
    depths = [float(-axis.height(center_mm(coarse, s))) for s in near if s.area > 300]
    return bool(depths) and max(depths) >= 35 and max((s.area for s in near), default=0.0) > 700


def _encloses_organs(coarse: Coarse) -> bool:
    """Whether bone rings off 30 cm2 with no bone in it (skull, pelvis): never in a foot; a cast has bones inside."""
    from scipy.ndimage import find_objects, label

    in_plane = np.zeros((3, 3, 3), dtype=bool)
    in_plane[:, 1, 1] = in_plane[1, :, 1] = True
    every = max(1, round(6 / coarse.step[2]))
    bone = coarse.bone[:, :, ::every]
    regions, count = label(~bone, structure=in_plane)
    pixels = np.bincount(regions.ravel(), minlength=count + 1)
    pixel = coarse.step[0] * coarse.step[1]
    for index, place in enumerate(find_objects(regions), start=1):
        if place is None or pixels[index] * pixel < 3000:
            continue
        touches = any(place[a].start == 0 or place[a].stop == bone.shape[a] for a in range(2))
        inside = bone[place][2:-2, 2:-2]
        if not touches and inside.size and inside.mean() < 0.05:
            return True
    return False


def _side(coarse: Coarse, found: list[Section], axis: Axis, axes: list[Axis]) -> Side:
    lateral = _fibula(coarse, found, axis)
    if lateral is None:
        return "unknown"
    outwards = float(lateral[0] / np.linalg.norm(lateral))
    forefoot = _forefoot(coarse, axis, axes)
    if forefoot is not None:
        ahead, sure = forefoot
        turn = float(np.cross(lateral, ahead) @ axis.up / (np.linalg.norm(lateral) * np.linalg.norm(ahead)))
        if abs(turn) > 0.3:
            # In nearly all scans the leg lies with the fibula on its outer side: no proof, but a hint.
            right = sure * np.sign(turn) - LIES_WELL * outwards
            return "unknown" if abs(right) < SIDE_SURE else "R" if right > 0 else "L"
    if abs(outwards) > 0.35:
        # No foot to be seen: the leg is taken to lie as it does in nearly all scans.
        return "L" if outwards > 0 else "R"
    return "unknown"


def _fibula(coarse: Coarse, found: list[Section], axis: Axis) -> Array | None:
    """From the axis to the fibula, at right angles to the axis; the shaft first, else the tip of the lateral malleolus."""
    hits: list[tuple[float, Array]] = []
    for s in found:
        if s.area > FIBULA_MM2 or s.elongation > FIBULA_ELONGATION:  # a splint's shell is long and thin
            continue
        to = center_mm(coarse, s) - axis.point
        height = float(to @ axis.up)
        across = to - height * axis.up
        if -30 <= height <= 80 and 13 <= np.linalg.norm(across) <= 48:
            hits.append((height, across))
    for low, high in ((6, 80), (-30, -8), (-8, 6)):
        here = np.array([across for height, across in hits if low <= height <= high])
        if len(here) >= 2:
            middle = np.median(here, axis=0)
            return np.asarray(middle, dtype=np.float64)
    return None


def _forefoot(coarse: Coarse, axis: Axis, axes: list[Axis]) -> tuple[Array, float] | None:
    """The way the toes point, at right angles to the axis: the long direction of the bones below the joint.

    Returns:
        The direction, and how sure it is that the toes and not the heel lie there (log odds, at least 0). None where too little
        of the foot is seen, or where it points straight down.
    """
    half = coarse.bone[::2, ::2, ::2]
    mm = coarse.grid.to_mm(np.argwhere(half) * 2)
    mm = mm[(axis.height(mm) < -15) & (np.linalg.norm(mm - axis.point, axis=1) < 260)]
    for other in axes:
        if other is not axis:
            mm = mm[np.linalg.norm((mm - axis.point)[:, :2], axis=1) < np.linalg.norm((mm - other.point)[:, :2], axis=1)]
    if len(mm) * np.prod(coarse.step) * 8 < 15_000:
        return None
    middle = mm.mean(axis=0)
    spread, directions = np.linalg.eigh(np.cov((mm - middle).T))
    along = directions[:, 2]
    place = (mm - axis.point) @ along
    low, high = np.percentile(place, [1, 99])
    if spread[2] < LONG_FOOT * spread[1] or high - low < FOOT_MM:
        return None
    # The heel lies about 50 mm behind the axis, the toes 150 mm before it; where one end is cut off, it is the toes; the heel
    # is high and narrow, the forefoot flat and wide. Weights by logistic regression.
    ends = [mm[near] for near in (place < low + 12, place > high - 12)]
    flat, wide = (_spread(ends[1], along) - _spread(ends[0], along)) / 5.0
    cut = float(_at_edge(coarse, ends[1])) - float(_at_edge(coarse, ends[0]))
    toes_high = -1.6 * flat + 1.2 * wide + 0.7 * cut + 0.8 * (high + low) / 30
    forward = along if toes_high > 0 else -along
    ahead = forward - (forward @ axis.up) * axis.up
    return (np.asarray(ahead, dtype=np.float64), abs(float(toes_high))) if np.linalg.norm(ahead) > 0.3 else None


def _spread(mm: Array, along: Array) -> Array:
    """Standard deviations of points across a direction, the smaller first; of fewer than two points none."""
    if len(mm) < 2:
        return np.zeros(2)
    away = mm - mm.mean(axis=0)
    away = away - np.outer(away @ along, along)
    return np.asarray(np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(away.T))[1:], 0)))


def _at_edge(coarse: Coarse, mm: Array) -> bool:
    """Whether points lie mostly at the edge of the field of view."""
    at = coarse.grid.to_voxel(mm)
    rim = (at * coarse.step < 5) | ((np.asarray(coarse.grid.shape) - 1 - at) * coarse.step < 5)
    return bool(len(at) and rim.any(axis=1).mean() > 0.4)


def _agree(ankles: list[Ankle]) -> list[Ankle]:
    """Two ankles cannot be of one side: an unknown one takes the other side; two alike are told apart by their place."""
    if len(ankles) != 2:
        return ankles
    first, second = sorted(ankles, key=lambda a: a.center_mm[0])
    known = {first.side, second.side} - {"unknown"}
    if len(known) == 2:
        return [first, second]
    if len(known) == 1 and first.side != second.side:
        other: Side = "L" if known == {"R"} else "R"
        return [a if a.side != "unknown" else replace(a, side=other) for a in (first, second)]
    beside = abs(first.center_mm[0] - second.center_mm[0]) > abs(first.center_mm[1] - second.center_mm[1])
    sides: tuple[Side, Side] = ("R", "L") if beside else ("unknown", "unknown")
    return [replace(first, side=sides[0]), replace(second, side=sides[1])]


def _box(coarse: Coarse, axis: Axis) -> tuple[Point, Point]:
    """Bounds of the bone within 64 mm of the joint, outer faces of the voxels included."""
    size = np.asarray(coarse.grid.shape)
    centre = coarse.grid.to_voxel(axis.point)
    low = np.clip(np.floor(centre - BOX_MM / coarse.step), 0, size - 1).astype(int)
    high = np.clip(np.ceil(centre + BOX_MM / coarse.step) + 1, low + 1, size).astype(int)
    found = np.argwhere(coarse.bone[low[0] : high[0], low[1] : high[1], low[2] : high[2]])
    if not len(found):
        return triple(axis.point), triple(axis.point)
    corners = np.array([found.min(axis=0) + low - 0.5, found.max(axis=0) + low + 0.5])
    mm = coarse.grid.to_mm(
        np.array([[corners[i][0], corners[j][1], corners[k][2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    )
    return triple(mm.min(axis=0)), triple(mm.max(axis=0))
