"""What bone is made of: cortex, trabeculae, marrow, and the things that look like fractures but are none. Hounsfield units
before the scanner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import torch
from torch import Tensor

from trainer.simulate.atlas import BONES, Atlas
from trainer.simulate.fields import length, moved, noise_sheet, noise_tile, sample_sheet, sample_tile
from trainer.simulate.fracture import soft_side
from trainer.simulate.setting import STANDARD, Lifelike, Setting, draw_log
from trainer.simulate.streams import log_uniform, torch_generator

# how much denser than the distal tibia, in the one foot that was measured (docs/realism.md)
_RELATIVE_DENSITY = {"talus": 1.7, "navicular": 1.6, "calcaneus": 1.15, "cuboid": 1.1, "cuneiforms": 1.3, "metatarsals": 1.5}
_LONG = ("tibia", "fibula")
JOINT_MM = 3.5  # to the other bone, from which on a surface bears a joint
BESIDE = 0.4  # how much denser than its core bone is below a surface that bears none, as a share of what it is below a joint
# the neutral triangle: hardly any trabeculae below the front of the posterior facet (canonical mm)
_NEUTRAL_TRIANGLE = (8.0, -6.0, -44.0)


@dataclass(frozen=True)
class BoneTexture:
    """Material of one body's bones.

    Trabecular bone is marrow with a share of mineral; the share varies as the exponential of noise (wide patches, lines a few mm
    apart, grain), so that dense bands and empty places stand side by side as they do in tarsal bones.

    Attributes:
        density: factor on trabecular and cortical density, 1 = healthy adult.
        cortex_hu, trabecular_hu, marrow_hu: levels before the scanner's blur.
        grain_tile, patches: periodic noise tiles (trabeculae; slow density changes).
        grain, unevenness: standard deviation of the logarithm of the mineral share, fine and coarse.
        subchondral, subchondral_mm: how much denser bone is below its surface, and how deep that goes.
        triangle: how empty the neutral triangle of the calcaneus is, 0 to 1.
        cortex_scale: factor on cortical thickness; cortex_varies: standard deviation of its logarithm.
        relative: factor on the density of each bone; offsets: where each bone looks into the tiles.
        bare, bare_tile: share of the surface outside the shafts whose cortex fades into what lies below, and where that is.
        spongy: how much of a shaft's spongy bone is there that fat takes else.
        turns: (3, 3) for each bone, how its trabeculae run; none where they run along the shaft in all of them.
    """

    density: float
    cortex_hu: float
    trabecular_hu: float
    marrow_hu: float
    grain_tile: Tensor
    grain: float
    patches: Tensor
    unevenness: float
    subchondral: float
    subchondral_mm: float
    triangle: float
    cortex_scale: float
    cortex_varies: float
    relative: dict[str, float]
    offsets: dict[str, Tensor]
    bare: float = 0.0
    bare_tile: Tensor | None = None
    spongy: float = 0.0
    turns: dict[str, Tensor] | None = None

    def hu(
        self,
        bone: str,
        points: Tensor,
        depth: Tensor,
        cortex: tuple[float, float],
        voxel: float,
        facing: Tensor | None = None,
    ) -> Tensor:
        """HU of solid bone at `points` (..., 3) in the bone's own frame, `depth` mm below its surface; `facing` (...,) mm to the
        nearest other bone, where that is known: what bears a joint has a plate, and most of the load.
        """
        p = points + self.offsets[bone]
        wide = sample_tile(self.patches, p * 0.5)
        lines = sample_tile(self.patches, p * 1.3 + 17.0)
        below = depth.clamp(min=0.0)
        # the surface of a joint carries load: dense below it, more in some places than in others
        loaded = self.subchondral * torch.exp(0.5 * wide - below / self.subchondral_mm)
        joint = None if facing is None else torch.sigmoid(2.0 * (JOINT_MM + below - facing))
        loaded = 1.0 + (loaded if joint is None else loaded * (BESIDE + (1.0 - BESIDE) * joint))
        mineral = torch.full_like(depth, (self.trabecular_hu - self.marrow_hu) * self.density * self.relative[bone])
        unevenness = torch.full_like(depth, self.unevenness)
        if bone in _LONG:
            hollow = ((points[..., 2] - 22.0) / 30.0).clamp(0.0, 0.97)
            hollow = hollow * (1.0 - self.spongy)
            mineral = mineral * (1.0 - hollow)
            unevenness = unevenness * (1.0 - 0.5 * hollow)
        elif bone == "calcaneus":
            away = length(points - torch.tensor(_NEUTRAL_TRIANGLE, dtype=points.dtype, device=points.device))
            mineral = mineral * (1.0 - self.triangle * torch.exp(-((away / 11.0) ** 2)))
        spread = unevenness * (0.8 * wide + 0.4 * lines) + self.grain * self._grain(bone, p)
        core = self.marrow_hu + mineral * loaded * torch.exp(spread - 0.4 * unevenness**2 - 0.5 * self.grain**2)
        cortex_hu = self.cortex_hu * (0.55 + 0.45 * self.density) * (1.0 + 0.06 * wide)
        core = torch.minimum(core, 0.9 * cortex_hu)
        shell = soft_side(depth - self._thickness(bone, points, cortex, 0.6 * wide + 0.8 * lines), voxel)
        if self.bare_tile is not None:
            there = self._covered(bone, points, p)
            shell = shell * (there if joint is None else torch.maximum(there, joint))
        return core + (cortex_hu - core) * shell

    def _grain(self, bone: str, looked: Tensor) -> Tensor:
        """(...,) trabeculae of a bone that looks into the tile at `looked`."""
        if self.turns is not None:
            looked = moved(looked, self.turns[bone], torch.zeros(3, device=looked.device))
        return sample_tile(self.grain_tile, looked)

    def cortex_mm(self, bone: str, points: Tensor, cortex: tuple[float, float]) -> Tensor:
        """Cortical thickness (...,) in mm of the bone's own frame at `points` (..., 3) on its surface."""
        p = points + self.offsets[bone]
        return self._thickness(
            bone, points, cortex, 0.6 * sample_tile(self.patches, p * 0.5) + 0.8 * sample_tile(self.patches, p * 1.3 + 17.0)
        )

    def _covered(self, bone: str, points: Tensor, looked: Tensor) -> Tensor:
        """(...,) share of the cortex that is there, 0 to 1, at `points` of a bone that looks into the tile at `looked`."""
        assert self.bare_tile is not None
        edge = NormalDist().inv_cdf(min(max(self.bare, 1e-3), 1.0 - 1e-3))
        there = torch.sigmoid(4.0 * (sample_tile(self.bare_tile, looked) - edge))
        return torch.maximum(there, _shaft(points)) if bone in _LONG else there

    def _thickness(self, bone: str, points: Tensor, cortex: tuple[float, float], noise: Tensor) -> Tensor:
        """Thick and even in the shaft of tibia and fibula, thin and uneven elsewhere."""
        shaft, joint = cortex
        up = _shaft(points) if bone in _LONG else torch.zeros_like(noise)
        return (joint + (shaft - joint) * up) * self.cortex_scale * torch.exp(self.cortex_varies * (1.0 - 0.75 * up) * noise)


