"""Calibration and operating points against their definitions and against known truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankleviewer.core.errors import AnkleViewerError
from trainer.evaluation.calibration import (
    SENSITIVITY,
    SPECIFICITY,
    brier,
    calibrate,
    decide,
    expected_calibration_error,
    operating_points,
    reliability,
    sigmoid,
    undecided,
)
from trainer.evaluation.metrics import OneClassError


def drawn(n: int, temperature: float, bias: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    logits = rng.normal(bias, 3 * temperature, n)
    return (rng.random(n) < sigmoid((logits - bias) / temperature)).astype(int), logits


@pytest.mark.parametrize(("temperature", "bias"), [(1.0, 0.0), (0.2, -3.0), (5.0, 40.0)])
def test_calibration_recovers_the_true_curve(temperature: float, bias: float) -> None:
    t, b = calibrate(*drawn(6000, temperature, bias))
    assert t == pytest.approx(temperature, rel=0.1)
    assert b == pytest.approx(bias, abs=0.15 * temperature)


def test_calibration_lowers_the_error_and_keeps_the_order() -> None:
    y, logits = drawn(2000, 3.0, 2.0)
    t, b = calibrate(y, logits)
    before, after = sigmoid(logits), sigmoid((logits - b) / t)
    assert brier(y, after) < brier(y, before)
    assert expected_calibration_error(y, after) < 0.03 < expected_calibration_error(y, before)


def test_separated_logits_stay_finite() -> None:
    t, b = calibrate([0, 0, 0, 1, 1, 1], [-3, -2, -1, 1, 2, 3])
    assert 0.05 < t < 5
    assert abs(b) < 1


def test_nothing_to_calibrate_is_said() -> None:
    with pytest.raises(OneClassError):
        calibrate([1, 1], [0.0, 1.0])
    with pytest.raises(AnkleViewerError, match=r"^CALIBRATION_IMPOSSIBLE: .* do not rise"):
        calibrate([1, 1, 0, 0], [-2.0, -1.0, 1.0, 2.0])


def test_sigmoid_does_not_overflow() -> None:
    np.testing.assert_allclose(sigmoid([-1e4, 0, 1e4]), [0, 0.5, 1], atol=1e-12)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(1, 19)), min_size=4, max_size=60).filter(
        lambda v: 0 < sum(y for y, _ in v) < len(v)
    )
)
def test_operating_points_meet_their_definition(scans: list[tuple[int, int]]) -> None:
    y, p = np.array([a for a, _ in scans]), np.array([b for _, b in scans]) / 20
    low, high, youden = operating_points(y, p)
    assert 0 < low <= high < 1
    thresholds = np.r_[np.unique(p), 2.0]
    sens = np.array([(p[y == 1] >= t).mean() for t in thresholds])
    spec = np.array([(p[y == 0] < t).mean() for t in thresholds])
    best_low, best_high = thresholds[sens >= SENSITIVITY].max(), thresholds[spec >= SPECIFICITY].min()
    if best_low <= best_high:
        assert ((p >= low) == (p >= best_low)).all()
        assert ((p >= high) == (p >= best_high)).all()
    else:
        assert low == high
        assert (p[y == 1] >= low).mean() >= SENSITIVITY
        assert (p[y == 0] < high).mean() >= SPECIFICITY
    assert (p[y == 1] >= youden).mean() + (p[y == 0] < youden).mean() == pytest.approx((sens + spec).max())


def test_reliability_bins_hold_every_scan_once() -> None:
    y = np.array([0, 1, 1, 0, 1])
    bins = reliability(y, [0.0, 0.05, 1.0, 0.95, 0.5])
    assert [(b["low"], b["n"], b["fractured"]) for b in bins] == [(0.0, 2, 1), (0.5, 1, 1), (0.9, 2, 1)]
    assert expected_calibration_error([0, 1], [0.0, 1.0]) == 0
    assert expected_calibration_error([1, 0], [0.0, 1.0]) == 1
    assert brier([0, 1], [0.5, 0.0]) == pytest.approx(0.625)


def test_decision_orders_thresholds_and_bounds_the_map_floor() -> None:
    y, logits = drawn(400, 1.5, 0.5)
    found = decide(y, logits, np.linspace(1, 3, 50), np.linspace(0, 0.4, 50))
    assert found.sens_threshold <= found.spec_threshold
    assert found.cam_reference == pytest.approx(2.8)
    assert found.cam_floor == pytest.approx(0.2)
    stored = found.to_json()
    assert stored["calibration"]["n"] == 400
    assert sum(b["n"] for b in stored["calibration"]["bins"]) == 400


@pytest.mark.parametrize(("peaks", "reference"), [([-3.0, -2.0], 1.0), ([4.0] * 10, 4.0)])
def test_without_both_classes_nothing_claims_to_be_calibrated(peaks: list[float], reference: float) -> None:
    decision = undecided(peaks)
    assert decision.calibration == {"n": 0, "bins": []} and (decision.temperature, decision.bias) == (1.0, 0.0)
    assert decision.cam_reference == reference and 0 < decision.cam_floor < reference
