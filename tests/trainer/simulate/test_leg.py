"""A leg in slabs: any slab is that part of the whole, twins share what no fracture touches."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ankleviewer.core.geometry import Grid
from trainer.simulate.atlas import LABELS, Atlas
from trainer.simulate.leg import Leg
from trainer.simulate.scan import grid_points
from trainer.simulate.scene import Scene, draw_scene

WIDTHS = (2.5, 2.5, 2.5)
WHOLE = slice(0, 44)


@pytest.fixture(scope="module")
def scene(atlas: Atlas) -> Scene:
    return draw_scene(5, 0, atlas, "weber-b", "displaced")


@pytest.fixture(scope="module")
def leg(scene: Scene) -> Leg:
    return Leg(scene, grid_points(Grid.axis_aligned((44, 40, 48), WIDTHS[0], np.full(3, -54.0))), WIDTHS)


def test_a_slab_is_a_part_of_the_whole(leg: Leg) -> None:
    (whole,) = leg.fill(WHOLE, (True,))
    for part in (slice(0, 5), slice(17, 18), slice(21, 44)):
        (slab,) = leg.fill(part, (True,))
        torch.testing.assert_close(slab.hu, whole.hu[part], atol=0.05, rtol=1e-4)
        assert float((slab.labels != whole.labels[part]).float().mean()) < 1e-4


def test_twins_are_the_same_slab_where_nothing_is_broken(leg: Leg) -> None:
    whole = leg.fill(WHOLE, (True,))[0]
    (_, (block, crack)) = whole.cracks[0]
    assert crack.any()
    fibula = torch.nonzero((whole.labels == LABELS["fibula"]).any(dim=2).any(dim=1))[:, 0]
    beside = 0 if int(fibula.min()) > 8 else 43
    one, two = leg.fill(slice(beside, beside + 1), (True, False))
    assert one is two and one.cracks == []
    middle = block[0].start + int(torch.nonzero(crack)[:, 0].median())
    one, two = leg.fill(slice(middle, middle + 1), (True, False))
    assert len(one.cracks) == 1 and two.cracks == [] and not torch.equal(one.hu, two.hu)
