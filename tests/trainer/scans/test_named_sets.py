"""Named sets: as many scans as stated, balanced, and no body in two of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer.orders import TrainOrder
from trainer.scans import write_scans
from trainer.scans.named_sets import FIRST_SEED, NAMES, check_bodies, named_set
from trainer.scans.write_scans import Order, simulate_one
from trainer.simulate.injuries import OUT_OF_SCOPE, TYPES
from trainer.simulate.setting import SHIFTED, STANDARD
from trainer.simulated import train_on_simulator


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the simulator is asked for, without simulating."""
    met: list[dict[str, Any]] = []
    monkeypatch.setattr(write_scans, "_atlas", lambda *a: None)
    monkeypatch.setattr(write_scans, "simulate_scan", lambda seed, index, atlas, **how: met.append(how | {"at": (seed, index)}))
    return met


def ask(orders: tuple[Order, ...]) -> None:
    for order in orders:
        for number in range(order.count):
            simulate_one(order, number)


def test_no_scan_of_the_training_s_seed_judges_it(tmp_path: Path) -> None:
    ids = [f"ankle-{seed}-{n:05d}" for seed in (7, 71) for n in range(3)]
    check_bodies(1, ids)
    with pytest.raises(AnkleViewerError, match=r"DATA_LEAK: 3 of the scans .* another --seed than 7\."):
        check_bodies(7, ids)
    assert all(order.seed >= FIRST_SEED for name in NAMES for order in named_set(name, tmp_path))
    with pytest.raises(AnkleViewerError, match=f"USAGE: Seeds from {FIRST_SEED} on are kept"):
        train_on_simulator(TrainOrder("compact", "best", tmp_path / "run", seed=FIRST_SEED), lambda p: None)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("name", "count"), [("sim-val-v1", 400), ("sim-test-v1", 400), ("sim-shift-v1", 200)])
def test_half_is_fractured_a_third_of_each_severity_every_injury_as_often(
    name: str, count: int, asked: list[dict[str, Any]], tmp_path: Path
) -> None:
    ask(named_set(name, tmp_path))
    assert len(asked) == count
    fractured = [how for how in asked if how["fractured"]]
    assert len(fractured) == count / 2
    severities = Counter(how["severity"] for how in fractured)
    assert set(severities) == {"hairline", "moderate", "displaced"} and max(severities.values()) - min(severities.values()) <= 4
    injuries = Counter(how["injury"] for how in fractured if how["injury"] in TYPES)
    assert set(injuries) == set(TYPES) and max(injuries.values()) - min(injuries.values()) <= 6
    twins = Counter(how["at"] for how in asked)
    assert set(twins.values()) == {2}


def test_what_is_chosen_on_and_what_is_measured_on_share_no_body(tmp_path: Path) -> None:
    seeds = [order.seed for name in NAMES for order in named_set(name, tmp_path)]
    assert len(set(seeds)) == len(seeds) and min(seeds) >= 10_000, "a body is named by its seed; training's lie below"


def test_half_of_the_validation_set_is_shifted(tmp_path: Path) -> None:
    one, two = named_set("sim-val-v1", tmp_path)
    assert (one.setting, two.setting) == (STANDARD, SHIFTED) and one.count == two.count


def test_the_last_set_holds_a_class_that_training_never_sees(tmp_path: Path) -> None:
    classes = {order.type for order in named_set("sim-shift-v1", tmp_path)} - {None}
    assert classes and classes <= set(OUT_OF_SCOPE)


def test_unknown_sets_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(AnkleViewerError, match=r"SET_UNKNOWN: Unknown set 'sim-val'; known: sim-val-v1, sim-test-v1"):
        named_set("sim-val", tmp_path)
