"""A pack is written only when the file computes what the network computes; and the viewer's own loader takes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError, ModelError
from ankleviewer.inference.engines.openvino_session import has_openvino
from ankleviewer.inference.packs import read_pack
from ankleviewer.inference.predictor import Predictor
from tests.trainer.packs.conftest import DECISION
from trainer.networks.compact import compact
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.packs import export as module
from trainer.packs.deploy import deployed
from trainer.packs.export import Label, check_order, export
from trainer.packs.onnx_file import ExportError
from trainer.packs.parity import GATES

SPEC = PreprocessSpec("bone", -200.0, 1500.0, 0.1, size=32).to_json()
ORIGIN = {"data": "simulated ankle scans", "seed": 7, "git_commit": "0" * 40}
METRICS = {"auc": {"value": 0.95, "low": 0.92, "high": 0.98}, "pair_accuracy": 0.9}


def write(net: FractureNet, volumes: list[Any], out: Path, **changed: Any) -> Path:
    arguments = {
        "spec": SPEC,
        "decision": DECISION,
        "origin": ORIGIN,
        "metrics": METRICS,
        "label": Label("small", "Small", "1.0.0"),
        "out_dir": out,
        "volumes": volumes,
    }
    return export(net, **arguments | changed)


@pytest.fixture(scope="module")
def pack(net: FractureNet, volumes: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(net, volumes, tmp_path_factory.mktemp("packs") / "small")


def test_the_viewer_loads_it_and_gets_the_networks_answer(pack: Path, net: FractureNet, volumes: list[Any]) -> None:
    loaded = read_pack(pack)
    loaded.verify()
    plain = deployed(net)
    predictor = Predictor(loaded, "cpu")
    logits = []
    for volume in volumes:
        output = predictor.infer(volume[None, None])
        with torch.no_grad():
            want, cam = plain(torch.from_numpy(volume)[None, None])
        logits.append(output.logit)
        assert output.logit == pytest.approx(want.item(), abs=1e-3)
        assert output.cam.shape == tuple(cam.shape[2:])
    assert np.ptp(logits) > 0.3


def test_a_mirrored_network_answers_alike_for_either_side_in_the_file_too(volumes: list[Any], tmp_path: Path) -> None:
    torch.manual_seed(1)
    mirrored = build("compact", width=0.25).eval()
    with torch.no_grad():
        mirrored.head.weight.mul_(100)
    mirrored.mirror()
    predictor = Predictor(read_pack(write(mirrored, volumes, tmp_path / "both")), "cpu")
    x = volumes[2][None, None]
    here, there = predictor.infer(x), predictor.infer(np.ascontiguousarray(x[:, :, ::-1]))
    assert here.logit == pytest.approx(there.logit, abs=1e-5)
    np.testing.assert_allclose(here.cam, there.cam[::-1], atol=1e-5)
    assert np.abs(here.cam - here.cam[::-1]).max() > 1e-3, "the volume itself is not symmetrical"


def test_the_manifest_says_what_is_in_the_file(pack: Path, net: FractureNet) -> None:
    record = json.loads((pack / "manifest.json").read_text())
    assert record["network"]["parameters"] == net.parameter_count
    assert record["network"]["cam"] == {"cells": 4, "stride": 8, "offset_voxels": 3.5}
    assert record["parity"]["volumes"] == 3
    assert record["parity"]["probability"] <= 1e-4
    model = onnx.load(pack / "model.onnx")
    onnx.checker.check_model(model)
    metadata = {p.key: p.value for p in model.metadata_props}
    assert metadata["format"] == "1"
    for group in ("preprocessing", "network", "decision", "origin"):
        assert json.loads(metadata[group]) == record[group]
    assert sorted(p.name for p in pack.iterdir()) == ["card.md", "manifest.json", "model.onnx"]


def test_the_same_weights_are_the_same_file_commits_later_too(
    pack: Path, net: FractureNet, volumes: list[Any], tmp_path: Path
) -> None:
    """Figures name the file that was measured, and an evaluation may take longer than to the next commit."""
    measured = {**METRICS, "sha256": read_pack(pack).sha256}
    later = write(net, volumes, tmp_path / "later", origin={**ORIGIN, "git_commit": "1" * 40}, metrics=measured)
    assert (later / "model.onnx").read_bytes() == (pack / "model.onnx").read_bytes()
    read_pack(later).verify()
    for folder, commit in ((pack, "0" * 40), (later, "1" * 40)):
        assert json.loads((folder / "manifest.json").read_text())["git_commit"] == commit
        assert f"| git_commit | {commit} |" in (folder / "card.md").read_text()


def test_figures_are_those_of_the_file_that_is_written(pack: Path, net: FractureNet, volumes: list[Any], tmp_path: Path) -> None:
    """Of each set that stands in a model's entry; figures that name no file were put together by hand."""
    own, other = read_pack(pack).sha256, "0" * 64
    again = write(net, volumes, tmp_path / "again", metrics=METRICS | {"sha256": own, "shifted half": {"sha256": own.upper()}})
    assert (again / "model.onnx").read_bytes() == (pack / "model.onnx").read_bytes()
    for metrics in ({"sha256": other}, {"sha256": own, "shifted half": METRICS | {"sha256": other}}):
        with pytest.raises(AnkleViewerError, match=f"METRICS_UNFIT: .*another model file .0{{12}}, this one is {own[:12]}"):
            write(net, volumes, tmp_path / "other", metrics=metrics)
    assert not (tmp_path / "other").exists()


