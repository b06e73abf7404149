"""The statistics against brute force, published values and their own definitions."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.evaluation.metrics import (
    OneClassError,
    auc,
    auc_by_patient,
    auc_interval,
    bootstrap,
    hanley_mcneil,
    midranks,
    pair_accuracy,
    proportion,
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
    assert hanley_mcneil(0.94, 95, 123).low == pytest.approx(0.905, abs=1e-3)
    assert hanley_mcneil(0.94, 95, 123).high == pytest.approx(0.975, abs=1e-3)
    assert hanley_mcneil(0.89, 95, 123).low == pytest.approx(0.843, abs=3e-3)


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


@pytest.mark.parametrize("area", [0.0, 0.2, 0.5, 0.94, 0.999, 1.0])
def test_the_limits_of_an_area_are_as_far_from_it_as_chance_allows_there(area: float) -> None:
    """Newcombe's equation, by hand; mirrored by exchanging the classes."""
    m, n = 12, 40
    found, mirrored = auc_interval(area, m, n), auc_interval(1 - area, n, m)
    assert (mirrored.low, mirrored.high) == (pytest.approx(1 - found.high), pytest.approx(1 - found.low))
    for limit in {found.low, found.high} - {area}:
        q1, q2, alike = limit / (2 - limit), 2 * limit**2 / (1 + limit), (m + n) / 2 - 1
        variance = (limit * (1 - limit) + alike * (q1 - limit**2) + alike * (q2 - limit**2)) / (m * n)
        assert abs(area - limit) == pytest.approx(1.959964 * variance**0.5, rel=1e-5)
    assert found.low < area < found.high or area in (0.0, 1.0)


def test_an_interval_does_not_leap_where_the_last_pair_is_in_order() -> None:
    almost, perfect = auc_interval(1 - 1e-9, 30, 30), auc_interval(1.0, 30, 30)
    assert perfect.high == 1.0 and almost.low == pytest.approx(perfect.low, abs=1e-6) and 0.92 < perfect.low < 0.94
    assert auc_interval(0.999, 30, 30).low < hanley_mcneil(0.999, 30, 30).low


@pytest.mark.parametrize(("area", "m", "n"), [(0.6, 8, 8), (0.94, 30, 30), (0.99, 30, 30), (0.98, 10, 60)])
def test_the_interval_of_an_area_covers_the_true_one(area: float, m: int, n: int) -> None:
    """In 95 of 100 studies."""
    rng = np.random.default_rng(7)
    shift = statistics.NormalDist().inv_cdf(area) * math.sqrt(2)
    held = 0
    for _ in range(400):
        sick, well = rng.normal(shift, 1, m), rng.normal(0, 1, n)
        found = auc_interval(float((sick[:, None] > well).mean()), m, n)
        held += found.low <= area <= found.high
    assert held >= 372


