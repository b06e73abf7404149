from __future__ import annotations

import shutil
import struct

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.datadict import tag_for_keyword

from ankleviewer.core.errors import Cancelled, ScanError
from ankleviewer.core.geometry import Grid
from ankleviewer.io.dicom import headers as dicom_headers
from ankleviewer.io.nifti import HEAT_MAP, write_nifti
from ankleviewer.io.reader import open_scan
from ankleviewer.io.series import list_series


def codes(scan):
    return [(f.level, f.code) for f in scan.findings if f.code != "AGE_UNKNOWN"]


def refused(path):
    with pytest.raises(ScanError) as caught:
        open_scan(path)
    assert "Secret" not in str(caught.value)
    return caught.value.code


def drop(*which):
    return lambda k, ds: None if k in which else ds


def tags(only=None, **values):
    def edit(k, ds):
        for name, value in values.items():
            if only is None or k in only:
                delattr(ds, name) if value is None else setattr(ds, name, value)
        return ds

    return edit


def test_a_series_is_read_in_patient_order(limb, series):
    hu = limb()
    scan = open_scan(series(hu, spacing=(0.6, 0.5), step=0.8))
    assert scan.format == "dicom"
    assert np.array_equal(scan.volume.hu, hu)
    assert scan.volume.grid.spacing == pytest.approx((0.5, 0.6, 0.8))
    assert scan.volume.grid.to_mm((0, 0, 0)).tolist() == [-10, -20, 5]
    assert codes(scan) == []
    assert "Secret" not in repr(scan)


def test_one_file_stands_for_its_series_and_hashes_alike(limb, series):
    folder = series(limb())
    whole, one = open_scan(folder), open_scan(min(folder.iterdir()))
    assert np.array_equal(whole.volume.hu, one.volume.hu)
    assert whole.sha256 == one.sha256


@pytest.mark.parametrize("tag", ["PatientID", "FrameOfReferenceUID"])
@pytest.mark.parametrize("number", ["1.2.9", ""])
def test_images_of_two_patients_or_spaces_under_one_series_number_are_two_series(limb, series, tag, number):
    """They were put together without a word, though their positions lie in no common space."""
    half = [limb((20, 20, 12)), limb((20, 20, 12))]
    folder = series(half[0], series="1.2.1", edit=tags(SeriesInstanceUID=number, **{tag: "1.1"}))
    series(half[1], series="1.2.2", edit=tags(SeriesInstanceUID=number, **{tag: "1.2"}))
    assert refused(folder) == "SERIES_AMBIGUOUS"
    assert open_scan(next(folder.glob("1.2.2_*"))).volume.hu.shape == (20, 20, 12)
    assert sorted(s.slices for s in list_series(folder, lambda *_: None, lambda: False)) == [12, 12]


def test_images_that_do_not_tell_their_space_belong_to_those_that_do(limb, series):
    hu = limb((20, 20, 12))
    scan = open_scan(series(hu, edit=tags(only=range(5, 12), FrameOfReferenceUID="1.1")))
    assert scan.volume.hu.shape == hu.shape


def test_two_series_are_ambiguous_but_one_file_chooses(limb, series):
    folder = series(limb(), series="1.2.1")
    series(limb((24, 20, 9)), series="1.2.2")
    assert refused(folder) == "SERIES_AMBIGUOUS"
    assert open_scan(next(folder.glob("1.2.2_*"))).volume.hu.shape == (24, 20, 9)


def test_rescale_is_applied_per_slice(limb, series):
    def shifted(k, ds):
        stored = np.frombuffer(ds.PixelData, "<i2") - k
        ds.PixelData, ds.RescaleIntercept = stored.astype("<i2").tobytes(), -1024 + k
        return ds

    assert np.array_equal(open_scan(series(limb(), edit=shifted)).volume.hu, limb())


