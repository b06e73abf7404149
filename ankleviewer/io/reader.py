"""open_scan: the one door through which scans come in."""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.assessment.checks import offset_findings, offset_hu, resolution_findings
from ankleviewer.core.errors import NoSlices, ScanError, stop_if
from ankleviewer.core.findings import Finding
from ankleviewer.core.volume import Volume
from ankleviewer.core.watching import Progress, never, silent
from ankleviewer.io import guard
from ankleviewer.io.border import only_scan_errors
from ankleviewer.io.dicom.headers import is_directory

_FORMER_BYTES = 200_000_000  # some tenths of a second


@dataclass(frozen=True)
class Scan:
    """A scan that could be read.

    Attributes:
        volume: Hounsfield units and geometry.
        path: as given by the user.
        sha256: hex; of the file, or for a DICOM series that of the sorted hashes of the files that were read
            (`guard.sha256_of_files`), so that it is the same however the series is opened and whatever is written beside it.
        format: "nifti" or "dicom".
        findings: what was remarkable about the files; the checks on the volume come on top (`checks.check_volume`).
        series: a description without patient data.
        laterality: "L", "R" or "" from the DICOM tags (0020,0060), (0020,0062).
        former_sha256: of a DICOM folder what earlier releases called its hash, by which reviews of them can be found; "" where
            that is the same, or was too much to read.
        images: SOP Instance UID (0008,0018) and SHA-256 of each DICOM file that was read, () of another format.
    """

    volume: Volume
    path: str
    sha256: str
    format: Literal["nifti", "dicom"]
    findings: tuple[Finding, ...]
    series: str
    laterality: str
    former_sha256: str = ""
    images: tuple[tuple[str, str], ...] = ()


def open_scan(
    path: str | Path, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None, pick: str = ""
) -> Scan:
    """Read a NIfTI file, a folder of DICOM files, the series in whose folder a DICOM file lies, or a ZIP of either.

    Args:
        pick: which of several series or files to read: a key of `series.list_series`.
        progress: called with (0 to 1, what is being done).
        cancelled: asked often; True stops the reading.

    Raises:
        ScanError: with a stable code, for whatever keeps the scan from being shown. Nothing else leaves this function but
            Cancelled.
        Cancelled: on request.
    """
    report = progress or silent
    with only_scan_errors():
        scan = _open(Path(path), report, cancelled or never, pick)
    report(1.0, "Scan read")
    return scan


def _open(path: Path, progress: Progress, cancelled: Callable[[], bool], pick: str = "") -> Scan:
    if path.is_dir():
        return _folder(path, progress, cancelled, pick)
    file = guard.plain_file(path)
    kind = guard.kind_of(file)
    if kind == "dicom":
        if is_directory(file):  # of a disc: what lies beside and below it is meant
            return replace(_folder(file.parent, progress, cancelled, pick), path=str(path))
        if pick:  # another series of the file's folder
            return replace(_dicom(file.parent, None, progress, cancelled, pick, recursive=False), path=str(path))
        return _dicom(path, file, progress, cancelled)
    if kind == "zip":
        from ankleviewer.io.archive import unpacked

        with unpacked(file, progress, cancelled, several=bool(pick)) as inner:
            opened = functools.partial(_folder, packed=True) if inner.is_dir() else _open
            scan = opened(inner, lambda share, what: progress(0.1 + 0.9 * share, what), cancelled, pick)
            return replace(scan, path=str(path))
    if kind == "unknown":
        raise ScanError("FORMAT_UNKNOWN", "This is neither a NIfTI file nor a DICOM image.")
    scan = _nifti(path, file, progress, cancelled)
    if pick:
        from ankleviewer.io.series import KEY, series_gone

        if scan.sha256[:KEY] != pick:  # it was chosen from a list, and replaced since
            raise series_gone()
    return scan


