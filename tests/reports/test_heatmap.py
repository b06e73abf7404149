"""heatmap: on the scan's own voxels the map keeps its place and its values, in any orientation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.geometry import Grid
from ankleviewer.reports.heatmap import on_scan

MAP_GRID = Grid.axis_aligned((64, 64, 64), 1.0, (-32.0, 10.0, 500.0))


def heat_at(mm, height: float = 5.0) -> HeatMap:
    index = np.stack(np.meshgrid(*[np.arange(64)] * 3, indexing="ij"), axis=-1)
    r2 = ((MAP_GRID.to_mm(index) - mm) ** 2).sum(axis=-1)
    return HeatMap((height * np.exp(-r2 / 72)).astype(np.float32), MAP_GRID, 2.0, 8.0, 1.0, 8)


@pytest.mark.parametrize("angles", [(0, 0, 0), (90, 0, 180), (20, -35, 10)])
def test_peak_stays_at_its_millimetre(angles) -> None:
    mm = MAP_GRID.to_mm([40, 22, 30])
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("zyx", angles, degrees=True).as_matrix() @ np.diag([0.7, 0.7, 1.3])
    shape = (120, 130, 70)
    affine[:3, 3] = MAP_GRID.to_mm([32, 32, 32]) - affine[:3, :3] @ (np.array(shape) / 2)
    scan = Grid(shape, affine)
    out = on_scan([heat_at(mm)], scan)
    assert out.shape == shape and out.dtype == np.float32
    peak = scan.to_mm(np.unravel_index(out.argmax(), shape))
    assert np.linalg.norm(peak - mm) < 1.2
    assert out.max() == pytest.approx(5.0, abs=0.15)


def test_two_ankles_share_one_array_and_outside_is_zero() -> None:
    scan = Grid.axis_aligned((200, 64, 64), 1.0, (-132.0, 10.0, 500.0))
    out = on_scan([heat_at(MAP_GRID.to_mm([20, 32, 32]), 5.0), heat_at(MAP_GRID.to_mm([44, 32, 32]), 3.0)], scan)
    assert out[120, 32, 32] == pytest.approx(5.0, abs=0.1) and out[144, 32, 32] == pytest.approx(3.0, abs=0.2)
    assert (out[:99] == 0).all()
    assert on_scan([heat_at((0, 0, 0))], Grid.axis_aligned((5, 5, 5), 1.0, (900.0, 0.0, 0.0))).max() == 0
