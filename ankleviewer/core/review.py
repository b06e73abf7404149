"""A reader's judgement of the findings: accepted, rejected, missed ones added, with a reason; everything can be undone.

A history is a list of records, each a plain dictionary, so that it can be written one by one as it happens and read back after a
crash. What stands in the end is folded from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

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

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A finding: its model, the hash of the model's file, the ankle, and the box's place in the list."""

    model: str
    sha256: str
    ankle: int
    index: int


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
class Review:
    """What stands at a moment."""

    marks: Mapping[Place, Mark] = field(default_factory=lambda: MappingProxyType({}))
    missed: tuple[Missed, ...] = ()


def to_json(review: Review) -> dict[str, Any]:
    """What stands, as plain values; findings counted from 1 as the window counts them."""
    marks = sorted(review.marks.items(), key=lambda item: (item[0].model, item[0].ankle, item[0].index))
    return {
        "findings": [
            {
                "model": place.model,
                "sha256": place.sha256,
                "ankle": place.ankle,
                "finding": place.index + 1,
                "judgement": mark.judgement,
                "reason": mark.reason,
            }
            for place, mark in marks
        ],
        "missed": [{"number": m.number, "center_mm": list(m.center_mm), "reason": m.reason} for m in review.missed],
    }


class History:
    """All that was done and undone, in order.

    Args:
        records: of an earlier session; those that are not understood are left out, since a newer program may have written them.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._done: list[Record] = []
        self._undone: list[Record] = []
        self._numbers = 0
        for record in records:
            self._take(record)

    @property
    def review(self) -> Review:
        """What stands now."""
        review = Review()
        for record in self._done:
            review = _apply(review, record)
        return review

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return bool(self._undone)

    def judge(self, place: Place, judgement: Judgement | None, reason: str = "") -> Record:
        """Accept or reject a finding, or take that back (None); returns the record to be written."""
        where = {"model": place.model, "sha256": place.sha256, "ankle": place.ankle, "index": place.index}
        return self._take({"what": "judge", **where, "judgement": judgement, "reason": reason})

    def add_missed(self, center_mm: tuple[float, float, float], reason: str = "") -> Record:
        """Mark a place that no model did."""
        center = [round(float(v), 2) for v in center_mm]
        return self._take({"what": "missed", "number": self._numbers + 1, "center_mm": center, "reason": reason})

    def remove_missed(self, number: int) -> Record:
        """Take such a mark away."""
        return self._take({"what": "not missed", "number": number})

    def undo(self) -> Record | None:
        """Take the last step back; None where there is none."""
        return self._take({"what": "undo"}) if self._done else None

    def redo(self) -> Record | None:
        """Do it again; None where nothing was undone."""
        return self._take({"what": "redo"}) if self._undone else None

    def _take(self, record: Record) -> Record:
        what = record.get("what")
        if what == "undo":
            if self._done:
                self._undone.append(self._done.pop())
        elif what == "redo":
            if self._undone:
                self._done.append(self._undone.pop())
        elif _understood(record):
            self._done.append(record)
            self._undone.clear()
            if what == "missed":
                self._numbers = max(self._numbers, record["number"])
        return record


def _understood(record: Record) -> bool:
    try:
        _apply(Review(), record)
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _apply(review: Review, record: Record) -> Review:
    what = record["what"]
    if what == "judge":
        place = Place(str(record["model"]), str(record["sha256"]), int(record["ankle"]), int(record["index"]))
        marks = {k: v for k, v in review.marks.items() if k != place}
        judgement = record["judgement"]
        if judgement is not None:
            if judgement not in JUDGEMENTS:
                raise ValueError(f"unknown judgement {judgement!r}")
            marks[place] = Mark(judgement, str(record["reason"]))
        return replace(review, marks=MappingProxyType(marks))
    if what == "missed":
        x, y, z = (float(v) for v in record["center_mm"])
        return replace(review, missed=(*review.missed, Missed(int(record["number"]), (x, y, z), str(record["reason"]))))
    if what == "not missed":
        return replace(review, missed=tuple(m for m in review.missed if m.number != int(record["number"])))
    raise ValueError(f"unknown record {what!r}")
