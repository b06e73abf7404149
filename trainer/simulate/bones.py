"""Built-in bones: a parametric ankle, every dimension drawn at random, no data needed.

Dimensions are those of adult bones (talar trochlea radius about 20 mm, plafond about 30 x 28 mm, fibular tip about 25 mm below
the plafond), each varied independently and more widely than in reality, so that a network cannot lean on one anatomy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from trainer.simulate import sdf
from trainer.simulate.atlas import BONES, Atlas, SdfGrid, box_grid, facing, trim
from trainer.simulate.fields import noise_tile, sample_grid, sample_tile, smooth_displacement
from trainer.simulate.setting import STANDARD, Setting
from trainer.simulate.slabs import slabs
from trainer.simulate.streams import stream, torch_generator

Point = tuple[float, float, float]
Solid = Callable[[Tensor], Tensor]
SHAFT_TOP = 125.0


class _Draw:
    """Jittered dimensions: `at` a point, `by` a length; `factor` on every spread."""

    def __init__(self, rng: np.random.Generator, factor: float = 1.0) -> None:
        self.rng, self.factor = rng, factor

    def at(self, x: float, y: float, z: float, sd: float = 1.6) -> Point:
        sd = sd * self.factor
        dx, dy, dz = self.rng.normal(0.0, sd, 3).clip(-2.5 * sd, 2.5 * sd)
        return float(x + dx), float(y + dy), float(z + dz)

    def by(self, length: float, spread: float = 0.12) -> float:
        return float(length * np.exp(self.factor * spread * np.clip(self.rng.normal(), -2.2, 2.2)))

    def by3(self, x: float, y: float, z: float, spread: float = 0.12) -> Point:
        return self.by(x, spread), self.by(y, spread), self.by(z, spread)


def built_in(seed: int, index: int, setting: Setting = STANDARD) -> Atlas:
    """Draw one body's ankle (left). The same (seed, index) gives the same bones."""
    rng = stream(seed, index, "bones")
    d = _Draw(rng, setting.bone_spread)
    control = smooth_displacement(rng, 7, rng.uniform(*setting.bone_warp_mm))
    # no bone is as smooth as its formula: ridges and hollows of some mm
    relief, bumps = noise_tile(torch_generator(rng), 64, float(rng.uniform(5, 9)), 30.0), float(rng.uniform(0.15, 0.6))
    origin, step = torch.tensor([-90.0, -170.0, -90.0]), 260.0 / (control.shape[-1] - 1)
    made: list[tuple[str, SdfGrid]] = []

    def add(name: str, solid: Solid, low: Point, high: Point, gaps: dict[str, float]) -> None:
        """Grid of `solid` without its neighbours and a joint space of `gaps` mm, which keeps the joints congruent."""
        points = box_grid(torch.tensor(low), torch.tensor(high))
        values = torch.empty(points.shape[:3])
        for slab in slabs(values.shape, 0, values.device):
            p = points[slab]
            level = solid(p + sample_grid(control, origin, step, p).movedim(0, -1)) + bumps * sample_tile(relief, p)
            for other, gap in gaps.items():
                for grid in (g for name_of, g in made if name_of == other):
                    level = sdf.smooth_subtract(level, grid(p) - gap, 1.5)
            values[slab] = level
        made.append((name, trim(points, values)))

    life, own = setting.lifelike, stream(seed, index, "midfoot")
    if life is not None:
        bumps *= float(own.uniform(*life.relief))
    close, packed = (1.0, 1.0) if life is None else (float(own.uniform(*life.close)), float(own.uniform(*life.packed)))
    foot = d.by(2.0, 0.2) * close
    between = max(1.2, d.by(2.0, 0.25))
    add("talus", _talus(d), (-30, -52, -44), (30, 34, 2), {})
    add("tibia", _tibia(d), (-38, -32, -22), (30, 34, SHAFT_TOP), {"talus": d.by(2.6, 0.2)})
    add("fibula", _fibula(d), (8, -14, -38), (44, 26, SHAFT_TOP), {"talus": d.by(2.2, 0.2), "tibia": between})
    add("calcaneus", _calcaneus(d), (-30, -44, -70), (34, 74, -14), {"talus": foot})
    add(
        "navicular",
        _ellipsoid(d.at(-10, -46, -24), d.by3(17 * packed, 7 * packed, 12 * packed)),
        (-36, -64, -44),
        (18, -30, -6),
        {"talus": foot, "calcaneus": foot},
    )
    cuboid = _union([_box(d.at(15, -46, -38), d.by3(11 * packed, 14 * packed, 10 * packed), d.by(4.0))])
    add("cuboid", cuboid, (-4, -70, -58), (34, -24, -18), {"calcaneus": foot, "navicular": foot, "talus": foot})
    wedges = [
        _box(d.at(x, -62, z), d.by3(half * packed, 10 * packed, 8 * packed), d.by(3.0))
        for x, z, half in ((-22, -27, 7.5), (-8, -23, 6.0), (4, -26, 6.0))
    ]
    beside = 0.0 if life is None else float(own.uniform(*life.joint_mm))
    tarsals = {"navicular": foot, "cuboid": foot, "cuneiforms": beside}
    for solid in [_union(wedges, 1.0)] if life is None else _each(wedges):
        add("cuneiforms", solid, (-40, -82, -44), (18, -42, -8), tarsals)
    rays = [_cone(d.at(x0, -72, z0), d.at(x1, -110, z1), d.by(r0), d.by(r1)) for x0, z0, x1, z1, r0, r1 in _RAYS]
    tarsals = {"cuneiforms": foot, "cuboid": foot, "metatarsals": beside}
    for solid in [_union(rays, 1.0)] if life is None else _each(_with_bases(rays, _Draw(own, setting.bone_spread))):
        add("metatarsals", solid, (-42, -124, -62), (42, -58, -12), tarsals)

    bones = {name: next(grid for other, grid in made if other == name) for name in BONES}
    more = tuple((name, grid) for name, grid in made if grid is not bones[name])
    joint = d.by(1.0, 0.3)
    thin = {name: (d.by(1.2, 0.25), d.by(1.0 if name == "metatarsals" else 0.42, 0.3)) for name in bones}
    cortex = thin | {"tibia": (d.by(3.6, 0.2), joint), "fibula": (d.by(2.3, 0.2), joint * 1.1)}
    atlas = Atlas(f"s{seed}-{index:05d}", bones, cortex, more)
    return atlas if life is None else replace(atlas, facing=facing(atlas.solids()))


