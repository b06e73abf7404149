from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from ankleviewer.core.errors import ScanError
from ankleviewer.io.dicom.headers import Frame
from ankleviewer.io.dicom.stack import build, largest_group, repeated_places

UPRIGHT = np.eye(3)


def frames(heights, drift=lambda h: (0.0, 0.0), turn=UPRIGHT, spacing=(0.5, 0.5), orientation=None):
    made = []
    for n, h in enumerate(heights):
        place = turn @ np.array([*drift(h), h])
        axes = orientation[n] if orientation is not None else (*turn[:, 0], *turn[:, 1])
        made.append(Frame(Path(str(n)), 0, "1", 8, 9, tuple(place), tuple(axes), spacing, (1, 0), None))
    return made


def codes(stack):
    return [f.code for f in stack.findings]


EVEN = np.arange(20.0)


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3), st.floats(0.3, 3), st.randoms())
@settings(deadline=None, max_examples=50)
def test_any_order_and_orientation_gives_the_same_affine(turn, step, random):
    matrix = Rotation.from_rotvec(turn).as_matrix()
    made = frames(EVEN * step, turn=matrix)
    random.shuffle(made)
    stack = build(made)
    assert codes(stack) == []
    assert stack.shifts is None
    assert np.allclose(stack.affine()[:3, :3], matrix * [0.5, 0.5, step], atol=1e-6)
    assert np.allclose(stack.affine()[:3, 3], 0, atol=1e-9)


def test_orientation_jitter_is_no_remark():
    rng = np.random.default_rng(0)
    jitter = [np.array([1, 0, 0, 0, 1, 0]) + rng.uniform(-1e-5, 1e-5, 6) for _ in EVEN]
    group, findings = largest_group(frames(EVEN, orientation=jitter))
    assert findings == []
    assert codes(build(group)) == []


def test_another_orientation_is_split_off():
    mixed = [(1, 0, 0, 0, 1, 0)] * 19 + [(0, 1, 0, 0, 0, -1)]
    group, findings = largest_group(frames(EVEN, orientation=mixed))
    assert len(group) == 19
    assert [f.code for f in findings] == ["ORIENTATION_MIXED"]


@pytest.mark.parametrize("degrees", [2.0, 15.0, 18.5])
def test_tilt_is_taken_from_the_positions(degrees):
    stack = build(frames(EVEN, drift=lambda h: (0, h * np.tan(np.radians(degrees)))))
    assert codes(stack) == ["GANTRY_TILT"]
    assert f"{degrees:.1f} degrees" in stack.findings[0].message
    assert stack.shifts[-1, 1] == pytest.approx(19 * np.tan(np.radians(degrees)) / 0.5)


def test_slices_beside_the_line_are_moved_to_their_places():
    stack = build(frames(EVEN, drift=lambda h: (0.8 if h > 9.5 else 0.0, 0)))
    assert ("caveat", "POSITION_UNEVEN") in [(f.level, f.code) for f in stack.findings]
    assert stack.shifts[-1, 0] == pytest.approx(1.6)


@pytest.mark.parametrize("odd", [0, 7, 19])
@pytest.mark.parametrize("degrees", [0.0, 15.0])
def test_one_slice_at_a_wrong_place_withholds_and_bends_nothing(odd, degrees):
    """The tilt is that of the others: with a least-squares line one slice 3 mm away tilted all of them."""
    slope = np.tan(np.radians(degrees))
    stack = build(frames(EVEN, drift=lambda h: (3.0 * (h == odd), h * slope)))
    assert ("withhold", "POSITION_UNEVEN") in [(f.level, f.code) for f in stack.findings]
    assert ("GANTRY_TILT" in codes(stack)) == (degrees > 0)
    assert any(f"{degrees:.1f} degrees" in f.message for f in stack.findings) == (degrees > 0)


def test_places_rounded_to_a_tenth_of_a_millimetre_are_a_tilt_and_no_jump():
    stack = build(frames(0.5 * EVEN, drift=lambda h: (0, round(h * np.tan(np.radians(10)), 1))))
    assert {f.level for f in stack.findings} == {"caveat"}
    assert codes(stack)[0] == "GANTRY_TILT"


