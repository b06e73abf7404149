"""Locks between processes, on a file that is held open: the system takes a lock away with its process, however that ends."""

from __future__ import annotations

import contextlib
import errno
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

WAIT_S = 10.0
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_AGAIN_S = 0.01


@contextlib.contextmanager
def locked(file: Path, wait_s: float = WAIT_S) -> Iterator[bool]:
    """One process, or one thread, at a time runs the block; the file stays, empty.

    It is for what has to be done in one go but may also be done without: where another one holds the lock for longer than
    `wait_s`, the disk knows no locks, or the file cannot be written, the block runs all the same, and is told so by False.
    """
    with contextlib.ExitStack() as held:
        try:
            stream = held.enter_context(file.open("ab"))
        except OSError:
            yield False
            return
        until = time.monotonic() + wait_s
        while not (taken := take(stream)) and taken is not None and time.monotonic() < until:
            time.sleep(_AGAIN_S)
        yield bool(taken)


def take(stream: IO[bytes]) -> bool | None:
    """Lock a file until it is closed; False where another one has it, None where the disk knows no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD else None
    return True
