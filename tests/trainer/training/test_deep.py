"""Side exits: found at the right layers, harmless to the network's own answer."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainer.networks.compact import compact
from trainer.networks.head import FractureNet
from trainer.training.deep import SideExits, side_loss, stages_of


@pytest.fixture
def net() -> FractureNet:
    torch.manual_seed(0)
    return compact(width=0.25)


def test_stages_are_the_last_layers_of_each_resolution(net: FractureNet) -> None:
    assert isinstance(net.features, nn.Sequential)
    net.train()
    before = {k: v.clone() for k, v in net.state_dict().items()}
    assert stages_of(net.features) == {1: (2, 6), 2: (8, 8), 4: (14, 16), 8: (20, 32)}
    assert net.features.training
    net.features[1].eval()
    stages_of(net.features)
    assert net.features.training and not net.features[1].training, "what is held still stays so"
    assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items()), "the dry run leaves no trace"


def test_exits_do_not_change_the_answer(net: FractureNet) -> None:
    net.eval()
    exits = SideExits(net, taps=(5, 14))
    assert sorted(exits.strides.values()) == [2, 4]
    x = torch.randn(2, 1, 24, 24, 24)
    logit, cam, sides, taps = exits(net, x)
    torch.testing.assert_close(net(x), (logit, cam))
    assert {s: tuple(m.shape) for s, m in sides.items()} == {2: (2, 1, 12, 12, 12), 4: (2, 1, 6, 6, 6)}
    assert {i: t.shape[1:3] for i, t in taps.items()} == {5: (8, 12), 14: (16, 6)}, "features of the layers that are asked for"


def test_side_loss_reaches_the_first_layers(net: FractureNet) -> None:
    exits = SideExits(net, coarsest=2)
    assert list(exits.strides.values()) == [2]
    crack = torch.zeros(1, 1, 16, 16, 16, dtype=torch.bool)
    crack[..., 7] = True
    _, _, sides, _ = exits(net, torch.randn(1, 1, 16, 16, 16))
    loss = side_loss(sides, crack, crack)
    loss.backward()  # type: ignore[no-untyped-call]
    first = next(iter(net.parameters()))
    assert loss.item() > 0 and first.grad is not None and float(first.grad.abs().sum()) > 0


@pytest.mark.parametrize("held", [False, True])
def test_activations_worked_out_anew_move_no_statistics_a_second_time(held: bool) -> None:
    states = []
    for save_memory in (False, True):
        torch.manual_seed(0)
        net = compact(width=0.25).train()
        assert isinstance(net.features, nn.Sequential)
        if held:
            net.features[1].eval()
        logit, _, _, _ = SideExits(net, save_memory=save_memory)(net, torch.randn(2, 1, 16, 16, 16))
        logit.sum().backward()  # type: ignore[no-untyped-call]
        states.append({k: v for k, v in net.state_dict().items() if "running" in k or "tracked" in k})
        assert all(m.momentum == 0.1 for m in net.modules() if isinstance(m, nn.BatchNorm3d))
    assert int(states[0]["features.1.num_batches_tracked"]) == int(not held) and len(states[0]) == 21
    assert all(torch.equal(v, states[1][k]) for k, v in states[0].items())


def test_other_networks_are_refused() -> None:
    odd = FractureNet(nn.Conv3d(1, 4, 3), 4, arch="odd", mode="full", stride=1)
    with pytest.raises(TypeError, match="Sequential"):
        SideExits(odd)
