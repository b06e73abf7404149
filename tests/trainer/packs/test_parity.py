"""A file that computes something else is caught."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from ankleviewer.core.assessment.decision import Decision
from tests.trainer.packs.conftest import DECISION
from trainer.networks.head import FractureNet
from trainer.packs.deploy import deployed
from trainer.packs.onnx_file import ExportError, to_onnx
from trainer.packs.parity import GATES, check_parity


def test_a_file_of_another_network_is_caught(net: FractureNet, volumes: list[Any]) -> None:
    plain, other = deployed(net), deployed(net)
    with torch.no_grad():
        other.head.weight.mul_(1.05)
        other.head.weight.copy_(other.head.weight.half().float())
    model = to_onnx(other, 32, {})
    with pytest.raises(ExportError, match="probability"):
        check_parity(net, plain, model, DECISION, volumes)
    with torch.no_grad():
        other.head.weight.copy_(plain.head.weight)
        other.head.bias.add_(0.01)
    with pytest.raises(ExportError, match="pooling"):
        check_parity(net, plain, to_onnx(other, 32, {}), DECISION, volumes)


def test_a_changed_call_is_caught_even_where_every_figure_holds(
    net: FractureNet, volumes: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, other = deployed(net), deployed(net)
    with torch.no_grad():
        other.head.weight.mul_(1.5)
        other.head.weight.copy_(other.head.weight.half().float())
        here, there = ([float(n(torch.from_numpy(v)[None, None])[0]) for v in volumes] for n in (plain, other))
    apart = int(np.argmax(np.abs(np.subtract(here, there))))
    decision = {**DECISION, "temperature": 1.0, "bias": 0.0}
    between = Decision.from_json(decision).probability((here[apart] + there[apart]) / 2)
    decision |= {"sens_threshold": between, "spec_threshold": between}
    for name in ("probability", "rounding", "cam"):
        monkeypatch.setitem(GATES, name, 1.0)
    assert check_parity(plain, plain, to_onnx(plain, 32, {}), decision, volumes).calls == 0
    with pytest.raises(ExportError, match=r"change their call.*\(calls: [1-3], at most 0 is allowed\)"):
        check_parity(plain, other, to_onnx(other, 32, {}), decision, volumes)
