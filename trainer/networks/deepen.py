"""A deep residual network out of a shallow one that has learnt: the blocks that are new pass everything on until they learn, too,
so the deep one answers at first as the shallow one did (Chen, Goodfellow and Shlens 2016, Net2Net; the last scale of a branch at
zero as in Goyal et al. 2017).
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import torch
from torch import nn

from trainer.networks.head import FractureNet


@runtime_checkable
class Residual(Protocol):
    """A block that can pass its input on as it is."""

    def rest(self) -> None:
        """Set the last scale of the branch to zero."""
        ...


@torch.no_grad()
def deepen(shallow: FractureNet, deep: FractureNet) -> list[nn.Module]:
    """Give `deep` the weights of `shallow`: of blocks of one shape in a row the first ones are those of `shallow`, the others
    rest.

    Returns:
        the blocks that rest: they have learnt nothing yet, and their statistics are of nothing.

    Raises:
        ValueError: the networks differ in more than the number of blocks that keep the shape.
    """
    if not isinstance(shallow.features, nn.Sequential) or not isinstance(deep.features, nn.Sequential):
        raise TypeError("the features of both networks must be a Sequential")
    known = list(shallow.features)
    fresh: list[nn.Module] = []
    for layer in deep.features:
        if known and _shapes(layer) == _shapes(known[0]):
            layer.load_state_dict(known.pop(0).state_dict())
        elif isinstance(layer, Residual):
            layer.rest()
            fresh.append(layer)
        else:
            raise ValueError(f"the shallow network has no {type(layer).__name__} like that of the deep one, and it cannot rest")
    if known:
        raise ValueError(f"the deep network has no place for {len(known)} layers of the shallow one")
    for name, module in deep.named_children():
        if name != "features":
            module.load_state_dict(shallow.get_submodule(name).state_dict())
    return fresh


def _shapes(layer: nn.Module) -> list[Any]:
    """What must agree for a layer to take over another's weights."""
    return [type(layer), *((key, value.shape) for key, value in layer.state_dict().items())]