_RAYS = (
    (-22.0, -27.0, -30.0, -48.0, 7.5, 8.0),
    (-9.0, -23.0, -14.0, -44.0, 5.0, 5.0),
    (2.0, -26.0, -2.0, -45.0, 4.8, 4.8),
    (12.0, -34.0, 12.0, -47.0, 5.0, 4.8),
    (23.0, -42.0, 26.0, -50.0, 5.2, 5.0),
)


def _ellipsoid(centre: Point, radii: Point) -> Solid:
    return lambda p: sdf.ellipsoid(p, centre, radii)


def _box(centre: Point, half: Point, radius: float) -> Solid:
    return lambda p: sdf.rounded_box(p, centre, half, radius)


def _cone(a: Point, b: Point, ra: float, rb: float) -> Solid:
    return lambda p: sdf.round_cone(p, a, b, ra, rb)


def _union(parts: list[Solid], k: float = 3.0) -> Solid:
    def solid(p: Tensor) -> Tensor:
        out = parts[0](p)
        for part in parts[1:]:
            out = sdf.smooth_union(out, part(p), k)
        return out

    return solid


def _each(parts: list[Solid]) -> list[Solid]:
    """Each of `parts` as far as it is nearer than the others."""

    def own(number: int) -> Solid:
        def solid(p: Tensor) -> Tensor:
            mine = parts[number](p)
            out = mine
            for other, part in enumerate(parts):
                if other != number:
                    out = torch.maximum(out, (mine - part(p)) / 2)
            return out

        return solid

    return [own(number) for number in range(len(parts))]


def _with_bases(rays: list[Solid], d: _Draw) -> list[Solid]:
    """Metatarsals with the block of a base that meets the tarsus, higher than wide."""
    bases = [_box(d.at(x, -76, z - 1.0, 0.8), d.by3(r + 0.8, 7, r + 3.5, 0.08), d.by(2.5)) for x, z, _, _, r, _ in _RAYS]
    return [_union([ray, base], 5.0) for ray, base in zip(rays, bases, strict=True)]


