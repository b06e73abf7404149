"""whose: a place belongs to the ankle that holds it or is nearest; a measure from one to the other belongs to none."""

from __future__ import annotations

from ankleviewer.core.assessment.result import AnkleInfo
from ankleviewer.core.reading.whose import ankle_at, ankle_of_all

RIGHT = AnkleInfo("R", (-24.0, -28.0, 104.0), (24.0, 28.0, 176.0))
LEFT = AnkleInfo("L", (40.0, -28.0, 104.0), (90.0, 28.0, 176.0))


def test_a_position_belongs_to_the_ankle_that_holds_it_or_is_nearest() -> None:
    ankles = (RIGHT, LEFT)
    for shown in (0, None):
        assert [ankle_at((x, 0.0, 130.0), ankles, shown) for x in (0.0, 60.0, 31.0, 34.0, 200.0)] == [0, 1, 0, 1, 1]
    assert ankle_at((0.0, 0.0, 130.0), ()) == 0


def test_where_boxes_overlap_the_ankle_shown_counts_or_the_nearer_middle() -> None:
    here = (0.0, 0.0, 130.0)
    assert [ankle_at(here, (RIGHT, RIGHT), shown) for shown in (0, 1)] == [0, 1]
    wide = AnkleInfo("L", (-4.0, -28.0, 104.0), (90.0, 28.0, 176.0))
    assert [ankle_at((x, 0.0, 130.0), (RIGHT, wide)) for x in (0.0, 23.0)] == [0, 1]
    assert ankle_at(here, (RIGHT, wide), 1) == 1


def test_all_points_of_a_measure_say_whose_it_is() -> None:
    here, beside, other = (0.0, 0.0, 130.0), (30.0, 0.0, 130.0), (60.0, 0.0, 130.0)
    assert ankle_of_all((here, beside), (RIGHT, LEFT)) == 0
    assert ankle_of_all((other,), (RIGHT, LEFT)) == 1
    assert ankle_of_all((here, other), (RIGHT, LEFT)) is None
    assert ankle_of_all((here, other), (RIGHT,)) == 0
    assert ankle_of_all((here,), ()) is None
