"""The noise power spectrum of a CT in soft tissue: how its noise is spread over spatial frequencies, as a share of all its power.

Differences of neighbouring slices are measured, which hold the noise twice and hardly any anatomy, in the quietest patches.
Conventions as in AAPM report 233 (2019): power over radial frequency in the plane, detrended patches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PATCH = 16  # voxels
SOFT_HU = (-170.0, 160.0)
STEP = 5
FEWEST = 24  # patches: less is not measured
QUIET = 0.2  # share of the patches, the quietest ones
BANDS = ((0.05, 0.1), (0.1, 0.2), (0.2, 0.3), (0.3, 0.4), (0.4, 0.5))  # 1/mm, for voxels of 1 mm

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Spectrum:
    """`mean`: power-weighted mean frequency, 1/mm; `shares`: mean power of each of BANDS, relative to the mean over all."""

    mean: float
    shares: tuple[float, ...]
    patches: int


def spectrum(hu: NDArray[np.floating]) -> Spectrum | None:
    """Spectrum of (X, Y, Z) HU at 1 mm; None where there is too little soft tissue."""
    quadratic = _quadratic()
    found: list[tuple[float, Float]] = []
    for k in range(0, hu.shape[2] - 1, 2):
        for i in range(0, hu.shape[0] - PATCH, STEP):
            for j in range(0, hu.shape[1] - PATCH, STEP):
                pair = hu[i : i + PATCH, j : j + PATCH, k : k + 2].astype(np.float64)
                if pair.min() < SOFT_HU[0] or pair.max() > SOFT_HU[1]:
                    continue
                noise = (pair[..., 1] - pair[..., 0]) / np.sqrt(2)
                noise = noise - (quadratic @ noise.ravel()).reshape(noise.shape)
                found.append((float(noise.std()), noise))
    if len(found) < FEWEST:
        return None
    found.sort(key=lambda item: item[0])
    kept = found[: max(FEWEST, round(QUIET * len(found)))]
    window = np.hanning(PATCH)[:, None] * np.hanning(PATCH)[None, :]
    power = np.mean([np.abs(np.fft.fft2(noise * window)) ** 2 for _, noise in kept], axis=0)
    frequency = np.fft.fftfreq(PATCH)
    radius = np.hypot(frequency[:, None], frequency[None, :])
    level = power[(radius >= BANDS[0][0]) & (radius < BANDS[-1][1])].mean()
    if level <= 0:
        return None
    shares = tuple(float(power[(radius >= low) & (radius < high)].mean() / level) for low, high in BANDS)
    return Spectrum(float((power * radius).sum() / power.sum()), shares, len(kept))


def _quadratic() -> Float:
    """Projection of a patch onto polynomials of second order: what is not noise."""
    x, y = np.meshgrid(np.arange(PATCH), np.arange(PATCH), indexing="ij")
    terms = np.stack([np.ones(PATCH**2), *(v.ravel() for v in (x, y, x * x, y * y, x * y))], axis=1)
    return np.asarray(terms @ np.linalg.pinv(terms))
