"""Which slices show a measure, where, and when dashed; on straight and tilted scans."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.planes import PLANES, Frame
from ankleviewer.core.reading.measure import Measure, Value, point
from ankleviewer.core.reading.measure_marks import (
    common_normal,
    measure_marks,
    normal_of,
    on_slice,
    rows_and_columns,
    with_depth_of,
)

TILT = np.eye(4)
TILT[:3, :3] = Rotation.from_euler("xyz", (18, -9, 25), degrees=True).as_matrix() @ np.diag((0.5, 0.8, 2.0))
GRIDS = {"straight": Grid.axis_aligned((50, 60, 40), (0.5, 0.8, 2.0), (-12.0, 5.0, 90.0)), "tilted": Grid((50, 60, 40), TILT)}


def distance(*points: tuple[float, float, float]) -> Measure:
    return Measure(1, "distance", tuple(point(p) for p in points), None, (Value("length", 7.0, "mm"),))


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_it_shows_on_its_slice_alone_and_at_its_place(grid: Grid, plane: str) -> None:
    frame = Frame.of(grid, plane)
    ends = frame.grid.to_mm([(10.0, 12.5, 9), (22.0, 20.0, 9)])
    measure = distance(*ends)
    ((mark),) = measure_marks(frame, 9, [measure], 1)
    assert mark.selected and mark.lines[0].label == ("7.0 mm",) and not mark.lines[0].dashed
    np.testing.assert_allclose(mark.lines[0].points, [(10.0, 12.5), (22.0, 20.0)], atol=0.01)
    np.testing.assert_allclose([mark.handles[0], mark.handles[1]], [(10.0, 12.5), (22.0, 20.0)], atol=0.01)
    assert measure_marks(frame, 8, [measure], 0) == measure_marks(frame, 10, [measure], 0) == ()


def test_a_point_between_two_slices_is_not_lost_and_a_far_end_makes_it_dashed() -> None:
    frame = Frame.of(GRIDS["straight"], "axial")
    measure = distance(*frame.grid.to_mm([(10, 10, 9.4), (20, 20, 14)]))
    (mark,) = measure_marks(frame, 9, [measure], 0)
    assert mark.lines[0].dashed and list(mark.handles) == [0] and not mark.selected
    (other,) = measure_marks(frame, 14, [measure], 0)
    assert list(other.handles) == [1]
    assert measure_marks(frame, 12, [measure], 0) == (), "between its ends it has no point"
    half = distance(*frame.grid.to_mm([(10, 10, 9.5), (20, 20, 9.5)]))
    assert measure_marks(frame, 9, [half], 0) and measure_marks(frame, 10, [half], 0)


def test_parts_are_dashed_each_by_itself() -> None:
    frame = Frame.of(GRIDS["straight"], "axial")
    places = [(25, 30, 5), (10, 10, 10), (12, 10, 10), (10, 20, 10), (12, 20, 10), (10, 30, 10), (12, 30, 10)]
    values = tuple(Value(side, 1.0, "mm") for side in ("anterior", "middle", "posterior"))
    measure = Measure(1, "tibiofibular", tuple(point(p) for p in frame.grid.to_mm(places)), (0.0, 0.0, 1.0), values)
    (mark,) = measure_marks(frame, 10, [measure], 0)
    assert [line.label for line in mark.lines] == [("anterior 1.0 mm",), ("middle 1.0 mm",), ("posterior 1.0 mm",)]
    assert not any(line.dashed for line in mark.lines), "the plafond's point lies elsewhere and is no part of these lines"
    (low,) = measure_marks(frame, 5, [measure], 0)
    assert list(low.handles) == [0] and [len(line.points) for line in low.lines] == [1]


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_normals_and_points_that_share_a_plane(grid: Grid) -> None:
    for plane in PLANES:
        frame = Frame.of(grid, plane)
        normal = normal_of(frame)
        across, down = rows_and_columns(frame)
        assert abs(np.dot(normal, across)) < 1e-5 and abs(np.dot(normal, down)) < 1e-5
        same = [point(mm) for mm in frame.grid.to_mm([(3, 4, 7), (20, 9, 7), (8, 30, 7)])]
        assert common_normal(same, normal) == normal
        assert common_normal([*same, point(frame.grid.to_mm((3, 4, 8)))], normal) is None
        assert on_slice(frame, 7, same) and not on_slice(frame, 6, same)
        dragged = with_depth_of(frame, frame.grid.to_mm((15, 15, 8)), same[0])
        np.testing.assert_allclose(frame.grid.to_voxel(dragged), (15, 15, 7), atol=0.01)


def test_an_unknown_kind_is_a_chain_without_a_label() -> None:
    frame = Frame.of(GRIDS["straight"], "axial")
    points = tuple(point(mm) for mm in frame.grid.to_mm([(3, 4, 7), (20, 9, 7), (8, 30, 7)]))
    (mark,) = measure_marks(frame, 7, [Measure(1, "of the future", points, None, (Value("x", 1, "mm"),))], 0)
    assert len(mark.lines) == 1 and mark.lines[0].label == () and len(mark.handles) == 3
    (broken,) = measure_marks(frame, 7, [Measure(1, "step-off", points, None, ())], 0)
    assert broken.lines[0].label == (), "a known kind without its values is drawn too"
