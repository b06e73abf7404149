"""MobileNetV1 in three dimensions (Howard et al. 2017), the paper's 3D-MobileNet: layout only; see `factory` for layers."""

from __future__ import annotations

from torch import nn

from trainer.networks.factory import Mode, conv3d
from trainer.networks.head import FractureNet, Pooling
from trainer.networks.layers import Norm, conv_norm

# (output channels at width 1, stride) of the 13 depthwise separable blocks; the last two are the last stage
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))


class MobileNetFeatures(nn.Sequential):
    """(N, 1, D, H, W) to (N, 1024 * width, d, h, w), d = D / 32, or D / 16 with `stride16`."""

    def __init__(self, mode: Mode, width: float, stride16: bool, relu6: bool, norm: Norm) -> None:
        def block(conv: nn.Module, channels: int) -> nn.Sequential:
            """ReLU6 is what timm and Keras weights were trained with."""
            return conv_norm(conv, channels, norm, nn.ReLU6(inplace=True) if relu6 else nn.ReLU(inplace=True))

        cin = max(1, round(32 * width))
        layers: list[nn.Module] = [block(conv3d(1, cin, 3, 2, mode=mode), cin)]
        dilation = 1
        for full, stride in BLOCKS:
            cout = max(1, round(full * width))
            keep = stride16 and full == 1024
            depthwise = conv3d(cin, cin, 3, 1 if keep else stride, groups=cin, mode=mode, dilation=dilation)
            layers += [block(depthwise, cin), block(conv3d(cin, cout, 1, mode=mode), cout)]
            dilation = 2 if keep else 1  # the strided layer keeps its taps, those after it look twice as far instead
            cin = cout
        super().__init__(*layers)
        self.channels = cin


def mobilenet(
    mode: Mode = "acs",
    width: float = 1.0,
    stride16: bool = False,
    pooling: Pooling = "gap",
    dropout: float = 0.0,
    relu6: bool = False,
    bn_eps: float = 1e-5,
    bn_momentum: float = 0.1,
) -> FractureNet:
    """3D-MobileNet, alpha 1.0: 3,207,425 parameters in "acs" (the paper's 3.2 million), 3,297,281 in "full".

    Args:
        mode: kind of convolution, see `factory.conv3d`.
        width: factor on all channels; 0.25 is the tiny form for tests.
        stride16: the last stage keeps its resolution and is dilated instead: an 8 x 8 x 8 map of a 128-voxel cube, same weights.
        pooling: see `FractureNet`.
        dropout: see `FractureNet`.
        relu6: as the weights were trained with.
        bn_eps: 1e-3 for TensorFlow weights, 1e-5 for torch's.
        bn_momentum: share of the new batch in the running statistics.
    """
    config = {
        "mode": mode,
        "width": width,
        "stride16": stride16,
        "pooling": pooling,
        "dropout": dropout,
        "relu6": relu6,
        "bn_eps": bn_eps,
        "bn_momentum": bn_momentum,
    }
    features = MobileNetFeatures(mode, width, stride16, relu6, Norm(bn_eps, bn_momentum))
    return FractureNet(
        features, features.channels, pooling, dropout, arch="mobilenet", mode=mode, stride=16 if stride16 else 32, config=config
    )
