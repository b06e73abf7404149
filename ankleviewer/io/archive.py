"""A ZIP with a scan in it: unpacked into a folder of its own under names of our own, within limits, and removed afterwards.

Nothing is believed that the archive says of itself: sizes are counted while they are written, and no name it brings becomes a
path.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from ankleviewer.core.errors import Cancelled, ScanError, stop_if
from ankleviewer.core.watching import Progress
from ankleviewer.io import guard
from ankleviewer.io.nifti import images_among, own_heat_map, without_copies
from ankleviewer.io.zip_list import ListTooLong, TooManyFiles, opened_zip

_SPARE_BYTES = 200_000_000  # of the disk stay free
_PREFIX = "ankleviewer-"
_FOLDER = re.compile(re.escape(_PREFIX) + r"\w{8}")  # as tempfile names it
_NAME = re.compile(r"\d{6}")
_OLD_S = 86400
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # the disk, or the user's share of it
_UNWANTED = (".DS_Store", "Thumbs.db", "DICOMDIR")
_UNWANTED_FOLDER = "__MACOSX"


@contextlib.contextmanager
def unpacked(path: Path, progress: Progress, cancelled: Callable[[], bool], several: bool = False) -> Iterator[Path]:
    """The scan of a ZIP: a NIfTI file, or a folder of DICOM files; gone when the block ends.

    Args:
        several: give the whole folder where there are several scans, instead of refusing it.

    Raises:
        ScanError: ARCHIVE_DAMAGED (no ZIP, or its checksums are wrong), ARCHIVE_ENCRYPTED, ARCHIVE_UNSUPPORTED (packed by a
            method that is not known), ARCHIVE_UNSAFE_PATH (a name that leads out of the folder, or a link), ARCHIVE_TOO_LARGE
            (too many files), ARCHIVE_BOMB (too many bytes, or more than any scan is compressed), ARCHIVE_NO_ROOM (the disk is
            too full), ARCHIVE_EMPTY (no scan in it), OWN_HEAT_MAP (a heat map of this program alone), ARCHIVE_SEVERAL (more than
            one).
        Cancelled: on request.
    """
    _remove_old()
    with _own_folder() as made:
        folder = Path(made)
        try:
            with opened_zip(path, guard.MAX_FILES) as archive:
                members = _checked(archive, path.stat().st_size)
                if shutil.disk_usage(folder).free < sum(m.file_size for m in members) + _SPARE_BYTES:
                    raise _no_room()
                files = _places(folder, members)
                for number, (member, file) in enumerate(zip(members, files, strict=True)):
                    if cancelled():
                        raise Cancelled
                    progress(0.1 * number / len(members), "Unpacking")
                    _write(archive, member, file)
        except TooManyFiles as error:
            raise _too_many(error.count) from None
        except ListTooLong as error:
            raise ScanError(
                "ARCHIVE_TOO_LARGE",
                f"The ZIP file's list of its files has {error.size / 1e6:.0f} MB; at most {error.most / 1e6:.0f} are read.",
            ) from None
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise _damaged() from None
        except OSError as error:
            if error.errno in _FULL:  # another program, or another scan, took the room in the meantime
                raise _no_room() from None
            raise
        except NotImplementedError:
            raise _unknown_method() from None
        except RuntimeError:  # zipfile's word for a password
            raise ScanError(
                "ARCHIVE_ENCRYPTED", "The ZIP file is encrypted; unpack it with its password and open the folder."
            ) from None
        yield _scan_in(folder, files, progress, cancelled, several)


def _own_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        tempfile.gettempdir()
    except FileNotFoundError:  # it could write into none of the folders that it knows
        raise ScanError(
            "ARCHIVE_NO_ROOM",
            "No temporary folder can be written to unpack the ZIP file: the disk is full, or the folder is not yours to write.",
        ) from None
    try:
        # a file that Windows does not let go yet is removed another day (_remove_old), and costs nobody the scan
        return tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
    except OSError as error:
        if error.errno in _FULL:
            raise _no_room() from None
        raise


def _too_many(count: int) -> ScanError:
    return ScanError("ARCHIVE_TOO_LARGE", f"The ZIP file holds {count} files; at most {guard.MAX_FILES} are read.")


def _no_room() -> ScanError:
    return ScanError("ARCHIVE_NO_ROOM", "There is too little room on the disk to unpack the ZIP file.")


def _unknown_method() -> ScanError:
    return ScanError(
        "ARCHIVE_UNSUPPORTED",
        "The ZIP file is packed in a way that this program does not open; pack it again as an ordinary ZIP.",
    )


def _damaged() -> ScanError:
    return ScanError("ARCHIVE_DAMAGED", "The ZIP file is damaged or cut off.")


def _remove_old() -> None:
    """Remove what a killed process has left: folders with our name, owner and names of files alone, older than a day."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if _FOLDER.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False) and _is_left_over(entry):
                    shutil.rmtree(entry.path, ignore_errors=True)  # removes links, does not follow them


