"""Batch norm worked into the convolution before it: the form in which networks are exported and go on learning."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from trainer.networks.factory import AcsConv3d, Depthwise3d, PlanarConv3d
from trainer.networks.head import FractureNet

_CONVOLUTIONS = (nn.Conv3d, AcsConv3d, Depthwise3d, PlanarConv3d)


@torch.no_grad()
def fold_norms(module: nn.Module) -> None:
    """Fold every batch norm that follows a convolution inside an nn.Sequential, at any depth, by the statistics it uses outside
    training; the convolution gets a bias, an identity stays in the norm's place, and all other layers keep their names.
    """
    for child in module.children():
        fold_norms(child)
    if not isinstance(module, nn.Sequential):
        return
    for i, (conv, norm) in enumerate(pairwise(list(module))):
        if isinstance(conv, _CONVOLUTIONS) and isinstance(norm, nn.BatchNorm3d):
            assert norm.running_var is not None
            assert norm.running_mean is not None
            scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            bias = norm.bias - norm.running_mean * scale
            if conv.bias is not None:
                bias = bias + conv.bias * scale
            conv.weight.mul_(scale.reshape(-1, *[1] * (conv.weight.dim() - 1)))
            conv.bias = nn.Parameter(bias)
            module[i + 1] = nn.Identity()


def without_norms(net: FractureNet) -> FractureNet:
    """The network itself, its batch norms folded for good; kept in its `config`, so that `registry.build` makes the same."""
    fold_norms(net)
    net.config["norm"] = False
    return net
