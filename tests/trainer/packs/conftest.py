"""A small network whose answers differ, and volumes on which they do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from trainer.networks.compact import compact
from trainer.networks.head import FractureNet

DECISION = {
    "temperature": 10.0,
    "bias": 0.1,
    "sens_threshold": 0.3,
    "spec_threshold": 0.6,
    "cam_reference": 1.0,
    "cam_floor": 0.1,
    "calibration": {"n": 40, "bins": [{"low": 0.0, "high": 1.0, "n": 40, "fractured": 20}]},
}


@pytest.fixture(scope="module")
def net(volumes: list[Any]) -> FractureNet:
    torch.manual_seed(0)
    made = compact(width=0.25, pooling="gap")
    with torch.no_grad():
        for m in made.modules():
            if isinstance(m, torch.nn.BatchNorm3d):
                m.momentum = 1.0  # batch norm knows its inputs after one look, so the answers differ
        made(torch.from_numpy(np.stack(volumes))[:, None])
        made.head.weight.mul_(50)
        made.head.bias.fill_(0.25)
    return made


@pytest.fixture(scope="module")
def volumes() -> list[Any]:
    rng = np.random.default_rng(0)
    return [(rng.normal(size=(32, 32, 32)) * scale).astype(np.float32) for scale in (0.2, 0.5, 1.0)]
