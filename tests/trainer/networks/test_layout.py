"""Weights with the channels last: the same network, the same answers."""

from __future__ import annotations

import torch

from trainer.networks.compact import compact
from trainer.networks.layout import channels_last


def test_the_layout_changes_and_nothing_else() -> None:
    torch.manual_seed(0)
    net = compact(0.25).eval()
    x = torch.randn(1, 1, 16, 16, 16)
    before, state = net(x)[0], {k: v.clone() for k, v in net.state_dict().items()}
    assert channels_last(net) is net
    weight = net.state_dict()["features.3.weight"]
    assert weight.is_contiguous(memory_format=torch.channels_last_3d)
    assert list(net.state_dict()) == list(state) and all(torch.equal(v, state[k]) for k, v in net.state_dict().items())
    torch.testing.assert_close(net(x)[0], before, atol=1e-5, rtol=1e-4)
