"""Training on prepared scans: from a table of scans to a pack that answers."""

from __future__ import annotations

import functools
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ankleviewer.core.assessment.preprocess import PAPER, PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from ankleviewer.core.words import OWN_SCANS
from trainer import own_scans as module
from trainer.cross_validation import cross_validate
from trainer.networks.registry import build
from trainer.networks.weights import _names
from trainer.orders import TrainOrder
from trainer.own_scans import at_size, train_on_scans, unknown_scans
from trainer.packs.export import Label, export
from trainer.scans.manifest import DataError
from trainer.starting import load_run, name_of, start_network
from trainer.training import checkpoint
from trainer.training.execution import Execution
from trainer.training.loop import Progress
from trainer.training.scan_bank import ScanBank

Prepare = Callable[..., Path]


@pytest.mark.parametrize("preset", ["paper", "best"])
def test_a_network_learns_from_prepared_scans(tmp_path: Path, preset: str, prepared: Prepare, coarse: PreprocessSpec) -> None:
    said: list[str] = []
    order = TrainOrder("compact", preset, tmp_path / "run", epochs=20, width=0.25, seed=3)
    net = train_on_scans(order, prepared(tmp_path / "data"), lambda p: None, said.append, batch=4)
    assert said == ["8 scans to train on, 4 to choose by, 2 steps an epoch, 40 steps"]
    best = checkpoint.load_best(order.out)
    assert best is not None and best["val_auc"] == 1.0
    reloaded, spec, record = load_run(order.out)
    assert spec == coarse and record["scans"] == 8 and reloaded.config == net.config
    assert record["stages"][0]["cells"] == (1.0 if preset == "best" else 0.0)
    assert (order.out / "curves.png").exists()


def test_smaller_volumes_cover_the_same_length(tmp_path: Path, prepared: Prepare, coarse: PreprocessSpec) -> None:
    assert at_size(coarse, 16).spacing_mm == 8.0 and at_size(coarse, 16).size == 16 and at_size(coarse, 128) == coarse
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=1, width=0.25, size=16)
    train_on_scans(order, prepared(tmp_path / "data"), lambda p: None)
    assert load_run(order.out)[1].size == 16


def test_the_seed_tells_runs_from_a_pack_apart(tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its weights are the pack's, so that five seeds would give five times the same run."""
    seeds: list[int] = []

    def stop_there(inputs: object, spec: object, size: object, seed: int, device: object) -> ScanBank:
        seeds.append(seed)
        raise KeyboardInterrupt

    monkeypatch.setattr("trainer.own_scans.ScanBank", stop_there)
    data = prepared(tmp_path / "data")
    for seed in (0, 1, 1001, 1001):
        with pytest.raises(KeyboardInterrupt):
            train_on_scans(TrainOrder("compact", "best", tmp_path / "run", width=0.25, seed=seed), data, lambda p: None)
    assert len(set(seeds)) == 3 and seeds[2] == seeds[3] and min(seeds) >= 0


def test_a_pack_of_own_scans_may_have_seen_those_of_validation_and_test(tmp_path: Path, prepared: Prepare) -> None:
    pack = tmp_path / "ours"
    shutil.copytree(assets_dir() / "models" / "compact", pack)
    assert unknown_scans(None) == unknown_scans(pack) == unknown_scans(tmp_path / "imagenet.pth") == ""
    record = json.loads((pack / "manifest.json").read_text())
    (pack / "manifest.json").write_text(json.dumps(record | {"origin": {"data": OWN_SCANS}}))
    told = f"{name_of(pack)} has learnt from own scans, and does not tell from which."
    assert unknown_scans(pack) == told
    data, said = prepared(tmp_path / "data"), []
    for begin in (train_on_scans, functools.partial(cross_validate, count=4)):
        with pytest.raises(AnkleViewerError, match="MODEL_SPEC_MISMATCH"):  # its file tells another origin; far enough
            begin(TrainOrder("compact", "best", tmp_path / "run", init=pack), data, report=lambda p: None, say=said.append)
    told_of = [line for line in said if line.startswith(told)]
    assert len(told_of) == 2 and "test part of" in told_of[0] and "no fold is unseen" in told_of[1]


def test_a_size_that_the_network_cannot_take_is_said(tmp_path: Path, prepared: Prepare) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=1, width=0.25, size=20)
    with pytest.raises(AnkleViewerError, match="USAGE: compact takes a --size that is a multiple of 8, not 20"):
        train_on_scans(order, prepared(tmp_path / "data"), lambda p: None)
    assert not order.out.exists()


