"""explain: splines as scipy's, a box round the true centre and nowhere else, the way back into any scan, silence where due."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from scipy.spatial.transform import Rotation

from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.explain import (
    MAX_BOXES,
    evidence,
    explain,
    make_box,
    paper_map,
    refined,
    spline_matrix,
    upsample,
)
from ankleviewer.core.assessment.preprocess import Placement
from ankleviewer.core.geometry import Grid

DECISION = Decision(temperature=1, bias=0, sens_threshold=0.3, spec_threshold=0.7, cam_reference=8, cam_floor=1.0)
MODEL_GRID = Grid.axis_aligned((128, 128, 128), 1.0, (-60.0, 40.0, 900.0))
PLACEMENT = Placement(MODEL_GRID, Grid.axis_aligned((300, 280, 150), (0.5, 0.5, 1.0), (-70.0, 30.0, 890.0)))
CELLS = 3.5 + 8 * np.stack(np.meshgrid(*[np.arange(16)] * 3, indexing="ij"), axis=-1)


def spots(*places: tuple[tuple[float, float, float], float], base: float = -4.0, noise: float = 1.0) -> np.ndarray:
    """A 16^3 map with bumps one cell wide at model voxels, on a noisy floor."""
    cam = base + noise * np.random.default_rng(3).normal(size=(16, 16, 16))
    for place, height in places:
        cam += (height - base) * np.exp(-((CELLS - place) ** 2).sum(axis=-1) / (2 * 7.0**2))
    return cam


@pytest.mark.parametrize("n", [2, 4, 8, 16])
def test_upsampling_equals_scipy_zoom(n: int) -> None:
    cam = np.random.default_rng(n).normal(size=(n, n, n))
    expected = ndimage.zoom(cam, 128 / n, order=3, grid_mode=True, mode="nearest")
    np.testing.assert_allclose(upsample(cam), expected, atol=1e-5)


def test_cell_layout_of_the_network_is_honoured() -> None:
    unit = np.zeros(16)
    unit[5] = 1
    assert np.argmax(spline_matrix(16, 128, 8.0, 3.5) @ unit) in (43, 44)  # cell 5 is centred at voxel 43.5
    assert np.argmax(spline_matrix(16, 128, 8.0, 0.0) @ unit) == 40
    np.testing.assert_array_equal(spline_matrix(16), spline_matrix(16, 128, 8.0, 3.5))


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.floats(20, 108)] * 3), st.floats(-6, 0.0))
def test_box_holds_the_centre_and_is_tight(place, base) -> None:
    heat, boxes = explain(spots((place, 9.0), base=base), 0.9, DECISION, PLACEMENT)
    low, high = MODEL_GRID.to_voxel(boxes[0].min_mm), MODEL_GRID.to_voxel(boxes[0].max_mm)
    assert (low <= place).all() and (place <= high).all()
    assert (high - low).max() < 40
    assert boxes[0].score > (0.1 if base < -1 else 0.0) and sum(b.score for b in boxes) <= 1 + 1e-6  # noise shares the heat
    assert np.linalg.norm(heat.peak_mm - MODEL_GRID.to_mm(place)) < 8
    assert heat.threshold > 0.2 * heat.peak and heat.cell_mm == 8.0


def test_boxes_by_falling_integral_and_at_most_five() -> None:
    places = [((20.0 + 30 * (i % 4), 30.0 + 60 * (i // 4), 64.0), 8.0 + 0.1 * i) for i in range(7)]
    _, boxes = explain(spots(*places), 0.9, DECISION, PLACEMENT)
    scores = [b.score for b in boxes]
    assert len(boxes) == MAX_BOXES and scores == sorted(scores, reverse=True)


def test_no_box_when_the_call_is_negative_or_the_map_is_dark() -> None:
    bright = spots(((60, 60, 60), 9.0))
    assert explain(bright, 0.29, DECISION, PLACEMENT)[1] == ()
    assert len(explain(bright, 0.3, DECISION, PLACEMENT)[1]) == 1
    heat, boxes = explain(spots(noise=0.5), 0.95, DECISION, PLACEMENT)
    assert boxes == () and heat.peak <= DECISION.cam_floor
    dark, boxes = explain(np.full((16, 16, 16), -3.0), 0.95, DECISION, PLACEMENT)
    assert boxes == () and dark.peak == 0


def test_scale_is_fixed_not_per_image() -> None:
    weak, _ = explain(spots(((60, 60, 60), 4.0), noise=0), 0.9, DECISION, PLACEMENT)
    strong, _ = explain(spots(((60, 60, 60), 8.0), noise=0), 0.9, DECISION, PLACEMENT)
    assert weak.reference == strong.reference == 8
    assert strong.peak > 1.6 * weak.peak


def test_boxes_stay_near_bone() -> None:
    bone = np.zeros((128, 128, 128), dtype=bool)
    bone[50:70, 50:70, 50:70] = True
    cam = spots(((60, 60, 60), 8.0), ((110, 20, 20), 9.0))
    _, boxes = explain(cam, 0.9, DECISION, PLACEMENT, bone)
    assert len(boxes) == 1 and np.abs(np.array(boxes[0].center_model_voxel) - 60).max() < 6
    assert explain(cam, 0.9, DECISION, PLACEMENT, np.zeros_like(bone))[1] == ()


def test_box_positions_agree_in_all_three_systems() -> None:
    box = make_box((slice(30, 40), slice(50, 60), slice(10, 30)), 0.5, PLACEMENT)
    assert box.min_mm == (-30.5, 89.5, 909.5) and box.max_mm == (-20.5, 99.5, 929.5)
    assert box.center_mm == (-25.5, 94.5, 919.5)
    assert box.center_model_voxel == (35, 55, 20)
    # column c covers -70.25 + 0.5 c .. -69.75 + 0.5 c mm, slice s 889.5 + s .. 890.5 + s mm
    assert box.min_voxel == (79, 119, 20) and box.max_voxel == (99, 139, 39)
    assert box.center_voxel in ((89, 129, 30), (89, 129, 29))  # half way between two slices


def test_the_box_of_a_turned_cube_encloses_it() -> None:
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_euler("x", 60, degrees=True).as_matrix()
    cube = Grid(MODEL_GRID.shape, turn @ MODEL_GRID.affine)
    place = (slice(30, 40), slice(50, 60), slice(10, 30))
    box = make_box(place, 0.5, Placement(cube, PLACEMENT.scan_grid))
    corners = np.array(np.meshgrid(*[(p.start - 0.5, p.stop - 0.5) for p in place], indexing="ij")).reshape(3, -1).T
    np.testing.assert_allclose(box.min_mm, cube.to_mm(corners).min(axis=0), atol=1e-4)
    np.testing.assert_allclose(box.max_mm, cube.to_mm(corners).max(axis=0), atol=1e-4)
    np.testing.assert_allclose(box.center_mm, cube.to_mm(corners.mean(axis=0)), atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.floats(-180, 180)] * 3), st.tuples(*[st.floats(0.3, 3)] * 3), st.tuples(*[st.integers(0, 100)] * 3))
def test_voxel_range_encloses_the_box_and_no_more(angles, spacing, start) -> None:
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("zyx", angles, degrees=True).as_matrix() @ np.diag(spacing)
    shape = (150, 160, 170)
    affine[:3, 3] = MODEL_GRID.to_mm([64, 64, 64]) - affine[:3, :3] @ (np.array(shape) / 2)
    grid = Grid(shape, affine)
    place = tuple(slice(s, s + 20) for s in start)
    box = make_box(place, 1.0, Placement(MODEL_GRID, grid))
    corners = np.array(np.meshgrid(*zip(box.min_mm, box.max_mm, strict=True), indexing="ij")).reshape(3, -1).T
    voxel = np.clip(grid.to_voxel(corners), -0.5, np.array(shape) - 0.5)
    low, high = np.array(box.min_voxel), np.array(box.max_voxel)
    assert (low - 0.5 <= voxel.min(axis=0) + 1e-3).all() and (voxel.max(axis=0) - 1e-3 <= high + 0.5).all()
    assert (voxel.min(axis=0) - (low - 0.5) <= 1 + 1e-3).all() and ((high + 0.5) - voxel.max(axis=0) <= 1 + 1e-3).all()
    assert (low >= 0).all() and (high < shape).all() and (low <= high).all()


def test_floor_of_the_model_decides() -> None:
    cam = spots(((60, 60, 60), 5.0), noise=0.2)
    assert len(explain(cam, 0.9, DECISION, PLACEMENT)[1]) == 1
    assert explain(cam, 0.9, dataclasses.replace(DECISION, cam_floor=6.0), PLACEMENT)[1] == ()


@pytest.mark.parametrize("pooling", ["lse", "gap"])
def test_the_papers_map_is_the_same_evidence_on_a_coarser_grid(pooling: str) -> None:
    rng = np.random.default_rng(3)
    cam = rng.normal(-2, 1, (16, 16, 16)).astype(np.float32)
    cam[5, 9, 6] = 9.0
    heat, _ = explain(cam, 0.9, DECISION, PLACEMENT, stride=8.0, offset=3.5, pooling=pooling)
    coarse = paper_map(heat)
    assert coarse is not None and coarse.native is not None and coarse.cells == 4 and coarse.cell_mm == 4 * heat.cell_mm
    small = coarse.native.cam.astype(np.float64)
    if pooling == "gap":
        assert small.sum() == pytest.approx(cam.sum(), rel=1e-4)
    else:
        assert np.log(np.exp(small).mean()) == pytest.approx(np.log(np.exp(cam.astype(np.float64)).mean()), abs=1e-5)
        assert np.unravel_index(small.argmax(), small.shape) == (1, 2, 1)
        assert (np.abs(coarse.peak_mm - heat.peak_mm) <= 16).all(), "within the coarse cell"
    assert (coarse.grid, coarse.reference, coarse.floor) == (heat.grid, heat.reference, heat.floor)
    assert (heat.boxes_from, coarse.boxes_from) == (0, 16), "boxes are of the fine map alone"
    assert paper_map(coarse) is None, "as coarse already"


def test_a_map_without_its_cells_has_no_coarser_form() -> None:
    cam = np.zeros((6, 6, 6), np.float32)
    heat, _ = explain(cam, 0.1, DECISION, PLACEMENT)
    assert paper_map(heat) is None, "six cells do not make four"
    assert paper_map(dataclasses.replace(heat, native=None, cells=16)) is None
    quiet, _ = explain(np.full((16,) * 3, -3.0, np.float32), 0.1, DECISION, PLACEMENT)
    coarse = paper_map(quiet)
    assert coarse is not None and coarse.peak == 0 and coarse.threshold == coarse.floor


def test_an_earlier_layer_decides_where_inside_a_cell_the_score_lies() -> None:
    cam = np.full((4, 4, 4), -3.0)
    cam[1, 2, 1] = 6.0
    finer = np.zeros((16, 16, 16))
    finer[7, 8, 4] = 50.0  # a corner of the hot cell
    finer[0, 0, 0] = 900.0  # where the network sees nothing
    values = refined(cam, finer)
    assert np.abs(np.array(np.unravel_index(values.argmax(), values.shape)) - (59.5, 67.5, 35.5)).max() < 2
    assert values.min() >= 0 and values[:16, :16, :16].max() < 0.01 * values.max()
    plain = refined(cam, np.ones((16, 16, 16)))
    assert plain.max() == pytest.approx(np.maximum(cam, 0).max(), rel=0.12), "without a preference the score stays as it is"
    assert values.sum() == pytest.approx(plain.sum(), rel=0.1), "nothing is added and nothing lost"
    np.testing.assert_allclose(refined(cam, 1000 * finer), values, rtol=1e-4, atol=1e-5)


def test_the_floor_is_asked_of_the_networks_own_map() -> None:
    cam = np.full((4, 4, 4), -3.0)
    cam[1, 1, 1] = 0.5  # below the floor; a finer map piles it up above
    finer = np.zeros((16, 16, 16))
    finer[6, 6, 6] = 1.0
    heat, boxes = explain(cam, 0.9, DECISION, PLACEMENT, finer=finer)
    assert heat.peak > DECISION.cam_floor and boxes == ()
    cam[1, 1, 1] = 5.0
    heat, boxes = explain(cam, 0.9, DECISION, PLACEMENT, finer=finer)
    assert len(boxes) == 1 and heat.cells == 16 and heat.cell_mm == 8.0
    coarse = paper_map(heat)
    assert coarse is not None and coarse.cells == 4
    np.testing.assert_allclose(coarse.values, explain(cam, 0.9, DECISION, PLACEMENT)[0].values, atol=1e-5)


def test_a_map_that_is_flat_but_for_rounding_has_a_box_and_no_error() -> None:
    cam = np.full((16, 16, 16), 4.0, dtype=np.float32) + np.random.default_rng(0).normal(0, 1e-6, (16, 16, 16)).astype(np.float32)
    heat, boxes = explain(cam, 0.9, DECISION, PLACEMENT)
    assert len(boxes) == 1 and heat.threshold < heat.peak


@pytest.mark.parametrize(("plateau", "shown"), [(-0.3, 0.0), (0.9, 0.9), (5.0, 5.0)])
def test_no_map_shows_more_than_its_highest_cell(plateau: float, shown: float) -> None:
    """Splines rise above a plateau in a dark surrounding by several logits; floor and scale were measured on cells."""
    cam = np.full((16, 16, 16), -12.0)
    cam[6:11, 6:11, 6:11] = plateau
    assert float(upsample(cam).max()) > plateau + 3
    heat, boxes = explain(cam, 0.5, DECISION, PLACEMENT)
    assert heat.peak == pytest.approx(shown, abs=1e-5)
    assert bool(boxes) == (plateau > DECISION.cam_floor)
    assert (heat.peak > heat.threshold) == bool(boxes), "a map at its floor has no outline either"
    coarse = paper_map(heat)
    assert coarse is not None and coarse.native is not None
    assert coarse.peak == pytest.approx(max(0.0, float(coarse.native.cam.max())), abs=1e-5)


def test_evidence_is_the_splines_where_they_do_not_overshoot() -> None:
    cam = np.zeros((8, 8, 8))
    cam[3, 4, 5] = 6.0
    np.testing.assert_allclose(evidence(cam, 64), np.maximum(upsample(cam, 64), 0), atol=1e-6)
