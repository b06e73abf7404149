"""What lies around the bones: cartilage, muscle, fat, skin, air, cast and table. None of it knows whether there is a fracture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trainer.simulate.atlas import Atlas
from trainer.simulate.fields import gaussian_blur, length, noise_tile, sample_tile
from trainer.simulate.fracture import soft_side
from trainer.simulate.streams import torch_generator

COARSE = 5


@dataclass(frozen=True)
class Soft:
    """Levels in HU, lengths in mm (canonical).

    Attributes:
        muscle_hu, fat_hu, cartilage_hu: tissue levels; septa: how much fat runs through the muscle.
        cover: thickness of soft tissue over bone at the joint; calf: extra behind the shaft per mm of height; fat: thickness
            under the skin.
        swelling_hu: stranding of the fat; cast: (gap, thickness, HU) or None; table: (y, thickness, HU, curvature) in LPS or
            None.
        tile: periodic noise.
    """

    muscle_hu: float
    fat_hu: float
    cartilage_hu: float
    septa: float
    cover: float
    calf: float
    fat: float
    swelling_hu: float
    cast: tuple[float, float, float] | None
    table: tuple[float, float, float, float] | None
    tile: Tensor

    def hu(self, lps: Tensor, outline: Tensor, nearest: Tensor, voxel: float) -> Tensor:
        """HU of all that is not bone; `outline` is what `skin` gives, on every voxel; `nearest` the distance to bone where that
        is small.
        """
        skin, noise = outline
        body = soft_side(skin, max(voxel, 0.8))
        layer = self.fat * (1.0 + 0.35 * noise)
        in_fat = torch.maximum(soft_side(-skin - layer, 2.0), (0.5 + (noise - (1.6 - self.septa))).clamp(0.0, 1.0))
        tissue = self.muscle_hu * (1 - in_fat) + (self.fat_hu + self.swelling_hu) * in_fat
        near = soft_side(nearest - 2.2, 1.5)
        tissue = tissue * (1 - near) + self.cartilage_hu * near
        rind = soft_side(-skin - 1.5, 1.0)  # skin proper
        tissue = tissue * (1 - rind) + 40.0 * rind
        outside = torch.full_like(tissue, -1000.0)
        if self.cast is not None:
            gap, thick, level = self.cast
            shell = soft_side((skin - gap - thick / 2).abs() - thick / 2, max(voxel, 1.0))
            outside = outside * (1 - shell) + level * (1.0 + 0.15 * noise) * shell
        if self.table is not None:
            y, thick, level, bend = self.table
            depth = lps[..., 1] - y + bend * lps[..., 0] ** 2
            plate = soft_side((depth - thick / 2).abs() - thick / 2, 1.0)
            foam = soft_side(thick - depth, 1.0) * soft_side(depth - 40.0, 1.0)
            outside = outside * (1 - plate) + level * plate
            outside = outside * (1 - foam) - 930.0 * foam
        return tissue * body + outside * (1 - body)

    def skin(self, coarse: Tensor, atlas: Atlas) -> Tensor:
        """(2, ...): signed distance to the skin (mm, negative inside) and slow noise at every COARSE-th voxel of a grid, `coarse`
        (..., 3) being their canonical positions: soft outlines need no detail.
        """
        distance = torch.full(coarse.shape[:3], 200.0, device=coarse.device)
        for _, grid in atlas.solids():
            nearest = torch.maximum(torch.minimum(coarse, grid.high), grid.low)
            distance = torch.minimum(distance, grid(nearest) + length(coarse - nearest))
        z = coarse[..., 2].clamp(min=0.0)
        behind = (coarse[..., 1] / 20.0).clamp(0.0, 1.0)
        noise = sample_tile(self.tile, coarse * 0.7)
        thickness = self.cover + self.calf * z * (0.35 + behind) + 1.5 * noise
        return torch.stack([gaussian_blur(distance - thickness, (0.9, 0.9, 0.9)), noise])


def draw_soft(rng: np.random.Generator) -> Soft:
    """Soft tissue, cast and table, independent of the label."""
    cast = (float(rng.uniform(0.5, 5)), float(rng.uniform(3, 9)), float(rng.uniform(50, 900))) if rng.random() < 0.25 else None
    table = (float(rng.uniform(45, 80)), float(rng.uniform(1.5, 5)), float(rng.uniform(-250, 250)), float(rng.uniform(0, 0.002)))
    return Soft(
        muscle_hu=float(rng.uniform(35, 70)),
        fat_hu=float(rng.uniform(-120, -70)),
        cartilage_hu=float(rng.uniform(30, 110)),
        septa=float(rng.uniform(0.0, 0.7)),
        cover=float(rng.uniform(4, 14)),
        calf=float(rng.uniform(0.02, 0.3)),
        fat=float(rng.uniform(1, 9)),
        swelling_hu=float(rng.choice([0.0, rng.uniform(10, 110)])),
        cast=cast,
        table=table if rng.random() < 0.5 else None,
        tile=noise_tile(torch_generator(rng), 48, float(rng.uniform(5, 9)), 40.0),
    )
