"""Landmarks of ankles: what the locator's maps say, put together into ankles with a side and a verdict on completeness.

The five landmarks tell left from right by themselves, however the scan lies: seen from the talus, lateral x posterior points
up in a left ankle and down in a right one. The radiological convention of a scan is not needed for that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.anatomy.boneshape import Coarse
from ankleviewer.core.geometry import Array, Grid, Point
from ankleviewer.core.imaging.resample import resample

Float32 = NDArray[np.float32]

PLAFOND, MEDIAL, LATERAL, DOME, HEEL = NAMES = ("plafond centre", "medial malleolus", "lateral malleolus", "talar dome", "heel")

INPUT_MM = 2.5  # voxels that the locator sees
CELL = 2  # of them make a cell of its maps, along each axis
MULTIPLE = 16  # the input's edges, voxels
WINDOW_HU = (-200.0, 1300.0)
SURE = 0.15  # confidence from which a landmark counts (docs/locator.md)
APART_MM = 14.0  # two landmarks of one kind are at least that far apart
# distance from the talar dome's centre in adults, mm: usual, and how far it may be off
FROM_DOME = {PLAFOND: (4.0, 14.0), MEDIAL: (30.0, 20.0), LATERAL: (36.0, 22.0), HEEL: (68.0, 28.0)}
LEAST_FOUND = 3  # of the five, below which there is no ankle
TURN = 0.5  # the triple product of unit vectors from which a side is told
TELLS = 0.25  # confidence that malleoli and heel need for that


@dataclass(frozen=True)
class Peak:
    """A place where the locator sees a landmark: name, LPS mm, confidence 0 to 1."""

    name: str
    mm: Point
    confidence: float


@dataclass(frozen=True)
class Located:
    """The landmarks of one ankle; each at most once."""

    peaks: tuple[Peak, ...]

    def mm(self, name: str) -> Array | None:
        """Where a landmark lies, LPS mm; None where it was not seen."""
        return next((np.asarray(p.mm) for p in self.peaks if p.name == name), None)

    @property
    def confidence(self) -> float:
        """Mean confidence over all five names, a missing one counting 0."""
        return sum(p.confidence for p in self.peaks) / len(NAMES)

    @property
    def center_mm(self) -> Array:
        """The joint's middle: plafond or dome, whichever was seen; else the mean of what was."""
        joint = [m for m in (self.mm(PLAFOND), self.mm(DOME)) if m is not None]
        return np.asarray(np.mean(joint or [np.asarray(p.mm) for p in self.peaks], axis=0))

    @property
    def missing(self) -> tuple[str, ...]:
        """Names that were not seen."""
        seen = {p.name for p in self.peaks}
        return tuple(name for name in NAMES if name not in seen)

    @property
    def turn(self) -> float:
        """(lateral x posterior) . up of unit vectors: towards +1 for a left ankle, -1 for a right one, 0 for unknown.

        Across is from malleolus to malleolus, back from between them to the heel, up from there to the joint's middle.
        """
        lateral, medial, heel = self.mm(LATERAL), self.mm(MEDIAL), self.mm(HEEL)
        top = self.mm(PLAFOND) if self.mm(PLAFOND) is not None else self.mm(DOME)
        if lateral is None or medial is None or heel is None or top is None:
            return 0.0  # three points lie in one plane and have no hand
        between = (lateral + medial) / 2
        return float(np.cross(_unit(lateral - medial), _unit(heel - between)) @ _unit(top - between))

    @property
    def side(self) -> str:
        """One of "L", "R" and "unknown"; told from sure landmarks only."""
        turn = self.turn
        sure = {p.name for p in self.peaks if p.confidence >= TELLS}
        if abs(turn) < TURN or not {LATERAL, MEDIAL, HEEL} <= sure:
            return "unknown"
        return "L" if turn > 0 else "R"


def _unit(v: Array) -> Array:
    return np.asarray(v / max(float(np.linalg.norm(v)), 1e-9))


def locator_input(coarse: Coarse) -> tuple[Float32, Grid]:
    """A scan as the locator sees it: float32 (x, y, z) at INPUT_MM, edges multiples of MULTIPLE, window 0 to 1; and its grid."""
    low, high = coarse.grid.bounds_mm()
    size = [MULTIPLE * max(2, int(np.ceil(extent / INPUT_MM / MULTIPLE))) for extent in high - low]
    first = (low + high) / 2 - INPUT_MM * (np.asarray(size) - 1) / 2
    grid = Grid.axis_aligned((size[0], size[1], size[2]), INPUT_MM, first)
    hu = resample(coarse.volume, grid, -1000.0)
    return windowed(hu), grid


