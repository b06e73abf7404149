"""The convolutions of all networks: one factory, three modes.

"acs" keeps the k x k filters of a 2D network and turns each into one of three orthogonal planes (Yang et al. 2021,
"Reinventing 2D Convolutions for 3D Images"), so parameter counts equal the 2D network's; "full" has k x k x k filters; "planar"
is the 2D network itself, slice by slice: what a 2D checkpoint is compared with.
"""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.networks.acs import acs_dense, acs_planes, centre_margin
from trainer.networks.depthwise import acs_depthwise, full_depthwise

Mode = Literal["acs", "full", "planar"]


def conv3d(
    cin: int,
    cout: int,
    k: int,
    stride: int = 1,
    padding: int | None = None,
    groups: int = 1,
    mode: Mode = "acs",
    bias: bool = False,
    dilation: int = 1,
) -> nn.Module:
    """A 3D convolution (N, cin, D, H, W) -> (N, cout, d, h, w) with the same stride and padding on all axes.

    Args:
        cin: channels in.
        cout: channels out.
        k: odd length of the kernel.
        stride: of all axes.
        padding: None is "same" (dilation * (k - 1) / 2).
        groups: 1, or cin == cout for a depthwise convolution.
        mode: "acs" and "planar" (weight (cout, cin / groups, k, k)) or "full" (one axis more). 1 x 1 x 1 is plain in all, but
            "planar" strides in the plane only.
        bias: whether a bias is added; no where batch norm follows.
        dilation: distance of the taps.

    Raises:
        ValueError: unknown mode, even kernel, other groups.
    """
    if mode not in ("acs", "full", "planar"):
        raise ValueError(f"mode must be acs, full or planar, is {mode!r}")
    if groups not in (1, cin) or (groups > 1 and cin != cout):
        raise ValueError(f"groups must be 1 or depthwise, is {groups} for {cin} -> {cout}")
    if padding is None:
        padding = dilation * (k - 1) // 2
    centre_margin(k, padding, dilation)
    if mode == "planar":
        return PlanarConv3d(cin, cout, k, stride, padding, groups, bias, dilation)
    if k == 1:
        return Pointwise3d(cin, cout, 1, stride, padding, groups=groups, bias=bias)
    if groups > 1:
        return Depthwise3d(cin, k, stride, padding, mode, bias, dilation)
    if mode == "full":
        return nn.Conv3d(cin, cout, k, stride, padding, dilation, bias=bias)
    return AcsConv3d(cin, cout, k, stride, padding, bias, dilation)


class Pointwise3d(nn.Conv3d):
    """1 x 1 x 1 convolution; on a CPU one matrix product over channels-last memory, 4 to 9 times as fast in bfloat16."""

    def forward(self, x: Tensor) -> Tensor:
        """As nn.Conv3d; the result lies channels last in memory on a CPU."""
        plain = self.stride == (1, 1, 1) and self.padding == (0, 0, 0) and self.groups == 1
        if plain and x.device.type == "cpu" and not torch.compiler.is_compiling():
            return F.linear(x.permute(0, 2, 3, 4, 1), self.weight.flatten(1), self.bias).permute(0, 4, 1, 2, 3)
        return super().forward(x)


class AcsConv3d(nn.Module):
    """ACS convolution with groups = 1: on a CPU a convolution in each kind of plane, on a GPU one with the dense kernel, which is
    assembled at each call.
    """

    def __init__(self, cin: int, cout: int, k: int, stride: int, padding: int, bias: bool, dilation: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(cout, cin, k, k))
        self.bias = nn.Parameter(torch.zeros(cout)) if bias else None
        self.stride, self.padding, self.dilation = stride, padding, dilation
        nn.init.kaiming_normal_(self.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """(N, cin, D, H, W) to (N, cout, d, h, w)."""
        if x.device.type != "cpu":
            return F.conv3d(x, acs_dense(self.weight), self.bias, self.stride, self.padding, self.dilation)
        y = acs_planes(x, self.weight, self.stride, self.padding, self.dilation)
        return y if self.bias is None else y + self.bias.to(y.dtype).reshape(-1, 1, 1, 1)


class PlanarConv3d(nn.Module):
    """A 2D convolution on every slice (the last two axes)."""

    def __init__(self, cin: int, cout: int, k: int, stride: int, padding: int, groups: int, bias: bool, dilation: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(cout, cin // groups, k, k))
        self.bias = nn.Parameter(torch.zeros(cout)) if bias else None
        self.stride, self.padding, self.dilation, self.groups = stride, padding, dilation, groups
        nn.init.kaiming_normal_(self.weight, mode="fan_in", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """(N, cin, D, H, W) to (N, cout, D, h, w)."""
        s, p, d = self.stride, self.padding, self.dilation
        return F.conv3d(x, self.weight.unsqueeze(2), self.bias, (1, s, s), (0, p, p), (1, d, d), self.groups)


class Depthwise3d(nn.Module):
    """Depthwise convolution in either mode, see `depthwise` for how it runs on a CPU."""

    def __init__(self, channels: int, k: int, stride: int, padding: int, mode: Mode, bias: bool, dilation: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels, 1, *[k] * (2 if mode == "acs" else 3)))
        self.bias = nn.Parameter(torch.zeros(channels)) if bias else None
        self.stride, self.padding, self.dilation, self.mode = stride, padding, dilation, mode
        # each channel is a network of its own with k^2 (k^3) inputs; fan_out would count all channels and start far too small
        nn.init.kaiming_normal_(self.weight, mode="fan_in", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """Each channel by itself."""
        run = acs_depthwise if self.mode == "acs" else full_depthwise
        y = run(x, self.weight, self.stride, self.padding, self.dilation)
        return y if self.bias is None else y + self.bias.to(y.dtype).reshape(-1, 1, 1, 1)
