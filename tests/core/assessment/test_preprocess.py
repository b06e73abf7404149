"""preprocess: the spec travels unchanged, the tensor is what the formula says, and the way back is exact within half a voxel."""

from __future__ import annotations

import dataclasses
import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from ankleviewer.core.assessment.preprocess import BONE, PAPER, PreprocessSpec, apply, bone_box, bone_mask, model_grid, normalise
from ankleviewer.core.errors import ModelError
from ankleviewer.core.geometry import Grid, standing
from ankleviewer.core.volume import Volume

SMALL = dataclasses.replace(BONE, size=48)


def scan_grid(angles, spacing, mirror, shear_degrees, centre, shape=(40, 40, 40)) -> Grid:
    """A grid of any orientation whose middle lies at `centre`, mm."""
    linear = Rotation.from_euler("zyx", angles, degrees=True).as_matrix() @ np.diag(np.where(mirror, -1.0, 1.0))
    shear = np.eye(3)
    shear[1, 2] = np.tan(np.deg2rad(shear_degrees))  # gantry tilt moves each slice along the rows' direction
    affine = np.eye(4)
    affine[:3, :3] = linear @ shear @ np.diag(spacing)
    affine[:3, 3] = centre - affine[:3, :3] @ ((np.asarray(shape) - 1) / 2)
    return Grid(shape, affine)


def blob(grid: Grid, mm, sigma: float) -> Volume:
    """A soft marker of 1500 HU around `mm` in air."""
    index = np.stack(np.meshgrid(*[np.arange(n) for n in grid.shape], indexing="ij"), axis=-1)
    r2 = ((grid.to_mm(index) - mm) ** 2).sum(axis=-1)
    return Volume(np.round(-1024 + 2500 * np.exp(-r2 / (2 * sigma**2))).astype(np.int16), grid)


def centroid(weight: np.ndarray) -> np.ndarray:
    weight = np.where(weight > 0.05 * weight.max(), weight, 0.0).astype(np.float64)
    return np.array(
        [
            (weight.sum(axis=tuple(b for b in range(3) if b != a)) @ np.arange(n)) / weight.sum()
            for a, n in enumerate(weight.shape)
        ]
    )


@settings(max_examples=40, deadline=None)
@given(
    angles=st.tuples(*[st.floats(-180, 180)] * 3),
    spacing=st.tuples(*[st.floats(0.5, 2.5)] * 3),
    mirror=st.tuples(*[st.booleans()] * 3),
    shear=st.floats(-25, 25),
    centre=st.tuples(*[st.floats(-300, 300)] * 3),
    offset=st.tuples(*[st.floats(-5, 5)] * 3),
    target=st.floats(0.7, 1.6),
)
def test_marker_returns_within_half_a_voxel(angles, spacing, mirror, shear, centre, offset, target) -> None:
    centre = np.array(centre)
    grid = scan_grid(angles, spacing, mirror, shear, centre)
    mm = centre + offset
    wide = dataclasses.replace(PAPER, hi=3000.0, lo=-1024.0, mean=0.0, size=48, spacing_mm=target)
    tensor, placement = apply(blob(grid, mm, 1.3 * max(spacing)), wide, centre)
    found = centroid(tensor[0, 0])
    assert np.abs(found - placement.model_grid.to_voxel(mm)).max() < 0.5
    assert np.abs(placement.to_mm(found) - mm).max() < 0.5 * target
    assert np.abs(placement.to_scan_voxel(found) - grid.to_voxel(mm)).max() < 0.5


