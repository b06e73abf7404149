"""Fields on grids: trilinear look-up in millimetres, band-limited noise, and smooth displacement."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def sample_grid(values: Tensor, origin: Tensor, spacing: float, points: Tensor) -> Tensor:
    """Trilinear look-up.

    Args:
        values: (X, Y, Z) or (C, X, Y, Z).
        origin: (3,) position of voxel (0, 0, 0), mm.
        spacing: mm.
        points: (..., 3), mm; outside the grid the value of the rim is taken.

    Returns:
        (...) or (C, ...).
    """
    channels = values if values.dim() == 4 else values[None]
    size = torch.tensor(channels.shape[1:], dtype=points.dtype, device=points.device)
    unit = (points - origin) * (2.0 / (spacing * (size - 1))) - 1.0
    flat = unit.reshape(1, -1, 1, 1, 3).flip(-1)
    out = F.grid_sample(channels[None], flat, mode="bilinear", padding_mode="border", align_corners=True)
    out = out.reshape(channels.shape[0], *points.shape[:-1])
    return out if values.dim() == 4 else out[0]


def noise_tile(
    generator: torch.Generator, size: int, low: float, high: float, anisotropy: tuple[float, float, float] = (1, 1, 1)
) -> Tensor:
    """Periodic band-limited noise, zero mean, unit standard deviation.

    Args:
        size: edge of the cube, voxels of 1 mm.
        low, high: shortest and longest wavelength, mm.
        anisotropy: factors on the wavelength along the three axes (a large value stretches the grain along that axis).

    Returns:
        (size, size, size) float32.
    """
    white = torch.randn(size, size, size, generator=generator)
    k = torch.fft.fftfreq(size)
    kz = torch.fft.rfftfreq(size)
    radius = torch.sqrt(
        (k[:, None, None] * anisotropy[0]) ** 2
        + (k[None, :, None] * anisotropy[1]) ** 2
        + (kz[None, None, :] * anisotropy[2]) ** 2
    )
    band = torch.exp(-((radius * low) ** 2)) * (1.0 - torch.exp(-((radius * high) ** 2)))
    out = torch.fft.irfftn(torch.fft.rfftn(white) * band, s=(size, size, size))
    return (out - out.mean()) / out.std()


def sample_tile(tile: Tensor, points: Tensor) -> Tensor:
    """Look up a periodic 1 mm tile at points (..., 3) in mm; the last voxel lies beside the first."""
    wrapped = torch.remainder(points, float(tile.shape[-1]))
    closed = F.pad(tile[None, None], (0, 1) * 3, mode="circular")[0, 0]
    return sample_grid(closed, torch.zeros(3, device=points.device), 1.0, wrapped)


def noise_sheet(generator: torch.Generator, size: int, shortest: float, slope: float = 1.6) -> Tensor:
    """Rough sheet (size, size), 1 mm pixels, unit standard deviation, power falling as k^-slope below 1/shortest (fracture
    surfaces are self-affine).
    """
    white = torch.randn(size, size, generator=generator)
    k = torch.fft.fftfreq(size)
    radius = torch.sqrt(k[:, None] ** 2 + torch.fft.rfftfreq(size)[None, :] ** 2)
    amplitude = torch.where(radius > 0, radius.clamp(min=1.0 / size) ** (-slope), torch.zeros(())) * torch.exp(
        -((radius * shortest) ** 2)
    )
    out = torch.fft.irfft2(torch.fft.rfft2(white) * amplitude, s=(size, size))
    return (out - out.mean()) / out.std()


def sample_sheet(sheet: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """Look up a 1 mm sheet at (u, v) in mm, its middle at (0, 0); beyond the rim the rim's value."""
    half = (sheet.shape[0] - 1) / 2.0
    grid = torch.stack([v / half, u / half], dim=-1).reshape(1, -1, 1, 2)
    out = F.grid_sample(sheet[None, None], grid, mode="bilinear", padding_mode="border", align_corners=True)
    return out.reshape(u.shape)


def smooth_displacement(rng: np.random.Generator, nodes: int, amplitude: float) -> Tensor:
    """Control values (3, nodes, nodes, nodes), mm, of a smooth random displacement with standard deviation `amplitude`."""
    field = rng.normal(0.0, 1.0, (3, nodes, nodes, nodes))
    for axis in (1, 2, 3):  # a little smoothing keeps neighbouring nodes from folding space
        field = (np.roll(field, 1, axis) + 2 * field + np.roll(field, -1, axis)) / 4
    field *= amplitude / field.std()
    fine = F.interpolate(
        torch.from_numpy(field.astype(np.float32))[None], size=(3 * nodes,) * 3, mode="trilinear", align_corners=True
    )[0]
    kernel = torch.tensor([0.25, 0.5, 0.25])
    for axis in range(3):  # rounds the kinks of the trilinear interpolation
        shape = [1, 1, 1, 1, 1]
        shape[2 + axis] = 3
        pad = [0, 0, 0, 0, 0, 0]
        pad[2 * (2 - axis)] = pad[2 * (2 - axis) + 1] = 1
        fine = F.conv3d(F.pad(fine[:, None], pad, mode="replicate"), kernel.reshape(shape))[:, 0]
    return fine


def gaussian_blur(volume: Tensor, sigma: tuple[float, float, float]) -> Tensor:
    """Separable Gaussian blur of (X, Y, Z), sigma in voxels along each axis."""
    out = volume
    for axis, s in enumerate(sigma):
        if s < 0.05:
            continue
        radius = max(1, int(np.ceil(2.8 * s)))
        weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / s) ** 2)
        pad = [0, 0, 0, 0, 0, 0]
        pad[2 * (2 - axis)] = pad[2 * (2 - axis) + 1] = radius
        padded = F.pad(out[None, None], pad, mode="replicate")[0, 0]
        length = out.shape[axis]
        # shifted sums: several times faster on a CPU than a one-channel convolution
        out = torch.zeros_like(volume)
        for i, weight in enumerate(weights / weights.sum()):
            out.add_(padded.narrow(axis, i, length), alpha=float(weight))
    return out
