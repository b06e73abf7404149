"""Deep supervision: side exits after each resolution of a network learn to mark the crack there, and are thrown away after
training.

From scan labels and cells alone the first layers hardly learn; told at full resolution what a crack is, they do (Lee et al.
2015, Deeply-supervised nets).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from typing import cast

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from trainer.networks.head import FractureNet
from trainer.training.targets import cell_loss, cell_targets


def layers_of(layers: nn.Sequential, edge: int = 64) -> dict[int, list[tuple[int, int]]]:
    """Stride to (index, channels) of the layers at that stride, in order; found by a dry run on a cube of `edge` voxels."""
    found: dict[int, list[tuple[int, int]]] = {}
    training = {module: module.training for module in layers.modules()}  # batch norms may be held still by themselves
    layers.eval()
    x = torch.zeros(1, 1, edge, edge, edge, device=next(layers.parameters()).device)
    with torch.no_grad():
        for i, layer in enumerate(layers):
            x = layer(x)
            found.setdefault(edge // x.shape[2], []).append((i, x.shape[1]))
    for module, was in training.items():
        module.training = was
    return found


def stages_of(layers: nn.Sequential) -> dict[int, tuple[int, int]]:
    """Stride to (index, channels) of the last layer at that stride."""
    return {stride: found[-1] for stride, found in layers_of(layers).items()}


class SideExits(nn.Module):
    """One 1x1x1 convolution per resolution finer than the network's own map.

    Args:
        net: its `features` must be a Sequential.
        coarsest: last stride that gets an exit.
        taps: layers whose features somebody else wants to see, too.
        save_memory: in training, work the layers' activations out anew for the gradient instead of keeping them.
    """

    def __init__(self, net: FractureNet, coarsest: int = 16, taps: Collection[int] = (), save_memory: bool = False) -> None:
        super().__init__()
        if not isinstance(net.features, nn.Sequential):
            raise TypeError("the network's features must be a Sequential")
        found = {s: at for s, at in stages_of(net.features).items() if 2 <= s <= coarsest and s < net.stride}
        self.save_memory, self.taps = save_memory, frozenset(taps)
        self.strides = {index: stride for stride, (index, _) in found.items()}
        self.heads = nn.ModuleDict({str(index): nn.Conv3d(channels, 1, 1) for index, channels in found.values()})

    def forward(
        self, net: FractureNet, x: Tensor, sides_wanted: bool = True
    ) -> tuple[Tensor, Tensor, dict[int, Tensor], dict[int, Tensor]]:
        """Logit, map, {stride: map of the side exit} (empty where none is wanted), {layer of `taps`: its features}."""
        sides: dict[int, Tensor] = {}
        taps: dict[int, Tensor] = {}
        assert isinstance(net.features, nn.Sequential)
        anew = self.save_memory and net.training
        for layers, last in _segments(net.features, self.taps | self.strides.keys()):
            x = _kept_small(layers, x) if anew else layers(x)
            if sides_wanted and last in self.strides:
                sides[self.strides[last]] = self.heads[str(last)](x)
            if last in self.taps:
                taps[last] = x
        logit, cam = net.pool(net.dropout(x))
        return logit, cam, sides, taps


def _kept_small(layers: nn.Sequential, x: Tensor) -> Tensor:
    """What the layers make of `x`, worked out anew for the gradient; statistics of batch norms do not move a second time then."""
    if torch.compiler.is_compiling():  # what is compiled moves them once by itself, and takes no context
        return cast(Tensor, checkpoint(layers, x, use_reentrant=False))
    return cast(Tensor, checkpoint(layers, x, use_reentrant=False, context_fn=lambda: (nullcontext(), _held(layers))))


@contextmanager
def _held(layers: nn.Module) -> Iterator[None]:
    """Batch norms that learn go by their batch as ever, but their statistics stay, for as long as the block lasts."""
    norms = [m for m in layers.modules() if isinstance(m, nn.BatchNorm3d)]
    momenta = [norm.momentum for norm in norms]
    counts = [
        (norm.num_batches_tracked, norm.num_batches_tracked.clone()) for norm in norms if norm.num_batches_tracked is not None
    ]
    for norm in norms:
        norm.momentum = 0.0  # without statistics a norm would keep other tensors for the gradient than it did
    try:
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        for count, seen in counts:
            count.copy_(seen)


def _segments(layers: nn.Sequential, ends: Collection[int]) -> Iterator[tuple[nn.Sequential, int]]:
    """The layers in runs that can be worked out anew by themselves, each with the index of its last layer: whole blocks, and
    plain layers up to the next one that is looked at, since an activation in place must not stand alone.
    """
    first = 0
    for i, layer in enumerate(layers):
        if i in ends or i + 1 == len(layers) or any(True for _ in layer.children()):
            yield nn.Sequential(*list(layers)[first : i + 1]), i
            first = i + 1


def side_loss(sides: dict[int, Tensor], crack: Tensor, changed: Tensor) -> Tensor:
    """Mean of the cell losses of all exits."""
    losses = [cell_loss(cam.float(), *cell_targets(crack, changed, stride)) for stride, cam in sides.items()]
    return torch.stack(losses).mean()
