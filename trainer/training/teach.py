"""Teaching a network by another: its features at the teacher's strides and its map imitate those of a trained compact network.

A separable network learns very slowly from labels alone; what a dense one sees in every cell is a far richer lesson (FitNets,
Romero et al. 2015).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.networks.head import FractureNet
from trainer.networks.layout import channels_last
from trainer.training.deep import layers_of, stages_of

FINEST = 4  # stride of the finest features that are compared: below, a separable network has not seen enough to imitate them
DEEP = 4  # layers compared at each stride coarser than the teacher's: a long chain without short cuts passes on little


class Teacher(nn.Module):
    """The frozen teacher and the layers that translate the student's features into its own: at the last layer of every stride
    they share, and at `DEEP` layers of every coarser one, where the teacher's features are their means and maxima over a cell.

    Args:
        teacher: trained network (frozen here), full convolutions, `features` a Sequential.
        student: network whose `features` is a Sequential with a layer at the teacher's stride.

    Attributes:
        layers: of the student, whose features `lesson` wants; each with the stride of the teacher's features that it is compared
            with and how many of their cells make one of its own, along an axis.
    """

    def __init__(self, teacher: FractureNet, student: FractureNet) -> None:
        super().__init__()
        self.teacher = channels_last(teacher.eval().requires_grad_(False))
        if not isinstance(student.features, nn.Sequential) or not isinstance(teacher.features, nn.Sequential):
            raise TypeError("the features of teacher and student must be a Sequential")
        found, own = layers_of(student.features), stages_of(teacher.features)
        if teacher.stride not in found:
            raise ValueError(f"no layer of the student has stride {teacher.stride}, only {sorted(found)}")
        shared = [s for s in own if s >= FINEST and s in found]
        self.ends = {own[s][0]: s for s in shared}  # the teacher's layer to the stride that ends there
        self.layers: dict[int, tuple[int, int]] = {found[s][-1][0]: (s, 1) for s in shared}
        channels = dict(pair for pairs in found.values() for pair in pairs)
        for stride, there in found.items():
            if stride > teacher.stride:
                some = there[:: -max(1, -(-len(there) // DEEP))]
                self.layers |= {index: (teacher.stride, stride // teacher.stride) for index, _ in some}
        self.match = nn.ModuleDict(
            {str(i): nn.Conv3d(channels[i], own[s][1] * (1 if k == 1 else 2), 1) for i, (s, k) in self.layers.items()}
        )

    def train(self, mode: bool = True) -> Teacher:
        """The teacher itself stays in evaluation mode."""
        super().train(mode)
        self.teacher.eval()
        return self

    def learning(self) -> Iterator[nn.Parameter]:
        """What learns: the translation."""
        return self.match.parameters()

    def lesson(
        self, student: FractureNet, x: Tensor, taps: dict[int, Tensor], cam: Tensor, features: float = 1.0, scores: float = 0.3
    ) -> Tensor:
        """Loss: the student's features `taps` (of `layers`) against the teacher's, and its map against the teacher's highest
        score per cell, with a weight each; what weighs nothing is not worked out. The map of a student that is not pooled by
        log-sum-exp holds no scores, and is not compared.
        """
        seen, wanted_scores = self._look(x)
        loss = cam.new_zeros(())
        if features > 0:
            wanted = {at: _per_cell(seen[at[0]].float(), at[1]) for at in set(self.layers.values())}
            losses = [self._distance(self.match[str(i)](taps[i]).float(), wanted[at]) for i, at in self.layers.items()]
            loss = loss + features * torch.stack(losses).mean()
        if scores > 0 and student.pooling == "lse":
            pooled = F.max_pool3d(wanted_scores, student.stride // self.teacher.stride)
            loss = loss + scores * F.smooth_l1_loss(cam.float(), pooled.clamp(-8, 8))
        return loss

    @torch.no_grad()
    def _look(self, x: Tensor) -> tuple[dict[int, Tensor], Tensor]:
        """The teacher's features by stride, and its map."""
        assert isinstance(self.teacher.features, nn.Sequential)
        features: dict[int, Tensor] = {}
        x = x.contiguous(memory_format=torch.channels_last_3d)
        for i, layer in enumerate(self.teacher.features):
            x = layer(x)
            if i in self.ends:
                features[self.ends[i]] = x
        return features, self.teacher.pool(x)[1]

    @staticmethod
    def _distance(given: Tensor, features: Tensor) -> Tensor:
        """Mean squared difference in units of the features' spread; cells with something in them count more than air."""
        wanted = features / features.std().clamp(min=1e-3)
        weight = wanted.abs().mean(dim=1, keepdim=True)
        weight = weight / weight.mean().clamp(min=1e-6)
        return ((given - wanted) ** 2 * weight).mean()


def _per_cell(features: Tensor, cells: int) -> Tensor:
    """Means and maxima of features (N, C, d, h, w) over `cells` of their cells along each axis: (N, 2 C, d / cells, ...)."""
    if cells == 1:
        return features
    return torch.cat([F.avg_pool3d(features, cells), F.max_pool3d(features, cells)], dim=1)
