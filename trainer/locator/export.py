"""The locator as a file that the viewer runs: ONNX for scans of any size, with a record of what it is and of its figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ankleviewer.core.anatomy.landmarks import CELL, INPUT_MM, MULTIPLE, NAMES, WINDOW_HU
from ankleviewer.io.atomic import write_bytes
from trainer.networks.locator import Locator
from trainer.packs.onnx_file import on_cpu, program_of

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

    edges = {axis: MULTIPLE * Dim(f"blocks_{axis}", min=2, max=64) for axis in (2, 3, 4)}
    model = program_of(plain, torch.zeros(1, 1, *SHAPES[0]), ["heat", "shift"], edges)
    return bytes(model.SerializeToString(deterministic=True))


def _difference(plain: nn.Module, data: bytes) -> float:
    session = on_cpu(data)
    worst = 0.0
    for shape in SHAPES:
        x = torch.rand(1, 1, *shape, generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            wanted = plain(x)
        given = session.run(["heat", "shift"], {"volume": x.numpy()})
        worst = max([worst, *(float(np.abs(w.numpy() - g).max()) for w, g in zip(wanted, given, strict=True))])
    return worst
