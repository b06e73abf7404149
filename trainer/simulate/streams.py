"""Random streams: every part of a simulated scan draws from a stream of its own, so that a twin shares all but the fracture."""

from __future__ import annotations

import zlib

import numpy as np
import torch

SIMULATOR_VERSION = 2  # another number makes other scans of every seed


def stream(seed: int, index: int, name: str) -> np.random.Generator:
    """Generator for one purpose (`name`) of one scan (`index`) of one run (`seed`); the same three give the same numbers
    anywhere.
    """
    return np.random.default_rng([SIMULATOR_VERSION, seed, index, zlib.crc32(name.encode())])


def torch_generator(rng: np.random.Generator) -> torch.Generator:
    """A torch CPU generator seeded from `rng`."""
    return torch.Generator().manual_seed(int(rng.integers(2**62)))


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number whose logarithm is uniform between those of `low` and `high`."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
