"""Artefacts: each as strong, and where, as stated."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from trainer.simulate.artefacts import METAL_HU, bone_shade, correlated_noise, ghost, metal_streaks, outside_circle, slow_drift

ONE = (1.0, 1.0, 1.0)


def generator(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("shape", [(64, 64, 12), (63, 65, 12)])
@pytest.mark.parametrize("cut", [0.2, 0.8])
def test_noise_has_unit_strength_in_every_slice(shape: tuple[int, int, int], cut: float) -> None:
    noise = correlated_noise(shape, (0.7, 0.9, 2.0), cut, generator())
    assert noise.shape == shape
    assert float(noise.std()) == pytest.approx(1.0, rel=0.05)
    assert abs(float((noise[:, :, 1:] * noise[:, :, :-1]).mean())) < 0.05, "slices are independent"


def test_noise_power_rises_with_frequency_and_falls_beyond_the_cut() -> None:
    noise = correlated_noise((128, 128, 20), (0.5, 0.5, 1.0), 0.4, generator()).numpy()
    power = (np.abs(np.fft.fft2(noise, axes=(0, 1))) ** 2).mean(axis=2)
    f = np.fft.fftfreq(128, 0.5)
    radius = np.hypot(f[:, None], f[None, :])

    def band(low: float, high: float) -> float:
        return float(power[(radius >= low) & (radius < high)].mean())

    assert band(0.15, 0.25) > 2 * band(0.01, 0.04)
    assert band(0.15, 0.25) > 5 * band(0.6, 0.8)


def test_shade_is_deepest_in_the_bone_and_nothing_in_air() -> None:
    hu = torch.full((60, 60, 4), -1000.0)
    hu[20:40, 20:40] = 1300.0
    shade = bone_shade(hu, 1.0)
    assert float(shade[30, 30, 2]) > 1 > float(shade[5, 30, 2]) > float(shade[0, 0, 2]) >= 0
    assert float(bone_shade(torch.full((60, 60, 4), -1000.0), 1.0).abs().max()) == 0


def test_drift_is_slow() -> None:
    drift = slow_drift(torch.Size((40, 40, 40)), 20.0, generator())
    assert float(drift.std()) > 3 and float(drift.diff(dim=0).abs().max()) < 0.1 * 20 * 4


def test_a_ghost_shares_the_exposure() -> None:
    hu = torch.zeros(10, 4, 4)
    hu[5] = 100.0
    moved = ghost(hu, (1.0, 1.0, 1.0), (2.0, 0.0, 0.0), 0.25)
    assert moved[5, 0, 0] == 75 and moved[7, 0, 0] == 25 and moved.sum() == hu.sum()


def test_streaks_come_from_metal_and_fade() -> None:
    hu = torch.full((80, 80, 6), 50.0)
    assert metal_streaks(hu, ONE, 200.0, generator()) is None
    hu[38:42, 38:42, 2:4] = METAL_HU + 1000
    streaks = metal_streaks(hu, ONE, 200.0, generator())
    assert streaks is not None
    assert (streaks[:, :, :2] == 0).all() and (streaks[:, :, 4:] == 0).all()
    near, far = streaks[30:50, 30:50, 2].std(), streaks[:6, :, 2].std()
    assert float(near) > 30 and float(near) > 1.5 * float(far)
    assert float(streaks.max()) > 50 and float(streaks.min()) < -50, "bright and dark"
    ray = streaks[40:, 40, 2][4:30]
    assert bool((ray > 0).all()) or bool((ray < 0).all()), "a ray keeps its sign"
    assert torch.equal(streaks, metal_streaks(hu, ONE, 200.0, generator()))


def test_the_circle_touches_the_longer_sides() -> None:
    outside = outside_circle((100, 50, 3), (1.0, 2.0, 1.0), 1.0)
    assert outside.shape == (100, 50, 1) and bool(outside[0, 0, 0]) and not bool(outside[50, 1, 0])
    assert float(outside.float().mean()) == pytest.approx(1 - np.pi / 4, abs=0.02)
