from __future__ import annotations

import numpy as np
import pytest
from imagecodecs import htj2k_encode, jpeg2k_encode, jpegls_encode
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate

from ankleviewer.core.errors import ScanError
from ankleviewer.io.dicom import pixels as dicom_pixels
from ankleviewer.io.dicom.headers import frames_of, load
from ankleviewer.io.dicom.pixels import UID, decode, syntax_findings, syntax_of

FOLDER = "dicom/transfer-syntaxes"
# Largest difference in HU from explicit little endian, and the finding that comes with it.
READ = [
    ("LittleEndianImplicit_1.2.840.10008.1.2", 0, None),
    ("BigEndianExplicit_1.2.840.10008.1.2.2", 0, None),
    ("DeflatedExplicitVRLittleEndian_1.2.840.10008.1.2.1.99", 0, None),
    ("RLELossless_1.2.840.10008.1.2.5", 0, None),
    ("JPEGLSLossless_1.2.840.10008.1.2.4.80", 0, None),
    ("JPEG2000LosslessOnly_1.2.840.10008.1.2.4.90", 0, None),
    ("JPEGProcess14_1.2.840.10008.1.2.4.57", 0, None),
    ("JPEGProcess14SV1_1.2.840.10008.1.2.4.70", 0, None),
    ("CTImage", 0, None),
    ("LittleEndianExplicit_1.2.840.10008.1.2.1", 0, None),
    ("JPEGLSLossy_1.2.840.10008.1.2.4.81", 1, "PIXELS_LOSSY"),
    ("JPEG2000_1.2.840.10008.1.2.4.91", 5, "PIXELS_LOSSY"),
    ("JPEGProcess2_4_1.2.840.10008.1.2.4.51", 36, "PIXELS_LOSSY"),
    ("JPEGProcess1_1.2.840.10008.1.2.4.50", 64, "PIXELS_LOSSY_8BIT"),
]


def hu_of(path):
    dataset = load(path, pixels=True)
    (frame,) = frames_of(dataset, path)
    return decode(dataset, 0).astype(float) * frame.rescale[0] + frame.rescale[1], dataset


@pytest.mark.parametrize(("name", "apart", "code"), READ)
def test_each_syntax_decodes_to_the_reference(third_party, name, apart, code):
    reference, _ = hu_of(third_party / FOLDER / "LittleEndianExplicit_1.2.840.10008.1.2.1.dcm")
    hu, dataset = hu_of(third_party / FOLDER / f"{name}.dcm")
    assert np.abs(hu - reference).max() <= apart + 0.7 * (apart > 5)
    assert [f.code for f in syntax_findings(syntax_of(dataset))] == ([code] if code else [])


@pytest.mark.parametrize("name", ["JPEGProcess6_8_1.2.840.10008.1.2.4.53", "JPEGProcess10_12_1.2.840.10008.1.2.4.55"])
def test_retired_syntaxes_are_refused_by_name(third_party, name):
    with pytest.raises(ScanError) as caught:
        hu_of(third_party / FOLDER / f"{name}.dcm")
    assert caught.value.code == "TS_RETIRED"
    assert name.rsplit("_", 1)[1] in caught.value.message
    assert "JPEG 2000 lossless" in caught.value.message


@pytest.mark.parametrize(("uid", "code"), [("1.3.46.670589.33.1.4.1", "TS_PRIVATE"), (f"{UID}.4.100", "TS_NO_DECODER")])
def test_unknown_syntaxes_are_refused_by_number(uid, code):
    with pytest.raises(ScanError) as caught:
        syntax_findings(uid)
    assert caught.value.code == code
    assert uid in caught.value.message


HU = np.arange(600, dtype=np.int16).reshape(30, 20)


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"PixelData": b""}, "NO_PIXELS"),
        ({"PixelData": b"\0" * 900}, "PIXELS_TRUNCATED"),
        ({"SamplesPerPixel": 3}, "DTYPE_UNSUPPORTED"),
        ({"BitsAllocated": 1}, "DTYPE_UNSUPPORTED"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "DTYPE_UNSUPPORTED"),
        ({"BitsStored": 12, "HighBit": 15}, "DTYPE_UNSUPPORTED"),
    ],
)
def test_unusable_pixels_are_refused(one_slice, tags, code):
    with pytest.raises(ScanError) as caught:
        decode(one_slice(HU, 0, **tags), 0)
    assert caught.value.code == code


def test_pixels_come_as_rows_and_columns(one_slice):
    assert np.array_equal(decode(one_slice(HU, 0, intercept=0), 0), HU.T)


def test_signed_numbers_in_plain_jpeg_bits_keep_their_sign(third_party):
    hu, _ = hu_of(third_party / FOLDER / "JPEGProcess14SV1_1.2.840.10008.1.2.4.70.dcm")
    assert hu.min() == -3024
    assert hu.max() == 1378


@pytest.mark.parametrize("syntax", ["4.201", "4.202"])
@pytest.mark.parametrize("signed", [0, 1])
def test_high_throughput_jpeg_2000_keeps_every_number(one_slice, syntax, signed):
    stored = (HU - (300 if signed else 0)).T.astype(np.int16 if signed else np.uint16)
    dataset = one_slice(HU, 0, PixelRepresentation=signed)
    dataset.PixelData = encapsulate([htj2k_encode(np.ascontiguousarray(stored))])
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = f"{UID}.{syntax}"
    assert np.array_equal(decode(dataset, 0), stored)
    dataset.PixelData = encapsulate([htj2k_encode(np.ascontiguousarray(stored))[:200]])
    with pytest.raises(ScanError, match="damaged or cut off"):
        decode(dataset, 0)


@pytest.mark.parametrize(("syntax", "encode"), [("4.80", jpegls_encode), ("4.90", jpeg2k_encode), ("4.201", htj2k_encode)])
def test_a_compressed_image_that_claims_another_size_is_never_decoded(one_slice, monkeypatch, syntax, encode):
    """44 kB that claim 32000 x 32000 pixels took 4 GB."""
    dataset = one_slice(HU, 0, PixelRepresentation=0)
    dataset.PixelData = encapsulate([encode(np.zeros((31, 20), np.uint16))])
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = f"{UID}.{syntax}"
    for decoder in ("_pydicom", "_imagecodecs"):
        monkeypatch.setattr(dicom_pixels, decoder, lambda *_: pytest.fail("decoded"))
    with pytest.raises(ScanError, match=r"\(31, 20\), its header says \(20, 30\)") as caught:
        decode(dataset, 0)
    assert caught.value.code == "PIXELS_TRUNCATED"


@pytest.mark.parametrize("signed", [0, 1])
def test_bits_above_those_of_the_number_are_no_part_of_it(one_slice, signed):
    """Encoders that take BitsAllocated (DCMTK) carry them on: the sign of 12 bits in 16, or an overlay of old."""
    stored = (HU % 2000 - (1000 if signed else 0)).T.astype(np.int32)
    carried = (stored & 0xFFFF) if signed else stored | 0x4000
    dataset = one_slice(HU, 0, PixelRepresentation=signed, BitsStored=12, HighBit=11)
    dataset.PixelData = encapsulate([htj2k_encode(np.ascontiguousarray(carried.astype(np.uint16)))])
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = f"{UID}.4.201"
    assert np.array_equal(decode(dataset, 0), stored)
