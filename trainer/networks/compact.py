"""The compact network: seven dense 3x3x3 convolutions, stride 8. Health check of the data, quick model for a CPU, and teacher of
the others.
"""

from __future__ import annotations

from torch import nn

from trainer.networks.head import FractureNet, Pooling

# (output channels, stride) of the convolutions
LAYERS = ((24, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), (128, 1))


class CompactFeatures(nn.Sequential):
    """(N, 1, D, H, W) to (N, 128 * width, D/8, H/8, W/8); one cell sees about 45 voxels along each axis."""

    def __init__(self, width: float = 1.0) -> None:
        layers: list[nn.Module] = []
        cin = 1
        for full, stride in LAYERS:
            cout = max(4, round(full * width))
            layers += [nn.Conv3d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm3d(cout), nn.ReLU(inplace=True)]
            cin = cout
        super().__init__(*layers)
        self.channels = cin


def compact(width: float = 1.0, pooling: Pooling = "lse", dropout: float = 0.0) -> FractureNet:
    """The compact network.

    Args:
        width: factor on all channels; 0.25 is the tiny form for tests.
        pooling: see `FractureNet`; log-sum-exp, so that one small crack decides.
        dropout: see `FractureNet`.
    """
    features = CompactFeatures(width)
    config = {"width": width, "pooling": pooling, "dropout": dropout}
    return FractureNet(features, features.channels, pooling, dropout, arch="compact", mode="full", stride=8, config=config)
