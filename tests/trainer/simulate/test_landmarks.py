"""Landmarks of simulated ankles: on the bones they are named after, and where the scan shows them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ankleviewer.core.anatomy.landmarks import DOME, HEEL, LATERAL, MEDIAL, NAMES, PLAFOND, Located, Peak
from trainer.simulate.atlas import LABELS
from trainer.simulate.bones import built_in
from trainer.simulate.landmarks import BONE_OF, canonical_landmarks, landmarks_of
from trainer.simulate.scan import simulate_scan
from trainer.simulate.scene import draw_scene
from trainer.simulate.setting import TRAINING

BODY = built_in(77, 0, TRAINING)


def test_in_the_canonical_frame_they_lie_where_anatomy_puts_them() -> None:
    points = canonical_landmarks(BODY)
    assert set(points) == set(NAMES)
    assert points[MEDIAL][0] < -10
    assert points[LATERAL][0] > 10
    assert points[LATERAL][2] < points[MEDIAL][2] < points[DOME][2] < points[PLAFOND][2]
    assert points[HEEL][1] > 35
    assert points[HEEL][2] < -35
    for name, point in points.items():
        assert abs(float(BODY.bones[BONE_OF[name]](point[None])[0])) < 4.0, f"{name} lies at its bone's surface"


@pytest.mark.parametrize("index", range(4))
def test_in_the_scan_they_lie_on_their_bones_and_tell_the_side(index: int) -> None:
    scan = simulate_scan(77, index, BODY, fractured=False, spacing=1.5, reach_mm=150.0, setting=TRAINING)
    (ankle, *_) = scan.truth["ankles"]
    known = ankle["landmarks_mm"]
    located = Located(tuple(Peak(name, tuple(mm), 1.0) for name, mm in known.items()))
    if not located.missing:
        assert located.side == ankle["side"]
    assert {PLAFOND, DOME, MEDIAL, LATERAL} <= set(known)
    for name, mm in known.items():
        voxels = np.argwhere(scan.labels == LABELS[BONE_OF[name]])
        away = np.linalg.norm(scan.volume.grid.to_mm(voxels) - np.asarray(mm), axis=1).min()
        assert away < 6.0, f"{name} is {away:.1f} mm away from the {BONE_OF[name]}"


def test_the_smooth_deformation_is_undone() -> None:
    scene = draw_scene(77, 1, BODY, setting=TRAINING)
    from trainer.simulate.fields import sample_grid
    from trainer.simulate.scene import WARP_EXTENT, WARP_ORIGIN

    for name, lps in landmarks_of(scene).items():
        bare = scene.pose.to_canonical(lps)
        warped = (
            bare + sample_grid(scene.warp, WARP_ORIGIN, WARP_EXTENT / (scene.warp.shape[-1] - 1), bare[None]).movedim(0, -1)[0]
        )
        rotation, pivot, shift = scene.joints[BONE_OF[name]]
        in_bone = (warped - pivot - shift) @ rotation.T + pivot
        torch.testing.assert_close(in_bone, canonical_landmarks(BODY)[name], atol=0.05, rtol=0)
