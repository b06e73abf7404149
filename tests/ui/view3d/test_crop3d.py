"""The crop box: bounds become six planes that keep the inside. The handles are tried in test_tools3d."""

from __future__ import annotations

import numpy as np

WHOLE = (-40.0, 40.0, -30.0, 30.0, 100.0, 180.0)


def test_bounds_become_planes_and_reset_takes_them_away() -> None:
    from ankleviewer.ui.view3d.crop3d import Crop3D

    cuts: list[list] = []
    crop = Crop3D(None, cuts.append, lambda _moving: None)
    crop.set_whole(WHOLE)
    assert cuts == []
    crop.cut((-10, 20, -5, 5, 120, 150))
    (planes,) = cuts
    inside, outside = (
        np.array([0, 0, 130]),
        np.array([[-11, 0, 130], [21, 0, 130], [0, -6, 130], [0, 6, 130], [0, 0, 119], [0, 0, 151]]),
    )
    assert all(plane.EvaluateFunction(*inside) > 0 for plane in planes)
    assert all(any(plane.EvaluateFunction(*point) < 0 for plane in planes) for point in outside)
    crop.set_whole(tuple(v + 1 for v in WHOLE))  # the same bone, a finer surface: the cut stays
    crop.set_whole(tuple(v * 1.4 for v in WHOLE))  # or with its cast
    assert crop.bounds is not None and len(cuts) == 1
    crop.forget()
    assert crop.bounds is None and crop.whole is None and cuts[1:] == [[]]
    crop.set_whole(WHOLE)  # another scan's bones may have the very same bounds
    assert crop.bounds is None and len(cuts) == 2


def test_without_a_cut_the_box_is_that_of_the_finest_surface() -> None:
    from ankleviewer.ui.view3d.crop3d import Crop3D

    crop = Crop3D(None, lambda _planes: None, lambda _moving: None)
    crop.set_whole(WHOLE)
    finer = tuple(v + 2 for v in WHOLE)
    crop.set_whole(finer)
    assert crop.whole == finer
