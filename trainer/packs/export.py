"""From a trained network to a model pack the viewer runs: ONNX file, parity gates, manifest. No pack is written unless all hold.

The file computes (volume) -> (logit, cam) in single precision; its weights are stored in half precision and cast at load.
"""

from __future__ import annotations

import hashlib
import json
import logging
import platform
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ankleviewer.inference.telemetry import load_onnxruntime
from trainer.evaluation.calibration import sigmoid
from trainer.networks.head import FractureNet, pooled
from trainer.packs.card import model_card
from trainer.packs.deploy import deployed
from trainer.packs.finer import explained, layer_at, traced

OPSET = 18
GATES = {"probability": 1e-4, "cam": 1e-4, "finer": 1e-3, "pooling": 1e-3, "rounding": 1e-2}

Float32 = NDArray[np.float32]


class ExportError(RuntimeError):
    """The exported file does not compute what the network computes; nothing was written."""


@dataclass(frozen=True)
class Parity:
    """Largest differences met over the volumes.

    Attributes:
        volumes: how many were compared.
        probability: ONNX on the CPU against torch with the same rounded weights.
        cam: the same for the map, relative to its largest value; finer: for the map of an earlier layer, 0 without one.
        pooling: pooled map against logit, relative to max(1, |logit|).
        rounding: half-precision weights against the trained ones, in probability.
        spread: range of the logits over the volumes.
    """

    volumes: int
    probability: float
    cam: float
    pooling: float
    rounding: float
    spread: float
    finer: float = 0.0


