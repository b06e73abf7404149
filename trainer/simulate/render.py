"""Rendering: a scene as Hounsfield units on any grid, with or without its fracture, before the scanner."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trainer.simulate.atlas import LABELS, SdfGrid
from trainer.simulate.fields import sample_grid
from trainer.simulate.fracture import Fracture, fissure_share, piece_share, soft_side
from trainer.simulate.scene import WARP_EXTENT, WARP_ORIGIN, Scene

MIN_JOINT_MM = 0.9


@dataclass(frozen=True)
class Rendering:
    """HU before the scanner (X, Y, Z) float; bone labels uint8; one crack mask (bool) per fracture."""

    hu: Tensor
    labels: Tensor
    cracks: list[Tensor]


@dataclass
class _Shared:
    """What two renderings of one leg have in common: canonical positions, unbroken bones (share, HU and distance on their window,
    by number), the skin, and HU and labels of the other leg.
    """

    canonical: Tensor | None = None
    bones: dict[int, tuple[Tensor, Tensor, Tensor]] = field(default_factory=dict)
    skin: tuple[Tensor, Tensor] | None = None
    other: tuple[Tensor, Tensor] | None = None


OTHER_LEG = 20  # added to the labels of the other leg's bones
OTHER_REACH_MM = 45.0  # a leg farther than that from every voxel is not in the picture


def render_twins(scene: Scene, points: Tensor, spacing: tuple[float, float, float]) -> tuple[Rendering, Rendering]:
    """The fractured scan and its twin, as two calls of `render` would give them; what both share is worked out once."""
    shared = _Shared()
    return render(scene, points, spacing, True, shared), render(scene, points, spacing, False, shared)


def render(
    scene: Scene, points: Tensor, spacing: tuple[float, float, float], fractured: bool, shared: _Shared | None = None
) -> Rendering:
    """Fill a grid, on the device on which scene and points lie.

    Args:
        points: (X, Y, Z, 3) LPS mm of the voxel centres, axes roughly along the grid's own axes.
        spacing: mm, of those axes.
        fractured: with the fracture, or the twin without it.
        shared: filled and used here; for the twin on the same grid.
    """
    shared = _Shared() if shared is None else shared
    seen = _leg(scene, points, spacing, fractured, shared)
    if scene.other is None:
        return seen
    if shared.other is None:
        shared.other = _other_leg(scene.other, points, spacing)
    hu, labels = shared.other
    # each leg is air where the other one lies
    return Rendering(torch.maximum(seen.hu, hu), torch.where(seen.labels > 0, seen.labels, labels), seen.cracks)


def _other_leg(scene: Scene, points: Tensor, spacing: tuple[float, float, float]) -> tuple[Tensor, Tensor]:
    """HU and labels; air and nothing where the leg is out of the picture."""
    coarse = scene.pose.to_canonical(points[::8, ::8, ::8])
    grids = scene.atlas.bones.values()
    away = min(float((torch.maximum(torch.minimum(coarse, g.high), g.low) - coarse).norm(dim=-1).min()) for g in grids)
    if away > OTHER_REACH_MM:
        empty = torch.full(points.shape[:3], -1000.0, device=points.device)
        return empty, torch.zeros(points.shape[:3], dtype=torch.uint8, device=points.device)
    seen = _leg(scene, points, spacing, False, _Shared())
    return seen.hu, torch.where(seen.labels > 0, seen.labels + OTHER_LEG, seen.labels)


def _leg(scene: Scene, points: Tensor, spacing: tuple[float, float, float], fractured: bool, shared: _Shared) -> Rendering:
    """One leg with all that is around it; `shared` is filled and used."""
    voxel = float(np.mean(spacing)) / scene.pose.scale
    if shared.canonical is None:
        shared.canonical = _canonical(scene, points)
    canonical = shared.canonical
    shape, device = points.shape[:3], points.device
    nearest = torch.full(shape, 30.0, device=device)
    labels = torch.zeros(shape, dtype=torch.uint8, device=device)
    share = torch.zeros(shape, device=device)
    weighted = torch.zeros(shape, device=device)
    cracks: list[Tensor] = []
    solids = [(name, name, grid) for name, grid in scene.atlas.bones.items()] + [
        ("ossicle", bone, grid) for bone, grid in scene.ossicles
    ]
    for number, (name, home, grid) in enumerate(solids):
        window = _window(scene, canonical, home, grid)
        if window is None:
            continue
        mine = [f for f in scene.fractures if f.bone == name] if fractured else []
        masks: list[Tensor] = []
        if mine or number not in shared.bones:
            cover, hu, distance, masks = _bone(scene, name, grid, _to_bone(scene, home, canonical[window]), voxel, mine)
            if not mine:
                shared.bones[number] = cover, hu, distance
        else:
            cover, hu, distance = shared.bones[number]
        crowd = soft_side(MIN_JOINT_MM - nearest[window], voxel)
        cover = cover * crowd
        free = (1.0 - share[window]).clamp(min=0.0)
        cover = torch.minimum(cover, free)
        weighted[window] += cover * hu
        share[window] += cover
        labels[window] = torch.where(cover > 0.5, torch.full_like(labels[window], LABELS[name]), labels[window])
        nearest[window] = torch.minimum(nearest[window], distance)
        for mask in masks:
            full = torch.zeros(shape, dtype=torch.bool, device=device)
            full[window] = mask
            cracks.append(full)
    if shared.skin is None:
        shared.skin = scene.soft.skin(canonical, scene.atlas)
    soft = scene.soft.hu(points, shared.skin, nearest, voxel)
    hu = weighted + (1.0 - share) * soft
    for implant in scene.implants:
        metal = implant.share(canonical, voxel)
        hu = hu * (1.0 - metal) + implant.hu * metal
    return Rendering(hu, labels, cracks)


def _canonical(scene: Scene, points: Tensor) -> Tensor:
    """Points in the canonical frame, smooth deformation included; computed on every fourth voxel, since both maps are smooth."""
    shape = points.shape[:3]
    nodes = [torch.arange(0, n + 3, 4, device=points.device) for n in shape]
    axes = [points[1, 0, 0] - points[0, 0, 0], points[0, 1, 0] - points[0, 0, 0], points[0, 0, 1] - points[0, 0, 0]]
    i, j, k = torch.meshgrid(*nodes, indexing="ij")
    coarse = scene.pose.to_canonical(points[0, 0, 0] + i[..., None] * axes[0] + j[..., None] * axes[1] + k[..., None] * axes[2])
    step = WARP_EXTENT / (scene.warp.shape[-1] - 1)
    coarse = coarse + sample_grid(scene.warp, WARP_ORIGIN.to(points.device), step, coarse).movedim(0, -1)
    size = tuple(4 * (len(n) - 1) + 1 for n in nodes)
    fine = F.interpolate(coarse.movedim(-1, 0)[None], size=size, mode="trilinear", align_corners=True)[0]
    return fine[:, : shape[0], : shape[1], : shape[2]].movedim(0, -1).contiguous()


def _to_bone(scene: Scene, bone: str, canonical: Tensor) -> Tensor:
    rotation, pivot, shift = scene.joints[bone]
    offset = pivot - (pivot + shift) @ rotation.T
    return torch.addmm(offset, canonical.reshape(-1, 3), rotation.T).reshape(canonical.shape)


def _window(scene: Scene, canonical: Tensor, bone: str, grid: SdfGrid) -> tuple[slice, slice, slice] | None:
    """The smallest block of the volume that holds the bone and its margin (found on every fourth voxel)."""
    coarse = _to_bone(scene, bone, canonical[::4, ::4, ::4])
    inside = ((coarse > grid.low - 5.0) & (coarse < grid.high + 5.0)).all(dim=-1)
    hit = torch.nonzero(inside)
    if len(hit) == 0:
        return None
    low, high = hit.amin(dim=0) * 4, hit.amax(dim=0) * 4 + 4
    return tuple(slice(max(0, int(a) - 3), int(b) + 1) for a, b in zip(low, high, strict=True))  # type: ignore[return-value]


def _bone(
    scene: Scene, name: str, grid: SdfGrid, local: Tensor, voxel: float, fractures: list[Fracture]
) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
    """(share, HU, distance, crack masks) of one bone on its window."""
    lesions = [x for x in scene.lesions if x.bone == name]
    cortex = scene.atlas.cortex_mm.get(name, (1.2, 0.9))

    def solid(p: Tensor) -> Tensor:
        d = grid(p)
        for lesion in lesions:
            d = lesion.reshape(p, d)
        return d

    def material(points: Tensor, distance: Tensor) -> Tensor:
        """HU where there is bone, zero elsewhere: most of a bone's window is empty, so only the solid part is worked out."""
        here = distance < voxel
        p, d = points[here], distance[here]
        hu = scene.texture.hu(name, p, -d, cortex, voxel)
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
        return cover, material(local, whole), whole, masks
    fracture = moved[0]
    cover, hu, distance = torch.zeros_like(whole), torch.zeros_like(whole), torch.full_like(whole, 30.0)
    for piece in fracture.pieces:
        origin = piece.to_origin(local)
        d = solid(origin)
        part = soft_side(d, voxel) * piece_share(fracture, piece, origin, voxel)
        level = material(origin, d)
        part = torch.minimum(part, 1.0 - cover)
        hu += part * level
        cover += part
        distance = torch.minimum(distance, torch.where(part > 0, d, torch.full_like(d, 30.0)))
    for f in fractures:
        if not f.pieces:
            keep = fissure_share(f, local, voxel)
            cover, hu = cover * keep, hu * keep
    return cover, hu / cover.clamp(min=1e-4), torch.minimum(distance, whole.clamp(min=0.5)), masks
