"""Simulated scans as DICOM series: one CT image file per slice, as a scanner would send them, for readers and for archives.

Attributes follow DICOM PS3.3 A.3 (CT Image IOD). UIDs, dates and bytes depend on the scan alone (its name, voxels and grid): the
same order gives the same files, and another order others, whose UIDs no archive takes for theirs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ankleviewer.core.geometry import Array
from ankleviewer.core.volume import Volume

DATE = "20200101"  # no scan was made on it; a date must stand there, and today's would change the bytes
# (pixel representation, slope, intercept): values from -1024 up fit each of them, padding only the signed ones
STORAGE = ((1, 1.0, 0.0), (1, 1.0, -1024.0), (0, 1.0, -1024.0), (1, 0.5, 0.0))
PADDING_BELOW_HU = -1024


def write_series(volume: Volume, folder: Path, name: str, age: int | None = None, patient: str = "") -> None:
    """Write a scan as `folder`/0001.dcm and so on, the lowest slice first; an older folder of that name is replaced.

    Args:
        volume: HU on a grid with orthogonal axes.
        name: the scan's id.
        age: years, or None.
        patient: the body's id, which stands where a patient's would; none: the scan's.

    Raises:
        ValueError: the grid's axes are not orthogonal, or a value does not fit 16 bits.
        OSError: not writable.
    """
    from ankleviewer.io.dicom.library import prepare_pydicom

    prepare_pydicom()
    axes, spacing = _axes(volume)
    padded = int(volume.hu.min()) < PADDING_BELOW_HU
    storage = [way for way in STORAGE if way[0] or not padded]
    signed, slope, intercept = storage[zlib.crc32(name.encode()) % len(storage)]
    stored = np.rint((volume.hu.astype(np.float64) - intercept) / slope)
    limits = (-(2**15), 2**15 - 1) if signed else (0, 2**16 - 1)
    if stored.min() < limits[0] or stored.max() > limits[1]:
        raise ValueError(f"values {stored.min():.0f} to {stored.max():.0f} do not fit 16 bits")
    pixels = stored.astype("<i2" if signed else "<u2")
    content = hashlib.sha256(np.asarray([*volume.grid.affine.flat, *volume.hu.shape], dtype=np.float64).tobytes())
    content.update(pixels.tobytes())
    who = (name, patient or name, content.hexdigest())
    staging = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        for k in range(pixels.shape[2]):
            data = _image(who, k, axes, spacing, volume.grid.to_mm((0, 0, k)), pixels.shape[2])
            data.Columns, data.Rows = pixels.shape[:2]
            data.PixelRepresentation = signed
            if age is not None:
                data.PatientAge = f"{age:03d}Y"
            if padded:
                data.PixelPaddingValue = int(stored.min())
            data.RescaleSlope, data.RescaleIntercept = slope, intercept
            data.PixelData = np.ascontiguousarray(pixels[:, :, k].T).tobytes()
            data.save_as(staging / f"{k + 1:04d}.dcm", enforce_file_format=True)
        if folder.exists():
            shutil.rmtree(folder)
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _axes(volume: Volume) -> tuple[Array, tuple[float, float, float]]:
    spacing = volume.grid.spacing
    axes = volume.grid.affine[:3, :3] / np.asarray(spacing)
    if not np.allclose(axes.T @ axes, np.eye(3), atol=1e-4):
        raise ValueError("the axes of the grid are not orthogonal; a DICOM series cannot hold it")
    if np.linalg.det(axes) < 0:
        raise ValueError("the slices of the grid run against their normal; turn the array over first")
    return axes, spacing


def _image(
    who: tuple[str, str, str], k: int, axes: Array, spacing: tuple[float, float, float], position: Array, slices: int
) -> Any:
    """Everything of slice k but its pixels. `who`: the scan, the body, the digest of what the scan holds."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, generate_uid

    name, patient, content = who

    def uid(*parts: str) -> UID:
        return generate_uid(entropy_srcs=["ankle-trainer simulate", name, content, *parts])

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = uid("image", str(k))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SpecificCharacterSet = "ISO_IR 192"
    data.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.StudyDate = data.SeriesDate = data.ContentDate = DATE
    data.StudyTime = data.SeriesTime = data.ContentTime = "120000"
    data.AccessionNumber = data.ReferringPhysicianName = data.PatientBirthDate = data.PatientSex = ""
    data.Modality, data.Manufacturer, data.ManufacturerModelName = "CT", "AnkleViewer", "ankle simulator"
    data.StudyDescription, data.SeriesDescription = f"Simulated ankle CT {name}", "Simulated, not a patient"
    data.PatientName, data.PatientID = f"SIMULATED^{patient}", patient
    data.BodyPartExamined, data.PatientPosition = "ANKLE", "FFS"
    data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = uid("study"), uid("series"), uid("frame")
    data.StudyID, data.SeriesNumber, data.AcquisitionNumber, data.InstanceNumber = "1", 1, 1, k + 1
    data.Laterality = ""  # type 2C (PS3.3 C.7.3.1): a program finds the side for itself
    data.ImagesInAcquisition = slices
    data.PositionReferenceIndicator = ""
    data.KVP = "120"
    data.ImageOrientationPatient = [_number(v) for v in (*axes[:, 0], *axes[:, 1])]
    data.ImagePositionPatient = [_number(v) for v in position]
    data.SliceLocation = _number(float(axes[:, 2] @ position))
    data.PixelSpacing = [_number(spacing[1]), _number(spacing[0])]  # between rows first (PS3.3 10.7.1.3)
    data.SliceThickness = data.SpacingBetweenSlices = _number(spacing[2])
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, 16, 15
    data.RescaleType = "HU"
    data.WindowCenter, data.WindowWidth = "500", "2000"
    return data


def _number(value: float) -> str:
    """Decimal string of at most 16 characters (PS3.5, DS)."""
    text = f"{value:.10g}"
    return text if len(text) <= 16 else f"{value:.8g}"
