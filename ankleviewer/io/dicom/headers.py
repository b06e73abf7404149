"""DICOM headers to frames: which images a file holds, where each lies, how its numbers become HU. No pixels are decoded here."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from ankleviewer.core.errors import ScanError
from ankleviewer.io import guard
from ankleviewer.io.dicom.library import prepare_pydicom

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT = ("1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2")
DIRECTORY = "1.2.840.10008.1.3.10"
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
MAX_INFLATED = 256_000_000
HEADER_TAGS = [
    "SOPClassUID",
    "SOPInstanceUID",
    "Modality",
    "ImageType",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "SeriesDescription",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "Rows",
    "Columns",
    "NumberOfFrames",
    "RescaleSlope",
    "RescaleIntercept",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "PixelRepresentation",
    "BitsAllocated",
    "BitsStored",
    "LossyImageCompression",
    "RescaleType",
    "AcquisitionNumber",
    "SamplesPerPixel",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
    "Laterality",
    "ImageLaterality",
    "PatientAge",
    "PatientName",  # and the number: only to be kept out of what is shown (io.series)
    "PatientID",
    "PatientBirthDate",
    "StudyDate",
    "ConvolutionKernel",
    "SliceThickness",
]


@dataclass(frozen=True)
class Frame:
    """One image plane.

    Attributes:
        path, index: the file and the 0-based frame in it.
        series: SeriesInstanceUID (0020,000E).
        rows, columns: (0028,0010), (0028,0011).
        position: centre of the first pixel, LPS mm (0020,0032).
        orientation: directions of a row and of a column, two unit vectors (0020,0037).
        spacing: mm between rows, between columns (0028,0030); None where the file does not say.
        rescale: slope and intercept (0028,1053), (0028,1052); None where the file does not say.
        padding: lowest and highest stored number that means "no value" (0028,0120), (0028,0121); None if none.
        instance: SOPInstanceUID (0008,0018) of the file, "" where it does not say.
        acquisition: number of the scanner's run (0020,0012), (0020,9156); None where the file does not say.
    """

    path: Path
    index: int
    series: str
    rows: int
    columns: int
    position: tuple[float, float, float]
    orientation: tuple[float, float, float, float, float, float]
    spacing: tuple[float, float] | None
    rescale: tuple[float, float] | None
    padding: tuple[int, int] | None
    instance: str = ""
    acquisition: int | None = None


@dataclass(frozen=True)
class Description:
    """The few facts beside the geometry that are kept; nothing that names a patient."""

    laterality: str
    age_years: float | None
    kernel: str
    thickness_mm: float | None


def load(path: Path, pixels: bool, every_tag: bool = False) -> Any:
    """A file as a pydicom Dataset; a deflated one is inflated with a bound first.

    Args:
        path: a file that `guard.kind_of` calls DICOM.
        pixels: False reads the header's needed tags only, or all of them with `every_tag`.

    Raises:
        ScanError: TS_DEFLATED, FILE_TRUNCATED or DICOM_MALFORMED; anything of pydicom's passes to the border in `reader`.
    """
    prepare_pydicom()
    import pydicom
    from pydicom.filereader import read_dataset, read_file_meta_info

    with open(path, "rb") as stream:
        head = stream.read(132)
    if head[128:132] != b"DICM":
        bare = pydicom.dcmread(path, force=True, stop_before_pixels=not pixels)
        if "SOPClassUID" not in bare:
            raise ScanError("DICOM_MALFORMED", "A file is neither DICOM nor any other scan.")
        return bare
    meta = read_file_meta_info(path)
    if str(meta.get("TransferSyntaxUID", "")) != DEFLATED:
        tags = None if pixels or every_tag else HEADER_TAGS
        return pydicom.dcmread(path, stop_before_pixels=not pixels, force=True, specific_tags=tags)
    raw = path.read_bytes()
    group_length = struct.unpack("<I", raw[140:144])[0] if raw[132:136] == b"\x02\0\0\0" else None
    if group_length is None:
        raise ScanError("DICOM_MALFORMED", "A deflated file does not say where its data begin.")
    try:
        body = guard.inflate_bounded(raw[144 + group_length :], MAX_INFLATED)
    except ScanError as error:
        raise ScanError("TS_DEFLATED" if error.code == "ARCHIVE_BOMB" else error.code, error.message) from None
    dataset: Any = read_dataset(BytesIO(body), is_implicit_VR=False, is_little_endian=True)
    dataset.file_meta = meta
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(EXPLICIT_LITTLE)
    dataset.set_original_encoding(False, True)
    return dataset


def numbers(value: Any, count: int) -> tuple[float, ...] | None:
    """A multi-valued number as floats; None unless there are exactly `count` finite ones."""
    if value is None or isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        return None
    try:
        result = tuple(float(v) for v in value)
    except (TypeError, ValueError):
        return None
    return result if len(result) == count and np.isfinite(result).all() else None


def number(value: Any) -> float | None:
    """One finite float, or None."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        return None
    return result if np.isfinite(result) else None