def test_padding_is_masked_before_anything_else(limb, series):
    hu = limb()
    hu[:3] = -3024
    hu[3:6] = -500

    def padded(k, ds):
        ds.add_new("PixelPaddingValue", "SS", 524)
        return ds

    volume = open_scan(series(hu, edit=padded)).volume
    assert (volume.hu[:6] == -1024).all()
    assert volume.padding[:6].all()
    assert not volume.padding[6:].any()


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_a_value_of_the_tissue_is_no_padding(limb, series, share):
    """Of a tool that made Hounsfield units of the numbers and left the tag: every voxel of 0 HU became a hole."""
    hu = limb()
    hu[hu == 3] = 4
    edge = np.zeros(hu.shape, bool)
    edge[:, :, 2:] = np.random.default_rng(1).random(hu[:, :, 2:].shape) < share
    hu[edge] = 3

    def padded(k, ds):
        ds.add_new("PixelPaddingValue", "SS", 3 + 1024)
        return ds

    scan = open_scan(series(hu, edit=padded))
    if share > 0.1:  # so much of a slice lies outside the field
        assert codes(scan) == [] and (scan.volume.padding == edge).all()
    else:
        assert codes(scan) == [("caveat", "PADDING_IMPLAUSIBLE")]
        assert scan.volume.padding is None and np.array_equal(scan.volume.hu, hu)


def test_an_image_of_the_series_that_does_not_tell_its_place_may_be_a_slice(limb, series):
    def unplaced(k, ds):
        if k > 13:
            del ds.ImagePositionPatient
        return ds

    scan = open_scan(series(limb(), edit=unplaced))
    assert codes(scan) == [("info", "OBJECTS_SKIPPED"), ("caveat", "IMAGES_UNPLACED")]
    assert "2 image(s) of the series do not tell" in scan.findings[1].message and scan.volume.hu.shape[2] == 14


@pytest.mark.parametrize("keyword", ["Modality", "Rows", "PatientID", "SeriesInstanceUID"])
def test_a_damaged_value_costs_one_file_not_the_folder(limb, series, keyword):
    folder = series(limb())
    last = max(folder.iterdir(), key=lambda f: float(dicom_headers.load(f, pixels=False).ImagePositionPatient[2]))
    raw = bytearray(last.read_bytes())
    tag = tag_for_keyword(keyword)
    at = raw.index(struct.pack("<HH", tag >> 16, tag & 0xFFFF))
    raw[at + 4 : at + 6] = b"Q9"  # no value representation
    last.write_bytes(bytes(raw))
    scan = open_scan(folder)
    assert scan.volume.hu.shape[2] == 15 and codes(scan) == [("info", "OBJECTS_SKIPPED"), ("caveat", "IMAGES_CUT_OFF")]
    assert "1 images that cannot be read" in scan.findings[0].message
    with pytest.raises(ScanError):
        open_scan(last)


def test_localizers_and_strangers_are_left_out_and_counted(limb, series, one_slice):
    folder = series(limb())
    scout = one_slice(np.zeros((50, 60), np.int16), 0, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], series="9")
    scout.save_as(folder / "scout.dcm", enforce_file_format=True)
    (folder / "notes.txt").write_text("not a scan")
    write_nifti(limb(), Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), folder / "heat.nii", description=HEAT_MAP)
    scan = open_scan(folder)
    assert codes(scan) == [("info", "OBJECTS_SKIPPED")]
    assert "1 heat maps, 1 localizers, 1 other files" in scan.findings[0].message


def test_a_missing_slice_is_filled_and_marked(limb, series):
    scan = open_scan(series(limb(), edit=drop(6)))
    assert codes(scan) == [("caveat", "SLICE_GAP")]
    assert scan.volume.hu.shape[2] == 16
    assert scan.volume.padding[:, :, 6].all()
    assert np.array_equal(np.delete(scan.volume.hu, 6, 2), np.delete(limb(), 6, 2))


def test_identical_copies_are_dropped_and_different_ones_refused(limb, series, one_slice):
    folder = series(limb())
    one_slice(limb()[:, :, 4], 4).save_as(folder / "copy.dcm", enforce_file_format=True)
    scan = open_scan(folder)
    assert codes(scan) == [("caveat", "SLICE_DUPLICATE")]
    assert np.array_equal(scan.volume.hu, limb())
    one_slice(limb()[:, :, 5], 4).save_as(folder / "copy.dcm", enforce_file_format=True)
    assert refused(folder) == "SLICE_DUPLICATE"


