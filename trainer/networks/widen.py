"""A wider network out of a narrow one that has learnt.

Channels that come new see something, but nobody listens to them yet, so the wide network answers at first as the narrow one did
(the idea of Chen, Goodfellow and Shlens 2016, Net2Net; there channels are copied, here they begin anew, which needs no noise to
tell copies apart).
"""

from __future__ import annotations

import torch

from trainer.networks.head import FractureNet


@torch.no_grad()
def widen(narrow: FractureNet, wide: FractureNet) -> None:
    """Give `wide` the weights of `narrow` in its first channels. Its other channels keep their own weights, with a bias of zero;
    what the first ones take from them is zero.

    Args:
        narrow: has learnt; without batch norm (`config` "norm" off), whose statistics of new channels would be of nothing.
        wide: the same network with as many channels everywhere, or more.

    Raises:
        ValueError: they differ in more than the number of channels, one of them has batch norm or ACS convolutions, or `wide` is
            narrower somewhere.
    """
    known, own = narrow.state_dict(), wide.state_dict()
    if known.keys() != own.keys() or (narrow.arch, narrow.pooling) != (wide.arch, wide.pooling):
        raise ValueError("the networks differ in more than their channels")
    if any("running" in name for name in own):
        raise ValueError("a network with batch norm cannot be widened")
    if wide.mode == "acs":
        raise ValueError("of an ACS network more channels would turn others: each third of them looks along another plane")
    for name, weight in own.items():
        old = known[name]
        fits = weight.dim() == old.dim() and all(a >= b for a, b in zip(weight.shape, old.shape, strict=True))
        if not fits or weight.shape[2:] != old.shape[2:]:
            raise ValueError(f"{name} of shape {tuple(old.shape)} has no place in one of {tuple(weight.shape)}")
        if weight.dim() == 1:  # a bias
            weight.zero_()
            weight[: len(old)] = old
        else:  # (out, in, ...)
            weight[: old.shape[0]] = 0.0
            weight[: old.shape[0], : old.shape[1]] = old
    wide.load_state_dict(own)
