from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.assessment.checks import (
    anatomy_findings,
    check_volume,
    hu_counts,
    looks_like_ct,
    offset_hu,
    resolution_findings,
    side_findings,
)
from ankleviewer.core.findings import verdict
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume


def limb(offset: int = 0, air: bool = True, size: int = 48, metal: int = 0) -> Volume:
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.arange(size) - size / 2, np.arange(size) - size / 2, indexing="ij")
    r = np.hypot(x, y)[:, :, None] * np.ones(size)
    hu = np.where(r < (size * 0.32 if air else size), 45.0, -1000.0)
    hu[r < size * 0.16] = 300
    shell = (r > size * 0.13) & (r < size * 0.16)
    hu[shell] = rng.uniform(400, 1500, shell.sum())
    hu += rng.normal(0, 15, hu.shape)
    hu.ravel()[:metal] = 3050
    return Volume(np.clip(np.rint(hu + offset), -1024, 3071).astype(np.int16), Grid.axis_aligned(hu.shape, 1.0, (0, 0, 0)))


def codes(volume: Volume) -> list[tuple[str, str]]:
    return [(f.level, f.code) for f in check_volume(volume)]


def test_a_plausible_limb_has_no_findings():
    assert codes(limb()) == []


@pytest.mark.parametrize("offset", [1024, 1000])
def test_values_that_are_1000_too_high_are_suspected_and_not_moved(offset):
    volume = limb(offset)
    before = volume.hu.copy()
    assert codes(volume) == [("withhold", "HU_OFFSET_SUSPECT")]
    assert "about +1024 HU" in check_volume(volume)[0].message
    assert np.array_equal(volume.hu, before)


def test_values_that_are_1024_too_low_are_seen_before_clipping():
    counts = np.roll(hu_counts(limb().hu), -1024)
    assert offset_hu(counts) == -1024
    assert not looks_like_ct(counts)


def test_a_tight_crop_without_air_is_a_caveat_only():
    assert codes(limb(air=False)) == [("caveat", "HU_NO_AIR")]


def with_air(share: float, between: float) -> Volume:
    """A tight crop with a share of air in it, and one of what lies between air and tissue."""
    volume = limb(air=False)
    hu = volume.hu.copy()
    flat = hu.ravel()
    n, m = round(share * flat.size), round(between * flat.size)
    flat[:n], flat[n : n + m] = -1000, np.linspace(-890, -310, m).astype(np.int16)
    return Volume(hu, volume.grid)


@pytest.mark.parametrize(("share", "between"), [(0.0, 0.0), (0.002, 0.001), (0.006, 0.006), (0.0095, 0.002)])
def test_a_little_air_in_a_tight_crop_is_no_worse_than_none(share, between):
    assert codes(with_air(share, between)) == [("caveat", "HU_NO_AIR")]
    assert codes(with_air(share + 0.01, between)) == []


def test_much_between_air_and_tissue_is_refused_without_air():
    assert codes(with_air(0.002, 0.02)) == [("refuse", "HU_IMPLAUSIBLE")]


@pytest.mark.parametrize("lowest", [0, -200])
def test_values_that_were_cut_off_below_are_no_tight_crop(lowest):
    volume = limb()
    cut = Volume(np.maximum(volume.hu, lowest).astype(np.int16), volume.grid)
    (found,) = check_volume(cut)
    assert (found.level, found.code) == ("refuse", "HU_IMPLAUSIBLE")
    assert f"Nothing is lighter than {lowest} HU" in found.message and "no air around" not in found.message


def test_a_tight_crop_in_a_frame_of_zeros_has_fat_below_them():
    volume = limb(air=False)
    hu = volume.hu.copy()
    hu[:8] = 0
    hu[20:24, :, :8] = -100
    assert codes(Volume(hu, volume.grid)) == [("caveat", "HU_NO_AIR")]


