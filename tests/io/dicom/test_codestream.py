"""The size that a compressed image claims is read without decoding it."""

from __future__ import annotations

import numpy as np
import pytest
from imagecodecs import htj2k_encode, jpeg2k_encode, jpeg8_encode, jpegls_encode, ljpeg_encode

from ankleviewer.io.dicom.codestream import size_of

PICTURE = np.arange(600, dtype=np.uint16).reshape(30, 20)


@pytest.mark.parametrize("encode", [jpegls_encode, jpeg2k_encode, htj2k_encode, ljpeg_encode])
def test_of_sixteen_bits(encode):
    assert size_of(encode(PICTURE)) == (30, 20)


def test_of_plain_jpeg_with_fill_bytes_and_comments_before_its_frame():
    stream = jpeg8_encode((PICTURE % 256).astype(np.uint8))
    assert size_of(stream) == (30, 20)
    comment = b"\xff\xff\xfe\x00\x06\xff\xc0\x00\x01"  # holds what looks like a frame
    assert size_of(stream[:2] + comment + stream[2:]) == (30, 20)


def test_of_a_jp2_file():
    stream = jpeg2k_encode(PICTURE, codecformat="jp2")
    assert stream[4:8] == b"jP  "
    assert size_of(stream) == (30, 20)


@pytest.mark.parametrize(
    "stream", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\x4f\xff\x51\0\0", b"0123456789", b"\xff\xd8\xff\xe0\x00"]
)
def test_what_is_no_image_has_none(stream):
    assert size_of(stream) is None
