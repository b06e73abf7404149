"""Checkpoints: one file, written atomically, the previous one kept; loaded with weights_only, so that a foreign file cannot run
code.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.io.atomic import replace

NAME = "checkpoint.pt"
PREVIOUS = "checkpoint.previous.pt"
BEST = "best.pt"
RUN = "fingerprint"  # in a state: of the run that it belongs to


def save(run: Path, state: dict[str, Any]) -> None:
    """Write `state`; a crash at any moment leaves the new file, or the one before it."""
    _write(run, NAME, state, PREVIOUS)


def save_best(run: Path, state: dict[str, Any]) -> None:
    """Write the state that did best on validation scans, beside the newest."""
    _write(run, BEST, state, None)


def load(run: Path, of: Mapping[str, str] | None = None) -> dict[str, Any] | None:
    """The newest whole state, or None where none was written.

    Args:
        of: fingerprint of the run whose state it must be; states of before it was kept in them are taken as they are.

    Raises:
        AnkleViewerError: RUN_UNREADABLE, there are files, and none of them holds a whole state, or it is another run's.
        OSError, MemoryError, RuntimeError: a file cannot be read for the moment.
    """
    return _read(
        run, (NAME, PREVIOUS), of, "copy the folder back from where it is whole, or begin anew in another one or without --resume"
    )


def load_best(run: Path, of: Mapping[str, str] | None = None) -> dict[str, Any] | None:
    """The state that did best on validation scans, or None where none was measured.

    Args:
        of: see `load`.

    Raises:
        AnkleViewerError: RUN_UNREADABLE, there is one, and it is not whole, or another run's.
        OSError, MemoryError, RuntimeError: it cannot be read for the moment.
    """
    return _read(run, (BEST,), of, "copy it back from where it is whole, or remove it, so that the last state is taken")


def exists(run: Path) -> bool:
    """Whether there is a state to go on from, readable or not."""
    return any((run / name).exists() for name in (NAME, PREVIOUS))


def drop_best(run: Path) -> None:
    """Forget the best state: a run that starts anew must not answer with that of an older one in its folder."""
    (run / BEST).unlink(missing_ok=True)


def drop(run: Path) -> None:
    """Remove all states of a run: its weights are of no further use, or another run begins in its folder."""
    for name in (NAME, PREVIOUS, BEST):
        (run / name).unlink(missing_ok=True)


def clear(run: Path) -> None:
    """Remove what processes that were killed while they wrote a state have left; nobody else writes to the run."""
    for name in (NAME, BEST):
        for left in run.glob(f".{name}.*"):
            with contextlib.suppress(OSError):
                left.unlink()


def _write(run: Path, name: str, state: dict[str, Any], previous: str | None) -> None:
    run.mkdir(parents=True, exist_ok=True)
    temporary = run / f".{name}.{os.getpid()}"
    try:
        with open(temporary, "wb") as f:
            torch.save(state, f)
            f.flush()
            os.fsync(f.fileno())
        if previous is not None and (run / name).exists():
            replace(run / name, run / previous)
        replace(temporary, run / name)
    finally:
        temporary.unlink(missing_ok=True)


def _read(run: Path, names: tuple[str, ...], of: Mapping[str, str] | None, remedy: str) -> dict[str, Any] | None:
    there = [name for name in names if (run / name).exists()]
    for name in there:
        try:
            state = torch.load(run / name, map_location="cpu", weights_only=True)
        except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
            if _passing(error):
                raise
            continue  # cut short by a crash, or no checkpoint at all: the one before it is whole
        if isinstance(state, dict):
            # a folder that was put together by hand: another run's weights would be exported under this one's record
            if of is not None and state.get(RUN, of) != of:
                raise AnkleViewerError("RUN_UNREADABLE", f"{name} of {run} is another run's, and nothing was changed: {remedy}.")
            return state
    if there:  # None would begin a run anew over them, or take another state, unasked
        raise AnkleViewerError(
            "RUN_UNREADABLE", f"{' and '.join(there)} of {run} cannot be read, and nothing was changed: {remedy}."
        )
    return None


def _passing(error: Exception) -> bool:
    """Whether an error says nothing of the file: the memory is full (a RuntimeError, by PyTorch), or a share is away."""
    if isinstance(error, OSError):
        return error.errno not in (None, errno.EINVAL)  # those of a file whose end is missing
    return bool(re.search("allocate memory|out of memory|not enough memory", str(error)))
