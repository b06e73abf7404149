"""What every network must be able to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from trainer.networks.head import FractureNet
from trainer.networks.registry import build


def _learn(net: FractureNet, rate: float, steps: int) -> None:
    optimiser = torch.optim.Adam(net.parameters(), rate)
    y = torch.arange(8).remainder(2).float()[:, None]
    x = torch.randn(8, 1, 32, 32, 32) * 0.2
    x[1::2, :, 8:24, 8:24, 8:24] += 1.0
    losses = []
    for _ in range(steps):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x)[0], y)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.2 < losses[0]


@pytest.fixture
def learns_a_bright_spot() -> Callable[[FractureNet, float, int], None]:
    """Fails unless a network tells volumes with a bright block from those without after so many steps at that rate."""
    return _learn


def _rebuild(net: FractureNet) -> None:
    twin = build(net.arch, **net.config)
    twin.load_state_dict(net.state_dict())
    x = torch.randn(1, 1, 32, 32, 32)
    torch.testing.assert_close(twin.eval()(x), net.eval()(x), rtol=0, atol=0)


@pytest.fixture
def is_rebuilt_by_its_config() -> Callable[[FractureNet], None]:
    """Fails unless the network's record makes a twin that answers the same."""
    return _rebuild
