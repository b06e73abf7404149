"""How well the locator finds what it is to find: distances, misses, false ankles and sides, on scans with their truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ankleviewer.core.anatomy.landmarks import NAMES, Located, agree_on_sides
from ankleviewer.core.volume import Volume

MATCH_MM = 40.0  # an ankle found belongs to a true one whose joint is at most so far away


@dataclass
class Found:
    """Counts over scans; distances in mm by landmark."""

    scans: int = 0
    ankles: int = 0
    found: int = 0
    false: int = 0
    sides: list[bool | None] = field(default_factory=list)  # right or wrong; None where it was not told
    distance: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    there: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))

    def add(self, truth: Sequence[Mapping[str, Any]], located: Sequence[Located]) -> None:
        """One scan: its ankles (side, center_mm, landmarks_mm) and what was located."""
        self.scans += 1
        left = list(range(len(located)))
        sides = agree_on_sides(tuple(located))
        for ankle in truth:
            self.ankles += 1
            for name in ankle["landmarks_mm"]:
                self.there[name] += 1
            away = {n: float(np.linalg.norm(located[n].center_mm - np.asarray(ankle["center_mm"]))) for n in left}
            nearest = min(away, key=lambda n: away[n], default=None)
            if nearest is None or away[nearest] > MATCH_MM:
                continue
            left.remove(nearest)
            self.found += 1
            self.sides.append(None if sides[nearest] == "unknown" else sides[nearest] == ankle["side"])
            for name, mm in ankle["landmarks_mm"].items():
                seen = located[nearest].mm(name)
                if seen is not None:
                    self.distance[name].append(float(np.linalg.norm(seen - np.asarray(mm))))
        self.false += len(left)

    def summary(self) -> dict[str, Any]:
        """Figures for the record: medians and 95th percentiles in mm, shares."""
        told = [right for right in self.sides if right is not None]
        every = [d for distances in self.distance.values() for d in distances]
        return {
            "scans": self.scans,
            "ankles": self.ankles,
            "found": round(self.found / max(1, self.ankles), 4),
            "false_ankles": self.false,
            "side_told": round(len(told) / len(self.sides), 4) if self.sides else None,
            "side_right_of_told": round(float(np.mean(told)), 4) if told else None,
            "median_mm": round(float(np.median(every)), 2) if every else None,
            "p95_mm": round(float(np.percentile(every, 95)), 2) if every else None,
            "landmarks": {
                name: {
                    "seen": round(len(d) / self.there[name], 4) if self.there[name] else None,
                    "median_mm": round(float(np.median(d)), 2) if d else None,
                    "p95_mm": round(float(np.percentile(d, 95)), 2) if d else None,
                }
                for name, d in self.distance.items()
            },
        }


def measure(
    scans: Iterable[tuple[Volume, Sequence[Mapping[str, Any]]]], locate: Callable[[Volume], Sequence[Located]]
) -> dict[str, Any]:
    """Figures over scans with their ankles as truth.json states them."""
    found = Found()
    for volume, truth in scans:
        found.add(truth, locate(volume))
    return found.summary()
