"""The compact network: shapes, stride, width, gradient."""

from __future__ import annotations

import pytest
import torch

from trainer.networks.compact import compact
from trainer.networks.registry import build


@pytest.mark.parametrize("edge", [24, 32])
def test_maps_have_stride_eight(edge: int) -> None:
    torch.manual_seed(0)
    net = compact(0.25)
    logit, cam = net(torch.randn(2, 1, edge, edge, edge))
    assert logit.shape == (2, 1) and cam.shape == (2, 1, edge // 8, edge // 8, edge // 8)
    assert net.stride == 8 and net.pooling == "lse" and net.cell_offset == 3.5
    logit.sum().backward()
    assert all(p.grad is not None and float(p.grad.abs().sum()) > 0 for p in net.parameters())


def test_a_cell_sees_about_45_voxels() -> None:
    net = compact(0.25).eval()
    for parameter in net.features.parameters():
        torch.nn.init.constant_(parameter, 0.05)
    x = torch.zeros(1, 1, 96, 96, 96, requires_grad=True)
    net.features(x)[0, :, 6, 6, 6].sum().backward()
    assert x.grad is not None
    reach = torch.nonzero(x.grad[0, 0])
    assert (reach.amax(dim=0) - reach.amin(dim=0) + 1).tolist() == [45, 45, 45]


def test_blocks_at_its_end_keep_the_map_and_see_farther() -> None:
    net = compact(0.25, blocks=2).eval()
    for parameter in net.features.parameters():
        torch.nn.init.constant_(parameter, 0.05)
    x = torch.zeros(1, 1, 128, 128, 128, requires_grad=True)
    features = net.features(x)
    assert features.shape == (1, 32, 16, 16, 16) and net.stride == 8
    features[0, :, 8, 8, 8].sum().backward()
    assert x.grad is not None
    reach = torch.nonzero(x.grad[0, 0])
    assert (reach.amax(dim=0) - reach.amin(dim=0) + 1).tolist() == [45 + 2 * 16] * 3
    assert build("compact", **net.config).config["blocks"] == 2 and "blocks" not in compact().config


@pytest.mark.parametrize("norm", [True, False])
def test_a_block_at_rest_passes_everything_on(norm: bool) -> None:
    torch.manual_seed(0)
    block = build("compact", width=0.25, blocks=1, norm=norm).eval().features[-1]
    x = torch.randn(1, 32, 4, 4, 4).relu()
    assert not torch.equal(block(x), x)
    block.rest()
    assert torch.equal(block(x), x)


def test_its_record_rebuilds_it() -> None:
    net = compact(0.25, pooling="gap", dropout=0.1)
    twin = build(net.arch, **net.config)
    twin.load_state_dict(net.state_dict())
    assert twin.pooling == "gap" and twin.dropout.p == 0.1
    assert compact().parameter_count > 10 * net.parameter_count
    with pytest.raises(ValueError, match="unknown network 'vgg'"):
        build("vgg")
