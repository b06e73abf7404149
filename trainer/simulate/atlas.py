"""Atlas: one body's ankle bones as signed distance grids in the canonical frame.

Canonical frame, millimetres: a left ankle, +x lateral, +y posterior, +z superior, origin at the centre of the tibial plafond.
Built-in and mesh bones end up in the same form, so that the rest of the simulator does not know where they came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from trainer.simulate.fields import length, sample_grid

BONES = ("talus", "tibia", "fibula", "calcaneus", "navicular", "cuboid", "cuneiforms", "metatarsals")
LABELS = {name: i + 1 for i, name in enumerate(BONES)} | {"ossicle": len(BONES) + 1}
FOOT = frozenset({"talus", "calcaneus", "navicular", "cuboid", "cuneiforms", "metatarsals"})
ATLAS_SPACING = 1.0
ATLAS_MARGIN = 7.0
FAR_MM = 30.0


@dataclass(frozen=True)
class SdfGrid:
    """Signed distance (mm, negative inside) sampled on a grid: `values` (X, Y, Z), `origin` (3,) and `spacing` in mm."""

    values: Tensor
    origin: Tensor
    spacing: float = ATLAS_SPACING

    def __call__(self, points: Tensor) -> Tensor:
        """Distance at points (..., 3) mm; beyond the grid the rim's value, which is positive."""
        return sample_grid(self.values, self.origin, self.spacing, points)

    @property
    def low(self) -> Tensor:
        """Lower corner, mm."""
        return self.origin

    @property
    def high(self) -> Tensor:
        """Upper corner, mm."""
        return self.origin + self.spacing * (torch.tensor(self.values.shape, device=self.origin.device) - 1)

    def points(self) -> Tensor:
        """(X, Y, Z, 3) positions of the grid's voxels, mm."""
        axes = [o + self.spacing * torch.arange(n) for o, n in zip(self.origin.tolist(), self.values.shape, strict=True)]
        return torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1)


@dataclass(frozen=True)
class Atlas:
    """The bones of one body.

    Attributes:
        name: the base shape's id; becomes `patient` in the manifest.
        bones: name (of BONES) to its distance grid.
        cortex_mm: name to (shaft, joint) cortical thickness, mm.
        more: further solids of a name that stands for several bones (cuneiforms, metatarsals), where they are apart.
        facing: distance to the nearest other solid, mm, one grid for each of `solids()`; none where nobody asks for it.
    """

    name: str
    bones: dict[str, SdfGrid]
    cortex_mm: dict[str, tuple[float, float]] = field(default_factory=dict)
    more: tuple[tuple[str, SdfGrid], ...] = ()
    facing: tuple[SdfGrid, ...] = ()

    def solids(self) -> list[tuple[str, SdfGrid]]:
        """Every solid with its name, in the order in which they take their room."""
        return [*self.bones.items(), *self.more]


def box_grid(low: Tensor, high: Tensor, spacing: float = ATLAS_SPACING, margin: float = ATLAS_MARGIN) -> Tensor:
    """Positions (X, Y, Z, 3) of a grid around the box [low, high] mm."""
    start = torch.floor(low - margin)
    count = torch.ceil((high - low + 2 * margin) / spacing).long() + 1
    axes = [start[i] + spacing * torch.arange(int(count[i])) for i in range(3)]
    return torch.stack(torch.meshgrid(*axes, indexing="ij")).movedim(0, -1)  # planes of x, y and z: faster to work with


def trim(points: Tensor, values: Tensor) -> SdfGrid:
    """Cut a distance grid down to its solid and a margin."""
    inside = torch.nonzero(values < ATLAS_MARGIN)
    low = inside.amin(dim=0)
    high = inside.amax(dim=0) + 1
    view = values[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    return SdfGrid(view.contiguous(), points[tuple(low)].clone())


def facing(solids: list[tuple[str, SdfGrid]]) -> tuple[SdfGrid, ...]:
    """Distance to the nearest of the other solids about each, mm, every second voxel: where a bone bears a joint."""
    out = []
    for number, (_, grid) in enumerate(solids):
        points = grid.points()[::2, ::2, ::2]
        nearest = torch.full(points.shape[:3], FAR_MM)
        for other, (_, beside) in enumerate(solids):
            if other != number:
                within = torch.maximum(torch.minimum(points, beside.high), beside.low)
                nearest = torch.minimum(nearest, beside(within) + length(points - within))
        out.append(SdfGrid(nearest, grid.origin, 2 * grid.spacing))
    return tuple(out)
