"""Training batches from prepared scans: whole volumes with a label each, in a new order every epoch, some with marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from trainer.simulate.streams import stream
from trainer.training.augment import mirror, vary_hu
from trainer.training.data import Batch, CropPlan, HardPlace

DOUBT_VOXELS = 2  # around a mark, where nothing is asked


class ScanBank:
    """Prepared scans as batches.

    A fracture that nobody marked teaches the scan's label alone: of its cells nothing is asked.

    Args:
        inputs: files of the networks' inputs (`prepare`), labels, and files of marks or None.
        spec: preprocessing of the inputs; turns them back into HU, as the loop expects them.
        size: edge of the volumes, voxels; smaller than the inputs' they are averaged down.
        seed: of order and augmentation.
        device: on which scans are augmented; a GPU also keeps them from the first time on, where they fit.
    """

    def __init__(
        self,
        inputs: Sequence[tuple[Path, int, Path | None]],
        spec: PreprocessSpec,
        size: int,
        seed: int,
        device: torch.device | str = "cpu",
    ) -> None:
        if not inputs:
            raise ValueError("there is no scan to train on")
        self.inputs, self.spec, self.size, self.seed = list(inputs), spec, size, seed
        self.hard: list[tuple[int, list[HardPlace]]] = []  # places are looked for in simulated pairs only
        self.device = torch.device(device)
        self.keeps = sum(path.stat().st_size for path, _, _ in self.inputs) <= room_on(self.device)
        self._kept: dict[int, Tensor] = {}

    def steps_per_epoch(self, batch: int) -> int:
        """Batches in which every scan is seen once; a set smaller than a batch gives one smaller batch."""
        return self.batches(len(self.inputs), batch)

    @staticmethod
    def batches(scans: int, batch: int) -> int:
        """Into how many batches of `batch` scans, or nearly so many, an epoch of `scans` is parted."""
        return max(1, math.ceil(scans / max(1, batch)))

    def usable(self, step: int) -> int:
        """All of them, always."""
        return len(self.inputs)

    def batch(self, step: int, plan: CropPlan) -> Batch:
        """Batch of step `step`; `plan.others` scans."""
        per_epoch = self.steps_per_epoch(plan.others)
        order = stream(self.seed, step // per_epoch, "scan order").permutation(len(self.inputs))
        # as even as possible: a last batch of one scan would spoil batch norm
        chosen = np.array_split(order, per_epoch)[step % per_epoch]
        rng = stream(self.seed, step, "scan batch")
        rows = [self._row(rng, int(i), plan) for i in chosen]
        hu, crack, changed, label = (torch.cat(parts) for parts in zip(*rows, strict=True))
        return Batch(hu, crack, changed, label, 0)

    def _row(self, rng: np.random.Generator, index: int, plan: CropPlan) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        _, label, marks = self.inputs[index]
        values = self._values(index).float()[None, None]
        hu = (values + self.spec.mean) * (self.spec.hi - self.spec.lo) + self.spec.lo
        crack = torch.zeros(hu.shape, dtype=torch.bool, device=hu.device)
        doubt = torch.zeros_like(crack)
        if label and marks is not None:
            crack = torch.from_numpy(np.load(marks))[None, None].to(hu.device)
            doubt = F.max_pool3d(crack.float(), 2 * DOUBT_VOXELS + 1, 1, DOUBT_VOXELS) > 0
        elif label:
            doubt = torch.ones_like(crack)
        if self.size < hu.shape[2]:
            hu = F.interpolate(hu, size=(self.size,) * 3, mode="area")
            crack, doubt = (F.adaptive_max_pool3d(m.float(), self.size) > 0 for m in (crack, doubt))
        hu, crack, doubt = mirror(rng, hu, crack, doubt)
        return vary_hu(rng, hu, plan.strength), crack, doubt, torch.full((1, 1), float(label), device=hu.device)

    def _values(self, index: int) -> Tensor:
        """The input of scan `index`, (D, D, D), as it is stored."""
        if index in self._kept:
            return self._kept[index]
        # a copy: the file is mapped read-only
        values = torch.from_numpy(np.array(np.load(self.inputs[index][0], mmap_mode="r"))).to(self.device)
        if self.keeps:
            self._kept[index] = values
        return values


def room_on(device: torch.device) -> int:
    """Bytes that prepared scans may take on a device: half of a GPU's free memory. On a CPU none: the system keeps files in
    memory by itself.
    """
    if device.type != "cuda":
        return 0
    free, _ = torch.cuda.mem_get_info(device)
    return free // 2
