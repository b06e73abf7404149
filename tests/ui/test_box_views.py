"""The figure of a box from three sides: the words, the letters' places, the pictures."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor

from ankleviewer.ui.box_views import GAP, HEAD, PANEL, SIDES, facts, figure


def test_facts_name_each_frame(fakes) -> None:
    first, second = facts(fakes.box(fakes.first, 0.7), 0)
    assert "x 76  y 90  z 22 (model grid)" in first
    assert "x 26  y 44  z 40 (scan voxel)" in first
    assert second == "R 6.0  P 4.0  S 140.0 mm;  size 12 × 12 × 12 mm"


def test_pictures_stand_side_by_side_and_the_middle_is_kept() -> None:
    wide = np.zeros((100, 160, 3), dtype=np.uint8)
    wide[:, 30:130] = (0, 90, 0)
    image = figure([(wide, ("R", "L", "S", "I"))] * len(SIDES), ("Finding 1", "L 1"))
    for n in range(len(SIDES)):
        x = GAP + n * (PANEL + GAP)
        for dx in (40, PANEL - 40):
            assert image.pixelColor(x + dx, HEAD + 60) == QColor(0, 90, 0)
    assert image.width() == 3 * PANEL + 4 * GAP
