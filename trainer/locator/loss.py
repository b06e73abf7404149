"""What the locator is taught: a bump of confidence at each landmark, and the way to it from the cells around."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ankleviewer.core.anatomy.landmarks import CELL

SIGMA = 1.0  # cells: width of the bump
NEAR = 1.8  # cells: from how far the way is learned
WAY = 0.5  # weight of the way


def targets(points: Tensor, shape: tuple[int, int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Of points (N, legs, 5, 3) in input voxels and the maps' shape: bump (N, 5, d, h, w) with 1 in the landmark's own cell, way
    (N, 15, d, h, w) in cells, and where the way counts (N, 5, d, h, w) bool.
    """
    cells = (points - (CELL - 1) / 2) / CELL  # the middle of cell c lies at voxel CELL * c + (CELL - 1) / 2
    axes = [torch.arange(n, dtype=torch.float32) for n in shape]
    at = torch.stack(torch.meshgrid(*axes, indexing="ij"))  # (3, d, h, w)
    n, legs, names, _ = points.shape
    bump = torch.zeros(n, names, *shape)
    way = torch.zeros(n, names, 3, *shape)
    nearest = torch.full((n, names, *shape), torch.inf)
    for row in range(n):
        for leg in range(legs):
            for name in range(names):
                point = cells[row, leg, name]
                if not torch.isfinite(point).all():
                    continue
                offset = point[:, None, None, None] - at
                distance = offset.square().sum(dim=0)
                peak = torch.exp(-distance / (2 * SIGMA**2))
                own = point.round().long()
                if all(0 <= int(own[a]) < shape[a] for a in range(3)):
                    peak[tuple(own.tolist())] = 1.0
                bump[row, name] = torch.maximum(bump[row, name], peak)
                closer = distance < nearest[row, name]
                nearest[row, name] = torch.where(closer, distance, nearest[row, name])
                way[row, name] = torch.where(closer, offset, way[row, name])
    return bump, way.flatten(1, 2), nearest < NEAR**2


def loss(logits: Tensor, shifts: Tensor, points: Tensor) -> Tensor:
    """Focal loss that asks less near a bump (Law and Deng 2018, equation 1), and the way's absolute error in cells."""
    bump, way, counts = targets(points, tuple(logits.shape[2:]))  # type: ignore[arg-type]
    own = bump == 1.0
    miss = F.softplus(-logits) * (1 - logits.sigmoid()).square()
    alarm = F.softplus(logits) * logits.sigmoid().square() * (1 - bump).pow(4)
    many = own.sum().clamp(min=1)
    heat = (miss[own].sum() + alarm[~own].sum()) / many
    where = counts.repeat_interleave(3, dim=1)
    return heat + WAY * (shifts - way)[where].abs().sum() / (3 * counts.sum().clamp(min=1)) * 3
