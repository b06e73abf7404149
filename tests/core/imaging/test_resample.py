"""resample: the low-pass is as wide as it should be and keeps the mean; any target grid will do."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.resample import axis_matrices, kernel, lowpass_sigma, resample
from ankleviewer.core.volume import Volume


def test_widths_add_in_squares() -> None:
    assert lowpass_sigma(1.0, 1.0) == lowpass_sigma(2.0, 1.0) == 0.0
    for source in (0.3, 0.5, 0.9):
        full_width = 2.3548 * lowpass_sigma(source, 1.0) * source
        assert full_width**2 + source**2 == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("sigma", [0.0, 0.1, 0.7, 1.5])
def test_kernel_is_a_centred_average(sigma: float) -> None:
    weights = kernel(sigma)
    assert len(weights) % 2 == 1 and weights.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(weights, weights[::-1])
    if sigma >= 0.7:
        x = np.arange(len(weights)) - len(weights) // 2
        assert np.sqrt((weights * x**2).sum()) == pytest.approx(sigma, rel=0.05)


@pytest.mark.parametrize("angles", [(0, 0, 0), (10, 25, -40)])
def test_linear_ramp_comes_through_unchanged(angles) -> None:
    """A ramp survives smoothing and linear interpolation exactly, so any error in position shows as an error in HU."""
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("zyx", angles, degrees=True).as_matrix() @ np.diag([0.4, 0.5, 0.8])
    source = Grid((90, 80, 60), affine)
    index = np.stack(np.meshgrid(*[np.arange(n) for n in source.shape], indexing="ij"), axis=-1)
    slope = np.array([9.0, -7.0, 5.0])
    hu = source.to_mm(index) @ slope
    centre = source.to_mm((np.array(source.shape) - 1) / 2)
    target = Grid.axis_aligned((12, 10, 8), (1.0, 1.1, 1.2), centre - [5.5, 4.95, 4.2])
    out = resample(Volume(np.round(hu).astype(np.int16), source), target, -1024)
    wanted = np.stack(np.meshgrid(*[np.arange(n) for n in target.shape], indexing="ij"), axis=-1)
    np.testing.assert_allclose(out, target.to_mm(wanted) @ slope, atol=0.5)


def test_oblique_target_outside_the_scan_is_all_air() -> None:
    volume = Volume(np.full((9, 9, 9), 500, dtype=np.int16), Grid.axis_aligned((9, 9, 9), 1.0, (0.0, 0.0, 0.0)))
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("z", 30, degrees=True).as_matrix()
    affine[:3, 3] = 500
    assert (resample(volume, Grid((4, 4, 4), affine), -1024) == -1024).all()


@pytest.mark.parametrize("padded", [False, True])
def test_an_oblique_scan_needs_one_field_beside_it(padded: bool) -> None:
    """Peak memory: the smoothed field is twice the scan's bytes; what is written and smoothed in place needs no second one."""
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("x", 3, degrees=True).as_matrix() * 0.4
    rng = np.random.default_rng(0)
    shape = (120, 120, 120)
    volume = Volume(
        rng.integers(-1024, 2000, shape, dtype=np.int16), Grid(shape, affine), rng.random(shape) > 0.99 if padded else None
    )
    target = Grid.axis_aligned((24, 24, 24), 2.0, (0.0, 0.0, 0.0))
    resample(volume, target, -1024.0)  # what is imported stays
    tracemalloc.start()
    try:
        resample(volume, target, -1024.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    field = 4 * np.prod([n + 14 for n in shape])
    assert peak < 1.2 * field


def test_axis_matrices_do_what_resample_does() -> None:
    hu = np.random.default_rng(0).integers(-1000, 1500, (30, 26, 18)).astype(np.int16)
    source = Grid.axis_aligned(hu.shape, (0.7, 0.8, 1.4), (-10.0, -11.0, -12.0))
    target = Grid.axis_aligned((20, 20, 20), 1.5, (-16.0, -9.0, -13.0))
    out = hu.astype(np.float32) + 1000.0
    for axis, (matrix, first) in enumerate(axis_matrices(source, target)):
        part = np.take(out, range(first, first + matrix.shape[1]), axis)
        out = np.moveaxis(np.tensordot(matrix, part, (1, axis)), 0, axis)
    np.testing.assert_allclose(out - 1000.0, resample(Volume(hu, source), target, -1000.0), atol=0.01)
    turned = Grid((20, 20, 20), target.affine[:, [1, 0, 2, 3]])
    with pytest.raises(ValueError, match="do not run alike"):
        axis_matrices(source, turned)
