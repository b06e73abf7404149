"""A trained network in the form that is exported: batch norm folded, ACS kernels laid out for the runtime, weights rounded.

Nothing here changes what the network computes beyond rounding; `export` proves it.
"""

from __future__ import annotations

import copy
from typing import Literal

import torch
from torch import nn

from trainer.networks.acs import acs_dense
from trainer.networks.factory import AcsConv3d, Depthwise3d
from trainer.networks.fold import fold_norms
from trainer.networks.head import FractureNet
from trainer.packs.gather import gather
from trainer.packs.split_acs import SplitAcs, plain_conv

Layout = Literal["split", "dense", "mixed"]
# channels to a range: fewer fill no vector register (AVX-512), and to cut and join them takes longer than to multiply by zeros
NARROW = 16


def deployed(net: FractureNet, layout: Layout = "split") -> FractureNet:
    """A copy in eval mode, on the CPU in float32, with weights that half precision holds exactly.

    Every batch norm that follows a convolution inside an nn.Sequential is folded in double precision; then all tensors of two
    or more dimensions are rounded to float16 (biases stay: they are few, and the head's is part of the self-check).

    Args:
        net: trained network.
        layout: of ACS layers, the faster one of the runtime: "split" in planes, "dense", or "mixed" (depthwise ones split); with
            each of them narrow depthwise ones are dense.

    Raises:
        ValueError: a weight is not finite or too large for half precision.
    """
    copied = copy.deepcopy(net).to("cpu", torch.float64).eval()
    copied.merge_head()
    fold_norms(copied)
    lay_out(copied, layout)
    copied.float()
    with torch.no_grad():
        for name, p in copied.named_parameters():
            if p.dim() >= 2:
                p.copy_(p.half().float())
            if not torch.isfinite(p).all():
                raise ValueError(f"weight {name} is not a number that half precision can hold")
    return copied.requires_grad_(False)


def lay_out(net: FractureNet, layout: Layout) -> None:
    """Give a network without batch norms the layers that runtimes like, see `deployed`: weights are moved and joined by zeros,
    none is changed.
    """
    # the stem goes into the first depthwise layer (`gather`), so that one is not cut
    first = next((m for m in net.features.modules() if isinstance(m, Depthwise3d)), None)

    def walk(module: nn.Module) -> None:
        for name, child in module.named_children():
            if not isinstance(child, (AcsConv3d, Depthwise3d)):
                walk(child)
            elif layout != "dense" and _in_planes(child, layout, child is first):
                setattr(module, name, SplitAcs(child))
            else:
                setattr(module, name, _dense(child))

    walk(net)
    gather(net.features)


def _in_planes(layer: AcsConv3d | Depthwise3d, layout: Layout, first: bool) -> bool:
    if isinstance(layer, Depthwise3d):
        return layer.mode == "acs" and (first or layer.weight.shape[0] >= 3 * NARROW)
    return layout == "split"


def _dense(layer: AcsConv3d | Depthwise3d) -> nn.Conv3d:
    depthwise = isinstance(layer, Depthwise3d)
    weight = layer.weight if depthwise and layer.mode == "full" else acs_dense(layer.weight)
    groups = weight.shape[0] if depthwise else 1
    return plain_conv(weight, layer.bias, layer.stride, [layer.padding] * 3, [layer.dilation] * 3, groups)
