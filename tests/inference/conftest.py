"""Tiny but real models: a handful of nodes that answer to dark gaps in bright bone, packed as the trainer packs its networks."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="needs the package onnx (extra trainer) to build test models")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from ankleviewer.core import paths  # noqa: E402
from ankleviewer.core.anatomy.finder import Ankle  # noqa: E402
from ankleviewer.core.assessment.preprocess import BONE, PreprocessSpec  # noqa: E402
from ankleviewer.core.errors import ModelError  # noqa: E402
from ankleviewer.core.geometry import Grid  # noqa: E402
from ankleviewer.core.volume import Volume  # noqa: E402

SIZE, CELLS, STRIDE = 128, 16, 8
DECISION = {
    "temperature": 1.0, "bias": 0.0, "sens_threshold": 0.3, "spec_threshold": 0.7, "cam_reference": 8.0, "cam_floor": 0.5,
    "calibration": {"n": 0, "bins": []},
}  # fmt: skip


def gap_detector(
    pooling: str, spec: PreprocessSpec = BONE, bias: float = -2.0, metadata: dict | None = None, finer: bool = False
):
    """Closing minus volume: bright in dark gaps narrower than 5 voxels; the strongest voxel of each 8^3 cell counts."""

    def const(name, value, dtype=np.float32):
        return numpy_helper.from_array(np.asarray(value, dtype), name)

    nodes = [
        helper.make_node("MaxPool", ["volume"], ["dilated"], kernel_shape=[5, 5, 5], pads=[2] * 6),
        helper.make_node("Neg", ["dilated"], ["dilated_negative"]),
        helper.make_node("MaxPool", ["dilated_negative"], ["closed_negative"], kernel_shape=[5, 5, 5], pads=[2] * 6),
        helper.make_node("Neg", ["closed_negative"], ["closed"]),
        helper.make_node("Sub", ["closed", "volume"], ["tophat"]),
        helper.make_node("Sub", ["tophat", "noise"], ["above_noise"]),
        helper.make_node("Relu", ["above_noise"], ["gap"]),
        helper.make_node("MaxPool", ["gap"], ["cells"], kernel_shape=[STRIDE] * 3, strides=[STRIDE] * 3),
        helper.make_node("Conv", ["cells", "weight", "shift"], ["cam"], name="head"),
    ]
    if pooling == "lse":
        weight, shift = 60.0, -10.0
        nodes += [
            helper.make_node("ReduceLogSumExp", ["cam", "axes"], ["sum"], keepdims=0),
            helper.make_node("Sub", ["sum", "log_n"], ["flat"]),
            helper.make_node("Reshape", ["flat", "shape"], ["logit"]),
        ]
    else:
        weight, shift = 4.0, 0.0
        nodes += [
            helper.make_node("ReduceSum", ["cam", "axes"], ["sum"], keepdims=0),
            helper.make_node("Add", ["sum", "bias"], ["flat"]),
            helper.make_node("Reshape", ["flat", "shape"], ["logit"]),
        ]
    if finer:  # as an earlier layer would: the gaps on cells of 4 voxels
        nodes.append(helper.make_node("MaxPool", ["gap"], ["finer"], kernel_shape=[4] * 3, strides=[4] * 3))
    initial = [
        const("weight", np.full((1, 1, 1, 1, 1), weight)), const("shift", [shift]), const("noise", 0.2),
        const("axes", [2, 3, 4], np.int64),
        const("log_n", np.log(CELLS**3)), const("bias", bias), const("shape", [1, 1], np.int64),
    ]  # fmt: skip
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "gap_detector",
        [helper.make_tensor_value_info("volume", TensorProto.FLOAT, (1, 1, SIZE, SIZE, SIZE))],
        [
            helper.make_tensor_value_info("logit", TensorProto.FLOAT, (1, 1)),
            helper.make_tensor_value_info("cam", TensorProto.FLOAT, (1, 1, CELLS, CELLS, CELLS)),
            *([helper.make_tensor_value_info("finer", TensorProto.FLOAT, (1, 1, *[SIZE // 4] * 3))] if finer else []),
        ],
        [t for t in initial if t.name in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    properties = {"format": "1", "preprocessing": json.dumps(spec.to_json()), "decision": json.dumps(DECISION)}
    helper.set_model_props(model, {**properties, **(metadata or {})})
    return model


def ends_the_process(model) -> None:
    """Divide the least 64-bit number by -1: the quotient is none, and the processor raises."""
    graph = model.graph
    for name, value in (("least", -(2**63)), ("by", -1), ("nothing", 0)):
        graph.initializer.append(numpy_helper.from_array(np.array([value]), name))
    nodes = [
        helper.make_node("Div", ["least", "by"], ["quotient"]),
        helper.make_node("Mul", ["quotient", "nothing"], ["zero"]),
        helper.make_node("Add", ["shape", "zero"], ["shape too"]),
    ]
    for node in graph.node:
        if node.op_type == "Reshape":
            node.input[1] = "shape too"
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *rest])


def no_map(model) -> None:
    """Take the second output away."""
    del model.graph.output[1]


def write_pack(folder: Path, name: str = "tiny", pooling: str = "lse", *, model=None, spec=BONE, **changes) -> Path:
    """A pack folder with a right manifest; `changes` replace top-level entries of it."""
    folder.mkdir(parents=True, exist_ok=True)
    model = model if model is not None else gap_detector(pooling, spec)
    files = {"model.onnx": model if isinstance(model, bytes) else model.SerializeToString(), "card.md": b"# A test model\n"}
    for file, data in files.items():
        (folder / file).write_bytes(data)
    manifest = {
        "schema": "ankleviewer.model/1", "name": name, "version": "1.0.0", "title": f"Test model {name}", "status": "released",
        "default": False,
        "files": {f: {"sha256": hashlib.sha256(d).hexdigest(), "bytes": len(d)} for f, d in files.items()},
        "preprocessing": spec.to_json(),
        "network": {
            "arch": "test", "mode": "full", "parameters": 2, "pooling": pooling, "outputs": ["logit", "cam"],
            "cam": {"cells": CELLS, "stride": STRIDE, "offset_voxels": 3.5}, "bias": -2.0 if pooling == "gap" else 0.0,
        },
        "decision": DECISION,
        "origin": {"data": "simulated", "seed": 1},
        "metrics": {"auc": 0.97},
        **changes,
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def pack_writer():
    return write_pack


@pytest.fixture
def model_builder():
    return gap_detector


@pytest.fixture(scope="session")
def pack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two packs: tiny-lse (default) and tiny-gap."""
    root = tmp_path_factory.mktemp("packs")
    write_pack(root / "tiny-lse", "tiny-lse", "lse", default=True)
    write_pack(root / "tiny-gap", "tiny-gap", "gap")
    return root


