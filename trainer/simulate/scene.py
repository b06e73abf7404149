"""Scene: one patient on one table. Draws all of a scan from its streams and renders it, with or without the fracture."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from trainer.simulate import sdf
from trainer.simulate.atlas import FOOT, LABELS, Atlas, SdfGrid, box_grid, trim
from trainer.simulate.fields import sample_grid, smooth_displacement
from trainer.simulate.fracture import SEVERITIES, Fracture, fissure_share, piece_share, soft_side
from trainer.simulate.implants import Implant, draw_implants
from trainer.simulate.injuries import draw_injury, draw_type
from trainer.simulate.scanner import Scanner, draw_scanner
from trainer.simulate.setting import STANDARD, Setting
from trainer.simulate.soft import Soft, draw_soft
from trainer.simulate.streams import stream
from trainer.simulate.tissue import BoneTexture, Lesion, draw_lesions, draw_texture


@dataclass(frozen=True)
class Pose:
    """Patient LPS mm -> canonical mm: canonical = matrix @ (lps - centre); `matrix` holds turn, tilt, scale and, for a right
    ankle, the mirror.
    """

    matrix: Tensor
    centre: Tensor
    scale: float

    def to_canonical(self, lps: Tensor) -> Tensor:
        """(..., 3) to (..., 3)."""
        return (lps - self.centre) @ self.matrix.T

    def to_lps(self, canonical: Tensor) -> Tensor:
        """(..., 3) to (..., 3)."""
        return canonical @ torch.linalg.inv(self.matrix).T + self.centre


@dataclass(frozen=True)
class Scene:
    """Everything about one scan except its voxel grid. `fractures` is what the fractured twin has and the other lacks; `other` is
    the same person's other leg, unbroken, where the scan holds both.
    """

    atlas: Atlas
    pose: Pose
    side: str
    warp: Tensor
    joints: dict[str, tuple[Tensor, Tensor, Tensor]]
    texture: BoneTexture
    lesions: list[Lesion]
    ossicles: list[tuple[str, SdfGrid]]
    soft: Soft
    scanner: Scanner
    fractures: list[Fracture]
    injury: str
    severity: str
    implants: list[Implant] = field(default_factory=list)
    other: Scene | None = None
    notes: dict[str, object] = field(default_factory=dict)

    def crack_mm(self) -> Tensor:
        """(K, 3) LPS mm: about where each cut runs (the smooth deformation left out, a few mm)."""
        out: list[Tensor] = []
        for fracture in self.fractures:
            rotation, pivot, shift = self.joints[fracture.bone]
            out.extend(self.pose.to_lps((cut.point - pivot) @ rotation + pivot + shift) for cut in fracture.cuts)
        return torch.stack(out)


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
WARP_ORIGIN = torch.tensor([-130.0, -150.0, -120.0])
WARP_EXTENT = 290.0
MIN_JOINT_MM = 0.9


def draw_scene(
    seed: int, index: int, atlas: Atlas, injury: str | None = None, severity: str | None = None, setting: Setting = STANDARD
) -> Scene:
    """Draw scan `index` of run `seed`. The fracture draws from a stream of its own, so the rest does not depend on it."""
    rng = stream(seed, index, "scene")
    side = "L" if rng.random() < 0.5 else "R"
    pose = _draw_pose(rng, side)
    joints = _draw_joints(rng)
    warp = smooth_displacement(rng, 6, float(rng.uniform(0.5, 2.2)))
    tissue_rng = stream(seed, index, "tissue")
    break_rng = stream(seed, index, "fracture")
    kind = injury or draw_type(break_rng)
    level = severity or str(break_rng.choice(SEVERITIES))
    lesions = draw_lesions(tissue_rng, atlas)
    scene = Scene(
        atlas=atlas,
        pose=pose,
        side=side,
        warp=warp,
        joints=joints,
        texture=draw_texture(tissue_rng, setting),
        lesions=lesions,
        ossicles=_draw_ossicles(tissue_rng),
        soft=draw_soft(stream(seed, index, "soft")),
        scanner=draw_scanner(stream(seed, index, "scanner"), setting),
        fractures=draw_injury(break_rng, atlas, kind, level),
        injury=kind,
        severity=level,
        implants=draw_implants(stream(seed, index, "metal"), atlas, setting.metal),
    )
    both = stream(seed, index, "other leg")
    if both.random() < setting.both_ankles:
        scene = replace(scene, other=_draw_other(both, scene))
    return replace(scene, notes={"confounders": _confounders(scene), "age": _age(stream(seed, index, "age"), scene, setting)})


def _draw_pose(rng: np.random.Generator, side: str) -> Pose:
    turn = np.deg2rad(rng.normal(0, 22) if rng.random() < 0.6 else rng.uniform(-180, 180))
    tilt = np.deg2rad(np.clip(rng.normal(0, 9, 2), -30, 30))
    scale = float(np.exp(np.clip(rng.normal(-0.02, 0.075), -0.18, 0.18)))
    matrix = _euler(tilt[0], tilt[1], turn) / scale
    if side == "R":
        matrix = np.diag([-1.0, 1.0, 1.0]) @ matrix
    return Pose(torch.tensor(matrix, dtype=torch.float32), torch.zeros(3), scale)


def _draw_other(rng: np.random.Generator, scene: Scene) -> Scene:
    """The same body's other leg: its bones mirrored, a pose, joints and findings of its own. It lies to the medial side."""
    side = "R" if scene.side == "L" else "L"
    pose = _draw_pose(rng, side)
    scale = scene.pose.scale / pose.scale
    toward = -1.0 if scene.side == "L" else 1.0  # LPS: x grows to the patient's left
    centre = torch.tensor([toward * rng.uniform(88, 150), rng.normal(0, 8), rng.normal(0, 10)], dtype=torch.float32)
    return replace(
        scene,
        pose=Pose(pose.matrix / scale, centre, scene.pose.scale),
        side=side,
        warp=smooth_displacement(rng, 6, float(rng.uniform(0.5, 2.2))),
        joints=_draw_joints(rng),
        lesions=draw_lesions(rng, scene.atlas),
        ossicles=_draw_ossicles(rng),
        soft=replace(scene.soft, cast=None, table=None),
        fractures=[],
        implants=[],
    )


