"""A trained network in the form that is exported: batch norm folded, ACS kernels laid out for the runtime, weights rounded.

Nothing here changes what the network computes beyond rounding; `export` proves it.
"""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Literal

import torch
from torch import nn

from trainer.networks.factory import AcsConv3d, Depthwise3d, acs_dense
from trainer.networks.head import FractureNet
from trainer.packs.split_acs import SplitAcs, gather, plain_conv

Layout = Literal["split", "dense", "mixed"]


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
    gather(copied.features)
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
        if not isinstance(child, (AcsConv3d, Depthwise3d)):
            _lay_out(child, layout)
        elif _in_planes(child, layout):
            setattr(module, name, SplitAcs(child))
        else:
            setattr(module, name, _dense(child))


def _in_planes(layer: AcsConv3d | Depthwise3d, layout: Layout) -> bool:
    if isinstance(layer, Depthwise3d):
        return layer.mode == "acs" and layout != "dense"
    return layout == "split"


def _dense(layer: AcsConv3d | Depthwise3d) -> nn.Conv3d:
    depthwise = isinstance(layer, Depthwise3d)
    weight = layer.weight if depthwise and layer.mode == "full" else acs_dense(layer.weight)
    groups = weight.shape[0] if depthwise else 1
    return plain_conv(weight, layer.bias, layer.stride, [layer.padding] * 3, [layer.dilation] * 3, groups)
