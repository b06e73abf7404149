"""The heat map cut by slices: the part that reaches a level, samples, outlines and fill lie where the map says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.assessment.heat_raster import (
    HEAT_COLOURS,
    HeatRaster,
    axis_peaks,
    contours,
    heat_on_slice,
    heat_rgba,
    map_reaching,
    raster_reaching,
    top_level,
)
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.planes import PLANES, Frame

GRID = Grid.axis_aligned((20, 24, 28), (1.0, 1.0, 1.5), (-10.0, -12.0, 50.0))


def test_peaks_are_those_of_each_layer() -> None:
    values = np.random.default_rng(4).random((5, 6, 7)).astype(np.float32)
    for axis, peaks in enumerate(axis_peaks(values)):
        assert peaks.tolist() == [values.take(n, axis).max() for n in range(values.shape[axis])]


def test_an_outline_ends_at_the_scale_or_at_what_lies_beyond() -> None:
    values = np.zeros((4, 4, 4), dtype=np.float32)
    values[1, 2, 3] = 5.0
    grid = Grid.axis_aligned(values.shape, 1.0, (0.0, 0.0, 0.0))
    assert top_level(HeatMap(values, grid, threshold=3.0, reference=8.0, floor=0.5, cells=4)) == 8.0
    assert top_level(HeatMap(values, grid, threshold=3.0, reference=2.0, floor=0.5, cells=4)) == 5.0
    assert top_level(HeatMap(values, grid, threshold=9.0, reference=8.0, floor=0.5, cells=4)) == 9.0


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("turn", [0.0, 20.0])
def test_nothing_that_reaches_the_level_is_lost_in_its_part(blob, plane: str, turn: float) -> None:
    centre, level = (1.3, -2.2, 68.0), 3.0
    heat = blob(centre)
    within = map_reaching(heat, level)
    assert within is not None and within.values.size < heat.values.size / 20
    angle = np.radians(turn)
    affine = GRID.affine.copy()
    affine[:3, :3] = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]) @ affine[:3, :3]
    frame, met = Frame.of(Grid(GRID.shape, affine), plane), 0
    for index in range(frame.grid.shape[2]):
        whole, part = heat_on_slice(frame, index, heat), heat_on_slice(frame, index, within)
        outlines = [contours(raster, level) if raster is not None else [] for raster in (whole, part)]
        assert len(outlines[0]) == len(outlines[1])
        for one, other in zip(*outlines, strict=True):
            met += 1
            if turn == 0:
                np.testing.assert_allclose(np.sort(one, axis=0), np.sort(other, axis=0), atol=1e-9)
            else:  # the samples begin at another corner, so the vertices are others
                mm = frame.grid.to_mm(np.column_stack([other, np.full(len(other), index)]))
                assert abs(np.linalg.norm(mm - centre, axis=1) - 4.0).max() < 0.3
    assert met > 3
    assert map_reaching(heat, 7.5) is None


def test_a_part_at_the_border_of_the_map_stays_inside() -> None:
    grid = Grid.axis_aligned((6, 7, 8), 1.0, (0.0, 0.0, 0.0))
    values = np.zeros(grid.shape, np.float32)
    values[0, 6, 3] = 5.0
    within = map_reaching(HeatMap(values, grid, 2.0, 6.0, 0.5, 8), 2.0)
    assert within is not None and within.values.shape == (3, 3, 5) and within.values[0, 2, 2] == 5.0
    np.testing.assert_allclose(within.grid.to_mm((0, 2, 2)), grid.to_mm((0, 6, 3)))


def test_outline_lies_where_the_map_passes_the_level(blob) -> None:
    heat = blob()
    frame = Frame.of(GRID, "axial")
    raster = heat_on_slice(frame, frame.slice_at((0, 0, 70)), heat)
    assert raster is not None
    (line,) = contours(raster, 2.0)
    mm = frame.grid.to_mm(np.column_stack([line, np.full(len(line), frame.slice_at((0, 0, 70)))]))
    radius = np.linalg.norm(mm - (0, 0, 70), axis=1)
    assert abs(radius - 5.0).max() < 0.3
    assert contours(raster, 7.5) == []
    assert heat_on_slice(frame, 0, heat) is None


def test_oblique_scan_samples_the_map_in_millimetres(blob) -> None:
    angle = np.radians(25)
    affine = np.eye(4)
    affine[:3, :3] = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    affine[:3, 3] = (0, 0, 70) - affine[:3, :3] @ (20, 20, 20)
    frame = Frame.of(Grid((41, 41, 41), affine), "coronal")
    raster = heat_on_slice(frame, 20, blob())
    assert raster is not None
    (line,) = contours(raster, 2.0)
    radius = np.linalg.norm(frame.grid.to_mm(np.column_stack([line, np.full(len(line), 20)])) - (0, 0, 70), axis=1)
    assert abs(radius - 5.0).max() < 0.3


def test_fill_is_clear_below_the_level(blob) -> None:
    raster = heat_on_slice(Frame.of(GRID, "axial"), 13, blob())
    assert raster is not None
    rgba = heat_rgba(raster, 2.0, 6.0, 0.5)
    assert set(np.unique(rgba[..., 3])) == {0, 128}
    assert (rgba[..., 3] > 0).sum() == (raster.values >= 2.0).sum()


def test_the_hottest_colour_stands_out_from_bone_and_the_scale_brightens_throughout() -> None:
    bone = np.array([214, 207, 194])  # of the 3D view
    assert np.abs(HEAT_COLOURS[255].astype(int) - bone).max() > 120
    brightness = HEAT_COLOURS.astype(float) @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(brightness) > -1.0).all() and brightness[255] > 3 * brightness[64]


def test_the_part_that_reaches_a_level_lies_where_it_did(blob) -> None:
    raster = heat_on_slice(Frame.of(GRID, "axial"), 13, blob())
    assert raster is not None
    part = raster_reaching(raster, 3.0)
    assert part is not None and part.values.size < raster.values.size
    assert (part.values >= 3.0).sum() == (raster.values >= 3.0).sum()

    def peak(of: HeatRaster) -> tuple[float, float]:
        y, x = np.unravel_index(of.values.argmax(), of.values.shape)
        return of.origin[0] + x * of.step[0], of.origin[1] + y * of.step[1]

    assert peak(part) == pytest.approx(peak(raster))
    for rim in (part.values[:2], part.values[-2:], part.values[:, :2], part.values[:, -2:]):
        assert rim.max() < 3.0  # so that the smooth border of the fill stays what it was
    assert raster_reaching(raster, 1e6) is None


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("flips", [(1, 1, 1), (-1, 1, -1)])
def test_parallel_axes_take_the_maps_own_samples(plane: str, flips: tuple[int, int, int]) -> None:
    values = np.random.default_rng(2).random((9, 10, 11)).astype(np.float32)
    affine = np.diag([2.0 * flips[0], 2.1 * flips[1], 1.9 * flips[2], 1.0])
    affine[:3, 3] = (-8 * flips[0], -9 * flips[1], 70 - 9 * flips[2])
    heat = HeatMap(values, Grid(values.shape, affine), 2.0, 6.0, 0.5, 8)
    frame = Frame.of(GRID, plane)
    index = frame.grid.shape[2] // 2
    raster = heat_on_slice(frame, index, heat)
    assert raster is not None and min(raster.step) > 0
    rows, columns = np.indices(raster.values.shape)
    pixel = np.stack(
        [raster.origin[0] + columns * raster.step[0], raster.origin[1] + rows * raster.step[1], np.full(rows.shape, index)],
        axis=-1,
    )
    voxel = np.moveaxis(heat.grid.to_voxel(frame.grid.to_mm(pixel)), -1, 0)
    np.testing.assert_allclose(raster.values, map_coordinates(values, voxel, order=1, mode="nearest"), atol=1e-4)
