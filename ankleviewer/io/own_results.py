"""Results for a PACS that this program has written before, known again by their headers."""

from __future__ import annotations

from pathlib import Path

from ankleviewer.io import dicom_headers, guard

MAKER = "AnkleViewer"  # Manufacturer (0008,0070) of what is written, of simulated scans too
_KINDS = ("SR", "SEG", "OT")  # Modality (0008,0060): report, segmentation, picture


def is_own(file: Path) -> bool:
    """Whether a file is a result of this program, and no scan."""
    try:
        if guard.kind_among(file) != "dicom":
            return False
        header = dicom_headers.load(file, pixels=False, every_tag=True)
        return str(header.get("Manufacturer", "")) == MAKER and str(header.get("Modality", "")) in _KINDS
    except Exception:  # noqa: BLE001 - a damaged file is somebody else's, whatever the library says of it
        return False


def strangers_in(folder: Path) -> bool:
    """Whether a folder holds anything but results of this program. One that does not exist holds nothing.

    Raises:
        OSError: it cannot be looked into.
    """
    return folder.exists() and not (folder.is_dir() and all(entry.is_file() and is_own(entry) for entry in folder.iterdir()))