def windowed(hu: Float32) -> Float32:
    """HU to the locator's input, 0 to 1."""
    low, high = WINDOW_HU
    return np.asarray(np.clip((hu - low) / (high - low), 0.0, 1.0), dtype=np.float32)


def peaks(heat: Float32, shift: Float32, grid: Grid, least: float = SURE) -> tuple[Peak, ...]:
    """All places where landmarks are seen, the surest first.

    Args:
        heat: (5, d, h, w), confidence 0 to 1 of each cell, in the order of NAMES.
        shift: (15, d, h, w), from the cell's middle to the landmark in cells, x y z of each name in turn.
        grid: of the input; cell c covers its voxels CELL * c to CELL * c + CELL - 1.
        least: confidence below which a cell is left out.
    """
    from scipy.ndimage import maximum_filter

    found: list[Peak] = []
    for n, name in enumerate(NAMES):
        top = (heat[n] == maximum_filter(heat[n], size=3, mode="constant")) & (heat[n] >= least)
        cells = sorted(map(tuple, np.argwhere(top)), key=lambda c: -float(heat[n][c]))
        mine: list[Peak] = []
        for cell in cells[:32]:
            at = np.asarray(cell) + np.clip(shift[3 * n : 3 * n + 3, *cell], -1.5, 1.5)
            x, y, z = grid.to_mm(CELL * at + (CELL - 1) / 2)
            mm = (float(x), float(y), float(z))
            if all(np.linalg.norm(np.subtract(mm, other.mm)) > APART_MM for other in mine):
                mine.append(Peak(name, mm, float(heat[n][cell])))
        found += mine
    return tuple(sorted(found, key=lambda p: -p.confidence))


def ankles_of(found: tuple[Peak, ...]) -> tuple[Located, ...]:
    """Landmarks put together into ankles, the surest first.

    Each dome (or plafond, where no dome was seen) starts one; every other landmark goes to the ankle whose distances it fits
    best, the surest landmarks first. What has fewer than LEAST_FOUND of the five is no ankle.
    """
    domes = [p for p in found if p.name == DOME]
    alone = [p for p in found if p.name == PLAFOND and all(_apart(p, d) > sum(FROM_DOME[PLAFOND]) for d in domes)]
    groups: list[dict[str, Peak]] = [{p.name: p} for p in (*domes, *alone)]
    anchors = [np.asarray(p.mm) for p in (*domes, *alone)]
    # every fitting pair of ankle and landmark, best fit first; a sure landmark weighs more than a good distance
    pairs = []
    for peak in found:
        for n, anchor in enumerate(anchors):
            if peak.name in FROM_DOME and peak.name not in groups[n]:
                usual, spread = FROM_DOME[peak.name]
                off = abs(float(np.linalg.norm(np.asarray(peak.mm) - anchor)) - usual) / spread
                if off <= 1.0:
                    pairs.append((off - peak.confidence, n, peak))
    taken: set[Peak] = set()
    for _, n, peak in sorted(pairs, key=lambda p: p[0]):
        if peak.name not in groups[n] and peak not in taken:
            groups[n][peak.name] = peak
            taken.add(peak)
    ankles = [Located(tuple(g[name] for name in NAMES if name in g)) for g in groups if len(g) >= LEAST_FOUND]
    ankles.sort(key=lambda a: -a.confidence)
    kept: list[Located] = []
    for ankle in ankles:  # two domes seen in one talus give two ankles at one place
        if all(np.linalg.norm(ankle.center_mm - other.center_mm) > 40.0 for other in kept):
            kept.append(ankle)
    return tuple(kept)


def _apart(a: Peak, b: Peak) -> float:
    return float(np.linalg.norm(np.subtract(a.mm, b.mm)))


def agree_on_sides(ankles: tuple[Located, ...]) -> tuple[str, ...]:
    """A side for each ankle: of two ankles that would have one side, or of which one is unknown, the surer one decides."""
    sides = [a.side for a in ankles]
    if len(ankles) == 2 and set(sides) != {"unknown"}:
        first, second = sorted((0, 1), key=lambda n: (sides[n] == "unknown", -abs(ankles[n].turn)))
        sides[second] = "R" if sides[first] == "L" else "L"
    return tuple(sides)
