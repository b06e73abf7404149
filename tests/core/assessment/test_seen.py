"""seen: what an answer speaks of, and what it does not."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.assessment.seen import Seen, seen_in
from ankleviewer.core.geometry import Grid, standing, triple

CUBE = Grid.axis_aligned((96, 96, 96), 1.5, np.array([10.0, 20.0, 30.0]) - 47.5 * 1.5)


def test_it_is_the_cube_with_its_outer_faces() -> None:
    seen = seen_in(CUBE)
    assert seen.center_mm == pytest.approx((10.0, 20.0, 30.0)) and seen.half_mm == pytest.approx(72.0)
    assert seen.holds((81.9, 20.0, 30.0)) and not seen.holds((82.1, 20.0, 30.0))
    assert seen.holds((10.0, 20.0, -41.9)), "all of it counts"


def test_below_the_joint_it_ends_nearer() -> None:
    seen = seen_in(CUBE, 50.0)
    assert seen.holds((10.0, 20.0, -19.0)) and not seen.holds((10.0, 20.0, -21.0))
    assert not seen.holds((10.0, 60.0, -5.0)), "a ball, as the network has it: 53 mm"
    assert seen.holds((10.0, 80.0, 31.0)) and seen.holds((10.0, 20.0, 101.0)), "above the joint as far as the cube goes"


def test_a_cube_that_lies_with_its_leg_is_seen_along_its_shaft() -> None:
    turn = standing((0.0, -1.0, 0.0))  # the shaft points to the front
    lying = np.eye(4)
    lying[:3, :3] = turn.T
    seen = seen_in(Grid(CUBE.shape, lying @ CUBE.affine), 50.0)
    middle = np.asarray(seen.center_mm)
    np.testing.assert_allclose(seen.axes, turn, atol=1e-12)
    assert seen.holds(triple(np.add(middle, (0.0, -70.0, 0.0)))) and not seen.holds(triple(np.add(middle, (0.0, 55.0, 0.0))))


def test_it_is_plain_values() -> None:
    assert isinstance(seen_in(CUBE, 50.0), Seen) and all(type(v) is float for axis in seen_in(CUBE).axes for v in axis)
