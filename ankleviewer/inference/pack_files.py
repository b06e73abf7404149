"""The files of a model pack, a folder or a .zip, read within bounds.

A .zip is read in place, member by member under fixed names and with bounded sizes; nothing is ever extracted by a name it brings.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from ankleviewer.core.errors import ModelError
from ankleviewer.inference.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, FileEntry
from ankleviewer.io.zip_list import ListTooLong, TooManyFiles, opened_zip

FILES = (MODEL_FILE, CARD_FILE, MANIFEST_FILE)
_NAMED = 5  # of what else lies in a folder
_OF_SYSTEMS = (".ds_store", "icon\r", "desktop.ini", "thumbs.db")  # what macOS and Windows leave where somebody looked in
MAX_TEXT = 4 * 2**20
MAX_MEMBERS = 64
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others are unpacked without a bound
MAX_RATIO = 20  # of a member's size to what it takes in the archive; weights hardly shrink, bombs shrink a thousandfold
PIECE = 2**20  # read and hashed at a time; what is smaller may shrink as it likes


def manifest_text(path: Path) -> bytes:
    """manifest.json as it lies there, whatever it holds. Raises ModelError as `opened`."""
    with opened(path, MANIFEST_FILE) as (stream, _):
        return stream.read(MAX_TEXT)  # what is larger is cut off, and no JSON any more


def besides(folder: Path) -> str:
    """The names of what lies in a folder beside a pack's own files, the first few of them, for a sentence; "" where nothing does,
    or only what a system writes there unasked.

    Raises:
        OSError: it cannot be read.
    """
    names = sorted(path.name for path in folder.iterdir())
    others = [n for n in names if n not in FILES and n.lower() not in _OF_SYSTEMS and not n.startswith("._")]
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return f"{', '.join(others[:_NAMED])}{more}"


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Fill a folder so that a power cut finds the files whole once it has been renamed to its place. Raises OSError."""
    for name, data in files.items():
        with (folder / name).open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())


def hashed(stream: IO[bytes], entry: FileEntry) -> bytes | None:
    """What the stream holds, None where its size or its hash is another one than the entry says."""
    data, seen = io.BytesIO(), hashlib.sha256()
    while data.tell() <= entry.bytes and (piece := stream.read(PIECE)):
        seen.update(piece)
        data.write(piece)
    return data.getvalue() if data.tell() == entry.bytes and seen.hexdigest() == entry.sha256 else None


@contextlib.contextmanager
def opened(path: Path, name: str) -> Iterator[tuple[IO[bytes], int]]:
    """A file of a pack as a stream, and its size as the folder or the archive states it. What goes wrong while it is read is a
    ModelError too.

    Raises:
        ModelError: MODEL_FILE_MISSING, MODEL_FILE_UNREADABLE, MODEL_ARCHIVE_INVALID.
    """
    try:
        file = path / name if path.is_dir() else path
        if not stat.S_ISREG(file.stat().st_mode):  # a device is read without end, a pipe waited for
            raise ModelError("MODEL_FILE_UNREADABLE", f"{file.name} of pack {_called(path)} is no ordinary file.")
        if path.is_dir():
            with file.open("rb") as stream:
                yield stream, os.fstat(stream.fileno()).st_size
            return
        with opened_zip(path, MAX_MEMBERS) as archive:
            member = _member(archive, name)
            if member.compress_type not in METHODS:
                raise NotImplementedError
            if member.file_size > max(PIECE, MAX_RATIO * min(member.compress_size, path.stat().st_size)):
                raise zipfile.BadZipFile
            with archive.open(member) as stream:
                yield stream, member.file_size
    except TooManyFiles as error:
        raise _too_many(error.count) from None
    except FileNotFoundError:
        raise ModelError("MODEL_FILE_MISSING", f"The model pack {_called(path)} or its {name} does not exist.") from None
    except OSError as error:
        raise unreadable(path, error, name) from None
    except (ListTooLong, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise ModelError(
            "MODEL_ARCHIVE_INVALID", f"The pack {_called(path)} is no sound .zip ({type(error).__name__})."
        ) from None


def unreadable(path: Path, error: OSError, name: str = MANIFEST_FILE) -> ModelError:
    """What is told of a file that the system does not let us read."""
    return ModelError("MODEL_FILE_UNREADABLE", f"{name} of pack {_called(path)} cannot be read (error {error.errno}).")


def _called(path: Path) -> str:
    """A file or folder by its name, also where "." or ".." stands for it."""
    return path.name if path.name not in ("", "..") else path.resolve().name or str(path)


def _too_many(count: int) -> ModelError:
    return ModelError("MODEL_ARCHIVE_INVALID", f"The pack holds {count} files; at most {MAX_MEMBERS} are expected.")


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """Member `name`, at the top of the archive or inside its one folder. Raises ModelError."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise _too_many(len(members))
    fits = [m for m in members if m.filename == name or (m.filename.count("/") == 1 and m.filename.endswith(f"/{name}"))]
    if len(fits) != 1:
        raise ModelError("MODEL_FILE_MISSING", f"The model pack must hold {name} exactly once, it does so {len(fits)} times.")
    return fits[0]
