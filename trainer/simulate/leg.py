"""One leg on a grid: its bones, the joints between them, what lies around them, and metal. Worked out slab after slab."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from trainer.simulate.atlas import LABELS, SdfGrid
from trainer.simulate.broken import material
from trainer.simulate.fields import Nodes, moved, sample_grid
from trainer.simulate.fracture import Fracture, soft_side
from trainer.simulate.scene import WARP_EXTENT, WARP_ORIGIN, Scene
from trainer.simulate.soft import COARSE

Block = tuple[slice, slice, slice]
MIN_JOINT_MM = 0.9
NODE = 4  # the maps into the bones' frames are smooth: worked out on every fourth voxel


@dataclass(frozen=True)
class Slab:
    """HU and labels (n, Y, Z) of a slab, and the crack masks in it: number of the break, block of the slab, mask."""

    hu: Tensor
    labels: Tensor
    cracks: list[tuple[int, tuple[Block, Tensor]]]


@dataclass(frozen=True)
class _Solid:
    """A bone or ossicle, and the block of the grid that holds it. `home` is the bone with which it moves; `facing`: see Atlas."""

    name: str
    home: str
    grid: SdfGrid
    facing: SdfGrid | None
    window: Block


@dataclass(frozen=True)
class _Piece:
    """A solid on a block of a slab: share of each voxel, HU, distance to its surface (mm), crack masks."""

    name: str
    block: Block
    cover: Tensor
    hu: Tensor
    distance: Tensor
    cracks: list[Tensor]


class Leg:
    """What is worked out for the whole grid at once, and from it slab after slab.

    Args:
        points: (X, Y, Z, 3) LPS mm of the voxel centres; spacing: mm along the three axes.
    """

    def __init__(self, scene: Scene, points: Tensor, spacing: tuple[float, float, float]) -> None:
        self.scene, self.points = scene, points
        self.voxel = float(np.mean(spacing)) / scene.pose.scale
        shape = points.shape[:3]
        nodes = _nodes(scene, points)
        self._canonical = Nodes(nodes, NODE, shape)
        skin = scene.soft.skin(self._canonical.every(COARSE).movedim(0, -1), scene.atlas)
        self._skin = Nodes(skin, COARSE, shape)
        bones = scene.atlas.solids()
        facing = scene.atlas.facing or (None,) * len(bones)
        solids = [(name, name, grid, near) for (name, grid), near in zip(bones, facing, strict=True)]
        solids += [("ossicle", bone, grid, None) for bone, grid in scene.ossicles]
        few = [-(-n // NODE) for n in shape]
        coarse = nodes[:, : few[0], : few[1], : few[2]]
        windows = [_window(_to_bone(scene, home, coarse), grid, shape) for _, home, grid, _ in solids]
        self._solids = [_Solid(*solid, window) for solid, window in zip(solids, windows, strict=True) if window is not None]
        self._breaks = [self._seen(f, spacing) for f in scene.breaks()]

    def _seen(self, fracture: Fracture, spacing: tuple[float, float, float]) -> Fracture:
        """A fracture with the breadth of voxels across each cut, where the scene asks for it."""
        if not self.scene.lifelike:
            return fracture
        rotation, _, _ = self.scene.joints[fracture.bone]
        to_scan = (rotation @ self.scene.pose.matrix * self.scene.pose.scale).T
        edges = torch.tensor(spacing, device=to_scan.device) / self.scene.pose.scale
        return replace(fracture, cuts=tuple(cut.on(to_scan, edges) for cut in fracture.cuts))

    def fill(self, slab: slice, which: tuple[bool, ...]) -> list[Slab]:
        """Slab `slab` of the first axis, once for each of `which`: with the fracture or without it."""
        canonical = self._canonical.slab(slab)
        unbroken: dict[int, _Piece] = {}
        intact: Slab | None = None
        out = []
        for fractured in which:
            pieces = [
                piece
                for number, solid in enumerate(self._solids)
                if (piece := self._piece(number, solid, slab, canonical, fractured, unbroken)) is not None
            ]
            if any(piece.cracks for piece in pieces):
                out.append(self._together(slab, canonical, pieces))
                continue
            # no broken bone in this slab: both twins look alike
            intact = intact or self._together(slab, canonical, pieces)
            out.append(intact)
        return out

    def _piece(
        self, number: int, solid: _Solid, slab: slice, canonical: Tensor, fractured: bool, unbroken: dict[int, _Piece]
    ) -> _Piece | None:
        """A solid's part in a slab, None where it has none; unbroken ones are kept in `unbroken` for the twin."""
        block = _within(solid.window, slab)
        if block is None:
            return None
        mine = [f for f in self._breaks if f.bone == solid.name] if fractured else []
        if not mine and number in unbroken:
            return unbroken[number]
        local = _to_bone(self.scene, solid.home, canonical[:, *block])
        made = material(self.scene, solid.name, solid.grid, local, self.voxel, mine, solid.facing)
        piece = _Piece(solid.name, block, *made)
        if not mine:
            unbroken[number] = piece
        return piece

    def _together(self, slab: slice, canonical: Tensor, pieces: list[_Piece]) -> Slab:
        """Bones, the joints between them, soft tissue and metal."""
        shape, device = canonical.shape[1:], canonical.device
        nearest = torch.full(shape, 30.0, device=device)
        labels = torch.zeros(shape, dtype=torch.uint8, device=device)
        share = torch.zeros(shape, device=device)
        weighted = torch.zeros(shape, device=device)
        cracks: list[tuple[int, tuple[Block, Tensor]]] = []
        for piece in pieces:
            block = piece.block
            crowd = soft_side(MIN_JOINT_MM - nearest[block], self.voxel)
            free = (1.0 - share[block]).clamp(min=0.0)
            cover = torch.minimum(piece.cover * crowd, free)
            weighted[block] += cover * piece.hu
            share[block] += cover
            labels[block] = torch.where(cover > 0.5, torch.full_like(labels[block], LABELS[piece.name]), labels[block])
            nearest[block] = torch.minimum(nearest[block], piece.distance)
            numbers = [i for i, f in enumerate(self._breaks) if f.bone == piece.name]
            cracks += [(i, (block, crack)) for i, crack in zip(numbers, piece.cracks, strict=bool(piece.cracks))]
        soft = self.scene.soft.hu(self.points[slab], self._skin.slab(slab), nearest, self.voxel)
        hu = weighted + (1.0 - share) * soft
        for implant in self.scene.implants:
            metal = implant.share(canonical.movedim(0, -1), self.voxel)
            hu = hu * (1.0 - metal) + implant.hu * metal
        return Slab(hu, labels, cracks)


