"""From a trained network to a model pack the viewer runs: ONNX file, parity gates, manifest. No pack is written unless all hold.

The file computes (volume) -> (logit, cam) in single precision; its weights are stored in half precision and cast at load.
"""

from __future__ import annotations

import hashlib
import json
import logging
import platform
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.inference.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, SCHEMA, parse
from ankleviewer.inference.telemetry import load_onnxruntime
from trainer.evaluation.calibration import sigmoid
from trainer.networks.head import FractureNet, pooled
from trainer.packs.card import REVISION, model_card
from trainer.packs.deploy import deployed
from trainer.packs.engines import NEAR, calls_changed, other_engines
from trainer.packs.finer import cells_at, explained, layer_at, traced
from trainer.packs.folder import check_folder, restore, write
from trainer.packs.graph import halve, part_biases, part_weights

OPSET = 18
GATES = {
    "probability": 1e-4,
    "cam": 1e-4,
    "finer": 1e-3,
    "pooling": 1e-3,
    "rounding": 1e-2,
    "calls": 0,
    "engine": 1e-3,
    "place": 1,
}
_FAILURES = {
    "probability": "the exported file gives another probability than the network",
    "cam": "the exported file's map differs from the network's, as a share of its largest value",
    "finer": "the exported file's map of an earlier layer differs from the network's, as a share of its largest value",
    "pooling": "the cells of the map do not add up to the logit, difference as a share of the logit",
    "rounding": "weights stored in half precision give another probability than the trained ones",
    "calls": f"volumes change their call though they lie more than {NEAR} from the threshold",
    "engine": "another engine gives another probability than onnxruntime on the CPU",
    "place": "another engine puts the map's peak or a box elsewhere than onnxruntime on the CPU, in voxels",
}

Float32 = NDArray[np.float32]


class ExportError(RuntimeError):
    """The exported file does not compute what the network computes; nothing was written."""


@dataclass(frozen=True)
class Parity:
    """Largest differences met over the volumes.

    Attributes:
        volumes: how many were compared.
        probability: ONNX on the CPU against torch with the same rounded weights.
        cam: the same for the map, relative to its largest value.
        finer: the same for the map of an earlier layer, 0 without one. Its gate is 1e-3, the map's 1e-4: the gradient jumps
            where an activation passes zero, so that torch itself in single and in double precision is up to 4e-3 apart (a full
            MobileNet, untrained, volumes of noise); a trained compact network stayed within 1e-6.
        pooling: pooled map against logit, relative to max(1, |logit|).
        rounding: half-precision weights against the trained ones, in probability.
        spread: range of the logits over the volumes.
        calls: volumes whose call the file changes on any engine, farther than NEAR from the threshold with the trained weights.
        engine: any other engine of this computer against onnxruntime on the CPU, in probability; place: the farthest that the
            map's peak or a box moves, voxels.
        engines: the other engines that were compared, by their own words.
    """

    volumes: int
    probability: float
    cam: float
    pooling: float
    rounding: float
    spread: float
    finer: float = 0.0
    calls: int = 0
    engine: float = 0.0
    place: float = 0.0
    engines: tuple[str, ...] = ()