def _is_left_over(entry: os.DirEntry[str]) -> bool:
    seen = entry.stat(follow_symlinks=False)
    own = not hasattr(os, "getuid") or seen.st_uid == os.getuid()  # Windows: the temporary folder is the user's own
    return own and time.time() - seen.st_mtime > _OLD_S and all(_NAME.fullmatch(p.name) for p in Path(entry.path).iterdir())


def _checked(archive: zipfile.ZipFile, stored: int) -> list[zipfile.ZipInfo]:
    """The members worth unpacking, after all limits. `stored` is the size of the archive on disk."""
    every = archive.infolist()
    if len(every) > guard.MAX_FILES:
        raise _too_many(len(every))
    for member in every:
        if member.flag_bits & 0x1:
            raise ScanError("ARCHIVE_ENCRYPTED", "The ZIP file is encrypted; unpack it with its password and open the folder.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _unknown_method()  # bzip2 and LZMA inflate a block at once, however large: 573 bytes took more than 1 GB
        if _leads_out(member):
            raise ScanError("ARCHIVE_UNSAFE_PATH", "A name in the ZIP file leads out of its folder; it was made to do harm.")
    members = [m for m in every if not m.is_dir() and not _is_unwanted(PurePosixPath(m.filename))]
    claimed, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if claimed > guard.MAX_BYTES or packed > stored or claimed > max(guard.RATIO_FREE_BYTES, guard.MAX_RATIO * packed):
        raise ScanError(
            "ARCHIVE_BOMB", f"{stored / 1e6:.1f} MB claim to hold {claimed / 1e6:.0f} MB; that is more than a scan is compressed."
        )
    return members


def _is_unwanted(name: PurePosixPath) -> bool:
    return name.name in _UNWANTED or _UNWANTED_FOLDER in name.parts


def _leads_out(member: zipfile.ZipInfo) -> bool:
    """A path from the root, from a drive or upwards, in the way of either system; or a link."""
    mode = member.external_attr >> 16
    name = member.orig_filename
    windows, posix = PureWindowsPath(name), PurePosixPath(name)
    return stat.S_ISLNK(mode) or posix.is_absolute() or bool(windows.anchor) or ".." in windows.parts or "\0" in name


def _places(folder: Path, members: Sequence[zipfile.ZipInfo]) -> list[Path]:
    """A file for each member. Those by whose names a blank one among them would pass for a slice (`dicom.survey.likeness`)
    share a folder, so that the reader tells them from others as it does in a folder that was never packed.
    """
    from ankleviewer.io.dicom.survey import likeness

    groups: dict[object, int] = {}
    places = []
    for number, member in enumerate(members):
        name = PurePosixPath(member.filename)
        alike = number if name.name.startswith(".") else likeness(name)
        places.append(folder / f"{groups.setdefault(alike, len(groups)):06d}" / f"{number:06d}")
    return places


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """One member to one file, never more bytes than it claims."""
    target.parent.mkdir(exist_ok=True)
    written = 0
    with archive.open(member) as source, open(target, "wb") as out:
        while block := source.read(guard.CHUNK):
            written += len(block)
            if written > member.file_size:
                raise ScanError("ARCHIVE_BOMB", "A file in the ZIP holds more than it claims.")
            out.write(block)


def _scan_in(folder: Path, files: Sequence[Path], progress: Progress, cancelled: Callable[[], bool], several: bool) -> Path:
    """What there is to read among the unpacked files. What is no scan stays beside it: the reader tells of it. Raises ScanError
    as `unpacked`, Cancelled.
    """
    kinds = {file: guard.kind_of(file) for file in sorted(files)}
    images, heat_maps = images_among(kinds)
    slices = [file for file, kind in kinds.items() if kind == "dicom"]
    if heat_maps and not images and not slices:
        raise own_heat_map()
    if not images and not slices:
        raise ScanError("ARCHIVE_EMPTY", "The ZIP file holds neither a NIfTI file nor DICOM images.")
    images = without_copies(images, cancelled)
    if images and slices and not _is_series(slices, progress, cancelled):  # a report or a segmentation beside the scan
        slices = []
    if len(images) > 1 or (images and slices):
        if several:
            return folder
        raise ScanError("ARCHIVE_SEVERAL", f"The ZIP file holds {len(images) + bool(slices)} scans; open one at a time.")
    return images[0] if images else folder


def _is_series(files: list[Path], progress: Progress, cancelled: Callable[[], bool]) -> bool:
    """Whether there are slices of a CT among DICOM files, or one that cannot be read and may be one. The first of them tells: who
    opens the series reads all headers anyway. Raises Cancelled.
    """
    from ankleviewer.io.dicom.survey import survey

    for n, file in enumerate(files):
        stop_if(cancelled)
        if n % 16 == 0:
            progress(0.1, "Reading headers")
        try:
            seen = survey([file], None, lambda _share, _what: None, lambda: False)
        except Exception:  # noqa: BLE001 - a library's word for a damaged file
            return True
        if seen.frames or seen.broken:
            return True
    return False
