"""A reader's history: what was said of a scan, step by step, from which what stands is folded. Everything can be undone.

A history is a list of records, each a plain dictionary, so that it can be written one by one as it happens and read back after a
crash. What stands in the end is folded from them. Every step has an id of its own, and what undoes, changes or takes away names
the step that it means: so a step of a newer program, which this one does not understand, stays whole and takes nothing else
along, and two windows may write on the same scan. Steps have numbers too, which earlier versions go by.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ankleviewer.core.geometry import Point
from ankleviewer.core.reading.conclusion import LONGEST, Conclusion, with_conclusion
from ankleviewer.core.reading.measure import FARTHEST, Measure, Value, from_record, point, to_record
from ankleviewer.core.reading.places import NEAR_MM, Place, Today, beside, seated
from ankleviewer.core.reading.review import JUDGEMENTS, BoxMm, Judgement, Mark, Missed, Review

Record = Mapping[str, Any]
_OF_BOXES = ("judge", "box")


class History:
    """All that was done and undone, in order.

    Args:
        records: of an earlier session; those that are not understood change nothing, since a newer program may have written them.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._nameless = 0
        self._steps: list[Record] = []  # in order, also those not understood; below, a step is its index here
        self._numbered: dict[int, int] = {}
        self._named: dict[str, int] = {}  # by id
        self._foreign: set[int] = set()
        self._done: list[int] = []
        self._undone: list[int] = []
        self._numbers = {"missed": 0, "measure": 0}
        self._made: dict[tuple[str, int], int] = {}  # the step that made the mark or measure of a number
        self._today: Today = {}
        self._review: Review | None = None
        for record in records:
            self._take(record)

    @property
    def review(self) -> Review:
        """What stands now."""
        if self._review is None:
            review = Review()
            known = [record for step, record in enumerate(self._steps) if step not in self._foreign]
            crowded = [record for record in known if record["what"] in _OF_BOXES and {"center_mm", "beside_mm"} <= record.keys()]
            for record in _still_meant([self._steps[step] for step in self._done if step not in self._foreign]):
                review = _apply(review, _told_apart(record, crowded), self._today)
            self._review = review
        return self._review

    @property
    def not_understood(self) -> int:
        """How many steps that stand this program does not understand: of a newer one, or damaged."""
        return self._nameless + len(self._foreign.intersection(self._done))

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return self._last(self._done) is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return self._last(self._undone) is not None

    def seat(self, now: Today) -> None:
        """Put what was said of findings where their boxes lie among today's (`core.reading.places`)."""
        self._today, self._review = now, None

    def judge(self, place: Place, judgement: Judgement | None, reason: str = "") -> Record:
        """Accept or reject a finding, or take that back (None); returns the record to be written."""
        return self._do({"what": "judge", **self._where(place), "judgement": judgement, "reason": reason})

    def add_missed(self, center_mm: tuple[float, float, float], reason: str = "") -> Record:
        """Mark a place that no model did."""
        center = [round(float(v), 2) for v in center_mm]
        return self._do({"what": "missed", "number": self._numbers["missed"] + 1, "center_mm": center, "reason": reason})

    def remove_missed(self, number: int) -> Record:
        """Take such a mark away."""
        return self._do({"what": "not missed", "number": number, **self._maker("missed", number)})

    @property
    def next_measure(self) -> int:
        """The number that the next measure gets."""
        return self._numbers["measure"] + 1

    def add_measure(self, kind: str, points: tuple[Point, ...], normal: Point | None, values: tuple[Value, ...]) -> Record:
        """Keep a measure."""
        measure = Measure(self.next_measure, kind, points, normal, values)
        return self._do({"what": "measure", **to_record(measure)})

    def change_measure(self, measure: Measure) -> Record:
        """Put another one in the place of the measure with the same number."""
        return self._do({"what": "measure changed", **to_record(measure), **self._maker("measure", measure.number)})

    def remove_measure(self, number: int) -> Record:
        """Take a measure away."""
        return self._do({"what": "not measure", "number": number, **self._maker("measure", number)})

    def edit_box(self, place: Place, box: BoxMm | None) -> Record:
        """Put the reader's box in the place of the model's; None gives the model's back."""
        ends = {"min_mm": list(box.min_mm), "max_mm": list(box.max_mm)} if box is not None else {"min_mm": None, "max_mm": None}
        return self._do({"what": "box", **self._where(place), **ends})

    def conclude(self, conclusion: Conclusion) -> Record:
        """Put the reader's own answer for a joint in the place of what was concluded of it before; an empty one takes it back."""
        joint = None if conclusion.joint_mm is None else [round(v, 2) for v in conclusion.joint_mm]
        said = {"verdict": conclusion.verdict, "unaided": conclusion.unaided, "remark": conclusion.remark[:LONGEST]}
        return self._do({"what": "conclude", "joint_mm": joint, **said})

    def undo(self) -> Record | None:
        """Take the last step back; None where there is none."""
        step = self._last(self._done)
        return self._take({"what": "undo", **self._name(step)}) if step is not None else None

    def redo(self) -> Record | None:
        """Do it again; None where nothing was undone."""
        step = self._last(self._undone)
        return self._take({"what": "redo", **self._name(step)}) if step is not None else None

    def _where(self, place: Place) -> dict[str, Any]:
        """How a record names a finding: by number, and by where its box lies, which the steps of earlier versions lack, and where
        others lie close by.
        """
        center = self._today.get(place)
        named = {"model": place.model, "sha256": place.sha256, "ankle": place.ankle, "index": place.index}
        if center is None:
            return named
        others = [list(mm) for mm in beside(place, self._today)]
        return {**named, "center_mm": list(center)} | ({"beside_mm": others} if others else {})

    def _last(self, steps: list[int]) -> int | None:
        return next((step for step in reversed(steps) if step not in self._foreign), None)

    def _do(self, record: Record) -> Record:
        return self._take({**record, "step": self._next_number, "id": secrets.token_hex(8)})

    @property
    def _next_number(self) -> int:
        return max(self._numbered, default=0) + 1

    def _name(self, step: int) -> dict[str, Any]:
        """How a record names another step: by number, and by id, which the steps of earlier versions lack."""
        number = next(n for n, other in self._numbered.items() if other == step)
        return {"step": number} | self._id(step)

    def _id(self, step: int | None) -> dict[str, str]:
        found = next((name for name, other in self._named.items() if other == step), None)
        return {} if found is None else {"of": found}

    def _maker(self, what: str, number: int) -> dict[str, str]:
        return self._id(self._made.get((what, number)))

    def _take(self, record: Record) -> Record:
        what = record.get("what")
        self._review = None
        if what in ("undo", "redo"):
            self._step(record)
        elif isinstance(what, str):
            self._add(record)
        else:
            self._nameless += 1
        return record

    def _step(self, record: Record) -> None:
        undo = record["what"] == "undo"
        source, target = (self._done, self._undone) if undo else (self._undone, self._done)
        if "of" in record:
            step = _get(self._named, record["of"])
        elif record.get("step") is not None:
            step = _get(self._numbered, record["step"])
        else:  # of a journal without numbers: the last one
            step = source[-1] if source else None
        # What is undone in one window is forgotten with the next step of another one; doing it again still names it.
        if step is None or (step in self._done) != undo:
            return
        if step in source:
            source.remove(step)
        target.append(step)
        self._done.sort()  # what is done again stands where it stood, also among steps that are not understood

    def _add(self, record: Record) -> None:
        step, number, name = len(self._steps), record.get("step"), record.get("id")
        if isinstance(name, str) and name in self._named:
            return  # written twice, where a disk took a step and then failed
        if type(number) is not int or number in self._numbered:
            number = self._next_number
        self._numbered[number] = step
        if isinstance(name, str):
            self._named[name] = step
        self._done.append(step)
        self._undone.clear()
        if _understood(record):
            record = self._renumbered(record, step)
        else:
            self._foreign.add(step)
        self._steps.append(record)

    def _renumbered(self, record: Record, step: int) -> Record:
        """A record with the number of its mark or measure as it is in this history: two windows may give the same one."""
        what = record["what"]
        if what in self._numbers:
            number = int(record["number"])
            if (what, number) in self._made:
                number = self._numbers[what] + 1
            self._numbers[what] = max(self._numbers[what], number)
            self._made[what, number] = step
            return {**record, "number": number}
        if "of" not in record:
            return record
        made = _get(self._named, record["of"])
        return {**record, "number": next((n for (_, n), other in self._made.items() if other == made), 0)}  # 0: none has it


