"""Slice planes in 3D: the quad lies where the slice lies, cut to the region."""

from __future__ import annotations

import numpy as np

from ankleviewer.core.imaging.planes import PLANES, Frame


def test_quads_lie_on_their_slices_within_the_region(fakes) -> None:
    from ankleviewer.ui.view3d.planes3d import quad

    region = (np.array([-10.0, -12.0, 120.0]), np.array([10.0, 12.0, 150.0]))
    for plane, axis in zip(PLANES, (2, 1, 0), strict=True):
        frame = Frame.of(fakes.grid, plane)
        index = frame.slice_at((3, 4, 130))
        corners, (rows, columns) = quad(frame, index, region)
        assert np.allclose(corners[:, axis], (3, 4, 130)[axis])
        others = [a for a in range(3) if a != axis]
        assert (corners[:, others].min(axis=0) <= region[0][others]).all()
        assert (corners[:, others].max(axis=0) >= region[1][others]).all()
        assert abs(corners[:, others].min(axis=0) - region[0][others]).max() <= 1.5
        width = np.linalg.norm(corners[1] - corners[0]) / frame.grid.spacing[0]
        height = np.linalg.norm(corners[2] - corners[1]) / frame.grid.spacing[1]
        assert (round(height), round(width)) == (rows.stop - rows.start, columns.stop - columns.start)
        # The texture's first row and column belong to the first corner.
        assert np.allclose(frame.grid.to_voxel(corners[0])[:2] + 0.5, (columns.start, rows.start))
