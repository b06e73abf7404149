"""Streams: the same numbers for the same name, others for any other, also in another process."""

from __future__ import annotations

import numpy as np
import torch

from trainer.simulate.streams import log_uniform, stream, torch_generator


def test_seed_index_and_name_decide() -> None:
    reference = stream(1, 2, "bones").random(8)
    np.testing.assert_array_equal(stream(1, 2, "bones").random(8), reference)
    for other in (stream(2, 2, "bones"), stream(1, 3, "bones"), stream(1, 2, "scene")):
        assert not np.isclose(other.random(8), reference).any()


def test_the_numbers_are_those_of_this_version_of_the_simulator() -> None:
    # a name is hashed by CRC-32, not by Python's hash(), which differs from process to process
    expected = np.random.default_rng([2, 7, 0, 0xFEFDAB8E]).random(3)
    np.testing.assert_array_equal(stream(7, 0, "view").random(3), expected)


def test_torch_generators_follow_their_stream() -> None:
    one, two = (torch.randn(5, generator=torch_generator(stream(3, 0, "x"))) for _ in range(2))
    assert torch.equal(one, two)
    rng = stream(3, 0, "x")
    assert torch_generator(rng).initial_seed() != torch_generator(rng).initial_seed()


def test_log_uniform_has_its_median_at_the_geometric_mean() -> None:
    rng = stream(0, 0, "log")
    values = np.array([log_uniform(rng, 0.1, 10.0) for _ in range(2000)])
    assert values.min() >= 0.1 and values.max() <= 10.0
    assert 0.85 < np.median(values) < 1.18