def test_an_eight_bit_picture_is_refused():
    volume = limb()
    grey = np.clip((volume.hu.astype(int) + 1024) * 255 // 2300, 0, 255).astype(np.int16)
    assert verdict(check_volume(Volume(grey, volume.grid))) == "refuse"


@pytest.mark.parametrize("value", [-1024, 40, 900])
def test_a_constant_block_is_refused(value):
    volume = Volume(np.full((20, 20, 20), value, np.int16), Grid.axis_aligned((20, 20, 20), 1.0, (0, 0, 0)))
    assert ("refuse", "HU_IMPLAUSIBLE") in codes(volume)


def test_a_volume_of_padding_is_refused():
    volume = limb()
    nothing = Volume(np.full_like(volume.hu, -1024), volume.grid, np.ones(volume.hu.shape, bool))
    assert codes(nothing) == [("refuse", "HU_IMPLAUSIBLE")]


def test_padding_does_not_count_as_air():
    volume = limb(air=False)
    hu = volume.hu.copy()
    hu[:4] = -1024
    padding = np.zeros(hu.shape, bool)
    padding[:4] = True
    assert codes(Volume(hu, volume.grid, padding)) == [("caveat", "HU_NO_AIR")]


def test_metal_is_a_caveat():
    assert codes(limb(metal=60)) == [("caveat", "METAL")]


def test_a_small_implant_in_a_wide_field_is_not_said_to_be_nothing():
    small = limb(metal=20)
    hu = np.full((400, 400, 48), -1024, dtype=np.int16)
    hu[:48, :48] = small.hu
    (found,) = check_volume(Volume(hu, Grid.axis_aligned(hu.shape, 1.0, (0, 0, 0))))
    assert found.code == "METAL" and "0.00%" not in found.message and "of what is not air" in found.message


@pytest.mark.parametrize(("metal", "expected"), [(0, []), (20, [("caveat", "METAL")])])
def test_a_wide_field_of_view_around_the_same_leg_changes_nothing(metal, expected):
    small = limb(metal=metal)
    assert codes(small) == expected
    hu = np.full((300, 300, 48), -1024, dtype=np.int16)
    hu[:48, :48] = small.hu
    # poor bone, of which nothing would be left among the densest thousandth of all voxels
    hu[:48, :48][(small.hu > 700) & (small.hu < 3000)] -= 200
    assert codes(Volume(hu, Grid.axis_aligned(hu.shape, 1.0, (0, 0, 0)))) == expected


def test_counts_count_every_voxel_at_its_value():
    hu = np.array([-1024, 0, 0, 3071, 32767, -32768], np.int16).reshape(1, 2, 3)
    counts = hu_counts(hu)
    assert counts.sum() == 6
    assert [counts[v + 32768] for v in (-1024, 0, 3071, 32767, -32768)] == [1, 2, 1, 1, 1]


def ankle(side: str, complete: bool, at=(24.0, 24.0, 24.0)) -> Ankle:
    return Ankle(side, at, at, at, complete, "" if complete else "too short.")


def test_no_ankle_withholds_the_detection():
    assert [(f.level, f.code) for f in anatomy_findings(())] == [("withhold", "NOT_AN_ANKLE")]


def test_only_incomplete_ankles_withhold_the_detection():
    found = anatomy_findings((ankle("R", False), ankle("L", False)))
    assert [(f.level, f.code) for f in found] == [("withhold", "ANKLE_INCOMPLETE")] * 2
    assert found[0].message.startswith("Right ankle")


def test_an_incomplete_ankle_beside_a_complete_one_is_a_caveat():
    found = anatomy_findings((ankle("R", True), ankle("L", False)))
    assert [(f.level, f.code) for f in found] == [("caveat", "ANKLE_INCOMPLETE")]


def test_a_complete_ankle_has_no_finding():
    assert anatomy_findings((ankle("L", True),)) == []


def test_a_leg_across_the_scan_is_said():
    (found,) = anatomy_findings((dataclasses.replace(ankle("L", True), up=(0.0, -1.0, 0.0)),))
    assert (found.level, found.code) == ("caveat", "LEG_ACROSS") and "90°" in found.message


@pytest.mark.parametrize(
    ("sides", "header", "codes"),
    [
        ("L", "R", ["SIDE_CONTRADICTED"]),
        ("R", "L", ["SIDE_CONTRADICTED"]),
        ("R", "R", []),
        ("LR", "R", []),
        (("unknown",), "R", []),
        (("L", "unknown"), "R", []),
        ("L", "", []),
        ("", "R", []),
    ],
)
def test_a_header_that_names_the_other_side_is_a_caveat(sides, header, codes):
    found = side_findings([ankle(side, True) for side in sides], header)
    assert [f.code for f in found] == codes
    assert all(f.level == "caveat" for f in found)
    assert all({"L": "a left ankle, the", "R": "a right ankle, the"}[header] in f.message for f in found)


@pytest.mark.parametrize(("height", "expected"), [(24.0, ["SLICE_GAP"]), (130.0, [])])
def test_filled_slices_withhold_only_near_the_joint(height, expected):
    grid = Grid.axis_aligned((8, 8, 160), 1.0, (0, 0, 0))
    padding = np.zeros(grid.shape, bool)
    padding[:, :, 40] = True
    volume = Volume(np.zeros(grid.shape, np.int16), grid, padding)
    found = anatomy_findings((ankle("L", True, (4.0, 4.0, height)),), volume)
    assert [f.code for f in found if f.level == "withhold"] == expected


@pytest.mark.parametrize(("away", "expected"), [(60, 1), (76, 1), (90, 1), (110, 0)])
@pytest.mark.parametrize("tilted", ["slices", "leg"])
def test_filled_slices_in_a_cube_that_is_turned_against_them_withhold(tilted, away, expected):
    """The cube's edge is 144 mm: turned by 45 degrees it reaches 102 mm through the slices, else 72."""
    half = 0.5**0.5
    affine = np.diag([20.0, 20.0, 1.0, 1.0])
    affine[:3, 3] = -60.0, -60.0, -120.0
    if tilted == "slices":
        affine = np.array([[1, 0, 0, 0], [0, half, -half, 0], [0, half, half, 0], [0, 0, 0, 1]]) @ affine
    grid = Grid((7, 7, 241), affine)
    padding = np.zeros(grid.shape, bool)
    padding[:, :, 120 + away] = True
    volume = Volume(np.zeros(grid.shape, np.int16), grid, padding)
    seen = ankle("L", True, (0.0, 0.0, 0.0))
    if tilted == "leg":
        seen = dataclasses.replace(seen, up=(0.0, -half, half))
    assert [f.code for f in anatomy_findings((seen,), volume)].count("SLICE_GAP") == expected
    upright = Volume(volume.hu, Grid.axis_aligned(grid.shape, grid.spacing, (-60.0, -60.0, -120.0)), padding)
    assert bool(anatomy_findings((ankle("L", True, (0.0, 0.0, 0.0)),), upright)) == (away < 72)


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1)])
@pytest.mark.parametrize(("height", "expected"), [(24.0, ["SLICE_GAP"]), (130.0, [])])
def test_slices_of_one_value_withhold_near_the_joint(axes, height, expected):
    """As a converter leaves them for an image that it lacked: a fracture there is no finding, and none was looked for."""
    hu = np.random.default_rng(0).normal(0, 20, (8, 8, 160)).astype(np.int16)
    hu[:, :, 40:46] = -1024
    affine = np.eye(4)[:, [*axes, 3]]
    volume = Volume(hu.transpose(axes), Grid(tuple(np.array(hu.shape)[list(axes)]), affine))
    assert volume.grid.affine[2, :3].argmax() == axes.index(2)
    found = anatomy_findings((ankle("L", True, (4.0, 4.0, height)),), volume)
    assert [f.code for f in found if f.level == "withhold"] == expected
    hu[3, 5, 40:46] = -1000
    measured = Volume(hu.transpose(axes), volume.grid)
    assert "SLICE_GAP" not in [f.code for f in anatomy_findings((ankle("L", True, (4.0, 4.0, height)),), measured)]