def test_one_patient_says_nothing_of_others() -> None:
    alone = auc_by_patient([1, 0, 0], [0.9, 0.1, 0.2], ["a"] * 3, resamples=20)
    assert (alone.value, alone.low, alone.high) == (1.0, 0.0, 1.0)
    found = summary([1, 0] * 10, [0.9, 0.1] * 10, 0.5, resamples=20)
    assert found["auc"]["low"] == pytest.approx(auc_interval(1.0, 10, 10).low, abs=1e-6) and 0.8 < found["f1"]["low"] < 0.9
    both = summary([1, 0] * 10, [0.9, 0.1] * 10, 0.5, [str(i // 2 // 5) for i in range(20)], resamples=20)
    assert both["auc"]["low"] == pytest.approx(auc_interval(1.0, 2, 2).low, abs=1e-6), "two patients, however many scans"


def eightfold() -> tuple[np.ndarray, np.ndarray, list[dict[str, Any]]]:
    """Labels and scores of eight scans each of thirty patients, alike, and what is found: scans taken for independent, one scan
    of each patient, and by patient.
    """
    rng = np.random.default_rng(2)
    y = np.repeat(rng.integers(0, 2, 30), 8)
    p = np.repeat(np.clip(rng.normal(0.4 + 0.2 * y[::8], 0.2), 0, 1), 8)
    patients = [str(i // 8) for i in range(240)]
    sets = ((y, p, None), (y[::8], p[::8], None), (y, p, patients))
    return y, p, [summary(scans, scores, 0.5, names, resamples=200) for scans, scores, names in sets]


def test_rates_know_that_scans_of_one_patient_belong_together() -> None:
    y, p, (apart, alone, together) = eightfold()
    for name in ("accuracy", "precision", "recall", "specificity"):
        width = {key: f[name]["high"] - f[name]["low"] for key, f in (("a", apart), ("1", alone), ("t", together))}
        assert together[name]["value"] == apart[name]["value"] and together[name]["low"] < together[name]["value"]
        assert width["t"] > 1.5 * width["a"] and width["t"] == pytest.approx(width["1"], rel=0.35)
    one_each = summary(y, p, 0.5, [str(i) for i in range(240)], resamples=200)
    assert one_each == apart
    sure = summary([1, 1, 0, 0], [0.9, 0.9, 0.1, 0.8], 0.5, ["a", "a", "b", "b"], resamples=20)
    assert sure["recall"] == wilson(1, 1).to_json() and sure["specificity"]["low"] < 0.5 < sure["specificity"]["high"]


def test_patients_with_scans_of_both_classes_may_leave_a_draw_with_one() -> None:
    y, p = [1, 1, 1, 0, 1, 1], [0.9, 0.4, 0.7, 0.5, 0.6, 0.8]
    found = summary(y, p, 0.5, ["a", "a", "b", "b", "c", "c"], resamples=50)
    assert found["auc"]["value"] == 0.8 and found["auc"]["low"] is not None


def test_a_proportion_of_scans_that_belong_together_is_less_sure() -> None:
    hits = np.repeat([True, False, True, True, False, True, True, False, True, True], 6)
    patients = [str(i // 6) for i in range(60)]
    alone, together = proportion(hits), proportion(hits, patients, resamples=500)
    assert alone == wilson(42, 60) and together.value == pytest.approx(0.7)
    assert together.high - together.low > 1.8 * (alone.high - alone.low)
    assert proportion([True] * 12, [str(i // 4) for i in range(12)]) == wilson(3, 3)
    assert proportion(hits, [str(i) for i in range(60)]) == alone


def test_the_share_of_few_patients_is_at_least_as_unsure_as_wilson_s() -> None:
    """One scan missed out of 31 must not be a better result than none."""
    patients = ["p0", *(f"p{k}" for k in range(30))]
    all_found, one_missed = (proportion([True] * (31 - n) + [False] * n, patients, resamples=400) for n in (0, 1))
    wide = wilson(30 * one_missed.value, 30)
    assert one_missed.low <= wide.low < all_found.low and one_missed.high >= wide.high
    drawn = summary([1] * 31 + [0] * 4, [0.9] * 30 + [0.1] * 4 + [0.9], 0.5, [*patients, *"abcd"], resamples=400)["precision"]
    wide = wilson(30 * drawn["value"], 30)  # 29 patients with a fracture and one without are called
    assert drawn["value"] == pytest.approx(30 / 31, abs=1e-6) and drawn["low"] <= wide.low + 1e-6


def test_hanley_and_mcneil_s_interval_is_given_where_scans_are_independent_only() -> None:
    y, p = [1, 0] * 20, list(np.random.default_rng(0).uniform(size=40))
    assert "auc_hanley_mcneil" in summary(y, p, 0.5, [str(i) for i in range(40)], resamples=20)
    assert "auc_hanley_mcneil" not in summary(y, p, 0.5, [str(i // 2) for i in range(40)], resamples=20)
    for perfect in ([0.9, 0.1] * 20, [0.1, 0.9] * 20):
        assert "auc_hanley_mcneil" not in summary(y, perfect, 0.5, resamples=20), "an interval without a width would be believed"


def test_the_interval_of_precision_counts_that_other_scans_might_be_called() -> None:
    rng = np.random.default_rng(4)
    y = np.repeat(rng.integers(0, 2, 40), 4)
    p = np.repeat(rng.normal(0.35 + 0.3 * y[::4], 0.2), 4) + rng.normal(0, 0.03, 160)  # a patient's four scans, nearly alike
    patients = [str(i // 4) for i in range(160)]
    four, one = summary(y, p, 0.5, patients, resamples=400)["precision"], summary(y[::4], p[::4], 0.5)["precision"]
    assert four["value"] == pytest.approx(one["value"], abs=0.05)
    assert four["high"] - four["low"] == pytest.approx(one["high"] - one["low"], rel=0.4)


def test_a_precision_that_no_draw_changes_is_not_sure() -> None:
    twins = summary([1, 0] * 12, [0.9] * 24, 0.5, [str(i // 2) for i in range(24)], resamples=50)["precision"]
    assert twins["value"] == 0.5 and twins["high"] - twins["low"] > 0.4


def test_an_f1_of_nothing_found_has_an_interval() -> None:
    found = summary([1] * 3 + [0] * 30, [0.1] * 33, 0.5, resamples=20)
    most = wilson(0, 3).high
    assert (found["f1"]["value"], found["f1"]["low"]) == (0.0, 0.0)
    assert found["f1"]["high"] == pytest.approx(2 * most / (1 + most), abs=1e-6)
    called = summary([1] * 3 + [0] * 30, [0.1] * 3 + [0.9] * 30, 0.5, resamples=20)
    assert 0 < called["f1"]["high"] < found["f1"]["high"], "thirty false alarms say more"


def test_an_f1_that_no_draw_changes_is_not_sure() -> None:
    """A pair of each patient, all called: every draw has two thirds, though another patient might not be called."""
    f1 = summary([1, 0] * 20, [0.9] * 40, 0.5, [str(i // 2) for i in range(40)], resamples=50)["f1"]
    half = wilson(10, 20)
    assert f1["value"] == pytest.approx(2 / 3, abs=1e-6)
    assert (f1["low"], f1["high"]) == pytest.approx([2 * end / (1 + end) for end in (half.low, half.high)], abs=1e-6)
    varied = summary([1, 0] * 20, [0.9, 0.9, 0.9, 0.1] * 10, 0.5, [str(i // 2) for i in range(40)], resamples=50)["f1"]
    assert 0 < varied["high"] - varied["low"] < f1["high"] - f1["low"]


def test_an_f1_knows_that_scans_of_one_patient_belong_together() -> None:
    apart, alone, together = (found["f1"] for found in eightfold()[2])
    width = [f["high"] - f["low"] for f in (apart, alone, together)]
    assert together["value"] == apart["value"] and width[2] > 1.5 * width[0]
    assert width[2] == pytest.approx(width[1], rel=1e-3), "eight alike say what one says"


def test_the_f1_of_few_patients_is_at_least_as_unsure_as_wilson_s() -> None:
    """One scan missed out of 31 must not be a better result than none, as in the shares."""
    all_found, one_missed = (
        summary([1] * 31 + [0] * 9, [0.9] * (31 - n) + [0.1] * (9 + n), 0.5, resamples=400)["f1"] for n in (0, 1)
    )
    share = wilson(30, 31)
    assert one_missed["value"] == pytest.approx(60 / 61, abs=1e-6) and one_missed["low"] < all_found["low"]
    assert one_missed["low"] <= 2 * share.low / (1 + share.low) + 1e-6


@pytest.mark.parametrize("patients", [None, [str(i // 2) for i in range(40)]])
def test_an_area_that_no_draw_changes_is_not_sure(patients: list[str] | None) -> None:
    """One score for all scans."""
    found = auc_by_patient([1, 0] * 20, [0.9] * 40, patients, resamples=50)
    wide = auc_interval(0.5, 20, 20)
    assert found.value == 0.5 and (found.low, found.high) == (wide.low, wide.high)


def test_draws_never_make_an_area_surer_than_as_many_patients_do() -> None:
    y, s = [1] + [0] * 60, [57.5, *range(60)]
    one = auc_by_patient(y, s, [str(max(0, i - 20)) for i in range(61)], resamples=100)
    wide = auc_interval(one.value, 1, 41)  # of the first 21 scans of one patient one is fractured
    assert one.value == pytest.approx(58 / 60) and one.low <= wide.low < 0.8 and one.high >= wide.high
    rng = np.random.default_rng(3)
    many = np.repeat([1, 0], 40)
    scores = rng.normal(many * 1.0)
    drawn, wide = bootstrap(lambda i: auc(many[i], scores[i]), many, None, 100, 0), auc_interval(auc(many, scores), 40, 40)
    found = auc_by_patient(many, scores, resamples=100)
    assert (found.low, found.high) == (min(drawn.low, wide.low), max(drawn.high, wide.high))


def test_a_worse_result_is_never_the_surer_one() -> None:
    """Twelve patients of each class with twenty scans each: some pairs out of order say less than none."""
    y, patients = [1] * 240 + [0] * 240, [str(i // 20) for i in range(480)]
    perfect = auc_by_patient(y, [0.9] * 240 + [0.1] * 240, patients, resamples=100)
    almost = auc_by_patient(y, [0.05] * 3 + [0.9] * 237 + [0.1] * 240, patients, resamples=100)
    assert perfect.value == 1.0 > almost.value > 0.98 and almost.low < perfect.low == auc_interval(1.0, 12, 12).low