def _nodes(scene: Scene, points: Tensor) -> Tensor:
    """(3, ...) canonical mm of every NODE-th voxel, smooth deformation included; the last ones lie on or beyond the border."""
    at = [torch.arange(0, n + NODE - 1, NODE, device=points.device) for n in points.shape[:3]]
    axes = [points[1, 0, 0] - points[0, 0, 0], points[0, 1, 0] - points[0, 0, 0], points[0, 0, 1] - points[0, 0, 0]]
    i, j, k = torch.meshgrid(*at, indexing="ij")
    coarse = scene.pose.to_canonical(points[0, 0, 0] + i[..., None] * axes[0] + j[..., None] * axes[1] + k[..., None] * axes[2])
    step = WARP_EXTENT / (scene.warp.shape[-1] - 1)
    return coarse.movedim(-1, 0) + sample_grid(scene.warp, WARP_ORIGIN.to(points.device), step, coarse)


def _to_bone(scene: Scene, bone: str, canonical: Tensor) -> Tensor:
    """(..., 3) mm in a bone's frame, of canonical positions (3, ...)."""
    rotation, pivot, shift = scene.joints[bone]
    return moved(canonical.movedim(0, -1), rotation, pivot - (pivot + shift) @ rotation.T)


def _window(coarse: Tensor, grid: SdfGrid, shape: torch.Size) -> Block | None:
    """The smallest block of the volume that holds a bone and its margin; `coarse` are every NODE-th voxel's positions in the
    bone's frame.
    """
    inside = ((coarse > grid.low - 5.0) & (coarse < grid.high + 5.0)).all(dim=-1)
    hit = torch.nonzero(inside)
    if len(hit) == 0:
        return None
    low, high = hit.amin(dim=0) * NODE, hit.amax(dim=0) * NODE + NODE
    return tuple(  # type: ignore[return-value]
        slice(max(0, int(a) - NODE + 1), min(n, int(b) + 1)) for a, b, n in zip(low, high, shape, strict=True)
    )


def _within(window: Block, slab: slice) -> Block | None:
    """The part of a block that lies in a slab, counted from the slab's own start."""
    start, stop = max(window[0].start, slab.start), min(window[0].stop, slab.stop)
    return (slice(start - slab.start, stop - slab.start), *window[1:]) if start < stop else None
