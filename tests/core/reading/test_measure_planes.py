"""The planes on which a measure may be changed, and on which a height above the joint is one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.planes import Frame
from ankleviewer.core.reading.measure import Measure
from ankleviewer.core.reading.measure_planes import height_on, lies_across, may_move, nearest_plane

GRID = Grid.axis_aligned((64, 64, 64), (1.0, 1.0, 1.0), (-32.0, -32.0, 100.0))
POINTS = ((0.0, 0.0, 140.0), (6.0, 0.0, 140.0))


def test_a_guided_measure_moves_on_planes_of_its_tool_alone_and_a_free_one_on_all() -> None:
    for plane, guided in (("axial", False), ("coronal", True)):
        frame = Frame.of(GRID, plane)
        index = frame.slice_at(POINTS[0])
        assert may_move(Measure(1, "medial clear space", POINTS, (0.0, 1.0, 0.0), ()), 1, plane, frame, index) is guided
        assert may_move(Measure(1, "distance", POINTS, None, ()), 1, plane, frame, index)
        turned = Measure(1, "medial clear space", POINTS, (0.0, 0.8, 0.6), ())
        assert not may_move(turned, 1, plane, frame, index), "made on a plane that lay otherwise"


@pytest.mark.parametrize(("degrees", "across"), [(0, False), (24, False), (26, True), (90, True), (170, False)])
def test_slices_lie_across_a_shaft_from_25_degrees(degrees: float, across: bool) -> None:
    shaft = Rotation.from_euler("x", degrees, degrees=True).apply((0.0, 0.0, 1.0))
    assert lies_across((0.0, 0.0, 1.0), shaft) is across


def test_a_slice_has_its_height_along_the_shaft() -> None:
    shaft = np.array((0.0, 0.6, 0.8))
    assert height_on((50.0, -20.0, 18.0), (0.0, 0.0, -1.0), (0.0, 0.0, 10.0), shaft) == pytest.approx(10.0)


@pytest.mark.parametrize("degrees", [-40.0, 0.0, 40.0])
def test_slices_are_named_after_the_plane_of_the_leg_that_they_are_nearest_to(degrees: float) -> None:
    leg = Rotation.from_euler("zx", (30, 10), degrees=True).as_matrix()
    turned = leg @ Rotation.from_euler("z", degrees, degrees=True).as_matrix()
    for sign in (1.0, -1.0):
        assert [nearest_plane(sign * turned[:, k], leg) for k in range(3)] == ["sagittal", "coronal", "axial"]
    assert nearest_plane((leg @ Rotation.from_euler("z", 50, degrees=True).as_matrix())[:, 0], leg) == "coronal"
