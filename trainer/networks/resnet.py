"""ResNet-101 in three dimensions (He et al. 2016, version 1.5: the stride on the 3 x 3 convolution), the paper's 3D-ResNet101."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from trainer.networks.factory import Mode, conv3d
from trainer.networks.head import FractureNet, Pooling
from trainer.networks.layers import Norm, conv_norm, last_norm

BLOCKS = (3, 4, 23, 3)  # of the four stages
EXPANSION = 4


class Bottleneck(nn.Module):
    """1 x 1 x 1 down, 3 x 3 x 3, 1 x 1 x 1 up, and a shortcut."""

    def __init__(self, cin: int, width: int, stride: int, dilation: int, mode: Mode, norm: Norm) -> None:
        super().__init__()
        cout = EXPANSION * width
        self.reduce = conv_norm(conv3d(cin, width, 1, mode=mode), width, norm, nn.ReLU(inplace=True))
        middle = conv3d(width, width, 3, stride, mode=mode, dilation=dilation)
        self.middle = conv_norm(middle, width, norm, nn.ReLU(inplace=True))
        self.expand = conv_norm(conv3d(width, cout, 1, mode=mode), cout, norm)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or cin != cout:
            self.shortcut = conv_norm(conv3d(cin, cout, 1, stride, mode=mode), cout, norm)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """(N, cin, D, H, W) to (N, 4 * width, D / stride, ...)."""
        return self.act(self.expand(self.middle(self.reduce(x))) + self.shortcut(x))

    def rest(self) -> None:
        """See `deepen.Residual`.

        Raises:
            ValueError: the block changes the shape.
        """
        if not isinstance(self.shortcut, nn.Identity):
            raise ValueError("a block that changes the shape cannot rest")
        last_norm(self.expand).weight.data.zero_()


class ResNetFeatures(nn.Sequential):
    """(N, 1, D, H, W) to (N, 2048 * width, d, h, w), d = D / 32, or D / 16 with `stride16`. Layers: stem, pooling, all blocks."""

    def __init__(self, mode: Mode, width: float, stride16: bool, norm: Norm, blocks: Sequence[int] = BLOCKS) -> None:
        base = max(1, round(64 * width))
        stem = conv_norm(conv3d(1, base, 7, 2, mode=mode), base, norm, nn.ReLU(inplace=True))
        layers: list[nn.Module] = [stem, nn.MaxPool3d(3, 2, 1)]
        cin = base
        for stage, count in enumerate(blocks):
            channels = base * 2**stage
            for block in range(count):
                stride = 2 if stage > 0 and block == 0 else 1
                keep = stride16 and stage == len(blocks) - 1
                # the first block keeps its taps where it kept its stride, those after it look twice as far instead
                dilation = 2 if keep and block > 0 else 1
                layers.append(Bottleneck(cin, channels, 1 if keep else stride, dilation, mode, norm))
                cin = EXPANSION * channels
        super().__init__(*layers)
        self.channels = cin


def resnet101(
    mode: Mode = "acs",
    width: float = 1.0,
    stride16: bool = False,
    pooling: Pooling = "gap",
    dropout: float = 0.0,
    bn_eps: float = 1e-5,
    bn_momentum: float = 0.1,
    blocks: Sequence[int] = BLOCKS,
) -> FractureNet:
    """3D-ResNet101: 42,495,937 parameters in "acs" (the paper's 42.5 million), 85,203,265 in "full".

    Args:
        mode: kind of convolution, see `factory.conv3d`.
        width: factor on all channels; 0.25 is the tiny form for tests.
        stride16: the last stage keeps its resolution and is dilated instead: an 8 x 8 x 8 map of a 128-voxel cube, same weights.
        pooling, dropout: see `FractureNet`.
        bn_eps, bn_momentum: see `layers.Norm`.
        blocks: of each stage; fewer make a shallow one that learns faster and is deepened then (`deepen`).
    """
    config = {
        "mode": mode,
        "width": width,
        "stride16": stride16,
        "pooling": pooling,
        "dropout": dropout,
        "bn_eps": bn_eps,
        "bn_momentum": bn_momentum,
        **({} if tuple(blocks) == BLOCKS else {"blocks": list(blocks)}),
    }
    features = ResNetFeatures(mode, width, stride16, Norm(bn_eps, bn_momentum), blocks)
    return FractureNet(
        features, features.channels, pooling, dropout, arch="resnet101", mode=mode, stride=16 if stride16 else 32, config=config
    )