def test_a_tilted_stack_stands_straight_again(series):
    # A straight column along z, scanned with slices that drift: in the result it must be straight along the normal.
    step = np.tan(np.radians(15.0))
    hu = np.full((20, 40, 16), -1000, np.int16)
    rng = np.random.default_rng(0)
    for k in range(16):
        centre = 26 - round(2 * step * k)
        hu[4:16, centre - 8 : centre + 8, k] = 45
        hu[8:12, centre - 2 : centre + 3, k] = rng.integers(600, 1400, (4, 5))
    folder = series(hu, edit=lambda k, ds: (setattr(ds, "ImagePositionPatient", [-10, -20 + step * k, 5 + k]), ds)[1])
    scan = open_scan(folder)
    assert codes(scan) == [("caveat", "GANTRY_TILT")]
    bright = scan.volume.hu > 300
    centres = [scan.volume.grid.to_mm([*np.argwhere(bright[:, :, k]).mean(axis=0), k])[1] for k in range(16)]
    assert np.ptp(centres) < 0.6
    assert scan.volume.padding.any()


def places(scale: float, x: float):
    def edit(k, ds):
        ds.ImagePositionPatient = [x, -20.0, 5.0 + scale * k]
        return ds

    return edit


REFUSED = [
    ("RESCALE_MISSING", tags({7}, RescaleSlope=None, RescaleIntercept=None)),
    ("SPACING_INVALID", places(1000.0, -10.0)),
    ("AFFINE_INVALID", places(1.0, 1e7)),
    ("MODALITY_NOT_CT", tags(Modality="MR")),
    ("SPACING_MISSING", tags(PixelSpacing=None)),
    ("TOO_FEW_SLICES", drop(*range(2, 16))),
    ("NO_PIXELS", tags(Rows=0)),
    ("NO_PIXELS", tags(Modality="SR")),
    ("PIXELS_TRUNCATED", tags({7}, PixelData=b"\0" * 100)),
    ("SLICE_GAP", drop(5, 6, 7)),
    ("TOO_FEW_SLICES", tags(ImagePositionPatient=None)),
    ("NO_PIXELS", tags({7}, PixelData=b"")),
    ("DTYPE_UNSUPPORTED", tags(SamplesPerPixel=3)),
    ("HU_IMPLAUSIBLE", tags(RescaleSlope=100)),
]


@pytest.mark.parametrize(("code", "edit"), REFUSED)
def test_what_cannot_be_trusted_is_refused_by_its_code(limb, series, code, edit):
    assert refused(series(limb(), edit=edit)) == code


def test_missing_rescale_is_accepted_only_where_the_numbers_are_hu(limb, series):
    remove = tags(RescaleSlope=None, RescaleIntercept=None)
    assert codes(open_scan(series(limb(), name="hu", edit=remove, intercept=0))) == [("caveat", "RESCALE_MISSING")]
    assert refused(series(limb(), name="raw", edit=remove, intercept=-1024)) == "RESCALE_MISSING"
    some = tags({7}, RescaleSlope=None, RescaleIntercept=None)
    found = codes(open_scan(series(limb(), name="some", edit=some, intercept=0)))
    assert found == [("caveat", "RESCALE_MISSING")], "what the others say changes no number"


@pytest.mark.parametrize(("age", "expected"), [("012Y", [("withhold", "AGE_UNDER_18")]), ("045Y", [])])
def test_children_are_not_assessed(limb, series, age, expected):
    assert codes(open_scan(series(limb(), edit=tags(PatientAge=age)))) == expected


def test_a_mixed_orientation_keeps_the_largest_stack(limb, series):
    scan = open_scan(series(limb(), edit=tags({15}, ImageOrientationPatient=[0, 1, 0, 0, 0, -1])))
    assert codes(scan) == [("caveat", "ORIENTATION_MIXED")]
    assert scan.volume.hu.shape[2] == 15


def test_a_frame_of_many_that_does_not_tell_its_place_may_be_a_slice(limb, enhanced, tmp_path):
    path = enhanced(limb(), tmp_path / "enhanced.dcm", 16)
    dataset = dcmread(path)
    del dataset.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence
    dataset.save_as(path, enforce_file_format=True)
    scan = open_scan(path)
    assert codes(scan) == [("caveat", "IMAGES_UNPLACED")] and scan.volume.hu.shape[2] == 15


def test_an_enhanced_multi_frame_file_is_a_scan(limb, enhanced, tmp_path):
    hu = limb()
    scan = open_scan(enhanced(hu, tmp_path / "enhanced.dcm", 16))
    assert np.array_equal(scan.volume.hu, hu)
    assert scan.volume.grid.spacing == pytest.approx((0.5, 0.6, 2.0))