def _shaft(points: Tensor) -> Tensor:
    """(...,) 0 at the joint to 1 in the shaft of tibia and fibula, at points (..., 3)."""
    return ((points[..., 2] - 12.0) / 40.0).clamp(0.0, 1.0)


def lifelike_texture(rng: np.random.Generator, texture: BoneTexture, life: Lifelike) -> BoneTexture:
    """The same bone with what real feet have and `draw_texture` leaves out."""
    wide, subchondral = float(rng.uniform(*life.bare_mm)), float(rng.uniform(*life.subchondral))
    return replace(
        texture,
        cortex_scale=float(rng.uniform(*life.cortex_scale)) * (0.6 + 0.4 * min(texture.density, 1.0)),
        cortex_varies=float(rng.uniform(*life.cortex_varies)),
        # denser below the surface, poorer in the middle: as much mineral in all
        trabecular_hu=texture.trabecular_hu / (1.0 + 0.3 * subchondral),
        subchondral=subchondral,
        subchondral_mm=float(rng.uniform(*life.subchondral_mm)),
        bare=float(rng.uniform(*life.bare)),
        bare_tile=noise_tile(torch_generator(rng), 64, wide, 4.0 * wide),
        spongy=float(rng.uniform(*life.spongy)),
        unevenness=log_uniform(rng, *life.unevenness),
        grain=log_uniform(rng, *life.grain),
        grain_tile=_trabeculae(rng, life),
        turns={name: _turn(rng) for name in texture.offsets},
    )


def _trabeculae(rng: np.random.Generator, life: Lifelike) -> Tensor:
    """Rods or plates that all run one way."""
    long = float(rng.uniform(*life.streaks))
    stretch = (1.0, 1.0, long) if rng.random() < 0.5 else (1.0, long, long)
    return noise_tile(torch_generator(rng), 64, float(rng.uniform(0.8, 2.0)), float(rng.uniform(4, 12)), stretch)


