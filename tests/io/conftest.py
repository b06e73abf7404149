"""Scans for the tests of the readers: plausible HU in any wrapping, sound or broken."""

from __future__ import annotations

import errno
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ankleviewer.io.dicom.library import prepare_pydicom

prepare_pydicom()


@pytest.fixture(scope="session")
def third_party() -> Path:
    folder = os.environ.get("ANKLEVIEWER_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("ANKLEVIEWER_TEST_DATA does not name the folder with the third-party test data")
    return Path(folder)


def limb_hu(shape: tuple[int, int, int]) -> NDArray[np.int16]:
    """Air, flesh, and bone that differs in every slice; (columns, rows, slices), HU."""
    rng = np.random.default_rng(3)
    x, y = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    r = np.hypot(x - 0.1, y)[:, :, None] + np.zeros(shape)
    hu = np.where(r < 0.6, 45.0, -1000.0)
    bone = r < 0.3
    hu[bone] = rng.uniform(200, 1400, bone.sum())
    hu += np.arange(shape[2])
    return np.rint(hu).astype(np.int16)


@pytest.fixture
def limb() -> Callable[..., NDArray[np.int16]]:
    def make(shape=(24, 20, 16)):
        return limb_hu(shape)

    return make


def slice_dataset(
    hu,
    k: int,
    *,
    spacing=(0.5, 0.5),
    step=1.0,
    series="1.2.3.4",
    position=None,
    orientation=(1, 0, 0, 0, 1, 0),
    slope=1.0,
    intercept=-1024.0,
    modality="CT",
    **tags,
):
    """One CT slice as a pydicom data set; `hu` is (columns, rows)."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[series, str(k)])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    ds.Modality, ds.SeriesInstanceUID, ds.ImageType = modality, series, ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.PatientName, ds.PatientID = "Secret^Name", "SECRET-ID"
    ds.ImagePositionPatient = [float(v) for v in (position if position is not None else (-10, -20, 5 + step * k))]
    ds.ImageOrientationPatient = [float(v) for v in orientation]
    ds.PixelSpacing = [float(v) for v in spacing]
    ds.Rows, ds.Columns = hu.shape[1], hu.shape[0]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit, ds.PixelRepresentation = 15, 1
    ds.RescaleSlope, ds.RescaleIntercept = slope, intercept
    ds.PixelData = np.rint((hu.T.astype(float) - intercept) / slope).astype("<i2").tobytes()
    for name, value in tags.items():
        if value is None:
            delattr(ds, name)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pydicom warns about the very oddities that tests put in
                setattr(ds, name, value)
    return ds


@pytest.fixture
def unreadable(monkeypatch) -> Callable[[Path], None]:
    """unreadable(path): a file that others may not open, for the super-user too, whom no permission keeps out."""
    paths, plain = set(), open

    def guarded(file, *args, **more):
        if file in paths:
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return plain(file, *args, **more)

    monkeypatch.setattr("builtins.open", guarded)
    return paths.add


@pytest.fixture
def one_slice() -> Callable:
    return slice_dataset


@pytest.fixture
def series(tmp_path) -> Callable[..., Path]:
    """series(hu, edit=..., **options): a folder of one file per slice, in shuffled order; edit(k, dataset) may return None."""

    def make(hu, name="scan", edit=lambda k, ds: ds, **options) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for k in range(hu.shape[2]):
            ds = edit(k, slice_dataset(hu[:, :, k], k, **options))
            if ds is not None:
                ds.save_as(folder / f"{options.get('series', '')}_{(k * 7) % 101:03d} ({k}).dcm", enforce_file_format=True)
        return folder

    return make


def enhanced_file(hu, path: Path, count: int | None, **tags) -> Path:
    """One multi-frame file, its slices in descending order, voxels of 0.5, 0.6 and 2 mm; `count` is the Number of Frames."""
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence
    from pydicom.uid import EnhancedCTImageStorage

    def item(**values):
        made = Dataset()
        for name, value in values.items():
            setattr(made, name, value)
        return Sequence([made])

    ds = slice_dataset(hu[:, :, 0], 0, **tags)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "RescaleSlope", "RescaleIntercept"):
        delattr(ds, name)
    shared = Dataset()
    shared.PixelMeasuresSequence = item(PixelSpacing=[0.6, 0.5], SliceThickness=2.0)
    shared.PixelValueTransformationSequence = item(RescaleSlope=1, RescaleIntercept=-1024)
    shared.PlaneOrientationSequence = item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    order = list(range(hu.shape[2]))[::-1]
    per_frame = []
    for k in order:
        one = Dataset()
        one.PlanePositionSequence = item(ImagePositionPatient=[0, 0, 2.0 * k])
        per_frame.append(one)
    ds.PerFrameFunctionalGroupsSequence = Sequence(per_frame)
    if count is not None:
        ds.NumberOfFrames = count
    ds.PixelData = b"".join((hu[:, :, k].T + 1024).astype("<i2").tobytes() for k in order)
    ds.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture
def enhanced() -> Callable[..., Path]:
    return enhanced_file


@pytest.fixture
def directory() -> Callable[[Path], Path]:
    """directory(path): a DICOMDIR, whose class stands in its first group alone."""

    def make(path: Path) -> Path:
        from pydicom.dataset import FileDataset, FileMetaDataset
        from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage, generate_uid

        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = MediaStorageDirectoryStorage, generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        ds.FileSetID, ds.FileSetConsistencyFlag, ds.DirectoryRecordSequence = "DISC", 0, []
        ds.save_as(path, enforce_file_format=True)
        return path

    return make