def test_copies_of_a_file_of_many_images_are_compared_in_one_pass_that_can_be_cancelled(limb, enhanced, tmp_path, monkeypatch):
    for name in ("a.dcm", "b.dcm"):
        enhanced(limb(), tmp_path / name, 16)
    loaded, real = [], dicom_headers.load
    monkeypatch.setattr(dicom_headers, "load", lambda path, pixels: loaded.append(pixels) or real(path, pixels=pixels))
    scan = open_scan(tmp_path)
    assert codes(scan) == [("caveat", "SLICE_DUPLICATE")] and np.array_equal(scan.volume.hu, limb())
    assert loaded.count(True) == 3, "each for the comparison, and one for the slices"
    asked = []
    with pytest.raises(Cancelled):
        open_scan(tmp_path, cancelled=lambda: asked.append(1) or len(asked) > 6)


@pytest.mark.parametrize(
    ("count", "told"), [(15, "hold 15 images"), (17, "hold 17 images"), (1, "hold 1 images"), (None, "not say how many")]
)
def test_a_wrong_number_of_frames_is_said(limb, enhanced, tmp_path, count, told):
    file = enhanced(limb(), tmp_path / "enhanced.dcm", count)
    for path in (file, tmp_path):
        with pytest.raises(ScanError, match=f"FRAME_COUNT_WRONG: .*{told}.*") as caught:
            open_scan(path)
        assert "16" in caught.value.message


def test_a_wrong_number_of_frames_costs_no_other_series(limb, series, enhanced):
    folder = series(limb())
    file = enhanced(limb(), folder / "enhanced.dcm", 15)
    scan = open_scan(folder)
    assert scan.volume.hu.shape[2] == 16 and "1 images with a wrong number of frames" in scan.findings[0].message
    assert refused(file) == "FRAME_COUNT_WRONG"


def test_cancelling_stops_the_reading(limb, series):
    asked = []

    def later() -> bool:
        asked.append(1)
        return len(asked) > 20

    with pytest.raises(Cancelled):
        open_scan(series(limb()), cancelled=later)
    assert len(asked) == 21


def test_the_real_foot_and_its_nifti_twin_are_the_same(third_party, tmp_path):
    scan = open_scan(third_party / "ct" / "vhf-foot")
    assert scan.volume.hu.shape == (512, 512, 150)
    assert scan.volume.grid.spacing == (1, 1, 1)
    assert (scan.volume.hu.min(), scan.volume.hu.max()) == (-1024, 1744)
    assert codes(scan) == []
    write_nifti(scan.volume, None, tmp_path / "twin.nii")
    twin = open_scan(tmp_path / "twin.nii")
    assert np.array_equal(twin.volume.hu, scan.volume.hu)
    assert np.abs(twin.volume.grid.affine - scan.volume.grid.affine).max() <= 1e-3
    assert [f.code for f in twin.findings] == [f.code for f in scan.findings]


def test_a_real_tilted_and_uneven_head(third_party, tmp_path):
    folder = third_party / "dicom" / "tilt-ge"
    with pytest.raises(ScanError) as caught:
        open_scan(folder)
    assert caught.value.code == "SPACING_UNEVEN"
    assert "18.5 degrees" in caught.value.message
    for n in range(1, 15):
        shutil.copy(folder / f"{n:02d}.dcm", tmp_path)
    scan = open_scan(tmp_path)
    assert codes(scan) == [("caveat", "GANTRY_TILT"), ("withhold", "SLICES_THICK")]
    assert scan.volume.grid.spacing[2] == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("dicom/transfer-syntaxes/no-pixel-data.dcm", "NO_PIXELS"),
        ("dicom/transfer-syntaxes/no-pixel-spacing.dcm", "MODALITY_NOT_CT"),
        ("dicom/enhanced-ct.dcm", "TOO_FEW_SLICES"),
        ("dicom/bad-sequence.dcm", "TOO_FEW_SLICES"),
        ("dicom/explicit-vr-un.dcm", "TOO_FEW_SLICES"),
    ],
)
def test_real_files_that_are_no_scan(third_party, tmp_path, name, code):
    shutil.copy(third_party / name, tmp_path)
    assert refused(tmp_path) == code


