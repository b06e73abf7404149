"""Dashes of an uncertain box lie on the box's edges."""

from __future__ import annotations

import numpy as np


def test_dashes_lie_on_the_edges() -> None:
    from ankleviewer.ui.marks3d import dotted

    low, high = np.array([0.0, 0.0, 0.0]), np.array([10.0, 12.0, 14.0])
    points = np.asarray(dotted(low, high).points)
    on_face = (np.isclose(points, low) | np.isclose(points, high)).sum(axis=1)
    assert (on_face >= 2).all()
    assert (points >= low).all() and (points <= high).all()
    assert dotted(low, high).n_cells > 12 * 3
