"""The locator: a small U-shaped network that sees a whole scan at 2.5 mm and marks landmarks on cells of 5 mm.

Ronneberger et al. 2015 for the shape, Zhou et al. 2019 ("Objects as points") for the outputs: a map of confidence per landmark
and the way from the cell's middle to it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LANDMARKS = 5


def _block(cin: int, cout: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv3d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm3d(cout), nn.ReLU(inplace=True))


class Locator(nn.Module):
    """(N, 1, D, H, W), edges multiples of 16, to logits of confidence (N, 5, D/2, H/2, W/2) and shifts (N, 15, ...) in cells.

    Args:
        widths: channels at 5, 10, 20 and 40 mm.
    """

    def __init__(self, widths: Sequence[int] = (16, 32, 64, 96)) -> None:
        super().__init__()
        self.widths = tuple(widths)
        self.down = nn.ModuleList()
        cin = 1
        for width in widths:
            self.down.append(nn.Sequential(_block(cin, width, 2), _block(width, width)))
            cin = width
        self.up = nn.ModuleList()
        for width in reversed(self.widths[:-1]):
            self.up.append(_block(cin + width, width))
            cin = width
        self.head = nn.Conv3d(cin, 4 * LANDMARKS, 1)
        assert self.head.bias is not None
        nn.init.constant_(self.head.bias[:LANDMARKS], -4.6)  # a landmark in one cell of a hundred

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and shifts."""
        kept = []
        for layer in self.down:
            x = layer(x)
            kept.append(x)
        for layer, skip in zip(self.up, reversed(kept[:-1]), strict=True):
            x = layer(torch.cat([F.interpolate(x, scale_factor=2.0, mode="nearest"), skip], dim=1))
        out = self.head(x)
        return out[:, :LANDMARKS], out[:, LANDMARKS:]
