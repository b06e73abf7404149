from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from ankleviewer.core.errors import ScanError
from ankleviewer.io.nifti_header import parse


def header(version=nib.Nifti1Header):
    made = version(endianness="<")
    made.set_data_dtype("<i2")
    made.set_data_shape((10, 11, 12))
    made.set_sform(np.diag([-1, -2, 3, 1.0]), 1)
    made.set_qform(np.diag([-1, -2, 3, 1.0]), 1)
    made["magic"] = b"n+1" if version is nib.Nifti1Header else b"n+2\0\r\n\x1a\n"
    return made


@pytest.mark.parametrize(("version", "offset"), [(nib.Nifti1Header, 352), (nib.Nifti2Header, 544)])
def test_both_versions_are_read_into_lps(version, offset):
    read = parse(header(version).binaryblock)
    assert read.shape == (10, 11, 12)
    assert read.affine.tolist() == np.diag([1, 2, 3, 1.0]).tolist()
    assert read.offset == offset
    assert (read.slope, read.intercept) == (1.0, 0.0)
    assert read.findings == ()


def turned(sform: int, **pixdim):
    """A header of a left-handed grid (qfac -1) or, where qfac is given, a right-handed one."""
    made = header()
    affine = np.diag([-1, -2, 3 if "qfac" in pixdim else -3, 1.0])
    made.set_sform(affine, sform)
    made.set_qform(affine, 1)
    for name, value in pixdim.items():
        made["pixdim"][{"qfac": 0, "x": 1, "z": 3}[name]] = value
    return made.binaryblock


@pytest.mark.parametrize("sform", [0, 1])
@pytest.mark.parametrize("qfac", [0.0, 1.0, 2.0, float("nan")])
def test_a_handedness_that_is_not_stated_is_right(sform, qfac):
    read = parse(turned(sform, qfac=qfac))
    assert np.allclose(read.affine, np.diag([1, 2, 3, 1.0]))
    assert read.findings == ()


@pytest.mark.parametrize("sform", [0, 1])
def test_a_left_handed_grid_stays_so(sform):
    read = parse(turned(sform))
    assert np.allclose(read.affine, np.diag([1, 2, -3, 1.0]))
    assert read.findings == ()


def test_what_the_quaternion_loses_near_half_a_turn_is_no_contradiction():
    """An axial scan of two legs, turned by a tenth of a degree: the header's qform cannot say it more exactly."""
    rng = np.random.default_rng(0)
    worst = 0.0
    for _ in range(300):
        axis = rng.normal(size=3)
        turn = Rotation.from_rotvec(axis / np.linalg.norm(axis) * np.radians(rng.uniform(0.05, 0.3))).as_matrix()
        made = header()
        made.set_data_shape((512, 512, 1000))
        affine = np.eye(4)
        affine[:3, :3] = turn @ np.diag([-0.8, -0.8, 1.0])
        made.set_sform(affine, 1)
        made.set_qform(affine, 1)
        corner = np.array([511, 511, 999])
        worst = max(worst, np.linalg.norm((made.get_sform() - made.get_qform())[:3, :3] @ corner))
        assert parse(made.binaryblock).findings == ()
    assert worst > 0.5, "or it shows nothing"
    affine[:3, 3] += 1.5  # which rounding does not make
    made.set_sform(affine, 1)
    assert [f.code for f in parse(made.binaryblock).findings] == ["NII_FORMS_DISAGREE"]


def test_negative_voxel_sizes_play_no_part_beside_a_sform():
    for pixdim in ({"x": -1.0}, {"z": -3.0}):
        read = parse(turned(1, **pixdim))
        assert np.allclose(read.affine, np.diag([1, 2, -3, 1.0]))
        assert read.findings == ()
        with pytest.raises(ScanError) as caught:
            parse(turned(0, **pixdim))
        assert (caught.value.code, "positive numbers" in caught.value.message) == ("SPACING_INVALID", True)


def outcome(block: bytes) -> bool:
    """True for a usable header or a refusal with a sentence; any other exception passes and fails the test."""
    try:
        return bool(np.isfinite(parse(block).affine).all())
    except ScanError as error:
        return error.message.endswith(".")


@given(st.binary(min_size=344, max_size=344), st.booleans())
@settings(deadline=None, max_examples=200)
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(noise, keep_magic):
    block = b"\x5c\x01\0\0" + noise
    if keep_magic:
        block = block[:344] + b"n+1\0"
    assert outcome(block)


@given(st.integers(0, 347), st.integers(0, 255))
@settings(deadline=None, max_examples=300)
def test_a_sound_header_with_one_wrong_byte_is_read_or_refused(place, value):
    block = bytearray(header().binaryblock)
    block[place] = value
    assert outcome(bytes(block))
