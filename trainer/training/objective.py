"""What one step works out: the losses of a batch. One module, so that it can be wrapped for many processes as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from trainer.networks.head import FractureNet
from trainer.training.data import Batch, CropPlan
from trainer.training.deep import SideExits, side_loss
from trainer.training.targets import cell_loss, cell_targets
from trainer.training.teach import Teacher

_LATER = ("cuts", "edges")  # options of a `CropPlan`


@dataclass(frozen=True)
class Stage:
    """A part of the training.

    Attributes:
        plan: crops of a batch; steps: how many; lr: learning rate at the start and the end.
        cells, scan, sides, teacher, teacher_map: weights of the losses; the last two of the teacher's features and of its map.
        freeze_norm: batch norm keeps its statistics.
        mine_every: steps between two searches for hard places in `mine_volumes` volumes; 0 for none.
    """

    plan: CropPlan
    steps: int
    lr: tuple[float, float]
    cells: float = 1.0
    scan: float = 0.5
    sides: float = 1.0
    teacher: float = 0.0
    teacher_map: float = 0.0
    freeze_norm: bool = False
    mine_every: int = 0
    mine_volumes: int = 120

    def told(self) -> dict[str, Any]:
        """What a run is known by. Options that came later are left out where they are not used: a run begun before they were
        there is still the same.
        """
        out = asdict(self)
        out["plan"] = {name: value for name, value in out["plan"].items() if value or name not in _LATER}
        return out


class Objective(nn.Module):
    """Network, side exits, teacher's translation, and a bias per stage: whatever learns.

    Args:
        net: the network.
        stages: how many biases there are.
        teacher: or None.
        save_memory: work out activations anew for the gradient instead of keeping them.
    """

    def __init__(self, net: FractureNet, stages: int, teacher: Teacher | None = None, save_memory: bool = False) -> None:
        super().__init__()
        self.net = net
        self.exits = SideExits(net, taps=teacher.layers if teacher else (), save_memory=save_memory)
        self.teacher = teacher
        # crops are fractured far more often than scans are; what that adds to the logit must not stay in the network
        self.bias = nn.Parameter(torch.zeros(stages))

    def learning(self) -> list[nn.Parameter]:
        """Everything that learns, the biases apart."""
        return [*self.net.parameters(), *self.exits.parameters(), *(self.teacher.learning() if self.teacher else ())]

    def mode(self, freeze_norm: bool) -> None:
        """Training mode, batch norm in evaluation mode if asked for."""
        self.net.train()
        if freeze_norm:
            for module in self.net.modules():
                if isinstance(module, nn.BatchNorm3d):
                    module.eval()

    def forward(
        self, batch: Batch, spec: PreprocessSpec, stage: Stage, number: int, bf16: bool
    ) -> tuple[Tensor, dict[str, float]]:
        """Loss, and its parts for the log."""
        x = to_input(self.net, batch.hu, spec)
        with torch.autocast(x.device.type, torch.bfloat16, enabled=bf16):
            logit, cam, sides, taps = self.exits(self.net, x, stage.sides > 0)
            taught = x.new_zeros(())
            if self.teacher is not None and stage.teacher + stage.teacher_map > 0:
                taught = self.teacher.lesson(self.net, x, taps, cam, stage.teacher, stage.teacher_map)
        cells = x.new_zeros(())
        if stage.cells > 0:
            cells = cell_loss(cam, *cell_targets(batch.crack, batch.changed, self.net.stride))
        side = side_loss(sides, batch.crack, batch.changed) if sides else x.new_zeros(())
        logit = logit.float()
        scan = F.binary_cross_entropy_with_logits(logit + self.bias[number], batch.label)
        gap = (logit[0 : batch.twins : 2] - logit[1 : batch.twins : 2])[batch.label[0 : batch.twins : 2] > 0]
        if len(gap):
            scan = scan + F.softplus(-gap).mean()
        loss = stage.cells * cells + stage.scan * scan + stage.sides * side + taught
        accuracy = float((gap > 0).float().mean()) if len(gap) else float("nan")
        return loss, {
            "cells": cells.item(),
            "scan": scan.item(),
            "sides": side.item(),
            "lesson": taught.item(),
            "pair_accuracy": accuracy,
        }


def window(hu: Tensor, spec: PreprocessSpec) -> Tensor:
    """The network's input from HU: tensor twin of `ankleviewer.core.assessment.preprocess.normalise`."""
    return ((hu - spec.lo) / (spec.hi - spec.lo)).clamp(0.0, 1.0) - spec.mean


def to_input(net: FractureNet, hu: Tensor, spec: PreprocessSpec) -> Tensor:
    """`window`, laid out in memory as the network's layers like it."""
    x = window(hu, spec)
    return x.to(memory_format=torch.channels_last_3d) if net.mode == "full" else x


def on_device(batch: Batch, device: torch.device) -> Batch:
    """The batch on a device."""
    if device.type == "cpu":
        return batch
    hu, crack, changed, label = (t.to(device, non_blocking=True) for t in (batch.hu, batch.crack, batch.changed, batch.label))
    return Batch(hu, crack, changed, label, batch.twins)


def parts_of(batch: Batch, most: int | None) -> Iterator[tuple[Batch, float]]:
    """Parts of at most `most` rows, twins together, with their share of the batch; the whole where `most` is None."""
    rows = len(batch.label)
    first = 0
    for last in ends_of_parts(rows, batch.twins, most):
        part = Batch(batch.hu[first:last], batch.crack[first:last], batch.changed[first:last], batch.label[first:last], 0)
        yield replace(part, twins=min(max(batch.twins - first, 0), last - first)), (last - first) / rows
        first = last


def ends_of_parts(rows: int, twins: int, most: int | None) -> list[int]:
    """The row after the last one of each part of `rows` rows, the first `twins` of them twins; see `parts_of`."""
    size = rows if most is None else max(2, most - most % 2) if twins else max(1, most)
    return [min(rows, first + size) for first in range(0, rows, size)]


def share_of(batch: Batch, rank: int, size: int) -> Batch:
    """The rows of one of `size` processes, see `rows_of`.

    Raises:
        ValueError: there are fewer of them than processes.
    """
    if size == 1:
        return batch
    rows, twins = rows_of(len(batch.label), batch.twins, rank, size)
    if not rows:
        raise ValueError(f"a batch of {len(batch.label)} rows has none for process {rank + 1} of {size}: use a larger batch")
    at = torch.tensor(rows)
    return Batch(batch.hu[at], batch.crack[at], batch.changed[at], batch.label[at], twins)


def rows_of(rows: int, twins: int, rank: int, size: int) -> tuple[list[int], int]:
    """Numbers of the rows that process `rank` of `size` takes, and how many of them, the first ones, are twins. The pairs are
    dealt out one by one, then the other rows, from the process on at which the pairs ended: a pair and another row suit two
    processes.
    """
    pairs = range(rank, twins // 2, size)
    others = range(twins + (rank - twins // 2) % size, rows, size)
    return [r for p in pairs for r in (2 * p, 2 * p + 1)] + list(others), 2 * len(pairs)
