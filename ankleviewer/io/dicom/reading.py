"""A DICOM series to a Volume: choose the images, stack them, decode them one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.assessment.checks import looks_like_ct, resolution_findings
from ankleviewer.core.errors import Cancelled, NoSlices, ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.serieschoice import ranked
from ankleviewer.core.volume import Volume
from ankleviewer.core.watching import Progress
from ankleviewer.io import guard, resample
from ankleviewer.io.dicom import headers as dicom_headers
from ankleviewer.io.dicom import pixels as dicom_pixels
from ankleviewer.io.dicom import stack as dicom_stack
from ankleviewer.io.dicom.headers import Frame
from ankleviewer.io.dicom.quantity import quantity_findings
from ankleviewer.io.dicom.survey import CUT_OFF, HEAT_MAPS, UNREAD, Survey, survey
from ankleviewer.io.nifti import own_heat_map
from ankleviewer.io.series import key_of, series_gone, series_of
from ankleviewer.io.sink import HuSink

TISSUE_HU = -900  # what lies above it may be a part of the leg
PADDED = 0.05  # of a series at least lies outside the field of a scanner that marks it by such a value


@dataclass(frozen=True)
class DicomScan:
    """A series as read: volume, remarks, counts of HU before clipping, the files used and the SOP Instance UID of each,
    description and laterality.
    """

    volume: Volume
    findings: list[Finding]
    counts: NDArray[np.int64]
    files: tuple[Path, ...]
    instances: tuple[str, ...]
    series: str
    laterality: str


def read_dicom(
    files: list[Path], only: Path | None, progress: Progress, cancelled: Callable[[], bool], pick: str = ""
) -> DicomScan:
    """Read the one CT series among `files`.

    Args:
        files: plain files, of any kind.
        only: where given, the series that this file belongs to is read, whatever else lies beside it.
        pick: key of the series to read (`series.key_of`), "" for the only one there is.

    Raises:
        ScanError: NO_DICOM, MODALITY_NOT_CT, NO_PIXELS, FRAME_COUNT_WRONG, SERIES_AMBIGUOUS, SERIES_GONE, RESCALE_MISSING, and
            those of `stack.build`, `pixels.decode` and `HuSink.put`.
        Cancelled: on request.
    """
    seen = survey(files, only, progress, cancelled)
    frames = _one_series(seen, only, pick)
    findings: list[Finding] = []
    if seen.skipped:
        findings.append(left_out(seen.skipped))
    if cut := seen.skipped[CUT_OFF] + seen.skipped[UNREAD]:
        lost = f"{cut} image(s) are empty, cut off within their header or unreadable, and were left out: slices may be missing."
        findings.append(Finding("caveat", "IMAGES_CUT_OFF", lost))
    if nowhere := seen.unplaced[str(seen.first[frames[0].series].get("SeriesInstanceUID", ""))]:
        lost = f"{nowhere} image(s) of the series do not tell their place and were left out: slices may be missing."
        findings.append(Finding("caveat", "IMAGES_UNPLACED", lost))
    frames, mixed = dicom_stack.largest_group(frames)
    findings += mixed
    for uid in sorted({seen.syntax[f.path] for f in frames}):
        findings += dicom_pixels.syntax_findings(uid)
    header = seen.first[frames[0].series]
    findings += quantity_findings(header)
    if frames[0].spacing is None:
        dicom_stack.build(frames)
    frames, repeated = _without_repeats(frames, progress, cancelled)
    findings += repeated
    stack = dicom_stack.build(frames)
    findings += stack.findings
    untold = _without_rescale(stack.frames)
    sink, ignored = _decode(stack, progress, cancelled)
    findings += ignored
    if untold:
        if not looks_like_ct(sink.counts):
            raise ScanError("RESCALE_MISSING", "The images do not say how their numbers become HU (no rescale tags).")
        findings.append(
            Finding(
                "caveat",
                "RESCALE_MISSING",
                "The images do not say how their numbers become Hounsfield units; "
                "they look like Hounsfield units and are taken as such.",
            )
        )
    volume = _assemble(stack, sink)
    about = dicom_headers.describe(header)
    findings += resolution_findings(volume.grid.spacing, about.thickness_mm)
    age = _age_finding(about.age_years)
    findings += [age] if age else []
    told = [f"CT series, {len(stack.frames)} slices"]
    told += [f"{about.thickness_mm:.3g} mm thick"] if about.thickness_mm else []
    told += [f"kernel {about.kernel}"] if about.kernel else []
    used = tuple(dict.fromkeys(f.path for f in stack.frames))
    by_path = {f.path: f.instance for f in stack.frames}
    instances = tuple(by_path[path] for path in used)
    return DicomScan(volume, findings, sink.counts, used, instances, ", ".join(told), about.laterality)


def _without_rescale(frames: Sequence[Frame]) -> int:
    """How many images do not say how their numbers become HU. Raises ScanError RESCALE_MISSING: the others do, by numbers that
    would change theirs too.
    """
    untold = sum(f.rescale is None for f in frames)
    if untold and any(f.rescale not in (None, (1.0, 0.0)) for f in frames):
        raise ScanError(
            "RESCALE_MISSING",
            f"{untold} of {len(frames)} images do not say how their numbers become HU (no rescale tags), and the others do.",
        )
    return untold


def left_out(skipped: Mapping[str, int]) -> Finding:
    """The remark on what lies beside a scan, by kind and number."""
    parts = ", ".join(f"{count} {what}" for what, count in sorted(skipped.items()))
    return Finding("info", "OBJECTS_SKIPPED", f"Left out, since they are no slices of this scan: {parts}.")


def age_unknown() -> Finding:
    """The remark for a scan that does not tell the patient's age."""
    return Finding("info", "AGE_UNKNOWN", "The patient's age is not stated; the models are made for adults.")


