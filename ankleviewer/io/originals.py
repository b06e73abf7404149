"""The DICOM images that a scan was read from, looked up again for what refers to them: their headers, without pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ankleviewer.core.errors import AnkleViewerError, stop_if
from ankleviewer.core.watching import Cancelled, Progress, never, silent
from ankleviewer.io import dicom_headers, guard
from ankleviewer.io.border import only_scan_errors


def originals(path: str | Path, instances: Sequence[str], progress: Progress = silent, cancelled: Cancelled = never) -> list[Any]:
    """Headers of images with all their tags, as pydicom Datasets, in the order of `instances`. They hold the patient's name.

    Args:
        path, instances: of a `reader.Scan`.

    Raises:
        AnkleViewerError: ORIGINALS_GONE, not all of them are where they were read from; and those of `archive.unpacked`.
        Cancelled: on request.
    """
    with only_scan_errors(), _files(Path(path), progress, cancelled) as files:
        wanted = set(instances) - {""}
        found: dict[str, Any] = {}
        for n, file in enumerate(files):
            stop_if(cancelled)
            if n % 16 == 0:
                progress(n / len(files), "Reading headers")
            if len(found) == len(wanted):
                break
            if guard.kind_among(file) != "dicom":
                continue
            uid = str(dicom_headers.load(file, pixels=False).get("SOPInstanceUID", ""))
            if uid in wanted - found.keys():
                found[uid] = dicom_headers.load(file, pixels=False, every_tag=True)
    if not wanted or len(found) < len(set(instances)):
        raise AnkleViewerError(
            "ORIGINALS_GONE",
            f"{len(found)} of the scan's {len(instances)} DICOM files are still where it was read from; open it anew.",
        )
    return [found[uid] for uid in instances]


@contextmanager
def _files(path: Path, progress: Progress, cancelled: Cancelled) -> Iterator[list[Path]]:
    """The files among which a scan's images are: of its folder, the folder of one of them, or a ZIP."""
    if not path.exists():
        yield []
    elif path.is_dir():
        yield guard.files_below(path)
    elif guard.kind_of(path) == "zip":
        from ankleviewer.io.archive import unpacked

        with unpacked(path, progress, cancelled, several=True) as inner:
            yield guard.files_below(inner) if inner.is_dir() else [inner]
    else:
        yield guard.files_below(path.parent, recursive=False)
