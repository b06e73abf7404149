"""The folder in which a pack is put together before it is renamed to its place; those that killed processes left are removed.

That a folder is in use is told by a lock, which the system takes away with its process: the number of a process may be
another's by now, and on a shared disk it may be one of another computer.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ankleviewer.io.locked import take

PREFIX = ".adding-"
LOCK = "lock"
_OLD_S = 86400
_LOCKED_BY_S = 3600  # a younger folder may not be locked yet, or by a computer whose locks this one does not see


@contextlib.contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A new folder inside `folder`, gone when the block ends; what others left there is removed first.

    Raises:
        OSError: `folder` cannot be written.
    """
    _remove_left_over(folder)
    made = Path(tempfile.mkdtemp(dir=folder, prefix=PREFIX))
    try:
        with _in_use(made):
            yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def _in_use(made: Path) -> Iterator[None]:
    lock = made / LOCK
    with lock.open("ab") as stream:
        locked = bool(take(stream))
        if locked:
            yield
    if not locked:  # a disk that knows no locks: without the file the age alone decides
        lock.unlink(missing_ok=True)
        yield


def _remove_left_over(folder: Path) -> None:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False) and _is_left_over(Path(entry.path)):
                    shutil.rmtree(entry.path, ignore_errors=True)


def _is_left_over(made: Path) -> bool:
    age = time.time() - made.stat().st_mtime
    try:
        with (made / LOCK).open("rb+") as stream:
            return age > _LOCKED_BY_S and bool(take(stream))
    except FileNotFoundError:
        return age > _OLD_S
