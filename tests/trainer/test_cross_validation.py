"""Cross-validation: every scan answered once by a network that had not seen it; finished folds are not done again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer import cross_validation as module
from trainer.cross_validation import cross_validate
from trainer.evaluation.metrics import auc
from trainer.orders import TrainOrder
from trainer.training.loop import Progress

Prepare = Callable[..., Path]

MORE = (
    r"RESUME_UNFIT: .* to judge by \(scans to train on: 4 there, [56] here; "
    r"[1-3] of the scans to train on were not among them\): give"
)


def test_every_scan_is_answered_by_a_network_that_had_not_seen_it(
    tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[str]] = []
    real = module.train_on

    def watch(order, spec, own, judges, *more):  # type: ignore[no-untyped-def]
        seen.append({p.row.id for p in own})
        assert judges == []
        return real(order, spec, own, judges, *more)

    monkeypatch.setattr(module, "train_on", watch)
    order = TrainOrder("compact", "best", tmp_path / "cv", epochs=8, width=0.25, seed=3)
    said: list[str] = []
    record = cross_validate(order, prepared(tmp_path / "data"), 4, lambda p: None, said.append, batch=4)
    with open(order.out / "cross-validation.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    assert sorted(r["id"] for r in rows) == [f"s{n}" for n in range(8)], "the training part, nothing else"
    for k, trained in enumerate(seen):
        held_out = {r["id"] for r in rows if int(r["fold"]) == k + 1}
        assert len(held_out) == 2 and not held_out & trained and len(held_out | trained) == 8
        own = [r for r in rows if int(r["fold"]) == k + 1]
        assert record["auc"][k] == auc([int(r["label"]) for r in own], [float(r["logit"]) for r in own])
    assert record["mean"] == pytest.approx(np.mean(record["auc"])) and record["scans"] == 8
    assert json.loads((order.out / "cross-validation.json").read_text()) == record
    assert not list(order.out.glob("fold-*/*.pt")), "weights of folds are not kept"
    assert (order.out / "fold-1" / "log.csv").exists()


def test_finished_folds_stay_on_resuming(tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    data = prepared(tmp_path / "data")
    order = TrainOrder("compact", "best", tmp_path / "cv", epochs=1, width=0.25, resume=True)
    real, runs = module.train_on, []

    def stop_in_the_second(order, *more):  # type: ignore[no-untyped-def]
        runs.append(order.out.name)
        if len(runs) == 2:
            raise KeyboardInterrupt
        return real(order, *more)

    monkeypatch.setattr(module, "train_on", stop_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        cross_validate(order, data, 2, lambda p: None)
    cross_validate(order, data, 2, lambda p: None)
    assert runs == ["fold-1", "fold-2", "fold-2"]


def test_finished_folds_of_another_network_are_not_taken_for_those_of_this_one(tmp_path: Path, prepared: Prepare) -> None:
    data = prepared(tmp_path / "data")
    order = TrainOrder("compact", "best", tmp_path / "cv", epochs=1, width=0.25, resume=True)
    record = cross_validate(order, data, 2, lambda p: None)
    assert cross_validate(order, data, 2, lambda p: None) == record
    for other, told in (
        ({"model": "mobilenet"}, r"the network or what it starts from \(network compact there, mobilenet here\): give"),
        ({"epochs": 2}, r"the settings .* \(--epochs 1 there, 2 here\): give"),
        ({"rate": 1e-3}, r"the settings .* \(--lr the preset's there, 0\.001 here\): give"),
    ):
        with pytest.raises(
            AnkleViewerError, match=f"RESUME_UNFIT: .*fold-1 holds a run that differs from this command in {told}"
        ):
            cross_validate(replace(order, **other), data, 2, lambda p: None)
    with pytest.raises(AnkleViewerError, match=MORE):
        cross_validate(order, data, 3, lambda p: None)
    assert json.loads((order.out / "cross-validation.json").read_text()) == record


def test_a_fold_that_was_stopped_does_not_go_on_with_scans_that_are_now_held_out(tmp_path: Path, prepared: Prepare) -> None:
    def stop(progress: Progress) -> None:
        if progress.step == 2:
            raise KeyboardInterrupt

    data = prepared(tmp_path / "data")
    order = TrainOrder("compact", "best", tmp_path / "cv", epochs=3, width=0.25)
    with pytest.raises(KeyboardInterrupt):
        cross_validate(order, data, 2, stop)
    with pytest.raises(AnkleViewerError, match=MORE):
        cross_validate(replace(order, resume=True), data, 3, lambda p: None)


def test_begun_anew_older_answers_are_gone_at_once(tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    data = prepared(tmp_path / "data")
    order = TrainOrder("compact", "best", tmp_path / "cv", epochs=1, width=0.25)
    cross_validate(order, data, 2, lambda p: None)

    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "train_on", stop)
    with pytest.raises(KeyboardInterrupt):
        cross_validate(order, data, 2, lambda p: None)
    assert not list(order.out.glob("fold-*/answers.json")) and not list(order.out.glob("cross-validation.*"))


def test_begun_anew_states_of_later_folds_are_gone_too(tmp_path: Path, prepared: Prepare) -> None:
    """Stopped in its first fold, the command would otherwise meet the older one's second fold with --resume, and refuse it."""

    def stop_in(fold: int) -> Callable[[Progress], None]:
        def report(progress: Progress) -> None:
            if (tmp_path / "cv" / f"fold-{fold}" / "config.json").exists() and progress.step == 2:
                raise KeyboardInterrupt

        return report

    data = prepared(tmp_path / "data")
    order = TrainOrder("compact", "best", tmp_path / "cv", epochs=3, width=0.25)
    with pytest.raises(KeyboardInterrupt):
        cross_validate(order, data, 2, stop_in(2), batch=2)
    assert list(order.out.glob("fold-2/*.pt"))
    other = replace(order, epochs=2)
    with pytest.raises(KeyboardInterrupt):
        cross_validate(other, data, 2, stop_in(1), batch=2)
    assert not list(order.out.glob("fold-2/*.pt"))
    assert cross_validate(replace(other, resume=True), data, 2, lambda p: None, batch=2)["scans"] == 8


def test_answers_that_do_not_tell_whose_they_are_are_worked_out_again(tmp_path: Path, prepared: Prepare) -> None:
    data = prepared(tmp_path / "data")
    order = TrainOrder("compact", "best", tmp_path / "cv", epochs=1, width=0.25, resume=True)
    record = cross_validate(order, data, 2, lambda p: None)
    path = order.out / "fold-1" / "answers.json"
    path.write_text(json.dumps({name: [0.0, 0.0] for name in json.loads(path.read_text())["scans"]}))
    assert cross_validate(order, data, 2, lambda p: None) == record


def test_more_folds_than_patients_are_refused(tmp_path: Path, prepared: Prepare) -> None:
    with pytest.raises(AnkleViewerError, match="DATA_TOO_FEW"):
        cross_validate(TrainOrder("compact", "best", tmp_path / "cv"), prepared(tmp_path / "data"), 5, lambda p: None)
