"""Where is the ankle? Classical image analysis on the bones of a CT: joint line, side, completeness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ankleviewer.core.volume import Volume

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Ankle:
    """One ankle in a scan.

    Attributes:
        side: "L", "R" or "unknown".
        centre_mm: near the centre of the joint line (tibial plafond, talar dome), LPS mm.
        min_mm, max_mm: LPS box around the bones of this ankle region.
        complete: distal tibia, fibula, joint and talus lie in the field of view.
        reason: a sentence where not complete, else "".
    """

    side: Literal["L", "R", "unknown"]
    centre_mm: Point
    min_mm: Point
    max_mm: Point
    complete: bool
    reason: str


def find_ankles(volume: Volume) -> tuple[Ankle, ...]:
    """Ankles in a scan, right first."""
    return ()
