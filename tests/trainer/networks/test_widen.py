"""A widened network answers as the narrow one did, and its new channels learn."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.networks.widen import widen


@pytest.fixture
def pair() -> tuple[FractureNet, FractureNet]:
    torch.manual_seed(0)
    narrow, wide = build("compact", width=0.25, norm=False), build("compact", width=0.375, norm=False)
    with torch.no_grad():
        narrow.head.weight.normal_()
        narrow.head.bias.fill_(0.3)
        for module in narrow.features:
            if isinstance(module, torch.nn.Conv3d) and module.bias is not None:
                module.bias.normal_(std=0.1)
    widen(narrow, wide)
    return narrow, wide


def test_a_widened_network_answers_as_the_narrow_one_did(pair: tuple[FractureNet, FractureNet]) -> None:
    narrow, wide = pair
    assert wide.parameter_count > 2 * narrow.parameter_count
    x = torch.randn(2, 1, 32, 32, 32)
    for one, other in zip(narrow.eval()(x), wide.eval()(x), strict=True):
        assert torch.allclose(one, other, rtol=1e-4, atol=1e-6) and float(one.detach().std()) > 0


def test_the_new_channels_see_something_and_learn(pair: tuple[FractureNet, FractureNet]) -> None:
    wide = pair[1]
    first = wide.features[0]
    before = first.weight.detach().clone()
    assert float(wide.features[0](torch.randn(1, 1, 16, 16, 16))[:, 6:].detach().std()) > 0
    optimiser = torch.optim.Adam(wide.parameters(), lr=1e-2)
    for _ in range(3):
        optimiser.zero_grad()
        wide(torch.randn(2, 1, 32, 32, 32))[0].sum().backward()
        optimiser.step()
    assert float(wide.features[3].weight[:8, 6:].detach().abs().max()) > 0, "the old channels listen to the new ones"
    assert not torch.equal(first.weight[6:].detach(), before[6:])


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"width": 0.25, "norm": False}, {"width": 0.125, "norm": False}),  # narrower
        ({"width": 0.25}, {"width": 0.5}),  # batch norm
        ({"width": 0.25, "norm": False}, {"width": 0.5}),
        ({"width": 0.25, "norm": False}, {"width": 0.5, "norm": False, "pooling": "gap"}),
    ],
)
def test_networks_that_differ_in_more_are_refused(narrow: dict[str, Any], wide: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"channels|norm|place"):
        widen(build("compact", **narrow), build("compact", **wide))
    with pytest.raises(ValueError, match="channels"):
        widen(build("compact", width=0.25, norm=False), build("mobilenet", width=0.125))


def test_an_acs_network_is_refused() -> None:
    """More channels would move its channels from one plane to another, and it would answer otherwise at once."""
    narrow, wide = (build("mobilenet", width=width, norm=False) for width in (0.125, 0.25))
    with pytest.raises(ValueError, match="looks along another plane"):
        widen(narrow, wide)


def test_a_full_residual_network_answers_as_the_narrow_one() -> None:
    torch.manual_seed(0)
    narrow, wide = (build("resnet101", width=w, mode="full", blocks=(1, 1, 1, 1), norm=False) for w in (0.0625, 0.125))
    widen(narrow, wide)
    x = torch.randn(2, 1, 64, 64, 64)
    with torch.no_grad():
        want, got = narrow.eval()(x)[1], wide.eval()(x)[1]
    assert float(want.std()) > 0
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5 * float(want.abs().max()))