def _still_meant(records: Sequence[Record]) -> list[Record]:
    """Records in their order, without what goes by a finding's number alone (as earlier versions wrote it) where something later
    was said of the finding that had this number then: it was shown as that finding's, and would come alive where the number is
    another finding's today.
    """
    kept: list[Record] = []
    later: set[tuple[Any, ...]] = set()
    for record in reversed(records):
        if record["what"] in _OF_BOXES:
            named = tuple(record[name] for name in ("what", "model", "sha256", "ankle", "index"))
            if "center_mm" in record:
                later.add(named)
            elif named in later:
                continue
        kept.append(record)
    return kept[::-1]


def _told_apart(record: Record, others: Sequence[Record]) -> Record:
    """A record with the boxes close by as another one of the same box names them, where its box was alone when it was written, or
    an earlier version wrote it: else a word that was overruled would come alive where of both boxes the other one is left.
    """
    if record["what"] not in _OF_BOXES or "center_mm" not in record or "beside_mm" in record:
        return record
    center, near = _point(record["center_mm"]), NEAR_MM
    for other in others:
        away = math.dist(_point(other["center_mm"]), center)
        its_own = away <= near and all(away < math.dist(_point(mm), center) for mm in other["beside_mm"])
        if its_own and all(other[name] == record[name] for name in ("model", "sha256")):
            near, record = away, {**record, "beside_mm": other["beside_mm"]}
    return record


