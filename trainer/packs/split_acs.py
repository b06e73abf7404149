"""ACS convolutions in the form that runtimes like.

One plain convolution for each plane: a third of the dense kernel's products. Cutting the channels in three before such a layer
and joining them after it are copies of whole volumes. In EfficientNetB7 they took a fifth of OpenVINO's time, and an activation
after the joint cannot be a part of the convolution before it. So the layer takes in what stands around it (`gather`): each range
is widened, filtered and activated by itself, and joined once.

A depthwise one filters pictures, not volumes (`in_plane`): onnxruntime has kernels for that in two dimensions only, and is up to
fourteen times as fast with them. OpenVINO likes volumes better, and the viewer makes them again for it
(`ankleviewer.inference.openvino_planes`).
"""

from __future__ import annotations

import copy
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.networks.depthwise import acs_ranges, centre_margin
from trainer.networks.factory import AcsConv3d, Depthwise3d

ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.SiLU)  # of each value by itself


class SplitAcs(nn.Module):
    """ACS convolution as up to three plain convolutions in one plane each, and a concatenation: a third of the dense kernel's
    products. A depthwise one takes each channel from its own range, any other one takes all. `gather` gives it the layer before
    and the activation after it.
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
                y = y.narrow(2 + axis, self.crop, x.shape[2 + axis] - 2 * self.crop)
            flat = self.depthwise and not self.crop and part.stride == (1, 1, 1)
            outputs.append(self.act(in_plane(part, axis, y) if flat else part(y)))  # type: ignore[arg-type]
        return torch.cat(outputs, 1)

    def widen(self, conv: nn.Conv3d, act: nn.Module) -> None:
        """Take in the 1 x 1 x 1 convolution that makes this layer's channels, and its activation, a range at a time."""
        for _, lo, hi in self.bounds:
            # its own kind: in PyTorch a `Pointwise3d` is the faster one
            part = type(conv)(conv.in_channels, hi - lo, 1, bias=conv.bias is not None, dtype=conv.weight.dtype)
            with torch.no_grad():
                part.weight.copy_(conv.weight[lo:hi])
                if conv.bias is not None and part.bias is not None:
                    part.bias.copy_(conv.bias[lo:hi])
            self.widening.append(nn.Sequential(part, copy.deepcopy(act)))


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


def gather(layers: nn.Module) -> None:
    """Put into every SplitAcs below `layers` the activation that follows it and, inside a block, the widening layer before a
    depthwise one; what stood there is left out. What is computed stays.

    The outputs of the children of `layers` stay too: maps of earlier layers are made of them (`finer`).
    """
    for child in layers.children():
        _gather(child)


def _gather(module: nn.Module) -> None:
    for child in module.children():
        _gather(child)
    if not isinstance(module, nn.Sequential):
        return
    found = [(i, layer) for i, layer in enumerate(module) if not isinstance(layer, nn.Identity)]
    for (i, first), (j, second) in pairwise(found):
        if isinstance(first, SplitAcs) and isinstance(second, ACTIVATIONS):
            first.act = second
            module[j] = nn.Identity()
        widening, split = _widening(first), _depthwise(second)
        if widening is not None and split is not None:
            split.widen(*widening)
            module[i] = nn.Identity()


def _widening(module: nn.Module) -> tuple[nn.Conv3d, nn.Module] | None:
    """The convolution and the activation of a layer that mixes channels voxel by voxel, if it is one."""
    layers = [m for m in module if not isinstance(m, nn.Identity)] if isinstance(module, nn.Sequential) else [module]
    conv, *rest = layers or [nn.Identity()]
    plain = isinstance(conv, nn.Conv3d) and conv.kernel_size == conv.stride == (1, 1, 1) and conv.groups == 1
    if not plain or len(rest) > 1 or not all(isinstance(m, ACTIVATIONS) for m in rest):
        return None
    assert isinstance(conv, nn.Conv3d)
    return conv, rest[0] if rest else nn.Identity()


def _depthwise(module: nn.Module) -> SplitAcs | None:
    """The depthwise layer with which `module` begins, if it does."""
    first = module[0] if isinstance(module, nn.Sequential) and len(module) else module
    return first if isinstance(first, SplitAcs) and first.depthwise and not len(first.widening) else None


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