@pytest.mark.parametrize("angles", [(0, 0, 0), (90, 0, 0), (0, 90, 180)])
@pytest.mark.parametrize("spacing", [(0.4, 0.5, 0.6), (1.0, 1.0, 1.0), (0.7, 0.7, 3.0)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_parallel_and_oblique_route_agree(monkeypatch, angles, spacing, order) -> None:
    grid = scan_grid(angles, spacing, (False, True, False), 0, np.array([7.0, -3.0, 11.0]), (30, 36, 33))
    hu = np.asarray(np.random.default_rng(1).integers(-1000, 1700, grid.shape), dtype=np.int16, order=order)
    padding = np.zeros(grid.shape, dtype=bool)
    padding[:4] = True
    volume = Volume(hu, grid, padding)
    fast, _ = apply(volume, SMALL, (8.0, -3.5, 11.0))
    monkeypatch.setattr("ankleviewer.core.imaging.resample._parallel_axes", lambda *_: None)
    slow, _ = apply(volume, SMALL, (8.0, -3.5, 11.0))
    assert fast.std() > 0.01
    np.testing.assert_allclose(fast, slow, atol=5e-5)


def test_identity_grid_keeps_every_hounsfield_unit() -> None:
    hu = np.random.default_rng(2).integers(-1024, 1744, (48, 48, 48)).astype(np.int16)
    volume = Volume(hu, Grid.axis_aligned((48, 48, 48), 1.0, (10.0, 20.0, 30.0)))
    tensor, placement = apply(volume, SMALL, (33.5, 43.5, 53.5))
    np.testing.assert_allclose(tensor[0, 0], np.clip((hu + 200) / 1700, 0, 1) - 0.1, atol=1e-5)
    np.testing.assert_allclose(placement.to_scan_voxel([0, 0, 0]), 0, atol=1e-9)


def test_axes_point_left_posterior_superior() -> None:
    grid = Grid((30, 30, 30), np.diag([-1.0, -1.0, 1.0, 1.0]))  # columns run to the right, rows to the front
    hu = np.full(grid.shape, -1024, dtype=np.int16)
    hu[2:5, 10:20, 10:20] = 1500  # small column index = far left of the patient
    tensor, _ = apply(Volume(hu, grid), SMALL, grid.to_mm([14.5, 14.5, 14.5]))
    assert centroid(tensor[0, 0] + 0.1)[0] > 30


@pytest.mark.parametrize("up", [(0, 0, -1), (1, 0, 0), (0, -0.8, 0.6)])
def test_a_cube_turned_with_its_leg_sees_what_it_would_if_the_leg_stood(up: tuple[float, ...]) -> None:
    turn = np.eye(4)
    turn[:3, :3] = standing(up).T  # the patient lies so that his leg points along `up`
    upright = scan_grid((10, -5, 20), (1.1, 0.9, 1.3), (False, True, False), 0, (30.0, -20.0, 50.0))
    lying = Grid(upright.shape, turn @ upright.affine)
    hu = np.random.default_rng(2).integers(-1000, 1500, upright.shape).astype(np.int16)
    expected, _ = apply(Volume(hu, upright), SMALL, (30.0, -20.0, 50.0))
    tensor, placement = apply(Volume(hu, lying), SMALL, turn[:3, :3] @ (30.0, -20.0, 50.0), turn[:3, :3].T)
    np.testing.assert_allclose(tensor, expected, atol=2e-4)
    middle = (SMALL.size - 1) / 2
    above = placement.to_mm((middle, middle, middle + 10)) - placement.to_mm((middle, middle, middle))
    np.testing.assert_allclose(above, 10 * SMALL.spacing_mm * np.asarray(up), atol=1e-9)
    np.testing.assert_allclose(placement.to_scan_voxel((middle,) * 3), lying.to_voxel(turn[:3, :3] @ (30.0, -20.0, 50.0)))


def test_outside_and_padding_are_air() -> None:
    grid = Grid.axis_aligned((10, 10, 10), 1.0, (0.0, 0.0, 0.0))
    padding = np.zeros(grid.shape, dtype=bool)
    padding[:, :, :5] = True
    volume = Volume(np.full(grid.shape, 600, dtype=np.int16), grid, padding)
    tensor, placement = apply(volume, SMALL, (4.5, 4.5, 4.5))
    air, bone = normalise(SMALL.pad_hu, SMALL), normalise(600, SMALL)
    low = np.round(placement.model_grid.to_voxel([5, 5, 0])).astype(int)
    high = np.round(placement.model_grid.to_voxel([5, 5, 8])).astype(int)
    assert tensor[0, 0, 0, 0, 0] == pytest.approx(air) and tensor[0, 0][tuple(low)] == pytest.approx(air)
    assert tensor[0, 0][tuple(high)] == pytest.approx(bone, abs=1e-4)
    far, _ = apply(volume, SMALL, (900.0, 0.0, 0.0))
    assert np.ptp(far) == 0 and far.flat[0] == pytest.approx(air)


def test_low_pass_removes_what_the_coarse_grid_cannot_hold() -> None:
    grid = Grid.axis_aligned((160, 40, 40), (0.25, 1.0, 1.0), (0.0, 0.0, 0.0))
    hu = np.where(np.arange(160) % 2 == 0, 0, 1000).astype(np.int16)  # 0.5 mm period: above the limit of 2 mm
    volume = Volume(np.broadcast_to(hu[:, None, None], grid.shape).copy(), grid)
    spec = dataclasses.replace(SMALL, size=16, lo=-1024, hi=3000, mean=0.0)
    tensor, _ = apply(volume, spec, (20.0, 20.0, 20.0))
    assert np.ptp(tensor) * 4024 < 10
    assert float(tensor.mean()) * 4024 - 1024 == pytest.approx(500, abs=5)


def test_whole_fits_the_bones_with_one_factor() -> None:
    grid = Grid.axis_aligned((120, 60, 60), 2.0, (-50.0, 0.0, 0.0))
    hu = np.full(grid.shape, -1024, dtype=np.int16)
    hu[10:110, 20:40, 20:40] = 900
    hu[0, 0, 0] = 900  # a speck is not bone
    spec = dataclasses.replace(SMALL, fit="whole")
    cube = model_grid(Volume(hu, grid), spec)
    low, high = cube.bounds_mm()
    assert len(set(np.round(cube.spacing, 9))) == 1
    np.testing.assert_allclose((low + high) / 2, grid.to_mm([59.5, 29.5, 29.5]), atol=1.0)
    assert (high - low)[0] == pytest.approx(200 + 2 * spec.margin_mm, abs=2.1)


def test_no_bone_uses_the_whole_field() -> None:
    volume = Volume(np.full((20, 20, 20), 40, dtype=np.int16), Grid.axis_aligned((20, 20, 20), 2.0, (0, 0, 0)))
    assert bone_box(volume, 250) is None
    np.testing.assert_allclose(np.mean(model_grid(volume, SMALL).bounds_mm(), axis=0), 19.0)


@pytest.mark.parametrize("spec", [PAPER, BONE])
def test_bone_mask_is_the_threshold_seen_through_the_window(spec) -> None:
    hu = np.array([-1024, 0, 240, 260, 399, 1700], dtype=np.int16).reshape(1, 1, 1, 1, 6)
    assert bone_mask(normalise(hu, spec), spec).ravel().tolist() == [False, False, False, True, True, True]


def test_spec_survives_json_and_names_what_is_wrong() -> None:
    record = json.loads(json.dumps(BONE.to_json()))
    assert PreprocessSpec.from_json(record) == BONE and BONE.hash != PAPER.hash
    for change, code in (
        ({"format": 2}, "MODEL_SPEC_UNKNOWN"),
        ({"gamma": 2.0}, "MODEL_SPEC_UNKNOWN"),
        ({"hi": "high"}, "MODEL_SPEC_INVALID"),
        ({"hi": -500}, "MODEL_SPEC_INVALID"),
        ({"spacing_mm": 0.5}, "MODEL_SPEC_INVALID"),  # the hash no longer fits
    ):
        with pytest.raises(ModelError) as error:
            PreprocessSpec.from_json({**record, **change})
        assert error.value.code == code
    del record["mean"]
    with pytest.raises(ModelError):
        PreprocessSpec.from_json(record)


@pytest.mark.parametrize(
    "change",
    [
        *({"size": size} for size in (0, -1, 513, 10**9, 10**400, float("inf"), float("nan"))),
        *({"spacing_mm": mm} for mm in (0.0, -1.0, 5e-4, 1e-300, 8.0, 1e9, 1e308, 10**400, float("inf"), float("nan"))),
        *({key: hu} for key in ("lo", "hi", "mean", "pad_hu", "bone_threshold") for hu in (1.1e5, -1.1e5, 1e308, float("nan"))),
        {"margin_mm": -0.1},
        {"margin_mm": 1e9},
        {"hi": BONE.lo + 1e-9},
    ],
)
def test_a_foreign_spec_stays_within_what_can_be_computed(change) -> None:
    record = {key: value for key, value in BONE.to_json().items() if key != "preproc_hash"}
    with pytest.raises(ModelError) as error:
        PreprocessSpec.from_json(json.loads(json.dumps({**record, **change})))
    assert error.value.code == "MODEL_SPEC_INVALID" and len(error.value.message) < 500


def test_bad_centre_is_an_error() -> None:
    volume = Volume(np.zeros((4, 4, 4), dtype=np.int16), Grid.axis_aligned((4, 4, 4), 1.0, (0, 0, 0)))
    with pytest.raises(ValueError, match="center_mm"):
        apply(volume, SMALL, (np.nan, 0.0, 0.0))


def test_large_scan_is_fast() -> None:
    hu = np.zeros((400, 512, 512), dtype=np.int16).transpose(2, 1, 0)
    volume = Volume(hu, Grid.axis_aligned(hu.shape, (0.4, 0.4, 0.5), (0.0, 0.0, 0.0)))
    start = time.thread_time()
    tensor, _ = apply(volume, PAPER, (100.0, 100.0, 100.0))
    took = time.thread_time() - start
    assert tensor.shape == (1, 1, 128, 128, 128)
    start = time.thread_time()
    gaussian_filter1d(hu[:, :, :50].astype(np.float32), 1.0, axis=0)
    eighth = time.thread_time() - start
    assert took < 8 * eighth, "smoothing the whole scan along one of its axes takes seven times as long"


def test_another_leg_becomes_air() -> None:
    grid = Grid.axis_aligned((120, 60, 60), 2.0, (-60, -60, -60))
    volume = Volume(np.full(grid.shape, 300, dtype=np.int16), grid)
    spec = dataclasses.replace(BONE, size=48, spacing_mm=2.0)
    alone, _ = apply(volume, spec, (0, 0, 0))
    tensor, placement = apply(volume, spec, (0, 0, 0), None, [((60, 0, 20), (0.0, 0.0, 1.0))])
    x = placement.to_mm(np.argwhere(np.ones((48, 48, 48))))[:, 0].reshape(48, 48, 48)
    assert np.array_equal(tensor[0, 0][x <= 30], alone[0, 0][x <= 30])
    assert (tensor[0, 0][x > 30] == normalise(spec.pad_hu, spec)).all() and (x > 30).any()
    assert not bone_mask(tensor, spec)[x > 30].any()
