from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.errors import ScanError
from ankleviewer.io.dicom import headers as dicom_headers
from ankleviewer.io.dicom.headers import Description, describe, frames_of, is_localizer, load, miscounted, number, numbers

HU = np.zeros((6, 5), np.int16)


def test_a_slice_is_one_frame(one_slice, tmp_path):
    (frame,) = frames_of(one_slice(HU, 2, spacing=(0.4, 0.3), slope=2, intercept=-1024), tmp_path)
    assert (frame.rows, frame.columns) == (5, 6)
    assert frame.spacing == (0.4, 0.3)
    assert frame.position == (-10, -20, 7)
    assert frame.rescale == (2, -1024)
    assert frame.padding is None


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"PixelPaddingValue": -2000}, (-2000, -2000)),
        ({"PixelPaddingValue": 63536, "PixelPaddingRangeLimit": 63600}, (-2000, -1936)),
    ],
)
def test_padding_is_told_in_stored_numbers(one_slice, tmp_path, tags, expected):
    ds = one_slice(HU, 0)
    for name, value in tags.items():
        ds.add_new(name, "SS" if value < 32768 else "US", value)
    (frame,) = frames_of(ds, tmp_path)
    assert frame.padding == expected


@pytest.mark.parametrize(
    ("described", "claimed", "wrong"),
    [(0, None, False), (0, 5, False), (1, None, False), (2, 2, False), (2, None, True), (2, 3, True)],
)
def test_frames_that_are_described_are_counted(one_slice, tmp_path, described, claimed, wrong):
    from pydicom.dataset import Dataset

    ds = one_slice(HU, 0, PerFrameFunctionalGroupsSequence=[Dataset() for _ in range(described)])
    if claimed is not None:
        ds.NumberOfFrames = claimed
    error = miscounted(ds)
    assert (error is not None and error.code == "FRAME_COUNT_WRONG") is wrong
    assert bool(frames_of(ds, tmp_path)) is (not wrong and claimed != 5)


@pytest.mark.parametrize(("tag", "value"), [("Rows", 0), ("ImagePositionPatient", None), ("ImageOrientationPatient", None)])
def test_what_has_no_size_or_place_is_no_frame(one_slice, tmp_path, tag, value):
    assert frames_of(one_slice(HU, 0, **{tag: value}), tmp_path) == []


def test_missing_spacing_and_rescale_are_said_not_guessed(one_slice, tmp_path):
    (frame,) = frames_of(one_slice(HU, 0, PixelSpacing=None, RescaleSlope=None), tmp_path)
    assert frame.spacing is None
    assert frame.rescale is None


@pytest.mark.parametrize(
    ("tags", "years"),
    [
        ({"PatientAge": "045Y"}, 45),
        ({"PatientAge": "018M"}, 1.5),
        ({"PatientBirthDate": "19700301", "StudyDate": "20200229"}, 49),
        ({"PatientBirthDate": "20050101", "StudyDate": "20050101"}, None),
        ({}, None),
        ({"PatientAge": "17Y"}, 17),
        ({"PatientAge": "old"}, None),
        ({"PatientAge": "000Y"}, None),
        ({"PatientAge": "000D", "PatientBirthDate": "19700301", "StudyDate": "20200229"}, 49),
        ({"PatientAge": "²²²Y"}, None),
        ({"PatientBirthDate": "²²²²0101", "StudyDate": "20200229"}, None),
    ],
)
def test_age(one_slice, tags, years):
    assert describe(one_slice(HU, 0, **tags)).age_years == years


def test_the_description_holds_no_markup_and_no_name(one_slice):
    about = describe(one_slice(HU, 0, ConvolutionKernel="B60<script>", Laterality="l", SliceThickness=1.5))
    assert about.kernel == "B60script"
    assert about.laterality == "L"
    assert "Secret" not in repr(about)


def test_localizers_are_known_by_image_type(one_slice):
    assert is_localizer(one_slice(HU, 0, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]))
    assert not is_localizer(one_slice(HU, 0))


def test_numbers_must_be_finite_and_as_many_as_asked():
    assert numbers([1, "2"], 2) == (1.0, 2.0)
    assert numbers([1, 2], 3) is None
    assert numbers([1, float("nan")], 2) is None
    assert numbers("12", 2) is None
    assert numbers(None, 1) is None
    assert number("x") is None
    assert number(float("inf")) is None


def test_deflated_files_are_inflated_within_bounds(one_slice, tmp_path, monkeypatch):
    from pydicom.uid import DeflatedExplicitVRLittleEndian

    ds = one_slice(np.zeros((64, 64), np.int16), 0)
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    ds.save_as(tmp_path / "x.dcm", enforce_file_format=True)
    assert load(tmp_path / "x.dcm", pixels=True).PixelData == ds.PixelData
    monkeypatch.setattr(dicom_headers, "MAX_INFLATED", 4000)
    with pytest.raises(ScanError) as caught:
        load(tmp_path / "x.dcm", pixels=False)
    assert caught.value.code == "TS_DEFLATED"


def test_an_enhanced_file_is_described_by_its_functional_groups(limb, enhanced, tmp_path):
    from pydicom import dcmread
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence

    dataset = dcmread(enhanced(limb(), tmp_path / "enhanced.dcm", 16))
    assert describe(dataset) == Description("", None, "", 2.0)
    for sequence, name, value in (
        ("FrameAnatomySequence", "FrameLaterality", "R"),
        ("CTReconstructionSequence", "ConvolutionKernel", "BONEPLUS"),
    ):
        item = Dataset()
        setattr(item, name, value)
        setattr(dataset.SharedFunctionalGroupsSequence[0], sequence, Sequence([item]))
    assert describe(dataset) == Description("R", None, "BONEPLUS", 2.0)
    dataset.SharedFunctionalGroupsSequence[0].FrameAnatomySequence[0].FrameLaterality = "B"  # both
    assert describe(dataset).laterality == ""
