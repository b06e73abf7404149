"""Writing files so that a crash, a full disk or a second program never leaves half a file. Every writer goes through here."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_HELD_S, _AGAIN_S = 2.0, 0.05
_PART = re.compile(r"\.[a-z0-9_]{8}\.part")  # as `tempfile.mkstemp` names them


@contextlib.contextmanager
def atomic_file(path: str | Path) -> Iterator[BinaryIO]:
    """A binary file that appears under its name only once everything is on the disk.

    The bytes go into a temporary file of the same folder (os.replace is atomic only within one file system), are flushed
    and synced, then the name is switched. On any error the temporary file is removed and the old file stays as it was.
    A symbolic link stays, and the file it leads to is replaced; a file of this user that is replaced keeps its permissions and
    group (POSIX). A device, a pipe or an open descriptor (/dev/stdout) is written into as it is.

    Raises:
        OSError: the folder is missing or not writable, or the disk is full.
    """
    if _is_stream(Path(path)):
        with open(path, "ab") as stream:  # what the shell opened with >> is not emptied
            yield stream
        return
    target = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(OSError):  # a courtesy, which some shares refuse
            _give_rights(name, target)
        replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    _sync_folder(target.parent)


def replace(made: str | Path, target: str | Path) -> None:
    """`os.replace`, tried again for a moment where another program holds one of both (Windows: a virus scanner, a backup).

    Raises:
        OSError: as `os.replace`.
    """
    until = time.monotonic() + _HELD_S
    while True:
        try:
            return os.replace(made, target)
        except PermissionError:
            if os.name == "posix" or time.monotonic() > until:
                raise
        time.sleep(_AGAIN_S)


def remove_parts(folder: Path, older_s: float) -> None:
    """Remove what processes that were killed while they wrote have left in a folder and in the folders in it: files older than
    `older_s`, s, which no writing takes.
    """
    now = time.time()
    for place in (folder, *_folders_in(folder)):
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if _PART.fullmatch(entry.name) and now - entry.stat(follow_symlinks=False).st_mtime >= older_s:
                        os.unlink(entry.path)


def _folders_in(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    return []


def write_bytes(path: str | Path, data: bytes) -> None:
    """Replace the file at `path` by `data`, atomically. Raises OSError."""
    with atomic_file(path) as stream:
        stream.write(data)


def write_text(path: str | Path, text: str) -> None:
    """Replace the file at `path` by `text` in UTF-8 with newlines as given, atomically. Raises OSError.

    A byte of a file's name that is no UTF-8 stands as a lone surrogate in `text` and is written as JSON's \\udcXX.
    """
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def _is_stream(path: Path) -> bool:
    """Whether `path` names what is no file of a folder, so that nothing can be put in its place."""
    folder = Path(os.path.realpath(path.parent))
    if folder in (Path("/dev"), Path("/dev/fd")) or folder.is_relative_to("/proc"):
        return True  # also where the descriptor is a file's: the shell holds it open
    return path.exists() and not path.is_file() and not path.is_dir()


def _give_rights(name: str, target: Path) -> None:
    # A file of this user that is closed to others, or open to a group, stays so when it is written again. Another's rights are no
    # wish of this user's, and Windows keeps its own with the folder.
    before = None
    with contextlib.suppress(OSError):
        before = target.stat()
    if before is None or os.name != "posix" or before.st_uid != os.geteuid():
        os.chmod(name, 0o666 & ~_umask())
        return
    mode = before.st_mode & 0o777
    try:
        os.chown(name, -1, before.st_gid)
    except OSError:  # not a group of this user's any more: its rights would be another group's
        mode &= 0o707
    os.chmod(name, mode)


def _umask() -> int:
    # mkstemp makes files 0600; exports should get the permissions any other new file would get.
    with contextlib.suppress(OSError, StopIteration), open("/proc/self/status", "rb") as status:
        return int(next(line for line in status if line.startswith(b"Umask:")).split()[1], 8)
    return _AT_FIRST


def _asked_by_setting() -> int:
    # Nothing else tells it elsewhere, and it is the whole process's: two threads that ask so at once may leave it as set.
    # Therefore once, in the import, which Python lets one thread do; a file that another one makes meanwhile is private.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


_AT_FIRST = _asked_by_setting()


def _sync_folder(folder: Path) -> None:
    # The rename itself must survive a power cut; Windows cannot open folders, and some network drives refuse the sync.
    with contextlib.suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