def _confounders(scene: Scene) -> list[str]:
    """Everything in the scan that is no fracture and may look like one or mislead, by name."""
    there = {
        "ossicle": bool(scene.ossicles),
        "metal": bool(scene.implants),
        "cast": scene.soft.cast is not None,
        "swelling": scene.soft.swelling_hu > 0,
        "table": scene.soft.table is not None,
        "motion": scene.scanner.motion_share > 0,
        "padding": scene.scanner.circle > 0,
        "other leg": scene.other is not None,
    }
    return sorted({x.kind for x in scene.lesions} | {name for name, is_there in there.items() if is_there})


def _age(rng: np.random.Generator, scene: Scene, setting: Setting) -> int:
    """Years, as fits the bone: dense when young, poor when old (with a spread); growth plates are open in adolescents."""
    if any(lesion.kind == "physis" for lesion in scene.lesions):
        return int(rng.integers(11, 17))
    low, high = np.log(min(a for a, _ in setting.density)), np.log(max(b for _, b in setting.density))
    poor = (high - np.log(scene.texture.density)) / (high - low)
    return int(np.clip(round(22 + 65 * poor + rng.normal(0, 9)), 18, 97))


def _euler(about_x: float, about_y: float, about_z: float) -> np.ndarray:
    cx, sx, cy, sy, cz, sz = np.cos(about_x), np.sin(about_x), np.cos(about_y), np.sin(about_y), np.cos(about_z), np.sin(about_z)
    rx = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    ry = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    rz = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(rx @ ry @ rz)


def _draw_joints(rng: np.random.Generator) -> dict[str, tuple[Tensor, Tensor, Tensor]]:
    """(rotation, pivot, shift) per bone: the foot flexes about the trochlea's axis and turns below the talus; small play
    everywhere.
    """
    flex = np.deg2rad(np.clip(rng.normal(-4, 12), -35, 22))
    turn_in = np.deg2rad(np.clip(rng.normal(0, 4), -9, 9))
    out = {}
    for name in LABELS:
        if name == "ossicle":
            continue
        play = np.deg2rad(rng.normal(0, 0.8, 3))
        rotation = _euler(*play)
        if name in FOOT:
            rotation = rotation @ _euler(flex, 0.0, 0.0)
            if name != "talus":
                rotation = rotation @ _euler(0.0, turn_in, 0.4 * turn_in)
        pivot = np.array([0.0, 0.0, -23.0])
        shift = np.clip(rng.normal(0, 0.3, 3), -0.7, 0.7)
        out[name] = tuple(torch.tensor(x, dtype=torch.float32) for x in (rotation, pivot, shift))
    return out  # type: ignore[return-value]


def _draw_ossicles(rng: np.random.Generator) -> list[tuple[str, SdfGrid]]:
    """Accessory bones: os trigonum behind talus, os subfibulare below fibula, os subtibiale below the medial malleolus."""
    places = (("talus", (-3.0, 29.0, -20.0)), ("fibula", (24.0, 8.0, -30.0)), ("tibia", (-23.0, 0.0, -18.0)))
    out = []
    for bone, place in places:
        chance, spread, radii = rng.random(), rng.normal(0, 1.5, 3), rng.uniform(2.0, 5.0, 3)
        if chance < 0.16:
            centre = tuple(float(a + b) for a, b in zip(place, spread, strict=True))
            c = torch.tensor(centre)
            points = box_grid(c - 6.0, c + 6.0)
            out.append((bone, trim(points, sdf.ellipsoid(points, centre, tuple(float(r) for r in radii)))))  # type: ignore[arg-type]
    return out


_Kind = TypeVar("_Kind")


def to_device(thing: _Kind, device: torch.device | str) -> _Kind:
    """A scene, or any part of one, with every tensor in it on `device`."""
    return cast(_Kind, _moved(thing, device))


def _moved(thing: Any, device: torch.device | str) -> Any:
    if isinstance(thing, Tensor):
        return thing.to(device)
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{f.name: _moved(getattr(thing, f.name), device) for f in fields(thing)})
    if isinstance(thing, dict):
        return {key: _moved(value, device) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return type(thing)(_moved(value, device) for value in thing)
    return thing


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
