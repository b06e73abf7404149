"""Of an ankle its bones are shown, and whatever was found in it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from ankleviewer.core.display.framing import ANKLE_MARGIN_MM, BOX_MARGIN_MM, region

ANKLE = SimpleNamespace(min_mm=(0.0, 0.0, 0.0), max_mm=(20.0, 20.0, 20.0))


def test_an_ankle_has_room_around_it() -> None:
    low, high = region(ANKLE)
    np.testing.assert_allclose(low, -ANKLE_MARGIN_MM)
    np.testing.assert_allclose(high, 20.0 + ANKLE_MARGIN_MM)


def test_a_box_that_lies_outside_is_shown_whole_and_one_inside_changes_nothing() -> None:
    inside = SimpleNamespace(min_mm=(5.0, 5.0, 5.0), max_mm=(9.0, 9.0, 9.0))
    above = SimpleNamespace(min_mm=(-20.0, 5.0, 50.0), max_mm=(-10.0, 9.0, 70.0))
    low, high = region(ANKLE, [inside, above])
    np.testing.assert_allclose(low, (-20.0 - BOX_MARGIN_MM, -ANKLE_MARGIN_MM, -ANKLE_MARGIN_MM))
    np.testing.assert_allclose(high, (20.0 + ANKLE_MARGIN_MM, 20.0 + ANKLE_MARGIN_MM, 70.0 + BOX_MARGIN_MM))
