"""Where the model looked, in words: the places of the heat map by their share, told from the joint in anatomical terms.

A place is one box of the answer; it stands where the map inside it has its centre of mass. Heights are taken along the patient's
long axis, from the plafond where the locator saw it and else from the joint line. Across, a place is told from the malleoli where
both were seen, else from the ankle's side. Of an ankle of unknown side only the patient's left and right are told, whatever the
locator calls its malleoli: which is which, is what is not known. So it is where the malleoli do not lie as the side has them: a
side may come from the bones, the header or the other ankle, and one of the two is wrong. A bone is named only beside a landmark
that was seen: without one the program does not know which bone lies there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from ankleviewer.core.anatomy.landmarks import DOME, HEEL, LATERAL, MEDIAL, PLAFOND
from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.assessment.result import Box, Looked, ModelAnswer
from ankleviewer.core.geometry import UP, Array, standing

LEVEL_MM = 4.0  # nearer than this to the joint no height is told
ASIDE_MM = 8.0  # nearer than this to its middle neither side nor front or back: the middle half of a plafond of 30 to 35 mm
# How far the bones' joint line may be off where no landmark was seen (tests/core/anatomy/test_finder_simulated.py).
BONES_MM = 12.0
CELL_SHARE = 0.35  # of a cell of the map: a coarse map knows its places no better
NEAR_MM = 14.0  # from a landmark that names a bone
TOLD = 2  # places that a sentence is spent on
NAMED = (MEDIAL, LATERAL, DOME)  # landmarks that lie on one bone
SIDELESS = (DOME,)  # of these what can be named while the side is unknown
SIDES = ("L", "R")
LEFTWARDS = 0.7  # a line through the malleoli that runs less than this to the left tells front from back rather than sides

MOST = "Most of the map ({share} %) lies {where}."
LARGEST = "The largest part of the map ({share} %) lies {where}."
SECOND = "A second place ({share} %) lies {where}."
OTHERS = {1: "One further place is smaller.", 2: "Two further places are smaller.", 3: "Three further places are smaller."}
ABOVE, BELOW, LEVEL = "about {mm} mm above the {joint}", "about {mm} mm below the {joint}", "at the height of the {joint}"
NEAR, MIDDLE, BOTH = "{where}, near {name}", "in the middle of the joint", "{across} and {along}"
NO_MAP = "The heat map is not shown with this answer; it says nothing about a place."
NO_PLACE = "No part of the heat map above its floor lies at bone; it says nothing about a place."
WORDS = {
    "aside": "beside the middle of the joint",
    "medial": "medial",
    "lateral": "lateral",
    "left": "towards the patient's left",
    "right": "towards the patient's right",
    "anterior": "anterior",
    "posterior": "posterior",
    PLAFOND: "plafond",
    "joint line": "joint line",
    MEDIAL: "the medial malleolus",  # with its article, which follows the noun in some languages
    LATERAL: "the lateral malleolus",
    DOME: "the talar dome",
}


class Seen(Protocol):
    """An ankle as `anatomy` finds it."""

    @property
    def side(self) -> str: ...
    @property
    def center_mm(self) -> tuple[float, float, float]: ...


def looked(heat: HeatMap, boxes: Sequence[Box], ankle: Seen) -> tuple[Looked, ...]:
    """Where each box's part of the map lies, told from the joint; in the order of the boxes.

    Args:
        heat: the map that the boxes were made of.
        boxes: of the answer, strongest first.
        ankle: of `anatomy`, with landmarks where the locator saw them.
    """
    stand = standing(getattr(ankle, "up", UP))  # told as if the leg stood; the identity for one that does
    marks: dict[str, Array] = {name: stand @ np.asarray(mm) for name, mm in getattr(ankle, "landmarks", ())}
    joint = "joint line" if marks.get(PLAFOND) is None else PLAFOND
    origin = stand @ np.asarray(ankle.center_mm, dtype=np.float64) if joint != PLAFOND else marks[PLAFOND]
    upright = np.array_equal(stand, np.eye(3))
    side = "unknown" if upright and _contradicted(ankle.side, marks, origin) else ankle.side
    lateral, posterior, outer, inner = _directions(side, marks, upright)
    least = max(LEVEL_MM, CELL_SHARE * heat.cell_mm)
    axes = (lateral, posterior, outer, inner)
    named = {name: marks[name] for name in (NAMED if side in SIDES else SIDELESS) if name in marks}
    found = tuple(_place(stand @ _middle(heat, box), box.score, origin, joint, axes, named, least) for box in boxes)
    if upright or (side in SIDES and {LATERAL, MEDIAL} <= marks.keys()):
        return found
    # How a leg that lies across is turned, only its malleoli tell: that a place lies aside is known, not to which side.
    return tuple(replace(f, across="aside" if f.across or f.along else "", along="") for f in found)


def _contradicted(side: str, marks: Mapping[str, Array], origin: Array) -> bool:
    """Whether the malleoli of a standing leg, or the one seen and the joint, lie the other way round than its side says."""
    out = marks.get(LATERAL, origin) - marks.get(MEDIAL, origin)
    told = abs(float(out[0])) > LEFTWARDS * float(np.linalg.norm(out))
    return side in SIDES and told and (float(out[0]) > 0) != (side == "L")


def _place(
    mm: Array,
    share: float,
    origin: Array,
    joint: str,
    axes: tuple[Array, Array, str, str],
    named: Mapping[str, Array],
    least: float,
) -> Looked:
    lateral, posterior, outer, inner = axes
    off = mm - origin
    out, back, up = float(off @ lateral), float(off @ posterior), float(off[2])
    aside = max(least, ASIDE_MM)
    near = min(named, key=lambda n: float(np.linalg.norm(mm - named[n])), default="")
    if near and np.linalg.norm(mm - named[near]) > NEAR_MM:
        near = ""
    return Looked(
        share=share,
        across="" if abs(out) < aside else outer if out > 0 else inner,
        along="" if abs(back) < aside else "posterior" if back > 0 else "anterior",
        height_mm=round(up, 1) if abs(up) >= (least if joint == PLAFOND else max(least, BONES_MM)) else 0.0,
        joint=joint,
        near=near,
    )


def _directions(side: str, marks: Mapping[str, Array], upright: bool) -> tuple[Array, Array, str, str]:
    """Unit vectors outwards and backwards in the axial plane (LPS), and the words for outwards and inwards."""
    if LATERAL in marks and MEDIAL in marks:
        out = (marks[LATERAL] - marks[MEDIAL]) * [1.0, 1.0, 0.0]
        length = float(np.linalg.norm(out))
        if length > 0.5 * float(np.linalg.norm(marks[LATERAL] - marks[MEDIAL])):
            out = out / length
            back = np.array([-out[1], out[0], 0.0])
            if not upright and side in SIDES:  # as `facing.back_of`: the patient's back tells nothing, nor does an unsure heel
                towards = back if side == "L" else -back
            elif HEEL in marks:
                towards = marks[HEEL] - (marks[LATERAL] + marks[MEDIAL]) / 2
            else:
                towards = np.array([0.0, 1.0, 0.0])
            back = back if float(back @ towards) > 0 else -back
            if side in SIDES:
                return out, back, "lateral", "medial"
            if abs(out[0]) > LEFTWARDS:
                return out * np.sign(out[0]), back, "left", "right"
    back = np.array([0.0, 1.0, 0.0])
    if side in SIDES:
        return np.array([1.0 if side == "L" else -1.0, 0.0, 0.0]), back, "lateral", "medial"
    return np.array([1.0, 0.0, 0.0]), back, "left", "right"


def _middle(heat: HeatMap, box: Box) -> Array:
    """Centre of mass of the map above its threshold inside a box, LPS mm; the box's centre where nothing is."""
    corners = np.array(np.meshgrid(*zip(box.min_mm, box.max_mm, strict=True), indexing="ij")).reshape(3, -1).T
    ends = heat.grid.to_voxel(corners)
    low = np.clip(np.ceil(ends.min(axis=0) - 1e-6), 0, np.asarray(heat.grid.shape) - 1).astype(int)
    high = np.clip(np.floor(ends.max(axis=0) + 1e-6) + 1, low + 1, heat.grid.shape).astype(int)
    part = heat.values[low[0] : high[0], low[1] : high[1], low[2] : high[2]].astype(np.float64)
    part[part <= heat.threshold] = 0.0
    total = float(part.sum())
    if total <= 0.0:
        return np.asarray(box.center_mm, dtype=np.float64)
    index = [float((part.sum(axis=tuple(b for b in range(3) if b != a)) @ np.arange(part.shape[a])) / total) for a in range(3)]
    return heat.grid.to_mm(np.asarray(index) + low)


