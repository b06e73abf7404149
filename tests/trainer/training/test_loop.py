"""The loop: finite losses, a log, and the same weights whether or not it was interrupted."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ankleviewer.core.assessment.preprocess import BONE, normalise
from ankleviewer.core.errors import AnkleViewerError
from trainer.networks.compact import compact
from trainer.networks.head import FractureNet
from trainer.networks.mobilenet import mobilenet
from trainer.training import checkpoint
from trainer.training import loop as module
from trainer.training.data import CropPlan, PairBank
from trainer.training.execution import Execution
from trainer.training.loop import Progress, train
from trainer.training.objective import Stage, window
from trainer.training.pair_source import FolderPairs
from trainer.training.processes import Processes
from trainer.training.teach import Teacher

STAGES = [Stage(CropPlan(24, 2, 1), 2, (1e-3, 1e-3)), Stage(CropPlan(24, 2, 1), 2, (1e-3, 1e-4), freeze_norm=True)]


@pytest.fixture
def bank(bank_folder: Path) -> PairBank:
    return PairBank(FolderPairs(bank_folder), 8, 8, 0.0, 7)


def fresh() -> FractureNet:
    torch.manual_seed(3)
    return compact(0.25)


def run(folder: Path, bank: PairBank, **more: Any) -> FractureNet:
    return train(fresh(), BONE, STAGES, bank, folder, **more)


def log(folder: Path) -> list[dict[str, str]]:
    with open(folder / "log.csv", newline="") as f:
        return list(csv.DictReader(f))


def test_four_steps(tmp_path: Path, bank: PairBank) -> None:
    met: list[Progress] = []
    net = run(tmp_path, bank, report=met.append, notes={"seed": 3})
    assert not net.training
    assert [(p.step, p.of) for p in met] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    rows = log(tmp_path)
    assert [r["step"] for r in rows] == ["0", "1", "2", "3"] and [r["stage"] for r in rows] == ["0", "0", "1", "1"]
    for r in rows:
        for name in ("loss", "cells", "scan", "sides", "lr"):
            assert np.isfinite(float(r[name])) and float(r[name]) > 0
        parts = float(r["cells"]) + 0.5 * float(r["scan"]) + float(r["sides"])
        assert float(r["loss"]) == pytest.approx(parts, rel=1e-3)
    record = json.loads((tmp_path / "config.json").read_text())
    assert record["arch"] == "compact" and record["config"]["width"] == 0.25 and record["seed"] == 3
    start = fresh().state_dict()
    assert any(not torch.equal(v, start[k]) for k, v in net.state_dict().items())


def test_an_interrupted_run_ends_in_the_same_weights(tmp_path: Path, bank: PairBank) -> None:
    whole = run(tmp_path / "whole", bank, save_every=2)

    def stop(progress: Progress) -> None:
        if progress.step == 3:  # the checkpoint is of step 2: step 3 is done again
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts", bank, save_every=2, report=stop)
    assert checkpoint.load(tmp_path / "parts")["step"] == 2  # type: ignore[index]
    torch.manual_seed(99)
    resumed = train(compact(0.25), BONE, STAGES, bank, tmp_path / "parts", save_every=2, resume=True)
    for key, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[key]), key
    one, two = (checkpoint.load(tmp_path / n) for n in ("whole", "parts"))
    assert one is not None and two is not None
    for key, value in one["net"].items():
        assert torch.equal(value, two["net"][key]), key
    same = ("step", "stage", "lr", "loss", "cells", "scan", "sides")
    assert [[r[k] for k in same] for r in log(tmp_path / "parts")] == [[r[k] for k in same] for r in log(tmp_path / "whole")]


def test_without_resume_it_starts_anew(tmp_path: Path, bank: PairBank) -> None:
    first, second = run(tmp_path, bank), run(tmp_path, bank)
    assert all(torch.equal(v, second.state_dict()[k]) for k, v in first.state_dict().items())
    assert len(log(tmp_path)) == 4


def test_starting_anew_forgets_the_best_state_of_the_older_run(tmp_path: Path, bank: PairBank) -> None:
    run(tmp_path, bank, save_every=2, validate=lambda net: {"val_auc": 0.75}, validate_every=2)
    assert checkpoint.load_best(tmp_path) is not None
    run(tmp_path, bank, save_every=2, resume=True)
    assert checkpoint.load_best(tmp_path) is not None, "a run that goes on keeps it"
    run(tmp_path, bank, save_every=2)
    assert checkpoint.load_best(tmp_path) is None


def test_a_run_does_not_go_on_beside_another_ones_best_state(tmp_path: Path, bank: PairBank) -> None:
    """At its end the weights of the best state would be taken for its own."""
    one, two = ({"fingerprint": {"data": name}} for name in "ab")
    for notes in (one, two):
        judged = {"validate": lambda net: {"val_auc": 0.75}, "validate_every": 2}
        run(tmp_path / notes["fingerprint"]["data"], bank, save_every=2, notes=notes, **judged)
        assert (checkpoint.load_best(tmp_path / notes["fingerprint"]["data"]) or {})["fingerprint"] == notes["fingerprint"]
    run(tmp_path / "a", bank, save_every=2, resume=True, notes=one)
    shutil.copy(tmp_path / "b" / checkpoint.BEST, tmp_path / "a")
    before = (tmp_path / "a" / checkpoint.NAME).read_bytes()
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: best\.pt of .* is another run's"):
        run(tmp_path / "a", bank, save_every=2, resume=True, notes=one)
    assert (tmp_path / "a" / checkpoint.NAME).read_bytes() == before


def test_a_run_whose_states_cannot_be_read_does_not_begin_anew(tmp_path: Path, bank: PairBank) -> None:
    """It would drop the best state and train over the others, and nobody would know."""
    run(tmp_path, bank, save_every=2, validate=lambda net: {"val_auc": 0.75}, validate_every=2)
    for name in (checkpoint.NAME, checkpoint.PREVIOUS):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:100])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(AnkleViewerError, match="RUN_UNREADABLE"):
        run(tmp_path, bank, resume=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_run_begun_anew_and_stopped_at_once_does_not_go_on_from_the_older_one(tmp_path: Path, bank: PairBank) -> None:
    run(tmp_path, bank)
    assert checkpoint.load(tmp_path) is not None and len(log(tmp_path)) == 4

    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, bank, report=stop)
    assert not checkpoint.exists(tmp_path) and [r["step"] for r in log(tmp_path)] == ["0"]


def test_logs_of_an_older_run_go_before_the_first_step(tmp_path: Path, bank: PairBank, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, bank)

    def stop(*args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "compiled", stop)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, bank, resume=True)
    assert len(log(tmp_path)) == 4 and checkpoint.exists(tmp_path), "a run that goes on keeps all"
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, bank)
    assert not (tmp_path / "log.csv").exists() and not (tmp_path / "log.jsonl").exists()


def test_a_loss_that_is_no_number_stops_and_keeps_the_checkpoint(
    tmp_path: Path, bank: PairBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, steps = bank.batch, []

    def poisoned(step: int, plan: CropPlan) -> Any:
        steps.append(step)
        batch = real(step, plan)
        return replace(batch, hu=batch.hu * float("nan")) if step == 3 else batch

    monkeypatch.setattr(bank, "batch", poisoned)
    with pytest.raises(FloatingPointError, match="nan at step 3; the last checkpoint is kept"):
        run(tmp_path, bank, save_every=1)
    state = checkpoint.load(tmp_path)
    assert state is not None and state["step"] == 3
    assert all(torch.isfinite(v).all() for v in state["net"].values() if v.dtype.is_floating_point)


@pytest.mark.parametrize("bad", [1, 10])
def test_a_step_without_a_finite_gradient_is_left_out_and_ten_in_a_row_stop_the_run(
    tmp_path: Path, bank: PairBank, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    real, calls, weights = nn.utils.clip_grad_norm_, [], []

    def norm(parameters: Any, most: float) -> torch.Tensor:
        calls.append(1)
        found = real(parameters, most)
        return torch.tensor(float("nan")) if len(calls) <= bad else found

    monkeypatch.setattr(nn.utils, "clip_grad_norm_", norm)
    stages = [replace(STAGES[0], steps=12)]
    watch = lambda p: weights.append(net.head.weight.detach().clone())  # noqa: E731
    net = fresh()
    if bad == 10:
        with pytest.raises(FloatingPointError, match="10 steps up to 9 had no finite gradient"):
            train(net, BONE, stages, bank, tmp_path)
        return
    train(net, BONE, [replace(stages[0], steps=3)], bank, tmp_path, report=watch)
    assert [r["skipped"] for r in log(tmp_path)] == ["1", "0", "0"]
    assert torch.equal(weights[0], fresh().head.weight) and not torch.equal(weights[1], weights[0])


def test_frozen_normalisation_keeps_its_statistics(tmp_path: Path, bank: PairBank) -> None:
    before = fresh().state_dict()
    kept = train(fresh(), BONE, [replace(STAGES[1], steps=1)], bank, tmp_path / "a").state_dict()
    moved = train(fresh(), BONE, [replace(STAGES[0], steps=1)], bank, tmp_path / "b").state_dict()
    running = [k for k in before if k.endswith("running_mean")]
    assert running and all(torch.equal(kept[k], before[k]) for k in running)
    assert not any(torch.equal(moved[k], before[k]) for k in running)


def test_validation_sees_the_average_and_changes_nothing(tmp_path: Path, bank: PairBank) -> None:
    seen: list[bool] = []

    def validate(net: FractureNet) -> dict[str, float]:
        seen.append(net.training)
        return {"val_auc": 0.75}

    with_it = run(tmp_path / "a", bank, save_every=2, validate=validate, validate_every=2)
    without = run(tmp_path / "b", bank, save_every=2)
    assert seen == [False, False]
    assert [r["val_auc"] for r in log(tmp_path / "a")] == ["", "0.75", "", "0.75"]
    one, two = (checkpoint.load(tmp_path / name) for name in "ab")
    assert one is not None and two is not None
    assert all(torch.equal(v, two["average"][k]) for k, v in one["average"].items())
    best = checkpoint.load_best(tmp_path / "a")
    assert best is not None and best["step"] == 2, "the first of two equal states"
    assert all(torch.equal(v, best["average"][k]) for k, v in with_it.state_dict().items())
    assert any(not torch.equal(v, without.state_dict()[k]) for k, v in with_it.state_dict().items())


def test_a_state_whose_judgement_fails_is_kept_and_judged_when_the_run_goes_on(tmp_path: Path, bank: PairBank) -> None:
    def judge(net: FractureNet) -> dict[str, float]:
        return {"val_auc": 0.5 + 0.1 * float(net.head.weight.detach().abs().mean())}

    def fail(net: FractureNet) -> dict[str, float]:
        raise ValueError("no figures")

    more: dict[str, Any] = {"save_every": 2, "validate_every": 2}
    whole = run(tmp_path / "whole", bank, validate=judge, **more)
    with pytest.raises(ValueError, match="no figures"):
        run(tmp_path / "parts", bank, validate=fail, **more)
    state = checkpoint.load(tmp_path / "parts")
    assert state is not None and state["step"] == 2 and checkpoint.load_best(tmp_path / "parts") is None
    again = run(tmp_path / "parts", bank, validate=judge, resume=True, **more)
    assert all(torch.equal(v, again.state_dict()[k]) for k, v in whole.state_dict().items())
    same = ("step", "loss", "val_auc")
    assert [[r[k] for k in same] for r in log(tmp_path / "parts")] == [[r[k] for k in same] for r in log(tmp_path / "whole")]
    with pytest.raises(ValueError, match="no figures"):  # at the last step of all
        run(tmp_path / "last", bank, validate=fail, save_every=4)
    last = run(tmp_path / "last", bank, validate=judge, save_every=4, resume=True)
    best = checkpoint.load_best(tmp_path / "last")
    assert best is not None and best["step"] == 4 and len(log(tmp_path / "last")) == 4
    assert all(torch.equal(v, last.state_dict()[k]) for k, v in best["average"].items())


def test_what_later_batches_would_stop_at_is_refused_before_anything_is_removed(tmp_path: Path, bank: PairBank) -> None:
    run(tmp_path, bank)
    stages = [STAGES[0], replace(STAGES[1], plan=CropPlan(24, 1, 1))]
    with pytest.raises(AnkleViewerError, match="USAGE: 3 processes"):
        train(fresh(), BONE, stages, bank, tmp_path, execution=Execution(processes=Processes(0, 3)))
    assert checkpoint.exists(tmp_path) and len(log(tmp_path)) == 4


def test_cells_that_a_stage_asks_for_are_taught(tmp_path: Path, bank: PairBank) -> None:
    labels = [replace(STAGES[0], steps=1, cells=0.0)]
    for stages, before, after in ((labels, True, True), (labels, False, False), ([*labels, STAGES[0]], False, True)):
        net = fresh()
        net.place_cells(taught=before)
        assert train(net, BONE, stages, bank, tmp_path).cells_taught is after
        assert json.loads((tmp_path / "config.json").read_text())["config"].get("cells_taught", True) is after


def test_a_run_that_looks_for_hard_places_ends_in_the_same_weights_after_a_stop(
    tmp_path: Path, bank: PairBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MINED_AHEAD", 4)
    stages = [Stage(CropPlan(24, 1, 3, hard=0.9), 8, (1e-3, 1e-3), mine_every=2, mine_volumes=3)]
    found: list[int] = []
    real = module.mine
    monkeypatch.setattr(module, "mine", lambda *a: found.append(len(real(*a))) or real(*a))
    whole = train(fresh(), BONE, stages, bank, tmp_path / "whole", save_every=2)
    assert len(found) == 4 and min(found) > 0

    def stop(progress: Progress) -> None:
        if progress.step == 7:
            raise KeyboardInterrupt

    again = PairBank(bank.pair, 8, 8, 0.0, 7)
    with pytest.raises(KeyboardInterrupt):
        train(fresh(), BONE, stages, again, tmp_path / "parts", save_every=2, report=stop)
    last = PairBank(bank.pair, 8, 8, 0.0, 7)
    resumed = train(fresh(), BONE, stages, last, tmp_path / "parts", save_every=2, resume=True)
    assert all(torch.equal(v, resumed.state_dict()[k]) for k, v in whole.state_dict().items())


def test_with_a_teacher_in_half_precision(tmp_path: Path, bank: PairBank) -> None:
    torch.manual_seed(0)
    student = mobilenet(width=0.25, pooling="lse")
    stage = Stage(CropPlan(32, 1, 1), 2, (1e-3, 1e-3), teacher=1.0)
    train(student, BONE, [stage], bank, tmp_path, teacher=Teacher(compact(0.25), student), execution=Execution(bf16=True))
    assert all(float(r["lesson"]) > 0 for r in log(tmp_path))
    state = checkpoint.load(tmp_path)
    assert state is not None
    assert set(state) == {"net", "average", "optimiser", "bias", "step", "best", "hard", "exits", "teacher"}


def test_the_window_is_the_viewers() -> None:
    hu = np.linspace(-1024, 3071, 500).astype(np.float32)
    np.testing.assert_allclose(window(torch.from_numpy(hu), BONE).numpy(), normalise(hu, BONE), atol=1e-6)
