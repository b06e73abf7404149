"""Teaching a network by another: its features at stride 8 and its map imitate those of a trained compact network.

A separable network learns very slowly from labels alone; what a dense one sees in every cell is a far richer lesson (FitNets, Romero et al. 2015).
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.networks.head import FractureNet


class Teacher(nn.Module):
    """Holds the frozen teacher and the student's two side exits at the teacher's stride.

    Args:
        teacher: trained network (frozen here).
        student: network whose `features` is a Sequential.
        exit_at: index in `student.features` whose output has the teacher's stride; found by a dry run if None.
    """

    def __init__(self, teacher: FractureNet, student: FractureNet, exit_at: int | None = None) -> None:
        super().__init__()
        self.teacher = teacher.eval().requires_grad_(False)
        layers = student.features
        if not isinstance(layers, nn.Sequential):
            raise TypeError("the student's features must be a Sequential")
        self.exit_at, channels = _exit(layers, teacher.stride) if exit_at is None else (exit_at, 0)
        self.match = nn.Conv3d(channels, teacher.channels, 1)
        self.score = nn.Conv3d(channels, 1, 1)

    def parameters(self, recurse: bool = True) -> Any:
        """Only what learns: the side exits."""
        return (p for m in (self.match, self.score) for p in m.parameters(recurse))

    def forward(self, student: FractureNet, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The student's logit and map, and the lesson's loss: features, cell scores, and pooled scores against the teacher's."""
        with torch.no_grad():
            features = self.teacher.features(x.to(memory_format=torch.channels_last_3d))
            _, scores = self.teacher.pool(features)
        middle = x
        layers = student.features
        assert isinstance(layers, nn.Sequential)
        for layer in layers[: self.exit_at + 1]:
            middle = layer(middle)
        last = middle
        for layer in layers[self.exit_at + 1 :]:
            last = layer(last)
        logit, cam = student.pool(student.dropout(last))
        spread = features.float().std().clamp(min=1e-3)
        wanted = features.float() / spread
        got = self.match(middle).float()
        # cells with something in them count more than air
        weight = wanted.abs().mean(dim=1, keepdim=True)
        weight = weight / weight.mean().clamp(min=1e-6)
        lesson = ((got - wanted) ** 2 * weight).mean()
        hint = F.smooth_l1_loss(self.score(middle).float(), scores.clamp(-8, 8))
        pooled = F.max_pool3d(scores, student.stride // self.teacher.stride)
        if student.pooling == "lse":
            lesson = lesson + 0.3 * F.smooth_l1_loss(cam.float(), pooled.clamp(-8, 8))
        return logit, cam, lesson + 0.3 * hint


def _exit(layers: nn.Sequential, stride: int) -> tuple[int, int]:
    """The last layer at `stride`, and its channels."""
    x = torch.zeros(1, 1, 4 * stride, 4 * stride, 4 * stride)
    found = (-1, 0)
    training = layers.training
    layers.eval()
    with torch.no_grad():
        for i, layer in enumerate(layers):
            x = layer(x)
            if x.shape[2] == 4:
                found = (i, x.shape[1])
    layers.train(training)
    if found[0] < 0:
        raise ValueError(f"no layer of the student has stride {stride}")
    return found
