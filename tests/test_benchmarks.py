"""The timing behind `make bench`; the cases themselves need the peers and run there."""

from __future__ import annotations

import time

import pytest

from benchmarks.timing import Pair, measure, table


def pair(ours: float, theirs: float) -> Pair:
    def same(a: object, b: object) -> str:
        assert a == b
        return "equal"

    return Pair("task", "peer 1.0", lambda: time.sleep(ours), lambda: time.sleep(theirs), same)


def test_ratio_is_how_many_times_as_long_the_peer_takes() -> None:
    outcome = measure(pair(0.004, 0.04), rounds=3)
    assert outcome.ours_s >= 0.004
    assert outcome.theirs_s >= 0.04
    assert outcome.ratio == outcome.theirs_s / outcome.ours_s > 1
    row = table([outcome]).splitlines()[-1]
    assert row.startswith("| task | ")
    assert row.endswith(f"| **{outcome.ratio:.2f}** | equal |")


def test_stops_after_three_rounds_when_the_budget_is_spent() -> None:
    calls: list[int] = []
    measure(Pair("t", "p", lambda: calls.append(1), lambda: time.sleep(0.01), lambda a, b: ""), budget_s=0.005, rounds=50)
    assert len(calls) == 1 + 3


def test_a_pair_that_disagrees_is_not_timed() -> None:
    with pytest.raises(AssertionError):
        measure(Pair("t", "p", lambda: 1, lambda: 2, pair(0, 0).agree))
