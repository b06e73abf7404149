"""3D-MobileNet: the paper's parameter count, shapes, options, and that it learns."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from trainer.networks.head import FractureNet
from trainer.networks.mobilenet import mobilenet
from trainer.networks.registry import build

Learns = Callable[[FractureNet, float, int], None]
Rebuilds = Callable[[FractureNet], None]


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


def test_the_narrowest_has_a_channel_everywhere() -> None:
    net = build("mobilenet", width=0.01)
    assert min(p.shape[0] for p in net.parameters()) >= 1 and net(torch.randn(2, 1, 64, 64, 64))[1].shape == (2, 1, 2, 2, 2)


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


def test_options_reach_the_layers_and_the_config_rebuilds_the_network(is_rebuilt_by_its_config: Rebuilds) -> None:
    net = build("mobilenet", width=0.25, relu6=True, bn_eps=1e-3, bn_momentum=0.01, pooling="lse", dropout=0.2)
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm3d)]
    assert len(norms) == 27
    assert {(m.eps, m.momentum) for m in norms} == {(1e-3, 0.01)}
    assert sum(isinstance(m, nn.ReLU6) for m in net.modules()) == 27
    is_rebuilt_by_its_config(net)


def test_unknown_network_or_option_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"known: .*mobilenet"):
        build("resnet5000")
    with pytest.raises(ValueError, match="depth"):
        build("mobilenet", depth=3)


@pytest.mark.parametrize("mode", ["acs", "full"])
def test_it_learns_a_bright_spot(learns_a_bright_spot: Learns, mode: str) -> None:
    torch.manual_seed(0)
    net = build("mobilenet", mode=mode, width=0.25)
    learns_a_bright_spot(net, 3e-3, 8)
