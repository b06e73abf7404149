"""How well a map and its boxes point at the true fracture. Positions in LPS millimetres; pure geometry, no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ankleviewer.core.geometry import Point
from trainer.evaluation.metrics import proportion

DILATION_MM = 2.0  # a crack is a sheet without volume; its box is widened by this much on each side
IOU = 0.2  # boxes that overlap by more are hits (the rule of the RibFrac challenge)

Box = tuple[Any, Any]


@dataclass(frozen=True)
class Pointing:
    """What a model showed on one scan.

    Attributes:
        boxes: (min_mm, max_mm) of its boxes, strongest first.
        peak_mm: the hottest place of the map, None where the map is empty.
        paper_peak_mm: the same of the map on the paper's coarse grid.
        ankles_mm: centres of the scan's ankles, first that of the one whose answer it is.
    """

    boxes: tuple[Box, ...]
    peak_mm: Point | None
    paper_peak_mm: Point | None = None
    ankles_mm: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Score:
    """Pointing against the truth of a fractured scan.

    Attributes:
        pointed: the peak lies in the dilated box of a fracture; pointed_by_paper: that of the coarse map does.
        hit: a box overlaps a dilated one by more than IOU.
        holds: the strongest box holds the centre of a fracture.
        error_mm: distance of the strongest box's centre to the nearest fracture's; None without a box.
        ankle: of several ankles, the one told of is nearest to a fracture; None where the scan has one.
    """

    pointed: bool
    pointed_by_paper: bool
    hit: bool
    holds: bool
    error_mm: float | None
    ankle: bool | None = None


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two axis-aligned boxes (min, max)."""
    (a0, a1), (b0, b1) = (np.asarray(x, dtype=np.float64) for x in a), (np.asarray(x, dtype=np.float64) for x in b)
    common = float(np.clip(np.minimum(a1, b1) - np.maximum(a0, b0), 0, None).prod())
    union = float((a1 - a0).prod() + (b1 - b0).prod()) - common
    return common / union if union > 0 else 0.0


def inside(point: ArrayLike, box: Box) -> bool:
    """Whether a point lies in a box, its faces included."""
    p = np.asarray(point, dtype=np.float64)
    return bool((p >= np.asarray(box[0])).all() and (p <= np.asarray(box[1])).all())


def score(pointing: Pointing, fractures: Sequence[Mapping[str, Any]]) -> Score:
    """Compare with the fractures of truth.json (`center_mm`, `min_mm`, `max_mm` of the undilated crack)."""
    wide = [
        (np.asarray(f["min_mm"], dtype=np.float64) - DILATION_MM, np.asarray(f["max_mm"], dtype=np.float64) + DILATION_MM)
        for f in fractures
    ]
    centres = [np.asarray(f["center_mm"], dtype=np.float64) for f in fractures]
    error, holds = None, False
    if pointing.boxes:
        low, high = (np.asarray(x, dtype=np.float64) for x in pointing.boxes[0])
        error = min(float(np.linalg.norm((low + high) / 2 - c)) for c in centres)
        holds = any(inside(c, pointing.boxes[0]) for c in centres)
    pointed, by_paper = (
        peak is not None and any(inside(peak, box) for box in wide) for peak in (pointing.peak_mm, pointing.paper_peak_mm)
    )
    return Score(
        pointed=pointed,
        pointed_by_paper=by_paper,
        hit=any(iou(box, truth) > IOU for box in pointing.boxes for truth in wide),
        holds=holds,
        error_mm=error,
        ankle=any(_nearest(pointing.ankles_mm, c) == 0 for c in centres) if len(pointing.ankles_mm) > 1 else None,
    )


def _nearest(points: Sequence[Point], to: Any) -> int:
    return int(np.argmin([np.linalg.norm(np.asarray(p) - to) for p in points]))


def localisation(
    pointings: Sequence[Pointing], truths: Sequence[Sequence[Mapping[str, Any]]], patients: Sequence[str] | None = None
) -> dict[str, Any]:
    """Figures over all assessed scans; a fractured scan without a box is a miss, never left out.

    Args:
        pointings: one for each scan.
        truths: the fractures of each scan, none for unfractured ones.
        patients: whose scan it is; None means that each scan is a patient.
    """
    people = patients if patients is not None else [str(n) for n in range(len(pointings))]
    scores = [score(p, t) for p, t in zip(pointings, truths, strict=True) if t]
    quiet = [not p.boxes for p, t in zip(pointings, truths, strict=True) if not t]
    broken, whole = ([who for who, t in zip(people, truths, strict=True) if bool(t) == fractured] for fractured in (True, False))
    errors = [s.error_mm for s in scores if s.error_mm is not None]
    several = [(s.ankle, who) for s, who in zip(scores, broken, strict=True) if s.ankle is not None]
    result: dict[str, Any] = {"n_fractured": len(scores), "n_unfractured": len(quiet), "dilation_mm": DILATION_MM, "iou": IOU}
    for name, flags, whose in (
        ("pointing_game", [s.pointed for s in scores], broken),
        ("pointing_game_paper_map", [s.pointed_by_paper for s in scores], broken),
        ("box_hit", [s.hit for s in scores], broken),
        ("box_holds_centre", [s.holds for s in scores], broken),
        ("unfractured_without_box", quiet, whole),
        # an answer is the scan's highest, and of the other foot it would count as a fracture found
        ("right_ankle_of_several", [right for right, _ in several], [who for _, who in several]),
    ):
        if flags:
            result[name] = proportion(flags, whose).to_json()
    if several:
        result["right_ankle_of_several"]["n"] = len(several)
    if errors:
        median, q25, q75 = (float(np.quantile(errors, q)) for q in (0.5, 0.25, 0.75))
        result["centre_error_mm"] = {"n": len(errors), "median": round(median, 3), "quartiles": [round(q25, 3), round(q75, 3)]}
    return result
