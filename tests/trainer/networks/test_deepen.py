"""A deepened network answers as the shallow one did, and its new blocks learn."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from trainer.networks.deepen import deepen
from trainer.networks.registry import build

RESNET = {"width": 0.125, "stride16": True, "pooling": "lse"}
B7 = {"width": 0.125, "stride16": True, "pooling": "lse", "drop_path": 0.0, "dropout": 0.0, "bn_momentum": 1.0}


@pytest.mark.parametrize(
    ("arch", "shallow", "deep"),
    [
        ("resnet101", {**RESNET, "blocks": (1, 2, 3, 1)}, {**RESNET, "blocks": (2, 2, 6, 3)}),
        ("efficientnet_b7", {**B7, "depth": 0.3}, {**B7, "depth": 0.6}),
        ("compact", {"width": 0.25, "norm": False}, {"width": 0.25, "norm": False, "blocks": 2}),
        ("compact", {"width": 0.25, "norm": False, "blocks": 1}, {"width": 0.25, "norm": False, "blocks": 2}),
    ],
)
def test_a_deepened_network_answers_as_the_shallow_one_did(arch: str, shallow: dict[str, Any], deep: dict[str, Any]) -> None:
    torch.manual_seed(0)
    small, large = build(arch, **shallow), build(arch, **deep)
    x = torch.randn(2, 1, 32, 32, 32)
    small(x)  # in training mode: statistics that are not those of the start
    deepen(small, large)
    assert large.parameter_count > small.parameter_count
    for one, other in zip(small.eval()(x), large.eval()(x), strict=True):
        assert torch.allclose(one, other, rtol=1e-4, atol=1e-7) and float(one.detach().std()) > 0


def test_the_new_blocks_learn() -> None:
    torch.manual_seed(0)
    small, large = build("resnet101", **RESNET, blocks=(1, 1, 1, 1)), build("resnet101", **RESNET, blocks=(1, 1, 2, 1))
    deepen(small, large)
    fresh = large.features[5]  # stem, pooling, one block a stage, the new one
    optimiser = torch.optim.Adam(large.parameters(), lr=1e-2)
    before = fresh.middle[0].weight.detach().clone()
    for _ in range(3):
        optimiser.zero_grad()
        large(torch.randn(2, 1, 32, 32, 32))[0].sum().backward()
        optimiser.step()
    assert float(fresh.expand[1].weight.detach().abs().max()) > 0
    assert not torch.equal(fresh.middle[0].weight, before)


@pytest.mark.parametrize(
    ("shallow", "deep"),
    [
        ({**RESNET, "blocks": (2, 1, 1, 1)}, {**RESNET, "blocks": (1, 1, 2, 1)}),  # one block too many
        (RESNET | {"blocks": (1, 1, 1, 1)}, {"width": 0.25, "blocks": (1, 1, 2, 1)}),  # other channels
    ],
)
def test_networks_that_differ_in_more_are_refused(shallow: dict[str, Any], deep: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"network|rest"):
        deepen(build("resnet101", **shallow), build("resnet101", **deep))


def test_a_block_that_changes_the_shape_cannot_rest() -> None:
    for arch, config in (("resnet101", {**RESNET, "blocks": (1, 1, 1, 1)}), ("efficientnet_b7", {**B7, "depth": 0.3})):
        first = build(arch, **config).features[2]
        with pytest.raises(ValueError, match="cannot rest"):
            first.rest()


def test_a_network_of_fewer_blocks_knows_how_many() -> None:
    assert build("resnet101", **RESNET, blocks=(1, 2, 3, 1)).config["blocks"] == [1, 2, 3, 1]
    assert "blocks" not in build("resnet101", **RESNET).config
