"""The fast depthwise convolutions against PyTorch's own grouped conv3d, values and gradients."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from trainer.networks.acs import acs_sizes
from trainer.networks.depthwise import acs_depthwise, full_depthwise, output_size

CASES = [(3, 1, 1, 1), (3, 2, 1, 1), (3, 1, 2, 2), (5, 2, 2, 1), (3, 1, 0, 1), (3, 2, 0, 1)]


def acs_reference(x: Tensor, w: Tensor, stride: int, padding: int, dilation: int) -> Tensor:
    """The definition: a k x k x k kernel that is zero outside one plane."""
    channels, k = w.shape[0], w.shape[-1]
    a, b, _ = acs_sizes(channels)
    dense = torch.zeros(channels, 1, k, k, k, dtype=w.dtype)
    middle = k // 2
    dense[:a, :, middle] = w[:a]
    dense[a : a + b, :, :, middle] = w[a : a + b]
    dense[a + b :, :, :, :, middle] = w[a + b :]
    return F.conv3d(x, dense, None, stride, padding, dilation, channels)


@pytest.mark.parametrize(("k", "stride", "padding", "dilation"), CASES)
@pytest.mark.parametrize("channels", [1, 2, 5, 6])
@pytest.mark.parametrize("mode", ["acs", "full"])
def test_values_and_gradients_equal_the_reference(
    k: int, stride: int, padding: int, dilation: int, channels: int, mode: str
) -> None:
    torch.manual_seed(1)
    x = torch.randn(2, channels, 7, 8, 9, dtype=torch.float64, requires_grad=True)
    w = torch.randn(channels, 1, *[k] * (2 if mode == "acs" else 3), dtype=torch.float64, requires_grad=True)
    y = (acs_depthwise if mode == "acs" else full_depthwise)(x, w, stride, padding, dilation)
    if mode == "acs":
        want = acs_reference(x, w.detach(), stride, padding, dilation)
    else:
        want = F.conv3d(x, w, None, stride, padding, dilation, channels)
    assert y.shape[2:] == tuple(output_size(n, k, stride, padding, dilation) for n in x.shape[2:])
    torch.testing.assert_close(y, want, rtol=1e-12, atol=1e-12)
    torch.manual_seed(2)
    g = torch.randn_like(want)
    gx, gw = torch.autograd.grad(y, (x, w), g)
    torch.testing.assert_close(gx, torch.autograd.grad(want, x, g, retain_graph=True)[0], rtol=1e-11, atol=1e-11)
    if mode == "full":
        torch.testing.assert_close(gw, torch.autograd.grad(want, w, g)[0], rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("mode", ["acs", "full"])
def test_gradcheck(stride: int, mode: str) -> None:
    torch.manual_seed(3)
    x = torch.randn(2, 4, 4, 5, 4, dtype=torch.float64, requires_grad=True)
    w = torch.randn(4, 1, *[3] * (2 if mode == "acs" else 3), dtype=torch.float64, requires_grad=True)
    run = acs_depthwise if mode == "acs" else full_depthwise
    assert torch.autograd.gradcheck(lambda a, b: run(a, b, stride, 1, 1), (x, w))


@pytest.mark.parametrize("mode", ["acs", "full"])
def test_bfloat16_under_autocast_stays_near_float32(mode: str) -> None:
    torch.manual_seed(4)
    run = acs_depthwise if mode == "acs" else full_depthwise
    x = torch.randn(2, 8, 8, 8, 8)
    w = torch.randn(8, 1, *[3] * (2 if mode == "acs" else 3))
    for stride in (1, 2):
        grads = []
        for half in (False, True):
            a, b = x.clone().requires_grad_(), w.clone().requires_grad_()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
                y = run(a, b, stride, 1, 1)
            assert y.dtype == (torch.bfloat16 if half else torch.float32)
            y.float().square().sum().backward()
            grads.append((y.detach().float(), a.grad, b.grad))
        for exact, rounded in zip(*grads, strict=True):
            assert exact is not None
            assert rounded is not None
            assert (exact - rounded).norm() < 0.02 * exact.norm()


def test_only_the_asked_gradient_is_computed() -> None:
    x = torch.randn(1, 3, 4, 4, 4)
    w = torch.randn(3, 1, 3, 3, requires_grad=True)
    acs_depthwise(x, w).sum().backward()
    assert w.grad is not None
    assert x.grad is None
