"""ACS layers take in what stands around them, and the network answers as before."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from trainer.networks.efficientnet import Block, efficientnet_b7
from trainer.networks.factory import AcsConv3d, Depthwise3d
from trainer.networks.head import FractureNet
from trainer.networks.mobilenet import mobilenet
from trainer.networks.resnet import resnet101
from trainer.packs.deploy import deployed
from trainer.packs.gather import gather
from trainer.packs.split_acs import SplitAcs


def drawn(layer: AcsConv3d | Depthwise3d) -> AcsConv3d | Depthwise3d:
    """With a bias that is not zero."""
    with torch.no_grad():
        assert layer.bias is not None
        layer.bias.normal_()
    return layer


def wide(act: nn.Module) -> nn.Sequential:
    """A block as networks have it: widen, filter each channel by itself, mix."""
    torch.manual_seed(0)
    depthwise = drawn(Depthwise3d(21, 5, 1, 2, "acs", True, 1))
    return nn.Sequential(
        nn.Sequential(nn.Conv3d(4, 21, 1), nn.Identity(), act),
        nn.Sequential(SplitAcs(depthwise), nn.Identity(), copy.deepcopy(act)),
        nn.Sequential(nn.Conv3d(21, 3, 1)),
    )


@pytest.mark.parametrize("act", [nn.ReLU(), nn.ReLU6(), nn.SiLU()])
def test_a_block_is_widened_and_filtered_by_ranges_and_answers_the_same(act: nn.Module) -> None:
    net = nn.Sequential(nn.Identity(), wide(act))
    x = torch.randn(2, 4, 8, 9, 10)
    want = net(x)
    gather(net)
    block = net[1]
    assert isinstance(block, nn.Sequential)
    assert isinstance(block[0], nn.Identity), "the widening layer went into the one after it"
    split = block[1]
    assert isinstance(split, nn.Sequential)
    assert isinstance(split[0], SplitAcs)
    assert [len(part) for part in split[0].widening] == [2, 2, 2]  # type: ignore[arg-type]
    assert isinstance(split[0].act, type(act))
    assert isinstance(split[2], nn.Identity)
    assert isinstance(block[2], nn.Identity), "the mixing layer went into the one before it"
    assert split[0].narrowing is not None
    torch.testing.assert_close(net(x), want)


def settled(net: FractureNet, x: torch.Tensor) -> torch.Tensor:
    """The map (N, 1, d, h, w) of a network whose batch norms have met `x`: without that it answers the same to everything."""
    for m in net.modules():
        if isinstance(m, nn.BatchNorm3d):
            m.momentum = 1.0
            nn.init.normal_(m.bias)
    net(x)
    want: torch.Tensor = net.eval()(x)[1]
    assert want.std() > 1e-4
    return want


@torch.no_grad()
def test_every_block_of_efficientnet_is_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Widening layer, gate and mixing layer of each; the stem into the first; narrow depthwise layers are dense."""
    monkeypatch.setattr(torch.Tensor, "half", lambda self: self)  # without the rounding
    torch.manual_seed(0)
    net = efficientnet_b7(width=0.25, depth=0.5)
    x = torch.randn(4, 1, 32, 32, 32)
    want = settled(net, x)
    plain = deployed(net)
    kinds = []
    for block in (m for m in plain.modules() if isinstance(m, Block)):
        names = [type(next(iter(m)) if isinstance(m, nn.Sequential) else m).__name__ for m in block.layers]
        kinds.append(" ".join(names))
    wide = "Identity SplitAcs Identity Identity"
    assert kinds[:2] == ["SplitAcs Identity Identity", "Conv3d Gate Pointwise3d"]
    assert set(kinds[2:]) == {wide}
    assert isinstance(plain.features, nn.Sequential)
    assert isinstance(plain.features[0], nn.Identity), "the stem went into the first block"
    torch.testing.assert_close(plain(x)[1], want, rtol=0, atol=1e-3 * float(want.std()))


@torch.no_grad()
def test_mobilenets_stem_goes_into_its_first_depthwise_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "half", lambda self: self)
    torch.manual_seed(0)
    net = mobilenet(width=0.5)
    x = torch.randn(4, 1, 32, 32, 32)
    want = settled(net, x)
    features = deployed(net).features
    assert isinstance(features, nn.Sequential)
    assert isinstance(features[0], nn.Identity)
    splits = [layer[0] for layer in features if isinstance(layer, nn.Sequential) and isinstance(layer[0], SplitAcs)]
    assert [len(split.widening) for split in splits if isinstance(split, SplitAcs)] == [3] + [0] * (len(splits) - 1)
    torch.testing.assert_close(deployed(net)(x)[1], want, rtol=0, atol=1e-3 * float(want.std()))


def test_a_stem_that_no_depthwise_layer_follows_stays() -> None:
    """ResNet101 pools first, and its ranges are joined before the layer that mixes them, which is faster there."""
    features = deployed(resnet101(width=0.25)).features
    assert isinstance(features, nn.Sequential)
    assert isinstance(features[0], nn.Sequential)
    assert isinstance(features[0][0], SplitAcs)
    assert all(m.narrowing is None for m in features.modules() if isinstance(m, SplitAcs))


def test_what_the_layers_give_out_one_by_one_stays() -> None:
    """Maps of earlier layers are made of the outputs of a network's own layers, so between these nothing moves."""
    net = nn.Sequential(*wide(nn.ReLU()).children())
    x = torch.randn(1, 4, 8, 8, 8)

    def steps() -> list[torch.Tensor]:
        found, y = [], x
        for layer in net:
            y = layer(y)
            found.append(y)
        return found

    before = steps()
    gather(net)
    split = net[1]
    assert isinstance(split, nn.Sequential)
    assert isinstance(split[0], SplitAcs)
    assert isinstance(split[0].act, nn.ReLU), "the activation went in"
    assert not len(split[0].widening)
    for a, b in zip(before, steps(), strict=True):
        torch.testing.assert_close(a, b)


def test_what_is_no_widening_stays() -> None:
    """A layer that strides or looks around, or has a norm or a second function behind it."""
    torch.manual_seed(0)
    for first in (
        nn.Sequential(nn.Conv3d(4, 21, 1, 2), nn.ReLU()),
        nn.Sequential(nn.Conv3d(4, 21, 3, 1, 1), nn.ReLU()),
        nn.Sequential(nn.Conv3d(4, 21, 1), nn.BatchNorm3d(21).eval()),
        nn.Sequential(nn.Conv3d(4, 21, 1), nn.ReLU(), nn.Sigmoid()),
    ):
        net = nn.Sequential(nn.Sequential(first, SplitAcs(drawn(Depthwise3d(21, 3, 1, 1, "acs", True, 1)))))
        x = torch.randn(1, 4, 8, 8, 8)
        want = net(x)
        gather(net)
        block = net[0]
        assert isinstance(block, nn.Sequential)
        assert block[0] is first
        torch.testing.assert_close(net(x), want)
