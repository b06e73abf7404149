"""The mortise view: planes along the axis of the tibia and through both malleoli, found from the bones of one ankle.

In radiography the leg is turned inwards until the line between the malleoli is parallel to the detector (usually 15 to 20
degrees; Radiopaedia, "Ankle (mortise view)"). Here the coronal plane takes the detector's place:

- superior of the set is the anatomical axis of the distal tibia, the line through the middles of its shaft,
- the coronal plane contains that axis and the direction of the transmalleolar axis, the line between the most prominent parts of
  the medial and the lateral malleolus at the height of the joint, as in the measurement of tibial torsion on CT,
- the axial plane is at right angles to the tibia, the sagittal one to both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ankleviewer.core.anatomy.boneshape import Coarse, Section, coarsen, sections, tubes
from ankleviewer.core.anatomy.joint import Axis, center_mm, find_joint, fit_axis
from ankleviewer.core.geometry import Array, triple
from ankleviewer.core.volume import Volume

TIBIA_MM2 = 230.0
NEAR_MM = 15.0  # from the ankle's centre to the joint of its tibia
SHAFT_MM = (15.0, 80.0)  # above the joint: below, the flare of the metaphysis is not symmetrical about the axis
SHORT_MM, LONG_MM = 12.0, 45.0  # length of shaft that gives no axis, and a sure one
MALLEOLI_MM = (-16.0, 10.0)
REACH_MM, DEEP_MM = 50.0, 6.0  # from the axis, and how much of a malleolus's outer end counts
SECTOR_DEG = 30.0  # half of it: how far from the line through the malleoli a part of them may lie
FIBULA_MM = (12.0, 80.0)  # heights of its shaft above the joint
WIDE_MM = (45.0, 85.0)  # between the outer faces of the malleoli of an adult, with room for a dislocation
FIBULA_DEG = (35.0, 60.0)  # the shaft of the fibula lies this near to the transmalleolar axis: surely, at most
LEAST = 0.3


class Found(Protocol):
    """An ankle as `anatomy` finds it."""

    @property
    def side(self) -> str: ...
    @property
    def center_mm(self) -> tuple[float, float, float]: ...
    @property
    def complete(self) -> bool: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, eq=False)
class Mortise:
    """The planes of the mortise view.

    Attributes:
        directions: 3 x 3, columns are the set's left, posterior and superior in LPS.
        center_mm: the middle of the joint on the tibial axis, LPS mm.
        width_mm: between the outer faces of the malleoli.
        confidence: 0 to 1; below LEAST no view is given. Falls with a short shaft, an unlikely width and a fibula that lies
            elsewhere than the axis says; it is no probability.
    """

    directions: Array
    center_mm: tuple[float, float, float]
    width_mm: float
    confidence: float


class NoMortise(ValueError):
    """The planes cannot be found; the text says why, as a sentence."""


def find_mortise(volume: Volume, ankle: Found) -> Mortise:
    """The mortise view of one ankle. About as long as `find_ankles`: 0.3 s for 512 x 512 x 150. Raises NoMortise."""
    if not ankle.complete:
        raise NoMortise(f"The ankle is not whole: {ankle.reason}")
    coarse = coarsen(volume)
    found, bone = sections(coarse)
    coarse = replace(coarse, bone=bone)
    axis, length = _tibia(coarse, found, np.asarray(ankle.center_mm))
    fibula = _fibula(coarse, found, axis)
    hint = fibula if fibula is not None else _outwards(ankle.side, axis)
    medial, lateral = _malleoli(coarse, axis, hint)
    across = lateral - medial
    width = float(np.linalg.norm(across))
    across = across / width
    sure = [
        _ramp(length, SHORT_MM, LONG_MM),
        _ramp(width, WIDE_MM[0] - 8, WIDE_MM[0]),
        _ramp(-width, -WIDE_MM[1] - 8, -WIDE_MM[1]),
    ]
    if fibula is None:
        sure.append(0.5)
    else:
        away = float(np.degrees(np.arccos(np.clip(across @ fibula / np.linalg.norm(fibula), -1, 1))))
        sure.append(_ramp(-away, -FIBULA_DEG[1], -FIBULA_DEG[0]))
    confidence = float(np.prod(sure))
    if confidence < LEAST:
        raise NoMortise("Tibia and malleoli do not stand to each other as in an ankle, or too little of them is in the scan.")
    # Seen from the front of the patient, however surely the side is known: no leg lies turned by more than 90 degrees.
    left = across if across[0] > 0 else -across
    return Mortise(np.stack([left, np.cross(axis.up, left), axis.up], axis=1), triple(axis.point), width, confidence)


def _tibia(coarse: Coarse, found: list[Section], centre: Array) -> tuple[Axis, float]:
    """Axis of the tibia's shaft with its point at the joint, and the length of shaft that it was fitted to, mm."""
    axis: Axis | None = None
    shaft: list[Section] = []
    for chain in tubes(found, float(coarse.step[2]), TIBIA_MM2):
        joint = find_joint(coarse, found, chain)
        if joint is None or np.linalg.norm(joint.axis.point - centre) > NEAR_MM:
            continue
        part = [s for s in chain if SHAFT_MM[0] <= float(joint.axis.height(center_mm(coarse, s))) <= SHAFT_MM[1]]
        # Stubs of other bones may lead to the same joint; the shaft is the longest.
        if axis is None or len(part) > len(shaft):
            axis, shaft = joint.axis, part
    if axis is None:
        raise NoMortise("No shaft of a tibia was found above this joint.")
    length = (len(shaft) - 1) * float(coarse.step[2])
    if length < SHORT_MM:
        raise NoMortise("Too little of the tibia's shaft lies in the scan to tell its axis.")
    fine = fit_axis(coarse, shaft)
    return Axis(fine.at(fine.height(axis.point)), fine.up), length