def test_a_slice_that_ends_within_its_header_is_no_image_of_another_method(limb, series, tmp_path):
    folder = series(limb())
    last = max(folder.iterdir(), key=lambda f: float(dicom_headers.load(f, pixels=False).ImagePositionPatient[2]))
    whole = last.read_bytes()
    for cut in (400, 480, 560, 640):
        last.write_bytes(whole[:cut])
        scan = open_scan(folder)
        assert scan.volume.hu.shape[2] == 15
        assert codes(scan) == [("info", "OBJECTS_SKIPPED"), ("caveat", "IMAGES_CUT_OFF")], cut
        assert refused(last) == "DICOM_MALFORMED"
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "stump").write_bytes(whole[:400])
    assert refused(alone) == "DICOM_MALFORMED"


@pytest.mark.parametrize(("name", "left"), [("{}.dcm", b""), ("{}", bytes(4096)), ("1.2.3.{}", b"")])
def test_what_a_full_disk_leaves_of_a_slice_is_told(limb, series, name, left):
    folder = series(limb())
    for n, file in enumerate(sorted(folder.iterdir())):
        file.rename(folder / name.format(n))
    last = max(folder.iterdir(), key=lambda f: float(dicom_headers.load(f, pixels=False).ImagePositionPatient[2]))
    last.write_bytes(left)
    (folder / "empty.txt").touch()
    scan = open_scan(folder)
    assert codes(scan) == [("info", "OBJECTS_SKIPPED"), ("caveat", "IMAGES_CUT_OFF")]
    assert "1 images that are cut off, 1 other files" in scan.findings[0].message


@pytest.mark.parametrize(("name", "lost"), [("IM{:04}", "IM0016"), ("1.2.840.{}.7", "1.2.840.16.3.7"), ("{:08X}", "0000A0FE")])
def test_an_empty_file_that_is_called_otherwise_is_no_lost_slice(limb, series, name, lost):
    """Slices often have no ending, and neither have locks, notes and what systems leave in folders."""
    folder = series(limb())
    for n, file in enumerate(sorted(folder.iterdir())):
        file.rename(folder / name.format(n))
    for other in (".nomedia", ".0001", "LOCKFILE", "Icon", "README", "IM.lock"):
        (folder / other).touch()
    scan = open_scan(folder)
    assert codes(scan) == [("info", "OBJECTS_SKIPPED")] and "6 other files" in scan.findings[0].message
    (folder / lost).touch()
    assert codes(open_scan(folder)) == [("info", "OBJECTS_SKIPPED"), ("caveat", "IMAGES_CUT_OFF")]


def test_a_hidden_empty_file_is_no_lost_slice_whatever_its_ending(limb, series):
    folder = series(limb())
    assert {file.suffix for file in folder.iterdir()} == {".dcm"}
    (folder / "._00.dcm").touch()
    assert codes(open_scan(folder)) == [("info", "OBJECTS_SKIPPED")]


@pytest.mark.parametrize(
    ("step", "thickness", "expected"),
    [
        (1.0, None, []),
        (2.0, 2.0, []),
        (2.5, None, [("caveat", "SLICES_THICK")]),
        (1.0, 3.0, [("caveat", "SLICES_THICK")]),
        (4.0, 4.0, [("withhold", "SLICES_THICK")]),
        (1.0, 5.0, [("withhold", "SLICES_THICK")]),
        (3.0, 1.0, [("caveat", "SLICES_THICK"), ("caveat", "SLICES_SPARSE")]),
        (1.0, 0.0, []),  # no thickness
    ],
)
def test_thick_slices_are_told(limb, series, step, thickness, expected):
    assert codes(open_scan(series(limb(), step=step, **({} if thickness is None else {"SliceThickness": thickness})))) == expected


def test_the_directory_of_a_disc_stands_for_what_lies_beside_and_below_it(limb, series, directory):
    folder = series(limb())
    below = folder / "DICOM" / "ST0"
    below.mkdir(parents=True)
    for file in folder.glob("*.dcm"):
        file.rename(below / file.name)
    disc = directory(folder / "DICOMDIR")
    scan = open_scan(disc)
    assert np.array_equal(scan.volume.hu, limb()) and scan.path == str(disc)
    assert codes(scan) == [("info", "OBJECTS_SKIPPED")] and "1 directories" in scan.findings[0].message
    (found,) = list_series(disc, lambda _share, _what: None, lambda: False)
    assert found.slices == 16 and np.array_equal(open_scan(disc, pick=found.key).volume.hu, limb())
