"""The exported form computes what the trained network computes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainer.networks.factory import AcsConv3d, Depthwise3d, conv3d
from trainer.networks.head import FractureNet
from trainer.networks.mobilenet import mobilenet
from trainer.packs.deploy import Layout, deployed


def calibrated(**options: object) -> FractureNet:
    """A tiny MobileNet whose batch norms have met data: without that it answers the same to everything."""
    torch.manual_seed(0)
    net = mobilenet(width=0.25, **options)  # type: ignore[arg-type]
    with torch.no_grad():
        for p in net.parameters():
            p.add_(0.1 * torch.randn_like(p) * (p.dim() == 1))
        for m in net.modules():
            if isinstance(m, nn.BatchNorm3d):
                m.momentum = 1.0
        net.head.weight.mul_(20)
        net(inputs())
    return net


def inputs() -> torch.Tensor:
    torch.manual_seed(1)
    return torch.randn(6, 1, 32, 32, 32) * torch.tensor([0.2, 0.5, 0.8, 1.0, 1.5, 2.0]).reshape(-1, 1, 1, 1, 1)


@pytest.mark.parametrize("form", ["split", "dense", "mixed"])
@pytest.mark.parametrize("options", [{}, {"mode": "full"}, {"stride16": True, "relu6": True}])
def test_folding_and_layout_change_nothing(form: Layout, options: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "half", lambda self: self)  # without the rounding
    net = calibrated(**options)
    plain = deployed(net, form)
    assert not any(isinstance(m, (nn.BatchNorm3d, AcsConv3d, Depthwise3d)) for m in plain.modules())
    with torch.no_grad():
        want, _ = net.eval()(inputs())
        got, _ = plain(inputs())
    assert want.std() > 0.05, "the inputs must differ in the answer, or nothing is shown"
    assert (got - want).abs().max() < 2e-3 * want.std()


def test_rounding_is_small() -> None:
    net = calibrated()
    with torch.no_grad():
        want, got = net.eval()(inputs())[0][:, 0], deployed(net)(inputs())[0][:, 0]
    assert 0 < (got - want).norm() < 0.3 * want.std() * len(want) ** 0.5
    assert torch.corrcoef(torch.stack([got, want]))[0, 1] > 0.95


def test_weights_are_half_precision_numbers_and_the_network_is_untouched() -> None:
    net = calibrated()
    before = {k: v.clone() for k, v in net.state_dict().items()}
    plain = deployed(net)
    for p in plain.parameters():
        assert p.dim() < 2 or torch.equal(p, p.half().float())
    assert net.training
    for k, v in net.state_dict().items():
        assert torch.equal(v, before[k])


def test_cropped_acs_depthwise_is_laid_out_right() -> None:
    layer = conv3d(6, 6, 3, padding=0, groups=6, mode="acs", bias=True)
    net = FractureNet(nn.Sequential(nn.Conv3d(1, 6, 1), layer), 6, arch="t", mode="acs", stride=1)
    x = torch.randn(1, 1, 5, 6, 7)
    for form in ("split", "dense", "mixed"):
        torch.testing.assert_close(deployed(net, form)(x)[1], net(x)[1].detach(), rtol=1e-2, atol=1e-2)  # type: ignore[arg-type]


def test_a_weight_beyond_half_precision_is_refused() -> None:
    net = calibrated()
    with torch.no_grad():
        net.head.weight[0, 0] = 1e6
    with pytest.raises(ValueError, match="half precision"):
        deployed(net)