def _turn(rng: np.random.Generator) -> Tensor:
    """A random rotation (3, 3), finer or coarser by up to a third: a tile of 1 mm holds nothing finer than 2 mm."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    return torch.tensor(q * np.sign(np.diag(r)) * log_uniform(rng, 0.75, 1.8), dtype=torch.float32)


def draw_texture(rng: np.random.Generator, setting: Setting = STANDARD) -> BoneTexture:
    """Bone of a random age: density from osteoporotic to dense, the cortex thinner where the bone is poor."""
    generator = torch_generator(rng)
    density = draw_log(rng, setting.density)
    stretch = (1.0, 1.0, float(rng.uniform(1.0, 2.6)))
    return BoneTexture(
        density=density,
        cortex_hu=float(rng.uniform(*setting.cortex_hu)),
        trabecular_hu=float(rng.uniform(*setting.trabecular_hu)),
        marrow_hu=float(rng.uniform(-90, 30)),
        grain_tile=noise_tile(generator, 64, float(rng.uniform(*setting.grain_mm)), float(rng.uniform(5, 14)), stretch),
        grain=log_uniform(rng, *setting.grain),
        patches=noise_tile(generator, 64, float(rng.uniform(3, 7)), 40.0, (1.0, 1.0, float(rng.uniform(0.8, 1.8)))),
        unevenness=float(rng.uniform(*setting.unevenness)),
        subchondral=float(rng.uniform(0.2, 1.4)),
        subchondral_mm=float(rng.uniform(1.5, 5.0)),
        triangle=float(rng.uniform(0.1, 0.95)),
        cortex_scale=float(rng.uniform(0.75, 1.2)) * (0.6 + 0.4 * min(density, 1.0)),
        cortex_varies=float(rng.uniform(0.1, 0.4)),
        relative={name: _RELATIVE_DENSITY.get(name, 1.0) * float(np.exp(rng.normal(0, 0.12))) for name in (*BONES, "ossicle")},
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
            bump = length(points - self.point) - self.size
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
            across = length(q - along[..., None] * self.direction)
            ends = soft_side(along.abs() - (11.0 if self.kind == "canal" else 45.0), 2.0)
            inner = soft_side(across - self.size, voxel) * ends
            out = hu * (1 - inner) + self.hu * inner
            if self.kind == "track":  # an old screw's bed has a thin dense wall
                out = out + 250.0 * (soft_side(across - self.size - 1.0, voxel) * ends - inner).clamp(min=0.0)
            return out
        if self.kind == "lucency":  # porous bone: a moth-eaten patch
            side = torch.linalg.cross(self.direction, self.other)
            u, v = q @ self.other, q @ side
            holes = (sample_sheet(self.sheet, u, along) * sample_sheet(self.sheet, v, 0.7 * along + 9.0)).clamp(0.0, 1.0)
            return hu + (self.hu - hu) * holes * torch.exp(-((length(q) / self.size) ** 2))
        if self.kind in ("cyst", "island"):
            r = length(q) - self.size
            inner = soft_side(r, max(voxel, 1.0))
            out = hu * (1 - inner) + self.hu * inner
            if self.kind == "cyst":
                out = out + 200.0 * (soft_side(r - 1.0, voxel) - inner).clamp(min=0.0)
            return out
        return hu


KINDS = ("scar", "physis", "healed", "canal", "track", "cyst", "island", "osteophyte", "lucency")
_CHANCE = {
    "scar": 0.4,
    "physis": 0.07,
    "healed": 0.12,
    "canal": 0.45,
    "track": 0.12,
    "cyst": 0.22,
    "island": 0.15,
    "osteophyte": 0.3,
    "lucency": 0.2,
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
        "lucency": rng.uniform(6.0, 18.0),
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
        "lucency": rng.uniform(-60, 40),
    }[kind]
    rough, slope = (2.5, 1.0) if kind == "lucency" else (6.0, 2.0)
    sheet = noise_sheet(torch_generator(rng), 72, rough, slope)
    return Lesion(kind, bone, point, direction, other / other.norm().clamp(min=1e-3), float(size), float(hu), sheet)


def _unit(rng: np.random.Generator) -> Tensor:
    v = rng.normal(size=3)
    return torch.tensor(v / np.linalg.norm(v), dtype=torch.float32)
