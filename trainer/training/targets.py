"""What a network should answer in each cell of its map, from the crack's mask."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

MOST_WEIGHT = 12.0


def fewest_voxels(stride: int) -> float:
    """Crack voxels from which on a cell counts as cracked: a crack is a sheet, so the number grows with the cell's face; below,
    it is grazed.
    """
    return max(1.0, stride * stride / 32.0)


def cell_targets(crack: Tensor, changed: Tensor, stride: int) -> tuple[Tensor, Tensor]:
    """Targets on the network's cells.

    Args:
        crack: (N, 1, D, H, W) bool, the crack.
        changed: the same shape, where the scan differs from its unfractured twin.
        stride: voxels per cell.

    Returns:
        target and weight, both (N, 1, d, h, w) float. Weight 0 marks cells of which it cannot be said: beside a crack, grazed by
        it, or holding a displaced piece whose surface looks like any other.
    """
    share = F.avg_pool3d(crack.float(), stride)
    target = (share * stride**3 > fewest_voxels(stride) - 0.5).float()
    beside = F.max_pool3d((share > 0).float(), 3, 1, 1)
    moved = (F.avg_pool3d(changed.float(), stride) > 0.02).float()
    weight = torch.where(target > 0, torch.ones_like(target), (1.0 - beside) * (1.0 - moved))
    return target, weight


def cell_loss(cam: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Binary cross-entropy over cells; cracked cells count up to MOST_WEIGHT times, lest they be lost among the others.

    Balancing both kinds fully and adding the hardest cells once more was tried: the network then hardly learnt
    (docs/training-history.md).
    """
    loss = F.binary_cross_entropy_with_logits(cam, target, reduction="none") * weight
    positive = (target * weight).sum().clamp(min=1.0)
    emphasis = ((weight.sum() - positive) / positive).clamp(min=1.0, max=MOST_WEIGHT)
    return (loss * (1.0 + (emphasis - 1.0) * target)).sum() / weight.sum().clamp(min=1.0)
