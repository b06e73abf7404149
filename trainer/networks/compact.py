"""The compact network: seven dense 3x3x3 convolutions, stride 8. Health check of the data, quick model for a CPU, and teacher of
the others.
"""

from __future__ import annotations

from torch import Tensor, nn

from trainer.networks.head import FractureNet, Pooling

# (output channels, stride) of the convolutions
LAYERS = ((24, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), (128, 1))


class Block(nn.Module):
    """A 3 x 3 x 3 and a 1 x 1 x 1 convolution beside a shortcut, (N, C, D, H, W) to the same shape."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv3d(channels, channels, 3, 1, 1, bias=False),
            nn.BatchNorm3d(channels),
            nn.ReLU(inplace=True),
            nn.Conv3d(channels, channels, 1, bias=False),
            nn.BatchNorm3d(channels),
        )
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        return self.act(self.branch(x) + x)

    def rest(self) -> None:
        """See `deepen.Residual`."""
        last = self.branch[-1] if isinstance(self.branch[-1], nn.BatchNorm3d) else self.branch[-2]  # norms may be folded away
        for parameter in last.parameters():
            parameter.data.zero_()


class CompactFeatures(nn.Sequential):
    """(N, 1, D, H, W) to (N, 128 * width, D/8, H/8, W/8); one cell sees about 45 voxels along each axis, and 16 more by each of
    the `blocks`.
    """

    def __init__(self, width: float = 1.0, blocks: int = 0) -> None:
        layers: list[nn.Module] = []
        cin = 1
        for full, stride in LAYERS:
            cout = max(4, round(full * width))
            layers += [nn.Conv3d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm3d(cout), nn.ReLU(inplace=True)]
            cin = cout
        super().__init__(*layers, *(Block(cin) for _ in range(blocks)))
        self.channels = cin


def compact(width: float = 1.0, pooling: Pooling = "lse", dropout: float = 0.0, blocks: int = 0) -> FractureNet:
    """The compact network.

    Args:
        width: factor on all channels; 0.25 is the tiny form for tests.
        pooling: see `FractureNet`; log-sum-exp, so that one small crack decides.
        dropout: see `FractureNet`.
        blocks: residual ones at its end, at its coarsest resolution, where they cost little.
    """
    features = CompactFeatures(width, blocks)
    config = {"width": width, "pooling": pooling, "dropout": dropout} | ({"blocks": blocks} if blocks else {})
    return FractureNet(features, features.channels, pooling, dropout, arch="compact", mode="full", stride=8, config=config)
