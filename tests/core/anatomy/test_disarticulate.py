"""Leg and foot are told apart at the joint of the sample scan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.anatomy.disarticulate import Foot, split_foot
from ankleviewer.core.anatomy.finder import find_ankles
from ankleviewer.core.display.surface import bone_surface
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.io.reader import open_scan

SAMPLE = next((Path(__file__).resolve().parents[3] / "assets" / "sample").glob("*.nii.gz"))


@pytest.fixture(scope="module")
def sample() -> Volume:
    return open_scan(SAMPLE).volume


def test_tibia_and_fibula_stay_and_the_talus_goes(sample: Volume) -> None:
    (ankle,) = find_ankles(sample)
    foot = split_foot(sample, (np.asarray(ankle.min_mm), np.asarray(ankle.max_mm)), ankle.center_mm)
    assert foot is not None
    surface = bone_surface(sample, step_mm=2.0)
    assert surface is not None
    height = surface.points[:, 2] - ankle.center_mm[2]
    gone = foot.at(surface.points)
    assert gone[height > 20].mean() < 0.01
    assert gone[height < -40].mean() > 0.99
    # Between them the two share the heights of the mortise: malleoli beside the talus.
    mortise = gone[(height < 7) & (height > 2)]
    assert 0.1 < mortise.mean() < 0.9


def test_no_joint_near_no_split(sample: Volume) -> None:
    assert split_foot(sample, None, (500.0, 0.0, 0.0)) is None


def test_labels_are_read_on_another_grid() -> None:
    labels = np.ones((4, 4, 8), dtype=np.uint8)
    labels[:, :, :4] = 2
    foot = Foot(labels, Grid.axis_aligned((4, 4, 8), 2.0, (0, 0, 0)))
    fine = Grid.axis_aligned((7, 7, 15), 1.0, (0, 0, 0))
    found = foot.on(fine)
    assert found[:, :, :7].all() and not found[:, :, 8:].any()
    assert list(foot.at([(0, 0, 2.0), (0, 0, 12.0), (-90, 0, -50.0)])) == [True, False, True]
