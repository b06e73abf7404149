"""ankle_names: no two ankles of a scan have one name."""

from __future__ import annotations

import pytest

from ankleviewer.core.assessment.ankle_names import ankle_name, place_of
from ankleviewer.core.assessment.result import AnkleInfo


def ankle(side: str, *middle: float) -> AnkleInfo:
    x, y, z = middle
    return AnkleInfo(side, (x - 40.0, y - 40.0, z - 60.0), (x + 40.0, y + 40.0, z + 60.0))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ((-80.0, 10.0, 5.0), (80.0, -10.0, 0.0), ("right", "left")),
        ((-20.0, -60.0, 5.0), (20.0, 60.0, 0.0), ("front", "back")),
        ((-20.0, 60.0, -90.0), (20.0, -10.0, 30.0), ("feet", "head")),
    ],
)
@pytest.mark.parametrize("side", ["unknown", "L"])
def test_ankles_of_one_side_are_told_apart_by_where_they_lie(side: str, low, high, words) -> None:
    pair = [ankle(side, *low), ankle(side, *high)]
    first = {"unknown": "Ankle, side unknown", "L": "Left ankle"}[side]
    assert [ankle_name(pair, n) for n in (0, 1)] == [f"{first}, towards the patient's {word}" for word in words]
    assert [ankle_name(pair[::-1], n) for n in (1, 0)] == [ankle_name(pair, n) for n in (0, 1)], "whatever their order"


def test_a_side_that_no_other_ankle_has_is_name_enough() -> None:
    both = [ankle("R", -80.0, 0.0, 0.0), ankle("L", 80.0, 0.0, 0.0)]
    assert [ankle_name(both, n) for n in (0, 1)] == ["Right ankle", "Left ankle"]
    assert ankle_name([ankle("unknown", 0.0, 0.0, 0.0)], 0) == "Ankle, side unknown"
    three = [both[0], ankle("unknown", -10.0, 0.0, 0.0), ankle("unknown", 80.0, 0.0, 0.0)]
    assert [place_of(three, n) for n in range(3)] == ["", "right", "left"]
    row = [ankle("unknown", x, 0.0, 0.0) for x in (-80.0, 0.0, 80.0)]
    assert [place_of(row, n) for n in range(3)] == ["right", "between", "left"]
    assert place_of([row[0], row[0]], 1) == "", "nothing tells two at one place apart"


def test_words_and_language_are_the_readers() -> None:
    pair = [ankle("unknown", -80.0, 0.0, 0.0), ankle("unknown", 80.0, 0.0, 0.0)]
    sides = {"L": "left ankle", "R": "right ankle", "unknown": "ankle of unknown side"}
    assert ankle_name(pair, 1, sides) == "ankle of unknown side, towards the patient's left"
    assert ankle_name(pair, 0, sides, str.upper) == "ANKLE OF UNKNOWN SIDE, TOWARDS THE PATIENT'S RIGHT"