def is_localizer(dataset: Any) -> bool:
    """Whether ImageType (0008,0008) calls the image a localizer (scout view)."""
    kinds = dataset.get("ImageType") or []
    return any(str(kind).strip().upper() == "LOCALIZER" for kind in ([kinds] if isinstance(kinds, str) else kinds))


def is_cut_off(dataset: Any) -> bool:
    """Whether a file that calls itself a CT image in its first group (0002,0002) ends before it has told what every image tells:
    pydicom takes the end of a file for the end of its header.
    """
    kind = _class_of(getattr(dataset, "file_meta", {}))
    return kind in (CT_IMAGE, *ENHANCED_CT) and any(tag not in dataset for tag in ("Modality", "Rows", "Columns"))


def miscounted(dataset: Any) -> ScanError | None:
    """What is wrong with an enhanced file whose Number of Frames (0028,0008) is not that of the images that it describes one by
    one (5200,9230): which of its images are where cannot be told then. None where nothing is.
    """
    described = len(dataset.get("PerFrameFunctionalGroupsSequence") or [])
    claimed = number(dataset.get("NumberOfFrames"))
    if not described or (described == 1 and claimed is None) or described == claimed:
        return None
    if claimed is None:
        return ScanError(
            "FRAME_COUNT_WRONG", f"The file describes {described} images, but does not say how many it holds (Number of Frames)."
        )
    return ScanError(
        "FRAME_COUNT_WRONG",
        f"The file claims to hold {claimed:.0f} images (Number of Frames), but describes {described}; which is right is unknown.",
    )


def frames_of(dataset: Any, path: Path) -> list[Frame]:
    """The planes in a file that have a size, a position and an orientation; [] if there are none, or if `miscounted`."""
    rows, columns = number(dataset.get("Rows")), number(dataset.get("Columns"))
    if not rows or not columns or rows < 2 or columns < 2:
        return []
    series = str(dataset.get("SeriesInstanceUID", ""))
    count = int(number(dataset.get("NumberOfFrames", 1)) or 1)
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    if (count > 1 and not per_frame) or miscounted(dataset) is not None:
        return []
    found = []
    for index in range(count):
        groups = _groups_of(dataset, index)
        position = numbers(_lookup(dataset, groups, "PlanePositionSequence", "ImagePositionPatient"), 3)
        turn = numbers(_lookup(dataset, groups, "PlaneOrientationSequence", "ImageOrientationPatient"), 6)
        spacing = numbers(_lookup(dataset, groups, "PixelMeasuresSequence", "PixelSpacing"), 2)
        slope = number(_lookup(dataset, groups, "PixelValueTransformationSequence", "RescaleSlope"))
        intercept = number(_lookup(dataset, groups, "PixelValueTransformationSequence", "RescaleIntercept"))
        if position is None or turn is None:
            continue
        found.append(
            Frame(
                path,
                index,
                series,
                int(rows),
                int(columns),
                (position[0], position[1], position[2]),
                (turn[0], turn[1], turn[2], turn[3], turn[4], turn[5]),
                None if spacing is None else (spacing[0], spacing[1]),
                None if slope is None or intercept is None or slope == 0 else (slope, intercept),
                _padding(dataset),
                str(dataset.get("SOPInstanceUID", "")),
                _acquisition(dataset, groups),
            )
        )
    return found


def describe(dataset: Any) -> Description:
    """Laterality, age, kernel and slice thickness of a file."""
    side = of_frame(dataset, "FrameAnatomySequence", "FrameLaterality")
    side = str(side or dataset.get("ImageLaterality") or dataset.get("Laterality") or "").strip().upper()
    kernel = of_frame(dataset, "CTReconstructionSequence", "ConvolutionKernel") or ""
    kernel = str(kernel if isinstance(kernel, str) else next(iter(kernel), ""))
    kernel = "".join(c for c in kernel if c.isalnum() or c in " -_./")[:24].strip()
    return Description(side if side in ("L", "R") else "", _age(dataset), kernel, thickness_of(dataset))


