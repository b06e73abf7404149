"""One bone, whole and broken: what fills its voxels."""

from __future__ import annotations

import pytest
import torch

from trainer.simulate.atlas import Atlas
from trainer.simulate.broken import material
from trainer.simulate.scene import Scene, draw_scene

VOXEL = 1.0


@pytest.fixture(scope="module")
def scene(atlas: Atlas) -> Scene:
    return draw_scene(5, 0, atlas, "weber-b", "displaced")


def of(scene: Scene, broken: bool) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    grid = scene.atlas.bones["fibula"]
    return material(scene, "fibula", grid, grid.points(), VOXEL, scene.breaks() if broken else [])


def test_a_whole_bone_fills_its_inside_with_bone_alone(scene: Scene) -> None:
    cover, hu, distance, cracks = of(scene, False)
    assert cracks == []
    inside, outside = distance < -VOXEL, distance > VOXEL
    assert (cover[inside] == 1).all() and (cover[outside] == 0).all() and (hu[outside] == 0).all()
    shell = hu[inside & (distance > -1.8)]
    assert float(shell.median()) > float(hu[distance < -4.0].median()) + 150, "cortex around marrow"


def test_a_displaced_piece_leaves_bone_where_it_was_and_a_crack(scene: Scene) -> None:
    (whole, _, distance, _), (cover, hu, _, cracks) = of(scene, False), of(scene, True)
    assert len(cracks) == 1 and (distance[cracks[0]] < 0).all()
    assert float(cover.min()) >= 0 and float(cover.max()) <= 1 + 1e-5
    assert int(((whole > 0.9) & (cover < 0.1)).sum()) > 10, "the gap"
    assert int(((whole < 0.1) & (cover > 0.9)).sum()) > 10, "where the piece went"
    assert 0.8 < float(cover.sum() / whole.sum()) < 1.1
    assert (hu[cover > 0.5] > -200).all()
