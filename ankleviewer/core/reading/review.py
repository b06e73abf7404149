"""A reader's judgement of the findings as it stands: accepted, rejected, missed ones added, with a reason; boxes, measures and
the reader's own answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from ankleviewer.core.geometry import Point
from ankleviewer.core.reading.conclusion import Conclusion, ankle_of
from ankleviewer.core.reading.measure import Measure, point, to_record
from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.whose import Boxed, ankle_of_all

Judgement = Literal["accepted", "rejected"]
JUDGEMENTS: tuple[Judgement, ...] = ("accepted", "rejected")
# why a place that a model points at is no fracture
REASONS = (
    "Vessel or nutrient canal",
    "Growth plate or its scar",
    "Old, healed fracture",
    "Accessory ossicle",
    "Osteophyte or cyst",
    "Artefact",
    "Nothing there",
)


@dataclass(frozen=True)
class Mark:
    """What the reader says of a finding, and why ("" where nothing was said)."""

    judgement: Judgement
    reason: str = ""


@dataclass(frozen=True)
class Missed:
    """A place that the reader marked and no model did: LPS mm, and a remark."""

    number: int
    center_mm: tuple[float, float, float]
    reason: str = ""


@dataclass(frozen=True)
class BoxMm:
    """A box as the reader drew it: lowest and highest LPS mm."""

    min_mm: Point
    max_mm: Point

    def __post_init__(self) -> None:
        if not all(low < high for low, high in zip(self.min_mm, self.max_mm, strict=True)):
            raise ValueError(f"a box must have a size, is {self.min_mm} to {self.max_mm}")

    @property
    def center_mm(self) -> Point:
        """Its middle, LPS mm."""
        return point([(low + high) / 2 for low, high in zip(self.min_mm, self.max_mm, strict=True)])


@dataclass(frozen=True)
class Review:
    """What stands at a moment; `edited`: the reader's boxes in the place of the model's."""

    marks: Mapping[Place, Mark] = field(default_factory=lambda: MappingProxyType({}))
    missed: tuple[Missed, ...] = ()
    measures: tuple[Measure, ...] = ()
    edited: Mapping[Place, BoxMm] = field(default_factory=lambda: MappingProxyType({}))
    conclusions: tuple[Conclusion, ...] = ()


def to_json(review: Review, ankles: Sequence[Boxed] | None = None) -> dict[str, Any]:
    """What stands, as plain values; findings counted from 1 as the window counts them. What was said of a box where today's
    answer has none tells where it lay (`center_mm`); its number is that of then.

    Args:
        ankles: those found in the scan; by them marks and measures tell their own (`ankle`, from 0), as findings do. None: not
            told.
    """

    def whose(*points: Point) -> dict[str, int | None]:
        return {} if ankles is None else {"ankle": ankle_of_all(points, ankles)}

    return {
        "findings": [
            {**_finding(place), "judgement": mark.judgement, "reason": mark.reason}
            for place, mark in sorted(review.marks.items(), key=_order)
        ],
        "missed": [
            {"number": m.number, **whose(m.center_mm), "center_mm": list(m.center_mm), "reason": m.reason} for m in review.missed
        ],
        "edited_boxes": [
            {**_finding(place), "min_mm": list(box.min_mm), "max_mm": list(box.max_mm)}
            for place, box in sorted(review.edited.items(), key=_order)
        ],
        "measures": [{**to_record(m), **whose(*m.points)} for m in review.measures],
        "conclusions": [
            {
                **({} if ankles is None else {"ankle": ankle_of(c, ankles)}),
                "joint_mm": None if c.joint_mm is None else list(c.joint_mm),
                "verdict": c.verdict,
                "unaided": c.unaided,
                "remark": c.remark,
            }
            for c in review.conclusions
        ],
    }


def _order(item: tuple[Place, Any]) -> tuple[str, int, int]:
    return item[0].model, item[0].ankle, item[0].index


def _finding(place: Place) -> dict[str, Any]:
    was = {} if place.was_mm is None else {"center_mm": list(place.was_mm)}
    return {"model": place.model, "sha256": place.sha256, "ankle": place.ankle, "finding": place.index + 1, **was}
