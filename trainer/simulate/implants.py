"""Metal: screws left in a bone, wires and pins. Drawn without knowing whether there is a fracture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trainer.simulate.atlas import Atlas
from trainer.simulate.fields import length
from trainer.simulate.fracture import soft_side

_HOME = ("tibia", "tibia", "fibula", "calcaneus", "talus")
DEEP_MM = 3.0


@dataclass(frozen=True)
class Implant:
    """A metal cylinder from `start` to `end` (3,), canonical mm, of `radius` mm and `hu` before the scanner cuts it off."""

    start: Tensor
    end: Tensor
    radius: float
    hu: float

    def share(self, canonical: Tensor, voxel: float) -> Tensor:
        """Share of each voxel (...,) that it fills."""
        axis = self.end - self.start
        q = canonical - self.start
        along = (q @ axis / (axis @ axis)).clamp(0.0, 1.0)
        return soft_side(length(q - along[..., None] * axis) - self.radius, voxel)


def draw_implants(rng: np.random.Generator, atlas: Atlas, chance: float) -> list[Implant]:
    """One to three pieces of metal with a probability of `chance`, none otherwise."""
    if rng.random() >= chance:
        return []
    out = []
    for _ in range(int(rng.integers(1, 4))):
        grid = atlas.bones[_HOME[int(rng.integers(len(_HOME)))]]
        inside = grid.points()[::3, ::3, ::3][grid.values[::3, ::3, ::3] < -DEEP_MM]
        low = inside[inside[:, 2] < 45.0]
        middle = low[int(rng.integers(len(low)))] if len(low) else inside[0]
        direction = rng.normal(size=3) * (1.0, 1.0, 0.4)
        half = torch.tensor(direction / np.linalg.norm(direction) * rng.uniform(8, 24), dtype=torch.float32)
        out.append(Implant(middle - half, middle + half, float(rng.uniform(0.7, 2.2)), float(rng.uniform(3500, 8000))))
    return out
