"""Fields on grids: trilinear look-up in millimetres, band-limited noise, and smooth displacement."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trainer.simulate.slabs import slabs


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
    # grid_sample names the last axis first; the turned volume is a view, turned points would be a copy
    turned = channels.permute(0, 3, 2, 1)[None]
    out = F.grid_sample(turned, unit.reshape(1, 1, 1, -1, 3), mode="bilinear", padding_mode="border", align_corners=True)
    out = out.reshape(channels.shape[0], *points.shape[:-1])
    return out if values.dim() == 4 else out[0]


def length(vectors: Tensor) -> Tensor:
    """(...) Euclidean length of (..., 3); faster than `norm` whatever the order in memory."""
    x, y, z = vectors.unbind(-1)
    return torch.sqrt(x * x + y * y + z * z)


def moved(points: Tensor, matrix: Tensor, offset: Tensor) -> Tensor:
    """`matrix` (3, 3) times each of `points` (..., 3) plus `offset` (3,). The result's coordinates lie as planes in memory, and a
    CPU works on planes several times faster than on one point after the other.
    """
    planes = points.movedim(-1, 0)
    return torch.addmm(offset[:, None], matrix, planes.flatten(1)).reshape(planes.shape).movedim(0, -1)


def along(axis: int, rows: Tensor, values: Tensor) -> Tensor:
    """`rows` (m, n) times (X, Y, Z) along an axis of n voxels, without turning the volume about."""
    if axis == 0:
        return (rows @ values.flatten(1)).reshape(-1, *values.shape[1:])
    return rows @ values if axis == 1 else values @ rows.T


class Nodes:
    """A smooth map that is known on every `step`-th voxel of a grid, linear in between: slab after slab of the whole grid, which
    itself need never be there.

    Args:
        values: (C, a, b, c), node (0, 0, 0) on voxel (0, 0, 0); beyond the last node its value holds.
        step: voxels between nodes.
        shape: of the grid.
    """

    def __init__(self, values: Tensor, step: int, shape: tuple[int, ...]) -> None:
        self.values, self.step = values, step
        self._rows = [
            _lines(torch.arange(n, device=values.device), step, k) for n, k in zip(shape, values.shape[1:], strict=True)
        ]
        self._planes = self._rows[1] @ (values @ self._rows[2].T)

    def slab(self, part: slice) -> Tensor:
        """(C, n, Y, Z) of slab `part` of the first axis."""
        first, last = part.start // self.step, min((part.stop - 1) // self.step + 2, self.values.shape[1])
        first = min(first, last - 1)
        planes = self._planes[:, first:last]
        return (self._rows[0][part, first:last] @ planes.flatten(2)).reshape(len(planes), -1, *planes.shape[2:])

    def every(self, stride: int) -> Tensor:
        """(C, ...) of every `stride`-th voxel."""
        x, y, z = (rows[::stride] for rows in self._rows)
        across = y @ (self.values @ z.T)
        return (x @ across.flatten(2)).reshape(len(across), -1, *across.shape[2:])


def _lines(voxels: Tensor, step: int, nodes: int) -> Tensor:
    """(voxels, nodes) weights of linear interpolation."""
    at = (voxels.to(torch.float32) / step).clamp(max=nodes - 1)
    return (1.0 - (at[:, None] - torch.arange(nodes, device=voxels.device)).abs()).clamp(min=0.0)


def stretch(values: Tensor, shape: tuple[int, ...], corners: bool) -> Tensor:
    """What `interpolate` gives for (X, Y, Z) and "trilinear" on larger grids, axis by axis as small matrices: several times
    faster where there are few nodes. `corners` is its align_corners.
    """
    out = values
    for axis in (2, 1, 0):
        if out.shape[axis] == shape[axis] and (corners or out.shape[axis] == 1):
            continue
        unit = torch.eye(out.shape[axis], device=values.device)[None]
        rows = F.interpolate(unit, size=shape[axis], mode="linear", align_corners=corners)[0]
        out = along(axis, rows.T, out)
    return out


def noise_tile(
    generator: torch.Generator, size: int, low: float, high: float, anisotropy: tuple[float, float, float] = (1, 1, 1)
) -> Tensor:
    """Periodic band-limited noise, zero mean, unit standard deviation.

    Args:
        size: edge of the cube, voxels of 1 mm.
        low, high: shortest and longest wavelength, mm.
        anisotropy: factors on the wavelength along the three axes (a large value stretches the grain along that axis).

    Returns:
        (size + 1, size + 1, size + 1) float32; the last layer along each axis is the first one again, for `sample_tile`.
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
    return F.pad(((out - out.mean()) / out.std())[None, None], (0, 1) * 3, mode="circular")[0, 0]


def sample_tile(tile: Tensor, points: Tensor) -> Tensor:
    """Look up a 1 mm tile of `noise_tile` at points (..., 3) in mm, repeated without end."""
    return sample_grid(tile, torch.zeros(3, device=points.device), 1.0, torch.remainder(points, float(tile.shape[-1] - 1)))


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
        # shifted sums: several times faster on a CPU than a one-channel convolution
        blurred = torch.empty_like(volume)
        for slab in slabs(volume.shape, 1 if axis == 0 else 0, volume.device):
            across: list[slice] = [slice(None)] * 3
            across[1 if axis == 0 else 0] = slab
            padded = F.pad(out[tuple(across)][None, None], pad, mode="replicate")[0, 0]
            total = torch.zeros_like(out[tuple(across)])
            for i, weight in enumerate(weights / weights.sum()):
                total.add_(padded.narrow(axis, i, out.shape[axis]), alpha=float(weight))
            blurred[tuple(across)] = total
        out = blurred
    return out
