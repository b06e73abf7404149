"""Runs: reloading, wrong folders, teachers, and from a run to a pack that the viewer runs."""

from __future__ import annotations

import csv
import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ankleviewer.core.assessment.preprocess import BONE
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from ankleviewer.inference.packs import read_pack
from trainer import runs as module
from trainer.networks.registry import build
from trainer.runs import (
    TrainOrder,
    _clear_others,
    load_run,
    model_of,
    start_network,
    teacher_of,
    train_on_simulator,
    validation_figures,
    with_teacher,
)
from trainer.scans.prepare import prepare
from trainer.simulate.pairs import BankOrder, pair_path
from trainer.training import checkpoint
from trainer.training.processes import best_device
from trainer.training.recipes import RECIPES

SHIPPED = assets_dir() / "models" / "compact"


def test_a_run_is_reloaded_as_it_was(run: Path) -> None:
    net, spec, record = load_run(run)
    assert not net.training and spec == BONE and record["seed"] == 11
    state = checkpoint.load(run)
    assert state is not None
    assert all(torch.equal(v, state["average"][k]) for k, v in net.state_dict().items())


def test_folders_that_hold_no_run(run: Path, tmp_path: Path) -> None:
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: .*config\.json"):
        load_run(tmp_path)
    (tmp_path / "config.json").write_text((run / "config.json").read_text())
    with pytest.raises(AnkleViewerError, match=r"RUN_UNREADABLE: .*checkpoint"):
        load_run(tmp_path)


def test_the_shipped_pack_teaches_where_no_teacher_is_named() -> None:
    plain = TrainOrder("mobilenet", "best", Path("out"), width=0.25)
    order = with_teacher(plain)
    net, spec, teacher = start_network(order)
    assert net.arch == "mobilenet" and spec == RECIPES["compact", "best"].spec and teacher is not None
    assert not teacher.teacher.training and teacher.teacher.arch == "compact"
    assert teacher_of(order) == f"compact {read_pack(SHIPPED).version}"
    assert model_of(order) == model_of(replace(order, teacher=SHIPPED)) != model_of(plain), "a resumed run has the same teacher"
    for other in (
        replace(plain, teacher=Path("run")),
        replace(plain, init=Path("pack")),
        TrainOrder("compact", "best", Path("out")),
    ):
        assert with_teacher(other) is other


def test_a_teacher_is_asked_for_where_none_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "assets_dir", lambda: tmp_path)
    with pytest.raises(AnkleViewerError, match="TEACHER_MISSING: Preset best of mobilenet learns from a network of kind compact"):
        train_on_simulator(TrainOrder("mobilenet", "best", tmp_path), lambda progress: None)
    assert list(tmp_path.iterdir()) == []


