"""Sample sizes against published tables and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trainer.evaluation.metrics import auc_interval, wilson
from trainer.evaluation.power import (
    Plan,
    auc_size,
    paired_size,
    report,
    share_size,
    smallest_effect,
    t_test_power,
    t_test_size,
)


@pytest.mark.parametrize(("effect", "size"), [(0.2, 394), (0.5, 64), (0.8, 26), (1.0, 17)])
def test_groups_are_those_of_cohens_table(effect: float, size: int) -> None:
    assert t_test_size(effect) == (size, size)
    assert t_test_power(effect, size, size) >= 0.8 > t_test_power(effect, size - 1, size - 1)


def test_power_is_how_often_the_test_finds_it() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, (4000, 20)), rng.normal(0.7, 1, (4000, 30))
    found = (stats.ttest_ind(a, b, axis=1).pvalue < 0.05).mean()
    assert t_test_power(0.7, 20, 30) == pytest.approx(found, abs=0.025)
    assert t_test_power(0.0, 20, 30) == pytest.approx(0.05)


def test_the_papers_scans_show_a_far_smaller_effect_than_it_states() -> None:
    assert smallest_effect(64, 64) == pytest.approx(0.499, abs=0.002)
    assert smallest_effect(640, 640) == pytest.approx(0.1567, abs=0.001)


def test_intervals_are_as_narrow_as_asked_for_and_no_scan_is_wasted() -> None:
    n = auc_size(0.94, 0.04)
    assert n == 250, "as the documentation has it"
    for count, narrow in ((n, True), (n - 3, False)):
        sick = round(0.436 * count)
        assert (0.94 - auc_interval(0.94, sick, count - sick).low <= 0.04) is narrow
    n = share_size(0.91, 0.04)
    interval = wilson(round(0.91 * n), n)
    assert interval.high - interval.low <= 0.08 and n > 100
    assert auc_size(0.94, 0.02) > 3 * auc_size(0.94, 0.04)


def test_paired_models_need_few_scans_where_they_differ_much() -> None:
    # Connor 1987: (1.96 sqrt(.12) + .8416 sqrt(.12 - .0016))^2 / .0016
    assert paired_size(0.08, 0.04) == 587
    assert paired_size(0.2, 0.05) < 100 and paired_size(0.04, 0.08) == paired_size(0.08, 0.04)


def test_nonsense_is_refused() -> None:
    for call in (
        lambda: t_test_size(0.0),
        lambda: t_test_size(0.5, power=1.0),
        lambda: auc_size(0.4, 0.1),
        lambda: share_size(1.0, 0.1),
        lambda: paired_size(0.1, 0.1),
    ):
        with pytest.raises(ValueError):
            call()


def test_the_report_names_both_figures() -> None:
    text = report(Plan())
    assert "64 + 64 = 128 scans" in text and "640 + 640 scans show d = 0.157" in text
    assert "AUC 0.94 to +-0.04" in text and "587 scans (McNemar)" in text


@pytest.mark.parametrize("share", [0.97, 0.98, 0.99, 0.91])
def test_more_scans_than_enough_are_enough(share: float) -> None:
    n = share_size(share, 0.04)
    widths = [wilson(share * k, k) for k in range(n - 1, n + 40)]
    assert [w.high - w.low <= 0.08 for w in widths] == [False] + [True] * 40
