"""Figures of a locator that is known to err."""

from __future__ import annotations

import numpy as np

from ankleviewer.core.anatomy.landmarks import DOME, HEEL, LATERAL, MEDIAL, NAMES, PLAFOND, Located, Peak
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from trainer.locator.measure import measure

LEFT = {PLAFOND: (0, 0, 0), DOME: (0, 0, -3), MEDIAL: (-23, -4, -14), LATERAL: (25, 8, -27), HEEL: (4, 60, -60)}
VOLUME = Volume(np.zeros((4, 4, 4), np.int16), Grid.axis_aligned((4, 4, 4), 1.0, (0.0, 0.0, 0.0)))


def located(shift: float, names: tuple[str, ...] = NAMES) -> Located:
    return Located(tuple(Peak(n, tuple(np.add(LEFT[n], (shift, 0, 0))), 0.9) for n in names))


def test_distances_misses_false_ones_and_sides_are_counted() -> None:
    truth = [{"side": "L", "center_mm": [0, 0, 0], "landmarks_mm": {n: list(mm) for n, mm in LEFT.items()}}]
    wrong_side = [{**truth[0], "side": "R"}]
    answers = iter([[located(2.0)], [located(4.0, (PLAFOND, DOME, MEDIAL, LATERAL)), located(300.0)], [], [located(2.0)]])
    figures = measure([(VOLUME, truth), (VOLUME, truth), (VOLUME, truth), (VOLUME, wrong_side)], lambda _: next(answers))
    assert (figures["scans"], figures["ankles"], figures["found"], figures["false_ankles"]) == (4, 4, 0.75, 1)
    assert figures["side_told"] == 1.0  # the one without a heel by the false one beside it
    assert figures["side_right_of_told"] == round(1 / 3, 4)
    assert figures["landmarks"][HEEL] == {"seen": 0.5, "median_mm": 2.0, "p95_mm": 2.0}
    assert figures["landmarks"][DOME]["seen"] == 0.75
    assert figures["median_mm"] == 2.0
