"""What asks the 3D view for another picture, and how soon."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ankleviewer.core.display.viewstate import ViewState, Window
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.oblique import start, turned
from ankleviewer.ui.view3d.redraw import Redraw, redraw

GRID = Grid.axis_aligned((20, 20, 20), 1.0, (0, 0, 0))
TURN = turned(start(GRID, (10, 10, 10)), "axial", 20, (10, 10, 10))
OTHER = turned(TURN, "axial", 20, (10, 10, 10))
STILL, MOVES, NOTHING = Redraw(True, False, False), Redraw(True, True, False), Redraw(False, False, False)


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ({}, {"cursor_mm": (1.0, 2.0, 3.0)}, MOVES),
        ({}, {"threshold": 2.0}, MOVES),
        ({}, {"boxes": False}, STILL),
        ({}, {"hide_ai": True}, Redraw(True, False, True)),
        ({"hide_ai": True}, {"hide_ai": False, "cursor_mm": (1.0, 2.0, 3.0)}, Redraw(True, True, True)),
        ({}, {"turn": TURN, "oblique": True}, MOVES),
        ({"turn": TURN, "oblique": True}, {"turn": OTHER}, MOVES),
        ({"turn": TURN, "oblique": True}, {"oblique": False}, MOVES),
        ({"turn": TURN}, {"turn": OTHER}, NOTHING),  # remembered, not shown
        ({}, {"layout": "axial", "annotations": False}, NOTHING),
    ],
)
def test_what_a_change_asks_for(before: dict, after: dict, asked: Redraw) -> None:
    old = replace(ViewState(), **before)
    assert redraw(old, replace(old, **after), "off") == asked


@pytest.mark.parametrize(("planes", "asked"), [("off", NOTHING), ("frames", NOTHING), ("slices", MOVES)])
def test_the_window_is_seen_on_the_slices_pictures_alone(planes: str, asked: Redraw) -> None:
    assert redraw(ViewState(), ViewState(window=Window(400, 40)), planes) == asked
