"""A reader's own answer for an ankle, whatever the models say: a fracture, none, or unsure, with a remark.

It belongs to a joint, not to a model's finding: so a scan without boxes can be read, too, and one in which nothing was assessed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ankleviewer.core.geometry import Point
from ankleviewer.core.reading.whose import Boxed, ankle_at

Verdict = Literal["fracture", "no fracture", "unsure"]
VERDICTS: tuple[Verdict, ...] = ("fracture", "no fracture", "unsure")
LONGEST = 200  # signs of a remark
SAME_JOINT_MM = 45.0  # middles closer than that are one joint's, as two versions of the program may find it


@dataclass(frozen=True)
class Conclusion:
    """What the reader concludes.

    Attributes:
        verdict: None where a remark was made alone.
        joint_mm: middle of the ankle's joint, LPS mm; None where no ankle was found: then it is the scan's.
        unaided: whether no model had answered for the ankle when the verdict was given.
        remark: the reader's words, at most LONGEST signs; they may name a patient.
    """

    verdict: Verdict | None
    joint_mm: Point | None = None
    unaided: bool = False
    remark: str = ""

    def __post_init__(self) -> None:
        if self.verdict is not None and self.verdict not in VERDICTS:
            raise ValueError(f"unknown verdict {self.verdict!r}")

    def away(self, joint_mm: Point | None) -> float:
        """How far its joint lies from the one there, mm; infinite where one of the two is of a scan without a joint."""
        if joint_mm is None or self.joint_mm is None:
            return 0.0 if joint_mm is self.joint_mm else math.inf
        return math.dist(joint_mm, self.joint_mm)


def concluded(conclusions: Iterable[Conclusion], joint_mm: Point | None) -> Conclusion | None:
    """What was concluded of the joint there (None: of a scan without one); None for nothing."""
    nearest = min(conclusions, key=lambda c: c.away(joint_mm), default=None)
    return nearest if nearest is not None and nearest.away(joint_mm) < SAME_JOINT_MM else None


def ankle_of(conclusion: Conclusion, ankles: Sequence[Boxed]) -> int | None:
    """Index of the ankle that a conclusion is of; None where its joint lies in or at the box of none of today's."""
    if conclusion.joint_mm is None or not ankles:
        return None
    index = ankle_at(conclusion.joint_mm, ankles)
    low, high = np.asarray(ankles[index].min_mm), np.asarray(ankles[index].max_mm)
    outside = np.maximum(0, np.maximum(low - conclusion.joint_mm, conclusion.joint_mm - high))
    return index if float(np.linalg.norm(outside)) < SAME_JOINT_MM / 2 else None


def with_conclusion(conclusions: tuple[Conclusion, ...], new: Conclusion) -> tuple[Conclusion, ...]:
    """The same with another one in the place of its joint's; one that says nothing takes it away."""
    old = concluded(conclusions, new.joint_mm)
    rest = tuple(c for c in conclusions if c is not old)
    return rest if new.verdict is None and not new.remark else (*rest, new)
