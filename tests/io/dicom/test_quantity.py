"""Images that are no plain slices of Hounsfield units are told, and nothing is detected in them; plain ones are left in peace."""

from __future__ import annotations

import pytest

from ankleviewer.io.dicom.quantity import not_plain, quantity_findings
from ankleviewer.io.reader import open_scan

SIEMENS = ["DERIVED", "PRIMARY", "AXIAL", "CT_SOM5 SPI"]


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({}, ""),
        ({"ImageType": SIEMENS}, ""),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL", "HELIX"], "RescaleType": "HU"}, ""),
        ({"ImageType": ["DERIVED", "SECONDARY", "REFORMATTED", "AVERAGE"]}, ""),  # thick slices are told as such
        ({"RescaleType": "US"}, ""),
        ({"ImageType": "ORIGINAL"}, ""),
        ({"ImageType": ["PROJECTION", "MIP"]}, ""),  # of the first two values none is asked
        ({"ImageType": [*SIEMENS, "MIP"]}, "projected"),
        ({"ImageType": ["DERIVED", "SECONDARY", "PROJECTION IMAGE", "MIN_IP"]}, "projected"),
        ({"ImageType": [*SIEMENS, "VNC"]}, "material"),
        ({"ImageType": ["DERIVED", "PRIMARY", "AXIAL", "MAT_REMOVED"]}, "material"),
        ({"RescaleType": "HU_MOD"}, "material"),
        ({"RescaleType": "Z_EFF"}, "material"),
        ({"RescaleType": "MGML"}, "material"),
    ],
)
def test_what_an_image_is(limb, one_slice, tags, why):
    dataset = one_slice(limb()[:, :, 0], 0, **tags)
    assert not_plain(dataset) == why
    assert [(f.level, f.code) for f in quantity_findings(dataset)] == ([("withhold", "IMAGES_DERIVED")] if why else [])


@pytest.mark.parametrize("kind", ["VMI", "MONO_40", "MONOENERGETIC_PLUS_55_KEV", "70KEV", "MONO PLUS 40 KEV"])
def test_images_of_one_energy_are_remarked_on(limb, one_slice, kind):
    dataset = one_slice(limb()[:, :, 0], 0, ImageType=["DERIVED", "PRIMARY", "AXIAL", kind])
    assert [(f.level, f.code) for f in quantity_findings(dataset)] == [("caveat", "IMAGES_ONE_ENERGY")]


@pytest.mark.parametrize(
    ("tags", "codes"),
    [
        ({"LossyImageCompression": "01"}, ["PIXELS_LOSSY"]),
        ({"LossyImageCompression": "00"}, []),
        ({"BitsStored": 8}, ["PIXELS_LOSSY_8BIT"]),
        ({"BitsStored": 8, "LossyImageCompression": "01"}, ["PIXELS_LOSSY_8BIT"]),
        ({"BitsStored": 12}, []),
    ],
)
def test_what_was_lost_before_it_was_stored_plainly(limb, one_slice, tags, codes):
    assert [f.code for f in quantity_findings(one_slice(limb()[:, :, 0], 0, **tags))] == codes


def test_a_syntax_with_loss_is_not_told_twice(limb, one_slice):
    dataset = one_slice(limb()[:, :, 0], 0, LossyImageCompression="01")
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.91"
    assert quantity_findings(dataset) == []


def test_an_enhanced_file_tells_it_of_its_frames(limb, enhanced, tmp_path):
    from pydicom import dcmread
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence

    path = enhanced(limb(), tmp_path / "enhanced.dcm", 16)
    assert not_plain(dcmread(path)) == ""
    for sequence, name, value, why in (
        ("CTImageFrameTypeSequence", "FrameType", ["DERIVED", "PRIMARY", "VOLUME", "MAXIMUM"], "projected"),
        ("CTImageFrameTypeSequence", "VolumeBasedCalculationTechnique", "MAX_IP", "projected"),
        ("PixelValueTransformationSequence", "RescaleType", "HU_MOD", "material"),
    ):
        dataset = dcmread(path)
        item = Dataset()
        setattr(item, name, value)
        setattr(dataset.SharedFunctionalGroupsSequence[0], sequence, Sequence([item]))
        assert not_plain(dataset) == why, name


def test_a_scan_of_such_images_says_so(limb, series):
    scan = open_scan(series(limb(), ImageType=[*SIEMENS, "VNC"], RescaleType="HU_MOD", LossyImageCompression="01"))
    assert [(f.level, f.code) for f in scan.findings if f.code != "AGE_UNKNOWN"] == [
        ("withhold", "IMAGES_DERIVED"),
        ("caveat", "PIXELS_LOSSY"),
    ]
