from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from ankleviewer.core.anatomy.boneshape import around_bone, bone_threshold, coarsen, sections, tubes
from ankleviewer.core.anatomy.finder import find_ankles
from ankleviewer.core.assessment.checks import check_volume
from ankleviewer.core.errors import Cancelled
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume


def cylinder(size=64, radius=10.0, centre=(30.0, 34.0), hollow=5.0, slope=0.0) -> Volume:
    x, y, z = np.meshgrid(*[np.arange(size)] * 3, indexing="ij")
    r = np.hypot(x - centre[0] - slope * z, y - centre[1])
    hu = np.where(r < radius, np.where(r > hollow, 1000, 0), 40).astype(np.int16)
    return Volume(hu, Grid.axis_aligned((size,) * 3, 1.0, (0, 0, 0)))


def test_coarsening_keeps_place_and_values():
    # A smooth field of the position in the patient survives averaging: what moves is the grid, not the anatomy.
    affine = np.array([[0, -0.5, 0, 7], [0, 0, 0.7, -3], [-1.4, 0, 0, 12], [0, 0, 0, 1.0]])
    grid = Grid((21, 40, 33), affine)
    weights = np.array([11.0, -7.0, 5.0])
    place = grid.to_mm(np.argwhere(np.ones(grid.shape)))
    hu = np.rint(place @ weights).astype(np.int16).reshape(grid.shape)
    coarse = coarsen(Volume(hu, grid))
    assert coarse.grid.orientation == "LPS"
    assert min(coarse.grid.spacing) >= 1.3
    expected = coarse.grid.to_mm(np.argwhere(np.ones(coarse.grid.shape))) @ weights
    assert np.abs(coarse.hu.ravel() - expected).max() < 3


def test_a_hollow_shaft_is_one_filled_section_per_slice():
    found, _ = sections(coarsen(cylinder()))
    assert len(found) == 32
    assert all(abs(s.area - np.pi * 100) < 60 for s in found)
    assert all(s.elongation < 1.15 and s.solidity > 0.9 for s in found)


def test_a_tilted_shaft_is_one_tube():
    coarse = coarsen(cylinder(slope=0.4))
    found, _ = sections(coarse)
    chains = tubes(found, float(coarse.step[2]), 200.0)
    assert len(chains) == 1
    assert chains[0][0].k > chains[0][-1].k


def test_a_table_top_and_a_cast_are_sheets_and_no_bone():
    volume = cylinder(size=96, radius=9, hollow=0, centre=(48.0, 44.0))
    hu = volume.hu.copy()
    hu[:, 88:92] = 400
    x, y = np.meshgrid(np.arange(96) - 48, np.arange(96) - 44, indexing="ij")
    ring = (np.hypot(x, y) > 34) & (np.hypot(x, y) < 39)
    hu[ring] = 450
    found, bone = sections(coarsen(Volume(hu, volume.grid)))
    assert bone.any()
    outside = bone.copy()
    outside[18:30, 16:28] = False
    assert not outside.any()
    assert {round(s.area / 50) for s in found if s.solidity > 0.8 and s.elongation < 2} <= {5, 6}


def test_the_threshold_falls_for_weak_bone_only():
    flesh = np.full(5000, 40)
    assert bone_threshold(np.r_[flesh, np.full(900, 1100)].astype(np.int16)) == 220
    assert 150 <= bone_threshold(np.r_[flesh, np.full(900, 480)].astype(np.int16)) < 170


def test_the_part_around_bone() -> None:
    coarse = coarsen(cylinder())
    part = around_bone(coarse, 10.0)
    assert part.hu.size < coarse.hu.size and part.bone.sum() == coarse.bone.sum()
    at = np.argwhere(part.bone)[0]
    assert coarse.bone[tuple(np.rint(coarse.grid.to_voxel(part.grid.to_mm(at))).astype(int))]
    nothing = replace(coarse, bone=np.zeros_like(coarse.bone))
    assert around_bone(nothing, 10.0) is nothing


@pytest.mark.parametrize(
    "work",
    [coarsen, lambda v, stop: sections(coarsen(v), stop), find_ankles, check_volume],
    ids=["coarsen", "sections", "find_ankles", "check_volume"],
)
def test_looking_at_a_scan_ends_on_request(work) -> None:
    with pytest.raises(Cancelled):
        work(cylinder(), lambda: True)


def test_a_scan_is_the_same_however_it_is_stored() -> None:
    """Of an odd number of planes the pairs to average must not depend on where counting begins."""
    turn = np.deg2rad(12)
    affine = np.diag([0.6, 0.6, 0.6, 1.0])
    affine[1:3, 1:3] = 0.6 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    hu = np.random.default_rng(5).integers(-1000, 1500, (21, 23, 27)).astype(np.int16)
    first = coarsen(Volume(hu, Grid((21, 23, 27), affine)))
    for order in itertools.permutations(range(3)):
        for flips in itertools.product((False, True), repeat=3):
            other, place = hu.transpose(order), affine[:, [*order, 3]]
            for axis in range(3):
                if flips[axis]:
                    other = np.flip(other, axis)
                    place[:3, 3] += place[:3, axis] * (other.shape[axis] - 1)
                    place[:3, axis] *= -1
            again = coarsen(Volume(np.ascontiguousarray(other), Grid((other.shape[0], other.shape[1], other.shape[2]), place)))
            assert np.array_equal(again.hu, first.hu) and np.allclose(again.grid.affine, first.grid.affine, atol=1e-9)
