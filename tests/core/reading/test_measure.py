"""Distances and angles by hand, and measures to records and back."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankleviewer.core.reading.measure import Measure, Value, angle_degrees, distance_mm, from_record, point, to_record, unit

MEASURE = Measure(3, "distance", ((1.0, 2.0, 3.0), (4.0, 6.0, 3.0)), (0.0, 0.0, 1.0), (Value("length", 5.0, "mm"),))


def test_distance_and_angle_by_hand() -> None:
    assert distance_mm((1, 2, 3), (4, 6, 15)) == 13.0
    assert angle_degrees((5, 0, 0), (0, 0, 0), (0, 0, 2)) == 90.0
    assert angle_degrees((1, 1, 0), (0, 0, 0), (3, 0, 0)) == pytest.approx(45.0)
    assert angle_degrees((1, 0, 0), (0, 0, 0), (-2, 0, 0)) == 180.0


def test_small_angles_keep_their_digits() -> None:
    tiny = 1e-7
    assert angle_degrees((1, 0, 0), (0, 0, 0), (1, tiny, 0)) == pytest.approx(np.degrees(tiny), rel=1e-6)


@given(st.floats(0.1, 179.9), st.floats(0.5, 80), st.floats(0.5, 80), st.integers(0, 2**31))
def test_an_angle_is_the_same_however_it_lies(degrees: float, a: float, b: float, seed: int) -> None:
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    flat = np.array([[a, 0, 0], [0, 0, 0], [b * np.cos(np.radians(degrees)), b * np.sin(np.radians(degrees)), 0]])
    first, vertex, second = flat @ turn.T + (3.0, -40.0, 120.0)
    assert angle_degrees(first, vertex, second) == pytest.approx(degrees, abs=1e-6)


def test_two_points_at_one_place_give_no_direction() -> None:
    with pytest.raises(ValueError, match="same place"):
        unit((0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="same place"):
        angle_degrees((1, 1, 1), (1, 1, 1), (2, 0, 0))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Value("length", 12.345, "mm"), "12.3 mm"),
        (Value("angle", 44.96, "degrees"), "45.0°"),
        (Value("mean", -3.4, "HU"), "-3 HU"),
        (Value("area", 51.26, "mm2"), "51.3 mm²"),
        (Value("share", 27.6, "%"), "28 %"),
        (Value("voxels", 120, ""), "120"),
    ],
)
def test_values_carry_their_units(value: Value, text: str) -> None:
    assert value.text == text


def test_a_measure_goes_through_json_and_back() -> None:
    assert from_record(json.loads(json.dumps(to_record(MEASURE)))) == MEASURE
    free = Measure(1, "angle", (point((0.12345, 1, 2)),) * 3, None, ())
    assert free.points[0] == (0.123, 1.0, 2.0)
    assert from_record(to_record(free)) == free


@pytest.mark.parametrize(
    "change",
    [
        {"points_mm": []},
        {"normal": [0, 0, 0]},
        {"points_mm": [[1, 2]]},
        {"points_mm": [[1, 2, float("nan")]]},
        {"values": [{"name": "length"}]},
        {"number": "one"},
        {"normal": [0, 1]},
    ],
)
def test_a_record_that_is_no_measure_is_refused(change: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_record(to_record(MEASURE) | change)


@pytest.mark.parametrize(("number", "unit", "text"), [(-0.04, "mm", "0.0 mm"), (-0.4, "HU", "0 HU"), (-0.06, "mm", "-0.1 mm")])
def test_no_zero_has_a_minus(number: float, unit: str, text: str) -> None:
    assert Value("gap", number, unit).text == text