def test_weights_are_stored_in_half_precision_and_cast_once_at_load(pack: Path, tmp_path: Path) -> None:
    model = onnx.load(pack / "model.onnx")
    kinds = {len(t.dims) >= 2: t.data_type for t in model.graph.initializer}
    assert kinds[True] == onnx.TensorProto.FLOAT16
    assert kinds[False] in (onnx.TensorProto.FLOAT, onnx.TensorProto.INT64)
    assert any(n.op_type == "Cast" for n in model.graph.node)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
    onnxruntime.InferenceSession(str(pack / "model.onnx"), options, providers=["CPUExecutionProvider"])
    assert not any(n.op_type == "Cast" for n in onnx.load(tmp_path / "optimised.onnx").graph.node)


def test_the_card_states_use_data_figures_and_limits(pack: Path) -> None:
    card = (pack / "card.md").read_text()
    for text in (
        "Research use only",
        "Trained on simulated scans",
        "0.950 (95 % CI 0.920 to 0.980)",
        "preliminary",
        "simulated ankle scans",
    ):
        assert text in card


def test_the_same_network_gives_the_same_bytes(pack: Path, net: FractureNet, volumes: list[Any]) -> None:
    before = {p.name: p.read_bytes() for p in pack.iterdir()}
    assert b"/trainer/" not in before["model.onnx"], "no paths of this machine"
    write(net, volumes, pack)
    assert {p.name: p.read_bytes() for p in pack.iterdir()} == before
    assert list(pack.parent.iterdir()) == [pack]


def test_a_folder_that_is_no_pack_is_left_alone(net: FractureNet, volumes: list[Any], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        write(net, volumes, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_what_is_refused_before_any_scan_is_looked_at(
    pack: Path, net: FractureNet, volumes: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers beside a pack, as `evaluate --out PACK` leaves them, and a map that no layer gives."""
    check_order(net, pack, 4)
    own = shutil.copytree(pack, tmp_path / "own")
    (own / "answers.jsonl").write_text("hours of work")
    monkeypatch.setattr(module, "to_onnx", None)
    for ask in (lambda **finer: check_order(net, own, **finer), lambda **finer: write(net, volumes, own, **finer)):
        with pytest.raises(FileExistsError, match=r"own holds more than a model pack, .*: answers\.jsonl$"):
            ask()
    (own / "answers.jsonl").unlink()
    for ask in (lambda finer: check_order(net, own, finer), lambda finer: write(net, volumes, own, finer=finer)):
        for stride in (8, 7, 0):
            with pytest.raises(AnkleViewerError, match=f"USAGE: .*--finer {stride}: compact has no layer of stride {stride} "):
                ask(stride)
    assert {p.name: p.read_bytes() for p in own.iterdir()} == {p.name: p.read_bytes() for p in pack.iterdir()}


def test_a_manifest_that_the_viewer_refuses_replaces_nothing(
    pack: Path, net: FractureNet, volumes: list[Any], tmp_path: Path
) -> None:
    before = {p.name: p.read_bytes() for p in pack.iterdir()}
    for label in (Label("small", "a\nb"), Label("Small", "Small"), Label("small", "Small", status="new")):
        with pytest.raises(ModelError, match="MODEL_MANIFEST_INVALID"):
            write(net, volumes, pack, label=label)
    assert {p.name: p.read_bytes() for p in pack.iterdir()} == before


def test_an_export_that_was_killed_has_lost_no_pack(
    pack: Path, net: FractureNet, volumes: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands aside and is back once the next export has begun, also where that one fails."""
    out = tmp_path / "pack"
    shutil.copytree(pack, out).rename(tmp_path / ".old-pack")
    monkeypatch.setitem(GATES, "rounding", 0.0)
    with pytest.raises(ExportError):
        write(net, volumes, out)
    assert [p.name for p in tmp_path.iterdir()] == ["pack"] and read_pack(out).name == "small"


def test_equal_answers_to_all_volumes_prove_nothing(volumes: list[Any], tmp_path: Path) -> None:
    torch.manual_seed(0)
    untrained = compact(width=0.25, pooling="gap")
    with pytest.raises(ExportError, match="proves nothing"):
        write(untrained, volumes, tmp_path / "pack")
    with pytest.raises(ExportError, match="two that differ"):
        write(untrained, volumes[:1], tmp_path / "pack")
    assert not list(tmp_path.iterdir())


def test_a_failed_gate_leaves_the_old_pack(
    pack: Path, net: FractureNet, volumes: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (pack / "manifest.json").read_bytes()
    monkeypatch.setitem(GATES, "rounding", 0.0)
    with pytest.raises(ExportError, match=r"half precision give another probability .*\(rounding: .*, at most 0 is allowed\)"):
        write(net, volumes, pack, label=Label("small", "Small", "2.0.0"))
    assert (pack / "manifest.json").read_bytes() == before


@pytest.mark.skipif(not has_openvino(), reason="the extra openvino is not installed")
def test_the_manifest_names_the_engines_that_were_compared(pack: Path) -> None:
    parity = json.loads((pack / "manifest.json").read_text())["parity"]
    assert "OpenVINO CPU" in parity["engines"] and parity["engine"] <= 1e-3 and parity["place"] <= 1 and parity["calls"] == 0
