"""The locator network: shapes, size, and that what it sees is where it says."""

from __future__ import annotations

import pytest
import torch

from trainer.networks.locator import Locator


@pytest.mark.parametrize("shape", [(32, 32, 32), (48, 64, 32)])
def test_maps_have_half_the_edges(shape: tuple[int, int, int]) -> None:
    heat, shift = Locator().eval()(torch.zeros(1, 1, *shape))
    half = tuple(n // 2 for n in shape)
    assert heat.shape == (1, 5, *half)
    assert shift.shape == (1, 15, *half)


def test_it_is_small_and_starts_out_unsure() -> None:
    net = Locator().eval()
    assert sum(p.numel() for p in net.parameters()) == 1_010_980
    heat, _ = net(torch.rand(1, 1, 32, 32, 32))
    assert heat.detach().sigmoid().max() < 0.2
