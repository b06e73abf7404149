"""Injuries: which fractures an ankle sustains, where they run and how far the pieces move.

Types follow the usual names (Danis-Weber for the fibula, Tillaux-Chaput, Wagstaffe). Places and directions are stated in the
canonical frame of `atlas.py` (left ankle, +x lateral, +y posterior, +z superior, origin at the plafond) and varied widely around
them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from trainer.simulate.atlas import Atlas
from trainer.simulate.fields import noise_sheet
from trainer.simulate.fracture import Cut, Fracture, Piece
from trainer.simulate.streams import log_uniform, torch_generator

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Site:
    """A place where a bone breaks: the crack passes near `point` (spread `spread`, mm), the fragment lies along `normal` (spread
    in degrees).
    """

    bone: str
    point: Vector
    spread: Vector
    normal: Vector
    tilt_deg: float
    weight: float = 1.0
    smallest_mm3: float = 150.0


SITES: dict[str, Site] = {
    "weber-a": Site("fibula", (25, 5, -11), (1, 1, 4), (0, 0.1, -1), 25),
    # rises from 6 mm below the joint line in front to 27 mm above it behind, 57 degrees steep (doi 10.3389/fbioe.2023.1152775)
    "weber-b": Site("fibula", (25, 5, 6), (1, 1, 5), (0, 0.84, -0.54), 22),
    "weber-c": Site("fibula", (26, 6, 32), (1, 1, 11), (0, 0.5, -0.85), 35),
    "medial malleolus": Site("tibia", (-19, 0, 0), (2, 3, 3), (-0.6, 0.1, -0.8), 28),
    "posterior malleolus": Site("tibia", (3, 12, 2), (5, 3, 2), (0.15, 0.85, -0.45), 24),
    "tillaux-chaput": Site("tibia", (14, -11, 5), (2, 2, 3), (0.7, -0.65, -0.25), 22, 1.0, 60.0),
    "wagstaffe": Site("fibula", (24, -1, -3), (1, 1.5, 5), (-0.2, -0.95, -0.1), 22, 1.0, 40.0),
    "fibular tip avulsion": Site("fibula", (25, 6, -19), (1, 1, 2), (0, 0.15, -1), 30, 1.0, 40.0),
    "medial tip avulsion": Site("tibia", (-22, 0, -7), (1, 4, 1.5), (-0.15, 0, -1), 30, 1.0, 40.0),
    "tibia shaft": Site("tibia", (-2, 0, 48), (2, 2, 13), (0.1, 0.1, -0.9), 42),
    "fibula shaft": Site("fibula", (27, 6, 54), (1, 1, 10), (0.1, 0.2, -0.9), 45),
    "talus neck": Site("talus", (-3, -17, -17), (2, 4, 2), (-0.15, -1, -0.1), 20),
    "talus body": Site("talus", (0, 2, -15), (4, 5, 3), (0.6, 0.5, 0.1), 55),
    "talus dome": Site("talus", (9, 0, -6), (2, 8, 1.5), (0.65, 0.0, 0.75), 22, 1.0, 40.0),
    "talus lateral process": Site("talus", (13, 3, -20), (1.5, 2, 2), (0.9, 0.1, -0.4), 25, 1.0, 50.0),
    "talus posterior process": Site("talus", (-2, 19, -19), (2, 2, 2), (0, 1, -0.15), 25, 1.0, 50.0),
}
# beyond the paper's ankle: drawn only where asked for by name, with figures of their own
OUT_OF_SCOPE: dict[str, Site] = {
    "calcaneus body": Site("calcaneus", (7, 18, -46), (2, 7, 2), (0.2, 0.8, -0.5), 35),
    "calcaneus anterior process": Site("calcaneus", (12, -21, -40), (2, 2, 2), (0.1, -1, 0.15), 25, 1.0, 60.0),
    "navicular": Site("navicular", (-9, -46, -23), (3, 1.5, 3), (0.9, 0.1, 0.3), 35, 1.0, 60.0),
    "cuboid": Site("cuboid", (14, -46, -38), (2, 4, 2), (0.3, 0.9, 0.2), 40, 1.0, 100.0),
}
COMPOUND: dict[str, tuple[str, ...]] = {
    "bimalleolar": ("weber-b", "medial malleolus"),
    "trimalleolar": ("weber-b", "medial malleolus", "posterior malleolus"),
}
TYPES: tuple[str, ...] = (*SITES, *COMPOUND, "pilon")
# injuries whose pieces may each be a large part of the bone
THROUGH_THE_BONE = ("tibia shaft", "fibula shaft", "weber", "talus", "pilon", "calcaneus body", "navicular", "cuboid")
_WEIGHTS = {"weber-b": 2.0, "weber-a": 1.5, "weber-c": 1.5, "medial malleolus": 2.0, "posterior malleolus": 2.0, "pilon": 2.0}

SHAFTS = ("tibia shaft", "fibula shaft")

# gap (mm, log-uniform), step (mm), rotation (degrees), by severity
_EXTENT = {
    "hairline": ((0.25, 1.0), (0.0, 0.9), 0.8),
    "moderate": ((0.7, 2.2), (0.7, 2.5), 5.0),
    "displaced": ((1.0, 4.0), (2.2, 7.0), 14.0),
}


def draw_type(rng: np.random.Generator) -> str:
    """An injury's name, common ones more often."""
    weights = np.array([_WEIGHTS.get(name, 1.0) for name in TYPES])
    return str(rng.choice(TYPES, p=weights / weights.sum()))


