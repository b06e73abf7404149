"""The scene: what is drawn, and what does not depend on the fracture."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from trainer.simulate.atlas import Atlas
from trainer.simulate.scene import Scene, draw_scene
from trainer.simulate.setting import LIFELIKE, STANDARD

WIDTHS = (2.0, 2.0, 2.0)


@pytest.fixture(scope="module")
def scene(atlas: Atlas) -> Scene:
    return draw_scene(5, 0, atlas, "weber-b", "displaced")


def test_the_determinant_tells_the_side(atlas: Atlas) -> None:
    sides = set()
    for index in range(8):
        drawn = draw_scene(6, index, atlas, "weber-b", "moderate")
        assert (float(torch.linalg.det(drawn.pose.matrix)) > 0) is (drawn.side == "L")
        fibula = drawn.pose.to_lps(torch.tensor([0.0, 0.0, 60.0])) - drawn.pose.to_lps(torch.zeros(3))
        assert float(fibula[2]) > 25, "the shaft points up"
        sides.add(drawn.side)
    assert sides == {"L", "R"}


def test_poses_go_there_and_back(scene: Scene) -> None:
    p = torch.randn(20, 3, generator=torch.Generator().manual_seed(0)) * 50
    torch.testing.assert_close(scene.pose.to_lps(scene.pose.to_canonical(p)), p, atol=1e-3, rtol=1e-4)


def test_what_is_no_fracture_does_not_depend_on_the_fracture(scene: Scene, atlas: Atlas) -> None:
    other = draw_scene(5, 0, atlas, "talus neck", "hairline")
    assert other.fractures[0].bone == "talus"
    assert torch.equal(other.warp, scene.warp) and other.scanner == scene.scanner and other.side == scene.side
    assert (other.confounders, other.age) == (scene.confounders, scene.age) and other.texture.cortex_hu == scene.texture.cortex_hu
    assert other.soft.muscle_hu == scene.soft.muscle_hu


def test_everything_that_misleads_is_named_and_does_not_depend_on_the_fracture(atlas: Atlas) -> None:
    one, two = ({draw_scene(6, i, atlas, kind, "moderate").confounders for i in range(12)} for kind in ("weber-b", "talus neck"))
    assert one == two and len(one) > 6
    assert {"swelling", "table"} < {name for names in one for name in names}


def test_dense_bone_is_young_bone(atlas: Atlas) -> None:
    drawn = [draw_scene(9, i, atlas, "weber-b", "moderate") for i in range(40)]
    open_plates = [s for s in drawn if any(x.kind == "physis" for x in s.lesions)]
    adults = [s for s in drawn if all(x.kind != "physis" for x in s.lesions)]
    assert all(s.age <= 16 for s in open_plates) and all(18 <= s.age <= 97 for s in adults)
    ages = [s.age for s in adults]
    assert np.corrcoef([np.log(s.texture.density) for s in adults], ages)[0, 1] < -0.7
    scales = [s.texture.cortex_scale for s in adults]
    assert np.corrcoef(scales, ages)[0, 1] < -0.3, "the cortex thins with age"


def test_lifelike_feet_point_farther_and_the_rest_is_drawn_as_ever(atlas: Atlas) -> None:
    """How far the talus is turned about the trochlea's axis, the calcaneus' turning inwards left out."""

    def flexion(drawn: Scene) -> float:
        rotation = drawn.joints["talus"][0]
        return float(torch.rad2deg(torch.atan2(rotation[2, 1], rotation[2, 2])))

    plain, life = ([draw_scene(12, i, atlas, "weber-b", "moderate", s) for i in range(60)] for s in (STANDARD, LIFELIKE))
    assert min(map(flexion, life)) < -38.0 < min(map(flexion, plain))
    for one, two in zip(plain, life, strict=True):
        assert (one.side, one.scanner, one.confounders) == (two.side, two.scanner, two.confounders)
        assert not one.lifelike and two.lifelike and one.texture.bare_tile is None and two.texture.bare_tile is not None
