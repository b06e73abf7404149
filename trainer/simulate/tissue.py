"""What bone is made of: cortex, trabeculae, marrow, and the things that look like fractures but are none. Hounsfield units
before the scanner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trainer.simulate.atlas import BONES, Atlas
from trainer.simulate.fields import noise_sheet, noise_tile, sample_sheet, sample_tile
from trainer.simulate.fracture import soft_side
from trainer.simulate.setting import STANDARD, Setting, draw_log
from trainer.simulate.streams import log_uniform, torch_generator


@dataclass(frozen=True)
class BoneTexture:
    """Material of one body's bones.

    Attributes:
        density: factor on trabecular and cortical density, 1 = healthy adult.
        cortex_hu, trabecular_hu, marrow_hu: levels before the scanner's blur.
        grain, patches: periodic noise tiles (trabeculae; slow density changes), `grain_hu` and `patch` their amplitudes.
        thickness: tile of the relative variation of cortical thickness.
    """

    density: float
    cortex_hu: float
    trabecular_hu: float
    marrow_hu: float
    grain: Tensor
    grain_hu: float
    patches: Tensor
    patch: float
    cortex_scale: float
    offsets: dict[str, Tensor]

    def hu(self, bone: str, points: Tensor, depth: Tensor, cortex: tuple[float, float], voxel: float) -> Tensor:
        """HU of solid bone at `points` (..., 3) in the bone's own frame, `depth` mm below its surface."""
        p = points + self.offsets[bone]
        slow = sample_tile(self.patches, p * 0.5)
        level = self.trabecular_hu * self.density * (1.0 + self.patch * slow)
        shaft, joint = cortex
        if bone in ("tibia", "fibula"):
            z = points[..., 2]
            up = ((z - 12.0) / 40.0).clamp(0.0, 1.0)
            hollow = ((z - 22.0) / 30.0).clamp(0.0, 1.0)
            thickness = (joint + (shaft - joint) * up) * (1.0 + 0.13 * slow)
            near_joint = torch.exp(-(z.clamp(min=0.0)) / 9.0) * 90.0 * self.density
            level = level * (1.0 - hollow) + self.marrow_hu * hollow + near_joint
            grain = self.grain_hu * (1.0 - 0.8 * hollow)
        else:
            thickness = joint * (1.0 + 0.3 * slow)
            level = level + 60.0 * self.density * torch.exp(-depth.clamp(min=0.0) / 4.0)
            grain = torch.full((), self.grain_hu)
        core = level + grain * self.density * sample_tile(self.grain, p)
        shell = soft_side(depth - thickness * self.cortex_scale, voxel)
        cortex_hu = self.cortex_hu * (0.55 + 0.45 * self.density) * (1.0 + 0.06 * slow)
        return core + (cortex_hu - core) * shell


def draw_texture(rng: np.random.Generator, setting: Setting = STANDARD) -> BoneTexture:
    """Bone of a random age: density from osteoporotic to dense."""
    generator = torch_generator(rng)
    density = draw_log(rng, setting.density)
    stretch = float(rng.uniform(1.0, 2.2))
    return BoneTexture(
        density=density,
        cortex_hu=float(rng.uniform(*setting.cortex_hu)),
        trabecular_hu=float(rng.uniform(*setting.trabecular_hu)),
        marrow_hu=float(rng.uniform(-70, 60)),
        grain=noise_tile(generator, 64, float(rng.uniform(*setting.grain_mm)), float(rng.uniform(5, 14)), (1.0, 1.0, stretch)),
        grain_hu=log_uniform(rng, *setting.grain_hu),
        patches=noise_tile(generator, 64, float(rng.uniform(4, 9)), 40.0),
        patch=float(rng.uniform(0.05, 0.3)),
        cortex_scale=float(rng.uniform(0.75, 1.2)) * (0.6 + 0.4 * min(density, 1.0)),
        offsets={name: torch.tensor(rng.uniform(0, 63, 3), dtype=torch.float32) for name in (*BONES, "ossicle")},
    )


