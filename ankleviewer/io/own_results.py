"""Folders of results for a PACS: known again by their files, and replaced whole."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ankleviewer.io import guard
from ankleviewer.io.atomic import write_bytes
from ankleviewer.io.dicom import headers as dicom_headers

MAKER = "AnkleViewer"  # Manufacturer (0008,0070) of what is written, of simulated scans too
_KINDS = ("SR", "SEG", "OT")  # Modality (0008,0060): report, segmentation, picture
_NAME = re.compile(r"(answer|boxes|boxes-\d+|picture)\.dcm")
_ASIDE = ".before.part"  # behind the name of an older file, until the new ones are there
_CLUTTER = re.compile(r"\.DS_Store|Thumbs\.db|desktop\.ini|\..*\.part")  # of file managers, and of a run that was killed


def is_own(file: Path, study: str | None = None) -> bool:
    """Whether a file is a result of this program under its own name, and no scan; of the study, where one is given."""
    try:
        if not _NAME.fullmatch(file.name) or file.is_symlink() or guard.kind_among(file) != "dicom":
            return False
        header = dicom_headers.load(file, pixels=False, every_tag=True)
        ours = str(header.get("Manufacturer", "")) == MAKER and str(header.get("Modality", "")) in _KINDS
        return ours and study in (None, str(header.get("StudyInstanceUID", "")))
    except Exception:  # noqa: BLE001 - a damaged file is somebody else's, whatever the library says of it
        return False


def strangers_in(folder: Path, study: str | None = None) -> bool:
    """Whether a folder is none, or holds anything but results of this program (of the study, where one is given) and what file
    managers leave behind. One that does not exist holds nothing.

    Raises:
        OSError: it cannot be looked into.
    """
    if not folder.is_dir():
        return folder.exists() or folder.is_symlink()
    return not all(_CLUTTER.fullmatch(e.name) or (e.is_file() and is_own(e, study)) for e in folder.iterdir())


def replace(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Put files in the place of a folder's results, all of them or none; the folder is made if missing.

    Args:
        folder: without `strangers_in` it.
        files: content by name.

    Raises:
        OSError: not writable; what was there stays.
    """
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    staged = {folder / f".{name}.part": folder / name for name in files}
    try:
        for (part, _), data in zip(staged.items(), files.values(), strict=True):
            write_bytes(part, data)
    except BaseException:
        for part in staged:
            part.unlink(missing_ok=True)
        if made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    _exchange([entry for entry in folder.iterdir() if is_own(entry)], staged)
    return list(staged.values())


def _exchange(older: Iterable[Path], staged: Mapping[Path, Path]) -> None:
    """Files under their names in the place of older ones: at no time do those of two answers stand together. Raises OSError: one
    is held by another program; all is as it was.
    """
    aside = {file: file.with_name(f".{file.name}{_ASIDE}") for file in older}
    moved: list[tuple[Path, Path]] = []
    try:
        for source, target in (*aside.items(), *staged.items()):
            source.replace(target)
            moved.append((source, target))
    except BaseException:
        for source, target in reversed(moved):
            with contextlib.suppress(OSError):
                target.replace(source)
        for part in staged:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        raise
    for file in aside.values():
        with contextlib.suppress(OSError):
            file.unlink()
