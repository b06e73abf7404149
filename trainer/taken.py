"""The folder of a command: that it can be one and be written to, that one command at a time works in it (two that train into one
would mix their states, and both end as if all were well), and what `--resume` finds there. And one process at a time in what all
those of a command do with its files.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.io.atomic import remove_parts
from ankleviewer.io.locked import locked, take

LOCK = ".in-use"
TURN = ".turn"
# what --resume goes on from: states of a run, or of cross-validation's folds and their answers
STATES = ("checkpoint*.pt", "shallow/checkpoint*.pt")
FOLDS = ("fold-*/checkpoint*.pt", "fold-*/answers.json")
_LEFT_S = 3600.0  # a file being written is younger: another command may work in a folder below
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


def check_out(folder: Path, remedy: str = "give by --out a folder that you have the right to write to") -> None:
    """Whether a command can write to a folder of this name: it is one, or nothing of that name is there, and the system lets it.

    What the system lets is tried: rights, shares and file systems that are read only tell it in ways of their own. Of the
    processes that torchrun starts together the first one tries: it writes for all, and others may lack the right to.

    Args:
        remedy: what to do where it does not.

    Raises:
        AnkleViewerError: OUT_UNFIT, it, or a folder that it lies in, is a file, or may not be written to.
    """
    for place in (folder, *folder.parents):
        if os.path.isdir(place):  # noqa: PTH112 (false, too, where what lies above may not be looked into)
            if _first():
                _try_to_write(place, place == folder, remedy)
            return
        if os.path.lexists(place):  # a link that leads nowhere, too
            raise AnkleViewerError(
                "OUT_UNFIT",
                f"{place} is there already, and no folder: give by --out a folder, which is made where it is missing.",
            )


def _try_to_write(place: Path, itself: bool, remedy: str) -> None:
    """What a command does first in a folder: a file in `itself`, or a folder in one that it would lie in. Nothing stays."""
    probe = place / f"._{secrets.token_hex(8)}"  # should it stay, it is passed over as what macOS leaves (`pack_files.besides`)
    make, remove = (probe.touch, probe.unlink) if itself else (probe.mkdir, probe.rmdir)
    try:
        make(exist_ok=False)
    except OSError as error:
        if error.errno in _DENIED:
            raise AnkleViewerError("OUT_UNFIT", f"{place} may not be written to ({error.strerror}): {remedy}.") from error
        # of a full disk the command itself will tell
    finally:  # a signal may come when it is made; and a virus scanner may hold it for a moment (Windows)
        with contextlib.suppress(OSError):
            remove()


@contextlib.contextmanager
def writes_to(folder: Path | None) -> Iterator[None]:
    """Runs a block that writes to a folder, if one is given, see `check_out`.

    Raises:
        AnkleViewerError: OUT_UNFIT, see `check_out`; or something in the folder is denied to the block, which has kept no state.
    """
    if folder is None:
        yield
        return
    check_out(folder)
    since = time.time()
    try:
        yield
    except OSError as error:
        names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes | os.PathLike)]
        denied = [name for name in names if _plain(name).is_relative_to(_plain(folder))]
        # of a run that has kept states the folder is no wrong one, and another command would begin anew over them
        if error.errno not in _DENIED or not denied or has_states(folder, since):
            raise
        raise AnkleViewerError(
            "OUT_UNFIT",
            f"Access to {denied[0]} is denied ({error.strerror}): you lack the right to it, or another program has it open; mend "
            "that, or give another folder by --out.",
        ) from error


def _plain(path: str | Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 (links stay: a folder that is one must not count as another place)


def has_states(folder: Path, since: float) -> bool:
    """Whether a folder holds states that were written from a time on: of a run, or of folds."""
    written = []
    for path in (path for pattern in STATES + FOLDS for path in folder.glob(pattern)):
        with contextlib.suppress(OSError):
            written.append(path.stat().st_mtime)
    return any(when >= since for when in written)


def anew(folder: Path, resume: bool, folds: bool = False) -> str:
    """What is to be said where `--resume` finds nothing to go on from; "" where it does, or was not given.

    No error: a job that a batch system may put back into its queue is given --resume from its first start on, and one that was
    killed before its first checkpoint begins anew too. A name that was mistyped is seen by the line.
    """
    if not resume or not _first():  # of the processes that torchrun starts together one speaks
        return ""
    if any(any(folder.glob(pattern)) for pattern in (FOLDS if folds else STATES)):
        return ""
    return f"{folder} holds no {'fold' if folds else 'checkpoint'} to go on from; training begins anew"


@contextlib.contextmanager
def taken(folder: Path) -> Iterator[None]:
    """Runs a block that writes to a folder, which is made where it is missing, as long as no other process does so.

    The lock goes with its process, however that ends; its empty file stays. Where the disk knows none, the block runs without. Of
    the processes that torchrun starts together the first one holds it.

    Raises:
        AnkleViewerError: FOLDER_IN_USE, another command has it.
    """
    if not _first():
        yield
        return
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with contextlib.ExitStack() as held:
            try:
                if take(held.enter_context((folder / LOCK).open("ab"))) is False:
                    raise AnkleViewerError(
                        "FOLDER_IN_USE",
                        f"Another command is at work in {folder}: wait until it has ended, or name another folder.",
                    )
                remove_parts(folder, _LEFT_S)
            except OSError:
                pass  # what the command writes itself will tell why
            yield
    finally:
        if made:
            with contextlib.suppress(OSError):  # another process of torchrun holds a file; the block's own error is what counts
                _remove_unused(folder)


def _first() -> bool:
    return os.environ.get("RANK", "0") == "0"


def _remove_unused(folder: Path) -> None:
    """Remove a folder in which nothing but our locks lies: the command was refused before it began. Raises OSError."""
    if {path.name for path in folder.iterdir()} <= {LOCK, TURN}:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


@contextlib.contextmanager
def in_turn(folder: Path) -> Iterator[None]:
    """The processes that torchrun starts together go through the block one after another, however long it takes: the first
    prepares scans, and the others find them prepared. Where the disk knows no locks, they do so at the same time.
    """
    from trainer.training.processes import started  # torch comes with it, which no refusal of a folder waits for

    if started() == 1:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / TURN, math.inf):
        yield
