"""Limits on what is read: sizes, ratios, paths, magic bytes. Nothing here knows what the bytes mean beyond their kind."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from ankleviewer.core.errors import ScanError

MAX_VOXELS = 1_500_000_000
MAX_BYTES = 6_000_000_000
MAX_RATIO = 200
# Below this size a high ratio is harmless: an empty test volume compresses a thousandfold.
RATIO_FREE_BYTES = 256_000_000
# zlib cannot reach more than about 1030 : 1; a header that claims more from its file is lying.
DEFLATE_LIMIT = 1_040
MAX_FILES = 5_000
MAX_FILE_BYTES = 2_000_000_000
MAX_DEPTH = 8
SPACING_MM = (0.01, 20.0)  # of a voxel, whatever the format
CHUNK = 1 << 20

Kind = Literal["nifti", "nifti.gz", "dicom", "zip", "unknown"]


def too_far() -> ScanError:
    """The refusal of a scan beyond `geometry.FARTHEST_MM`."""
    return ScanError("AFFINE_INVALID", "The header puts the scan more than a kilometre from its own origin.")


def is_spacing(*mm: float) -> bool:
    """Whether voxels, pixels or slices may be so far apart."""
    return SPACING_MM[0] <= min(mm) <= max(mm) <= SPACING_MM[1]


def zip_entries(path: Path) -> int:
    """How many files a ZIP claims to hold, by its last record alone (APPNOTE 4.3.14 and 4.3.16); 0 where it has none. The library
    reads the whole directory first, which takes a minute for some hundred thousand.
    """
    with open(path, "rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 65_633))  # the record, its longest comment, and the two before it in a large archive
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        return 0
    large = tail[at - 76 : at - 20] if tail[max(0, at - 20) : at].startswith(b"PK\x06\x07") else b""
    if large.startswith(b"PK\x06\x06"):
        return int.from_bytes(large[32:40], "little")
    return int.from_bytes(tail[at + 10 : at + 12], "little")


def plain_file(path: str | Path) -> Path:
    """The resolved path of an ordinary file. Raises ScanError FILE_NOT_FOUND or FILE_UNREADABLE (device, pipe, socket)."""
    resolved = _real(path)
    try:
        mode = os.stat(resolved).st_mode
    except OSError:
        raise ScanError("FILE_NOT_FOUND", "The file or folder does not exist or cannot be reached.") from None
    if not stat.S_ISREG(mode):
        raise ScanError("FILE_UNREADABLE", "This is not an ordinary file.")
    return resolved


def files_below(root: str | Path, recursive: bool = True) -> list[Path]:
    """All ordinary files below a folder, sorted by path, each once; links that lead out of it or in a circle are left out.

    Raises:
        ScanError: FOLDER_TOO_LARGE for more than 5,000 files or a DICOM file above 2 GB, FILE_NOT_FOUND for no folder,
            FILE_UNREADABLE where the system does not let it be read, or fails below it.
    """
    top = _real(root)
    if not top.is_dir():
        raise ScanError("FILE_NOT_FOUND", "The folder does not exist or cannot be reached.")
    found: dict[Path, None] = {}  # a file and a link to it are one

    def failed(error: OSError) -> None:
        # folders of the system lie closed on every stick and disk; what fails otherwise may have held slices
        if not isinstance(error, PermissionError) or Path(error.filename or top) == top:
            why = error.strerror or type(error).__name__
            raise ScanError("FILE_UNREADABLE", f"The folder cannot be read whole ({why}).") from error

    for folder, names, files in os.walk(top, onerror=failed, followlinks=False):
        names.sort()
        if not recursive or len(Path(folder).relative_to(top).parts) >= MAX_DEPTH:
            names.clear()
        for name in sorted(files):
            here = Path(folder) / name
            path = _real(here)
            try:
                if path in found or not path.is_relative_to(top) or not _is_file(path, here):
                    continue
                too_large = is_large(path) and kind_of(path) == "dicom"  # a film or a disk image beside the slices harms nobody
            except PermissionError:  # a folder whose names can be read, but not what lies behind them
                continue
            except OSError as error:
                failed(error)
                continue
            if too_large:
                raise ScanError("FOLDER_TOO_LARGE", f"The folder holds a file above {MAX_FILE_BYTES // 10**9} GB.")
            found[path] = None
            if len(found) > MAX_FILES:
                raise ScanError("FOLDER_TOO_LARGE", f"The folder holds more than {MAX_FILES} files; open one series at a time.")
    return list(found)


def _is_file(path: Path, name: Path) -> bool:
    """Whether an ordinary file lies at `path`, to which a folder's `name` leads. Raises OSError where nothing lies at the name
    itself, though the folder lists it, again: a share that is away, or a path too long for Windows. What another program has
    taken away meanwhile is no longer listed.
    """
    if path.is_file():
        return True
    try:
        os.lstat(name)
    except FileNotFoundError:
        if name in name.parent.iterdir():
            raise
    return False


def _real(path: str | Path) -> Path:
    """A path without links. One that leads in a circle stays one and cannot be reached (`Path.resolve` raises RuntimeError)."""
    return Path(os.path.realpath(path))


def is_large(path: Path) -> bool:
    """Whether a file is above what is read of a DICOM folder. Raises OSError."""
    return path.stat().st_size > MAX_FILE_BYTES


def kind_among(path: Path) -> Kind:
    """`kind_of` for a file among others: one that cannot be read is "unknown", so that it keeps nobody from the rest, and so is a
    gzip of something else, however short; opened by itself it is for the NIfTI reader to say what is wrong with it.
    """
    try:
        kind = kind_of(path)
        if kind != "nifti.gz":
            return kind
        head = zlib.decompressobj(wbits=31).decompress(_first_bytes(path), 352)
    except OSError:
        return "unknown"
    except zlib.error:
        return "nifti.gz"
    return "nifti.gz" if _is_nifti(head) or len(head) < 4 else "unknown"


def kind_of(path: Path) -> Kind:
    """What a file is by its first bytes, never by its name."""
    with open(path, "rb") as stream:
        head = stream.read(352)
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(wbits=31).decompress(_first_bytes(path), 352)
        except zlib.error:
            return "nifti.gz"  # a damaged gzip: the NIfTI reader says what is wrong with it
        return "nifti.gz" if _is_nifti(head) or len(head) < 348 else "unknown"
    if head[128:132] == b"DICM":
        return "dicom"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):  # the first member, or the end of an empty archive
        return "zip"
    if _is_nifti(head):
        return "nifti"
    # Old DICOM without preamble starts with a low, even group number: 0002 (meta) or 0008, either byte order.
    if head[:2] in (b"\x02\x00", b"\x08\x00", b"\x00\x08") and len(head) > 16:
        return "dicom"
    return "unknown"


def is_blank(path: Path) -> bool:
    """Whether a file is empty, or begins with nothing but zeros: room that was made for a file, and never filled."""
    with open(path, "rb") as stream:
        return not any(stream.read(352))


def _first_bytes(path: Path) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(65536)


def _is_nifti(head: bytes) -> bool:
    first = head[:4]
    return first in (b"\x5c\x01\0\0", b"\0\0\x01\x5c", b"\x1c\x02\0\0", b"\0\0\x02\x1c")


def check_claim(claimed: int, stored: int, compressed: bool) -> None:
    """Compare the size a header claims with the file's real size, before anything is allocated.

    Raises:
        ScanError: SIZE_IMPLAUSIBLE (above the caps), ARCHIVE_BOMB (more than any compression yields) or FILE_TRUNCATED.
    """
    if claimed > MAX_BYTES:
        raise ScanError(
            "ARCHIVE_BOMB" if compressed else "SIZE_IMPLAUSIBLE",
            f"The header claims {claimed / 1e9:.1f} GB; at most {MAX_BYTES / 1e9:.0f} GB are read.",
        )
    if compressed and claimed > max(RATIO_FREE_BYTES, MAX_RATIO * stored):
        raise ScanError(
            "ARCHIVE_BOMB",
            f"{stored / 1e6:.1f} MB on disk claim to hold {claimed / 1e6:.0f} MB; more than {MAX_RATIO} : 1 is not read.",
        )
    if compressed and claimed > DEFLATE_LIMIT * stored + 4096:
        raise ScanError("FILE_TRUNCATED", f"The file is cut off: {stored} bytes cannot hold the {claimed} its header claims.")
    if not compressed and claimed > stored:
        raise ScanError("FILE_TRUNCATED", f"The file is cut off: it has {stored} bytes, its header needs {claimed}.")


class BoundedReader:
    """Reads a plain or gzip file from its start, exactly as many bytes as asked; gzip damage becomes a ScanError."""

    def __init__(self, path: Path, compressed: bool) -> None:
        self._stream: BinaryIO = gzip.open(path, "rb") if compressed else open(path, "rb")  # type: ignore[assignment]  # noqa: SIM115 - closed by __exit__
        self._compressed = compressed

    def __enter__(self) -> BoundedReader:
        return self

    def __exit__(self, *args: object) -> None:
        self._stream.close()

    def read(self, count: int) -> bytes:
        """Exactly `count` bytes. Raises ScanError FILE_TRUNCATED or GZIP_CRC."""
        data = self._guarded(lambda: self._stream.read(count))
        if len(data) < count:
            raise ScanError("FILE_TRUNCATED", f"The file is cut off: {count} bytes expected here, {len(data)} found.")
        return data

    def skip(self, count: int) -> None:
        """Move forward over `count` bytes. Raises as `read`."""
        while count > 0:
            count -= len(self.read(min(count, CHUNK)))

    def finish(self, slack: int = 1 << 16) -> None:
        """Read on to the gzip trailer, whose checksum is thereby tested; at most `slack` bytes may follow the image.

        Raises:
            ScanError: ARCHIVE_BOMB if more follows, GZIP_CRC if the checksum is wrong, FILE_TRUNCATED without trailer.
        """
        if self._compressed and len(self._guarded(lambda: self._stream.read(slack + 1))) > slack:
            raise ScanError("ARCHIVE_BOMB", "The compressed file holds much more than its header claims.")

    def _guarded(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except EOFError:
            raise ScanError("FILE_TRUNCATED", "The compressed file is cut off.") from None
        except (gzip.BadGzipFile, zlib.error):
            raise ScanError("GZIP_CRC", "The compressed file is damaged: its checksum or its data are wrong.") from None


def inflate_bounded(data: bytes, limit: int) -> bytes:
    """Raw deflate stream to bytes, never more than `limit`. Raises ScanError ARCHIVE_BOMB or FILE_TRUNCATED."""
    engine = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        out = engine.decompress(data, limit + 1)
    except zlib.error:
        raise ScanError("FILE_TRUNCATED", "The deflated file is damaged or cut off.") from None
    if len(out) > limit:
        raise ScanError("ARCHIVE_BOMB", f"{len(data) / 1e6:.1f} MB inflate to more than {limit / 1e6:.0f} MB.")
    if not engine.eof:
        raise ScanError("FILE_TRUNCATED", "The deflated file is cut off.")
    return out


def sha256_of_file(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    return digest.hexdigest()


def sha256_of_files(hashes: Iterable[str]) -> str:
    """Hex SHA-256 of a folder: of the concatenated, sorted hex hashes of its files (names and order play no part)."""
    return hashlib.sha256("".join(sorted(hashes)).encode("ascii")).hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as stream:
        while block := stream.read(CHUNK):
            yield block
