"""Slice planes in 3D: the quad lies where the slice lies, cut to the region."""

from __future__ import annotations

import gc
import weakref
from unittest.mock import MagicMock

import numpy as np

from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.imaging.planes import PLANES, Frame
from ankleviewer.core.volume import Volume
from ankleviewer.ui.view3d.planes3d import Planes3D, quad


def test_quads_lie_on_their_slices_within_the_region(fakes) -> None:
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


def test_planes_that_are_off_hold_no_scan(fakes) -> None:
    volume = Volume(np.zeros(fakes.grid.shape, np.int16), fakes.grid)
    held = weakref.ref(volume)
    planes = Planes3D(MagicMock())
    planes.show("frames", ViewState(), Scene(volume))
    assert held() is not None
    planes.show("off", ViewState(), Scene(Volume(np.zeros(fakes.grid.shape, np.int16), fakes.grid)))
    del volume
    gc.collect()
    assert held() is None