def _fibula(coarse: Coarse, found: list[Section], axis: Axis) -> Array | None:
    """From the axis to the shaft of the fibula, at right angles to the axis; None where it is not seen.

    The direction in which most heights show a bone of its size: fragments lie here and there, the shaft on one line.
    """
    hits, slices = [], []
    for s in found:
        to = center_mm(coarse, s) - axis.point
        height = float(to @ axis.up)
        across = to - height * axis.up
        if s.area < 450 and FIBULA_MM[0] <= height <= FIBULA_MM[1] and 13 <= np.linalg.norm(across) <= 48:
            hits.append(across)
            slices.append(s.k)
    if len(hits) < 2:
        return None
    away = np.array(hits)
    towards = away / np.linalg.norm(away, axis=1)[:, None]
    alike = towards @ towards.T > np.cos(np.radians(SECTOR_DEG / 2))
    best = max(range(len(hits)), key=lambda n: len({slices[m] for m in np.flatnonzero(alike[n])}))
    return np.asarray(np.median(away[alike[best]], axis=0))


def _outwards(side: str, axis: Axis) -> Array:
    """Lateral as the leg mostly lies, for want of a fibula."""
    if side == "unknown":
        raise NoMortise("Neither the fibula nor the side of the ankle could be told.")
    left = np.array([1.0 if side == "L" else -1.0, 0.0, 0.0])
    return np.asarray(left - (left @ axis.up) * axis.up)


def _malleoli(coarse: Coarse, axis: Axis, hint: Array) -> tuple[Array, Array]:
    """The most prominent part of the medial and of the lateral malleolus, both at right angles to the axis, mm from it."""
    mm = _bone_near(coarse, axis)
    far = np.linalg.norm(mm, axis=1)
    mm, far = mm[far > 8], far[far > 8]
    lateral = hint / np.linalg.norm(hint)
    ends = (lateral, lateral)
    for _ in range(12):
        place = mm @ lateral
        # Only what lies in a sector about the line: the talus and the heel reach farther to the front and back.
        tips = [_tip(mm, far, place * sign) for sign in (-1.0, 1.0)]
        ends = (tips[0], tips[1])
        new = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
        still = float(new @ lateral) > 0.99999
        lateral = np.asarray(new)
        if still:
            break
    return ends


def _tip(mm: Array, far: Array, place: Array) -> Array:
    """Middle of the outermost DEEP_MM of bone in a sector, moved out to where the bone ends; place: mm along the sector."""
    near = place > np.cos(np.radians(SECTOR_DEG)) * far
    if near.sum() < 10:
        raise NoMortise("No malleoli were found at the height of the joint.")
    end = float(np.percentile(place[near], 99))
    outer = near & (place > end - DEEP_MM)
    middle = mm[outer].mean(axis=0)
    return np.asarray(middle * (1 + (end - place[outer].mean()) / np.linalg.norm(middle)))


def _bone_near(coarse: Coarse, axis: Axis) -> Array:
    """Bone voxels at the height of the malleoli that hang together with the axis, as offsets at right angles to it."""
    from scipy.ndimage import binary_dilation, label

    box = np.array([[-1.0], [1.0]]) * (REACH_MM + 15)
    low, high = coarse.grid.to_voxel(axis.point + box)
    low = np.clip(np.floor(low), 0, np.asarray(coarse.grid.shape) - 1).astype(int)
    high = np.clip(np.ceil(high) + 1, low + 1, coarse.grid.shape).astype(int)
    bone = coarse.bone[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    voxels = np.argwhere(bone)
    mm = coarse.grid.to_mm(voxels + low)
    height = axis.height(mm)
    away: Array = (mm - axis.point) - height[:, None] * axis.up
    kept = (height >= MALLEOLI_MM[0]) & (height <= MALLEOLI_MM[1]) & (np.linalg.norm(away, axis=1) < REACH_MM)
    voxels, away = voxels[kept], away[kept]
    level = np.zeros(bone.shape, dtype=bool)
    level[tuple(voxels.T)] = True
    # Joint spaces are bridged, the skin between two legs is not.
    regions, count = label(binary_dilation(level, iterations=max(1, round(2.6 / float(coarse.step.min())))))
    if count == 0:
        return away
    of = regions[tuple(voxels.T)]
    central = of[np.linalg.norm(away, axis=1) < 15]
    return np.asarray(away[of == np.bincount(central).argmax()] if len(central) else away)


def _ramp(value: float, none: float, full: float) -> float:
    return float(np.clip((value - none) / (full - none), 0.0, 1.0))
