"""Teaching a network by another: its features at the teacher's stride and its map imitate those of a trained compact network.

A separable network learns very slowly from labels alone; what a dense one sees in every cell is a far richer lesson (FitNets,
Romero et al. 2015).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.deep import stages_of
from trainer.networks.head import FractureNet
from trainer.networks.layout import channels_last


class Teacher(nn.Module):
    """The frozen teacher and the layers that translate the student's features into its own.

    Args:
        teacher: trained network (frozen here), full convolutions.
        student: network whose `features` is a Sequential with a layer at the teacher's stride.
    """

    def __init__(self, teacher: FractureNet, student: FractureNet) -> None:
        super().__init__()
        self.teacher = channels_last(teacher.eval().requires_grad_(False))
        if not isinstance(student.features, nn.Sequential):
            raise TypeError("the student's features must be a Sequential")
        stages = stages_of(student.features)
        if teacher.stride not in stages:
            raise ValueError(f"no layer of the student has stride {teacher.stride}, only {sorted(stages)}")
        self.match = nn.Conv3d(stages[teacher.stride][1], teacher.channels, 1)

    def train(self, mode: bool = True) -> Teacher:
        """The teacher itself stays in evaluation mode."""
        super().train(mode)
        self.teacher.eval()
        return self

    def learning(self) -> Iterator[nn.Parameter]:
        """What learns: the translation."""
        return self.match.parameters()

    def lesson(self, student: FractureNet, x: Tensor, middle: Tensor, cam: Tensor) -> Tensor:
        """Loss: features `middle` (at the teacher's stride) against the teacher's, and the map against the teacher's highest
        score per cell.
        """
        with torch.no_grad():
            features = self.teacher.features(x.contiguous(memory_format=torch.channels_last_3d))
            _, scores = self.teacher.pool(features)
        wanted = features.float() / features.float().std().clamp(min=1e-3)
        # cells with something in them count more than air
        weight = wanted.abs().mean(dim=1, keepdim=True)
        weight = weight / weight.mean().clamp(min=1e-6)
        loss = ((self.match(middle).float() - wanted) ** 2 * weight).mean()
        if student.pooling == "lse":
            pooled = F.max_pool3d(scores, student.stride // self.teacher.stride)
            loss = loss + 0.3 * F.smooth_l1_loss(cam.float(), pooled.clamp(-8, 8))
        return loss
