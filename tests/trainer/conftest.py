"""Shared by the trainer's tests: two bodies, drawn once, a small bank of pairs, and prepared scans."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ankleviewer.core.assessment.preprocess import BONE, PreprocessSpec
from ankleviewer.core.volume import Volume
from ankleviewer.io.nifti import write_nifti
from trainer.answering import answers
from trainer.networks.compact import compact
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.scans.prepare import prepare
from trainer.simulate.atlas import Atlas
from trainer.simulate.bones import built_in
from trainer.simulate.pairs import make_pair, pair_path, save_pair
from trainer.simulate.scan import simulate_scan
from trainer.starting import load_run
from trainer.training import checkpoint

SEED = 5
BANK_PAIRS = 8
BANK_SIZE = 32


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def learnt() -> Callable[..., FractureNet]:
    """Makes a network, of a name and its options, whose batch norms have statistics, scales and shifts of their own, and whose
    answers differ: 64 voxels along an edge, outside training.
    """

    def make(arch: str, options: dict[str, Any]) -> FractureNet:
        torch.manual_seed(0)
        net = build(arch, **options)
        with torch.no_grad():
            for m in net.modules():
                if isinstance(m, torch.nn.BatchNorm3d):
                    m.momentum = 1.0
                    m.weight.uniform_(0.5, 1.5)
                    m.bias.uniform_(-0.5, 0.5)
            net.train()(torch.randn(4, 1, 64, 64, 64))
            net.head.weight.mul_(20)
        return net.eval()

    return make


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return built_in(SEED, 0)


@pytest.fixture(scope="session")
def other_atlas() -> Atlas:
    return built_in(SEED, 1)


@pytest.fixture(scope="session")
def bank_folder(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight close-ups of 32 voxels; read only."""
    folder = tmp_path_factory.mktemp("bank")
    for index in range(BANK_PAIRS):
        save_pair(make_pair(SEED, index, BANK_SIZE, 1.0, atlas), pair_path(folder, index))
    return folder


@pytest.fixture(scope="session")
def coarse() -> PreprocessSpec:
    """The preprocessing of scans that are prepared here: few and large voxels."""
    return replace(BONE, size=32, spacing_mm=4.0)


@pytest.fixture(scope="session")
def prepared(coarse: PreprocessSpec) -> Callable[..., Path]:
    """Makes, in a folder, what `prepare` leaves of small scans whose fractures are a bright block: 8 to train on, 2 of each class
    in `validation`, one that was left out.
    """

    def make(folder: Path, validation: tuple[int, ...] = (0, 1), marked: bool = True) -> Path:
        rng = np.random.default_rng(0)
        (folder / "inputs").mkdir(parents=True)
        (folder / "marks").mkdir()
        (folder / "preprocessing.json").write_text(json.dumps(coarse.to_json()))
        rows = [("train", i % 2) for i in range(8)] + [("validation", label) for label in validation for _ in range(2)]
        with open(folder / "index.csv", "w", newline="") as f:
            writer = csv.writer(f)
            writer.writerow(("id", "path", "label", "patient", "split", "excluded", "ankle", "pixels", "severity", "twin"))
            for n, (split, label) in enumerate(rows):
                values = rng.normal(0, 0.05, (32, 32, 32)).astype(np.float32)
                marks = np.zeros(values.shape, dtype=bool)
                if label:
                    values[8:24, 8:24, 8:24] += 0.6
                    marks[8:24, 8:24, 15:17] = True
                    if marked:
                        np.save(folder / "marks" / f"s{n}.npy", marks)
                np.save(folder / "inputs" / f"s{n}.npy", values)
                writer.writerow((f"s{n}", f"s{n}.nii.gz", label, f"p{n}", split, "", "0 0 0", f"x{n}", "", ""))
            writer.writerow(("gone", "gone.nii.gz", 1, "q", "", "NOT_ADULT", "", "", "", ""))
        return folder

    return make


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
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
