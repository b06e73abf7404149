"""The DICOM images that a scan was read from, looked up again for what refers to them: their headers, without pixels."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ankleviewer.core.errors import AnkleViewerError, stop_if
from ankleviewer.core.watching import Cancelled, Progress, never, silent
from ankleviewer.io import guard
from ankleviewer.io.border import only_scan_errors
from ankleviewer.io.dicom import headers as dicom_headers


def originals(
    path: str | Path, images: Sequence[tuple[str, str]], progress: Progress = silent, cancelled: Cancelled = never
) -> list[Any]:
    """Headers of a scan's images with all their tags, as pydicom Datasets, in the order of the slices. They hold the patient's
    name. A file counts by its bytes: one of the same number that was replaced, or is of another patient, is another one.

    Args:
        path, images: of a `reader.Scan`.

    Raises:
        AnkleViewerError: ORIGINALS_GONE, not all of them are where they were read from; and those of `archive.unpacked`.
        Cancelled: on request.
    """
    numbers, wanted = {uid for uid, _ in images}, {sha256 for _, sha256 in images}
    found: dict[str, Any] = {}
    with only_scan_errors(), _files(Path(path), progress, cancelled) as files:
        for n, file in enumerate(files):
            stop_if(cancelled)
            if n % 16 == 0:
                progress(n / len(files), "Reading headers")
            if len(found) == len(wanted):
                break
            # what cannot be read here was left out when the scan was read, too
            with contextlib.suppress(Exception):
                if guard.kind_among(file) != "dicom" or _number(file) not in numbers:
                    continue
                sha256 = guard.sha256_of_file(file)
                if sha256 in wanted - found.keys():
                    found[sha256] = dicom_headers.load(file, pixels=False, every_tag=True)
                    found[sha256].pop("PixelData", None)  # a deflated file comes whole
    if not wanted or len(found) < len(wanted):
        raise AnkleViewerError(
            "ORIGINALS_GONE",
            f"{len(found)} of the scan's {len(wanted)} DICOM files are still where it was read from; open it anew.",
        )
    return [found[sha256] for _, sha256 in images]


def _number(file: Path) -> str:
    return str(dicom_headers.load(file, pixels=False).get("SOPInstanceUID", ""))


@contextmanager
def _files(path: Path, progress: Progress, cancelled: Cancelled) -> Iterator[list[Path]]:
    """The files among which a scan's images are: of its folder, the folder of one of them, or a ZIP."""
    if not path.exists():
        yield []
    elif path.is_dir():
        yield guard.files_below(path)
    elif guard.kind_of(guard.plain_file(path)) == "zip":
        from ankleviewer.io.archive import unpacked

        with unpacked(guard.plain_file(path), progress, cancelled, several=True) as inner:
            yield guard.files_below(inner) if inner.is_dir() else [inner]
    else:
        yield guard.files_below(guard.plain_file(path).parent, recursive=False)