@pytest.mark.parametrize("also", [{"validation": Path("scans.csv")}, {"live": True}, {"teacher": Path("run")}])
def test_what_means_nothing_to_prepared_scans_is_refused(tmp_path: Path, also: dict[str, Any]) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", **also)
    with pytest.raises(AnkleViewerError, match=f"USAGE: --{next(iter(also))} goes with --data simulate"):
        train_on_scans(order, tmp_path, lambda p: None)


def test_many_processes_meet_on_the_device_that_is_found(
    tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[str] = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(torch.distributed, "init_process_group", lambda kind, timeout: met.append(kind))
    monkeypatch.setattr(torch.distributed, "destroy_process_group", lambda: None)
    monkeypatch.setattr(torch.distributed, "get_rank", lambda: 0)
    monkeypatch.setattr(torch.distributed, "get_world_size", lambda: 1)  # there is no second one to wait for
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=0.5, width=0.25)
    assert order.device == "auto"
    train_on_scans(order, prepared(tmp_path / "data"), lambda p: None)
    assert met == ["nccl" if torch.cuda.is_available() else "gloo"] and checkpoint.exists(order.out)


def stop(progress: Progress) -> None:
    if progress.step == 3:
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("other", "batch", "told", "values"),
    [
        ({"model": "mobilenet"}, 4, "the network or what it starts from", "network compact there, mobilenet here"),
        ({"width": 0.5}, 4, "the network or what it starts from", "--width 0.25 there, 0.5 here"),
        ({"preset": "paper"}, 4, "the network or what it starts from and the settings", "--preset best there, paper here"),
        ({"epochs": 3}, 4, "the settings", "--epochs 2 there, 3 here"),
        ({"epochs": None}, 4, "the settings", "--epochs 2 there, the preset's here"),
        ({"rate": 1e-3}, 4, "the settings", "--lr the preset's there, 0.001 here"),
        ({"strength": 0.1}, 4, "the settings", "--strength the preset's there, 0.1 here"),
        (
            {"size": 16},
            4,
            "the settings",
            "voxels of 4 mm there, 8 mm here; edge of 32 voxels there, 16 voxels here; --size the preset's there, 16 here",
        ),
        ({"seed": 9}, 4, "the settings", "--seed 1001 there, 9 here"),
        ({}, 2, "the settings", "--batch 4 there, 2 here"),
    ],
)
def test_a_run_goes_on_as_it_began_or_not_at_all(
    tmp_path: Path, prepared: Prepare, other: dict[str, Any], batch: int, told: str, values: str
) -> None:
    data = prepared(tmp_path / "data")
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=2, width=0.25)
    with pytest.raises(KeyboardInterrupt):
        train_on_scans(order, data, stop, batch=4)
    before = {path.name: path.read_bytes() for path in order.out.iterdir() if path.is_file()}
    with pytest.raises(AnkleViewerError, match=f"RESUME_UNFIT: .* differs from this command in {re.escape(told)}(:| \\()") as met:
        train_on_scans(replace(order, resume=True, **other), data, lambda p: None, batch=batch)
    assert f" ({values}): give the command that it was begun with" in str(met.value)
    assert {path.name: path.read_bytes() for path in order.out.iterdir() if path.is_file()} == before
    train_on_scans(replace(order, resume=True, most_rows=2, save_memory=True), data, lambda p: None, batch=4)
    assert checkpoint.load(order.out)["step"] == 4  # type: ignore[index]