def test_a_teacher_of_another_kind_is_refused(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_run", lambda path: (build("resnet101", width=0.25), BONE, {}))
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: mobilenet learns from .* compact, and .* holds resnet101"):
        start_network(TrainOrder("mobilenet", "best", Path("out"), teacher=run, width=0.25))


def test_a_pupil_sees_what_its_teacher_saw(run: Path, tmp_path: Path) -> None:
    order = TrainOrder("mobilenet", "best", tmp_path, teacher=run, width=0.25)
    _, spec, teacher = start_network(order)
    assert teacher is not None and spec == load_run(run)[1] != RECIPES["mobilenet", "best"].spec
    assert teacher_of(order) == "compact of a run"


def test_going_on_from_a_pack_keeps_the_state_that_validates_best(manifest: Path, tmp_path: Path) -> None:
    pack = assets_dir() / "models" / "compact"
    order = TrainOrder(
        "compact", "best", tmp_path / "run", init=pack, validation=manifest, epochs=0.01, size=32, seed=1, bf16=True, live=True
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


def test_a_pack_of_another_network_is_not_gone_on_from(tmp_path: Path) -> None:
    order = TrainOrder("mobilenet", "paper", tmp_path / "run", init=assets_dir() / "models" / "compact")
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: mobilenet cannot go on from .*compact, which holds compact"):
        train_on_simulator(order, lambda progress: None)
    assert not order.out.exists()


@pytest.mark.parametrize("also", [{"width": 0.5}, {"teacher": Path("run")}])
def test_going_on_from_a_pack_leaves_no_choice_of_width_or_teacher(tmp_path: Path, also: dict[str, Any]) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", init=assets_dir() / "models" / "compact", **also)
    with pytest.raises(AnkleViewerError, match="USAGE"):
        train_on_simulator(order, lambda progress: None)
    assert not order.out.exists()


@pytest.mark.parametrize(
    ("preset", "also", "told"),
    [
        ("best", {"partial": True}, "--partial goes with --init FILE"),
        ("best", {"partial": True, "init": assets_dir() / "models" / "compact"}, "--partial goes with --init FILE"),
        ("best", {"teacher": Path("run")}, "Preset best of compact learns from no teacher"),
        ("paper", {"teacher": Path("run")}, "Preset paper of compact learns from no teacher"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(tmp_path: Path, preset: str, also: dict[str, Any], told: str) -> None:
    order = TrainOrder("compact", preset, tmp_path / "run", **also)
    with pytest.raises(AnkleViewerError, match=f"USAGE: {told}"):
        train_on_simulator(order, lambda progress: None)
    assert not order.out.exists()


def test_devices_that_are_not_there_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert TrainOrder("compact", "best", Path("x")).on_device == TrainOrder("compact", "best", Path("x"), device="cpu").on_device
    with pytest.raises(AnkleViewerError, match="DEVICE_MISSING: PyTorch finds no GPU 'cuda' in this computer"):
        _ = TrainOrder("compact", "best", Path("x"), device="cuda").on_device
    with pytest.raises(AnkleViewerError, match="USAGE: --device takes auto, cpu or cuda, not 'gpu'"):
        _ = TrainOrder("compact", "best", Path("x"), device="gpu").on_device
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert TrainOrder("compact", "best", Path("x"), device="cuda").on_device.index == 1, "each process its own"
    assert TrainOrder("compact", "best", Path("x"), device="cuda:0").on_device.index == 0
    with pytest.raises(AnkleViewerError, match="DEVICE_MISSING"):
        _ = TrainOrder("compact", "best", Path("x"), device="cuda:2").on_device


def test_many_processes_meet_on_the_device_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[torch.device] = []

    def stop(device: torch.device) -> None:
        met.append(device)
        raise KeyboardInterrupt

    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(module, "processes", stop)
    with pytest.raises(KeyboardInterrupt):
        train_on_simulator(TrainOrder("compact", "best", tmp_path, size=32, width=0.25), lambda progress: None)
    assert met == [best_device()]


def test_a_run_on_the_simulator_goes_on_as_it_began_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = TrainOrder("compact", "best", tmp_path / "run", epochs=0.01, size=32, width=0.25)
    kept: list[dict[str, Any]] = []
    monkeypatch.setattr(module, "train", lambda *a, notes, **more: kept.append(notes))
    monkeypatch.setattr(module, "draw_curves", lambda run: None)
    monkeypatch.setattr(module, "_pairs", lambda *a: nullcontext())
    train_on_simulator(order, lambda progress: None)
    checkpoint.save(order.out, {"step": 1})
    (order.out / "config.json").write_text(json.dumps(kept[0]))
    train_on_simulator(replace(order, resume=True, live=True), lambda progress: None)
    assert len(kept) == 2
    for other, told in (
        ({"width": 0.5}, "the network"),
        ({"seed": 2}, "the settings"),
        ({"preset": "paper"}, "the scans .* and the"),
    ):
        with pytest.raises(AnkleViewerError, match=f"RESUME_UNFIT: .* in {told}"):
            train_on_simulator(replace(order, resume=True, **other), lambda progress: None)
    assert len(kept) == 2


def test_pairs_of_another_seed_are_not_trained_on(tmp_path: Path) -> None:
    pair = pair_path(tmp_path, 0)
    _clear_others(tmp_path, BankOrder(1, 4, 32))
    pair.touch()
    _clear_others(tmp_path, BankOrder(1, 9, 32))
    assert pair.exists(), "more of the same"
    _clear_others(tmp_path, BankOrder(2, 9, 32))
    assert not pair.exists()


def test_validation_figures(run: Path, manifest: Path) -> None:
    net, spec, _ = load_run(run)
    found = prepare(manifest, run / "validation-prepared", spec)
    found = [replace(p, row=replace(p.row, severity="hairline" if p.row.label else "none", twin="t")) for p in found]
    figures = validation_figures(net, found)
    assert set(figures) == {"val_auc", "val_auc_hairline", "val_pair_accuracy"}
    assert set(figures.values()) == {1.0}, "the manifest calls the scan with the higher logit fractured"
    assert set(validation_figures(net, [*found[:1], replace(found[1], input_path=None), found[1]])) == set(figures)
