"""Changes to training crops, in Hounsfield units, before the window: twins always get the same change, so that it cannot betray
the label.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trainer.simulate.fields import gaussian_blur

AXES = (2, 3, 4)


def turn(rng: np.random.Generator, *tensors: Tensor) -> list[Tensor]:
    """One random flip and permutation of the axes (the 48 symmetries of the cube), the same for all tensors (N, C, D, D, D)."""
    flips = [axis for axis in AXES if rng.random() < 0.5]
    order = [0, 1, *(int(a) + 2 for a in rng.permutation(3))]
    return [t.flip(flips).permute(order).contiguous() for t in tensors]


def mirror(rng: np.random.Generator, *tensors: Tensor) -> list[Tensor]:
    """Left and right exchanged half of the time: the one symmetry that whole ankles have."""
    return [t.flip(2) for t in tensors] if rng.random() < 0.5 else list(tensors)


def vary_edges(rng: np.random.Generator, hu: Tensor) -> Tensor:
    """Now and then edges as other scanners draw them, the same for all volumes of `hu` (N, 1, D, D, D): enhanced, or in steps, as
    where voxels were left out; each is the nearest that was left, so that nothing moves against the masks.
    """
    out = hu
    if rng.random() < 0.3:
        strength, width = float(rng.uniform(0.2, 1.2)), float(rng.uniform(0.6, 1.3))
        smooth = torch.stack([gaussian_blur(v[0], (width,) * 3) for v in out])[:, None]
        out = torch.lerp(out, smooth, -strength)
    if rng.random() < 0.12:
        every, last = float(rng.uniform(1.0, 1.5)), out.shape[-1] - 1
        first = float(rng.random()) * every
        at = (((torch.arange(last + 1) - first) / every).round() * every + first).round().long().clamp(0, last).to(out.device)
        out = out[:, :, at][:, :, :, at][..., at]
    return out


def vary_hu(rng: np.random.Generator, hu: Tensor, strength: float = 1.0) -> Tensor:
    """Other scanners and other bones: contrast, offset, blur, coarser slices and noise.

    Args:
        rng: source of the draws.
        hu: (N, 1, D, H, W) float; the N volumes get the same change and the same noise.
        strength: 0 leaves the volumes as they are, 1 is the full range; a network that has yet to learn what a crack is
            needs little.
    """
    out = hu
    if rng.random() < 0.7 * strength:
        gain, offset, pivot = float(np.exp(rng.normal(0, 0.12))), float(rng.normal(0, 20)), float(rng.uniform(0, 200))
        out = (out - pivot) * gain + pivot + offset
    if rng.random() < 0.2 * strength:
        sigma = (float(rng.uniform(0.2, 0.6)), float(rng.uniform(0.2, 0.6)), float(rng.uniform(0.2, 0.6)))
        out = torch.stack([gaussian_blur(v[0], sigma) for v in out])[:, None]
    if rng.random() < 0.15 * strength:
        axis = int(rng.integers(3))
        size = list(out.shape[2:])
        thick = float(rng.uniform(1.2, 2.2))
        small = [max(4, round(n / thick)) if i == axis else n for i, n in enumerate(size)]
        out = F.interpolate(F.interpolate(out, size=small, mode="area"), size=size, mode="trilinear", align_corners=False)
    if rng.random() < 0.5 * strength:
        level = float(np.exp(rng.uniform(np.log(4), np.log(25))))
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        # drawn on the CPU, so that every device gets the same noise
        noise = torch.randn(out.shape[2:], generator=generator, device=generator.device).to(out.device)
        if rng.random() < 0.5:
            noise = gaussian_blur(noise, (0.5, 0.5, 0.5)) * 2.0
        out = out + level * noise
    return out
