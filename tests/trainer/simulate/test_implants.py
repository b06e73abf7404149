"""Metal: cylinders in bone, as often as asked for."""

from __future__ import annotations

import numpy as np
import torch

from trainer.simulate.atlas import Atlas
from trainer.simulate.implants import Implant, draw_implants
from trainer.simulate.streams import stream


def test_a_cylinder_fills_its_voxels() -> None:
    screw = Implant(torch.tensor([-10.0, 0.0, 0.0]), torch.tensor([10.0, 0.0, 0.0]), 2.0, 5000.0)
    points = torch.tensor([[0.0, 0.0, 0.0], [9.0, 1.0, 1.0], [0.0, 2.0, 0.0], [0.0, 4.0, 0.0], [14.0, 0.0, 0.0]])
    assert screw.share(points, 1.0).tolist() == [1.0, 1.0, 0.5, 0.0, 0.0]


def test_metal_comes_as_often_as_asked_for_and_lies_in_bone(atlas: Atlas) -> None:
    drawn = [draw_implants(stream(3, i, "metal"), atlas, 0.5) for i in range(60)]
    assert 18 < sum(bool(d) for d in drawn) < 42
    assert draw_implants(stream(3, 0, "metal"), atlas, 0.0) == []
    for implant in (i for d in drawn for i in d):
        middle = (implant.start + implant.end) / 2
        assert min(float(grid(middle[None])[0]) for grid in atlas.bones.values()) < -1.0
        assert implant.hu > 3071 and 0.5 < implant.radius < 2.5
        assert 10 < np.linalg.norm((implant.end - implant.start).numpy()) < 50