def _age_finding(years: float | None) -> Finding | None:
    if years is None:
        return age_unknown()
    if years < 18:
        return Finding("withhold", "AGE_UNDER_18", f"The patient is {int(years)} years old; the models are made for adults.")
    return None


def _one_series(seen: Survey, only: Path | None, pick: str = "") -> list[Frame]:
    if only in seen.broken:
        raise seen.broken[only]
    if pick and all(key_of(f.series) != pick for f in seen.frames):
        raise series_gone()
    if not seen.frames:
        raise _why_none(seen)
    series = {f.series for f in seen.frames}
    if only is not None:
        series = {f.series for f in seen.frames if f.path == only}
        if not series:
            raise ScanError("NO_PIXELS", "This file is not an image of a CT series.")
    if pick:
        series = {uid for uid in series if key_of(uid) == pick}
    if len(series) > 1:
        sizes = [one.slices for one in ranked(series_of(seen))]  # in the order of `--series list`
        raise ScanError(
            "SERIES_AMBIGUOUS",
            f"The folder holds {len(series)} series (of {', '.join(map(str, sizes))} slices); "
            "open one file of the series you want, or a folder with one series.",
        )
    return [f for f in seen.frames if f.series in series]


def _why_none(seen: Survey) -> ScanError:
    """What keeps files without a single usable image from being a scan."""
    skipped = seen.skipped
    if seen.broken:
        return next(iter(seen.broken.values()))
    if skipped["images of other methods"]:
        return NoSlices("MODALITY_NOT_CT", "These images are not a CT (Modality is not CT).")
    if skipped["files without pixels"]:
        return NoSlices("NO_PIXELS", "The DICOM files hold no images.")
    if skipped["localizers"] or skipped["images without position"]:
        return NoSlices("TOO_FEW_SLICES", "There are only overview images or images without a position, no slices.")
    if skipped["unreadable files"]:
        return NoSlices("DICOM_MALFORMED", "The DICOM files are damaged and cannot be read.")
    if skipped[HEAT_MAPS]:
        return own_heat_map()
    return NoSlices("NO_DICOM", "There are no DICOM images in this folder.")


