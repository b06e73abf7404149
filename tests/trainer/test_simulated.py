"""Runs: from the simulator to a trained network, going on, and figures on validation scans."""

from __future__ import annotations

import csv
import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from trainer import simulated as module
from trainer.orders import TrainOrder
from trainer.scans.manifest import DataError
from trainer.simulated import SHALLOW, train_on_simulator
from trainer.starting import load_run
from trainer.training import checkpoint
from trainer.training.loop import Progress
from trainer.training.pair_source import FolderPairs
from trainer.training.precision import bf16_pays

BANK_PAIRS = 8  # of `bank_folder`
SHIPPED = assets_dir() / "models" / "compact"


@pytest.fixture
def pairs_at_hand(bank_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs that are there already; how they are made beside a run is tested with `pair_making` and the command line."""
    pairs = FolderPairs(bank_folder)
    monkeypatch.setattr(module, "pairs_beside", lambda *_: nullcontext(lambda n: pairs(n % BANK_PAIRS)))


def test_going_on_from_a_pack_keeps_the_state_that_validates_best(manifest: Path, tmp_path: Path, pairs_at_hand: None) -> None:
    pack = assets_dir() / "models" / "compact"
    half = bf16_pays(torch.device("cpu"))  # elsewhere it is worked out bit by bit, for minutes
    order = TrainOrder(
        "compact", "best", tmp_path / "run", init=pack, validation=manifest, epochs=0.01, size=32, seed=1, bf16=half
    )
    net = train_on_simulator(order, lambda progress: None)
    assert net.config["norm"] is False
    best = checkpoint.load_best(order.out)
    assert best is not None and best["val_auc"] in (0.0, 1.0), "one scan of each kind"
    reloaded, spec, record = load_run(order.out)
    assert all(torch.equal(v, reloaded.state_dict()[k]) for k, v in net.state_dict().items())
    about = json.loads((pack / "manifest.json").read_text())
    assert record["init"] == f"compact {about['version']}" and spec.to_json() == about["preprocessing"]
    with open(order.out / "log.csv", newline="") as f:
        assert [r["val_auc"] for r in csv.DictReader(f)][-1] in ("0", "1")


def test_a_run_on_the_simulator_goes_on_as_it_began_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=0.01, size=32, width=0.25)
    kept: list[dict[str, Any]] = []
    monkeypatch.setattr(module, "train", lambda *a, notes, **more: kept.append(notes | {"preprocessing": a[1].to_json()}))
    monkeypatch.setattr(module, "draw_curves", lambda run: None)
    monkeypatch.setattr(module, "pairs_beside", lambda *a: nullcontext())
    train_on_simulator(order, lambda progress: None)
    checkpoint.save(order.out, {"step": 1})
    (order.out / "config.json").write_text(json.dumps(kept[0]))
    train_on_simulator(replace(order, resume=True, live=True), lambda progress: None)
    assert len(kept) == 2
    for other, told in (
        ({"width": 0.5}, r"the network or .* \(--width 0\.25 there, 0\.5 here\): give"),
        ({"seed": 2}, r"the settings .*\) \(--seed 1001 there, 2 here\): give"),
        (
            {"preset": "paper"},
            r"the scans .* and the .* \(window bone \(.* HU\) there, paper .* here; .*--preset best there, paper here",
        ),
    ):
        with pytest.raises(AnkleViewerError, match=f"RESUME_UNFIT: .* in {told}"):
            train_on_simulator(replace(order, resume=True, **other), lambda progress: None)
    assert len(kept) == 2


@pytest.mark.parametrize(("model", "processes", "fewest"), [("compact", 5, 4), ("mobilenet", 4, 3), ("resnet101", 4, 3)])
def test_processes_that_a_later_stage_has_no_crop_for_are_refused_before_anything_is_removed(
    model: str, processes: int, fewest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = TrainOrder(model, "best", tmp_path / "run", size=32, width=0.25)
    checkpoint.save(order.out, {"step": 1})
    monkeypatch.setenv("WORLD_SIZE", str(processes))
    with pytest.raises(
        AnkleViewerError, match=f"USAGE: {processes} processes .* batch of {fewest} crops, .*: start {fewest} of them"
    ):
        train_on_simulator(order, lambda progress: None)
    assert checkpoint.exists(order.out) and not (order.out / "pairs").exists()


def test_a_folder_of_prepare_is_told_by_its_validation_part(tmp_path: Path) -> None:
    (tmp_path / "validation.csv").write_text("path,label\na.nii,1\n")
    order = TrainOrder("compact", "best", tmp_path / "run", validation=tmp_path, size=32, width=0.25)
    with pytest.raises(DataError, match=r"TABLE_UNREADABLE: .*, which `prepare` made: give --validation .*validation\.csv$"):
        train_on_simulator(order, lambda progress: None)
    assert not order.out.exists()


def test_validation_scans_of_one_class_are_refused_before_anything_is_removed(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", validation=manifest, size=32, width=0.25)
    checkpoint.save(order.out, {"step": 1})
    real = module.prepare
    monkeypatch.setattr(module, "prepare", lambda *a, **more: [p for p in real(*a, **more) if p.row.label])
    with pytest.raises(AnkleViewerError, match="DATA_TOO_FEW: The scans of --validation that can be used hold one class only"):
        train_on_simulator(order, lambda progress: None)
    assert checkpoint.exists(order.out) and not (order.out / "pairs").exists()


def test_a_shallow_network_learns_first_and_a_run_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, pairs_at_hand: None
) -> None:
    order = TrainOrder("resnet101", "best", tmp_path / "run", epochs=0.01, size=32, width=0.125, seed=1)
    seen: list[Progress] = []
    net = train_on_simulator(order, seen.append)
    assert "blocks" not in net.config and len(net.features) == 2 + 33
    norms = [m for m in net.modules() if isinstance(m, torch.nn.BatchNorm3d)]
    assert all(float(m.running_mean.abs().max()) > 0 for m in norms), "also those of blocks that came later"
    shallow, _, record = load_run(order.out / SHALLOW)
    assert list(shallow.config["blocks"]) == [3, 4, 4, 1] and record["teacher"].startswith("compact ")
    assert [p.step for p in seen] == list(range(1, seen[0].of + 1)) and {p.of for p in seen} == {len(seen)}
    checkpoint.drop(order.out)  # as if it had been stopped before the whole network's first checkpoint
    again = train_on_simulator(replace(order, resume=True), seen.append)
    assert all(torch.equal(v, again.state_dict()[k]) for k, v in net.state_dict().items())
    (order.out / SHALLOW).rename(tmp_path / "aside")  # the whole network has begun: nobody needs the shallow one any more
    again = train_on_simulator(replace(order, resume=True), seen.append)
    assert all(torch.equal(v, again.state_dict()[k]) for k, v in net.state_dict().items())
    assert not (order.out / SHALLOW).exists()
    (tmp_path / "aside").rename(order.out / SHALLOW)
    checkpoint.drop(order.out)
    with pytest.raises(AnkleViewerError, match="RESUME_UNFIT"):
        train_on_simulator(replace(order, resume=True, seed=2), seen.append)
