"""Runs: reloading, wrong folders, teachers, and from a run to a pack that the viewer runs."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ankleviewer.cli import main as viewer
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from ankleviewer.core.preprocess import BONE
from ankleviewer.core.volume import Volume
from ankleviewer.inference.packs import read_pack
from ankleviewer.io.nifti import write_nifti
from ankleviewer.ui.wording import calibration_text
from trainer.cli import main
from trainer.networks.compact import compact
from trainer.runs import TrainOrder, _revision, answers, load_run, train_on_simulator, validation_figures
from trainer.scans.prepare import prepare
from trainer.simulate.atlas import Atlas
from trainer.simulate.scan import simulate_scan
from trainer.training import checkpoint


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network with random weights in the form of a finished run; its answers spread widely."""
    folder = tmp_path_factory.mktemp("run")
    torch.manual_seed(1)
    net = compact(0.25)
    with torch.no_grad():
        net.head.weight.normal_(std=300.0)
    checkpoint.save(folder, {"average": net.state_dict(), "step": 1})
    record = {"arch": "compact", "config": net.config, "preprocessing": BONE.to_json(), "stages": [], "seed": 11}
    (folder / "config.json").write_text(json.dumps(record))
    return folder


@pytest.fixture(scope="module")
def manifest(atlas: Atlas, other_atlas: Atlas, run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scans, one of dense bone; that with the higher logit is called fractured, so that calibration can hold on to it."""
    folder = tmp_path_factory.mktemp("validation")
    for index, body in enumerate((atlas, other_atlas)):
        scan = simulate_scan(5, index, body, fractured=False, spacing=2.0, reach_mm=130.0)
        hu = scan.volume.hu.astype(np.float32)
        dense = np.where(hu > 150, hu * (1.0, 1.7)[index], hu).clip(-1024, 3071).astype(np.int16)
        write_nifti(Volume(dense, scan.volume.grid), None, folder / f"s{index}.nii.gz")
    path = folder / "manifest.csv"
    path.write_text("path,label,patient\ns0.nii.gz,1,p0\ns1.nii.gz,0,p1\n")
    net, spec, _ = load_run(run)
    found = prepare(path, run / "validation-prepared", spec)
    assert [p.excluded for p in found] == ["", ""]
    labels, logits, peaks, inputs = answers(net, found, folder / "answers.json")
    forward, net.forward = net.forward, None  # type: ignore[assignment]  # a second look must not run the network
    assert answers(net, found, folder / "answers.json")[1:3] == (logits, peaks)
    net.forward = forward  # type: ignore[method-assign]
    with torch.no_grad():
        net.head.bias += 1.0
    assert answers(net, found, folder / "answers.json")[1][0] == pytest.approx(logits[0] + 1.0, abs=1e-3)
    assert labels == [1, 0] and len(peaks) == len(inputs) == 2 and inputs[0].shape == (128, 128, 128)
    assert abs(logits[0] - logits[1]) > 0.02
    first = int(logits[0] > logits[1])
    path.write_text(f"path,label,patient\ns0.nii.gz,{first},p0\ns1.nii.gz,{1 - first},p1\n")
    return path


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


def test_the_revision_is_a_word() -> None:
    assert _revision().isalnum()


def test_from_a_run_to_an_answer(run: Path, manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "pack"
    assert main(["export", str(run), "--out", str(pack), "--validation", str(manifest), "--name", "trial"]) == 0
    read = read_pack(pack)
    record = json.loads((pack / "manifest.json").read_text())
    assert record["name"] == "trial" and record["status"] == "preliminary" and record["origin"]["seed"] == 11
    assert record["origin"]["validation"] == "2 scans, 2 assessed, excluded: none"
    assert record["parity"]["volumes"] == 2 and read.name == "trial"
    capsys.readouterr()
    result = tmp_path / "result.json"
    scan = manifest.parent / "s0.nii.gz"
    assert viewer(["analyze", str(scan), "--model", str(pack), "--runtime", "cpu", "--json", str(result)]) == 0
    (answer,) = json.loads(result.read_text())["models"]
    net, _, _ = load_run(run)
    x = np.load(run / "validation-prepared" / "inputs" / "s0.npy")
    with torch.no_grad():
        logit = net(torch.from_numpy(x)[None, None])[0].item()
    decision = record["decision"]
    expected = 1 / (1 + np.exp(-(logit - decision["bias"]) / decision["temperature"]))
    assert answer["probability"] == pytest.approx(expected, abs=0.02)


def test_validation_scans_of_one_class_give_an_uncalibrated_pack_where_that_is_allowed(
    run: Path, manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one_class = tmp_path / "one.csv"
    lines = [f"{manifest.parent / name},0,{name}" for name in ("s0.nii.gz", "s1.nii.gz")]
    one_class.write_text("\n".join(["path,label,patient", *lines]) + "\n")
    pack = tmp_path / "pack"
    line = ["export", str(run), "--out", str(pack), "--validation", str(one_class), "--name", "trial"]
    assert main(line) == 2
    assert "DATA_TOO_FEW" in capsys.readouterr().err and not pack.exists()
    assert main([*line, "--allow-small"]) == 0
    decision = read_pack(pack).decision
    assert decision.calibration_n == 0 and decision.bins == () and decision.sens_threshold == decision.spec_threshold == 0.5
    assert "**not calibrated**" in (pack / "card.md").read_text()
    assert calibration_text(decision, 0.7) == "Score, not calibrated"
