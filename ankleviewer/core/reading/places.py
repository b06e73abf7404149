"""Which finding a reader's word belongs to: the one whose box lies where the box lay that it was said of.

Findings are numbered by the strength of their boxes in one answer. Another version of the program, another locator or other
models may give the same model's boxes another order or leave one out, so a number alone would carry a judgement to a place that
nobody judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ankleviewer.core.reading.measure import Point, point

NEAR_MM = 6.0  # one cell of the finest map: as far as a box may move where its crop lies a little differently


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


def seated(place: Place, center_mm: Point | None, now: Today) -> Place:
    """Where a word stands today.

    Args:
        place: the finding as it was counted when the word was said.
        center_mm: the centre of its box then; None where it was not written down: the number decides.
        now: today's findings.

    Returns: the finding of the same file of the same model whose box is nearest, at most `NEAR_MM` away; or `place`, with
        `was_mm`.
    """
    if center_mm is None:
        return place
    same = [p for p in now if (p.model, p.sha256) == (place.model, place.sha256)]
    away = {p: math.dist(now[p], center_mm) for p in same}
    near = min(away, key=lambda p: (away[p], p != place), default=None)
    return near if near is not None and away[near] <= NEAR_MM else replace(place, was_mm=center_mm)
