from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.errors import ScanError
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.io import guard
from ankleviewer.io.resample import even_slices, is_sheared, shear_angle_deg, shift_slices, to_orthogonal


def ramp(shape=(9, 8, 7)):
    i, j, k = np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")
    return (10 * i + 20 * j + 100 * k).astype(np.int16)


def test_slices_move_by_whole_and_broken_voxels():
    hu = ramp()
    shifts = np.array([[0.25 * k, -0.5 * k] for k in range(7)])
    out, empty, offset = shift_slices(hu, None, shifts)
    assert offset == (0, -3)
    i, j, k = np.nonzero(~empty)
    # A ramp stays a ramp: at (i, j) of the result lies what was at (i - shift) of the slice.
    expected = 10 * (i + offset[0] - shifts[k, 0]) + 20 * (j + offset[1] - shifts[k, 1]) + 100 * k
    assert np.abs(out[i, j, k] - expected).max() <= 0.5
    assert (out[empty] == -1024).all()
    assert (~empty).sum(axis=(0, 1)).min() >= 8 * 7


def test_slices_far_apart_are_refused_before_the_grown_grid_is_made(monkeypatch):
    monkeypatch.setattr(guard, "MAX_VOXELS", 9 * 8 * 7 * 3)
    with pytest.raises(ScanError) as caught:
        shift_slices(ramp(), None, np.array([[5.0 * k, 0] for k in range(7)]))
    assert caught.value.code == "SIZE_IMPLAUSIBLE"


def test_padding_never_mixes_into_values():
    hu, padding = ramp(), np.zeros((9, 8, 7), bool)
    hu[4, 4, 3], padding[4, 4, 3] = -1024, True
    out, empty, _ = shift_slices(hu, padding, np.full((7, 2), 0.5))
    assert (out[~empty] >= 0).all()
    even, hollow = even_slices(hu, padding, np.arange(7.0), np.arange(0.5, 6))
    assert (even[~hollow] >= 0).all()
    assert hollow.sum() == 2


def test_uneven_slices_are_interpolated_to_even_places():
    positions = np.array([0, 1.0, 2.1, 3.0, 4.0])
    hu = np.rint(positions * 100).astype(np.int16)[None, None, :] * np.ones((2, 3, 1), np.int16)
    out, _ = even_slices(hu, None, positions, np.linspace(0, 4, 5))
    assert out[0, 0].tolist() == [0, 100, 200, 300, 400]


def sheared(degrees: float) -> Volume:
    affine = np.diag([1.0, 1, 1, 1])
    affine[0, 1] = np.tan(np.radians(degrees))
    hu = np.zeros((60, 60, 20), np.int16)
    grid = Grid(hu.shape, affine)
    x = grid.to_mm(np.argwhere(hu == 0))[:, 0].reshape(hu.shape)
    return Volume((x * 10).astype(np.int16), grid, np.zeros(hu.shape, bool))


def test_shear_is_measured_and_undone():
    volume = sheared(0.4)
    assert shear_angle_deg(volume.grid) == pytest.approx(0.4, abs=0.01)
    assert is_sheared(volume.grid)
    straight = to_orthogonal(volume)
    assert not is_sheared(straight.grid)
    inside = ~straight.padding
    x = straight.grid.to_mm(np.argwhere(inside))[:, 0]
    assert np.abs(straight.hu[inside] - 10 * x).max() < 2


def test_rounding_in_a_header_is_no_shear():
    assert not is_sheared(sheared(0.01).grid)
