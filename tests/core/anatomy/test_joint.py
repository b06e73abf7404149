from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.anatomy.boneshape import coarsen, sections, tubes
from ankleviewer.core.anatomy.joint import Axis, columns, find_joint, fit_axis, plates, valleys
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume


def post(gap: tuple[int, int] = (60, 64), heel: int = 20, size: int = 120) -> Volume:
    """A bone that widens downwards to a plate, a gap, and a block below it that ends at `heel`; z upwards, mm."""
    x, y, z = np.meshgrid(*[np.arange(size)] * 3, indexing="ij")
    r = np.hypot(x - 60, y - 60)
    radius = np.where(z > gap[1] + 25, 12, 12 + (gap[1] + 25 - z) * 0.4)
    radius = np.where(z < gap[0], 19, np.minimum(radius, 20))
    bone = (r < radius) & (z >= heel) & ((z < gap[0]) | (z >= gap[1]))
    hu = np.where(bone, 300, 40)
    hu[bone & (r > radius - 2)] = 900
    hu[bone & (((z >= gap[1]) & (z < gap[1] + 2)) | ((z < gap[0]) & (z >= gap[0] - 2)) | (z < heel + 2))] = 900
    return Volume(hu.astype(np.int16), Grid.axis_aligned((size,) * 3, 1.0, (-60, -60, -62)))


def joint_of(volume: Volume):
    coarse = coarsen(volume)
    found, _ = sections(coarse)
    chains = sorted(tubes(found, float(coarse.step[2]), 230.0), key=lambda chain: -chain[0].k)
    return find_joint(coarse, found, chains[0])


def test_the_gap_between_two_plates_is_the_joint():
    joint = joint_of(post())
    assert np.linalg.norm(joint.axis.point) < 4
    assert joint.above_mm > 40
    assert joint.exit_seen
    assert joint.bone_below_mm == pytest.approx(40, abs=4)


def test_bone_without_a_gap_has_no_joint():
    assert joint_of(post(gap=(60, 60))) is None or joint_of(post(gap=(60, 60))).depth < 100


def test_a_joint_close_above_the_lower_end_of_the_bone_is_not_the_ankle_unless_a_shaft_stands_above():
    short = post(heel=30)
    cut = Volume(short.hu[:, :, :90], Grid.axis_aligned((120, 120, 90), 1.0, (-60, -60, -62)))
    assert joint_of(cut) is None
    assert joint_of(short) is not None


def test_axis_heights_and_points_are_inverse():
    axis = Axis(np.array([1.0, 2, 3]), np.array([0.6, 0, 0.8]))
    assert axis.height(axis.at(np.array([-5.0, 7.5]))) == pytest.approx([-5, 7.5])


def test_the_axis_of_a_short_stub_is_drawn_upright():
    coarse = coarsen(post())
    found, _ = sections(coarse)
    chain = [s for s in found if s.k > 40]
    skewed = [type(s)(s.k, s.x + 1.0 * (s.k - 40), s.y, s.area, s.elongation, s.solidity) for s in chain]
    assert fit_axis(coarse, skewed[:4]).up[2] > fit_axis(coarse, skewed).up[2]


def test_columns_outside_the_scan_are_nan_and_valleys_are_not():
    coarse = coarsen(post())
    lines = columns(coarse, Axis(np.zeros(3), np.array([0.0, 0, 1])), np.arange(-80.0, 20.0))
    assert np.isnan(lines[:, 0]).all()
    assert np.isfinite(valleys(lines)).all()
    assert np.isfinite(plates(lines)).all()
    assert abs(int(np.argmax(valleys(lines).mean(axis=0))) - 80) <= 4
