"""From a run to a pack that the viewer runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ankleviewer.cli import main as viewer
from ankleviewer.inference.packs import read_pack
from ankleviewer.ui.wording import calibration_text
from trainer.cli import main
from trainer.publish import _revision
from trainer.runs import load_run


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