def export(
    net: FractureNet,
    spec: Mapping[str, Any],
    decision: Mapping[str, Any],
    origin: Mapping[str, Any],
    metrics: Mapping[str, Any],
    name: str,
    title: str,
    version: str,
    status: str,
    default: bool,
    out_dir: str | Path,
    volumes: Sequence[Float32],
    finer: int | None = None,
) -> Path:
    """Write a model pack (folder with model.onnx, manifest.json, card.md).

    Args:
        net: trained network (left as it is).
        spec: PreprocessSpec as JSON.
        decision: the manifest's "decision", see `calibration.Decision.to_json`.
        origin: what the network was trained on, seed, revision; "versions" is added here.
        metrics: figures for the manifest and the card.
        name: of the pack, lower case.
        title: for people.
        version: of the pack.
        status: "released" or "preliminary".
        default: whether it answers when no model is named.
        out_dir: the pack's folder; an older pack there is replaced, anything else is not.
        volumes: prepared inputs, (size, size, size) float32, at least two that differ; the gates are measured on them.
        finer: stride, voxels, of the earlier layer whose map the file gives too (`finer`); None for none.

    Returns:
        out_dir.

    Raises:
        ExportError: a gate failed, with the figures; nothing is written.
        ValueError: the network has no layer of stride `finer`.
        FileExistsError: out_dir is something other than a model pack.
    """
    out_dir = Path(out_dir)
    if out_dir.exists() and not (out_dir / "manifest.json").is_file() and (not out_dir.is_dir() or any(out_dir.iterdir())):
        raise FileExistsError(f"{out_dir} exists and is no model pack")
    if len(volumes) < 2:
        raise ExportError(f"{len(volumes)} volumes given; two that differ are the least that can show a difference")
    size = int(spec["size"])
    plain = deployed(net)
    with torch.no_grad():
        cells = int(plain(torch.zeros(1, 1, size, size, size))[1].shape[-1])
    network: dict[str, Any] = {
        "arch": net.arch,
        "mode": net.mode,
        "parameters": net.parameter_count,
        "pooling": net.pooling,
        "outputs": ["logit", "cam"],
        "cam": {"cells": cells, "stride": net.stride, "offset_voxels": net.cell_offset},
        "bias": float(plain.head.bias),
        "config": net.config,
    }
    layer = None
    if finer is not None:
        layer = layer_at(plain, finer)
        network["outputs"].append("finer")
        network["finer"] = {"cells": size // finer, "stride": finer, "layer": layer}
    origin = {**origin, "versions": _versions()}
    groups = {"preprocessing": dict(spec), "network": network, "decision": dict(decision), "origin": origin}
    model = to_onnx(plain, size, {"format": "1"} | {k: _text(v) for k, v in groups.items()}, layer)
    parity = check_parity(net, plain, model, decision, volumes, layer)
    record: dict[str, Any] = {
        "schema": "ankleviewer.model/1",
        "name": name,
        "version": version,
        "title": title,
        "status": status,
        "default": bool(default),
        **groups,
        "metrics": dict(metrics),
        "parity": {k: float(f"{v:.1e}") if isinstance(v, float) else v for k, v in asdict(parity).items()},
    }
    files = {"model.onnx": model, "card.md": model_card(record).encode()}
    record["files"] = {k: {"sha256": hashlib.sha256(v).hexdigest(), "bytes": len(v)} for k, v in files.items()}
    files["manifest.json"] = (json.dumps(record, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
    _write(out_dir, files)
    return out_dir


def to_onnx(plain: FractureNet, size: int, metadata: Mapping[str, str], layer: int | None = None) -> bytes:
    """ONNX bytes of a network from `deploy.deployed`; the same network gives the same bytes.

    Args:
        plain: folded and rounded network.
        size: voxels along each edge of the only input it will take.
        metadata: stored as metadata_props.
        layer: of `features`, whose map becomes a third output (`finer.traced`).
    """
    names = ["logit", "cam"] if layer is None else ["logit", "cam", "finer"]
    program_of = plain if layer is None else traced(plain, layer, size)
    example = torch.zeros(1, 1, size, size, size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own parts
        noisy = logging.getLogger("torch.onnx")
        level = noisy.level
        noisy.setLevel(logging.ERROR)
        try:
            program = torch.onnx.export(
                program_of,
                (example,),
                dynamo=True,
                external_data=False,
                opset_version=OPSET,
                input_names=["volume"],
                output_names=names,
                verbose=False,
            )
        finally:
            noisy.setLevel(level)
    assert program is not None
    model = program.model_proto
    _halve(model)
    _part_biases(model)
    # traces of the machine the file was made on, and of torch's internals
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.input, *model.graph.output):
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    del model.metadata_props[:]
    model.doc_string = model.graph.doc_string = ""
    for key in sorted(metadata):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, metadata[key]
    return bytes(model.SerializeToString(deterministic=True))


def _halve(model: Any) -> None:
    """Store every float32 tensor of two or more dimensions as float16 with a Cast in front of its users."""
    from onnx import TensorProto, helper, numpy_helper

    casts, kept = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.ndim < 2 or values.dtype != np.float32:
            del tensor.metadata_props[:]
            kept.append(tensor)
            continue
        half = values.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), values):
            raise ExportError(f"the exporter changed weight {tensor.name}: it is no longer a half-precision number")
        kept.append(numpy_helper.from_array(half, f"{tensor.name}.half"))
        casts.append(helper.make_node("Cast", [f"{tensor.name}.half"], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    copied = type(model.graph)()
    copied.node.extend(nodes)
    copied.initializer.extend(kept)
    del model.graph.node[:]
    del model.graph.initializer[:]
    model.graph.node.extend(copied.node)
    model.graph.initializer.extend(copied.initializer)


def _part_biases(model: Any) -> None:
    """Give every convolution a bias of its own. A mirrored network uses each twice, and OpenVINO (2026.4) then adds it in a pass
    apart from the convolution: 1.32 GB between the layers instead of 0.79 for a volume of 192^3, and slower.
    """
    tensors = {t.name: t for t in model.graph.initializer}
    used: Counter[str] = Counter()
    for node in model.graph.node:
        if node.op_type != "Conv" or len(node.input) < 3:
            continue
        name = node.input[2]
        if used[name]:
            node.input[2] = f"{name}.{used[name]}"
            copy = model.graph.initializer.add()
            copy.CopyFrom(tensors[name])
            copy.name = node.input[2]
        used[name] += 1


def check_parity(
    net: FractureNet,
    plain: FractureNet,
    model: bytes,
    decision: Mapping[str, Any],
    volumes: Sequence[Float32],
    layer: int | None = None,
) -> Parity:
    """Measure the gates of an exported file and enforce them.

    Raises:
        ExportError: a gate failed, or the volumes cannot show it: two untrained networks agree on everything, so the logits
            must differ between the volumes by far more than the two programs do.
    """
    session = _session(model)
    trained = net.training
    net.eval()
    rows = []
    try:
        for volume in volumes:
            x = np.ascontiguousarray(volume, dtype=np.float32)[None, None]
            tensor = torch.from_numpy(x)
            with torch.no_grad():
                (exact, _), (want, want_cam) = net(tensor), plain(tensor)
            logit, cam, *maps = session.run(None, {"volume": x})
            finer_error = 0.0
            if layer is not None:
                want_finer = explained(plain, layer)(tensor)[2].numpy()
                finer_error = float(np.abs(maps[0] - want_finer).max() / max(np.abs(want_finer).max(), 1e-12))
            rows.append(
                (
                    float(exact),
                    float(want),
                    float(logit[0, 0]),
                    pooled(cam[0, 0], plain.pooling, float(plain.head.bias)),
                    float(np.abs(cam - want_cam.numpy()).max() / max(np.abs(want_cam.numpy()).max(), 1e-12)),
                    finer_error,
                )
            )
    finally:
        net.train(trained)
    exact_logit, torch_logit, onnx_logit, map_logit, cam_error, finer_error_of = np.array(rows, dtype=np.float64).T
    if not np.isfinite(rows).all():
        raise ExportError("the network gives something that is no number")

    def p(logit: Any) -> Any:
        return sigmoid((logit - float(decision["bias"])) / float(decision["temperature"]))

    parity = Parity(
        volumes=len(volumes),
        probability=float(np.abs(p(onnx_logit) - p(torch_logit)).max()),
        cam=float(cam_error.max()),
        pooling=float((np.abs(map_logit - onnx_logit) / np.maximum(1, np.abs(onnx_logit))).max()),
        rounding=float(np.abs(p(torch_logit) - p(exact_logit)).max()),
        spread=float(np.ptp(torch_logit)),
        finer=float(finer_error_of.max()),
    )
    failed = [f"{k} {getattr(parity, k):.2e} > {limit:.0e}" for k, limit in GATES.items() if not getattr(parity, k) <= limit]
    if parity.spread <= max(1e-4, 100 * float(np.abs(onnx_logit - torch_logit).max())):
        failed.append(f"the logits of {len(volumes)} volumes differ by {parity.spread:.1e} only, which proves nothing")
    if failed:
        raise ExportError("no pack was written: " + "; ".join(failed))
    return parity


def _session(model: bytes) -> Any:
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _text(record: Mapping[str, Any]) -> str:
    return json.dumps(record, sort_keys=True, allow_nan=False)


def _versions() -> dict[str, str]:
    import onnx

    return {
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "onnx": onnx.__version__,
        "onnxruntime": str(load_onnxruntime().__version__),
    }


def _write(out_dir: Path, files: Mapping[str, bytes]) -> None:
    """All files or none: a new folder is filled beside the old one, then takes its name."""
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{out_dir.name}-", dir=out_dir.parent))
    try:
        fresh, old = staging / "new", staging / "old"
        fresh.mkdir()
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        if out_dir.exists():
            out_dir.rename(old)
        fresh.rename(out_dir)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
