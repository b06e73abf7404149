"""The scanner: blur by kernel and slice thickness, edge enhancement, correlated noise, beam hardening, motion, padding. On HU
tensors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trainer.simulate.fields import gaussian_blur
from trainer.simulate.setting import STANDARD, Setting, draw_log
from trainer.simulate.streams import log_uniform

NOISE_VOXEL_MM = 0.6
LOWEST_HU, HIGHEST_HU = -1024, 3071  # what 12 bits hold


@dataclass(frozen=True)
class Scanner:
    """How a scene becomes a scan; lengths in mm.

    Attributes:
        blur: in-plane standard deviation of the point spread; slice_blur: along the table.
        sharpen: strength of edge enhancement (0 soft, 1 strong overshoot).
        noise_hu, noise_grain: standard deviation of the noise in voxels of NOISE_VOXEL_MM, and its correlation length.
        cupping_hu: beam hardening between thick bones; drift_hu: slow shading.
        motion: displacement of a ghost and its weight.
        offset_hu: calibration error.
    """

    blur: float
    slice_blur: float
    sharpen: float
    noise_hu: float
    noise_grain: float
    cupping_hu: float
    drift_hu: float
    motion: tuple[float, float, float]
    motion_share: float
    offset_hu: float
    seed: int

    def expose(self, hu: Tensor, spacing: tuple[float, float, float]) -> Tensor:
        """HU (X, Y, Z) as the scanner would deliver them, float."""
        generator = torch.Generator().manual_seed(self.seed)
        plane = (spacing[0] + spacing[1]) / 2
        sigma = (self.blur / spacing[0], self.blur / spacing[1], self.slice_blur / spacing[2])
        out = gaussian_blur(hu, sigma)
        if self.motion_share > 0:
            shifts = [round(m / s) for m, s in zip(self.motion, spacing, strict=True)]
            out = (1 - self.motion_share) * out + self.motion_share * torch.roll(out, shifts, (0, 1, 2))
        if self.sharpen > 0:
            width = 0.9 / plane
            out = out + self.sharpen * (out - gaussian_blur(out, (width, width, 0.0)))
        if self.cupping_hu > 0:
            bone = ((out - 200) / 1000).clamp(0, 1)
            wide = 12.0 / plane
            step = max(1, int(wide / 3))
            coarse = F.avg_pool3d(bone[None, None], (step, step, 1), ceil_mode=True)[0, 0]
            shade = gaussian_blur(coarse, (wide / step, wide / step, 0.0))
            shade = F.interpolate(shade[None, None], size=out.shape, mode="trilinear", align_corners=False)[0, 0]
            out = out - self.cupping_hu * shade / 0.3
        if self.drift_hu > 0:
            slow = torch.randn(1, 1, 4, 4, 4, generator=generator) * self.drift_hu
            out = out + F.interpolate(slow, size=out.shape, mode="trilinear", align_corners=True)[0, 0] * (out > -500)
        noise = torch.randn(out.shape, generator=generator)
        grain = self.noise_grain / plane
        if grain > 0.15:
            noise = gaussian_blur(noise, (grain, grain, 0.35 * self.slice_blur / spacing[2]))
            noise = noise / noise[::4, ::4, ::4].std().clamp(min=1e-3)
        # a larger voxel gathers more photons: the variance goes with one over its volume
        level = self.noise_hu * (NOISE_VOXEL_MM**3 / (spacing[0] * spacing[1] * spacing[2])) ** 0.5
        return out + noise * level + self.offset_hu


def draw_scanner(rng: np.random.Generator, setting: Setting = STANDARD) -> Scanner:
    """A random scanner of a setting."""
    moving = rng.random() < 0.08
    return Scanner(
        blur=draw_log(rng, setting.blur_mm),
        slice_blur=log_uniform(rng, *setting.slice_blur_mm),
        sharpen=_sharpen(rng, setting),
        noise_hu=draw_log(rng, setting.noise_hu),
        noise_grain=float(rng.uniform(0.0, 1.0)),
        cupping_hu=float(rng.uniform(0, 60)),
        drift_hu=float(rng.uniform(0, 20)),
        motion=tuple(rng.normal(0, 1.5, 3)),
        motion_share=float(rng.uniform(0.15, 0.4)) if moving else 0.0,
        offset_hu=float(rng.normal(0, 6)),
        seed=int(rng.integers(2**62)),
    )


def _sharpen(rng: np.random.Generator, setting: Setting) -> float:
    strength = float(rng.uniform(*setting.sharpen))
    return float(rng.choice([0.0, *[strength] * setting.sharpened]))
