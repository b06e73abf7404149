"""The images that a scan was read from are found again wherever they were read from, and nowhere else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ankleviewer.core.errors import AnkleViewerError, Cancelled
from ankleviewer.io.originals import originals
from ankleviewer.io.reader import open_scan


@pytest.fixture
def folder(series, limb) -> Path:
    return series(limb())


def test_headers_come_whole_in_the_order_of_the_slices(folder) -> None:
    scan = open_scan(folder)
    found = originals(scan.path, scan.instances)
    assert [str(image.SOPInstanceUID) for image in found] == list(scan.instances) and len(found) == 16
    heights = [float(image.ImagePositionPatient[2]) for image in found]
    assert heights == sorted(heights)
    assert str(found[0].PatientName) == "Secret^Name" and "PixelData" not in found[0] and "BitsStored" in found[0]


def test_a_slice_or_a_zip_leads_to_the_same_images(folder, tmp_path) -> None:
    first = min(folder.iterdir())
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
    for path in (first, packed):
        scan = open_scan(path)
        assert [str(i.SOPInstanceUID) for i in originals(path, scan.instances)] == list(scan.instances)


def test_a_second_copy_and_other_files_do_no_harm(folder) -> None:
    scan = open_scan(folder)
    shutil.copy(min(folder.iterdir()), folder / "again.dcm")
    (folder / "notes.txt").write_text("nothing")
    assert len(originals(folder, scan.instances)) == 16


@pytest.mark.parametrize("gone", ["one", "all"])
def test_what_is_gone_is_told(folder, gone) -> None:
    scan = open_scan(folder)
    if gone == "one":
        min(folder.iterdir()).unlink()
    else:
        shutil.rmtree(folder)
    with pytest.raises(AnkleViewerError, match=rf"ORIGINALS_GONE: {15 if gone == 'one' else 0} of the scan's 16 DICOM files"):
        originals(scan.path, scan.instances)


def test_no_images_at_all_are_no_answer(tmp_path) -> None:
    with pytest.raises(AnkleViewerError, match="ORIGINALS_GONE"):
        originals(tmp_path, ())
    with pytest.raises(AnkleViewerError, match="ORIGINALS_GONE"):
        originals(tmp_path, ("",))


def test_it_can_be_stopped(folder) -> None:
    with pytest.raises(Cancelled):
        originals(folder, open_scan(folder).instances, cancelled=lambda: True)
