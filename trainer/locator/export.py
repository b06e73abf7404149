"""The locator as a file that the viewer runs: ONNX for scans of any size, with a record of what it is and of its figures."""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ankleviewer.core.anatomy.landmarks import CELL, INPUT_MM, MULTIPLE, NAMES, WINDOW_HU
from ankleviewer.inference.telemetry import load_onnxruntime
from ankleviewer.io.atomic import write_bytes
from trainer.networks.locator import Locator

OPSET = 18
SHAPES = ((48, 32, 64), (64, 64, 32))  # on which the file is compared with the network
TOLERANCE = 1e-4


class _Confident(nn.Module):
    def __init__(self, net: Locator) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        logits, shifts = self.net(x)
        return logits.sigmoid(), shifts


def export(net: Locator, folder: Path, measured: Mapping[str, Any], origin: Mapping[str, Any]) -> None:
    """Write locator.onnx and locator.json.

    Raises:
        ValueError: the file does not give what the network gives; nothing is written.
    """
    plain = _Confident(net.eval()).eval()
    data = _onnx(plain)
    worst = _difference(plain, data)
    if not worst <= TOLERANCE:
        raise ValueError(f"the exported locator differs by {worst:.1e}; {TOLERANCE:.0e} is allowed")
    record = {
        "schema": "ankleviewer.locator/1",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "landmarks": list(NAMES),
        "input": {"spacing_mm": INPUT_MM, "multiple": MULTIPLE, "cell": CELL, "window_hu": list(WINDOW_HU)},
        "measured": dict(measured),
        "origin": dict(origin),
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / "locator.onnx", data)
    write_bytes(folder / "locator.json", (json.dumps(record, indent=1, sort_keys=True) + "\n").encode())


def _onnx(plain: nn.Module) -> bytes:
    """Bytes of the file; edges are free."""
    from torch.export import Dim

    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    edges = {axis: MULTIPLE * Dim(f"blocks_{axis}", min=2, max=64) for axis in (2, 3, 4)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter warns of its own parts
            program = torch.onnx.export(
                plain,
                (torch.zeros(1, 1, *SHAPES[0]),),
                dynamo=True,
                external_data=False,
                opset_version=OPSET,
                input_names=["volume"],
                output_names=["heat", "shift"],
                dynamic_shapes=(edges,),
                verbose=False,
            )
    finally:
        logger.setLevel(level)
    assert program is not None
    model = program.model_proto
    for node in model.graph.node:  # traces of the machine and of torch's internals
        del node.metadata_props[:]
        node.doc_string = ""
    del model.graph.value_info[:]
    del model.metadata_props[:]
    return bytes(model.SerializeToString(deterministic=True))


def _difference(plain: nn.Module, data: bytes) -> float:
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    worst = 0.0
    for shape in SHAPES:
        x = torch.rand(1, 1, *shape, generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            wanted = plain(x)
        given = session.run(["heat", "shift"], {"volume": x.numpy()})
        worst = max([worst, *(float(np.abs(w.numpy() - g).max()) for w, g in zip(wanted, given, strict=True))])
    return worst