def test_blank_slices_at_an_end_are_not_missing_ones():
    grid = Grid.axis_aligned((8, 8, 160), 1.0, (0, 0, 0))
    padding = np.zeros(grid.shape, bool)
    padding[:, :, :4] = padding[:, :, 150:] = True
    padding[:5, :, 4:10] = True  # ragged: these hold values
    hu = np.zeros(grid.shape, np.int16)
    for height in (20.0, 140.0):
        found = anatomy_findings((ankle("L", True, (4.0, 4.0, height)),), Volume(hu, grid, padding))
        assert "SLICE_GAP" not in [f.code for f in found]
    nothing = Volume(hu, grid, np.ones(grid.shape, bool))
    assert anatomy_findings((ankle("L", True, (4.0, 4.0, 80.0)),), nothing) == []


@pytest.mark.parametrize(
    ("spacing", "thickness", "expected"),
    [
        ((0.5, 0.5, 0.7), None, []),
        ((0.5, 0.5, 2.0), 2.0, []),
        ((0.5, 2.1, 0.5), None, [("caveat", "SLICES_THICK")]),  # along whichever axis
        ((0.5, 0.5, 1.5), 3.0, [("caveat", "SLICES_THICK")]),
        ((0.5, 0.5, 3.27), None, [("caveat", "SLICES_THICK")]),
        ((0.5, 0.5, 3.75), None, [("withhold", "SLICES_THICK")]),
        ((0.5, 0.5, 0.5), 5.0, [("withhold", "SLICES_THICK")]),
        ((0.5, 0.5, 2.9), 2.0, [("caveat", "SLICES_THICK")]),
        ((0.5, 0.5, 3.2), 2.0, [("caveat", "SLICES_THICK"), ("caveat", "SLICES_SPARSE")]),
        ((0.5, 0.5, 10.0), 1.0, [("withhold", "SLICES_THICK"), ("caveat", "SLICES_SPARSE")]),
        ((0.5, 0.5, 1.4), 0.6, []),  # too fine to lose a fracture between two
    ],
)
def test_what_coarse_slices_hide_is_said(spacing, thickness, expected):
    found = resolution_findings(spacing, thickness)
    assert [(f.level, f.code) for f in found] == expected
    for finding in found:
        assert f"{max(*spacing, thickness or 0):.1f} mm" in finding.message


