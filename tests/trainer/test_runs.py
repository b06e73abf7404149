"""Runs: reloading, wrong folders, teachers, and from a run to a pack that the viewer runs."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from ankleviewer.core.preprocess import BONE
from trainer.runs import TrainOrder, load_run, start_network, train_on_simulator, validation_figures
from trainer.scans.prepare import prepare
from trainer.training import checkpoint
from trainer.training.recipes import RECIPES


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


def test_a_teacher_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(AnkleViewerError, match="TEACHER_MISSING: Preset best of mobilenet learns from a run of compact"):
        train_on_simulator(TrainOrder("mobilenet", "best", tmp_path), lambda progress: None)
    assert list(tmp_path.iterdir()) == []


def test_a_pupil_sees_what_its_teacher_saw(run: Path, tmp_path: Path) -> None:
    order = TrainOrder("mobilenet", "best", tmp_path, teacher=run, width=0.25)
    _, spec, teacher = start_network(order)
    assert teacher is not None and spec == load_run(run)[1] != RECIPES["mobilenet", "best"].spec


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


def test_validation_figures(run: Path, manifest: Path) -> None:
    net, spec, _ = load_run(run)
    found = prepare(manifest, run / "validation-prepared", spec)
    found = [replace(p, row=replace(p.row, severity="hairline" if p.row.label else "none", twin="t")) for p in found]
    figures = validation_figures(net, found)
    assert set(figures) == {"val_auc", "val_auc_hairline", "val_pair_accuracy"}
    assert set(figures.values()) == {1.0}, "the manifest calls the scan with the higher logit fractured"
    assert set(validation_figures(net, [*found[:1], replace(found[1], input_path=None), found[1]])) == set(figures)
