"""decision: probability, calls at the two operating points, and refusal of thresholds that make no sense."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.errors import ModelError

RECORD = {
    "temperature": 2.0,
    "bias": 1.0,
    "sens_threshold": 0.3,
    "spec_threshold": 0.7,
    "cam_reference": 6.0,
    "cam_floor": 1.0,
    "calibration": {
        "n": 30,
        "bins": [{"low": 0, "high": 0.5, "n": 10, "fractured": 1}, {"low": 0.5, "high": 1, "n": 20, "fractured": 18}],
    },
}


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_probability_is_monotone_and_finite(a: float, b: float) -> None:
    decision = Decision.from_json(RECORD)
    low, high = sorted((a, b))
    assert 0 <= decision.probability(low) <= decision.probability(high) <= 1


def test_probability_is_the_calibrated_sigmoid() -> None:
    decision = Decision.from_json(RECORD)
    assert decision.probability(1.0) == 0.5
    assert decision.probability(3.0) == pytest.approx(1 / (1 + math.exp(-1)))


@pytest.mark.parametrize(
    ("p", "call"), [(0.0, "no fracture"), (0.2999, "no fracture"), (0.3, "uncertain"), (0.69, "uncertain"), (0.7, "fracture")]
)
def test_call_at_the_operating_points(p: float, call: str) -> None:
    assert Decision.from_json(RECORD).call(p) == call


def test_reliability_table() -> None:
    decision = Decision.from_json(RECORD)
    assert [decision.bin_of(p).fractured for p in (0.0, 0.49, 0.5, 1.0)] == [1, 1, 18, 18]
    assert Decision.from_json({**RECORD, "calibration": None}).bin_of(0.5) is None


def table(*rows: tuple) -> dict:
    """A calibration of these rows."""
    return {"calibration": {"n": 6, "bins": [dict(zip(("low", "high", "n", "fractured"), row, strict=True)) for row in rows]}}


@pytest.mark.parametrize(
    "change",
    [{"temperature": 0}, {"temperature": math.nan}, {"sens_threshold": 0.8}, {"spec_threshold": 1.2}, {"cam_floor": -1},
     {"bias": None}, {"cam_reference": 0}, {"calibration": 3}, {"calibration": {"bins": [{}]}}, {"spec_threshold": True},
     {"sens_threshold": "0.3"}, {"bias": 10**400}, {"calibration": {"n": -1}}, table((0.0, 0.5, -5, 1)), table((0.0, 0.5, 3, 99)),
     table((0.0, 0.5, 10.7, 5)),
     table((-math.inf, math.inf, 3, 1)), table((0.5, 0.5, 3, 1)), table((0.0, 0.6, 3, 1), (0.5, 1.0, 3, 1)),
     table((0.5, 1.0, 3, 1), (0.0, 0.5, 3, 1)), table((0.0, 1.0, math.inf, 1)), table((0.0, math.nan, 3, 1)),
     table((0.0, 1.0, 10**300, 1))],
)  # fmt: skip
def test_unusable_thresholds_are_refused(change: dict) -> None:
    with pytest.raises(ModelError) as error:
        Decision.from_json({**RECORD, **change})
    assert error.value.code == "MODEL_DECISION_INVALID"
