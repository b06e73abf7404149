"""The head: maps that add up to the logit, equality with autograd Grad-CAM, float32 under autocast."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from trainer.networks.head import NOT_ASKED, FractureNet, pooled
from trainer.networks.registry import build


def network(pooling: str, dropout: float = 0.0) -> FractureNet:
    torch.manual_seed(0)
    features = nn.Sequential(nn.Conv3d(1, 6, 3, stride=2, padding=1), nn.ReLU())
    net = FractureNet(features, 6, pooling, dropout, arch="test", mode="full", stride=2)  # type: ignore[arg-type]
    with torch.no_grad():
        net.head.weight.normal_()
        net.head.bias.fill_(0.7)
    return net


@pytest.mark.parametrize("pooling", ["gap", "lse"])
def test_the_map_explains_the_logit(pooling: str) -> None:
    net = network(pooling)
    logit, cam = net(torch.randn(3, 1, 8, 10, 12))
    assert logit.shape == (3, 1)
    assert cam.shape == (3, 1, 4, 5, 6)
    np.testing.assert_allclose(pooled(cam[:, 0].detach().numpy(), pooling, 0.7), logit[:, 0].detach().numpy(), atol=1e-5)
    assert logit.std() > 1e-4, "the logit must depend on the input"


@pytest.mark.parametrize("pooling", ["gap", "lse"])
def test_mirrored_it_answers_alike_for_either_side(pooling: str) -> None:
    net, x = network(pooling), torch.randn(2, 1, 8, 10, 12)
    with torch.no_grad():
        one, other = net.eval()(x)[1], net(x.flip(2))[1].flip(2)
        net.mirror()
        logit, cam = net(x)
        turned_logit, turned = net(x.flip(2))
    assert (one - other).abs().max() > 1e-3, "else there is nothing to average"
    torch.testing.assert_close(cam, (one + other) / 2)
    torch.testing.assert_close(turned.flip(2), cam)
    torch.testing.assert_close(turned_logit, logit)
    np.testing.assert_allclose(pooled(cam[:, 0].numpy(), pooling, 0.7), logit[:, 0].numpy(), atol=1e-5)
    torch.testing.assert_close(net.train()(x)[1], one, msg="training sees what it is given")


def test_what_lies_far_below_the_middle_is_not_asked() -> None:
    net = network("lse").eval()
    stride, size = net.stride, 16
    x = torch.randn(1, 1, size * stride, size * stride, size * stride)
    with torch.no_grad():
        net.head.bias.fill_(3.0)  # every cell speaks for a fracture
        before = net(x)[1][0, 0]
        net.look_near(5.0 * stride)
        logit, cam = net(x)
    middle = (torch.arange(size) - (size - 1) / 2) ** 2
    away = (middle[:, None, None] + middle[None, :, None] + middle[None, None, :]) ** 0.5
    beyond = (away > 5.0) & (torch.arange(size) < size / 2)
    assert 0 < int(beyond.sum()) < size**3 / 2
    assert torch.equal(cam[0, 0][~beyond], before[~beyond])
    assert (cam[0, 0][beyond] == NOT_ASKED).all()
    np.testing.assert_allclose(pooled(cam[0, 0].numpy(), "lse", 0.0), logit.item(), atol=1e-5)
    assert build("compact", width=0.25, **net.config).reach == net.reach
    assert torch.equal(net.train()(x)[1][0, 0] > NOT_ASKED, torch.ones_like(beyond)), "training sees what it is given"
    net.look_near(0.0)
    assert "reach" not in net.config


def test_of_a_mean_no_cell_can_be_left_out() -> None:
    with pytest.raises(ValueError, match="mean"):
        network("gap").look_near(10.0)


def test_the_sharper_the_more_the_highest_cell_decides() -> None:
    net, x = network("lse"), torch.randn(2, 1, 8, 10, 12)
    net.before_head, net.head = nn.Linear(6, 4), nn.Linear(4, 1)  # a head of two layers is one map, too
    logit, cam = (t.detach() for t in net(x))
    net.sharpen(3.0)
    sharper, scores = (t.detach() for t in net(x))
    torch.testing.assert_close(scores, 3 * cam)
    np.testing.assert_allclose(pooled(scores[:, 0].numpy(), "lse", 0), sharper[:, 0].numpy(), atol=1e-5)
    top = cam.flatten(1).max(dim=1).values
    assert ((top - sharper[:, 0] / 3) < (top - logit[:, 0])).all(), "nearer to the highest cell"
    with pytest.raises(ValueError, match="no sharpness"):
        network("gap").sharpen(2.0)


def test_mirrored_networks_are_rebuilt_as_such() -> None:
    net = build("compact", width=0.25)
    assert not net.mirrored and "mirrored" not in net.config
    net.mirror()
    assert build(net.arch, **net.config).mirrored


def test_gap_equals_mean_then_linear_and_autograd_grad_cam() -> None:
    net = network("gap").double()
    x = torch.randn(2, 1, 8, 8, 8, dtype=torch.float64)
    a = net.features(x).detach().requires_grad_()
    logit, cam = net.pool(a)
    torch.testing.assert_close(logit, net.head(a.mean(dim=(2, 3, 4))), rtol=1e-12, atol=1e-12)
    (gradient,) = torch.autograd.grad(logit.sum(), a)
    torch.testing.assert_close(cam, (gradient * a).sum(1, keepdim=True), rtol=1e-12, atol=1e-12)


def test_lse_lies_between_mean_and_maximum_of_the_cells() -> None:
    logit, cam = network("lse")(torch.randn(2, 1, 8, 8, 8))
    flat = cam.flatten(1)
    assert (logit[:, 0] >= flat.mean(1)).all()
    assert (logit[:, 0] <= flat.max(1).values).all()


def test_head_stays_in_float32_under_autocast() -> None:
    net = network("gap")
    a = torch.randn(2, 6, 4, 4, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logit, cam = net.pool(a)
    assert logit.dtype == cam.dtype == torch.float32
    torch.testing.assert_close(logit, net.pool(a)[0], rtol=0, atol=0)


def test_dropout_removes_whole_channels_in_training_only() -> None:
    net = network("gap", dropout=0.5)
    x = torch.randn(1, 1, 8, 8, 8)
    assert len({round(net(x)[0].item(), 6) for _ in range(8)}) > 1
    net.eval()
    assert len({net(x)[0].item() for _ in range(3)}) == 1


def test_unknown_pooling_is_refused() -> None:
    with pytest.raises(ValueError, match="gap or lse"):
        network("max")


def test_cell_offset_is_the_centre_of_a_block() -> None:
    assert network("gap").cell_offset == 0.5


def test_cells_that_nobody_taught_are_known_as_such_and_rebuilt() -> None:
    net = build("compact", width=0.25)
    assert net.cells_taught and "cells_taught" not in net.config and net.cell_offset == 3.5
    net.place_cells(taught=False)
    twin = build(net.arch, **net.config)
    assert not twin.cells_taught and twin.cell_offset == 0 and twin.config == net.config
    twin.place_cells(taught=True)
    assert twin.cell_offset == 3.5 and "cells_taught" not in twin.config


@pytest.mark.parametrize(
    ("arch", "options"),
    [
        ("compact", {}),
        ("mobilenet", {}),
        ("mobilenet", {"stride16": True}),
        ("resnet101", {"blocks": (1, 1, 1, 2)}),
        ("resnet101", {"blocks": (1, 1, 1, 2), "stride16": True}),
        ("efficientnet_b7", {"depth": 0.25}),
        ("efficientnet_b7", {"depth": 0.25, "stride16": True}),
    ],
)
def test_an_untaught_cell_looks_at_the_voxel_where_it_is_said_to_lie(arch: str, options: dict[str, object]) -> None:
    """Mean place of what moves a cell in the middle, over networks with other random weights: far from half a cell away."""
    cells = 6
    places = []
    for seed in range(3):
        torch.manual_seed(seed)
        net = build(arch, width=0.125, **options)
        net.place_cells(taught=False)
        edge = cells * net.stride
        with torch.no_grad():
            net.train()(torch.randn(2, 1, 64, 64, 64))
        x = torch.randn(1, 1, edge, edge, edge).requires_grad_()
        a = net.eval().features(x)
        (gradient,) = torch.autograd.grad((a[0, :, 3, 3, 3] * torch.randn(a.shape[1])).sum(), x)
        moves = gradient[0, 0].double() ** 2
        moves /= moves.sum()
        places += [float((moves.sum(dim=[d for d in range(3) if d != axis]) * torch.arange(edge)).sum()) for axis in range(3)]
    assert abs(np.mean(places) - (net.cell_offset + 3 * net.stride)) < 0.2 * net.stride


def test_of_an_untaught_network_the_cells_of_volume_and_mirror_image_lie_on_each_other() -> None:
    torch.manual_seed(0)
    net = FractureNet(nn.Conv3d(1, 3, 1, stride=4), 3, "gap", arch="test", mode="full", stride=4).eval()
    net.mirror()
    x = torch.randn(1, 1, 16, 16, 16)
    with torch.no_grad():
        net.head.weight.fill_(1.0)
        single = net.pool(net.features(x))[1]
        assert (net(x)[1] - single).abs().max() > 1e-3, "taught cells are blocks, whose other end the mirror image sees"
        net.place_cells(taught=False)
        torch.testing.assert_close(net(x)[1], single, msg="a cell sees its voxel alone, the same in both")