def _get(steps: Mapping[Any, int], name: object) -> int | None:
    """The step of a number or id; None where there is none, or the record names it by something else."""
    return steps.get(name) if type(name) in (int, str) else None


def _place(record: Record, review: Review, now: Today) -> Place:
    """The finding that a record means: one of today's, or one without a box today that something stands of, or a new one such."""
    without = {p: p.was_mm for p in (*review.marks, *review.edited) if p.was_mm is not None}
    place = Place(str(record["model"]), str(record["sha256"]), _whole(record["ankle"]), _whole(record["index"]))
    center = _point(record["center_mm"]) if "center_mm" in record else None
    told = [_point(mm) for mm in record.get("beside_mm", ())]
    here = seated(place, center, now, told)  # boxes that are gone, which other words stand of, explain none of today's
    return here if here.was_mm is None else seated(place, center, without, told)


def _whole(value: object) -> int:
    """A number that counts something. Raises ValueError for anything else, as damage may have left it."""
    if type(value) is not int or value < 0:
        raise ValueError("a number must be a whole one")
    return value


def _point(value: Any) -> Point:
    """A position. Raises TypeError, ValueError or OverflowError where it is none, or none that a scan may reach."""
    if any(type(v) not in (int, float) or not abs(v) <= FARTHEST for v in value):
        raise ValueError("a position must lie where a scan may")
    return point(value)


def _measure(record: Record) -> Measure:
    """A measure. Raises KeyError, TypeError, ValueError or OverflowError where it is none."""
    measure = from_record({**record, "number": _whole(record["number"])})
    if not all(math.isfinite(v.number) for v in measure.values):
        raise ValueError("a value must be finite")
    return measure


def _conclusion(record: Record) -> Conclusion:
    """The reader's own answer. Raises KeyError, TypeError, ValueError or OverflowError where it is none."""
    joint = None if record["joint_mm"] is None else _point(record["joint_mm"])
    return Conclusion(record["verdict"], joint, record["unaided"] is True, str(record["remark"])[:LONGEST])


def _understood(record: Record) -> bool:
    try:
        _apply(Review(), record, {})
    except (KeyError, TypeError, ValueError, OverflowError):
        return False
    return True


def _apply(review: Review, record: Record, now: Today) -> Review:
    what = record["what"]
    if what == "judge":
        place = _place(record, review, now)
        marks = {k: v for k, v in review.marks.items() if k != place}
        judgement = record["judgement"]
        if judgement is not None:
            if judgement not in JUDGEMENTS:
                raise ValueError(f"unknown judgement {judgement!r}")
            marks[place] = Mark(judgement, str(record["reason"]))
        return replace(review, marks=MappingProxyType(marks))
    if what == "missed":
        missed = Missed(_whole(record["number"]), _point(record["center_mm"]), str(record["reason"]))
        return replace(review, missed=(*review.missed, missed))
    if what == "not missed":
        number = _whole(record["number"])
        return replace(review, missed=tuple(m for m in review.missed if m.number != number))
    if what == "measure":
        return replace(review, measures=(*review.measures, _measure(record)))
    if what == "measure changed":
        new = _measure(record)
        return replace(review, measures=tuple(new if m.number == new.number else m for m in review.measures))
    if what == "not measure":
        number = _whole(record["number"])
        return replace(review, measures=tuple(m for m in review.measures if m.number != number))
    if what == "box":
        place = _place(record, review, now)
        edited = {k: v for k, v in review.edited.items() if k != place}
        if record["min_mm"] is not None:
            edited[place] = BoxMm(_point(record["min_mm"]), _point(record["max_mm"]))
        return replace(review, edited=MappingProxyType(edited))
    if what == "conclude":
        return replace(review, conclusions=with_conclusion(review.conclusions, _conclusion(record)))
    raise ValueError(f"unknown record {what!r}")