def _folder(folder: Path, progress: Progress, cancelled: Callable[[], bool], pick: str, packed: bool = False) -> Scan:
    """The scan of a folder: its DICOM series, and a NIfTI file where there are no slices of one. Beside slices a NIfTI file is
    most often made from them; beside a report or a segmentation it is the scan.
    """
    from ankleviewer.io.nifti import images_among, without_copies
    from ankleviewer.io.series import key_of_file

    files = guard.files_below(folder)
    images, heat_maps = images_among(files)
    if pick:
        images = list(itertools.islice((f for f in images if key_of_file(f) == pick), 1))  # a file and its copy are one scan
    else:
        images = without_copies(images, cancelled)
    if not images or (not pick and any(guard.kind_among(f) == "dicom" for f in files)):
        try:
            return _dicom(folder, None, progress, cancelled, pick, packed=packed)
        except NoSlices:
            if not images:
                raise
    if len(images) > 1:
        raise ScanError("SERIES_AMBIGUOUS", f"The folder holds {len(images)} NIfTI files; open one at a time.")
    return _nifti(folder, images[0], progress, cancelled, heat_maps)


def _nifti(path: Path, file: Path, progress: Progress, cancelled: Callable[[], bool], heat_maps: int = 0) -> Scan:
    from ankleviewer.io.dicom.reading import age_unknown, left_out
    from ankleviewer.io.dicom.survey import HEAT_MAPS
    from ankleviewer.io.nifti import is_heat_map, own_heat_map, read_nifti

    if is_heat_map(file):
        raise own_heat_map()
    volume, findings, counts = read_nifti(file, guard.kind_of(file) == "nifti.gz", progress, cancelled)
    progress(0.95, "Checking")
    findings += [
        *_shifted(counts),
        *resolution_findings(volume.grid.spacing),
        age_unknown(),
        *([left_out({HEAT_MAPS: heat_maps})] if heat_maps else []),
    ]
    size = " \u00d7 ".join(map(str, volume.grid.shape))
    return Scan(volume, str(path), guard.sha256_of_file(file), "nifti", tuple(findings), f"NIfTI, {size}", "")


def _dicom(
    path: Path,
    only: Path | None,
    progress: Progress,
    cancelled: Callable[[], bool],
    pick: str = "",
    recursive: bool = True,
    packed: bool = False,
) -> Scan:
    from ankleviewer.io.dicom.reading import read_dicom

    files = guard.files_below(path, recursive) if only is None else guard.files_below(only.parent, recursive=False)
    scan = read_dicom(files, only, progress, cancelled, pick)
    progress(0.95, "Checking")
    hashes = [_hash(file, cancelled) for file in scan.files]
    beside = set(files) - set(scan.files) if only is None and not pick else set()
    if packed:  # of a ZIP earlier releases kept nothing else
        beside = {file for file in beside if guard.kind_among(file) == "dicom"}
    findings = (*scan.findings, *_shifted(scan.counts))
    return Scan(
        scan.volume,
        str(path),
        guard.sha256_of_files(hashes),
        "dicom",
        findings,
        scan.series,
        scan.laterality,
        _former_sha256(hashes, beside, cancelled),
        tuple(zip(scan.instances, hashes, strict=True)),
    )


def _hash(file: Path, cancelled: Callable[[], bool]) -> str:
    stop_if(cancelled)
    return guard.sha256_of_file(file)


def _former_sha256(hashes: list[str], beside: Iterable[Path], cancelled: Callable[[], bool]) -> str:
    """The hash of a folder in which the files beside the slices count too, all but the unreadable and those above 2 GB; "" where
    there are none, or so much that nobody shall wait for it (a CD with its viewer).
    """
    sizes: dict[Path, int] = {}
    for file in beside:
        with contextlib.suppress(OSError):
            sizes[file] = file.stat().st_size
    counted = [file for file, size in sizes.items() if size <= guard.MAX_FILE_BYTES]
    if sum(sizes[file] for file in counted) > _FORMER_BYTES:
        return ""
    others = []
    for file in counted:
        with contextlib.suppress(OSError):
            others.append(_hash(file, cancelled))
    return guard.sha256_of_files([*hashes, *others]) if others else ""


def _shifted(counts: NDArray[np.int64]) -> list[Finding]:
    """An offset downwards can be seen only before values below -1024 are clipped; upwards is the business of check_volume."""
    return offset_findings(counts) if offset_hu(counts) < 0 else []
