"""A trained network in the form that is exported: batch norm folded, ACS kernels laid out for the runtime, weights rounded.

Nothing here changes what the network computes beyond rounding; `export` proves it.
"""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from trainer.networks.depthwise import acs_ranges, centre_margin
from trainer.networks.factory import AcsConv3d, Depthwise3d, acs_dense
from trainer.networks.head import FractureNet

Layout = Literal["split", "dense", "mixed"]


class SplitAcs(nn.Module):
    """ACS convolution as up to three plain convolutions in one plane each, and a concatenation: a third of the dense kernel's
    products. A depthwise one takes each channel from its own range, any other one takes all.
    """

    def __init__(self, layer: AcsConv3d | Depthwise3d) -> None:
        super().__init__()
        self.parts = nn.ModuleList()
        self.bounds: list[tuple[int, int, int]] = acs_ranges(layer.weight.shape[0])
        self.depthwise = isinstance(layer, Depthwise3d)
        k = layer.weight.shape[-1]
        self.crop = centre_margin(k, layer.padding, layer.dilation)
        for axis, lo, hi in self.bounds:
            kernel, padding, dilation = [k] * 3, [layer.padding] * 3, [layer.dilation] * 3
            kernel[axis], padding[axis], dilation[axis] = 1, 0, 1
            self.parts.append(
                _conv(
                    layer.weight[lo:hi].unsqueeze(2 + axis),
                    None if layer.bias is None else layer.bias[lo:hi],
                    layer.stride,
                    padding,
                    dilation,
                    hi - lo if self.depthwise else 1,
                )
            )

    def forward(self, x: Tensor) -> Tensor:
        """As the layer it was made from."""
        outputs = []
        for (axis, lo, hi), part in zip(self.bounds, self.parts, strict=True):
            y = x[:, lo:hi] if self.depthwise else x
            if self.crop:
                y = y.narrow(2 + axis, self.crop, x.shape[2 + axis] - 2 * self.crop)
            outputs.append(part(y))
        return torch.cat(outputs, 1)


def deployed(net: FractureNet, layout: Layout = "split") -> FractureNet:
    """A copy in eval mode, on the CPU in float32, with weights that half precision holds exactly.

    Every batch norm that follows a convolution inside an nn.Sequential is folded in double precision; then all tensors of two
    or more dimensions are rounded to float16 (biases stay: they are few, and the head's is part of the self-check).

    Args:
        net: trained network.
        layout: of ACS layers, the faster one of the runtime: "split" in planes, "dense", or "mixed" (depthwise ones split).

    Raises:
        ValueError: a weight is not finite or too large for half precision.
    """
    copied = copy.deepcopy(net).to("cpu", torch.float64).eval()
    copied.merge_head()
    _fold_norms(copied)
    _lay_out(copied, layout)
    copied.float()
    with torch.no_grad():
        for name, p in copied.named_parameters():
            if p.dim() >= 2:
                p.copy_(p.half().float())
            if not torch.isfinite(p).all():
                raise ValueError(f"weight {name} is not a number that half precision can hold")
    return copied.requires_grad_(False)


def _fold_norms(module: nn.Module) -> None:
    for child in module.children():
        _fold_norms(child)
    if not isinstance(module, nn.Sequential):
        return
    layers = list(module)
    for i, (conv, norm) in enumerate(pairwise(layers)):
        if isinstance(conv, (nn.Conv3d, AcsConv3d, Depthwise3d)) and isinstance(norm, nn.BatchNorm3d):
            assert norm.running_var is not None
            assert norm.running_mean is not None
            scale = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
            bias = norm.bias.detach() - norm.running_mean * scale
            with torch.no_grad():
                if conv.bias is not None:
                    bias = bias + conv.bias * scale
                conv.weight.mul_(scale.reshape(-1, *[1] * (conv.weight.dim() - 1)))
            conv.bias = nn.Parameter(bias)
            module[i + 1] = nn.Identity()


def _lay_out(module: nn.Module, layout: Layout) -> None:
    for name, child in module.named_children():
        plain: nn.Module | None = None
        if isinstance(child, AcsConv3d) and layout == "split":
            plain = SplitAcs(child)
        elif isinstance(child, AcsConv3d):
            plain = _conv(acs_dense(child.weight), child.bias, child.stride, [child.padding] * 3, [child.dilation] * 3, 1)
        elif isinstance(child, Depthwise3d) and child.mode == "acs" and layout != "dense":
            plain = SplitAcs(child)
        elif isinstance(child, Depthwise3d):
            weight = acs_dense(child.weight) if child.mode == "acs" else child.weight
            plain = _conv(weight, child.bias, child.stride, [child.padding] * 3, [child.dilation] * 3, weight.shape[0])
        if plain is None:
            _lay_out(child, layout)
        else:
            setattr(module, name, plain)


def _conv(weight: Tensor, bias: Tensor | None, stride: int, padding: list[int], dilation: list[int], groups: int) -> nn.Conv3d:
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
