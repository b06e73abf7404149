"""Engines that ended the process in which they were tried: they are left alone for a week, or the program would never start.

A library that is made for another processor, or a driver that is damaged, ends the process without an error that anybody could
catch. So a mark stands in the program's folder while an engine is tried with a model for the first time; one that still stands
when the next process tries it tells how that ended.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ankleviewer.core.paths import home
from ankleviewer.inference.engines.choice import key_of
from ankleviewer.io.atomic import write_text

log = logging.getLogger(__name__)
FOLDER = "engines-tried"
ENDS = 2  # processes that an engine must have ended: one may have been ended by somebody
LASTS_S = 7 * 86400.0


@contextlib.contextmanager
def trying(name: str, candidates: Sequence[str], model: bytes, threads: int, *, runs: bool) -> Iterator[None]:
    """While an engine is tried. What it raises, and a request to stop, are no end of the process.

    Args:
        name: of the engine; candidates, model, threads: as `choice.fastest`.
        runs: it runs the model; one that starts only has not shown yet that it lives.
    """
    mark = _mark(name, candidates, model, threads)
    before = _ended(mark)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        write_text(mark, str(before + 1))
    except OSError:
        log.warning("that an engine is tried could not be written down")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if runs or not before:
                mark.unlink()
            else:
                write_text(mark, str(before))


def sound(candidates: Sequence[str], model: bytes, threads: int) -> list[str]:
    """The candidates less those that have ended the process each time they were tried lately; the last, the safest, stays."""
    if not _any_left():  # as nearly always: the model need not be hashed for it
        return list(candidates)
    marks = {name: _mark(name, candidates, model, threads) for name in candidates[:-1]}
    bad = [name for name, mark in marks.items() if _ended(mark) >= ENDS]
    if bad:
        log.warning("not tried, for it ended the program: %s", ", ".join(bad))
    return [name for name in candidates if name not in bad]


def _any_left() -> bool:
    """Whether a mark stands; those that count no more go."""
    try:
        marks = list(_folder().iterdir())
    except OSError:
        return False
    for mark in marks:
        if not _ended(mark):
            with contextlib.suppress(OSError):
                mark.unlink()
    return any(map(_ended, marks))


def _folder() -> Path:
    return home() / FOLDER


def _mark(name: str, candidates: Sequence[str], model: bytes, threads: int) -> Path:
    return _folder() / f"{name}-{key_of(model, candidates, threads)}"


def _ended(mark: Path) -> int:
    """How many processes ended while they tried it; 0 after a week."""
    try:
        recent = 0 <= time.time() - mark.stat().st_mtime < LASTS_S
        return max(int(mark.read_text("ascii")[:4]), 1) if recent else 0
    except (OSError, ValueError):
        return 0