def thickness_of(dataset: Any) -> float | None:
    """Slice Thickness (0018,0050), mm; None where it is not told, or cannot be."""
    told = number(of_frame(dataset, "PixelMeasuresSequence", "SliceThickness"))
    return told if told is not None and guard.is_spacing(told) else None


def is_directory(path: Path) -> bool:
    """Whether a DICOM file is the directory of a disc (DICOMDIR), by its first group (0002,0002)."""
    from pydicom.filereader import read_file_meta_info

    try:
        return _class_of(read_file_meta_info(path)) == DIRECTORY
    except Exception:  # noqa: BLE001 - a file without that group, or a damaged one, is none; the reader tells what it is
        return False


def class_of(dataset: Any) -> str:
    """SOP class of a file (0008,0016), of a directory that of its first group (0002,0002)."""
    return str(dataset.get("SOPClassUID", "")) or _class_of(getattr(dataset, "file_meta", {}))


def of_frame(dataset: Any, sequence: str, keyword: str) -> Any:
    """A value of a file's first image: from its functional groups, else from the top level."""
    return _lookup(dataset, _groups_of(dataset, 0), sequence, keyword)


def _class_of(meta: Any) -> str:
    return str(meta.get("MediaStorageSOPClassUID", ""))


def _groups_of(dataset: Any, index: int) -> list[Any]:
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = _first(dataset.get("SharedFunctionalGroupsSequence"))
    return [*([per_frame[index]] if index < len(per_frame) else []), *([shared] if shared is not None else [])]


def _acquisition(dataset: Any, groups: list[Any]) -> int | None:
    told = _lookup(dataset, groups, "FrameContentSequence", "FrameAcquisitionNumber")
    told = number(dataset.get("AcquisitionNumber") if told is None else told)
    return None if told is None else int(told)


def _first(sequence: Any) -> Any:
    return sequence[0] if sequence else None


def _lookup(dataset: Any, groups: list[Any], sequence: str, keyword: str) -> Any:
    """A value from the functional groups (per frame before shared), else from the top level (PS3.3 C.7.6.16)."""
    for group in groups:
        item = _first(group.get(sequence))
        if item is not None and item.get(keyword) is not None:
            return item.get(keyword)
    return dataset.get(keyword)


def _padding(dataset: Any) -> tuple[int, int] | None:
    low = _stored(dataset, "PixelPaddingValue")
    if low is None:
        return None
    high = _stored(dataset, "PixelPaddingRangeLimit")
    return (low, low) if high is None else (min(low, high), max(low, high))


def _stored(dataset: Any, keyword: str) -> int | None:
    """A padding tag as the number the pixels would hold: its VR (US or SS) may disagree with PixelRepresentation."""
    value = dataset.get(keyword)
    if isinstance(value, bytes):
        value = struct.unpack("<h" if dataset.get("PixelRepresentation") else "<H", value[:2])[0] if len(value) >= 2 else None
    read = number(value)
    if read is None:
        return None
    if dataset.get("PixelRepresentation") and read > 32767:
        read -= 65536
    elif not dataset.get("PixelRepresentation") and read < 0:
        read += 65536
    return int(read)


def _age(dataset: Any) -> float | None:
    """Years from PatientAge, else from birth and study date; None if unknown.

    A birth within the year of the study is a placeholder of de-identification far more often than an infant: unknown.
    """
    text = str(dataset.get("PatientAge") or "").strip().upper()
    # three digits by the standard; fewer tell the same, and 0 tells that somebody took the age away
    if re.fullmatch(r"[0-9]{1,3}[YMWD]", text) and int(text[:-1]) > 0:
        return int(text[:-1]) / {"Y": 1, "M": 12, "W": 52.18, "D": 365.25}[text[-1]]
    born, seen = str(dataset.get("PatientBirthDate") or ""), str(dataset.get("StudyDate") or "")
    if re.fullmatch(r"[0-9]{8}", born) and re.fullmatch(r"[0-9]{8}", seen):
        years = (int(seen) - int(born)) / 10000
        if 1 <= years < 120:
            return float(int(years))
    return None
