"""Soft tissue, skin, air, cast and table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from ankleviewer.core.geometry import Grid
from trainer.simulate.atlas import Atlas
from trainer.simulate.fields import Nodes
from trainer.simulate.scan import grid_points
from trainer.simulate.soft import COARSE, Soft, draw_soft
from trainer.simulate.streams import stream


@pytest.fixture(scope="module")
def plain() -> Soft:
    drawn = draw_soft(stream(1, 0, "soft"))
    return replace(drawn, muscle_hu=50.0, fat_hu=-100.0, swelling_hu=0.0, septa=0.0, cover=8.0, fat=3.0, cast=None, table=None)


def hu(soft: Soft, atlas: Atlas, size: int = 64, spacing: float = 2.5) -> tuple[torch.Tensor, torch.Tensor]:
    points = grid_points(Grid.axis_aligned((size,) * 3, spacing, np.full(3, -spacing * (size - 1) / 2)))
    nearest = torch.stack([g(points) for g in atlas.bones.values()]).amin(dim=0)
    outline = Nodes(soft.skin(points[::COARSE, ::COARSE, ::COARSE], atlas), COARSE, (size,) * 3).slab(slice(0, size))
    return soft.hu(points, outline, nearest, spacing), points


def test_air_outside_muscle_and_fat_inside(plain: Soft, atlas: Atlas) -> None:
    values, points = hu(plain, atlas)
    assert values.shape == (64, 64, 64)
    assert float(values[points[..., 0] > 75].max()) == -1000.0
    assert values.min() >= -1000.0 and values.max() < 130.0
    at_joint = values[32, 32, 32]
    assert -50 < float(at_joint) < 120
    body = float((values > -500).float().mean())
    assert 0.04 < body < 0.6


def test_swelling_and_fat_change_the_fat_alone(plain: Soft, atlas: Atlas) -> None:
    base, _ = hu(plain, atlas)
    swollen, _ = hu(replace(plain, swelling_hu=60.0), atlas)
    change = swollen - base
    assert float(change.min()) >= -1e-3 and 10 < float(change.max()) <= 60.001
    muscle, fat = (base - 50).abs() < 0.1, (base + 100).abs() < 5
    assert int(muscle.sum()) > 300 and float(change[muscle].median()) == 0, "muscle stays"
    assert float(change[fat].median()) > 50


def test_a_cast_lies_around_the_leg_and_a_table_below(plain: Soft, atlas: Atlas) -> None:
    base, points = hu(plain, atlas)
    cast, _ = hu(replace(plain, cast=(2.0, 8.0, 600.0)), atlas)
    more = cast - base > 100
    assert more.any() and (base[more] < -300).all(), "the cast fills air only"
    table, _ = hu(replace(plain, table=(60.0, 5.0, 100.0, 0.0)), atlas)
    where = points[(table - base).abs() > 20]
    assert len(where) and float(where[:, 1].min()) > 55.0


def test_draws_stay_in_their_ranges_and_repeat() -> None:
    drawn = [draw_soft(stream(2, i, "soft")) for i in range(40)]
    assert all(35 <= s.muscle_hu <= 70 and -120 <= s.fat_hu <= -70 and s.swelling_hu >= 0 for s in drawn)
    casts, tables = sum(s.cast is not None for s in drawn), sum(s.table is not None for s in drawn)
    assert 2 <= casts <= 20 and 8 <= tables <= 32
    assert torch.equal(draw_soft(stream(2, 0, "soft")).tile, drawn[0].tile)
