"""Which finding a reader's word belongs to: the one whose box lies where the box lay that it was said of.

Findings are numbered by the strength of their boxes in one answer. Another version of the program, another locator or other
models may give the same model's boxes another order or leave one out, so a number alone would carry a judgement to a place that
nobody judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ankleviewer.core.geometry import Point
from ankleviewer.core.reading.measure import point

NEAR_MM = 6.0  # one cell of the finest map: as far as a box may move where its crop lies a little differently
_TIE = 0.5  # mm²: centres are rounded to 0.01 mm, so that a box midway between two lies a little nearer to one of them
_BESIDE = 4  # of the boxes close by so many at most are told apart, the nearest ones
_GONE = NEAR_MM**2  # what a box costs that is none of today's, mm²; _NEVER: more than all of them together can cost
_NEVER = (_BESIDE + 2) * _GONE
_STILL = 0.05**2  # mm²: a box that did not move, but for the rounding


@dataclass(frozen=True)
class Place:
    """A finding: its model, the hash of the model's file, the ankle, and the box's place in the list.

    Attributes:
        was_mm: None for a finding of today's answer, and where an earlier version wrote no more than the number; else the centre
            of the box, LPS mm, as it was: no box of today's answer lies there.
    """

    model: str
    sha256: str
    ankle: int
    index: int
    was_mm: Point | None = None


Today = Mapping[Place, Point]


def today(answers: Iterable[Any]) -> Today:
    """The findings of answers (`core.assessment.result.ModelAnswer`) with the centres of their boxes, LPS mm."""
    return {
        Place(a.name, a.sha256, a.ankle or 0, n): point([round(float(v), 2) for v in box.center_mm])
        for a in answers
        for n, box in enumerate(a.boxes)
    }


def beside(place: Place, now: Today) -> tuple[Point, ...]:
    """The centres, LPS mm, of the other boxes of a finding's model that lie so close, or close to one that does, that a word
    could be mistaken for theirs where one of them is gone: what a word was told apart from when it was said.
    """
    left = {p: mm for p, mm in now.items() if p != place and (p.model, p.sha256) == (place.model, place.sha256)}
    left = {p: mm for p, mm in left.items() if mm != now[place]}  # around one centre nothing tells them apart
    found, reached = dict[Place, Point](), [now[place]]
    while reached:
        here = reached.pop()
        near = {p: mm for p, mm in left.items() if p not in found and math.dist(mm, here) < 2 * NEAR_MM}
        found |= near
        reached += near.values()
    return tuple(mm for p, mm in now.items() if p in found)


def seated(place: Place, center_mm: Point | None, now: Today, others_mm: Sequence[Point] = ()) -> Place:
    """Where a word stands today.

    Args:
        place: the finding as it was counted when the word was said.
        center_mm: the centre of its box then; None where it was not written down: the number decides.
        now: today's findings.
        others_mm: centres of the boxes `beside` it then. A box of today that may as well be one of them is not taken for the one
            that the word was said of.

    Returns: the finding of the same file of the same model whose box is nearest, at most `NEAR_MM` away; or `place`, with
        `was_mm`. Of boxes close together, which a crop that lies otherwise moves together, each is sought for all of them, in
        two ways: some may be gone and others new, or as many as can be are those of then. Where the two say another box, and none
        has stayed where it was, a word might go over to its neighbour's, and stands at none.
    """
    if center_mm is None:
        return place
    same = {p: mm for p, mm in now.items() if (p.model, p.sha256) == (place.model, place.sha256)}
    others = sorted(others_mm, key=lambda mm: math.dist(mm, center_mm))[:_BESIDE]
    same = {p: same[p] for mm in (center_mm, *others) for p in _close(mm, same, first=place)}  # none else matters
    near = _shared(place, center_mm, others, same, _GONE)
    if near is None or (_cost(same[near], center_mm) > _STILL and near != _shared(place, center_mm, others, same, _NEVER)):
        return replace(place, was_mm=center_mm)
    return near


def _shared(place: Place, center: Point, others: Sequence[Point], now: Today, gone: float) -> Place | None:
    """Today's box that a box is where they are shared out among all at the least cost; None where it is gone, or as well may be,
    or as well another one of today's. One that lies where the box lay is that box.

    Args:
        gone: what a box costs that is none of today's, mm².
    """
    costs = {p: _cost(now[p], center) + _least(others, _without(now, p), gone) for p in _close(center, now, first=place)}
    near = min(costs, key=lambda p: (costs[p], p != place), default=None)
    if near is None or not others or _cost(now[near], center) <= _STILL:
        return near
    rivals = [cost - _STILL for p, cost in costs.items() if now[p] != now[near]]  # around one centre the number decides
    return None if costs[near] > min([gone + _least(others, now, gone) - _TIE, *rivals]) else near


def _least(centers: Sequence[Point], now: Today, gone: float) -> float:
    """How far boxes lie from today's at least, each taken for another one or for gone: the sum of the squares, mm²."""
    if not centers:
        return 0.0
    center, rest = centers[0], centers[1:]
    taken = [_cost(now[p], center) + _least(rest, _without(now, p), gone) for p in _close(center, now)]
    return min([gone + _least(rest, now, gone), *taken])


def _close(center: Point, now: Today, first: Place | None = None) -> list[Place]:
    """Those that a box may be, of equals one before the others: the nearest ones, since each of the others takes one at most."""
    found = sorted((math.dist(mm, center), p != first, n, p) for n, (p, mm) in enumerate(now.items()))
    return [p for away, _, _, p in found[: _BESIDE + 1] if away <= NEAR_MM]


def _without(now: Today, place: Place) -> Today:
    return {p: mm for p, mm in now.items() if p != place}


def _cost(one: Point, other: Point) -> float:
    return math.dist(one, other) ** 2
