"""The search: as many trials as asked for, also after an interruption; the best one is named; a diverging trial is no end."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer import tune as module
from trainer.runs import TrainOrder
from trainer.tune import RATES, tune

Prepare = Callable[..., Path]


def order(folder: Path) -> TrainOrder:
    return TrainOrder("compact", "best", folder, epochs=1, width=0.25, seed=3)


def test_trials_go_on_where_they_stopped_and_the_best_is_named(tmp_path: Path, prepared: Prepare) -> None:
    data = prepared(tmp_path / "data")
    tune(order(tmp_path / "t"), data, 2, lambda p: None, batch=4)
    record = tune(order(tmp_path / "t"), data, 3, lambda p: None, batch=4)
    with open(tmp_path / "t" / "trials.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    assert [r["trial"] for r in rows] == ["1", "2", "3"] and record["trials"] == 3
    assert len({r["lr"] for r in rows}) == 3 and all(RATES[0] <= float(r["lr"]) <= RATES[1] for r in rows)
    assert record["val_auc"] == pytest.approx(max(float(r["val_auc"]) for r in rows), rel=1e-4)
    best = rows[record["trial"] - 1]
    assert float(best["lr"]) == record["lr"] and float(best["strength"]) == record["strength"]
    assert json.loads((tmp_path / "t" / "best.json").read_text()) == record
    config = json.loads((tmp_path / "t" / "trial-2" / "config.json").read_text())
    assert config["stages"][0]["lr"][0] == pytest.approx(float(rows[1]["lr"]))
    assert config["stages"][0]["plan"]["strength"] == pytest.approx(float(rows[1]["strength"]))
    assert not list((tmp_path / "t").glob("trial-*/*.pt"))
    assert tune(order(tmp_path / "t"), data, 3, lambda p: None) == record, "nothing is left to do"


def test_a_trial_that_diverges_is_no_end(tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    data, real, calls = prepared(tmp_path / "data"), module.train_on_scans, []

    def first_diverges(*args, **more):  # type: ignore[no-untyped-def]
        calls.append(1)
        if len(calls) == 1:
            raise FloatingPointError("the loss is nan")
        return real(*args, **more)

    monkeypatch.setattr(module, "train_on_scans", first_diverges)
    record = tune(order(tmp_path / "t"), data, 2, lambda p: None)
    assert record["trial"] == 2 and record["trials"] == 2
    assert [r.split(",")[-1] for r in (tmp_path / "t" / "trials.csv").read_text().split()[1:]] == ["pruned", "complete"]


def test_all_diverging_and_a_missing_package_are_said(tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    def diverges(*args, **more):  # type: ignore[no-untyped-def]
        raise FloatingPointError("the loss is nan")

    monkeypatch.setattr(module, "train_on_scans", diverges)
    with pytest.raises(AnkleViewerError, match="TRAINING_DIVERGED"):
        tune(order(tmp_path / "t"), prepared(tmp_path / "data"), 1, lambda p: None)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(AnkleViewerError, match=r"EXTRA_MISSING.*ankleviewer\[tune\]"):
        tune(order(tmp_path / "u"), tmp_path / "data", 1, lambda p: None)
