"""Where the landmarks of a scene's ankles lie: read off the bones' distance grids and moved with them into the patient."""

from __future__ import annotations

import torch
from torch import Tensor

from ankleviewer.core.anatomy.landmarks import DOME, HEEL, LATERAL, MEDIAL, PLAFOND
from trainer.simulate.atlas import Atlas, SdfGrid
from trainer.simulate.fields import sample_grid
from trainer.simulate.scene import WARP_EXTENT, WARP_ORIGIN, Scene

COLUMN_MM = 7.0  # half the width of the columns around the joint's middle in which plafond and dome are looked for
JOINT_MM = 22.0  # how far from the canonical origin they may lie
TIP_SHARE = 0.004  # of a bone's voxels: its tip is their mean, so that one voxel of relief does not decide
BONE_OF = {PLAFOND: "tibia", MEDIAL: "tibia", LATERAL: "fibula", DOME: "talus", HEEL: "calcaneus"}


_known: dict[int, tuple[Atlas, dict[str, Tensor]]] = {}  # of the last few bodies, by identity: a body is used several times
KEPT = 4


def canonical_landmarks(atlas: Atlas) -> dict[str, Tensor]:
    """(3,) mm in the canonical frame of each landmark.

    Plafond centre: median height of the tibia's lower surface over the joint's middle; talar dome: that of the talus' upper
    surface; malleoli: the lowest points of the fibula and of the tibia's inner side; heel: the farthest point of the calcaneus
    backwards and downwards at 45 degrees.
    """
    if id(atlas) in _known:
        return _known[id(atlas)][1]
    found = {
        PLAFOND: _face(atlas.bones["tibia"], lowest=True),
        DOME: _face(atlas.bones["talus"], lowest=False),
        MEDIAL: _tip(atlas.bones["tibia"], torch.tensor([0.0, 0.0, -1.0]), inner=True),
        LATERAL: _tip(atlas.bones["fibula"], torch.tensor([0.0, 0.0, -1.0])),
        HEEL: _tip(atlas.bones["calcaneus"], torch.tensor([0.0, 1.0, -1.0])),
    }
    while len(_known) >= KEPT:
        _known.pop(next(iter(_known)))
    _known[id(atlas)] = atlas, found  # the atlas is kept, so that no other can get its id
    return found


def landmarks_of(scene: Scene) -> dict[str, Tensor]:
    """(3,) LPS mm of each landmark of the scene's own leg, unbroken."""
    out = {}
    for name, point in canonical_landmarks(scene.atlas).items():
        rotation, pivot, shift = scene.joints[BONE_OF[name]]
        canonical = (point - pivot) @ rotation + pivot + shift
        out[name] = _unwarped(scene, canonical)
    return out


def _unwarped(scene: Scene, canonical: Tensor) -> Tensor:
    """LPS mm that the smooth deformation moves to a canonical position; the map is a small one, so iterating finds it."""
    step = WARP_EXTENT / (scene.warp.shape[-1] - 1)
    lps = scene.pose.to_lps(canonical)
    for _ in range(8):
        bare = scene.pose.to_canonical(lps)
        lps = scene.pose.to_lps(canonical - sample_grid(scene.warp, WARP_ORIGIN, step, bare[None]).movedim(0, -1)[0])
    return lps


def _face(grid: SdfGrid, lowest: bool) -> Tensor:
    points = grid.points()
    inside = (grid.values < 0) & (points[..., :2].abs() < COLUMN_MM).all(dim=-1) & (points[..., 2].abs() < JOINT_MM)
    z = torch.where(inside, points[..., 2], torch.full_like(points[..., 2], torch.inf if lowest else -torch.inf))
    heights = z.amin(dim=2) if lowest else z.amax(dim=2)
    known = heights[heights.isfinite()]
    half = grid.spacing / 2
    return torch.tensor([0.0, 0.0, float(known.median()) + (-half if lowest else half)])


def _tip(grid: SdfGrid, direction: Tensor, inner: bool = False) -> Tensor:
    points = grid.points()
    inside = grid.values < 0
    if inner:
        inside = inside & (points[..., 0] < -COLUMN_MM)
    solid = points[inside]
    far = solid @ (direction / direction.norm())
    count = max(5, round(TIP_SHARE * len(solid)))
    return solid[far.topk(count).indices].mean(dim=0)
