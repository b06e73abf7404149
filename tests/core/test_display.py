"""Pixels: window table, slices of all 48 orientations, heat overlay, boxes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from ankleviewer.core.display import (
    HEAT_COLOURS,
    HeatRaster,
    Scene,
    box_on_slice,
    contours,
    heat_on_slice,
    heat_rgba,
    reaching,
    resolve,
    slice_rgba,
    window_table,
)
from ankleviewer.core.geometry import Grid
from ankleviewer.core.planes import PLANES, Frame
from ankleviewer.core.viewstate import ViewState, Window
from ankleviewer.core.volume import Volume

GRID = Grid.axis_aligned((20, 24, 28), (1.0, 1.0, 1.5), (-10.0, -12.0, 50.0))


@dataclass(frozen=True)
class Map:
    values: np.ndarray
    grid: Grid
    threshold: float = 2.0
    reference: float = 6.0


@dataclass(frozen=True)
class Cube:
    center_mm: tuple[float, float, float]
    min_mm: tuple[float, float, float]
    max_mm: tuple[float, float, float]


def blob(centre: tuple[float, float, float] = (0.0, 0.0, 70.0)) -> Map:
    """A round heat map of radius 5 mm at level 2, on a model grid of its own spacing."""
    grid = Grid.axis_aligned((32, 32, 32), 1.1, (-17.0, -17.0, 53.0))
    mm = grid.to_mm(np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1))
    return Map(np.maximum(7.0 - np.linalg.norm(mm - np.asarray(centre), axis=-1), 0).astype(np.float32), grid)


def scan() -> Volume:
    rng = np.random.default_rng(3)
    return Volume(rng.integers(-1024, 2000, GRID.shape).astype(np.int16), GRID)


BOX = Cube((0, 0, 70), (-4, -3, 66), (4, 3, 74))


def test_window_table_is_black_grey_white_at_the_right_hu() -> None:
    table = window_table(Window(2000, 350)).view(np.uint8).reshape(-1, 4)
    grey = {hu: table[np.array(hu, dtype=np.int16).view(np.uint16)] for hu in (-1024, -650, 350, 1350, 1351, 3000)}
    assert grey[-650].tolist() == grey[-1024].tolist() == [0, 0, 0, 255]
    assert grey[350].tolist() == [128, 128, 128, 255]
    assert grey[1350].tolist() == grey[3000].tolist() == [255, 255, 255, 255]


def test_padding_is_black() -> None:
    padding = np.zeros(GRID.shape, dtype=bool)
    padding[3, 4, 5] = True
    volume = Volume(np.full(GRID.shape, 3000, dtype=np.int16), GRID, padding)
    rgba = slice_rgba(Frame.of(GRID, "axial"), volume, 5, Window(2000, 350))
    assert rgba[4, 3].tolist() == [0, 0, 0, 255]
    assert rgba[4, 4].tolist() == [255, 255, 255, 255]


@pytest.mark.parametrize("plane", PLANES)
def test_all_48_orientations_show_the_same(plane: str) -> None:
    volume = scan()
    state = ViewState(cursor_mm=(2.0, 1.0, 70.0), selected=0)
    scene = Scene(volume, blob(), (BOX,))
    expected = resolve(state, scene, plane)
    picture = slice_rgba(expected.frame, volume, expected.index, state.window)
    texts = (expected.slice_text, expected.height_text, expected.position_text)
    for order in itertools.permutations(range(3)):
        for flips in itertools.product((1, -1), repeat=3):
            affine = np.eye(4)
            affine[:3, :3] = GRID.affine[:3, list(order)] * np.array(flips)
            hu = volume.hu.transpose(order)[:: flips[0], :: flips[1], :: flips[2]]
            far = [(hu.shape[a] - 1) if flips[a] < 0 else 0 for a in range(3)]
            affine[:3, 3] = GRID.affine[:3, 3] - affine[:3, :3] @ far
            turned = Scene(Volume(hu, Grid(hu.shape, affine)), scene.heat, scene.boxes)
            got = resolve(state, turned, plane)
            assert (got.index, got.count, got.letters) == (expected.index, expected.count, expected.letters)
            assert (got.slice_text, got.height_text, got.position_text) == texts
            assert got.crosshair == pytest.approx(expected.crosshair)
            np.testing.assert_array_equal(slice_rgba(got.frame, turned.volume, got.index, state.window), picture)
            ends = [(b.polygon.min(axis=0), b.polygon.max(axis=0)) for b in (got.boxes[0], expected.boxes[0])]
            np.testing.assert_allclose(ends[0], ends[1], atol=1e-6)
            ours, theirs = (heat_on_slice(p.frame, p.index, scene.heat) for p in (got, expected))
            np.testing.assert_allclose(ours.values, theirs.values, atol=1e-4)


def test_corner_texts() -> None:
    state = ViewState(cursor_mm=(-2.0, 1.0, 71.0))
    picture = resolve(state, Scene(scan()), "axial")
    assert (picture.slice_text, picture.height_text) == ("15 / 28", "S 71.0 mm")
    assert picture.window_text == "W 2000  L 350" and picture.position_text == "R 2.0  P 1.0  S 71.0"
    assert resolve(state, Scene(scan()), "sagittal").height_text == "R 2.0 mm"


def test_space_hides_every_trace_of_the_model() -> None:
    scene = Scene(scan(), blob(), (BOX,))
    state = ViewState(cursor_mm=(0, 0, 70), fill=True)
    shown = resolve(state, scene, "axial")
    assert shown.heat_level == 2.0 and shown.fill_opacity == 0.35 and len(shown.boxes) == 1
    hidden = resolve(replace(state, hide_ai=True), scene, "axial")
    assert hidden.heat_level is None and hidden.fill_opacity == 0.0 and hidden.boxes == ()
    assert resolve(replace(state, heat=False), scene, "axial").boxes
    assert resolve(replace(state, boxes=False), scene, "axial").heat_level == 2.0


def test_one_threshold_moves_the_outline_not_the_box() -> None:
    scene = Scene(scan(), blob(), (BOX,))
    state = ViewState(cursor_mm=(0, 0, 70), threshold=4.0)
    assert resolve(state, scene, "axial").heat_level == 4.0
    np.testing.assert_array_equal(
        resolve(state, scene, "axial").boxes[0].polygon, resolve(replace(state, threshold=None), scene, "axial").boxes[0].polygon
    )


def test_outline_lies_where_the_map_passes_the_level() -> None:
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


def test_oblique_scan_samples_the_map_in_millimetres() -> None:
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


def test_fill_is_clear_below_the_level() -> None:
    raster = heat_on_slice(Frame.of(GRID, "axial"), 13, blob())
    assert raster is not None
    rgba = heat_rgba(raster, 2.0, 6.0, 0.5)
    assert set(np.unique(rgba[..., 3])) == {0, 128}
    assert (rgba[..., 3] > 0).sum() == (raster.values >= 2.0).sum()
    assert HEAT_COLOURS[255].tolist() == [252, 255, 164]


def test_the_part_that_reaches_a_level_lies_where_it_did() -> None:
    raster = heat_on_slice(Frame.of(GRID, "axial"), 13, blob())
    assert raster is not None
    part = reaching(raster, 3.0)
    assert part is not None and part.values.size < raster.values.size
    assert (part.values >= 3.0).sum() == (raster.values >= 3.0).sum()

    def peak(of: HeatRaster) -> tuple[float, float]:
        y, x = np.unravel_index(of.values.argmax(), of.values.shape)
        return of.origin[0] + x * of.step[0], of.origin[1] + y * of.step[1]

    assert peak(part) == pytest.approx(peak(raster))
    for rim in (part.values[:2], part.values[-2:], part.values[:, :2], part.values[:, -2:]):
        assert rim.max() < 3.0  # so that the smooth border of the fill stays what it was
    assert reaching(raster, 1e6) is None


def test_box_cut_by_a_slice() -> None:
    frame = Frame.of(GRID, "axial")
    polygon = box_on_slice(frame, frame.slice_at((0, 0, 70)), BOX)
    assert polygon.min(axis=0).tolist() == [6, 9] and polygon.max(axis=0).tolist() == [14, 15]
    assert len(box_on_slice(frame, 0, BOX)) == 0
    thin = Cube((0, 0, 70.4), (-4, -3, 70.3), (4, 3, 70.5))  # thinner than a slice and between two centres
    hits = [k for k in range(GRID.shape[2]) if len(box_on_slice(frame, k, thin))]
    assert hits == [frame.slice_at(thin.center_mm)]


def test_oblique_box_polygon_is_the_exact_cut() -> None:
    angle = np.radians(30)
    affine = np.eye(4)
    affine[:3, :3] = [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    affine[:3, 3] = (0, 0, 70) - affine[:3, :3] @ (20, 20, 20)
    frame = Frame.of(Grid((41, 41, 41), affine), "axial")
    polygon = box_on_slice(frame, 20, BOX)
    mm = frame.grid.to_mm(np.column_stack([polygon, np.full(len(polygon), 20)]))
    assert sorted(np.round(mm[:, :2], 6).tolist()) == [[-4, -3], [-4, 3], [4, -3], [4, 3]]


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("flips", [(1, 1, 1), (-1, 1, -1)])
def test_parallel_axes_take_the_maps_own_samples(plane: str, flips: tuple[int, int, int]) -> None:
    values = np.random.default_rng(2).random((9, 10, 11)).astype(np.float32)
    affine = np.diag([2.0 * flips[0], 2.1 * flips[1], 1.9 * flips[2], 1.0])
    affine[:3, 3] = (-8 * flips[0], -9 * flips[1], 70 - 9 * flips[2])
    heat = Map(values, Grid(values.shape, affine))
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
