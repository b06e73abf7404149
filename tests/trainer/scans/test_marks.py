"""Experts' marks are above 0, whatever their numbers."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.io.nifti import write_nifti
from trainer.scans.manifest import DataError, Row
from trainer.scans.marks import marked_fractures, marks_on, read_marks

GRID = Grid.axis_aligned((10, 12, 14), (1.0, 1.2, 1.5), (-5, 3, 20))
SCAN = Volume(np.zeros(GRID.shape, dtype=np.int16), GRID)


def row(label: int = 1) -> Row:
    return Row("s1", Path("s1.nii"), label, "p", "", "", "")


def mask(value: float, dtype: str, grid: Grid = GRID) -> np.ndarray:
    values = np.zeros(grid.shape, dtype=dtype)
    values[3:6, 4, 5:8] = value
    return values


@pytest.mark.parametrize(("value", "dtype"), [(1, "uint8"), (0.4, "float32"), (1e-3, "float64"), (65535, "uint16"), (7, "int32")])
@pytest.mark.parametrize("name", ["m.nii", "m.nii.gz"])
def test_any_number_above_0_marks(tmp_path: Path, value: float, dtype: str, name: str) -> None:
    write_nifti(mask(value, dtype), GRID, tmp_path / name)
    marks = read_marks(row(), tmp_path / name, SCAN)
    assert np.array_equal(marks.hu, mask(1, "int16")) and marks.hu.dtype == np.int16
    assert np.allclose(marks.grid.affine, GRID.affine, atol=1e-5)


def test_scaled_numbers_and_none(tmp_path: Path) -> None:
    write_nifti(mask(3, "int16") + 2, GRID, tmp_path / "m.nii", slope=0.1, intercept=-0.2)  # 0 but for 0.3 in the mark
    assert np.array_equal(read_marks(row(), tmp_path / "m.nii", SCAN).hu, mask(1, "int16"))
    values = mask(1, "float32")
    values[0, 0, 0] = np.nan
    write_nifti(values, GRID, tmp_path / "n.nii")
    assert np.array_equal(read_marks(row(), tmp_path / "n.nii", SCAN).hu, mask(1, "int16"))


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    write_nifti(mask(1, "uint8"), GRID, tmp_path / "m.nii")
    with pytest.raises(DataError, match="label is 0"):
        read_marks(row(0), tmp_path / "m.nii", SCAN)
    other = Grid.axis_aligned(GRID.shape, GRID.spacing, (-4, 3, 20))
    write_nifti(mask(1, "uint8"), other, tmp_path / "o.nii")
    with pytest.raises(DataError, match="do not lie on"):
        read_marks(row(), tmp_path / "o.nii", SCAN)
    with pytest.raises(DataError, match="are the scan itself"):
        read_marks(replace(row(), path=tmp_path / "m.nii"), tmp_path / "m.nii", SCAN)
    (tmp_path / "cut.nii").write_bytes((tmp_path / "m.nii").read_bytes()[:900])
    for bad in ("cut.nii", "none.nii"):
        with pytest.raises(DataError, match="cannot be read"):
            read_marks(row(), tmp_path / bad, SCAN)


@pytest.mark.parametrize("axes", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("flipped", [(), (1,), (0, 2), (0, 1, 2)])
def test_the_same_voxels_in_another_order_are_the_scans(tmp_path: Path, axes: tuple[int, ...], flipped: tuple[int, ...]) -> None:
    about = np.eye(4)
    about[:2, :2] = [[np.cos(0.2), -np.sin(0.2)], [np.sin(0.2), np.cos(0.2)]]
    for affine in (GRID.affine, about @ GRID.affine):
        place = np.zeros((4, 4))  # of the turned mask's voxels in the scan's
        place[3, 3] = 1
        for turned, axis in enumerate(axes):
            place[axis, turned] = -1 if axis in flipped else 1
            place[axis, 3] = GRID.shape[axis] - 1 if axis in flipped else 0
        values = np.ascontiguousarray(np.flip(mask(1, "uint8"), flipped).transpose(axes))
        write_nifti(values, Grid(values.shape, affine @ place), tmp_path / "m.nii")
        grid = Grid(GRID.shape, affine)
        marks = read_marks(row(), tmp_path / "m.nii", Volume(SCAN.hu, grid))
        assert np.array_equal(marks.hu, mask(1, "int16")) and np.allclose(marks.grid.affine, affine, atol=1e-4)


def test_turned_voxels_that_lie_elsewhere_are_refused(tmp_path: Path) -> None:
    values = mask(1, "uint8")
    for shift in (1.0, -1.0):
        affine = GRID.affine @ np.diag([1.0, -1.0, 1.0, 1.0])
        affine[:3, 3] += GRID.affine[:3, 1] * (GRID.shape[1] - 1 + shift)
        write_nifti(values, Grid(GRID.shape, affine), tmp_path / "m.nii")
        with pytest.raises(DataError, match="do not lie on"):
            read_marks(row(), tmp_path / "m.nii", SCAN)


@pytest.mark.parametrize(("value", "dtype"), [(1, "uint8"), (200, "uint8"), (0.4, "float32"), (65535, "uint16")])
def test_a_sheared_mask_is_resampled_as_its_scan_is(tmp_path: Path, value: float, dtype: str) -> None:
    from ankleviewer.io.reader import open_scan

    affine = np.diag([-1.0, -1.0, 1.0, 1.0])
    affine[1, 2] = 0.008
    for name, values in (("scan", np.full((20, 20, 40), 40, dtype=np.int16)), ("mask", np.zeros((20, 20, 40), dtype=dtype))):
        values[8:12, 8:12, 8:12] = value if name == "mask" else 200
        nibabel.save(nibabel.Nifti1Image(values, affine), tmp_path / f"{name}.nii")
    scan = open_scan(tmp_path / "scan.nii")
    assert "AFFINE_SHEARED" in [finding.code for finding in scan.findings]
    marks = read_marks(row(), tmp_path / "mask.nii", scan.volume)
    assert 50 < marks.hu.sum() < 90 and set(np.unique(marks.hu)) == {0, 1}


def test_marks_on_a_coarser_grid_are_those_that_fill_it() -> None:
    fine = Grid.axis_aligned((8, 8, 8), 1.0, (0, 0, 0))
    hu = np.zeros(fine.shape, dtype=np.int16)
    hu[2:6, 2:6, 2:6] = 1
    hu[0, 0, 0] = 1
    coarse = marks_on(Volume(hu, fine), Grid.axis_aligned((4, 4, 4), 2.0, (0.5, 0.5, 0.5)))
    assert coarse[1:3, 1:3, 1:3].all() and not coarse[0, 0, 0]


def test_places_of_marks() -> None:
    marks = Volume(mask(1, "int16"), GRID)
    (place,) = marked_fractures(marks)
    low, high = GRID.to_mm((3, 4, 5)), GRID.to_mm((5, 4, 7))
    assert place["center_mm"] == pytest.approx((low + high) / 2, abs=1e-3)
    assert place["min_mm"] == pytest.approx(low - np.array(GRID.spacing) / 2, abs=1e-3)
    assert place["max_mm"] == pytest.approx(high + np.array(GRID.spacing) / 2, abs=1e-3)
    assert marked_fractures(Volume(np.zeros(GRID.shape, dtype=np.int16), GRID)) == []


def test_pieces_near_each_other_are_one_fracture_and_the_largest_comes_first() -> None:
    grid = Grid.axis_aligned((40, 12, 12), (1.0, 1.0, 1.0), (0, 0, 0))
    marked = np.zeros(grid.shape, dtype=np.int16)
    marked[2:4, 5, 5] = 1
    marked[20:30:3, 5, 5] = 1  # on every third slice
    first, second = marked_fractures(Volume(marked, grid))
    assert (first["min_mm"][0], first["max_mm"][0]) == (19.5, 29.5) and first["center_mm"] == [24.5, 5.0, 5.0]
    assert (second["min_mm"][0], second["max_mm"][0]) == (1.5, 3.5)


def test_places_on_a_turned_grid_hold_the_voxels() -> None:
    turn = np.array([[0.0, -1, 0], [0.8, 0, 0.6], [-0.6, 0, 0.8]])
    affine = np.eye(4)
    affine[:3, :3] = turn * (1.0, 1.2, 1.5)
    affine[:3, 3] = (-5, 3, 20)
    grid = Grid(GRID.shape, affine)
    (place,) = marked_fractures(Volume(mask(1, "int16"), grid))
    corners = grid.to_mm([(i, j, k) for i in (2.5, 5.5) for j in (3.5, 4.5) for k in (4.5, 7.5)])
    assert place["min_mm"] == pytest.approx(corners.min(axis=0), abs=1e-3)
    assert place["max_mm"] == pytest.approx(corners.max(axis=0), abs=1e-3)
