"""One bone as fields over its own coordinates: how much of each voxel it fills and what it is made of, broken or whole."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.simulate.atlas import SdfGrid
from trainer.simulate.fracture import Fracture, fissure_share, piece_share, soft_side
from trainer.simulate.scene import Scene


def material(
    scene: Scene,
    name: str,
    grid: SdfGrid,
    local: Tensor,
    voxel: float,
    fractures: list[Fracture],
    facing: SdfGrid | None = None,
) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
    """(share, HU, distance, crack masks) of one bone at `local` (..., 3), mm in its own frame; `facing`: see Atlas."""
    lesions = [x for x in scene.lesions if x.bone == name]
    cortex = scene.atlas.cortex_mm.get(name, (1.2, 0.9))

    def solid(p: Tensor) -> Tensor:
        d = grid(p)
        for lesion in lesions:
            d = lesion.reshape(p, d)
        return d

    def inside(points: Tensor, distance: Tensor) -> Tensor:
        """HU where there is bone, zero elsewhere: most of a bone's window is empty, so only the solid part is worked out."""
        here = distance < voxel
        p, d = points[here], distance[here]
        hu = scene.texture.hu(name, p, -d, cortex, voxel, None if facing is None else facing(p))
        for lesion in lesions:
            hu = lesion.paint(hu, p, -d, voxel)
        if fractures and fractures[0].impaction_hu:
            for cut in fractures[0].cuts:
                hu = hu + fractures[0].impaction_hu * torch.exp(-((cut.height(p) / 1.2) ** 2))
        out = torch.zeros_like(distance)
        out[here] = hu
        return out

    whole = solid(local)
    masks = [f.crack(local, -whole, voxel) for f in fractures]
    moved = [f for f in fractures if f.pieces]
    if not moved:
        cover = soft_side(whole, voxel)
        for f in fractures:
            cover = cover * fissure_share(f, local, voxel)
        return cover, inside(local, whole), whole, masks
    fracture = moved[0]
    cover, hu, distance = torch.zeros_like(whole), torch.zeros_like(whole), torch.full_like(whole, 30.0)
    for piece in fracture.pieces:
        origin = piece.to_origin(local)
        d = solid(origin)
        part = soft_side(d, voxel) * piece_share(fracture, piece, origin, voxel)
        level = inside(origin, d)
        part = torch.minimum(part, 1.0 - cover)
        hu += part * level
        cover += part
        distance = torch.minimum(distance, torch.where(part > 0, d, torch.full_like(d, 30.0)))
    for f in fractures:
        if not f.pieces:
            keep = fissure_share(f, local, voxel)
            cover, hu = cover * keep, hu * keep
    return cover, hu / cover.clamp(min=1e-4), torch.minimum(distance, whole.clamp(min=0.5)), masks
