"""ACS convolutions in the form that runtimes like.

One plain convolution for each plane: a third of the dense kernel's products. Cutting the channels in three before such a layer
and joining them after it are copies of whole volumes: a fifth of OpenVINO's time in EfficientNetB7, and an activation after
the joint cannot be a part of the convolution before it. So the layer takes in what stands around it (`gather`): each range is
widened, filtered, activated, gated and narrowed by itself, and what comes out is added up.

A depthwise one filters pictures, not volumes (`in_plane`): onnxruntime has kernels for that in two dimensions only, and is up to
fourteen times as fast with them. OpenVINO likes volumes better, and the viewer makes them again for it
(`ankleviewer.inference.engines.openvino_planes`).
"""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.networks.acs import acs_ranges, centre_margin
from trainer.networks.efficientnet import Gate
from trainer.networks.factory import AcsConv3d, Depthwise3d


class SplitAcs(nn.Module):
    """ACS convolution as up to three plain convolutions in one plane each, and a concatenation: a third of the dense kernel's
    products. A depthwise one takes each channel from its own range, any other one takes all. `gather` gives it the layer before,
    the activation after it, and the layer that mixes its channels, before which nothing needs to be joined.
    """

    def __init__(self, layer: AcsConv3d | Depthwise3d) -> None:
        super().__init__()
        self.parts = nn.ModuleList()
        self.bounds: list[tuple[int, int, int]] = acs_ranges(layer.weight.shape[0])
        self.depthwise = isinstance(layer, Depthwise3d)
        k = layer.weight.shape[-1]
        self.crop = centre_margin(k, layer.padding, layer.dilation)
        self.widening = nn.ModuleList()  # one for each range, or none
        self.act: nn.Module = nn.Identity()
        self.narrowing: Narrowing | None = None
        for axis, lo, hi in self.bounds:
            kernel, padding, dilation = [k] * 3, [layer.padding] * 3, [layer.dilation] * 3
            kernel[axis], padding[axis], dilation[axis] = 1, 0, 1
            self.parts.append(
                plain_conv(
                    layer.weight[lo:hi].unsqueeze(2 + axis),
                    None if layer.bias is None else layer.bias[lo:hi],
                    layer.stride,
                    padding,
                    dilation,
                    hi - lo if self.depthwise else 1,
                )
            )

    def forward(self, x: Tensor) -> Tensor:
        """As the layer it was made from, with what `gather` put into it."""
        outputs = []
        for i, ((axis, lo, hi), part) in enumerate(zip(self.bounds, self.parts, strict=True)):
            y = self.widening[i](x) if len(self.widening) else x[:, lo:hi] if self.depthwise else x
            if self.crop:
                y = y.narrow(2 + axis, self.crop, y.shape[2 + axis] - 2 * self.crop)
            flat = self.depthwise and not self.crop and part.stride == (1, 1, 1)
            outputs.append(self.act(in_plane(part, axis, y) if flat else part(y)))  # type: ignore[arg-type]
        return torch.cat(outputs, 1) if self.narrowing is None else self.narrowing(outputs)

    def narrow(self, conv: nn.Conv3d, gate: Gate | None) -> None:
        """Take in the 1 x 1 x 1 convolution that mixes this layer's channels, and the gate before it, if there is one."""
        self.narrowing = Narrowing([hi - lo for _, lo, hi in self.bounds], conv, gate)

    def follow(self, before: SplitAcs) -> None:
        """Take in an ACS layer that makes the same ranges, with its activation: what one joins the other would cut."""
        self.widening.extend(nn.Sequential(part, copy.deepcopy(before.act)) for part in before.parts)

    def widen(self, conv: nn.Conv3d, act: nn.Module) -> None:
        """Take in the 1 x 1 x 1 convolution that makes this layer's channels, and its activation, a range at a time."""
        for _, lo, hi in self.bounds:
            part = _like(conv, conv.weight[lo:hi], None if conv.bias is None else conv.bias[lo:hi])
            self.widening.append(nn.Sequential(part, copy.deepcopy(act)))


