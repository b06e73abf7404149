"""Turned planes: right angles, the crosshair stays, letters and marker voxels agree, nothing drifts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.oblique import aligned, frames_of, line_on, spacing_of, start, tilt_deg, turned
from ankleviewer.core.imaging.planes import CONVENTION, PLANES, Frame, Viewport, region_on_slice

SCAN = Grid.axis_aligned((60, 70, 50), (0.5, 0.5, 1.0), (-15.0, -20.0, 100.0))
AT = (2.3, -4.1, 121.7)


def a_turn():
    turn = turned(start(SCAN, AT), "axial", 25, AT)
    turn = turned(turn, "coronal", -15, AT)
    return turned(turn, "sagittal", 10, AT)


def basis(frame: Frame) -> np.ndarray:
    return frame.grid.affine[:3, :3] / np.asarray(frame.grid.spacing)


def test_not_turned_yet_shows_what_the_scan_s_own_planes_show() -> None:
    array = np.random.default_rng(0).integers(-1000, 2000, SCAN.shape).astype(np.int16)
    at = SCAN.to_mm((20, 30, 12))
    for own, frame in zip(frames_of(SCAN, None), frames_of(SCAN, start(SCAN, at)), strict=True):
        assert frame.letters == own.letters and tilt_deg(frame) == pytest.approx(0, abs=1e-5)
        index = own.slice_at(at)
        mine = frame.pixels(array, frame.slice_at(at))
        # The oblique pixels are 0.5 mm; every second row or column of theirs is one of a scan with slices of 1 mm.
        steps = [round(own.grid.spacing[n] / frame.grid.spacing[n]) for n in (1, 0)]
        np.testing.assert_array_equal(mine[:: steps[0], :: steps[1]], own.pixels(array, index))


def test_own_directions_of_a_scan_stored_obliquely_are_kept() -> None:
    angle = np.radians(20)
    affine = np.eye(4)
    affine[:3, :3] = [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    scan = Grid((20, 20, 20), affine)
    for own, frame in zip(frames_of(scan, None), frames_of(scan, start(scan, (0, 0, 5))), strict=True):
        np.testing.assert_allclose(basis(frame), basis(own), atol=1e-8)


def test_three_planes_at_right_angles_meet_at_the_crosshair() -> None:
    frames = frames_of(SCAN, a_turn())
    normals = np.array([basis(frame)[:, 2] for frame in frames])
    np.testing.assert_allclose(normals @ normals.T, np.eye(3), atol=1e-8)
    for frame in frames:
        np.testing.assert_allclose(basis(frame).T @ basis(frame), np.eye(3), atol=1e-8)
        voxel = frame.grid.to_voxel(AT)
        np.testing.assert_allclose(voxel, np.rint(voxel), atol=1e-6)
        assert frame.grid.spacing == pytest.approx((0.5, 0.5, 0.5))


def test_handedness_is_that_of_the_scan_s_own_planes() -> None:
    for own, frame in zip(frames_of(SCAN, None), frames_of(SCAN, a_turn()), strict=True):
        assert np.sign(np.linalg.det(basis(frame))) == np.sign(np.linalg.det(basis(own)))


def test_the_grid_covers_the_scan() -> None:
    corners = SCAN.to_mm(np.array(np.meshgrid(*[(0, n - 1) for n in SCAN.shape], indexing="ij")).reshape(3, -1).T)
    for frame in frames_of(SCAN, a_turn()):
        voxel = frame.grid.to_voxel(corners)
        assert (voxel > -1).all() and (voxel < np.asarray(frame.grid.shape)).all()


@pytest.mark.parametrize("plane", PLANES)
def test_turning_leaves_the_plane_s_own_picture_and_turns_the_lines_clockwise(plane: str) -> None:
    before, after = a_turn(), turned(a_turn(), plane, 20, AT)
    old, new = frames_of(SCAN, before), frames_of(SCAN, after)
    own = PLANES.index(plane)
    assert new[own].grid == old[own].grid
    for n in {0, 1, 2} - {own}:
        (x0, y0), (x1, y1) = line_on(old[own], old[n]), line_on(new[own], new[n])
        turned_by = np.degrees(np.arctan2(x0 * y1 - y0 * x1, x0 * x1 + y0 * y1))
        # Seen with y downwards, a positive angle is clockwise; a line has no direction.
        assert (turned_by - 20 + 90) % 180 - 90 == pytest.approx(0, abs=1e-6)
        assert tilt_deg(replace(new[n], turned=new[n].turned)) > 0


def test_the_line_of_a_plane_is_where_it_cuts() -> None:
    frames = frames_of(SCAN, a_turn())
    for frame in frames:
        for other in frames:
            if other is not frame:
                dx, dy = line_on(frame, other)
                moved = np.asarray(AT) + 7.0 * (basis(frame)[:, :2] @ (dx, dy))
                assert other.grid.to_voxel(moved)[2] == pytest.approx(other.grid.to_voxel(AT)[2], abs=1e-6)


@pytest.mark.parametrize("plane", PLANES)
def test_letters_and_a_marker_voxel_agree(plane: str) -> None:
    """A bright voxel put away from the crosshair towards a letter is seen on that letter's side of the picture."""
    frame = frames_of(SCAN, a_turn())[PLANES.index(plane)]
    x0, y0, _ = frame.grid.to_voxel(AT)
    patient = {"L": (1, 0, 0), "R": (-1, 0, 0), "P": (0, 1, 0), "A": (0, -1, 0), "S": (0, 0, 1), "I": (0, 0, -1)}
    left, right, top, bottom = frame.letters
    for letters, axis, sign in ((left, 0, -1), (right, 0, 1), (top, 1, -1), (bottom, 1, 1)):
        hu = np.full(SCAN.shape, -1000, dtype=np.int16)
        # 8 mm within the plane on the way to the letter, and a whole block so that the cut meets it.
        way = np.array(patient[letters[0]], dtype=float)
        way -= (way @ basis(frame)[:, 2]) * basis(frame)[:, 2]
        voxel = np.rint(SCAN.to_voxel(np.asarray(AT) + 8 * way / np.linalg.norm(way))).astype(int)
        hu[tuple(slice(v - 1, v + 2) for v in voxel)] = 3000
        seen = np.argwhere(frame.pixels(hu, frame.slice_at(AT)) > 1000)[:, ::-1].mean(axis=0) - (x0, y0)
        assert sign * seen[axis] > 8
        assert abs(seen[axis]) > abs(seen[1 - axis])