@pytest.mark.parametrize("missing", [1, 2])
def test_one_small_gap_is_filled(missing):
    stack = build(frames(np.delete(EVEN, np.arange(7, 7 + missing))))
    assert codes(stack) == ["SLICE_GAP"]
    assert stack.filled == tuple(range(7, 7 + missing))
    assert stack.spacing == pytest.approx(1.0)


def test_slight_unevenness_is_resampled():
    stack = build(frames([*EVEN[:10], *(EVEN[10:] + 0.08)]))
    assert codes(stack) == ["SPACING_UNEVEN"]


def test_a_shift_that_adds_up_unseen_is_told():
    """No slice of the result is then one of the file's, though neither tilt nor steps are worth a warning."""
    tilt = build(frames(0.5 * np.arange(200), drift=lambda h: (0, h * np.tan(np.radians(0.19)))))
    assert [(f.level, f.code) for f in tilt.findings] == [("info", "GRID_EVENED")]
    assert "by up to 0.3 mm" in tilt.findings[0].message and tilt.shifts is not None and not tilt.resampled
    steps = np.cumsum([0.0, *[0.98] * 60, *[1.02] * 59])
    along = build(frames(steps))
    assert codes(along) == ["GRID_EVENED"] and along.resampled and along.shifts is None
    assert f"by up to {np.abs(along.targets - along.positions).max():.1f} mm" in along.findings[0].message
    assert codes(build(frames(0.5 * np.arange(40), drift=lambda h: (0, h * np.tan(np.radians(0.19)))))) == []


def refused(call, *args, **kwargs):
    with pytest.raises(ScanError) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("SLICE_GAP", frames(np.delete(EVEN, [7, 8, 9]))),
        ("SLICE_GAP", frames(np.delete(EVEN, [5, 12]))),
        ("SPACING_UNEVEN", frames([*EVEN[:10], *(EVEN[10:] + 0.45)])),
        ("SPACING_UNEVEN", frames([*(0.5 * EVEN[:10]), *(0.5 * 9 + EVEN[1:10])])),
        ("TOO_FEW_SLICES", frames(EVEN[:2])),
        ("SPACING_MISSING", frames(EVEN, spacing=None)),
        ("SPACING_INVALID", frames(EVEN, spacing=(0.0, 1.0))),
        ("GANTRY_TILT", frames(EVEN, drift=lambda h: (0, h))),
        ("POSITION_UNEVEN", frames(EVEN, drift=lambda h: (12.0 * (h == 8), 0))),
        ("POSITION_UNEVEN", frames(EVEN, drift=lambda h: (100_000.0 * (h == 0), 0))),
        ("AFFINE_INVALID", frames(EVEN, turn=np.diag([1, 1.2, 1.0]))),
        ("TOO_FEW_SLICES", frames([1.0] * 5)),
    ],
)
def test_what_cannot_be_put_right_is_refused(code, made):
    assert refused(build, made) == code


def test_repeated_places_are_paired():
    made = frames([0, 1, 1.001, 2, 3])
    assert [(a.path.name, b.path.name) for a, b in repeated_places(made)] == [("1", "2")]


def test_what_is_filled_lies_in_the_gap_where_steps_differ_too():
    heights = np.cumsum([0.0, *[1.0] * 40, *[1.08] * 40])
    for missing in (20, 30, 60):
        stack = build(frames(np.delete(heights, missing)))
        assert codes(stack) == ["SPACING_UNEVEN", "SLICE_GAP"]
        low, high = heights[missing - 1], heights[missing + 1]
        places = stack.spacing * np.arange(len(heights))
        beside = np.minimum(np.abs(places - low), np.abs(places - high))
        inside = (places > low) & (places < high)
        assert stack.filled and all(inside[k] for k in stack.filled), "none beside it is taken for invented"
        assert all(k in stack.filled or beside[k] < 0.3 for k in np.flatnonzero(inside)), "nor an invented one for measured"
