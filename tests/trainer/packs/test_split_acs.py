"""ACS layers in planes, with what stands around them taken in, compute what they did."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainer.networks.efficientnet import Gate
from trainer.networks.factory import AcsConv3d, Depthwise3d
from trainer.packs.split_acs import SplitAcs, in_plane


def drawn(layer: AcsConv3d | Depthwise3d) -> AcsConv3d | Depthwise3d:
    """With a bias that is not zero."""
    with torch.no_grad():
        assert layer.bias is not None
        layer.bias.normal_()
    return layer


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2])
def test_planes_are_the_layer(padding: int, stride: int) -> None:
    torch.manual_seed(0)
    for layer in (Depthwise3d(7, 3, stride, padding, "acs", True, 1), AcsConv3d(4, 7, 3, stride, padding, True, 1)):
        drawn(layer)
        x = torch.randn(2, layer.weight.shape[0] if isinstance(layer, Depthwise3d) else 4, 9, 8, 7)
        torch.testing.assert_close(SplitAcs(layer)(x), layer(x))


@pytest.mark.parametrize("gated", [False, True])
def test_ranges_are_mixed_without_being_joined(gated: bool) -> None:
    """Gate and 1 x 1 x 1 convolution of each range by itself, and one bias."""
    torch.manual_seed(0)
    split = SplitAcs(drawn(Depthwise3d(7, 3, 1, 1, "acs", True, 1)))
    mixing, gate = nn.Conv3d(7, 4, 1), Gate(7, 2) if gated else nn.Identity()
    x = torch.randn(2, 7, 6, 5, 4)
    want = mixing(gate(split(x)))
    split.narrow(mixing, gate if isinstance(gate, Gate) else None)
    assert split.narrowing is not None
    assert [part.in_channels for part in split.narrowing.parts] == [3, 2, 2]
    torch.testing.assert_close(split(x), want)


@pytest.mark.parametrize("padding", [0, 1])
def test_an_acs_layer_before_it_on_the_same_ranges_is_not_joined(padding: int) -> None:
    torch.manual_seed(0)
    stem, split = (
        SplitAcs(drawn(layer)) for layer in (AcsConv3d(2, 7, 3, 2, 1, True, 1), Depthwise3d(7, 3, 1, padding, "acs", True, 1))
    )
    stem.act = nn.SiLU()
    x = torch.randn(2, 2, 12, 11, 10)
    want = split(stem(x))
    split.follow(stem)
    torch.testing.assert_close(split(x), want)


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