def check_order(net: FractureNet, out_dir: str | Path, finer: int | None = None) -> None:
    """What `export` would refuse without a look at any scan; to be asked before the validation scans are run.

    Args:
        net, out_dir, finer: see `export`.

    Raises:
        FileExistsError, AnkleViewerError: see `export`.
    """
    check_folder(Path(out_dir))
    if finer is not None:
        _layer(deployed(net), finer)


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
        origin: what the network was trained on, seed; "versions" is added here. REVISION in it goes to manifest and card alone.
        metrics: figures for the manifest and the card; wherever they name the file that was measured ("sha256"), it must be
            this one.
        name: of the pack, lower case.
        title: for people.
        version: of the pack.
        status: "released" or "preliminary".
        default: whether it answers when no model is named.
        out_dir: the pack's folder; an older pack there is replaced, anything else is not (`folder.check_folder`).
        volumes: prepared inputs, (size, size, size) float32, at least two that differ; the gates are measured on them.
        finer: stride, voxels, of the earlier layer whose map the file gives too (`finer`); None for none.

    Returns:
        out_dir.

    Raises:
        ExportError: a gate failed, with the figures; nothing is written.
        AnkleViewerError: METRICS_UNFIT, the figures are another file's; USAGE, the network has no layer of stride `finer`;
            nothing is written.
        ModelError: the viewer would refuse the manifest, see `manifest.parse`; nothing is written.
        FileExistsError: out_dir is something other than a model pack, or holds more than one.
    """
    out_dir = Path(out_dir)
    check_folder(out_dir)
    restore(out_dir)
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
        layer = _layer(plain, finer)
        network["outputs"].append("finer")
        network["finer"] = {"cells": cells_at(plain, layer, size), "stride": finer, "layer": layer}
    revision = origin.get(REVISION)
    origin = {key: value for key, value in origin.items() if key != REVISION} | {"versions": _versions()}
    groups = {"preprocessing": dict(spec), "network": network, "decision": dict(decision), "origin": origin}
    model = to_onnx(plain, size, {"format": "1"} | {k: _text(v) for k, v in groups.items()}, layer)
    digest = hashlib.sha256(model).hexdigest()
    if others := measured_files(metrics) - {digest}:
        raise AnkleViewerError(
            "METRICS_UNFIT",
            f"The figures were measured on another model file ({min(others)[:12]}, this one is {digest[:12]}): export without "
            "--metrics, evaluate that pack, and export again with its figures. No pack was written.",
        )
    parity = check_parity(net, plain, model, decision, volumes, layer)
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "name": name,
        "version": version,
        "title": title,
        "status": status,
        "default": bool(default),
        **groups,
        **({REVISION: revision} if revision else {}),
        "metrics": dict(metrics),
        "parity": {k: float(f"{v:.1e}") if isinstance(v, float) else v for k, v in asdict(parity).items()},
    }
    files = {MODEL_FILE: model, CARD_FILE: model_card(record).encode()}
    record["files"] = {k: {"sha256": hashlib.sha256(v).hexdigest(), "bytes": len(v)} for k, v in files.items()}
    files[MANIFEST_FILE] = (json.dumps(record, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
    parse(files[MANIFEST_FILE])  # by the viewer's own rules, while the older pack is still there
    write(out_dir, files)
    return out_dir


def _layer(plain: FractureNet, finer: int) -> int:
    try:
        return layer_at(plain, finer)
    except ValueError as error:
        raise AnkleViewerError("USAGE", f"No map of an earlier layer by --finer {finer}: {error}.") from error


def measured_files(metrics: Mapping[str, Any]) -> set[str]:
    """SHA-256 of the model files that figures were measured on, those of nested groups too (another set's figures)."""
    own = {str(metrics["sha256"]).lower()} if "sha256" in metrics else set()
    return own.union(*(measured_files(group) for group in metrics.values() if isinstance(group, Mapping)))


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
    try:
        halve(model, dict(plain.named_parameters()))
    except ValueError as error:
        raise ExportError(str(error)) from error
    part_biases(model)
    part_weights(model)
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


def check_parity(
    net: FractureNet,
    plain: FractureNet,
    model: bytes,
    decision: Mapping[str, Any],
    volumes: Sequence[Float32],
    layer: int | None = None,
) -> Parity:
    """Measure the gates of an exported file and enforce them; on every engine of this computer that takes the file.

    Raises:
        ExportError: a gate failed, or the volumes cannot show it: two untrained networks agree on everything, so the logits
            must differ between the volumes by far more than the two programs do.
    """
    session = _session(model)
    trained = net.training
    net.eval()
    rows, answers = [], []
    try:
        for volume in volumes:
            x = np.ascontiguousarray(volume, dtype=np.float32)[None, None]
            tensor = torch.from_numpy(x)
            with torch.no_grad():
                (exact, _), (want, want_cam) = net(tensor), plain(tensor)
            logit, cam, *maps = session.run(None, {"volume": x})
            answers.append((float(logit[0, 0]), cam[0, 0], maps[0][0, 0] if maps else None))
            finer_error = 0.0
            if layer is not None:
                finer_error = _apart(maps[0], explained(plain, layer)(tensor)[2].numpy())
            map_logit = pooled(cam[0, 0], plain.pooling, float(plain.head.bias))
            rows.append((float(exact), float(want), answers[-1][0], map_logit, _apart(cam, want_cam.numpy()), finer_error))
    finally:
        net.train(trained)
    exact_logit, torch_logit, onnx_logit, map_logits, cam_errors, finer_errors = np.array(rows, dtype=np.float64).T
    if not np.isfinite(rows).all():
        raise ExportError("the network gives something that is no number")
    read = Decision.from_json(decision)
    others, place = other_engines(plain, model, read, volumes, answers)

    def p(logit: Any) -> Any:
        return sigmoid((logit - read.bias) / read.temperature)

    parity = Parity(
        volumes=len(volumes),
        probability=float(np.abs(p(onnx_logit) - p(torch_logit)).max()),
        cam=float(cam_errors.max()),
        pooling=float((np.abs(map_logits - onnx_logit) / np.maximum(1, np.abs(onnx_logit))).max()),
        rounding=float(np.abs(p(torch_logit) - p(exact_logit)).max()),
        spread=float(np.ptp(torch_logit)),
        finer=float(finer_errors.max()),
        calls=calls_changed(p(exact_logit), [p(np.array(row)) for row in (torch_logit, onnx_logit, *others.values())], read),
        engine=max((float(np.abs(p(np.array(logits)) - p(onnx_logit)).max()) for logits in others.values()), default=0.0),
        place=place,
        engines=tuple(others),
    )
    failed = [
        f"{_FAILURES[name]} ({name}: {getattr(parity, name):.3g}, at most {limit:g} is allowed)"
        for name, limit in GATES.items()
        if not getattr(parity, name) <= limit
    ]
    if parity.spread <= max(1e-4, 100 * float(np.abs(onnx_logit - torch_logit).max())):
        failed.append(f"the logits of {len(volumes)} volumes differ by {parity.spread:.1e} only, which proves nothing")
    if failed:
        raise ExportError("no pack was written: " + "; ".join(failed))
    return parity


def _apart(got: Float32, want: Float32) -> float:
    """Largest difference of two maps, as a share of the largest value wanted."""
    return float(np.abs(got - want).max() / max(np.abs(want).max(), 1e-12))


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
