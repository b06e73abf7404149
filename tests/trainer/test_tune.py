"""The search: as many trials as asked for, also after an interruption; the best one is named; a diverging trial is no end; one
folder holds one search.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ankleviewer.core.errors import AnkleViewerError
from trainer import tune as module
from trainer.orders import TrainOrder
from trainer.scans.manifest import DataError
from trainer.taken import taken
from trainer.tune import APART, RATES, _storage, _turn, tune

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
    assert tune(order(tmp_path / "t"), data, 3, lambda p: None, batch=4) == record, "nothing is left to do"


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


def test_a_trial_that_was_stopped_is_made_up_for(tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    data, real = prepared(tmp_path / "data"), module.train_on_scans

    def stopped(order, *args, **more):  # type: ignore[no-untyped-def]
        real(order, *args, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "train_on_scans", stopped)
    with pytest.raises(KeyboardInterrupt):
        tune(order(tmp_path / "t"), data, 1, lambda p: None)
    assert not list((tmp_path / "t").glob("trial-*/*.pt")), "its weights are of no use"
    monkeypatch.setattr(module, "train_on_scans", real)
    record = tune(order(tmp_path / "t"), data, 1, lambda p: None)
    assert record["trial"] == 2 and record["trials"] == 1


def test_what_a_killed_search_left_is_removed_and_what_another_trains_stays(tmp_path: Path, prepared: Prepare) -> None:
    data, out = prepared(tmp_path / "data"), tmp_path / "t"
    for name in ("trial-7", "trial-8"):
        (out / name).mkdir(parents=True)
        for left in ("checkpoint.pt", "best.pt", ".checkpoint.pt.4711", "log.csv"):
            (out / name / left).touch()
    with taken(out / "trial-8"):
        tune(order(out), data, 1, lambda p: None)
    assert [p.name for p in (out / "trial-7").iterdir() if p.name != ".in-use"] == ["log.csv"]
    assert (out / "trial-8" / "checkpoint.pt").exists()


def test_data_that_cannot_be_used_use_up_no_trials(tmp_path: Path, prepared: Prepare) -> None:
    with pytest.raises(DataError, match="holds no prepared scans"):
        tune(order(tmp_path / "t"), tmp_path, 1, lambda p: None)
    with pytest.raises(AnkleViewerError, match="DATA_TOO_FEW: The validation scans hold one class only"):
        tune(order(tmp_path / "t"), prepared(tmp_path / "data", validation=(0,)), 1, lambda p: None)
    assert not (tmp_path / "t").exists()


def test_another_search_in_the_same_folder_is_refused(tmp_path: Path, prepared: Prepare) -> None:
    data, first = prepared(tmp_path / "data"), order(tmp_path / "t")
    record = tune(first, data, 1, lambda p: None, batch=4)
    assert tune(replace(first, seed=9), data, 1, lambda p: None, batch=4) == record, "computers may have seeds of their own"
    for other, batch, told in (
        (first, 2, "settings"),
        (replace(first, epochs=2), 4, "settings"),
        (replace(first, width=0.5), 4, "network"),
    ):
        with pytest.raises(
            AnkleViewerError, match=rf"SEARCH_UNFIT: .* differs from this one in the {told}.*another folder by --out"
        ):
            tune(other, data, 1, lambda p: None, batch=batch)
    (data / "index.csv").write_text((data / "index.csv").read_text().replace("s2,s2.nii.gz,0", "s2,s2.nii.gz,1"))
    with pytest.raises(AnkleViewerError, match=r"SEARCH_UNFIT: .* in the scans to train on"):
        tune(first, data, 1, lambda p: None, batch=4)


@pytest.mark.parametrize("other", [{"model": "mobilenet"}, {"preset": "paper"}])
def test_another_network_s_search_in_the_same_folder_is_refused(tmp_path: Path, prepared: Prepare, other: dict[str, str]) -> None:
    data, first = prepared(tmp_path / "data"), order(tmp_path / "t")
    tune(first, data, 1, lambda p: None, batch=4)
    before = {path.name: path.read_bytes() for path in first.out.iterdir() if path.is_file()}
    with pytest.raises(AnkleViewerError, match=r"SEARCH_UNFIT: .* in the network or its preset \(compact best\): give another"):
        tune(replace(first, **other), data, 1, lambda p: None, batch=4)
    assert {path.name: path.read_bytes() for path in first.out.iterdir() if path.is_file()} == before
    assert tune(first, data, 1, lambda p: None, batch=4)["model"] == "compact", "the search itself goes on"


def test_a_search_whose_trials_all_failed_leaves_its_folder_to_another(tmp_path: Path, prepared: Prepare) -> None:
    data, wrong = prepared(tmp_path / "data"), replace(order(tmp_path / "t"), size=20)
    with pytest.raises(AnkleViewerError, match="USAGE: compact takes a --size"):
        tune(wrong, data, 1, lambda p: None)
    assert tune(replace(wrong, size=16, preset="paper"), data, 1, lambda p: None)["preset"] == "paper"


def test_one_class_to_judge_by_is_no_search_and_no_option_makes_it_one(tmp_path: Path, prepared: Prepare) -> None:
    begun = order(tmp_path / "t")
    with pytest.raises(AnkleViewerError, match=r"DATA_TOO_FEW: .* no trial can be judged: add patients") as met:
        tune(begun, prepared(tmp_path / "data", validation=(0,)), 1, lambda p: None)
    assert "--allow-small" not in str(met.value) and not begun.out.exists()


def test_what_a_search_cannot_do_is_said_before_it_begins(tmp_path: Path, prepared: Prepare) -> None:
    taught = replace(order(tmp_path / "t"), teacher=tmp_path)
    with pytest.raises(AnkleViewerError, match="USAGE: --teacher goes with --data simulate"):
        tune(taught, prepared(tmp_path / "data"), 1, lambda p: None)
    assert not taught.out.exists()


def test_one_of_many_processes_does_not_search(tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would draw a rate of its own, and all train one network."""
    data, begun = prepared(tmp_path / "data"), order(tmp_path / "t")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(AnkleViewerError, match="USAGE: tune runs in one process"):
        tune(begun, data, 1, lambda p: None)
    assert not begun.out.exists()


