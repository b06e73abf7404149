"""The images that a scan was read from are found again wherever they were read from, and nowhere else."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from pydicom import dcmread

from ankleviewer.core.errors import AnkleViewerError, Cancelled
from ankleviewer.io.originals import originals
from ankleviewer.io.reader import open_scan


@pytest.fixture
def folder(series, limb) -> Path:
    return series(limb())


def test_headers_come_whole_in_the_order_of_the_slices(folder) -> None:
    scan = open_scan(folder)
    found = originals(scan.path, scan.images)
    assert [str(image.SOPInstanceUID) for image in found] == [uid for uid, _ in scan.images] and len(found) == 16
    heights = [float(image.ImagePositionPatient[2]) for image in found]
    assert heights == sorted(heights)
    assert str(found[0].PatientName) == "Secret^Name" and "PixelData" not in found[0] and "BitsStored" in found[0]


def test_a_slice_or_a_zip_leads_to_the_same_images(folder, tmp_path) -> None:
    first = min(folder.iterdir())
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
    for path in (first, packed):
        scan = open_scan(path)
        assert [str(i.SOPInstanceUID) for i in originals(path, scan.images)] == [uid for uid, _ in scan.images]


def test_a_second_copy_and_other_files_do_no_harm(folder) -> None:
    scan = open_scan(folder)
    shutil.copy(min(folder.iterdir()), folder / "again.dcm")
    (folder / "notes.txt").write_text("nothing")
    assert len(originals(folder, scan.images)) == 16


@pytest.mark.parametrize("gone", ["one", "all"])
def test_what_is_gone_is_told(folder, gone) -> None:
    scan = open_scan(folder)
    if gone == "one":
        min(folder.iterdir()).unlink()
    else:
        shutil.rmtree(folder)
    with pytest.raises(AnkleViewerError, match=rf"ORIGINALS_GONE: {15 if gone == 'one' else 0} of the scan's 16 DICOM files"):
        originals(scan.path, scan.images)


def test_no_images_at_all_are_no_answer(tmp_path) -> None:
    with pytest.raises(AnkleViewerError, match="ORIGINALS_GONE"):
        originals(tmp_path, ())
    with pytest.raises(AnkleViewerError, match="ORIGINALS_GONE"):
        originals(tmp_path, (("", ""),))


def test_it_can_be_stopped(folder) -> None:
    with pytest.raises(Cancelled):
        originals(folder, open_scan(folder).images, cancelled=lambda: True)


def test_a_file_counts_by_its_bytes_and_not_by_its_number(folder, tmp_path) -> None:
    """A copy with another patient's name, or one that was replaced since, bears the same number."""
    scan = open_scan(folder)
    other = folder / "0-other.dcm"
    data = dcmread(min(folder.iterdir()))
    data.PatientName = "Somebody^Else"
    data.save_as(other, enforce_file_format=True)
    assert {str(image.PatientName) for image in originals(folder, scan.images)} == {"Secret^Name"}
    other.replace(min(file for file in folder.iterdir() if file != other))
    with pytest.raises(AnkleViewerError, match="ORIGINALS_GONE: 15 of the scan's 16"):
        originals(folder, scan.images)


def test_what_the_reader_left_out_stands_in_nobody_s_way(folder) -> None:
    scan = open_scan(folder)
    (folder / "0.dcm").write_bytes(b"\x08\0xxxx" + b"\0" * 400)
    (folder / "1.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 40)
    assert len(originals(folder, scan.images)) == 16


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs a right there")
def test_a_link_to_a_slice_leads_to_its_folder(folder, tmp_path) -> None:
    link = tmp_path / "link.dcm"
    link.symlink_to(min(folder.iterdir()))
    scan = open_scan(link)
    assert len(originals(link, scan.images)) == 16
