"""A network in training on prepared scans: its answers, and the figures by which a state is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from trainer.evaluation.metrics import auc, pair_accuracy
from trainer.networks.head import FractureNet
from trainer.scans.split import Prepared
from trainer.simulate.fracture import SEVERITIES


def validation_figures(
    net: FractureNet, found: Sequence[Prepared], bf16: bool = False, size: int | None = None
) -> dict[str, float]:
    """AUC on prepared scans, in all and for the fractures of each severity, and the share of twins in the right order; inputs are
    averaged down to `size` voxels, if given.
    """
    kept = [p for p in found if p.input_path is not None]
    known: dict[str, list[float]] = {}
    look(net, kept, known, bf16, size)
    y, score = np.array([p.row.label for p in kept]), np.array([known[p.row.id][0] for p in kept])
    figures = {"val_auc": auc(y, score)}
    for severity in SEVERITIES:
        chosen = (y == 0) | np.array([p.row.severity == severity for p in kept])
        if y[chosen].any():
            figures[f"val_auc_{severity}"] = auc(y[chosen], score[chosen])
    figures["val_pair_accuracy"] = pair_accuracy(y, score, [p.row.twin for p in kept])[0]  # nan without twins
    return figures


def look(
    net: FractureNet, found: Sequence[Prepared], known: dict[str, list[float]], bf16: bool = False, size: int | None = None
) -> None:
    """Fill `known` with logit and highest cell of every scan that is not in it yet."""
    with torch.no_grad(), torch.autocast(next(net.parameters()).device.type, torch.bfloat16, enabled=bf16):
        for item in found:
            if item.row.id not in known and item.input_path is not None:
                device = next(net.parameters()).device
                x = torch.from_numpy(np.load(item.input_path))[None, None]
                if size is not None and size < x.shape[2]:
                    x = F.interpolate(x, size=(size,) * 3, mode="area")
                logit, cam = net(x.to(device))
                known[item.row.id] = [float(logit), float(cam.max())]