def draw_injury(rng: np.random.Generator, atlas: Atlas, name: str, severity: str, joint_stays: bool = False) -> list[Fracture]:
    """The fractures of one injury; compound injuries break several bones.

    Args:
        joint_stays: of a broken shaft the part above moves, as the joint's neighbours hold the other; else the part below.

    Raises:
        ValueError: unknown name, or a bone on which no valid crack was found.
    """
    if name == "pilon":
        return [_draw(rng, atlas, "pilon", Site("tibia", (0, 1, 20), (3, 3, 7), (0.0, 0.0, -1.0), 24), severity)]
    if name in OUT_OF_SCOPE:
        return [_draw(rng, atlas, name, OUT_OF_SCOPE[name], severity)]
    if name not in SITES and name not in COMPOUND:
        raise ValueError(f"unknown injury {name!r}, expected one of {(*TYPES, *OUT_OF_SCOPE)}")
    parts = list(COMPOUND.get(name, (name,)))
    if name in COMPOUND:
        parts[0] = str(rng.choice(["weber-a", "weber-b", "weber-b", "weber-c"]))
    fractures: dict[str, Fracture] = {}
    for part in parts:
        site = SITES[part]
        if part == "talus dome" and rng.random() < 0.5:
            site = replace(site, point=(-site.point[0], site.point[1], site.point[2]), normal=(-site.normal[0], *site.normal[1:]))
        if joint_stays and part in SHAFTS:
            x, y, z = site.normal
            site = replace(site, normal=(-x, -y, -z))
        new = _draw(rng, atlas, part, site, severity)
        fractures[part] = new
    return _merge(list(fractures.values()))


def _merge(fractures: list[Fracture]) -> list[Fracture]:
    """Two cuts through the same bone become one fracture with three pieces (the second cut acts on the first's main piece)."""
    by_bone: dict[str, Fracture] = {}
    for f in fractures:
        old = by_bone.get(f.bone)
        if old is None or old.cuts[0].reach is not None or f.cuts[0].reach is not None:
            by_bone[f.bone if old is None else f"{f.bone}+{len(by_bone)}"] = f
            continue
        offset = len(old.cuts)
        cuts = old.cuts + tuple(
            replace(c, domain=tuple((i + offset, s) for i, s in c.domain) + old.pieces[0].sides) for c in f.cuts
        )
        shifted = [replace(p, sides=tuple((i + offset, s) for i, s in p.sides) + old.pieces[0].sides) for p in f.pieces]
        pieces = (shifted[0], *old.pieces[1:], *shifted[1:])
        by_bone[f.bone] = replace(
            old,
            type=f"{old.type} + {f.type}",
            cuts=cuts,
            pieces=pieces,
            gap_mm=max(old.gap_mm, f.gap_mm),
            step_mm=max(old.step_mm, f.step_mm),
        )
    return list(by_bone.values())


def _draw(rng: np.random.Generator, atlas: Atlas, name: str, site: Site, severity: str) -> Fracture:
    grid = atlas.bones[site.bone]
    points = grid.points()[::2, ::2, ::2]
    distance = grid.values[::2, ::2, ::2]
    inside = points[distance < -0.5]
    for attempt in range(40):
        fracture = _attempt(rng, name, site, severity, inside, 1.0 + 0.05 * attempt)
        if _valid(fracture, points, distance, site.smallest_mm3):
            return fracture
    raise ValueError(f"no valid crack for {name} on atlas {atlas.name}")


def _valid(fracture: Fracture, points: Tensor, distance: Tensor, smallest: float) -> bool:
    inside = distance < 0
    p = points[inside]
    heights = [cut.height(p) for cut in fracture.cuts]
    crack = fracture.crack(p, -distance[inside], 2.0)
    if int(crack.sum()) * 4.0 < 14.0:  # mm^2: voxels of 8 mm^3 in a sheet 2 mm thick
        return False
    for piece in fracture.pieces:
        own = torch.ones(len(p), dtype=torch.bool)
        for index, sign in piece.sides:
            own &= sign * heights[index] > 0
        if int(own.sum()) * 8.0 < smallest:
            return False
    if fracture.pieces and not fracture.type.startswith(THROUGH_THE_BONE):
        own = torch.ones(len(p), dtype=torch.bool)
        for index, sign in fracture.pieces[-1].sides:
            own &= sign * heights[index] > 0
        if float(own.float().mean()) > 0.3:  # a malleolar fragment is not a third of the bone
            return False
    return True


