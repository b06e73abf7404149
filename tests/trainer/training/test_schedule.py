"""Steps know their stage, their rate falls from its first to its last value, and rises at the start of the run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trainer.training.data import CropPlan
from trainer.training.objective import Stage
from trainer.training.schedule import Schedule

FIRST = Stage(CropPlan(24, 2, 1), 40, (1e-3, 1e-4), mine_every=15)
SECOND = replace(FIRST, steps=60, lr=(5e-4, 5e-4), mine_every=0)


def test_every_step_has_its_stage() -> None:
    schedule = Schedule([FIRST, SECOND])
    places = list(schedule.places(0))
    assert schedule.total == len(places) == 100
    assert [(p.index, p.since) for p in places] == [*((0, k) for k in range(40)), *((1, k) for k in range(60))]
    assert [p.step for p in places if p.last] == [99] and [p.step for p in places if p.looks] == [0, 15, 30]
    assert places[39].stage is FIRST and places[40].stage is SECOND
    assert list(schedule.places(97)) == places[97:] and list(schedule.places(100)) == []


def test_the_rate_rises_at_first_and_falls_within_a_stage() -> None:
    schedule = Schedule([FIRST, SECOND])
    rates = [p.rate for p in schedule.places(0)]
    assert rates[0] == pytest.approx(1e-4), "a tenth of it at the first of ten steps"
    assert rates[9] == pytest.approx(1e-3 * 0.1 ** (9 / 39)) and rates[39] == pytest.approx(1e-4)
    assert rates[10:40] == sorted(rates[10:40], reverse=True) and set(rates[40:]) == {5e-4}


def test_a_stage_of_one_step() -> None:
    place = Schedule([replace(FIRST, steps=1)]).at(0)
    assert place.rate == FIRST.lr[0] and place.last and place.looks