def test_why_a_trial_was_stopped_is_not_hidden_by_its_states(
    tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(order, *args, **more):  # type: ignore[no-untyped-def]
        (order.out / "best.pt").write_bytes(b"")
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "train_on_scans", stopped)
    with pytest.raises(KeyboardInterrupt):
        tune(order(tmp_path / "t"), prepared(tmp_path / "data"), 1, lambda p: None)
    assert not list((tmp_path / "t").glob("trial-*/*.pt"))


def test_a_command_that_was_mended_is_no_other_search(tmp_path: Path, prepared: Prepare) -> None:
    data, wrong = prepared(tmp_path / "data"), replace(order(tmp_path / "t"), size=20)
    with pytest.raises(AnkleViewerError, match="USAGE: compact takes a --size"):
        tune(wrong, data, 1, lambda p: None)
    assert tune(replace(wrong, size=16), data, 1, lambda p: None)["trials"] == 1


def test_all_diverging_and_a_missing_package_are_said(tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    def diverges(*args, **more):  # type: ignore[no-untyped-def]
        raise FloatingPointError("the loss is nan")

    monkeypatch.setattr(module, "train_on_scans", diverges)
    with pytest.raises(AnkleViewerError, match="TRAINING_DIVERGED"):
        tune(order(tmp_path / "t"), prepared(tmp_path / "data"), 1, lambda p: None)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(AnkleViewerError, match=r"EXTRA_MISSING.*ankleviewer\[tune\]"):
        tune(order(tmp_path / "u"), tmp_path / "data", 1, lambda p: None)


def test_processes_that_begin_a_search_together_draw_other_trials(tmp_path: Path) -> None:
    """A batch system starts them at once, and none of them sees a trial of another."""
    optuna = pytest.importorskip("optuna")
    first = optuna.create_study(study_name="s", storage=_storage(tmp_path))
    second = optuna.load_study(study_name="s", storage=_storage(tmp_path))
    assert [_turn(study) for study in (first, second, first)] == [0, APART, 2 * APART]


def test_a_search_needs_no_links(tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr("os.symlink", denied)
    assert tune(order(tmp_path / "t"), prepared(tmp_path / "data"), 1, lambda p: None)["trials"] == 1
