"""From a trained network to a model pack the viewer runs: ONNX file, parity gates, manifest. No pack is written unless all hold.

The file computes (volume) -> (logit, cam) in single precision; its weights are stored in half precision and cast at load.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.inference.engines.telemetry import load_onnxruntime
from ankleviewer.inference.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, SCHEMA, parse
from trainer.networks.head import FractureNet
from trainer.packs.card import ASIDE, model_card
from trainer.packs.deploy import deployed
from trainer.packs.finer import cells_at, layer_at
from trainer.packs.folder import check_folder, restore, write
from trainer.packs.onnx_file import ExportError, to_onnx
from trainer.packs.parity import check_parity


@dataclass(frozen=True)
class Label:
    """What a pack goes by.

    Attributes:
        name: lower case; title: for people.
        status: "released" or "preliminary".
        default: whether it answers when no model is named.
    """

    name: str
    title: str
    version: str = "1"
    status: str = "preliminary"
    default: bool = False


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
    label: Label,
    out_dir: str | Path,
    volumes: Sequence[NDArray[np.float32]],
    finer: int | None = None,
) -> Path:
    """Write a model pack (folder with model.onnx, manifest.json, card.md).

    Args:
        net: trained network (left as it is).
        spec: PreprocessSpec as JSON.
        decision: the manifest's "decision", see `calibration.FittedDecision.to_json`.
        origin: what the network was trained on, seed; "versions" is added here. ASIDE in it goes to manifest and card alone.
        metrics: figures for the manifest and the card; wherever they name the file that was measured ("sha256"), it must be
            this one.
        label: of the pack.
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
    layer = None if finer is None else _layer(plain, finer)
    network = _network(net, plain, size, finer, layer)
    aside = {key: origin[key] for key in ASIDE if origin.get(key)}
    origin = {key: value for key, value in origin.items() if key not in ASIDE} | {"versions": _versions()}
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
        **asdict(label),
        **groups,
        **aside,
        "metrics": dict(metrics),
        "parity": {k: float(f"{v:.1e}") if isinstance(v, float) else v for k, v in asdict(parity).items()},
    }
    files = {MODEL_FILE: model, CARD_FILE: model_card(record).encode()}
    record["files"] = {k: {"sha256": hashlib.sha256(v).hexdigest(), "bytes": len(v)} for k, v in files.items()}
    files[MANIFEST_FILE] = (json.dumps(record, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
    parse(files[MANIFEST_FILE])  # by the viewer's own rules, while the older pack is still there
    write(out_dir, files)
    return out_dir


def _network(net: FractureNet, plain: FractureNet, size: int, finer: int | None, layer: int | None) -> dict[str, Any]:
    """The manifest's "network": how the file's outputs are to be read."""
    with torch.no_grad():
        cells = int(plain(torch.zeros(1, 1, size, size, size))[1].shape[-1])
    record: dict[str, Any] = {
        "arch": net.arch,
        "mode": net.mode,
        "parameters": net.parameter_count,
        "pooling": net.pooling,
        "outputs": ["logit", "cam"],
        "cam": {"cells": cells, "stride": net.stride, "offset_voxels": net.cell_offset},
        "bias": float(plain.head.bias),
        "config": net.config,
    }
    if layer is not None:
        record["outputs"].append("finer")
        record["finer"] = {"cells": cells_at(plain, layer, size), "stride": finer, "layer": layer}
    return record


def _layer(plain: FractureNet, finer: int) -> int:
    try:
        return layer_at(plain, finer)
    except ValueError as error:
        raise AnkleViewerError("USAGE", f"No map of an earlier layer by --finer {finer}: {error}.") from error


def measured_files(metrics: Mapping[str, Any]) -> set[str]:
    """SHA-256 of the model files that figures were measured on, those of nested groups too (another set's figures)."""
    own = {str(metrics["sha256"]).lower()} if "sha256" in metrics else set()
    return own.union(*(measured_files(group) for group in metrics.values() if isinstance(group, Mapping)))


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
