"""ACS layers in planes, with what stands around them taken in, compute what they did."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from trainer.networks.efficientnet import Block, efficientnet_b7
from trainer.networks.factory import AcsConv3d, Depthwise3d
from trainer.packs.deploy import deployed
from trainer.packs.split_acs import SplitAcs, gather, in_plane


def drawn(layer: AcsConv3d | Depthwise3d) -> AcsConv3d | Depthwise3d:
    """With a bias that is not zero."""
    with torch.no_grad():
        assert layer.bias is not None
        layer.bias.normal_()
    return layer


def wide(act: nn.Module) -> nn.Sequential:
    """A block as networks have it: widen, filter each channel by itself, mix."""
    torch.manual_seed(0)
    depthwise = drawn(Depthwise3d(21, 5, 1, 2, "acs", True, 1))
    return nn.Sequential(
        nn.Sequential(nn.Conv3d(4, 21, 1), nn.Identity(), act),
        nn.Sequential(SplitAcs(depthwise), nn.Identity(), copy.deepcopy(act)),
        nn.Sequential(nn.Conv3d(21, 3, 1)),
    )


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2])
def test_planes_are_the_layer(padding: int, stride: int) -> None:
    torch.manual_seed(0)
    for layer in (Depthwise3d(7, 3, stride, padding, "acs", True, 1), AcsConv3d(4, 7, 3, stride, padding, True, 1)):
        drawn(layer)
        x = torch.randn(2, layer.weight.shape[0] if isinstance(layer, Depthwise3d) else 4, 9, 8, 7)
        torch.testing.assert_close(SplitAcs(layer)(x), layer(x))


@pytest.mark.parametrize("act", [nn.ReLU(), nn.ReLU6(), nn.SiLU()])
def test_a_block_is_widened_and_filtered_by_ranges_and_answers_the_same(act: nn.Module) -> None:
    net = nn.Sequential(nn.Identity(), wide(act))
    x = torch.randn(2, 4, 8, 9, 10)
    want = net(x)
    gather(net)
    block = net[1]
    assert isinstance(block, nn.Sequential)
    assert isinstance(block[0], nn.Identity), "the widening layer went into the one after it"
    split = block[1]
    assert isinstance(split, nn.Sequential)
    assert isinstance(split[0], SplitAcs)
    assert [len(part) for part in split[0].widening] == [2, 2, 2]  # type: ignore[arg-type]
    assert isinstance(split[0].act, type(act))
    assert isinstance(split[2], nn.Identity)
    torch.testing.assert_close(net(x), want)


def test_every_widening_layer_of_efficientnet_is_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "half", lambda self: self)  # without the rounding
    torch.manual_seed(0)
    net = efficientnet_b7(width=0.25, depth=0.1)
    x = torch.randn(4, 1, 32, 32, 32)
    with torch.no_grad():
        for m in net.modules():
            if isinstance(m, nn.BatchNorm3d):
                m.momentum = 1.0
                nn.init.normal_(m.bias)
        net(x)
        want = net.eval()(x)[1]
        plain = deployed(net)
        blocks = [m for m in plain.modules() if isinstance(m, Block)]
        taken = [isinstance(block.layers[0], nn.Identity) for block in blocks]
        assert taken == [False] + [True] * (len(blocks) - 1), "the first block does not widen"
        assert want.std() > 1e-4
        torch.testing.assert_close(plain(x)[1], want, rtol=0, atol=1e-3 * float(want.std()))


def test_what_the_layers_give_out_one_by_one_stays() -> None:
    """Maps of earlier layers are made of the outputs of a network's own layers, so between these nothing moves."""
    net = nn.Sequential(*wide(nn.ReLU()).children())
    x = torch.randn(1, 4, 8, 8, 8)

    def steps() -> list[torch.Tensor]:
        found, y = [], x
        for layer in net:
            y = layer(y)
            found.append(y)
        return found

    before = steps()
    gather(net)
    split = net[1]
    assert isinstance(split, nn.Sequential)
    assert isinstance(split[0], SplitAcs)
    assert isinstance(split[0].act, nn.ReLU), "the activation went in"
    assert not len(split[0].widening)
    for a, b in zip(before, steps(), strict=True):
        torch.testing.assert_close(a, b)


def test_what_is_no_widening_stays() -> None:
    """A layer that strides or looks around, or has a norm or a second function behind it."""
    torch.manual_seed(0)
    for first in (
        nn.Sequential(nn.Conv3d(4, 21, 1, 2), nn.ReLU()),
        nn.Sequential(nn.Conv3d(4, 21, 3, 1, 1), nn.ReLU()),
        nn.Sequential(nn.Conv3d(4, 21, 1), nn.BatchNorm3d(21).eval()),
        nn.Sequential(nn.Conv3d(4, 21, 1), nn.ReLU(), nn.Sigmoid()),
    ):
        net = nn.Sequential(nn.Sequential(first, SplitAcs(drawn(Depthwise3d(21, 3, 1, 1, "acs", True, 1)))))
        x = torch.randn(1, 4, 8, 8, 8)
        want = net(x)
        gather(net)
        block = net[0]
        assert isinstance(block, nn.Sequential)
        assert block[0] is first
        torch.testing.assert_close(net(x), want)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(("k", "dilation"), [(3, 1), (5, 1), (3, 2)])
def test_a_flat_kernel_in_two_dimensions_is_exact(axis: int, k: int, dilation: int) -> None:
    """Rows laid end to end: no tap may reach the next row's other end."""
    torch.manual_seed(0)
    kernel, rim, step = [k] * 3, [dilation * (k // 2)] * 3, [dilation] * 3
    kernel[axis], rim[axis], step[axis] = 1, 0, 1
    conv = nn.Conv3d(4, 4, (kernel[0], kernel[1], kernel[2]), 1, (rim[0], rim[1], rim[2]), (step[0], step[1], step[2]), 4)
    x = torch.randn(2, 4, 5, 6, 7)
    torch.testing.assert_close(in_plane(conv, axis, x), conv(x))
    conv.bias = None
    torch.testing.assert_close(in_plane(conv, axis, x), conv(x))
