"""Rendering: a scene as Hounsfield units on any grid, with or without its fracture, before the scanner."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.simulate.leg import Leg
from trainer.simulate.scene import Scene
from trainer.simulate.slabs import slabs


@dataclass(frozen=True)
class Rendering:
    """HU before the scanner (X, Y, Z) float; bone labels uint8; one crack mask (bool) per fracture, in the order of `breaks`."""

    hu: Tensor
    labels: Tensor
    cracks: list[Tensor]


OTHER_LEG = 20  # added to the labels of the other leg's bones
OTHER_REACH_MM = 45.0  # a leg farther than that from every voxel is not in the picture


def render_twins(scene: Scene, points: Tensor, spacing: tuple[float, float, float]) -> tuple[Rendering, Rendering]:
    """The fractured scan and its twin, as two calls of `render` would give them; what both share is worked out once."""
    fractured, intact = _render(scene, points, spacing, (True, False))
    return fractured, intact


def render(scene: Scene, points: Tensor, spacing: tuple[float, float, float], fractured: bool) -> Rendering:
    """Fill a grid, on the device on which scene and points lie.

    Args:
        points: (X, Y, Z, 3) LPS mm of the voxel centres, axes roughly along the grid's own axes.
        spacing: mm, of those axes.
        fractured: with the fracture, or the twin without it.
    """
    return _render(scene, points, spacing, (fractured,))[0]


def _render(scene: Scene, points: Tensor, spacing: tuple[float, float, float], which: tuple[bool, ...]) -> list[Rendering]:
    """One rendering for each of `which`: with the fracture or without it."""
    leg = Leg(scene, points, spacing)
    other = Leg(scene.other, points, spacing) if scene.other is not None and _near(scene.other, points) else None
    shape, device = points.shape[:3], points.device
    out = [
        Rendering(
            torch.empty(shape, device=device),
            torch.empty(shape, dtype=torch.uint8, device=device),
            [torch.zeros(shape, dtype=torch.bool, device=device) for _ in (scene.breaks() if fractured else ())],
        )
        for fractured in which
    ]
    for slab in slabs(shape, 0, device):
        beside = other.fill(slab, (False,))[0] if other else None
        for whole, part in zip(out, leg.fill(slab, which), strict=True):
            hu, labels = part.hu, part.labels
            if beside is not None:  # each leg is air where the other one lies
                hu = torch.maximum(hu, beside.hu)
                away = torch.where(beside.labels > 0, beside.labels + OTHER_LEG, beside.labels)
                labels = torch.where(labels > 0, labels, away)
            whole.hu[slab], whole.labels[slab] = hu, labels
            for number, (block, crack) in part.cracks:
                whole.cracks[number][slab][block] = crack
    return out


def _near(scene: Scene, points: Tensor) -> bool:
    """Whether a leg is in the picture at all."""
    coarse = scene.pose.to_canonical(points[::8, ::8, ::8])
    grids = [grid for _, grid in scene.atlas.solids()]
    away = min(float((torch.maximum(torch.minimum(coarse, g.high), g.low) - coarse).norm(dim=-1).min()) for g in grids)
    return away <= OTHER_REACH_MM
