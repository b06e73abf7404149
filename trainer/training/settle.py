"""Statistics of batch norms, worked out from some batches: of layers that come new into a network that has learnt, before it goes
on with its statistics held still.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


@torch.no_grad()
def settle(net: nn.Module, layers: Iterable[nn.Module], inputs: Iterable[Tensor]) -> None:
    """Set mean and variance of every batch norm in `layers`, layers of `net`, to their means over `inputs`; all other layers work
    as they do outside training, and keep theirs. The network is in evaluation mode afterwards.

    Args:
        net: maps each of `inputs`.
        layers: some of its layers, at any depth.
        inputs: volumes (N, 1, D, H, W), at least one.
    """
    norms = [m for layer in layers for m in layer.modules() if isinstance(m, nn.BatchNorm3d)]
    net.eval()
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the batches
        norm.train()
    for x in inputs:
        net(x)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    net.eval()
