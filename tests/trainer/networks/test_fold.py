"""Batch norm folded into convolutions: the same answers, the same names, no norm left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from trainer.networks.fold import without_norms
from trainer.networks.head import FractureNet
from trainer.networks.registry import build

Learnt = Callable[..., FractureNet]
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("compact", {"width": 0.25}),
    ("mobilenet", {"width": 0.125}),
    ("mobilenet", {"width": 0.125, "mode": "planar"}),
    ("resnet101", {"width": 0.0625, "blocks": (1, 1, 1, 1)}),
    ("resnet101", {"width": 0.0625, "mode": "full", "blocks": (1, 1, 1, 1)}),
    ("efficientnet_b7", {"width": 0.125, "depth": 0.1}),
]


@pytest.mark.parametrize(("arch", "options"), FORMS)
def test_it_answers_as_before_and_is_built_again_from_its_config(arch: str, options: dict[str, Any], learnt: Learnt) -> None:
    net = learnt(arch, options)
    x = torch.randn(2, 1, 64, 64, 64)
    with torch.no_grad():
        want = net(x)[1]
        folded = without_norms(net)
        got = folded.eval()(x)[1]
    assert folded is net and float(want.std()) > 0
    torch.testing.assert_close(got, want, rtol=1e-3, atol=1e-4 * float(want.abs().max()))
    assert not any(isinstance(m, torch.nn.BatchNorm3d) for m in net.modules())
    twin = build(net.arch, **net.config)
    twin.load_state_dict(net.state_dict())
    with torch.no_grad():
        assert torch.equal(twin.eval()(x)[1], got)


@pytest.mark.parametrize(("arch", "options"), FORMS)
def test_the_layers_keep_their_names_and_learn(arch: str, options: dict[str, Any]) -> None:
    before = {name for name, value in build(arch, **options).named_parameters() if value.dim() > 1}
    plain = build(arch, **options, norm=False)
    assert plain.config["norm"] is False
    after = {name: value for name, value in plain.named_parameters() if value.dim() > 1}
    assert set(after) == before
    plain.train()(torch.randn(1, 1, 64, 64, 64))[0].sum().backward()
    assert all(parameter.grad is not None for parameter in plain.parameters())
