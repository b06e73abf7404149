"""Scene: one patient on one table. Draws all of a scan from its streams and renders it, with or without the fracture."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np
import torch
from torch import Tensor

from trainer.simulate import sdf
from trainer.simulate.atlas import FOOT, LABELS, Atlas, SdfGrid, box_grid, trim
from trainer.simulate.fields import smooth_displacement
from trainer.simulate.fracture import SEVERITIES, Fracture
from trainer.simulate.implants import Implant, draw_implants
from trainer.simulate.injuries import draw_injury, draw_type
from trainer.simulate.scanner import Scanner, draw_scanner
from trainer.simulate.setting import STANDARD, Setting
from trainer.simulate.soft import Soft, draw_soft
from trainer.simulate.streams import stream
from trainer.simulate.tissue import BoneTexture, Lesion, draw_lesions, draw_texture, lifelike_texture


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
    the same person's other leg, unbroken, where the scan holds both; `confounders` names all that is no fracture and may mislead,
    `age` (years) is one that fits the bone. `lifelike`: see `setting.Lifelike`.
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
    confounders: tuple[str, ...] = ()
    age: int = 0
    lifelike: bool = False

    def breaks(self) -> list[Fracture]:
        """Fractures in the order of everything that is stated one by one about them: by bone, then as drawn."""
        return [f for bone in self.atlas.bones for f in self.fractures if f.bone == bone]

    def crack_mm(self) -> Tensor:
        """(K, 3) LPS mm: about where each cut runs (the smooth deformation left out, a few mm)."""
        out: list[Tensor] = []
        for fracture in self.fractures:
            rotation, pivot, shift = self.joints[fracture.bone]
            out.extend(self.pose.to_lps((cut.point - pivot) @ rotation + pivot + shift) for cut in fracture.cuts)
        return torch.stack(out)


WARP_ORIGIN = torch.tensor([-130.0, -150.0, -120.0])
WARP_EXTENT = 290.0
Flexion = tuple[float, float, float, float]
_FLEX_DEG: Flexion = (-4.0, 12.0, -35.0, 22.0)


def draw_scene(
    seed: int, index: int, atlas: Atlas, injury: str | None = None, severity: str | None = None, setting: Setting = STANDARD
) -> Scene:
    """Draw scan `index` of run `seed`. The fracture draws from a stream of its own, so the rest does not depend on it."""
    rng = stream(seed, index, "scene")
    side = "L" if rng.random() < 0.5 else "R"
    pose = _draw_pose(rng, side)
    life = setting.lifelike
    joints = _draw_joints(rng, _FLEX_DEG if life is None else life.flex_deg)
    warp = smooth_displacement(rng, 6, float(rng.uniform(0.5, 2.2)))
    tissue_rng = stream(seed, index, "tissue")
    break_rng = stream(seed, index, "fracture")
    kind = injury or draw_type(break_rng)
    level = severity or str(break_rng.choice(SEVERITIES))
    lesions = draw_lesions(tissue_rng, atlas)
    texture = draw_texture(tissue_rng, setting)
    scene = Scene(
        atlas=atlas,
        pose=pose,
        side=side,
        warp=warp,
        joints=joints,
        texture=texture if life is None else lifelike_texture(stream(seed, index, "lifelike"), texture, life),
        lesions=lesions,
        ossicles=_draw_ossicles(tissue_rng),
        soft=draw_soft(stream(seed, index, "soft")),
        scanner=draw_scanner(stream(seed, index, "scanner"), setting),
        fractures=draw_injury(break_rng, atlas, kind, level, joint_stays=life is not None),
        injury=kind,
        severity=level,
        implants=draw_implants(stream(seed, index, "metal"), atlas, setting.metal),
        lifelike=life is not None,
    )
    both = stream(seed, index, "other leg")
    if both.random() < setting.both_ankles:
        scene = replace(scene, other=_draw_other(both, scene, _FLEX_DEG if life is None else life.flex_deg))
    return replace(scene, confounders=_confounders(scene), age=_age(stream(seed, index, "age"), scene, setting))


def _draw_pose(rng: np.random.Generator, side: str) -> Pose:
    turn = np.deg2rad(rng.normal(0, 22) if rng.random() < 0.6 else rng.uniform(-180, 180))
    tilt = np.deg2rad(np.clip(rng.normal(0, 9, 2), -30, 30))
    scale = float(np.exp(np.clip(rng.normal(-0.02, 0.075), -0.18, 0.18)))
    matrix = euler(tilt[0], tilt[1], turn) / scale
    if side == "R":
        matrix = np.diag([-1.0, 1.0, 1.0]) @ matrix
    return Pose(torch.tensor(matrix, dtype=torch.float32), torch.zeros(3), scale)


def _draw_other(rng: np.random.Generator, scene: Scene, flex_deg: Flexion) -> Scene:
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
        joints=_draw_joints(rng, flex_deg),
        lesions=draw_lesions(rng, scene.atlas),
        ossicles=_draw_ossicles(rng),
        soft=replace(scene.soft, cast=None, table=None),
        fractures=[],
        implants=[],
    )


def _confounders(scene: Scene) -> tuple[str, ...]:
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
    return tuple(sorted({x.kind for x in scene.lesions} | {name for name, is_there in there.items() if is_there}))


def _age(rng: np.random.Generator, scene: Scene, setting: Setting) -> int:
    """Years, as fits the bone: dense when young, poor when old (with a spread); growth plates are open in adolescents."""
    if any(lesion.kind == "physis" for lesion in scene.lesions):
        return int(rng.integers(11, 17))
    low, high = np.log(min(a for a, _ in setting.density)), np.log(max(b for _, b in setting.density))
    poor = (high - np.log(scene.texture.density)) / (high - low)
    return int(np.clip(round(22 + 65 * poor + rng.normal(0, 9)), 18, 97))


def euler(about_x: float, about_y: float, about_z: float) -> np.ndarray:
    """(3, 3) rotation: about z first, then y, then x, for column vectors; radians."""
    cx, sx, cy, sy, cz, sz = np.cos(about_x), np.sin(about_x), np.cos(about_y), np.sin(about_y), np.cos(about_z), np.sin(about_z)
    rx = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    ry = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    rz = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return np.asarray(rx @ ry @ rz)


def _draw_joints(rng: np.random.Generator, flex_deg: Flexion) -> dict[str, tuple[Tensor, Tensor, Tensor]]:
    """(rotation, pivot, shift) per bone: the foot flexes about the trochlea's axis and turns below the talus; small play
    everywhere.
    """
    mean, deviation, lowest, highest = flex_deg
    flex = np.deg2rad(np.clip(rng.normal(mean, deviation), lowest, highest))
    turn_in = np.deg2rad(np.clip(rng.normal(0, 4), -9, 9))
    out = {}
    for name in LABELS:
        if name == "ossicle":
            continue
        play = np.deg2rad(rng.normal(0, 0.8, 3))
        rotation = euler(*play)
        if name in FOOT:
            rotation = rotation @ euler(flex, 0.0, 0.0)
            if name != "talus":
                rotation = rotation @ euler(0.0, turn_in, 0.4 * turn_in)
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
