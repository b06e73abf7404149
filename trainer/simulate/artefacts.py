"""What a scanner adds beside blur: noise with the spectrum of filtered back projection, beam hardening, streaks from
metal, motion, padding outside its circle. Functions of HU tensors (X, Y, Z); lengths in mm.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from trainer.simulate.fields import gaussian_blur, stretch

METAL_HU = 2600.0  # no bone is as dense
STREAK_ANGLES = 96
_LOWEST_SHARE = (
    0.15  # of the peak amplitude that noise keeps at frequency zero: sampling folds some power back (Kijewski, Judy 1987)
)


def correlated_noise(
    shape: tuple[int, ...], spacing: tuple[float, float, float], cut: float, generator: torch.Generator
) -> Tensor:
    """Noise of unit standard deviation whose power in each slice rises with frequency and falls beyond `cut` (1/mm), as filtered
    back projection makes it: ramp times the kernel's roll-off (Kijewski and Judy 1987, doi 10.1088/0031-9155/32/5/003). Slices
    are independent.
    """
    noise = torch.randn(shape, generator=generator, device=generator.device)
    fx = torch.fft.fftfreq(shape[0], spacing[0], device=noise.device)[:, None]
    fy = torch.fft.rfftfreq(shape[1], spacing[1], device=noise.device)[None, :]
    frequency = torch.sqrt(fx * fx + fy * fy)
    amplitude = (torch.sqrt(frequency / cut) + _LOWEST_SHARE) * torch.exp(-((frequency / cut) ** 2))
    # every column but the first and, for an even number, the last stands for two (the spectrum of real numbers)
    twice = torch.full_like(amplitude, 2.0)
    twice[:, 0] = 1.0
    if shape[1] % 2 == 0:
        twice[:, -1] = 1.0
    amplitude = amplitude / torch.sqrt((twice * amplitude**2).sum() / (shape[0] * shape[1]))
    spectrum = torch.fft.rfft2(noise, dim=(0, 1)) * amplitude[:, :, None]
    return torch.fft.irfft2(spectrum, s=shape[:2], dim=(0, 1))


def bone_shade(hu: Tensor, plane: float) -> Tensor:
    """How much bone lies around each voxel in its slice, 0 to about 1: what hardens the beam and starves it of photons."""
    bone = ((hu - 200) / 1000).clamp(0, 1)
    wide = 12.0 / plane
    step = max(1, int(wide / 3))
    coarse = F.avg_pool3d(bone[None, None], (step, step, 1), ceil_mode=True)[0, 0]
    shade = gaussian_blur(coarse, (wide / step, wide / step, 0.0))
    return stretch(shade / 0.3, hu.shape, corners=False)


def slow_drift(shape: torch.Size, sd_hu: float, generator: torch.Generator) -> Tensor:
    """Shading that changes over the whole field of view, HU."""
    nodes = torch.randn(1, 1, 4, 4, 4, generator=generator, device=generator.device) * sd_hu
    return stretch(nodes[0, 0], shape, corners=True)


def ghost(hu: Tensor, spacing: tuple[float, float, float], shift: tuple[float, float, float], share: float) -> Tensor:
    """Part of the exposure with the ankle moved by `shift` mm: double edges."""
    steps = [round(m / s) for m, s in zip(shift, spacing, strict=True)]
    return (1 - share) * hu + share * torch.roll(hu, steps, (0, 1, 2))


def metal_streaks(
    hu: Tensor, spacing: tuple[float, float, float], strength_hu: float, generator: torch.Generator
) -> Tensor | None:
    """Dark and bright rays from the metal in each slice, HU to be added; None where there is no metal at all.

    A ray's brightness depends on its angle alone and falls with the distance; it grows with the metal's area in the slice.
    """
    metal = hu > METAL_HU
    area = metal.sum(dim=(0, 1)).float() * spacing[0] * spacing[1]
    slices = torch.nonzero(area > 0)[:, 0]
    if len(slices) == 0:
        return None
    out = torch.zeros_like(hu)
    profile = torch.randn(STREAK_ANGLES, generator=generator, device=generator.device)
    profile = profile - profile.mean()
    x = torch.arange(hu.shape[0], device=hu.device)[:, None, None] * spacing[0]
    y = torch.arange(hu.shape[1], device=hu.device)[None, :, None] * spacing[1]
    inside = metal[:, :, slices].float()
    count = inside.sum(dim=(0, 1))
    dx, dy = x - (inside * x).sum(dim=(0, 1)) / count, y - (inside * y).sum(dim=(0, 1)) / count
    distance = torch.sqrt(dx * dx + dy * dy)
    turn = (torch.atan2(dy, dx) / (2 * math.pi) % 1.0) * STREAK_ANGLES
    first = turn.floor().long() % STREAK_ANGLES
    part = turn - turn.floor()
    ray = profile[first] * (1 - part) + profile[(first + 1) % STREAK_ANGLES] * part
    fall = torch.exp(-distance / 45.0) * (distance / 3.0).clamp(max=1.0)
    out[:, :, slices] = strength_hu * torch.sqrt(area[slices] / 12.0).clamp(max=2.0) * ray * fall * (hu[:, :, slices] > -700)
    return out


def outside_circle(shape: tuple[int, ...], spacing: tuple[float, float, float], share: float) -> Tensor:
    """(X, Y, 1) bool: outside the circle of reconstruction, whose diameter is `share` of the longer side of the slice."""
    size = (shape[0] * spacing[0], shape[1] * spacing[1])
    x = (torch.arange(shape[0]) + 0.5) * spacing[0] - size[0] / 2
    y = (torch.arange(shape[1]) + 0.5) * spacing[1] - size[1] / 2
    return ((x[:, None] ** 2 + y[None, :] ** 2) > (share * max(size) / 2) ** 2)[:, :, None]
