"""The noise spectrum: white noise is flat, smooth noise is low, anatomy stays out."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from trainer.evaluation.noise_spectrum import BANDS, spectrum
from trainer.simulate.artefacts import correlated_noise

SHAPE = (64, 64, 12)
FLAT = (0.75, *[1.02] * (len(BANDS) - 1))  # taking out the trend takes a quarter of the lowest band


def tissue(noise: np.ndarray) -> np.ndarray:
    x = np.linspace(-60, 60, SHAPE[0])[:, None, None]
    return (40 + x + noise).astype(np.float32)


def test_white_noise_is_flat() -> None:
    found = spectrum(tissue(np.random.default_rng(0).normal(0, 12, SHAPE)))
    assert found is not None and found.patches >= 24
    assert found.shares == pytest.approx(FLAT, abs=0.15)


def test_soft_kernels_have_low_and_sharp_ones_high_frequencies() -> None:
    means = []
    for cut in (0.15, 0.6):
        noise = 12 * correlated_noise(SHAPE, (1.0, 1.0, 1.0), cut, torch.Generator().manual_seed(1)).numpy()
        found = spectrum(tissue(noise))
        assert found is not None
        means.append(found.mean)
    assert means[0] < 0.22 and means[1] > 0.3


def test_edges_that_run_through_the_slices_are_no_noise() -> None:
    hu = tissue(np.random.default_rng(0).normal(0, 12, SHAPE))
    hu[::8] += 50.0
    found = spectrum(hu)
    assert found is not None and found.shares == pytest.approx(FLAT, abs=0.15)


def test_bone_and_air_are_not_measured() -> None:
    assert spectrum(np.full(SHAPE, -1000.0)) is None
    assert spectrum(np.full(SHAPE, 900.0)) is None
