"""The statistics against brute force, published values and their own definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.evaluation.metrics import (
    OneClassError,
    auc,
    auc_interval,
    bootstrap,
    midranks,
    pair_accuracy,
    rates,
    roc,
    summary,
    wilson,
)

SCANS = st.lists(st.tuples(st.integers(0, 1), st.integers(-4, 4)), min_size=2, max_size=40).filter(
    lambda v: 0 < sum(y for y, _ in v) < len(v)
)


@settings(max_examples=60, deadline=None)
@given(SCANS)
def test_auc_counts_pairs_with_ties_one_half(scans: list[tuple[int, int]]) -> None:
    y, s = np.array(scans).T
    pairs = [(a > b) + 0.5 * (a == b) for a in s[y == 1] for b in s[y == 0]]
    assert auc(y, s) == pytest.approx(np.mean(pairs), abs=1e-12)
    fpr, tpr, _ = roc(y, s)
    assert np.trapezoid(tpr, fpr) == pytest.approx(np.mean(pairs), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(SCANS)
def test_roc_points_are_those_of_their_thresholds(scans: list[tuple[int, int]]) -> None:
    y, s = np.array(scans).T
    for fpr, tpr, t in zip(*roc(y, s), strict=True):
        assert tpr == pytest.approx((s[y == 1] >= t).mean())
        assert fpr == pytest.approx((s[y == 0] >= t).mean())


def test_midranks_share_ties() -> None:
    assert midranks([3, 1, 3, 2]).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_auc_needs_both_classes_and_finite_scores() -> None:
    with pytest.raises(OneClassError):
        auc([1, 1], [0.1, 0.2])
    with pytest.raises(ValueError):
        auc([0, 1], [0.1, math.nan])
    with pytest.raises(ValueError):
        auc([0, 2], [0.1, 0.3])


def test_intervals_of_the_papers_figures() -> None:
    """Accuracy .91 and .85 and AUC .94 and .89 on its 218 test scans, 43.6 % positive."""
    for successes, low, high in ((198, 0.865, 0.941), (185, 0.797, 0.891)):
        found = wilson(successes, 218)
        assert found.low == pytest.approx(low, abs=3e-3)  # 198 of 218 is .908, not .91
        assert found.high == pytest.approx(high, abs=3e-3)
    assert auc_interval(0.94, 95, 123).low == pytest.approx(0.905, abs=1e-3)
    assert auc_interval(0.94, 95, 123).high == pytest.approx(0.975, abs=1e-3)
    assert auc_interval(0.89, 95, 123).low == pytest.approx(0.843, abs=3e-3)


def test_wilson_at_the_ends() -> None:
    assert wilson(0, 10).low == 0.0
    assert wilson(10, 10).high == 1.0
    assert wilson(10, 10).low == pytest.approx(10 / (10 + 1.959963984540054**2))
    assert math.isnan(wilson(0, 0).value)


def test_rates_by_hand() -> None:
    found = rates([1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 0, 1, 0, 0, 0, 0])
    assert found == pytest.approx({"accuracy": 6 / 8, "precision": 2 / 3, "recall": 2 / 3, "specificity": 4 / 5, "f1": 2 / 3})
    assert math.isnan(rates([0, 0], [0, 0])["precision"])


def test_bootstrap_is_seeded_stratified_and_by_patient() -> None:
    y = np.array([0] * 30 + [1] * 10)
    s = np.linspace(0, 1, 40) ** 2

    def positives(i: np.ndarray) -> float:
        return float(y[i].sum())

    found = bootstrap(positives, y, resamples=50)
    assert (found.value, found.low, found.high) == (10, 10, 10)
    one = bootstrap(lambda i: float(s[i].mean()), y, seed=3, resamples=200)
    assert one == bootstrap(lambda i: float(s[i].mean()), y, seed=3, resamples=200)
    assert one.low < one.value < one.high
    names = [str(i // 10) for i in range(40)]  # four patients, so a replicate holds each scan of a drawn patient
    together: list[bool] = []

    def watch(i: np.ndarray) -> float:
        _, n = np.unique(i, return_counts=True)
        together.append(len(np.unique(i)) % 10 == 0 and len(i) == 40)
        return float(n.max())

    bootstrap(watch, y, names, resamples=20)
    assert all(together)


def test_bootstrap_covers_a_known_mean() -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(60):
        x = rng.normal(size=80)
        found = bootstrap(lambda i, x=x: float(x[i].mean()), np.zeros(80), resamples=200)  # type: ignore[misc]
        inside += found.low <= 0 <= found.high
    assert 50 <= inside <= 60


def test_pair_accuracy_compares_twins_only() -> None:
    y, s = [1, 0, 1, 0, 1, 0, 1], [0.9, 0.1, 0.3, 0.3, 0.2, 0.4, 0.0]
    assert pair_accuracy(y, s, ["a", "a", "b", "b", "c", "c", ""]) == (0.5, 3)
    assert math.isnan(pair_accuracy(y, s, [""] * 7)[0])


def test_summary_agrees_with_its_parts() -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 120)
    p = np.clip(rng.normal(0.4 + 0.25 * y, 0.2), 0, 1)
    found = summary(y, p, 0.5, resamples=100)
    assert found["auc"]["value"] == pytest.approx(auc(y, p), abs=1e-6)
    assert found["auc"]["low"] < found["auc"]["value"] < found["auc"]["high"]
    for name, value in rates(y, p >= 0.5).items():
        assert found[name]["value"] == pytest.approx(value, abs=1e-6)
        assert found[name]["low"] <= value <= found[name]["high"]
    assert sum(found["confusion"].values()) == 120
