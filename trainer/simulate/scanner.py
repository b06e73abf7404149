"""The scanner: what becomes of a scene's exact HU on the way to a scan. Blur by kernel and slice thickness, edge enhancement,
noise, artefacts, padding. On HU tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trainer.simulate.artefacts import bone_shade, correlated_noise, ghost, metal_streaks, outside_circle, slow_drift
from trainer.simulate.fields import gaussian_blur
from trainer.simulate.setting import STANDARD, Setting, draw_log
from trainer.simulate.slabs import slabs
from trainer.simulate.streams import log_uniform

NOISE_VOXEL_MM = 0.6
LOWEST_HU, HIGHEST_HU = -1024, 3071  # what 12 bits hold
# what scanners write where they reconstruct nothing; the first is plain air
PADDING_HU = (-1024, -2000, -3024)


@dataclass(frozen=True)
class Scanner:
    """How a scene becomes a scan; lengths in mm.

    Attributes:
        blur: in-plane standard deviation of the point spread; slice_blur: along the table.
        sharpen: strength of edge enhancement (0 soft, 1 strong overshoot).
        noise_hu: standard deviation of the noise in voxels of NOISE_VOXEL_MM; noise_cut: see `artefacts.correlated_noise`.
        starvation: how much noisier it is where there is much bone.
        cupping_hu: beam hardening between thick bones; drift_hu: slow shading; streaks_hu: rays from metal.
        motion: displacement of a ghost and its weight.
        offset_hu: calibration error.
        circle: diameter of the reconstructed circle as a share of the field of view, 0 for none; padding_hu: what lies outside.
    """

    blur: float
    slice_blur: float
    sharpen: float
    noise_hu: float
    noise_cut: float
    starvation: float
    cupping_hu: float
    drift_hu: float
    streaks_hu: float
    motion: tuple[float, float, float]
    motion_share: float
    offset_hu: float
    circle: float
    padding_hu: int
    seed: int

    def expose(self, hu: Tensor, spacing: tuple[float, float, float]) -> Tensor:
        """HU (X, Y, Z) as the scanner would deliver them, rounded and within 12 bits, float."""
        return self.expose_all([hu], spacing)[0]

    def expose_all(self, volumes: Sequence[Tensor], spacing: tuple[float, float, float]) -> list[Tensor]:
        """What `expose` gives for each of several volumes of one shape: twins differ by what is in the leg alone."""
        out, still = [], None
        for hu in volumes:
            generator = torch.Generator(device=hu.device).manual_seed(self.seed)
            streaks = metal_streaks(hu, spacing, self.streaks_hu, generator)
            if still is None:
                drift = slow_drift(hu.shape, self.drift_hu, generator)
                still = drift, correlated_noise(tuple(hu.shape), spacing, self.noise_cut, generator)
            out.append(self._picture(hu, spacing, streaks, *still))
        return out

    def _picture(
        self, hu: Tensor, spacing: tuple[float, float, float], streaks: Tensor | None, drift: Tensor, noise: Tensor
    ) -> Tensor:
        plane = (spacing[0] + spacing[1]) / 2
        out = gaussian_blur(hu, (self.blur / spacing[0], self.blur / spacing[1], self.slice_blur / spacing[2]))
        if self.motion_share > 0:
            out = ghost(out, spacing, self.motion, self.motion_share)
        if self.sharpen > 0:
            width = 0.9 / plane
            smooth = gaussian_blur(out, (width, width, 0.0))
            out = torch.lerp(out, smooth, -self.sharpen)
        shade = bone_shade(out, plane)
        # a larger voxel gathers more photons: the variance goes with one over its volume
        level = self.noise_hu * (NOISE_VOXEL_MM**3 / (spacing[0] * spacing[1] * spacing[2])) ** 0.5
        picture = torch.empty_like(out)
        for slab in slabs(out.shape, 0, out.device):
            seen, dark = out[slab], shade[slab]
            body = seen > -500
            seen = seen - self.cupping_hu * dark + drift[slab] * body
            if streaks is not None:
                seen = seen + streaks[slab]
            seen = seen + noise[slab] * level * (1.0 + self.starvation * dark) + self.offset_hu
            picture[slab] = seen.clamp(LOWEST_HU, HIGHEST_HU).round()
        return picture

    def unseen(self, shape: tuple[int, ...], spacing: tuple[float, float, float]) -> Tensor:
        """(X, Y, 1) bool: where the scanner reconstructs nothing and writes `padding_hu`."""
        if self.circle <= 0:
            return torch.zeros(shape[0], shape[1], 1, dtype=torch.bool)
        return outside_circle(shape, spacing, self.circle)


def draw_scanner(rng: np.random.Generator, setting: Setting = STANDARD) -> Scanner:
    """A random scanner of a setting."""
    moving = rng.random() < setting.moving
    circle = rng.random() < setting.circle
    return Scanner(
        blur=draw_log(rng, setting.blur_mm),
        slice_blur=log_uniform(rng, *setting.slice_blur_mm),
        sharpen=_sharpen(rng, setting),
        noise_hu=draw_log(rng, setting.noise_hu),
        noise_cut=log_uniform(rng, *setting.noise_cut),
        starvation=float(rng.uniform(0.0, 0.6)),
        cupping_hu=float(rng.uniform(0, 60)),
        drift_hu=float(rng.uniform(0, 20)),
        streaks_hu=float(rng.uniform(40, 250)),
        motion=tuple(rng.normal(0, 1.5, 3)),
        motion_share=float(rng.uniform(0.15, 0.4)) if moving else 0.0,
        offset_hu=float(rng.normal(0, 6)),
        circle=float(rng.uniform(0.92, 1.05)) if circle else 0.0,
        padding_hu=int(rng.choice(PADDING_HU)),
        seed=int(rng.integers(2**62)),
    )


def _sharpen(rng: np.random.Generator, setting: Setting) -> float:
    strength = float(rng.uniform(*setting.sharpen))
    return float(rng.choice([0.0, *[strength] * setting.sharpened]))