def test_a_malleolus_that_may_be_cut_off_is_a_caveat():
    doubtful = dataclasses.replace(ankle("L", True), doubt="the lateral malleolus was not seen.")
    (found,) = anatomy_findings((doubtful,))
    assert (found.level, found.code) == ("caveat", "ANKLE_INCOMPLETE") and "lateral malleolus was not seen" in found.message


@pytest.mark.parametrize(("radius", "told"), [(60.0, False), (34.0, True), (25.0, True)])
def test_a_round_field_that_ends_close_to_the_joint_is_a_caveat(radius, told):
    grid = Grid.axis_aligned((140, 140, 60), 1.0, (-70.0, -70.0, -40.0))
    x, y = np.meshgrid(np.arange(140) - 70, np.arange(140) - 70, indexing="ij")
    padding = np.repeat((np.hypot(x, y) > radius)[:, :, None], 60, axis=2)
    volume = Volume(np.where(padding, np.int16(-1024), np.int16(40)).astype(np.int16), grid, padding)
    found = anatomy_findings((ankle("L", True, at=(0.0, 0.0, 0.0)),), volume)
    assert [f.code for f in found] == (["ANKLE_INCOMPLETE"] if told else [])
    assert anatomy_findings((ankle("L", True, at=(0.0, 0.0, 300.0)),), volume) == [], "it is asked beside the joint alone"


@pytest.mark.parametrize(("edge", "height", "told"), [(True, 0, True), (False, 0, False), (True, -60, False)])
def test_bone_that_reaches_the_side_of_the_scan_is_a_caveat(edge, height, told):
    grid = Grid.axis_aligned((70, 100, 120), 1.0, (-35.0, -50.0, -80.0))
    hu = np.full(grid.shape, 40, np.int16)
    k = 80 + height
    hu[60 if edge else 55 : 70 if edge else 66, 45:55, k - 10 : k] = 900
    found = anatomy_findings((ankle("L", True, at=(0.0, 0.0, 0.0)),), Volume(hu, grid))
    assert [f.code for f in found] == (["ANKLE_INCOMPLETE"] if told else [])


def test_a_leg_across_that_is_not_assessed_is_not_told_as_one():
    found = anatomy_findings((dataclasses.replace(ankle("L", False), up=(0.0, -1.0, 0.0)),))
    assert [f.code for f in found] == ["ANKLE_INCOMPLETE"]


def test_a_leg_that_faces_the_patient_s_back_is_said():
    marks = (("medial malleolus", (-26.0, 4.0, -8.0)), ("lateral malleolus", (30.0, -8.0, -16.0)), ("heel", (4.0, -52.0, -45.0)))
    (found,) = anatomy_findings((dataclasses.replace(ankle("R", True), landmarks=marks),))
    assert (found.level, found.code) == ("caveat", "LEG_REVERSED") and found.message.startswith("Right ankle: the heel")


@pytest.mark.parametrize(("padding", "suspected"), [(-2000, False), (-1800, False), (None, True), (-2048, True)])
def test_a_number_for_what_was_not_measured_is_no_air_of_a_scan_that_is_too_low(padding: int | None, suspected: bool):
    """GE marks what lies outside its circle by -2000: moved by 1024 that would lie where air does."""
    rng = np.random.default_rng(0)
    bone = 2 if padding in (-2000, -1800) else 1  # so dense that the scan as it is does not look like one of a limb
    tissue = [rng.normal(-1000, 12, 40_000), rng.normal(30, 20, 6_000 // bone**3), rng.uniform(200, 1500, 20_000)]
    values = np.concatenate(tissue) if not suspected else np.concatenate([*tissue[:1], rng.normal(40, 20, 30_000)]) - 1024
    if padding is not None and not suspected:
        values = np.concatenate([values, np.full(20_000, padding)])
    if padding == -2048:
        values = np.maximum(values, -2048)
        values[:30_000] = -2048
    counts = np.bincount(np.rint(values).astype(int) + 32768, minlength=65536).astype(np.int64)
    assert bool(offset_hu(counts)) == suspected
