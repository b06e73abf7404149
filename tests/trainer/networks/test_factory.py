"""The convolution factory: ACS kernels, shapes, weights and refusals."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainer.networks import factory
from trainer.networks.acs import acs_dense
from trainer.networks.factory import AcsConv3d, Depthwise3d, conv3d

SHAPES = [(1, 3, 1, 9), (1, 3, 2, 5), (6, 3, 2, 5), (6, 5, 1, 9), (1, 1, 1, 9), (1, 7, 2, 5)]


@pytest.mark.parametrize("bias", [False, True])
def test_an_acs_convolution_is_one_in_planes_on_a_cpu_and_a_dense_one_elsewhere(bias: bool, monkeypatch) -> None:
    layer = conv3d(2, 7, 3, stride=2, bias=bias, mode="acs")
    assert isinstance(layer, AcsConv3d)
    x = torch.randn(1, 2, 6, 6, 6)
    want = nn.functional.conv3d(x, acs_dense(layer.weight), layer.bias, 2, 1)
    torch.testing.assert_close(layer(x), want)
    assert layer.to("meta")(x.to("meta")).shape == want.shape  # whatever is no CPU
    monkeypatch.setattr(factory, "acs_dense", None)  # three times the weights, most of them zeros
    conv3d(2, 7, 3, stride=2, bias=bias, mode="acs")(x).sum().backward()
    monkeypatch.setattr(factory, "acs_planes", None)
    with pytest.raises(TypeError):
        layer(x.to("meta"))


def test_acs_convolution_has_the_gradient_of_its_planes() -> None:
    layer = conv3d(2, 4, 3, stride=2, mode="acs").double()
    x = torch.randn(1, 2, 6, 6, 6, dtype=torch.float64, requires_grad=True)
    weight = layer.weight
    assert isinstance(weight, nn.Parameter)
    assert weight.shape == (4, 2, 3, 3)
    assert torch.autograd.gradcheck(lambda a, w: torch.func.functional_call(layer, {"weight": w}, (a,)), (x, weight))


@pytest.mark.parametrize("mode", ["acs", "full"])
@pytest.mark.parametrize(("groups", "k", "stride", "size"), SHAPES)
def test_same_padding_gives_ceil_of_size_over_stride(mode: str, groups: int, k: int, stride: int, size: int) -> None:
    layer = conv3d(6, 6, k, stride, groups=groups, mode=mode)  # type: ignore[arg-type]
    assert layer(torch.randn(2, 6, 9, 9, 9)).shape == (2, 6, size, size, size)


def test_parameter_counts_of_both_modes() -> None:
    def count(module: nn.Module) -> int:
        return sum(p.numel() for p in module.parameters())

    assert count(conv3d(4, 8, 3, mode="acs")) == 4 * 8 * 9
    assert count(conv3d(4, 8, 3, mode="full")) == 4 * 8 * 27
    assert count(conv3d(8, 8, 3, groups=8, mode="acs", bias=True)) == 8 * 9 + 8
    assert count(conv3d(8, 8, 3, groups=8, mode="full")) == 8 * 27


def test_pointwise_equals_the_plain_convolution() -> None:
    layer = conv3d(5, 7, 1, bias=True).double()
    assert isinstance(layer, nn.Conv3d)
    x = torch.randn(2, 5, 3, 4, 5, dtype=torch.float64, requires_grad=True)
    want = nn.functional.conv3d(x, layer.weight, layer.bias)
    torch.testing.assert_close(layer(x), want, rtol=1e-12, atol=1e-12)
    g = torch.randn_like(want)
    got = torch.autograd.grad(layer(x), (x, layer.weight), g)
    torch.testing.assert_close(got, torch.autograd.grad(want, (x, layer.weight), g), rtol=1e-11, atol=1e-11)


def test_bias_shifts_the_output() -> None:
    for groups in (1, 4):
        layer = conv3d(4, 4, 3, groups=groups, mode="acs", bias=True)
        assert isinstance(layer, (AcsConv3d, Depthwise3d))
        assert layer.bias is not None
        x = torch.randn(1, 4, 4, 4, 4)
        before = layer(x).detach()
        with torch.no_grad():
            layer.bias.fill_(2.5)
        torch.testing.assert_close(layer(x).detach(), before + 2.5)


def test_initial_scale_keeps_the_variance() -> None:
    torch.manual_seed(0)
    for mode in ("acs", "full"):
        y = conv3d(48, 48, 3, groups=48, mode=mode)(torch.randn(1, 48, 16, 16, 16).relu())  # type: ignore[arg-type]
        assert 0.5 < float(y.detach().square().mean()) < 2.0


@pytest.mark.parametrize("bad", [{"mode": "2d"}, {"groups": 2}, {"k": 4}, {"padding": 3}])
def test_wrong_arguments_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        conv3d(**{"cin": 4, "cout": 4, "k": 3} | bad)  # type: ignore[arg-type]
