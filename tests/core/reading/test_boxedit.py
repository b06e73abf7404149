"""Editing a box: what a pointer holds on straight and oblique slices, and the box after a move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankleviewer.core.reading.boxedit import LEAST_MM, Hold, dragged, far_side, hold_at
from ankleviewer.core.reading.review import BoxMm

BOX = BoxMm((0.0, 10.0, 20.0), (30.0, 50.0, 60.0))
BOUNDS = (np.array((-20.0, -20.0, 0.0)), np.array((40.0, 80.0, 100.0)))
AXIAL, CORONAL = (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("mm", "normal", "sides"),
    [
        ((15, 30, 40), AXIAL, (0, 0, 0)),
        ((0.5, 30, 40), AXIAL, (-1, 0, 0)),
        ((31.5, 30, 40), AXIAL, (1, 0, 0)),
        ((29, 51, 40), AXIAL, (1, 1, 0)),
        ((1, 11, 20.5), AXIAL, (-1, -1, 0)),  # on the lowest slice the low face across it is not held
        ((15, 10.5, 59), CORONAL, (0, 0, 1)),
        ((33, 30, 40), AXIAL, None),
        ((15, 30, 63), CORONAL, None),
    ],
)
def test_what_is_held(
    mm: tuple[float, float, float], normal: tuple[float, float, float], sides: tuple[int, int, int] | None
) -> None:
    hold = hold_at(BOX, mm, normal, 2.0)
    assert (hold.sides if hold else None) == sides


def test_on_an_oblique_slice_the_reach_is_measured_in_the_slice() -> None:
    """Turned by 45 degrees about P: 2 mm within the slice are 1.4 mm across a face of L."""
    normal = (np.sqrt(0.5), 0.0, np.sqrt(0.5))
    assert hold_at(BOX, (1.3, 30, 40), normal, 2.0) == Hold((-1, 0, 0))
    assert hold_at(BOX, (1.6, 30, 40), normal, 2.0) == Hold((0, 0, 0))


def test_a_thin_box_can_still_be_moved() -> None:
    thin = BoxMm((0.0, 0.0, 0.0), (3.0, 3.0, 3.0))
    assert hold_at(thin, (1.5, 1.5, 1.5), AXIAL, 5.0) == Hold((0, 0, 0))
    assert hold_at(thin, (0.2, 1.5, 1.5), AXIAL, 5.0) == Hold((-1, 0, 0))


def test_faces_follow_and_the_others_stay() -> None:
    assert dragged(BOX, Hold((1, 0, -1)), (5, 7, -3), BOUNDS) == BoxMm((0.0, 10.0, 17.0), (35.0, 50.0, 60.0))
    assert dragged(BOX, Hold((0, 0, 0)), (5, -7, 3), BOUNDS) == BoxMm((5.0, 3.0, 23.0), (35.0, 43.0, 63.0))


def test_a_face_stops_at_the_other_one_and_at_the_scan_s_end() -> None:
    assert dragged(BOX, Hold((-1, 0, 0)), (90, 0, 0), BOUNDS).min_mm[0] == 30.0 - LEAST_MM
    assert dragged(BOX, Hold((0, 1, 0)), (0, -90, 0), BOUNDS).max_mm[1] == 10.0 + LEAST_MM
    assert dragged(BOX, Hold((1, 0, 0)), (90, 0, 0), BOUNDS).max_mm[0] == 40.0
    moved = dragged(BOX, Hold((0, 0, 0)), (90, 0, 0), BOUNDS)
    assert moved == BoxMm((10.0, 10.0, 20.0), (40.0, 50.0, 60.0)), "moved as far as it goes, its size kept"
    over = BoxMm((0.0, 10.0, 20.0), (45.0, 50.0, 60.0))
    assert dragged(over, Hold((1, 0, 0)), (-2, 0, 0), BOUNDS).max_mm[0] == 43.0, "a box over the edge may be drawn in"


@given(
    st.tuples(*[st.sampled_from((-1, 0, 1))] * 3),
    st.tuples(*[st.floats(-200, 200)] * 3),
)
def test_a_box_always_has_a_size_and_stays_inside(sides: tuple[int, int, int], shift: tuple[float, float, float]) -> None:
    box = dragged(BOX, Hold(sides), shift, BOUNDS)
    assert all(high - low >= LEAST_MM - 2e-3 for low, high in zip(box.min_mm, box.max_mm, strict=True))
    assert (np.array(box.min_mm) >= BOUNDS[0] - 1e-3).all() and (np.array(box.max_mm) <= BOUNDS[1] + 1e-3).all()


def test_the_right_and_lower_faces_of_a_pane() -> None:
    assert far_side((1, 0, 0), (0, 0, -1)) == (Hold((1, 0, 0)), Hold((0, 0, -1)))
    assert far_side((-0.9, 0.4, 0), (0.4, 0.9, 0)) == (Hold((-1, 0, 0)), Hold((0, 1, 0)))


def test_on_strongly_turned_planes_the_keys_move_two_different_faces() -> None:
    across, down = far_side((0.8, 0.42, 0.42), (-0.6, 0.56, 0.56))
    assert across == Hold((1, 0, 0)) and down.sides[0] == 0 and not down.whole
