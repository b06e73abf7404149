"""Fractures: rough cuts through a bone, rigidly moved pieces, and partial fissures, as fields over the bone's own coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trainer.simulate.fields import length, moved, sample_sheet

SEVERITIES = ("hairline", "moderate", "displaced")
REACH_MM = 10.0


@dataclass(frozen=True)
class Cut:
    """A rough, curved surface through a bone.

    Attributes:
        point, normal, u, v: (3,) a point on the surface (mm) and its orthonormal frame.
        sheet: 1 mm height map, unit standard deviation; `roughness` its height in mm.
        curvature: 1/mm, along u.
        kerf: width of bone lost in the crack, mm.
        domain: other cuts (index, sign) on whose side this cut exists.
        reach: for a fissure the radius (mm) around `start` to which it extends; None for a through-going cut.
        breadth: width (mm) of the grid's voxels across the cut; None takes the mean of their edges.
    """

    point: Tensor
    normal: Tensor
    u: Tensor
    v: Tensor
    sheet: Tensor
    roughness: float
    curvature: float
    kerf: float
    domain: tuple[tuple[int, int], ...] = ()
    reach: float | None = None
    start: Tensor | None = None
    breadth: float | None = None

    def on(self, to_scan: Tensor, edges: Tensor) -> Cut:
        """The cut as a grid shows it: slices that are thicker than pixels are wide cells across them alone.

        Args:
            to_scan: (3, 3) turns directions of the bone's frame into those of the grid's axes.
            edges: (3,) of its voxels, mm of the bone's frame.
        """
        across = to_scan @ self.normal
        return replace(self, breadth=float((across / across.norm() * edges).norm()))

    def across(self, voxel: float) -> float:
        """Width (mm) of a voxel across the cut, of voxels whose mean edge is `voxel`."""
        return voxel if self.breadth is None else self.breadth

    def height(self, points: Tensor) -> Tensor:
        """Signed distance (mm, to first order) of points (..., 3) from the surface, positive on the normal's side."""
        frame = torch.stack([self.u, self.v, self.normal])
        u, v, height = moved(points, frame, -(frame @ self.point)).unbind(-1)
        return height - self.roughness * sample_sheet(self.sheet, u, v) - self.curvature * u * u


@dataclass(frozen=True)
class Piece:
    """A part of the bone, given by the sides of the cuts it lies on, and its rigid motion x -> rotation (x - pivot) + pivot +
    shift.
    """

    sides: tuple[tuple[int, int], ...]
    rotation: Tensor
    pivot: Tensor
    shift: Tensor

    def to_origin(self, points: Tensor) -> Tensor:
        """Where a point of the moved piece was before the fracture."""
        back = self.rotation.T
        return moved(points, back, self.pivot - back @ (self.shift + self.pivot))


@dataclass(frozen=True)
class Fracture:
    """One fractured bone.

    Attributes:
        type: the injury's name, e.g. "weber-b"; bone: name in BONES; severity: one of SEVERITIES.
        gap_mm: widest separation of the faces; step_mm: shift along the face.
        impaction_hu: density added along the crack (0 for none).
    """

    type: str
    bone: str
    severity: str
    cuts: tuple[Cut, ...]
    pieces: tuple[Piece, ...]
    gap_mm: float
    step_mm: float
    impaction_hu: float = 0.0

    @property
    def displacement_mm(self) -> float:
        """How severe it is, as a number: the farthest that bone within REACH_MM of the crack's middle has moved, mm; 0 where
        its sides stayed.
        """
        around = REACH_MM * torch.cat([torch.zeros(1, 3), torch.eye(3), -torch.eye(3)])
        farthest = 0.0
        for piece in self.pieces:
            moved = around @ piece.rotation.T + piece.shift
            farthest = max(farthest, float(length(moved - around).max()))
        return farthest

    def crack(self, points: Tensor, depth: Tensor, width: float) -> Tensor:
        """Bool: points (..., 3) of the unbroken bone (depth > 0 inside, mm) that lie on a crack at least `width` mm wide."""
        heights = [cut.height(points) for cut in self.cuts]
        out = torch.zeros(points.shape[:-1], dtype=torch.bool, device=points.device)
        for cut, height in zip(self.cuts, heights, strict=True):
            on = height.abs() <= max(self.gap_mm, cut.across(width)) / 2
            for other, sign in cut.domain:
                on &= sign * heights[other] > 0
            if cut.reach is not None and cut.start is not None:
                on &= length(points - cut.start) <= cut.reach
            out |= on
        return out & (depth > 0)


def soft_side(distance: Tensor, voxel: float) -> Tensor:
    """Share of a voxel of width `voxel` (mm) on the negative side of a surface at `distance` mm: the partial-volume law."""
    return (0.5 - distance / voxel).clamp(0.0, 1.0)


def piece_share(fracture: Fracture, piece: Piece, origin: Tensor, voxel: float) -> Tensor:
    """Share of each voxel that the cuts leave to a piece; `origin` (..., 3) are the points moved back by `piece.to_origin`."""
    share = torch.ones(origin.shape[:-1], device=origin.device)
    for index, sign in piece.sides:
        cut = fracture.cuts[index]
        share = share * soft_side(cut.kerf / 2 - sign * cut.height(origin), cut.across(voxel))
    return share


def fissure_share(fracture: Fracture, points: Tensor, voxel: float) -> Tensor:
    """Share of each voxel that partial fissures leave in place."""
    share = torch.ones(points.shape[:-1], device=points.device)
    for cut in fracture.cuts:
        if cut.reach is None or cut.start is None:
            continue
        height, width = cut.height(points), cut.across(voxel)
        slab = soft_side(height - cut.kerf / 2, width) - soft_side(height + cut.kerf / 2, width)
        share = share * (1.0 - slab * soft_side(length(points - cut.start) - cut.reach, 4.0))
    return share