def _attempt(rng: np.random.Generator, name: str, site: Site, severity: str, inside: Tensor, widen: float) -> Fracture:
    gaps, steps, turn = _EXTENT[severity]
    gap, step = log_uniform(rng, *gaps), float(rng.uniform(*steps))
    target = torch.tensor(
        np.asarray(site.point) + widen * np.asarray(site.spread) * rng.normal(size=3).clip(-1.8, 1.8), dtype=torch.float32
    )
    point = inside[int((inside - target).norm(dim=-1).argmin())] if len(inside) else target
    normal = _tilted(rng, site.normal, site.tilt_deg * widen)
    if severity == "hairline" and rng.random() < 0.3 and name != "pilon":
        cut = _cut(rng, point, normal, gap)
        rim = inside[int((inside - (point + 30.0 * _unit(rng.normal(size=3)))).norm(dim=-1).argmin())]
        start = 0.5 * (rim + point)
        reach = float((point - start).norm()) + rng.uniform(4.0, 12.0)
        return Fracture(name, site.bone, severity, (replace(cut, reach=reach, start=start, kerf=gap),), (), gap, 0.0)
    kerf = min(gap, rng.uniform(0.3, 0.9)) if severity != "hairline" else gap
    cuts = [_cut(rng, point, normal, kerf)]
    still = Piece(((0, -1),), torch.eye(3), point, torch.zeros(3))

    def moved(sides: tuple[tuple[int, int], ...], share: float = 1.0) -> Piece:
        away = normal * (gap - kerf) * rng.uniform(0.4, 1.0)
        along = torch.linalg.cross(normal, _unit(rng.normal(size=3)))
        along = along / along.norm().clamp(min=1e-3)
        return Piece(sides, _rotation(rng, turn * share), point, away + along * step * share)

    if name == "pilon":
        side = torch.tensor([*rng.normal(size=2), 0.0], dtype=torch.float32)
        side = side / side.norm()
        middle = torch.tensor([*(rng.normal(0, 3.5, 2)), 6.0], dtype=torch.float32)
        cuts.append(replace(_cut(rng, middle, side, kerf), domain=((0, 1),)))
        pieces = [still, moved(((0, 1), (1, 1))), moved(((0, 1), (1, -1)), rng.uniform(0.1, 0.8))]
        if rng.random() < 0.5:
            other = torch.linalg.cross(side, torch.tensor([0.0, 0.0, 1.0])) + 0.5 * rng.normal() * side
            cuts.append(replace(_cut(rng, middle, other / other.norm(), kerf), domain=((0, 1), (1, -1))))
            pieces = [*pieces[:2], moved(((0, 1), (1, -1), (2, 1))), moved(((0, 1), (1, -1), (2, -1)), 0.4)]
    elif severity != "hairline" and rng.random() < 0.3:
        second = _cut(rng, point + normal * rng.uniform(2.5, 7.0), _tilted(rng, tuple(normal.tolist()), 25.0), kerf)
        cuts.append(replace(second, domain=((0, 1),)))
        pieces = [still, moved(((0, 1), (1, -1)), rng.uniform(0.3, 1.0)), moved(((0, 1), (1, 1)))]
    else:
        pieces = [still, moved(((0, 1),))]
    impaction = float(rng.uniform(100, 450)) if rng.random() < 0.15 else 0.0
    return Fracture(name, site.bone, severity, tuple(cuts), tuple(pieces), gap, step, impaction)


def _unit(vector: np.ndarray) -> Tensor:
    return torch.tensor(vector / max(float(np.linalg.norm(vector)), 1e-6), dtype=torch.float32)


def _tilted(rng: np.random.Generator, normal: Vector, degrees: float) -> Tensor:
    """`normal` turned by a random angle with standard deviation `degrees` / 1.5."""
    base = _unit(np.asarray(normal, dtype=np.float64))
    side = torch.linalg.cross(base, _unit(rng.normal(size=3)))
    side = side / side.norm().clamp(min=1e-3)
    angle = float(np.deg2rad(np.clip(rng.normal(0, degrees / 1.5), -1.6 * degrees, 1.6 * degrees)))
    return base * float(np.cos(angle)) + side * float(np.sin(angle))


def _rotation(rng: np.random.Generator, degrees: float) -> Tensor:
    """Rotation matrix by an angle uniform in +-degrees about a random axis (Rodrigues)."""
    axis = _unit(rng.normal(size=3)).double()
    angle = float(np.deg2rad(rng.uniform(-degrees, degrees)))
    k = torch.tensor([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]], dtype=torch.float64)
    return (torch.eye(3, dtype=torch.float64) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)).float()


def _cut(rng: np.random.Generator, point: Tensor, normal: Tensor, kerf: float) -> Cut:
    u = torch.linalg.cross(normal, _unit(rng.normal(size=3)))
    u = u / u.norm().clamp(min=1e-3)
    sheet = noise_sheet(torch_generator(rng), 72, float(rng.uniform(1.5, 4.0)))
    return Cut(
        point, normal, u, torch.linalg.cross(normal, u), sheet, log_uniform(rng, 0.25, 1.6), float(rng.normal(0, 0.006)), kerf
    )
