"""Every ACS layer of a network takes in what stands around it, so that its ranges of channels are cut and joined less often.

See `split_acs`, where the layer and the reasons are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from trainer.networks.efficientnet import Block, Gate
from trainer.packs.split_acs import SplitAcs

ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.SiLU)  # of each value by itself


def gather(features: nn.Module) -> None:
    """Put into every SplitAcs below `features` the activation that follows it and, inside a block, the widening layer before a
    depthwise one and the gate and the mixing layer behind it; what stood there is left out. What is computed stays.

    What the children of `features` give out stays too: maps of earlier layers are made of that (`finer`). Only the first may go
    into the second, where that begins with a depthwise layer on the same ranges.
    """
    children = list(features.children())
    for child in children:
        _gather(child)
    if isinstance(features, nn.Sequential) and len(children) > 1:
        stem, split = _last_split(features[0]), _depthwise(features[1])
        if stem is not None and split is not None and not stem.depthwise and not stem.crop and stem.bounds == split.bounds:
            split.follow(stem)
            features[0] = nn.Identity()


def _gather(module: nn.Module) -> None:
    for child in module.children():
        _gather(child)
    if not isinstance(module, nn.Sequential):
        return
    found = [i for i, layer in enumerate(module) if not isinstance(layer, nn.Identity)]
    for i, j in pairwise(found):
        first, second = module[i], module[j]
        if isinstance(first, SplitAcs) and isinstance(second, ACTIVATIONS):
            first.act = second
            module[j] = nn.Identity()
        widening, split = _widening(first), _depthwise(second)
        if widening is not None and split is not None:
            split.widen(*widening)
            module[i] = nn.Identity()
    for n, i in enumerate(found):
        ending = _last_split(module[i])
        if ending is not None and ending.depthwise:  # with three dense kernels, ResNet101's, it is slower than to join them
            _narrow(ending, module, found[n + 1 :])


def _narrow(split: SplitAcs, layers: nn.Sequential, behind: Sequence[int]) -> None:
    """Put into an ACS layer the gate and the mixing layer that stand next `behind` it."""
    gate = layers[behind[0]] if behind else None
    rest = behind[1:] if isinstance(gate, Gate) else behind
    mixing = layers[rest[0]] if rest else nn.Identity()
    conv, *after = _layers(mixing) or [mixing]
    if not _mixes(conv):
        return
    assert isinstance(conv, nn.Conv3d)
    split.narrow(conv, gate if isinstance(gate, Gate) else None)
    layers[rest[0]] = nn.Sequential(*after) if after else nn.Identity()
    if isinstance(gate, Gate):
        layers[behind[0]] = nn.Identity()


def _layers(module: nn.Module) -> list[nn.Module]:
    """The layers of a Sequential that do something, or the one that `module` is."""
    return [m for m in module if not isinstance(m, nn.Identity)] if isinstance(module, nn.Sequential) else [module]


def _mixes(module: nn.Module) -> bool:
    """Whether it is a convolution that mixes channels voxel by voxel."""
    return isinstance(module, nn.Conv3d) and module.kernel_size == module.stride == (1, 1, 1) and module.groups == 1


def _widening(module: nn.Module) -> tuple[nn.Conv3d, nn.Module] | None:
    """The convolution and the activation of a layer that mixes channels voxel by voxel, if it is one."""
    conv, *rest = _layers(module) or [nn.Identity()]
    if not _mixes(conv) or len(rest) > 1 or not all(isinstance(m, ACTIVATIONS) for m in rest):
        return None
    assert isinstance(conv, nn.Conv3d)
    return conv, rest[0] if rest else nn.Identity()


def _depthwise(module: nn.Module) -> SplitAcs | None:
    """The depthwise layer with which `module` begins, if it does and nothing was widened for it."""
    first = module.layers if isinstance(module, Block) else module
    while isinstance(first, nn.Sequential):
        first = next(iter(_layers(first)), nn.Identity())
    return first if isinstance(first, SplitAcs) and first.depthwise and not len(first.widening) else None


def _last_split(module: nn.Module) -> SplitAcs | None:
    """The ACS layer with which a layer ends, if it does and what it makes was not mixed yet."""
    last = (_layers(module) or [module])[-1]
    return last if isinstance(last, SplitAcs) and last.narrowing is None else None
