"""open_scan: the one door through which scans come in, and the one border where foreign exceptions become ScanError."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.checks import offset_findings, offset_hu
from ankleviewer.core.errors import AnkleViewerError, ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.core.volume import Volume
from ankleviewer.io import guard

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Scan:
    """A scan that could be read.

    Attributes:
        volume: Hounsfield units and geometry.
        path: as given by the user.
        sha256: hex; of the file, or for a folder the hash of its sorted file hashes (`guard.sha256_of_files`).
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
    try:
        with warnings.catch_warnings():
            # Libraries warn about values that are judged here by our own rules; their text may quote tags.
            warnings.simplefilter("ignore")
            scan = _open(Path(path), report, cancelled or _never, pick)
        report(1.0, "Scan read")
        return scan
    except AnkleViewerError:
        raise
    except MemoryError:
        raise ScanError("OUT_OF_MEMORY", "The scan does not fit into this computer's memory.") from None
    except RecursionError:
        raise ScanError("DICOM_NESTING", "The file's data are nested too deeply; it is damaged or was made to do harm.") from None
    except FileNotFoundError:
        raise ScanError("FILE_NOT_FOUND", "The file or folder does not exist or cannot be reached.") from None
    except OSError as error:
        raise ScanError("FILE_UNREADABLE", f"The file cannot be read (system error {error.errno}).") from None
    except Exception as error:  # noqa: BLE001 - this is the border: libraries raise anything on damaged files
        # The text of a foreign exception may quote tag values, so only its kind is passed on.
        raise ScanError("SCAN_MALFORMED", f"The file is damaged or not a scan ({type(error).__name__}).") from None


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
    if not images or any(guard.kind_of(f) == "dicom" for f in files):  # beside slices a NIfTI file is most often made from them
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
    digest = guard.sha256_of_files(guard.sha256_of_file(file) for file in (files if alone else sorted(scan.files)))
    return Scan(scan.volume, str(path), digest, "dicom", (*scan.findings, *_shifted(scan.counts)), scan.series, scan.laterality)


def _shifted(counts: NDArray[np.int64]) -> list[Finding]:
    """An offset downwards can be seen only before values below -1024 are clipped; upwards is the business of check_volume."""
    return offset_findings(counts) if offset_hu(counts) < 0 else []
