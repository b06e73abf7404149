"""open_scan: the one door through which scans come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.assessment.checks import offset_findings, offset_hu
from ankleviewer.core.errors import ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.core.volume import Volume
from ankleviewer.io import guard
from ankleviewer.io.border import only_scan_errors

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Scan:
    """A scan that could be read.

    Attributes:
        volume: Hounsfield units and geometry.
        path: as given by the user.
        sha256: hex; of the file, or for a folder the hash of its sorted file hashes (`guard.sha256_of_files`), files beside the
            slices that cannot be read or are above 2 GB left out.
        format: "nifti" or "dicom".
        findings: what was remarkable about the files; the checks on the volume come on top (`checks.check_volume`).
        series: a description without patient data.
        laterality: "L", "R" or "" from the DICOM tags (0020,0060), (0020,0062).
    """

    volume: Volume
    path: str
    sha256: str
    format: Literal["nifti", "dicom"]
    findings: tuple[Finding, ...]
    series: str
    laterality: str


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
    report = progress or _silent
    with only_scan_errors():
        scan = _open(Path(path), report, cancelled or _never, pick)
    report(1.0, "Scan read")
    return scan


def _silent(share: float, what: str) -> None:
    """Progress that nobody watches."""


def _never() -> bool:
    return False


def _open(path: Path, progress: Progress, cancelled: Callable[[], bool], pick: str = "") -> Scan:
    if path.is_dir():
        image = _image_in(path, pick)
        return _dicom(path, None, progress, cancelled, pick) if image is None else _nifti(path, image, progress, cancelled)
    file = guard.plain_file(path)
    kind = guard.kind_of(file)
    if kind == "dicom":
        if pick:  # another series of the file's folder
            return replace(_dicom(file.parent, None, progress, cancelled, pick, recursive=False), path=str(path))
        return _dicom(path, file, progress, cancelled)
    if kind == "zip":
        from ankleviewer.io.archive import unpacked

        with unpacked(file, progress, cancelled, several=bool(pick)) as inner:
            scan = _open(inner, lambda share, what: progress(0.1 + 0.9 * share, what), cancelled, pick if inner.is_dir() else "")
            return replace(scan, path=str(path))
    if kind == "unknown":
        raise ScanError("FORMAT_UNKNOWN", "This is neither a NIfTI file nor a DICOM image.")
    return _nifti(path, file, progress, cancelled)


def _image_in(folder: Path, pick: str) -> Path | None:
    """The NIfTI file of a folder that is meant; None where it is for the DICOM reader to say what there is."""
    from ankleviewer.io.series import is_image, key_of_file

    files = guard.files_below(folder)
    images = [f for f in files if is_image(f)]
    if pick:
        return next((f for f in images if key_of_file(f) == pick), None)
    # beside slices a NIfTI file is most often made from them
    if not images or any(guard.kind_among(f) == "dicom" for f in files):
        return None
    if len(images) > 1:
        raise ScanError("SERIES_AMBIGUOUS", f"The folder holds {len(images)} NIfTI files; open one at a time.")
    return images[0]


def _nifti(path: Path, file: Path, progress: Progress, cancelled: Callable[[], bool]) -> Scan:
    from ankleviewer.io.dicom import age_unknown
    from ankleviewer.io.nifti import read_nifti

    volume, findings, counts = read_nifti(file, guard.kind_of(file) == "nifti.gz", progress, cancelled)
    progress(0.95, "Checking")
    findings += [*_shifted(counts), age_unknown()]
    size = " \u00d7 ".join(map(str, volume.grid.shape))
    return Scan(volume, str(path), guard.sha256_of_file(file), "nifti", tuple(findings), f"NIfTI, {size}", "")


def _dicom(
    path: Path, only: Path | None, progress: Progress, cancelled: Callable[[], bool], pick: str = "", recursive: bool = True
) -> Scan:
    from ankleviewer.io.dicom import read_dicom

    files = guard.files_below(path, recursive) if only is None else guard.files_below(only.parent, recursive=False)
    scan = read_dicom(files, only, progress, cancelled, pick)
    progress(0.95, "Checking")
    alone = only is None and not pick
    digest = guard.sha256_of_files(_hashes(files if alone else scan.files, needed=scan.files))
    return Scan(scan.volume, str(path), digest, "dicom", (*scan.findings, *_shifted(scan.counts)), scan.series, scan.laterality)


def _hashes(files: Iterable[Path], needed: Iterable[Path]) -> Iterator[str]:
    """Hashes of a folder's files; of those that are no slice (not `needed`) without the unreadable and those above 2 GB."""
    slices = set(needed)
    for file in files:
        try:
            if file in slices or not guard.is_large(file):
                yield guard.sha256_of_file(file)
        except OSError:
            if file in slices:
                raise


def _shifted(counts: NDArray[np.int64]) -> list[Finding]:
    """An offset downwards can be seen only before values below -1024 are clipped; upwards is the business of check_volume."""
    return offset_findings(counts) if offset_hu(counts) < 0 else []
