"""3D-EfficientNetB7: the paper's parameter count with and without ImageNet's layer, shapes, options, and that it learns."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from trainer.networks.efficientnet import B7, Block, Gate, Scale, efficientnet_b7
from trainer.networks.head import FractureNet
from trainer.networks.registry import build

Learns = Callable[[FractureNet, float, int], None]
Rebuilds = Callable[[FractureNet], None]

TINY = {"width": 0.25, "depth": 0.25}


def test_parameter_counts_to_the_unit() -> None:
    with torch.device("meta"):
        assert efficientnet_b7().parameter_count == 63_788_369
        assert efficientnet_b7(imagenet_head=True).parameter_count == 66_347_809
        assert efficientnet_b7(mode="full").parameter_count == 68_761_553
        assert efficientnet_b7(stride16=True).parameter_count == 63_788_369


def test_channels_grow_in_eights_and_never_shrink_by_a_tenth() -> None:
    assert [B7.channels(c) for c in (16, 24, 40, 80, 112, 192, 320, 1280)] == [32, 48, 80, 160, 224, 384, 640, 2560]
    assert [B7.count(n) for n in (1, 2, 3, 4)] == [4, 7, 10, 13]
    assert Scale(1.1, 1.0).channels(40) == 48  # 44 is nearest to 48; 40 would be less than nine tenths of 44.0's neighbour below


@pytest.mark.parametrize(("stride16", "cells"), [(False, 2), (True, 4)])
@pytest.mark.parametrize("mode", ["acs", "full"])
def test_map_size_and_stride(stride16: bool, cells: int, mode: str) -> None:
    net = build("efficientnet_b7", mode=mode, stride16=stride16, **TINY)
    logit, cam = net(torch.randn(2, 1, 64, 64, 64))
    assert logit.shape == (2, 1) and cam.shape == (2, 1, cells, cells, cells) and net.stride == 64 // cells
    assert sum(isinstance(m, Gate) for m in net.modules()) == sum(isinstance(m, Block) for m in net.modules())


def test_the_kept_layer_is_part_of_the_map_and_can_be_merged() -> None:
    torch.manual_seed(0)
    net = build("efficientnet_b7", imagenet_head=True, **TINY)
    x = torch.randn(2, 1, 32, 32, 32)
    net(x)
    net.eval()
    with torch.no_grad():
        logit, cam = net(x)
        a = net.features(x).mean(dim=(2, 3, 4))
        assert net.before_head is not None
        torch.testing.assert_close(logit, net.head(net.before_head(a)), rtol=1e-4, atol=1e-5)
        _, bias = net.answer()
        torch.testing.assert_close(cam.sum(dim=(2, 3, 4)) + bias, logit, rtol=1e-4, atol=1e-5)
        net.merge_head()
        assert net.before_head is None and net.head.weight.shape == (1, net.channels)
        torch.testing.assert_close(net(x)[0], logit, rtol=1e-4, atol=1e-5)


def test_the_config_rebuilds_the_network(is_rebuilt_by_its_config: Rebuilds) -> None:
    net = build("efficientnet_b7", imagenet_head=True, dropout=0.1, drop_path=0.3, pooling="lse", **TINY)
    assert {(m.eps, m.momentum) for m in net.modules() if isinstance(m, nn.BatchNorm3d)} == {(1e-3, 0.01)}
    drops = [m.drop.drop for m in net.modules() if isinstance(m, Block) and m.drop is not None]
    assert drops == sorted(drops) and 0 < max(drops) < 0.3
    is_rebuilt_by_its_config(net)


def test_it_learns_a_bright_spot(learns_a_bright_spot: Learns) -> None:
    torch.manual_seed(0)
    net = build("efficientnet_b7", dropout=0.0, drop_path=0.0, bn_momentum=0.1, **TINY)
    learns_a_bright_spot(net, 3e-3, 8)