def _talus(d: _Draw) -> Solid:
    radius = d.by(20.0, 0.08)
    dome_top = -3.0
    trochlea = ((d.at(0, 0, 0, 0.8)[0], d.at(0, 1, 0, 1.0)[1], dome_top - radius), radius, d.by(14.0, 0.1), d.by(3.0, 0.2))
    body = (d.at(0, 2, -17), d.by3(14, 18, 10, 0.08), d.by(5.0))
    neck = (d.at(-2, -12, -17), d.at(-7, -28, -21), d.by(10.5), d.by(9.5))
    head = (d.at(-8, -33, -22), d.by3(13, 9.5, 11))
    lateral = (d.at(6, 2, -18), d.at(17, 3, -21), d.by(7.5), d.by(3.5))
    posterior = (d.at(-1, 14, -18), d.at(-3, 24, -20), d.by(8.0), d.by(4.0))
    floor = d.by(31.0, 0.06)

    def solid(p: Tensor) -> Tensor:
        dome = torch.maximum(sdf.cylinder_x(p, *trochlea), -p[..., 2] - floor)
        out = sdf.smooth_union(dome, sdf.rounded_box(p, *body), 4.0)
        out = sdf.smooth_union(out, sdf.round_cone(p, *neck), 6.0)
        out = sdf.smooth_union(out, sdf.ellipsoid(p, *head), 5.0)
        out = sdf.smooth_union(out, sdf.round_cone(p, *lateral), 4.0)
        return sdf.smooth_union(out, sdf.round_cone(p, *posterior), 4.0)

    return solid


def _tibia(d: _Draw) -> Solid:
    shaft = (d.at(-2, 0, 22), d.at(-4, -2, 170, 2.5), d.by(15.0, 0.08), d.by(11.0, 0.08))
    plafond = (d.at(-1, 1, 9, 1.0), d.by3(21, 18.5, 13, 0.07), d.by(7.0))
    crest = (d.at(-2, -9, 34), d.at(-3, -11, 170, 2.5), d.by(6.0), d.by(4.5))
    medial = (d.at(-20, -2, 6, 1.2), d.at(-22.5, -3, -9, 1.5), d.by(8.5), d.by(5.5))
    colliculus = (d.at(-20, 8, 4, 1.2), d.at(-21.5, 8, -5, 1.5), d.by(7.0), d.by(4.5))
    lip = (d.at(2, 16, 2), d.by3(14, 6.5, 8))
    chaput = (d.at(14, -14, 5), d.by3(8, 5.5, 8))
    notch = (d.at(33, 5, -8), d.at(34, 5, 45), d.by(11.0, 0.08), d.by(9.0, 0.08))

    def solid(p: Tensor) -> Tensor:
        out = sdf.smooth_union(sdf.round_cone(p, *shaft), sdf.rounded_box(p, *plafond), 14.0)
        out = sdf.smooth_union(out, sdf.round_cone(p, *crest), 7.0)
        for part in (medial, colliculus):
            out = sdf.smooth_union(out, sdf.round_cone(p, *part), 6.0)
        for blob in (lip, chaput):
            out = sdf.smooth_union(out, sdf.ellipsoid(p, *blob), 5.0)
        return sdf.smooth_subtract(out, sdf.round_cone(p, *notch), 3.0)

    return solid


def _fibula(d: _Draw) -> Solid:
    shaft = (d.at(27, 7, 18, 1.5), d.at(27, 6, 170, 3.0), d.by(6.2), d.by(6.5))
    malleolus = (d.at(25.5, 4, -6, 1.5), d.by3(7.0, 9.5, 19.0))
    tip = (d.at(25, 6, -14, 1.5), d.at(24, 7, -21, 1.8), d.by(6.0), d.by(4.0))

    def solid(p: Tensor) -> Tensor:
        out = sdf.smooth_union(sdf.round_cone(p, *shaft), sdf.ellipsoid(p, *malleolus), 8.0)
        return sdf.smooth_union(out, sdf.round_cone(p, *tip), 5.0)

    return solid


def _calcaneus(d: _Draw) -> Solid:
    body = (d.at(4, 14, -42), d.at(5, 46, -47, 3.0), d.by(15.0), d.by(17.0))
    front = (d.at(4, 10, -42), d.at(12, -22, -41, 2.0), d.by(14.0), d.by(9.0))
    process = (d.at(12, -22, -38), d.by3(9, 9, 8))
    sustentaculum = (d.at(-10, 2, -34), d.by3(10, 9, 5.5))

    def solid(p: Tensor) -> Tensor:
        out = sdf.smooth_union(sdf.round_cone(p, *body), sdf.round_cone(p, *front), 6.0)
        out = sdf.smooth_union(out, sdf.ellipsoid(p, *process), 4.0)
        return sdf.smooth_union(out, sdf.ellipsoid(p, *sustentaculum), 5.0)

    return solid
