"""EfficientNet in three dimensions (Tan and Le 2019); B7 is the paper's 3D-EfficientNetB7."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from trainer.networks.factory import Mode, conv3d
from trainer.networks.head import FractureNet, Pooling
from trainer.networks.layers import DropPath, Norm, conv_norm, last_norm


@dataclass(frozen=True)
class Stage:
    """Blocks of one kind, as in B0: expansion, channels out, number, stride of the first, kernel."""

    expand: int
    channels: int
    count: int
    stride: int
    kernel: int


STAGES = (
    Stage(1, 16, 1, 1, 3),
    Stage(6, 24, 2, 2, 3),
    Stage(6, 40, 2, 2, 5),
    Stage(6, 80, 3, 2, 3),
    Stage(6, 112, 3, 1, 5),
    Stage(6, 192, 4, 2, 5),
    Stage(6, 320, 1, 1, 3),
)
STEM, HEAD = 32, 1280
LAST_STRIDED = 5  # the stage that stride16 dilates, and all after it


@dataclass(frozen=True)
class Scale:
    """Factors of one member of the family on channels and numbers of blocks. A `lite` one has ReLU6, and its first and last
    layers do not grow.
    """

    width: float
    depth: float
    gate: bool = True
    lite: bool = False

    def channels(self, base: int) -> int:
        """The nearest multiple of 8, not below 90 % of the wish."""
        wish = base * self.width
        found = max(8, int(wish + 4) // 8 * 8)
        return found if found >= 0.9 * wish else found + 8

    def count(self, base: int) -> int:
        """Blocks of a stage."""
        return math.ceil(base * self.depth)


B7 = Scale(2.0, 3.1)


class Gate(nn.Module):
    """Squeeze and excitation: each channel is scaled by what the whole volume says."""

    def __init__(self, channels: int, narrow: int) -> None:
        super().__init__()
        self.reduce = conv3d(channels, narrow, 1, bias=True)
        self.expand = conv3d(narrow, channels, 1, bias=True)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, D, H, W), same shape."""
        return x * self.scales(x.mean(dim=(2, 3, 4), keepdim=True))

    def scales(self, means: Tensor) -> Tensor:
        """The factors of the channels, (N, C, 1, 1, 1), of their means over the volume, (N, C, 1, 1, 1)."""
        return self.expand(nn.functional.silu(self.reduce(means))).sigmoid()


@dataclass(frozen=True)
class _Kind:
    """What all blocks of a network share."""

    mode: Mode
    norm: Norm
    scale: Scale

    def act(self) -> nn.Module:
        return nn.ReLU6(inplace=True) if self.scale.lite else nn.SiLU(inplace=True)


class Block(nn.Module):
    """Inverted residual: expand, depthwise, gate, project; a shortcut where the shape stays."""

    def __init__(
        self, cin: int, cout: int, stage: Stage, stride: int, dilation: int, drop: float, kind: _Kind, same: bool
    ) -> None:
        super().__init__()
        inner = cin * stage.expand
        layers: list[nn.Module] = []
        if stage.expand > 1:
            layers.append(conv_norm(conv3d(cin, inner, 1, mode=kind.mode), inner, kind.norm, kind.act()))
        depthwise = conv3d(inner, inner, stage.kernel, stride, groups=inner, mode=kind.mode, dilation=dilation)
        layers.append(conv_norm(depthwise, inner, kind.norm, kind.act()))
        if kind.scale.gate:
            layers.append(Gate(inner, max(1, cin // 4)))
        layers.append(conv_norm(conv3d(inner, cout, 1, mode=kind.mode), cout, kind.norm))
        self.layers = nn.Sequential(*layers)
        self.drop = DropPath(drop) if same else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, cin, D, H, W) to (N, cout, D / stride, ...)."""
        y = self.layers(x)
        return y if self.drop is None else x + self.drop(y)

    def rest(self) -> None:
        """See `deepen.Residual`.

        Raises:
            ValueError: the block changes the shape.
        """
        if self.drop is None:
            raise ValueError("a block that changes the shape cannot rest")
        last_norm(self.layers).weight.data.zero_()


class EfficientNetFeatures(nn.Sequential):
    """(N, 1, D, H, W) to (N, channels, d, h, w), d = D / 32, or D / 16 with `stride16`. Layers: stem, all blocks, last
    convolution.
    """

    def __init__(self, mode: Mode, scale: Scale, stride16: bool, drop_path: float, norm: Norm) -> None:
        kind = _Kind(mode, norm, scale)
        cin = STEM if scale.lite else scale.channels(STEM)
        layers: list[nn.Module] = [conv_norm(conv3d(1, cin, 3, 2, mode=mode), cin, norm, kind.act())]
        counts = [s.count if scale.lite and i in (0, len(STAGES) - 1) else scale.count(s.count) for i, s in enumerate(STAGES)]
        total, done = sum(counts), 0
        for number, (stage, count) in enumerate(zip(STAGES, counts, strict=True)):
            cout = scale.channels(stage.channels)
            for block in range(count):
                stride = stage.stride if block == 0 else 1
                dilation = 1
                if stride16 and number >= LAST_STRIDED:
                    # the strided layer keeps its taps, those after it look twice as far instead
                    dilation = 1 if number == LAST_STRIDED and block == 0 else 2
                    stride = 1
                same = block > 0
                layers.append(Block(cin, cout, stage, stride, dilation, drop_path * done / total, kind, same))
                cin, done = cout, done + 1
        last = HEAD if scale.lite else scale.channels(HEAD)
        layers.append(conv_norm(conv3d(cin, last, 1, mode=mode), last, norm, kind.act()))
        super().__init__(*layers)
        self.channels = last


def efficientnet_b7(
    mode: Mode = "acs",
    width: float = 1.0,
    depth: float = 1.0,
    stride16: bool = False,
    pooling: Pooling = "gap",
    dropout: float = 0.5,
    drop_path: float = 0.2,
    imagenet_head: bool = False,
    bn_eps: float = 1e-3,
    bn_momentum: float = 0.01,
) -> FractureNet:
    """3D-EfficientNetB7: 63,788,369 parameters in "acs", 66,347,809 with the ImageNet head kept (the paper's 66 million),
    68,761,553 in "full".

    Args:
        mode: kind of convolution, see `factory.conv3d`.
        width, depth: factors on B7's channels and blocks; 0.25 and 0.25 is the tiny form for tests.
        stride16: the last stages keep their resolution and are dilated instead: an 8 x 8 x 8 map of a 128-voxel cube.
        pooling, dropout: see `FractureNet`.
        drop_path: chance with which the last block is left out; earlier ones less, in proportion.
        imagenet_head: the 1000-way layer stays between features and answer; linear, so the map stays exact.
        bn_eps, bn_momentum: see `layers.Norm`.
    """
    config: dict[str, Any] = {
        "mode": mode,
        "width": width,
        "depth": depth,
        "stride16": stride16,
        "pooling": pooling,
        "dropout": dropout,
        "drop_path": drop_path,
        "imagenet_head": imagenet_head,
        "bn_eps": bn_eps,
        "bn_momentum": bn_momentum,
    }
    scale = Scale(B7.width * width, B7.depth * depth)
    features = EfficientNetFeatures(mode, scale, stride16, drop_path, Norm(bn_eps, bn_momentum))
    return FractureNet(
        features,
        features.channels,
        pooling,
        dropout,
        hidden=1000 if imagenet_head else 0,
        arch="efficientnet_b7",
        mode=mode,
        stride=16 if stride16 else 32,
        config=config,
    )
