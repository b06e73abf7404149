"""Of a scan that was filled up only what was measured counts as its field of view."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.anatomy.measured import measured
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume


def scan(shape: tuple[int, int, int] = (12, 10, 20)) -> Volume:
    hu = np.random.default_rng(0).integers(-1000, 1000, shape).astype(np.int16)
    return Volume(hu, Grid.axis_aligned(shape, (0.5, 0.5, 1.0), (10.0, 20.0, 30.0)), None)


def padded(volume: Volume, part: tuple[slice, slice, slice]) -> Volume:
    hu, padding = volume.hu.copy(), np.zeros(volume.hu.shape, dtype=bool)
    hu[part], padding[part] = -1024, True
    return Volume(hu, volume.grid, padding)


def test_a_scan_that_was_measured_throughout_is_itself() -> None:
    whole = scan()
    assert measured(whole) is whole
    inner = padded(whole, (slice(3, 5), slice(2, 4), slice(0, 20)))
    assert measured(inner) is inner, "padding within it, as of a round field"


@pytest.mark.parametrize(
    ("part", "low", "high"),
    [
        ((slice(None), slice(None), slice(15, None)), (0, 0, 0), (12, 10, 15)),
        ((slice(None), slice(None), slice(0, 4)), (0, 0, 4), (12, 10, 20)),
        ((slice(9, None), slice(None), slice(None)), (0, 0, 0), (9, 10, 20)),
        ((slice(None), slice(0, 2), slice(None)), (0, 2, 0), (12, 10, 20)),
    ],
)
def test_outer_layers_of_padding_go(part, low, high) -> None:
    whole = scan()
    found = measured(padded(whole, part))
    assert found.hu.shape == tuple(b - a for a, b in zip(low, high, strict=True))
    np.testing.assert_array_equal(found.hu, whole.hu[tuple(slice(a, b) for a, b in zip(low, high, strict=True))])
    np.testing.assert_allclose(found.grid.to_mm((0, 0, 0)), whole.grid.to_mm(low))
    assert found.padding is not None and not found.padding.any()


def test_slices_of_one_value_above_and_below_go_and_air_beside_the_leg_stays() -> None:
    whole = scan()
    whole.hu[:, :, 16:] = -1024
    whole.hu[:, :, :2] = 0
    whole.hu[10:, :, 2:16] = -1000
    found = measured(whole)
    assert found.hu.shape == (12, 10, 14) and found.padding is None
    np.testing.assert_allclose(found.grid.to_mm((0, 0, 0)), whole.grid.to_mm((0, 0, 2)))


def test_the_patient_s_length_may_be_any_axis_of_the_array() -> None:
    hu = scan((20, 12, 10)).hu
    hu[15:] = -1024
    affine = np.array([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    assert measured(Volume(hu, Grid((20, 12, 10), affine))).hu.shape == (15, 12, 10)


def test_what_holds_nothing_is_left_to_the_checks() -> None:
    nothing = padded(scan(), (slice(None), slice(None), slice(None)))
    assert measured(nothing) is nothing
    flat = Volume(np.zeros((4, 4, 6), np.int16), Grid.axis_aligned((4, 4, 6), 1.0, (0, 0, 0)))
    assert measured(flat) is flat