def test_hu_and_millimetres_agree_with_the_scan() -> None:
    mm = np.moveaxis(SCAN.to_mm(np.stack(np.meshgrid(*map(np.arange, SCAN.shape), indexing="ij"), axis=-1)), -1, 0)
    hu = np.rint(10 * mm[0] - 7 * mm[1] + 3 * mm[2]).astype(np.int16)  # linear: interpolation is exact
    for frame in frames_of(SCAN, a_turn()):
        index = frame.slice_at(AT)
        pixels = frame.pixels(hu, index)
        x, y = (round(v) for v in frame.grid.to_voxel(AT)[:2])
        for dx, dy in ((0, 0), (9, -6), (-7, 8)):
            at = frame.grid.to_mm((x + dx, y + dy, index))
            assert pixels[y + dy, x + dx] == pytest.approx(at @ (10, -7, 3), abs=1.6)
        assert frame.pixels(hu, index)[0, 0] == -1024
        assert frame.pixels(hu > 0, index)[0, 0]


def test_thousands_of_small_turns_stay_orthonormal_and_go_back() -> None:
    turn = start(SCAN, AT)
    for _ in range(3000):
        turn = turned(turn, "axial", 0.12, AT)
    np.testing.assert_allclose(turn.matrix, start(SCAN, AT).matrix, atol=1e-6)
    np.testing.assert_allclose(turn.matrix.T @ turn.matrix, np.eye(3), atol=1e-12)


def test_steps_of_a_turned_plane_leave_the_two_others_where_they_are() -> None:
    axial, coronal, sagittal = frames_of(SCAN, a_turn())
    moved = axial.step(AT, 3)
    assert axial.slice_at(moved) == axial.slice_at(AT) + 3
    assert coronal.slice_at(moved) == coronal.slice_at(AT) and sagittal.slice_at(moved) == sagittal.slice_at(AT)


def test_a_picture_keeps_its_scale_and_middle_while_it_turns() -> None:
    region = (np.array([-10.0, -15.0, 105.0]), np.array([8.0, 9.0, 140.0]))
    for own, frame in zip(frames_of(SCAN, None), frames_of(SCAN, a_turn()), strict=True):
        for box in (region, None):
            a, b = Viewport.fit(own, (300, 200), box), Viewport.fit(frame, (300, 200), box)
            assert b.scale == pytest.approx(a.scale)
            low, high = region_on_slice(frame, box)
            middle = frame.grid.to_mm((*((low + high) / 2 / 0.5), frame.grid.to_voxel(_centre(box))[2]))
            np.testing.assert_allclose(middle, _centre(box), atol=1e-6)


def _centre(box: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
    return SCAN.to_mm((np.asarray(SCAN.shape) - 1) / 2) if box is None else (box[0] + box[1]) / 2


def test_aligned_makes_directions_orthonormal_and_pixels_are_not_too_fine() -> None:
    turn = aligned(SCAN, [[1, 0.02, 0], [0, 1, 0], [0, 0, 1.1]], AT)
    np.testing.assert_allclose(turn.matrix.T @ turn.matrix, np.eye(3), atol=1e-12)
    assert spacing_of(Grid.axis_aligned((9, 9, 9), 0.05, (0, 0, 0))) == 0.2
    for plane, frame in zip(PLANES, frames_of(SCAN, turn), strict=True):
        axis, sign = CONVENTION[plane][2]
        np.testing.assert_allclose(basis(frame)[:, 2], sign * turn.matrix[:, axis], atol=1e-8)


def test_what_turns_nothing_is_refused() -> None:
    turn = start(Grid.axis_aligned((8, 8, 8), 20.0, (0, 0, 0)), (10.0, 10.0, 10.0))
    assert replace(turn, spacing=3 * turn.spacing).spacing == 60.0, "coarser while the planes turn, of the largest voxels too"
    for wrong in ({"axes": (1.0,)}, {"axes": (2.0, *turn.axes[1:])}, {"spacing": 0.0}, {"pivot": (1e7, 0.0, 0.0)}):
        with pytest.raises(ValueError, match=r"rotation|cannot be shown"):
            replace(turn, **wrong)
