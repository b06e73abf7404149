"""Building blocks that several networks share."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class Norm:
    """How batch norm is set up: eps 1e-3 and momentum 0.01 for TensorFlow weights, 1e-5 and 0.1 for torch's."""

    eps: float = 1e-5
    momentum: float = 0.1

    def layer(self, channels: int) -> nn.BatchNorm3d:
        """Batch norm of so many channels."""
        return nn.BatchNorm3d(channels, self.eps, self.momentum)


def conv_norm(conv: nn.Module, channels: int, norm: Norm, act: nn.Module | None = None) -> nn.Sequential:
    """Convolution, batch norm and, if given, an activation: the form in which the exporter folds the norm away."""
    layers = [conv, norm.layer(channels)]
    return nn.Sequential(*layers) if act is None else nn.Sequential(*layers, act)


def last_norm(layers: nn.Sequential) -> nn.BatchNorm3d:
    """The batch norm of a `conv_norm`, or of a row of layers that ends in one without activation.

    Raises:
        TypeError: there is none, as in a network whose norms are folded away.
    """
    last: nn.Module = layers
    while isinstance(last, nn.Sequential):
        last = last[-1]
    if not isinstance(last, nn.BatchNorm3d):
        raise TypeError(f"the last layer is a {type(last).__name__}, not a batch norm")
    return last


class DropPath(nn.Module):
    """Stochastic depth (Huang et al. 2016): in training the whole branch is left out for a volume with a chance of `drop`, and
    scaled up where it stays.
    """

    def __init__(self, drop: float) -> None:
        super().__init__()
        self.drop = drop

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, D, H, W), same shape."""
        if not self.training or self.drop <= 0:
            return x
        keep = x.new_empty(x.shape[0], 1, 1, 1, 1).bernoulli_(1 - self.drop)
        return x * keep / (1 - self.drop)
