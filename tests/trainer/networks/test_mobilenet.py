"""3D-MobileNet: the paper's parameter count, shapes, options, and that it learns."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainer.networks.mobilenet import mobilenet
from trainer.networks.registry import build


def test_parameter_counts_to_the_unit() -> None:
    assert mobilenet().parameter_count == 3_207_425
    assert mobilenet(mode="full").parameter_count == 3_297_281
    assert mobilenet(stride16=True).parameter_count == 3_207_425


@pytest.mark.parametrize(("stride16", "cells"), [(False, 2), (True, 4)])
@pytest.mark.parametrize("mode", ["acs", "full"])
def test_map_size_and_stride(stride16: bool, cells: int, mode: str) -> None:
    net = build("mobilenet", mode=mode, width=0.25, stride16=stride16)
    logit, cam = net(torch.randn(2, 1, 64, 64, 64))
    assert logit.shape == (2, 1)
    assert cam.shape == (2, 1, cells, cells, cells)
    assert net.stride == 64 // cells


def test_dilated_form_sees_what_the_strided_one_sees() -> None:
    """Same weights: the strided map is every second cell of the dilated one (all padding is zero, so exactly)."""
    torch.manual_seed(0)
    strided, dilated = mobilenet(width=0.25), mobilenet(width=0.25, stride16=True)
    x = torch.randn(2, 1, 64, 64, 64)
    strided(x)  # batch norm must know its input, or the features die out and anything equals anything
    for m in strided.modules():
        if isinstance(m, nn.BatchNorm3d):
            m.running_var.fill_(0.05)  # type: ignore[union-attr, operator]
    strided.eval()
    dilated.load_state_dict(strided.state_dict())
    dilated.eval()
    with torch.no_grad():
        a, b = strided.features(x), dilated.features(x)
    torch.testing.assert_close(b[:, :, ::2, ::2, ::2], a, rtol=1e-4, atol=1e-4)
    assert a.std() > 1e-2


def test_options_reach_the_layers_and_the_config_rebuilds_the_network() -> None:
    net = build("mobilenet", width=0.25, relu6=True, bn_eps=1e-3, bn_momentum=0.01, pooling="lse", dropout=0.2)
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm3d)]
    assert len(norms) == 27
    assert {(m.eps, m.momentum) for m in norms} == {(1e-3, 0.01)}
    assert sum(isinstance(m, nn.ReLU6) for m in net.modules()) == 27
    twin = build(net.arch, **net.config)
    twin.load_state_dict(net.state_dict())
    x = torch.randn(1, 1, 32, 32, 32)
    torch.testing.assert_close(twin.eval()(x), net.eval()(x), rtol=0, atol=0)


def test_unknown_network_or_option_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"known: .*mobilenet"):
        build("resnet5000")
    with pytest.raises(ValueError, match="depth"):
        build("mobilenet", depth=3)


@pytest.mark.parametrize("mode", ["acs", "full"])
def test_it_learns_a_bright_spot(mode: str) -> None:
    torch.manual_seed(0)
    net = build("mobilenet", mode=mode, width=0.25)
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    y = torch.arange(8).remainder(2).float()[:, None]
    x = torch.randn(8, 1, 32, 32, 32) * 0.2
    x[1::2, :, 8:24, 8:24, 8:24] += 1.0
    losses = []
    for _ in range(25):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x)[0], y)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.2 < losses[0]