def test_a_batch_is_worked_out_in_parts_that_the_memory_holds(
    tmp_path: Path, prepared: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system without memory ends the run without a word."""

    def noted(*args: object, execution: Execution, **more: Any) -> object:
        used.append(execution.most_rows)
        return train(*args, execution=execution, **more)  # type: ignore[arg-type]

    data, used, said = prepared(tmp_path / "data"), [], []
    train = module.train
    monkeypatch.setattr(module, "train", noted)
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=1, width=0.25, device="cpu")
    for free, rows in ((2**40, None), (None, None), (0, None), (0, 2)):
        monkeypatch.setattr(module, "free_memory", lambda free=free: free)
        train_on_scans(replace(order, most_rows=rows), data, lambda p: None, said.append, batch=4)
    assert used == [None, None, 1, 2]
    assert [line for line in said if "memory" in line] == [
        "0.0 GB of memory are free, too little for 4 scans at a time: a batch is worked out in parts of one scan"
    ]


def test_a_run_does_not_go_on_with_other_scans(tmp_path: Path, prepared: Prepare) -> None:
    data = prepared(tmp_path / "data")
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=2, width=0.25)
    with pytest.raises(KeyboardInterrupt):
        train_on_scans(order, data, stop, batch=4)
    index = (data / "index.csv").read_text()
    (data / "index.csv").write_text(index.replace("p0,train", "p0,test").replace("p8,validation", "p8,train"))
    told = r"RESUME_UNFIT: .* in the scans to train on or to judge by \(scans to judge by: 4 there, 3 here; 1 of .*\): give"
    with pytest.raises(AnkleViewerError, match=told):
        train_on_scans(replace(order, resume=True), data, lambda p: None, batch=4)
    (data / "index.csv").write_text(index.replace("0 0 0,x", "0 0 0,y", 1))
    told = r"RESUME_UNFIT: .* or to judge by \(1 of the scans to train on were not among them\): give"
    with pytest.raises(AnkleViewerError, match=told):
        train_on_scans(replace(order, resume=True), data, lambda p: None, batch=4)
    (data / "index.csv").write_text(index)
    (data / "preprocessing.json").write_text(json.dumps(replace(PAPER, size=32, spacing_mm=4.5).to_json()))
    told = r" by \(window bone \(.* HU\) there, paper \(-1000 to 400 HU\) here; voxels of 4 mm there, 4\.5 mm here\): give"
    with pytest.raises(AnkleViewerError, match=told):
        train_on_scans(replace(order, resume=True), data, lambda p: None, batch=4)
    train_on_scans(order, data, lambda p: None, batch=4)
    assert checkpoint.load(order.out)["step"] == 4, "begun anew"  # type: ignore[index]


def test_a_run_does_not_go_on_from_other_weights(tmp_path: Path, prepared: Prepare) -> None:
    planar = build("mobilenet", mode="planar", width=0.25)
    theirs = {theirs: planar.state_dict()[ours] for ours, theirs in _names(planar, "timm")}
    torch.save(theirs, tmp_path / "imagenet.pth")
    data = prepared(tmp_path / "data")
    order = TrainOrder("mobilenet", "paper", tmp_path / "run", init=tmp_path / "imagenet.pth", epochs=1, width=0.25)
    train_on_scans(order, data, lambda p: None)
    kept = (order.out / "init.txt").read_text()
    train_on_scans(replace(order, resume=True), data, lambda p: None)
    torch.save(theirs | {"classifier.weight": torch.zeros(3, 4)}, tmp_path / "imagenet.pth")
    with pytest.raises(AnkleViewerError, match=r"RESUME_UNFIT: .* in the network or what it starts from:"):
        train_on_scans(replace(order, resume=True), data, lambda p: None)
    start_network(replace(order, resume=True))
    assert (order.out / "init.txt").read_text() == kept
    start_network(order)
    assert (order.out / "init.txt").read_text() != kept


def test_validation_with_one_class_stops_the_run_unless_allowed(tmp_path: Path, prepared: Prepare) -> None:
    data = prepared(tmp_path / "data", validation=(0,))
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=0.5, width=0.25)
    with pytest.raises(AnkleViewerError, match="DATA_TOO_FEW: The validation scans hold one class only"):
        train_on_scans(order, data, lambda p: None)
    assert not order.out.exists()
    train_on_scans(order, data, lambda p: None, allow_small=True)
    assert checkpoint.load_best(order.out) is None and checkpoint.load(order.out) is not None


def test_unmarked_fractures_teach_labels_alone(tmp_path: Path, prepared: Prepare) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=0.5, width=0.25)
    train_on_scans(order, prepared(tmp_path / "data", marked=False), lambda p: None)
    assert load_run(order.out)[2]["stages"][0]["cells"] == 0.0


def test_what_is_not_there_is_said(tmp_path: Path, prepared: Prepare) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run")
    with pytest.raises(DataError, match="holds no prepared scans"):
        train_on_scans(order, tmp_path, lambda p: None)
    data = prepared(tmp_path / "data")
    (data / "inputs" / "s3.npy").unlink()
    with pytest.raises(DataError, match=r"s3.npy is gone"):
        train_on_scans(order, data, lambda p: None)


def test_a_pack_must_see_through_the_same_window(tmp_path: Path, prepared: Prepare) -> None:
    data = prepared(tmp_path / "data")
    (data / "preprocessing.json").write_text(json.dumps(replace(PAPER, size=32, spacing_mm=4.0).to_json()))
    order = TrainOrder("compact", "best", tmp_path / "run", init=assets_dir() / "models" / "compact")
    with pytest.raises(AnkleViewerError, match="INIT_UNFIT: The pack sees scans through the window bone"):
        train_on_scans(order, data, lambda p: None)


def test_a_pack_must_have_seen_such_voxels(tmp_path: Path, prepared: Prepare) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", init=assets_dir() / "models" / "compact")
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: The pack sees voxels of .* mm, the prepared scans have 4 mm"):
        train_on_scans(order, prepared(tmp_path / "data"), lambda p: None)
    assert not (tmp_path / "run" / "checkpoint.pt").exists()


def test_a_network_starts_from_published_weights(tmp_path: Path, prepared: Prepare) -> None:
    planar = build("mobilenet", mode="planar", width=0.25)
    theirs = {theirs: planar.state_dict()[ours] for ours, theirs in _names(planar, "timm")}
    torch.save(theirs | {"classifier.weight": torch.zeros(3, 4)}, tmp_path / "imagenet.pth")
    said: list[str] = []
    order = TrainOrder("mobilenet", "paper", tmp_path / "run", init=tmp_path / "imagenet.pth", epochs=0.5, width=0.25)
    train_on_scans(order, prepared(tmp_path / "data"), lambda p: None, said.append)
    assert said[0] == "timm weights: 162 tensors matched, 1 of the classifier left out"
    assert (order.out / "init.txt").read_text().strip() == said[0] and load_run(order.out)[2]["init"] == "imagenet.pth"
    del theirs["bn1.weight"]
    torch.save(theirs, tmp_path / "imagenet.pth")
    with pytest.raises(AnkleViewerError, match=r"(?s)INIT_UNFIT: .*missed: 1: features.0.1.weight"):
        train_on_scans(order, tmp_path / "data", lambda p: None)
    train_on_scans(replace(order, partial=True), tmp_path / "data", lambda p: None, said.append)
    assert "missed: 1" in said[-2]


def test_a_network_of_the_paper_goes_on_from_its_pack(tmp_path: Path, prepared: Prepare, coarse: PreprocessSpec) -> None:
    """A pack holds no batch norm, so neither does the network: it answers at once as the pack did, with one scan a step."""
    data = prepared(tmp_path / "data")
    decision = {
        "temperature": 1.0,
        "bias": 0.0,
        "sens_threshold": 0.3,
        "spec_threshold": 0.6,
        "cam_reference": 1.0,
        "cam_floor": 0.1,
        "calibration": {"n": 40, "bins": [{"low": 0.0, "high": 1.0, "n": 40, "fractured": 20}]},
    }
    inputs = [np.load(data / "inputs" / f"s{n}.npy") for n in range(4)]
    x = torch.from_numpy(np.stack(inputs))[:, None]
    torch.manual_seed(0)
    net = build("mobilenet", width=0.25, stride16=True, pooling="lse", bn_momentum=1.0)
    with torch.no_grad():
        net.train()(x)  # its norms know their inputs now, so that the answers differ
        net.head.weight.mul_(20)
    pack = export(net, coarse.to_json(), decision, {}, {}, Label("mine", "Mine", "2"), tmp_path / "pack", inputs)
    order = TrainOrder("mobilenet", "best", tmp_path / "run", init=pack, epochs=1, rate=1e-6, strength=0.0)
    on = train_on_scans(order, data, lambda p: None, batch=1)
    assert on.config["norm"] is False and load_run(order.out)[2]["init"] == "mine 2"
    with torch.no_grad():
        torch.testing.assert_close(on.eval()(x)[0], net.eval()(x)[0], rtol=0.05, atol=0.05)