class Narrowing(nn.Module):
    """The 1 x 1 x 1 convolution behind an ACS layer, after a gate or none: the sum of what it makes of each range."""

    def __init__(self, sizes: list[int], conv: nn.Conv3d, gate: Gate | None) -> None:
        super().__init__()
        self.gate, self.sizes = gate, sizes
        weights = torch.split(conv.weight, sizes, 1)
        self.parts = nn.ModuleList(
            _like(conv, w, None if n else conv.bias) for n, w in enumerate(weights)
        )  # one bias, added once

    def forward(self, ranges: list[Tensor]) -> Tensor:
        """Ranges (N, c, D, H, W), one after the other the channels of the layer before, to (N, C, D, H, W)."""
        if self.gate is not None:
            means = torch.cat([x.mean(dim=(2, 3, 4), keepdim=True) for x in ranges], 1)
            scales = torch.split(self.gate.scales(means), self.sizes, 1)
            ranges = [x * scale for x, scale in zip(ranges, scales, strict=True)]
        first, *rest = (part(x) for part, x in zip(self.parts, ranges, strict=True))
        total: Tensor = first
        for more in rest:
            total = more + total
        return total


def _like(conv: nn.Conv3d, weight: Tensor, bias: Tensor | None) -> nn.Conv3d:
    """A 1 x 1 x 1 convolution with these weights (cout, cin, 1, 1, 1) and this bias, of the same class: in PyTorch a
    `Pointwise3d` is the faster one.
    """
    part = type(conv)(weight.shape[1], weight.shape[0], 1, bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        part.weight.copy_(weight)
        if bias is not None and part.bias is not None:
            part.bias.copy_(bias)
    return part


def in_plane(conv: nn.Conv3d, axis: int, x: Tensor) -> Tensor:
    """A depthwise convolution that is flat along `axis` and keeps the shape, as one in two dimensions; exact.

    Rows of voxels are laid end to end, so that the next one is a whole row or slice away: the taps stand that far apart, and
    those beyond the volume's end still fall on the padding. Where slices keep to themselves each is a channel of its own.

    Args:
        conv: stride 1, "same" padding, groups = channels; axis: 0-2; x: (N, C, D, H, W).
    """
    n, c, d, h, w = x.shape
    weight, bias = conv.weight.squeeze(2 + axis), conv.bias
    step, rim = max(conv.dilation), max(int(p) for p in conv.padding)
    if axis == 0:
        each = weight.unsqueeze(1).expand(c, d, *weight.shape[1:]).reshape(c * d, *weight.shape[1:])
        offsets = None if bias is None else bias.unsqueeze(1).expand(c, d).reshape(c * d)
        y = F.conv2d(x.reshape(n, c * d, h, w), each, offsets, 1, rim, step, c * d)
    elif axis == 1:
        y = F.conv2d(x.reshape(n, c, d * h, w), weight, bias, 1, (rim * h, rim), (step * h, step), c)
    else:
        y = F.conv2d(x.reshape(n, c, d, h * w), weight, bias, 1, (rim, rim * w), (step, step * w), c)
    return y.reshape(x.shape)


def plain_conv(
    weight: Tensor, bias: Tensor | None, stride: int, padding: list[int], dilation: list[int], groups: int
) -> nn.Conv3d:
    """A layer with these weights (cout, cin / groups, k, k, k) and this bias."""
    k = (weight.shape[2], weight.shape[3], weight.shape[4])
    conv = nn.Conv3d(
        weight.shape[1] * groups,
        weight.shape[0],
        k,
        stride,
        (padding[0], padding[1], padding[2]),
        (dilation[0], dilation[1], dilation[2]),
        groups,
        bias is not None,
        dtype=weight.dtype,
    )
    with torch.no_grad():
        conv.weight.copy_(weight)
        if bias is not None and conv.bias is not None:
            conv.bias.copy_(bias)
    return conv