class _Pixels:
    """Decodes frames, keeping the last file open in memory: a multi-frame file is read once, a series one file at a time."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._dataset: Any = None

    def frame(self, frame: Frame) -> NDArray[np.generic]:
        """Stored numbers, (rows, columns)."""
        if frame.path != self._path:
            self._dataset = dicom_headers.load(frame.path, pixels=True)
            self._path = frame.path
        return dicom_pixels.decode(self._dataset, frame.index)


def _without_repeats(frames: list[Frame], progress: Progress, cancelled: Callable[[], bool]) -> tuple[list[Frame], list[Finding]]:
    pairs = dicom_stack.repeated_places(frames)
    if not pairs:
        return frames, []
    one, other = _Pixels(), _Pixels()  # each stays within its own file where two files of many images are copies
    for n, (a, b) in enumerate(sorted((sorted(pair, key=_in_file) for pair in pairs), key=lambda pair: [*map(_in_file, pair)])):
        if cancelled():
            raise Cancelled
        if n % 8 == 0:
            progress(0.2, "Comparing images that are there twice")
        if a.rescale != b.rescale or not np.array_equal(one.frame(a), other.frame(b)):
            raise ScanError("SLICE_DUPLICATE", f"{len(pairs)} place(s) hold two different images; which one is right is unknown.")
    copies = {id(b) for _, b in pairs}
    return [f for f in frames if id(f) not in copies], [
        Finding("caveat", "SLICE_DUPLICATE", f"{len(pairs)} image(s) are contained twice; the copies were left out.")
    ]


def _in_file(frame: Frame) -> tuple[str, int]:
    return str(frame.path), frame.index


def _decode(stack: dicom_stack.Stack, progress: Progress, cancelled: Callable[[], bool]) -> tuple[HuSink, list[Finding]]:
    reader, first = _Pixels(), stack.frames[0]
    if first.rows * first.columns * len(stack.frames) > guard.MAX_VOXELS:
        raise ScanError("SIZE_IMPLAUSIBLE", f"The series claims {first.columns} × {first.rows} × {len(stack.frames)} voxels.")
    sink = HuSink((first.columns, first.rows, len(stack.frames)))
    implausible = _is_tissue([f for f in stack.frames if _names_tissue(f)], reader, cancelled)
    for k, frame in enumerate(stack.frames):
        if cancelled():
            raise Cancelled
        stored: NDArray[Any] = reader.frame(frame).T
        slope, intercept = frame.rescale or (1.0, 0.0)
        no_value = None
        if frame.padding is not None and not (implausible and _names_tissue(frame)):
            no_value = _padded(stored, frame.padding)
            no_value = no_value if no_value.any() else None
        sink.put(k, stored, slope, intercept, no_value)
        if k % 8 == 0:
            progress(0.2 + 0.7 * k / len(stack.frames), "Reading slices")
    told = "The images call a value of the tissue 'no value' (Pixel Padding Value); it was read as what it is."
    return sink, [Finding("caveat", "PADDING_IMPLAUSIBLE", told)] if implausible else []


def _padded(stored: NDArray[Any], padding: tuple[int, int]) -> NDArray[np.bool_]:
    return (stored >= padding[0]) & (stored <= padding[1])


def _names_tissue(frame: Frame) -> bool:
    """Whether what an image calls "no value" lies where a part of the leg may."""
    slope, intercept = frame.rescale or (1.0, 0.0)
    return frame.padding is not None and min(value * slope + intercept for value in frame.padding) > TISSUE_HU


def _is_tissue(frames: Sequence[Frame], reader: _Pixels, cancelled: Callable[[], bool]) -> bool:
    """Whether such a value, in these images of a series, is met in too little of them to be what lies outside the field."""
    met = voxels = 0
    for frame in frames:
        if cancelled():
            raise Cancelled
        stored = reader.frame(frame)
        met, voxels = met + int(_padded(stored, frame.padding or (0, 0)).sum()), voxels + stored.size
    return 0 < met < PADDED * voxels


def _assemble(stack: dicom_stack.Stack, sink: HuSink) -> Volume:
    hu, padding = sink.hu, sink.padding
    affine = stack.affine()
    if stack.shifts is not None:
        hu, padding, offset = resample.shift_slices(hu, padding, stack.shifts)
        affine[:3, 3] += affine[:3, :2] @ np.asarray(offset, dtype=np.float64)
    if stack.resampled:
        hu, padding = resample.even_slices(hu, padding, stack.positions, stack.targets)
    if stack.filled:
        padding = np.zeros(hu.shape, dtype=np.bool_, order="F") if padding is None else padding
        padding[:, :, list(stack.filled)] = True
    return Volume(hu, Grid((hu.shape[0], hu.shape[1], hu.shape[2]), _clean(affine)), padding)


def _clean(affine: Array) -> Array:
    # Negative zeros make two equal affines print and hash differently.
    return np.asarray(affine + 0.0, dtype=np.float64)