PHANTOM_GRID = Grid.axis_aligned((96, 100, 80), (1.2, 1.2, 1.5), (-57.0, -60.0, 200.0))
CRACK = (slice(38, 56), slice(42, 58), slice(39, 41))
CRACK_MM = PHANTOM_GRID.to_mm([46.5, 49.5, 39.5])


def phantom(crack: bool = True) -> Volume:
    """Bone of 900 HU in soft tissue in air; the crack is filled with soft tissue."""
    x, y = np.meshgrid(np.arange(96) - 47.5, np.arange(100) - 49.5, indexing="ij")
    hu = np.full(PHANTOM_GRID.shape, -1000, dtype=np.int16)
    hu[np.hypot(x, y) < 45] = 40
    hu[30:66, 32:68, 8:72] = 900
    if crack:
        hu[CRACK] = 40
    noise = np.random.default_rng(0).normal(0, 8, hu.shape)
    return Volume((hu + noise).astype(np.int16), PHANTOM_GRID)


def phantom_ankle(side: str = "R", complete: bool = True) -> Ankle:
    """The ankle that stands for the one in the phantom (which has no anatomy)."""
    low, high = PHANTOM_GRID.bounds_mm()
    x, y, z = (float(v) for v in CRACK_MM + 4.0)
    reason = "" if complete else "The distal tibia lies outside the scan."
    return Ankle(side, (x, y, z), tuple(map(float, low)), tuple(map(float, high)), complete, reason)


def two_tiny_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two tiny packs instead of the shipped ones, and an ankle where the phantom has its crack; the packs' folder."""
    from ankleviewer import session
    from ankleviewer.core import paths
    from ankleviewer.inference import loaded

    monkeypatch.setattr(paths, "assets_dir", lambda: tmp_path / "assets")
    folder = tmp_path / "assets" / "models"
    write_pack(folder / "tiny-lse", "tiny-lse", "lse", default=True)
    write_pack(folder / "tiny-gap", "tiny-gap", "gap")
    monkeypatch.setattr(session, "ankles_in", lambda *_: (phantom_ankle(),))
    loaded._predictors.clear()  # what was loaded and verified stays in memory, whatever happens to the file
    return folder


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An assets folder of the test's own, so that shipped packs do not take part."""
    monkeypatch.setattr(paths, "assets_dir", lambda: tmp_path / "assets")
    return tmp_path / "assets" / "models"


@pytest.fixture
def zipped() -> Callable[..., Path]:
    """A folder's files as a .zip, perhaps inside a folder `top`."""

    def make(folder: Path, target: Path, top: str = "") -> Path:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in folder.iterdir():
                archive.write(file, f"{top}{file.name}")
        return target

    return make


@pytest.fixture
def code_of() -> Callable[..., str]:
    """The code with which a call is refused."""

    def found(call: Callable[..., object], *arguments: object) -> str:
        with pytest.raises(ModelError) as error:
            call(*arguments)
        return error.value.code

    return found