@dataclass(frozen=True)
class Lesion:
    """A finding that is no fracture, in the frame of its bone.

    Attributes:
        kind: one of KINDS; bone: where.
        point, direction, other: a place and two orthogonal unit vectors.
        size: its radius or thickness, mm; hu: level or change.
        sheet: height map for plane-like kinds.
    """

    kind: str
    bone: str
    point: Tensor
    direction: Tensor
    other: Tensor
    size: float
    hu: float
    sheet: Tensor

    def reshape(self, points: Tensor, distance: Tensor) -> Tensor:
        """Change of the bone's outer form: osteophytes and callus."""
        if self.kind == "osteophyte":
            bump = (points - self.point).norm(dim=-1) - self.size
            h = (2.0 - (distance - bump).abs()).clamp(min=0.0) / 2.0
            return torch.minimum(distance, bump) - h * h * 0.5
        if self.kind == "healed":
            return distance - self.size * torch.exp(-((((points - self.point) @ self.direction) / 7.0) ** 2))
        return distance

    def paint(self, hu: Tensor, points: Tensor, depth: Tensor, voxel: float) -> Tensor:
        """HU of the bone with the finding in it."""
        q = points - self.point
        along = q @ self.direction
        if self.kind in ("scar", "physis", "healed"):
            side = torch.linalg.cross(self.direction, self.other)
            height = along - 1.3 * sample_sheet(self.sheet, q @ self.other, q @ side)
            if self.kind == "scar":  # a closed growth plate leaves a thin dense line
                return hu + self.hu * soft_side(height.abs() - self.size / 2, voxel) * (depth > 0.5)
            if self.kind == "physis":  # an open one is a lucent, undulating band with dense borders
                inner = soft_side(height.abs() - self.size / 2, voxel)
                rim = soft_side(height.abs() - self.size / 2 - 1.0, voxel) - inner
                return hu * (1 - inner) + self.hu * inner + 150.0 * rim * (depth > 0.8)
            return hu + self.hu * torch.exp(-((height / 3.0) ** 2)) * (depth > 0.5)
        if self.kind in ("canal", "track"):
            across = (q - along[..., None] * self.direction).norm(dim=-1)
            ends = soft_side(along.abs() - (11.0 if self.kind == "canal" else 45.0), 2.0)
            inner = soft_side(across - self.size, voxel) * ends
            out = hu * (1 - inner) + self.hu * inner
            if self.kind == "track":  # an old screw's bed has a thin dense wall
                out = out + 250.0 * (soft_side(across - self.size - 1.0, voxel) * ends - inner).clamp(min=0.0)
            return out
        if self.kind in ("cyst", "island"):
            r = q.norm(dim=-1) - self.size
            inner = soft_side(r, max(voxel, 1.0))
            out = hu * (1 - inner) + self.hu * inner
            if self.kind == "cyst":
                out = out + 200.0 * (soft_side(r - 1.0, voxel) - inner).clamp(min=0.0)
            return out
        return hu


KINDS = ("scar", "physis", "healed", "canal", "track", "cyst", "island", "osteophyte")
_CHANCE = {
    "scar": 0.4,
    "physis": 0.07,
    "healed": 0.12,
    "canal": 0.45,
    "track": 0.12,
    "cyst": 0.22,
    "island": 0.15,
    "osteophyte": 0.3,
}
_HOME = ("tibia", "tibia", "fibula", "talus", "calcaneus")


def draw_lesions(rng: np.random.Generator, atlas: Atlas) -> list[Lesion]:
    """Findings that are no fracture; drawn without knowing whether there is one."""
    out: list[Lesion] = []
    for kind in KINDS:
        if rng.random() >= _CHANCE[kind]:
            continue
        bones = {"scar": ("tibia", "fibula"), "physis": ("tibia", "fibula")}.get(kind) or (str(rng.choice(_HOME)),)
        tall = float(rng.uniform(7, 14))
        out.extend(_lesion(rng, atlas, kind, bone, tall) for bone in bones)
    return out


def _lesion(rng: np.random.Generator, atlas: Atlas, kind: str, bone: str, tall: float) -> Lesion:
    grid = atlas.bones[bone]
    near = grid.values[::3, ::3, ::3]
    points = grid.points()[::3, ::3, ::3]
    low, high = {"osteophyte": (-1.5, 0.5), "canal": (-6.0, 0.0), "track": (-30.0, -3.0), "healed": (-30.0, -2.0)}.get(
        kind, (-30.0, -3.0)
    )
    candidates = points[(near > low) & (near < high) & (points[..., 2] < 70)]
    if len(candidates) == 0:
        candidates = points[near < 0]
    point = candidates[int(rng.integers(len(candidates)))].clone()
    direction = _unit(rng)
    if kind in ("scar", "physis"):
        point = torch.tensor([0.0, 0.0, tall if bone == "tibia" else tall * 0.3 - 1.0])
        direction = torch.tensor([*rng.normal(0, 0.08, 2), 1.0], dtype=torch.float32)
    elif kind == "healed":
        direction = torch.tensor([*rng.normal(0, 0.6, 2), 1.0], dtype=torch.float32)
    elif kind == "canal":
        direction = torch.tensor([*rng.normal(0, 0.6, 2), 0.8], dtype=torch.float32)
    elif kind == "track":
        direction = torch.tensor([*rng.normal(0, 1, 2), 0.3 * rng.normal()], dtype=torch.float32)
    direction = direction / direction.norm()
    other = torch.linalg.cross(direction, _unit(rng))
    size = {
        "scar": rng.uniform(0.5, 1.4),
        "physis": rng.uniform(1.0, 2.6),
        "healed": rng.uniform(0.3, 2.0),
        "canal": rng.uniform(0.4, 1.1),
        "track": rng.uniform(1.2, 2.3),
        "cyst": rng.uniform(1.5, 5.0),
        "island": rng.uniform(1.0, 3.5),
        "osteophyte": rng.uniform(1.5, 3.5),
    }[kind]
    hu = {
        "scar": rng.uniform(80, 350),
        "physis": rng.uniform(40, 140),
        "healed": rng.uniform(60, 300),
        "canal": rng.uniform(-20, 80),
        "track": rng.uniform(0, 120),
        "cyst": rng.uniform(0, 90),
        "island": rng.uniform(700, 1200),
        "osteophyte": 0.0,
    }[kind]
    sheet = noise_sheet(torch_generator(rng), 72, 6.0, 2.0)
    return Lesion(kind, bone, point, direction, other / other.norm().clamp(min=1e-3), float(size), float(hu), sheet)


def _unit(rng: np.random.Generator) -> Tensor:
    v = rng.normal(size=3)
    return torch.tensor(v / np.linalg.norm(v), dtype=torch.float32)
