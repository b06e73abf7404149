"""ACS kernels: the channels of each plane, and the convolution in planes against the one with the dense kernel."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from trainer.networks.acs import acs_dense, acs_planes, acs_ranges, acs_sizes, centre_margin

CASES = [
    (3, 1, 1, 1),
    (3, 2, 1, 1),
    (3, 1, 2, 2),
    (5, 2, 2, 1),
    (3, 1, 0, 1),
    (3, 2, 0, 1),
    (5, 1, 1, 2),
]  # taps, stride, padding, dilation


@pytest.mark.parametrize("channels", range(8))
def test_ranges_follow_one_another_and_none_is_empty(channels: int) -> None:
    ranges = acs_ranges(channels)
    assert sum(acs_sizes(channels)) == channels
    assert [axis for axis, _, _ in ranges] == [0, 1, 2][: min(3, channels)]
    assert [c for _, lo, hi in ranges for c in range(lo, hi)] == list(range(channels))


@pytest.mark.parametrize("channels", [1, 2, 3, 7, 32])
def test_acs_dense_places_each_filter_in_its_plane(channels: int) -> None:
    w = torch.randn(channels, 2, 3, 3)
    dense = acs_dense(w)
    assert dense.shape == (channels, 2, 3, 3, 3)
    assert torch.count_nonzero(dense) == w.numel()
    a = -(-channels // 3)
    b = (channels - a + 1) // 2
    torch.testing.assert_close(dense[:a, :, 1], w[:a])
    torch.testing.assert_close(dense[a : a + b, :, :, 1], w[a : a + b])
    torch.testing.assert_close(dense[a + b :, :, :, :, 1], w[a + b :])


@pytest.mark.parametrize(("k", "stride", "padding", "dilation"), CASES)
@pytest.mark.parametrize("channels", [1, 2, 3, 7])
@pytest.mark.parametrize("depthwise", [False, True])
def test_planes_are_the_dense_kernel(k: int, stride: int, padding: int, dilation: int, channels: int, depthwise: bool) -> None:
    torch.manual_seed(1)
    cin = channels if depthwise else 4
    x = torch.randn(2, cin, 9, 10, 11, dtype=torch.float64, requires_grad=True)
    w = torch.randn(channels, 1 if depthwise else cin, k, k, dtype=torch.float64, requires_grad=True)
    want = F.conv3d(x, acs_dense(w), None, stride, padding, dilation, channels if depthwise else 1)
    got = acs_planes(x, w, stride, padding, dilation, depthwise)
    torch.testing.assert_close(got, want, rtol=1e-12, atol=1e-12)
    g = torch.randn_like(want)
    for a, b in zip(torch.autograd.grad(got, (x, w), g), torch.autograd.grad(want, (x, w), g), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-11, atol=1e-11)


def test_the_margin_is_what_the_middle_tap_leaves_out() -> None:
    assert [centre_margin(*case) for case in ((3, 1, 1), (3, 0, 1), (5, 1, 2), (1, 0, 1))] == [0, 1, 3, 0]
    for k, padding in ((4, 1), (3, 2)):
        with pytest.raises(ValueError, match="at most same"):
            centre_margin(k, padding, 1)
