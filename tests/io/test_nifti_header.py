from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
