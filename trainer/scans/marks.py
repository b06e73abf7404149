"""Experts' marks: a mask on a scan's voxels, above 0 where a fracture is. Whatever numbers mark it: no Hounsfield units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from trainer.scans.manifest import DataError, Row

MARKED_SHARE = 0.3  # of a voxel of the network's grid, from which on it belongs to a fracture
# Pieces of marks about as near to each other are of one fracture: many are drawn with gaps, or on every second slice.
APART_MM = 4.0
_WHOLE = 1000  # a voxel that a mark fills, where marks are resampled as whole numbers


def read_marks(row: Row, path: Path, volume: Volume) -> Volume:
    """A mask of fractures: 1 where one is marked, 0 elsewhere.

    Args:
        row, volume: the scan that it belongs to.

    Raises:
        DataError: the marks cannot be read, are the scan, do not lie on the scan's grid or mark something on a scan without a
            fracture.
    """
    from ankleviewer.core.errors import ScanError

    if path.resolve() == row.path.resolve():
        raise DataError("MARKS_UNFIT", f"scan {row.id}: the marks {path.name} are the scan itself")
    try:
        marks = _open(path)
    except (ScanError, OSError) as error:
        raise DataError("MARKS_UNFIT", f"scan {row.id}: the marks {path.name} cannot be read: {error}") from error
    marks = _in_order(marks, volume.grid)
    if marks.hu.shape != volume.hu.shape or not np.allclose(marks.grid.affine, volume.grid.affine, atol=1e-2):
        raise DataError("MARKS_UNFIT", f"scan {row.id}: the marks {path.name} do not lie on the scan's grid")
    if not row.label and marks.hu.any():
        raise DataError("MARKS_UNFIT", f"scan {row.id}: the marks {path.name} hold a fracture, but the label is 0")
    return marks


def _in_order(marks: Volume, grid: Grid) -> Volume:
    """Marks with axes in the scan's order and directions. Programs that make NIfTI of DICOM turn rows about, and editors of
    masks swap axes, which the affine tells: the voxels are the same. Others come back as they are.
    """
    turn = np.rint(np.linalg.inv(grid.affine[:3, :3]) @ marks.grid.affine[:3, :3])  # from steps of the marks to those of the scan
    if not np.array_equal(np.abs(turn) @ np.abs(turn).T, np.eye(3)):
        return marks
    order = np.abs(turn).argmax(axis=1)
    back = tuple(axis for axis in range(3) if turn[axis, order[axis]] < 0)
    place = np.eye(4)
    place[:3, :3] = turn.T
    for axis in back:
        place[order[axis], 3] = marks.hu.shape[order[axis]] - 1
    hu = np.ascontiguousarray(np.flip(marks.hu.transpose(order), back))
    return Volume(hu, Grid(hu.shape, marks.grid.affine @ place))


def marks_on(marks: Volume, grid: Grid) -> NDArray[np.bool_]:
    """Marked fractures on the network's grid."""
    from ankleviewer.core.imaging.resample import resample

    return resample(Volume(marks.hu * np.int16(_WHOLE), marks.grid), grid, 0.0) > MARKED_SHARE * _WHOLE


def marked_fractures(marks: Volume) -> list[dict[str, Any]]:
    """The marked fractures as truth.json has them: `center_mm`, and `min_mm` and `max_mm` with the voxels' faces, LPS; the
    largest first, none where nothing is marked.
    """
    from scipy import ndimage

    whole = marks.hu > 0
    where = np.argwhere(whole)
    if not len(where):
        return []
    first, spacing = where.min(axis=0), np.asarray(marks.grid.spacing)
    cut = np.pad(whole[tuple(slice(a, b + 1) for a, b in zip(first, where.max(axis=0), strict=True))], 1)
    near = ndimage.distance_transform_edt(~cut, sampling=spacing) < APART_MM / 2
    parts, count = ndimage.label(near, structure=np.ones((3, 3, 3)))
    half = np.abs(marks.grid.affine[:3, :3]).sum(axis=1) / 2  # of a voxel's box in LPS
    found = []
    where, part = np.argwhere(cut), parts[cut]
    order = np.argsort(part, kind="stable")
    pieces = np.split(where[order], np.searchsorted(part[order], np.arange(2, count + 1)))
    for voxels in sorted(pieces, key=len, reverse=True):
        mm = marks.grid.to_mm(voxels - 1 + first)
        ends = {"center_mm": mm.mean(axis=0), "min_mm": mm.min(axis=0) - half, "max_mm": mm.max(axis=0) + half}
        found.append({name: [round(float(v), 3) for v in place] for name, place in ends.items()})
    return found


def _open(path: Path) -> Volume:
    from ankleviewer.io import guard
    from ankleviewer.io.reader import open_scan

    kind = guard.kind_of(path) if path.is_file() else "unknown"
    if kind in ("nifti", "nifti.gz"):
        return _nifti(path, kind == "nifti.gz")
    volume = open_scan(path).volume  # DICOM
    return Volume((volume.hu > 0).astype(np.int16), volume.grid)


def _nifti(path: Path, compressed: bool) -> Volume:
    """A NIfTI mask by its own values, which may be shares below a half or beyond any HU; sheared, resampled as its scan is."""
    from ankleviewer.io.nifti import stored_slices
    from ankleviewer.io.resample import is_sheared, to_orthogonal

    with stored_slices(path, compressed) as (header, slices):
        marked = np.zeros(header.shape, dtype=np.int16)
        for k, values in enumerate(slices):
            marked[:, :, k] = values * np.float64(header.slope) + header.intercept > 0  # no number marks nothing
    marks = Volume(marked, Grid(header.shape, header.affine))
    if not is_sheared(marks.grid):
        return marks
    straight = to_orthogonal(Volume(marked * np.int16(_WHOLE), marks.grid))
    return Volume((straight.hu > _WHOLE // 2).astype(np.int16), straight.grid)
