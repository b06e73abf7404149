"""Options of the 3D view and the bone preset."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.display.view3d import PLANES_SHOWN, View3D, bone_opacity, bone_rgba


def test_planes_go_round_and_unknown_ways_are_refused() -> None:
    seen = [View3D()]
    for _ in PLANES_SHOWN:
        seen.append(seen[-1].next_planes())
    assert [v.planes for v in seen] == [*PLANES_SHOWN, PLANES_SHOWN[0]]
    with pytest.raises(ValueError):
        View3D(planes="all")


def test_denser_bone_is_brighter_and_more_opaque_and_flesh_is_not_there() -> None:
    rgba = bone_rgba(np.array([-1000.0, 60.0, 250.0, 700.0, 1500.0], dtype=np.float32), None, 0.0, 1.0)
    assert (np.diff(rgba[2:, :3].astype(int).sum(axis=1)) > 0).all()
    opacity = bone_opacity(rgba[:, 3].astype(float))
    assert opacity[0] == opacity[1] == 0
    assert (np.diff(opacity[1:]) > 0).all() and opacity[-1] <= 1


def test_heat_above_the_level_tints_and_changes_no_opacity() -> None:
    hu = np.full(3, 800.0, dtype=np.float32)
    plain = bone_rgba(hu, None, 0.0, 8.0)
    tinted = bone_rgba(hu, np.array([0.0, 3.0, 6.0], dtype=np.float32), 4.0, 8.0)
    assert (tinted[:2] == plain[:2]).all() and (tinted[:, 3] == plain[:, 3]).all()
    assert abs(tinted[2, :3].astype(int) - plain[2, :3]).max() > 60
