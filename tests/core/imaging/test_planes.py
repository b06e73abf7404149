"""All 48 ways to store an array give the same picture, letters and millimetres."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.planes import PLANES, Frame, Viewport, direction_letters, position_text

SHAPE = (7, 9, 11)
CANONICAL = Grid.axis_aligned(SHAPE, (0.5, 0.75, 2.0), (-30.0, 12.0, 100.0))
ALL_48 = [(p, f) for p in itertools.permutations(range(3)) for f in itertools.product((False, True), repeat=3)]


def marked() -> np.ndarray:
    """An array in which every voxel is different, so that any turn or flip is seen."""
    return np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE)


def stored(array: np.ndarray, grid: Grid, order: tuple[int, ...], flips: tuple[bool, ...]) -> tuple[np.ndarray, Grid]:
    """The same patient stored with another axis order and direction."""
    turned = array.transpose(order)
    affine = np.eye(4)
    affine[:3, :3] = grid.affine[:3, list(order)]
    affine[:3, 3] = grid.affine[:3, 3]
    for axis, flip in enumerate(flips):
        if flip:
            turned = np.flip(turned, axis)
            affine[:3, 3] += affine[:3, axis] * (turned.shape[axis] - 1)
            affine[:3, axis] *= -1
    return turned, Grid(turned.shape, affine)


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize(("order", "flips"), ALL_48)
def test_every_storage_order_gives_the_same_picture(plane: str, order: tuple[int, ...], flips: tuple[bool, ...]) -> None:
    reference = Frame.of(CANONICAL, plane)
    array, grid = stored(marked(), CANONICAL, order, flips)
    frame = Frame.of(grid, plane)
    assert frame.letters == reference.letters
    assert frame.grid.shape == reference.grid.shape
    for index in (0, 3, frame.grid.shape[2] - 1):
        np.testing.assert_array_equal(frame.pixels(array, index), reference.pixels(marked(), index))
    pixel = (1.25, 2.5, 3.0)
    np.testing.assert_allclose(frame.grid.to_mm(pixel), reference.grid.to_mm(pixel), atol=1e-9)
    i, j, k = np.rint(grid.to_voxel(frame.grid.to_mm((1, 2, 3)))).astype(int)
    assert array[i, j, k] == frame.pixels(array, 3)[2, 1]


def test_radiological_convention() -> None:
    assert Frame.of(CANONICAL, "axial").letters == ("R", "L", "A", "P")
    assert Frame.of(CANONICAL, "coronal").letters == ("R", "L", "S", "I")
    assert Frame.of(CANONICAL, "sagittal").letters == ("A", "P", "S", "I")
    hu = np.zeros(SHAPE, dtype=np.int16)
    hu[0, :, :], hu[:, 0, :], hu[:, :, -1] = 1, 2, 4  # right side, front, top of the patient
    axial, coronal, sagittal = (Frame.of(CANONICAL, p) for p in PLANES)
    assert axial.pixels(hu, 5)[4, 0] == 1 and axial.pixels(hu, 5)[0, 3] == 2
    assert coronal.pixels(hu, 5)[0, 3] == 4 and coronal.pixels(hu, 5)[5, 0] == 1
    assert sagittal.pixels(hu, 3)[5, 0] == 2 and sagittal.pixels(hu, 3)[0, 5] == 4


def test_oblique_letters_and_direction() -> None:
    angle = np.radians(30)
    affine = np.eye(4)
    affine[:3, :3] = [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    frame = Frame.of(Grid((8, 8, 8), affine), "axial")
    assert frame.letters == ("RA", "LP", "AL", "PR")
    assert direction_letters((1, 0.2, 0)) == "L"
    assert direction_letters((-0.5, 0.2, -1)) == "IR"


def test_steps_are_exactly_one_slice_and_stop_at_the_ends() -> None:
    for plane in PLANES:
        frame = Frame.of(CANONICAL, plane)
        mm = frame.grid.to_mm((3.3, 2.2, 4.4))
        moved = frame.step(mm, 1)
        assert frame.slice_at(moved) == 5
        np.testing.assert_allclose(frame.grid.to_voxel(moved)[:2], (3.3, 2.2), atol=1e-9)
        assert frame.slice_at(frame.step(mm, -1000)) == 0
        assert frame.slice_at(frame.step(mm, 1000)) == frame.grid.shape[2] - 1


def test_position_has_letters_never_signs() -> None:
    assert position_text((-17.6, 35.3, 12.1)) == "R 17.6  P 35.3  S 12.1"
    assert position_text((17.0, -35.0, -12.0), 0) == "L 17  A 35  I 12"
    assert position_text((-0.04, -0.04, 0.04)) == "L 0.0  P 0.0  S 0.0"


def test_viewport_goes_there_and_back_and_keeps_the_aspect() -> None:
    frame = Frame.of(CANONICAL, "coronal")  # pixels of 0.5 x 2.0 mm
    port = Viewport.fit(frame, (400, 300), zoom=2.0, pan=(1.0, -2.0))
    points = np.array([[0.0, 0.0], [3.5, 8.25]])
    np.testing.assert_allclose(port.to_pixel(port.to_screen(points)), points, atol=1e-9)
    step = port.to_screen((1, 1)) - port.to_screen((0, 0))
    assert step[1] / step[0] == pytest.approx(4.0)


def test_fit_shows_the_whole_slice_or_the_region() -> None:
    frame = Frame.of(CANONICAL, "axial")
    port = Viewport.fit(frame, (200, 200))
    corners = port.to_screen([[-0.5, -0.5], [6.5, 8.5]])
    assert corners.min() >= -1e-6 and corners.max() <= 200 + 1e-6
    assert (corners[1] - corners[0]).max() == pytest.approx(200)
    region = (CANONICAL.to_mm((1, 2, 3)), CANONICAL.to_mm((5, 6, 9)))
    close = Viewport.fit(frame, (200, 200), region)
    np.testing.assert_allclose(close.to_screen((3, 4)), (100, 100), atol=1e-6)
    assert close.scale > port.scale


def test_wrong_names_and_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="oblique"):
        Frame.of(CANONICAL, "oblique")
    with pytest.raises(IndexError, match="11"):
        Frame.of(CANONICAL, "axial").pixels(marked(), 11)


def test_what_is_seen_of_a_slice() -> None:
    frame = Frame.of(Grid.axis_aligned((200, 100, 10), (0.5, 1.0, 1.0), (0, 0, 0)), "axial")
    port = Viewport(frame, 60.0, 40.0, 1.0, (50.0, 50.0))  # 60 x 40 mm around pixel (100, 50)
    assert port.seen() == (40, 30, 161, 71)
    assert port.seen(3) == (37, 27, 164, 74)
    for x, y in ((-0.5, -0.5), (59.5, 39.5)):
        u, v = port.to_pixel((x + 0.5, y + 0.5))
        assert 40 <= u <= 161 and 30 <= v <= 71
    whole = Viewport(frame, 600.0, 400.0, 1.0, (50.0, 50.0))
    assert whole.seen(3) == (0, 0, 200, 100)
    beside = Viewport(frame, 60.0, 40.0, 1.0, (-500.0, 900.0))
    x0, y0, x1, y1 = beside.seen()
    assert 0 <= x0 < x1 <= 200 and 0 <= y0 < y1 <= 100
