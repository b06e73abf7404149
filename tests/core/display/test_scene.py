"""Pixels: window table, slices of all 48 orientations, boxes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest

from ankleviewer.core.assessment.heat_raster import heat_on_slice
from ankleviewer.core.display.scene import Scene, box_on_slice, resolve, same_region, slice_rgba, window_table
from ankleviewer.core.display.viewstate import ViewState, Window
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.planes import PLANES, Frame
from ankleviewer.core.imaging.slab import Slab
from ankleviewer.core.volume import Volume

GRID = Grid.axis_aligned((20, 24, 28), (1.0, 1.0, 1.5), (-10.0, -12.0, 50.0))


@dataclass(frozen=True)
class Cube:
    center_mm: tuple[float, float, float]
    min_mm: tuple[float, float, float]
    max_mm: tuple[float, float, float]


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


def test_the_slab_s_text_is_of_the_slice_shown() -> None:
    scene, state = Scene(scan(), None, ()), ViewState(cursor_mm=(0.0, 0.0, 70.0), slab=Slab(10, "max"))
    assert [resolve(state, scene, "axial", at).slab_text for at in (None, 0, 27)] == ["MIP 10.5 mm", "MIP 6 mm", "MIP 6 mm"]


def test_padding_is_black() -> None:
    padding = np.zeros(GRID.shape, dtype=bool)
    padding[3, 4, 5] = True
    volume = Volume(np.full(GRID.shape, 3000, dtype=np.int16), GRID, padding)
    rgba = slice_rgba(Frame.of(GRID, "axial"), volume, 5, Window(2000, 350))
    assert rgba[4, 3].tolist() == [0, 0, 0, 255]
    assert rgba[4, 4].tolist() == [255, 255, 255, 255]


@pytest.mark.parametrize("plane", PLANES)
def test_all_48_orientations_show_the_same(blob, plane: str) -> None:
    volume = scan()
    state = ViewState(cursor_mm=(2.0, 1.0, 70.0), selected=0)
    scene = Scene(volume, blob(), (BOX,))
    expected = resolve(state, scene, plane)
    picture = slice_rgba(expected.frame, volume, expected.index, state.window)
    texts = (expected.slice_text, expected.height_text)
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
            assert (got.slice_text, got.height_text) == texts
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
    assert picture.window_text == "W 2000  L 350"
    assert resolve(state, Scene(scan()), "sagittal").height_text == "R 2.0 mm"


def test_the_place_in_the_corner_is_the_slices_own() -> None:
    """The crosshair may lie between two slices; with slices of 3 mm it seemed to move the slice by half of that."""
    thick = Volume(np.zeros((8, 8, 12), np.int16), Grid.axis_aligned((8, 8, 12), (1.0, 1.0, 3.0), (0.0, 0.0, 10.0)))
    for z, text in ((28.0, "S 28.0 mm"), (29.4, "S 28.0 mm"), (26.6, "S 28.0 mm"), (29.6, "S 31.0 mm")):
        picture = resolve(ViewState(cursor_mm=(4.0, 4.0, z)), Scene(thick), "axial")
        assert picture.height_text == text, z


def test_space_hides_every_trace_of_the_model(blob) -> None:
    scene = Scene(scan(), blob(), (BOX,))
    state = ViewState(cursor_mm=(0, 0, 70), fill=True)
    shown = resolve(state, scene, "axial")
    assert shown.heat_level == 2.0 and shown.fill_opacity == 0.35 and len(shown.boxes) == 1
    hidden = resolve(replace(state, hide_ai=True), scene, "axial")
    assert hidden.heat_level is None and hidden.fill_opacity == 0.0 and hidden.boxes == ()
    assert resolve(replace(state, heat=False), scene, "axial").boxes
    assert resolve(replace(state, boxes=False), scene, "axial").heat_level == 2.0


def test_one_threshold_moves_the_outline_not_the_box(blob) -> None:
    scene = Scene(scan(), blob(), (BOX,))
    state = ViewState(cursor_mm=(0, 0, 70), threshold=4.0)
    assert resolve(state, scene, "axial").heat_level == 4.0
    np.testing.assert_array_equal(
        resolve(state, scene, "axial").boxes[0].polygon, resolve(replace(state, threshold=None), scene, "axial").boxes[0].polygon
    )


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


def test_regions_are_the_same_by_their_numbers() -> None:
    def region(top: float) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(3), np.array([1.0, 2.0, top])

    assert same_region(region(3.0), region(3.0)) and same_region(None, None)
    assert not same_region(region(3.0), region(4.0)) and not same_region(region(3.0), None) and not same_region(None, region(3.0))
