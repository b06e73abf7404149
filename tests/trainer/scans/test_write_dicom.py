"""DICOM series of simulated scans: the project's own reader and others find the same voxels at the same places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.io.reader import open_scan
from trainer.scans.write_dicom import STORAGE, write_series

NAMES = ("ankle-5-00000", "ankle-5-00001", "ankle-5-00004", "ankle-5-00005")


def scan(tilt: float = 0.0) -> Volume:
    rng = np.random.default_rng(0)
    shape = (40, 36, 12)
    hu = np.full(shape, -1000, dtype=np.int16)
    hu[10:30, 8:28] = rng.integers(-100, 1500, (20, 20, 12))
    hu[0, 0] = -1024
    hu[15, 15] = 3071
    affine = np.diag([0.71, 0.83, 1.37, 1.0])
    turn = np.eye(4)
    turn[:3, :3] = [[np.cos(tilt), -np.sin(tilt), 0], [np.sin(tilt), np.cos(tilt), 0], [0, 0, 1]]
    affine = turn @ affine
    affine[:3, 3] = (-31.4159, 12.5, -77.25)
    return Volume(hu, Grid(shape, affine))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tilt", [0.0, 0.3])
def test_the_reader_finds_what_was_written(tmp_path: Path, name: str, tilt: float) -> None:
    volume = scan(tilt)
    write_series(volume, tmp_path / name, name)
    found = open_scan(tmp_path / name).volume
    np.testing.assert_array_equal(found.hu, volume.hu)
    np.testing.assert_allclose(found.grid.affine, volume.grid.affine, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_padding_and_age_are_written_as_scanners_do(tmp_path: Path, name: str) -> None:
    import pydicom

    volume = scan()
    volume.hu[:, :3] = -3024
    write_series(volume, tmp_path / name, name, age=7)
    slice_one = pydicom.dcmread(tmp_path / name / "0001.dcm")
    assert slice_one.PatientAge == "007Y"
    value = slice_one.PixelPaddingValue * slice_one.RescaleSlope + slice_one.RescaleIntercept
    assert value == -3024
    found = open_scan(tmp_path / name).volume
    assert found.padding is not None and found.padding[:, :3].all() and not found.padding[:, 3:].any()
    np.testing.assert_array_equal(found.hu, np.maximum(volume.hu, -1024))


def test_all_ways_of_storing_are_met() -> None:
    import zlib

    assert {zlib.crc32(n.encode()) % len(STORAGE) for n in NAMES} == set(range(len(STORAGE)))


def test_simpleitk_agrees(tmp_path: Path) -> None:
    sitk = pytest.importorskip("SimpleITK", reason="SimpleITK comes with the bench extra")
    volume = scan()
    write_series(volume, tmp_path / "s", "s")
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path / "s")))
    image = reader.Execute()
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image).transpose(2, 1, 0), volume.hu)
    np.testing.assert_allclose(image.GetSpacing(), volume.grid.spacing, rtol=1e-5)
    np.testing.assert_allclose(image.GetOrigin(), volume.grid.affine[:3, 3], atol=1e-4)


def test_the_attributes_are_those_of_a_ct_image(tmp_path: Path) -> None:
    import pydicom

    write_series(scan(), tmp_path / "s", "s")
    files = sorted((tmp_path / "s").iterdir())
    assert [f.name for f in files] == [f"{k + 1:04d}.dcm" for k in range(12)]
    one, two = (pydicom.dcmread(f) for f in files[:2])
    assert one.Modality == "CT" and one.SOPClassUID == pydicom.uid.CTImageStorage
    assert one.SeriesInstanceUID == two.SeriesInstanceUID and one.SOPInstanceUID != two.SOPInstanceUID
    assert [float(v) for v in one.PixelSpacing] == [0.83, 0.71], "between rows first"
    assert str(one.PatientName).startswith("SIMULATED")


def test_the_same_scan_gives_the_same_bytes_and_replaces_an_older_one(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_series(scan(), tmp_path / folder, "s")
    (tmp_path / "b" / "9999.dcm").write_bytes(b"old")
    write_series(scan(), tmp_path / "b", "s")
    names = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert sorted(p.name for p in (tmp_path / "b").iterdir()) == names
    assert all((tmp_path / "a" / n).read_bytes() == (tmp_path / "b" / n).read_bytes() for n in names)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_another_scan_of_the_same_name_has_other_uids(tmp_path: Path) -> None:
    """An archive drops an image whose UID it has, or puts it into the other's series."""
    import pydicom

    other, finer = scan(), scan()
    other.hu[5, 5, 5] += 1
    affine = finer.grid.affine.copy()
    affine[2, 2] /= 2
    for folder, volume in {"a": scan(), "b": other, "c": Volume(finer.hu, Grid(finer.grid.shape, affine))}.items():
        write_series(volume, tmp_path / folder, "s", patient="body-1")
    heads = [[pydicom.dcmread(f) for f in sorted((tmp_path / folder).iterdir())] for folder in "abc"]
    for tag in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"):
        assert len({str(h[3][tag].value) for h in heads}) == 3, tag
    assert {str(h.PatientID) for series in heads for h in series} == {"body-1"}
    assert {str(h.PatientName) for series in heads for h in series} == {"SIMULATED^body-1"}


def test_what_a_series_cannot_hold_is_refused(tmp_path: Path) -> None:
    skewed = np.eye(4)
    skewed[0, 1] = 0.2
    upside_down = np.diag([1.0, 1.0, -1.0, 1.0])
    hu = np.zeros((4, 4, 4), dtype=np.int16)
    with pytest.raises(ValueError, match="not orthogonal"):
        write_series(Volume(hu, Grid((4, 4, 4), skewed)), tmp_path / "s", "s")
    with pytest.raises(ValueError, match="against their normal"):
        write_series(Volume(hu, Grid((4, 4, 4), upside_down)), tmp_path / "s", "s")
    assert list(tmp_path.iterdir()) == []
