"""Cortical thickness of simulated bones where publications have measured it, in patient millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from trainer.simulate.bones import built_in
from trainer.simulate.scene import draw_scene
from trainer.simulate.setting import STANDARD, Setting

SURFACE_MM = 0.6  # grid points so near the surface stand for it


@dataclass(frozen=True)
class Site:
    """Where thickness is measured: a bone and a range of heights above the plafond, mm, or all of it."""

    name: str
    bone: str
    heights_mm: tuple[float, float]


ANYWHERE = (-200.0, 200.0)
SITES = (
    Site("tibia, 20 to 25 mm above the joint", "tibia", (20.0, 25.0)),
    Site("tibia, 50 to 80 mm above the joint", "tibia", (50.0, 80.0)),
    Site("fibula, 50 to 80 mm above the joint", "fibula", (50.0, 80.0)),
    Site("talus", "talus", ANYWHERE),
    Site("calcaneus", "calcaneus", ANYWHERE),
)


def thickness(seed: int, index: int, setting: Setting = STANDARD) -> tuple[dict[str, float], int]:
    """Median thickness (mm) of one body's cortex by site, and the patient's age."""
    atlas = built_in(seed, index, setting)
    scene = draw_scene(seed, index, atlas, setting=setting)
    found = {}
    for site in SITES:
        grid = atlas.bones[site.bone]
        points = grid.points()[grid.values.abs() < SURFACE_MM]
        here = points[(points[:, 2] >= site.heights_mm[0]) & (points[:, 2] <= site.heights_mm[1])]
        with torch.no_grad():
            mm = scene.texture.cortex_mm(site.bone, here, atlas.cortex_mm[site.bone]) * scene.pose.scale
        found[site.name] = float(mm.median())
    return found, scene.age


@dataclass(frozen=True)
class Range:
    """Over all bodies: median, 5th and 95th percentile (mm), and the change from the youngest to the oldest third, as a share."""

    middle: float
    low: float
    high: float
    with_age: float


def over_bodies(seed: int, count: int, setting: Setting = STANDARD) -> dict[str, Range]:
    """`thickness` over `count` bodies, adults only."""
    drawn = [item for item in (thickness(seed, i, setting) for i in range(count)) if item[1] >= 18]
    order = np.argsort([age for _, age in drawn], kind="stable")
    third = max(1, len(drawn) // 3)
    out = {}
    for site in SITES:
        values = np.array([found[site.name] for found, _ in drawn])[order]
        young, old = np.median(values[:third]), np.median(values[-third:])
        low, middle, high = np.percentile(values, (5, 50, 95))
        out[site.name] = Range(float(middle), float(low), float(high), float(old / young - 1))
    return out
