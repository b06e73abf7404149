"""Writing files so that a crash, a full disk or a second program never leaves half a file. Every writer goes through here."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def atomic_file(path: str | Path) -> Iterator[BinaryIO]:
    """A binary file that appears under its name only once everything is on the disk.

    The bytes go into a temporary file of the same folder (os.replace is atomic only within one file system), are flushed
    and synced, then the name is switched. On any error the temporary file is removed and the old file stays as it was.

    Raises:
        OSError: the folder is missing or not writable, or the disk is full.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    _sync_folder(target.parent)


def write_bytes(path: str | Path, data: bytes) -> None:
    """Replace the file at `path` by `data`, atomically. Raises OSError."""
    with atomic_file(path) as stream:
        stream.write(data)


def write_text(path: str | Path, text: str) -> None:
    """Replace the file at `path` by `text` in UTF-8 with newlines as given, atomically. Raises OSError."""
    write_bytes(path, text.encode("utf-8"))


def _umask() -> int:
    # mkstemp makes files 0600; exports should get the permissions any other new file would get.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    # The rename itself must survive a power cut; Windows cannot open folders, and some network drives refuse the sync.
    with contextlib.suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