def _same(text: str) -> str:
    return text


def sentences(answer: ModelAnswer, say: Callable[[str], str] = _same) -> str:
    """Where the model looked, in one to three plain sentences; "" where there is no answer or nothing is known.

    Args:
        answer: with `looked` filled in by the analysis.
        say: puts a template or a word of this module into the reader's language.
    """
    if answer.call == "not assessed":
        return ""
    if answer.call == "no fracture":
        return say(NO_MAP)
    if not answer.boxes:
        return say(NO_PLACE)
    if not answer.looked:  # a result written before places were told
        return ""
    first, *more = answer.looked
    lines = [say(MOST if first.share > 0.5 else LARGEST).format(share=_percent(first.share), where=where(first, say))]
    lines += [say(SECOND).format(share=_percent(p.share), where=where(p, say)) for p in more[: TOLD - 1]]
    left = len(more) - (TOLD - 1)
    if left > 0:
        lines.append(say(OTHERS[min(left, max(OTHERS))]))
    return " ".join(lines)


def where(place: Looked, say: Callable[[str], str] = _same) -> str:
    """One place: side, front or back, height from the joint and the landmark beside it."""
    sides = [say(WORDS[word]) for word in (place.across, place.along) if word]
    aside = say(BOTH).format(across=sides[0], along=sides[1]) if len(sides) == 2 else sides[0] if sides else say(MIDDLE)
    template = LEVEL if place.height_mm == 0.0 else ABOVE if place.height_mm > 0 else BELOW
    height = say(template).format(mm=f"{abs(place.height_mm):.0f}", joint=say(WORDS[place.joint]))
    text = aside + say(", ") + height
    return say(NEAR).format(where=text, name=say(WORDS[place.near])) if place.near else text


def _percent(share: float) -> str:
    """Never 0 or 100: what is below a half percent or near all of it is said as 1 and 99."""
    return str(min(max(round(100 * share), 1), 99))
