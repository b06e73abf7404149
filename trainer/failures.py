"""What ends a command early, and what is then told of it: one line, with what was kept and what can be done."""

from __future__ import annotations

import contextlib
import errno
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from ankleviewer.core import signals
from ankleviewer.core.exits import SIGNALLED
from trainer.taken import has_states

_RESUMABLE = ("train", "locator")
_EXTRA = {"torch", "onnx", "onnxscript", "matplotlib", "safetensors", "tqdm"}  # of pyproject.toml, extra "trainer"
_LESS = ": --part 1 or --save-memory needs less, also with --resume (a smaller --batch or --size is another run)"
_FULL = (
    r"unexpected pos \d+ vs \d+"  # torch.save
    r"|Not enough free space|\d+ requested and \d+ written"  # numpy, which gives no number of the system's
)


_STAYS = "the last checkpoint stays, the same command with --resume goes on from it"
REPEATED_S = 5.0  # in which a signal is the same request as the one before


class Ended(KeyboardInterrupt):
    """A signal other than Ctrl-C asked for the end; a Ctrl-C to all that hears of one. `code` is the exit code, in which a shell
    sees the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = SIGNALLED + number


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """A block that Ctrl-C leaves as KeyboardInterrupt, SIGTERM and SIGHUP as Ended (see `signals.heard`). Of these a second one
    is passed over for some seconds, since some senders mean process and group alike; then it is heard, should the first have been
    lost (in a destructor).
    """
    asked: list[KeyboardInterrupt] = []
    last = 0.0

    def leave(number: int) -> None:
        nonlocal last
        now = time.monotonic()
        if number != signal.SIGINT and asked and now - last < REPEATED_S:
            return
        last = now
        asked.append(KeyboardInterrupt() if number == signal.SIGINT else Ended(number))
        raise asked[0]

    with signals.heard(leave):
        try:
            yield
        except Exception as error:  # compiled code makes another error of what it meets; workers that were ended too are another
            if asked:
                raise asked[0] from error
            raise


def stopped(command: str, out: Path | None = None, since: float = 0.0) -> str:
    """Of a command that was stopped by hand; `out` and `since` as for `failed`."""
    return f"Stopped; {_kept(command, out, since)}."


def failed(command: str, error: Exception, out: Path | None = None, since: float = 0.0) -> str:
    """Of a command that failed by `error`; the remedy where one is known.

    Args:
        out: the command's folder.
        since: time from which on a checkpoint there is one of this run; an older one was left by another.
    """
    text = f"{type(error).__name__}: {error}".splitlines()[0]
    kept = _kept(command, out, since)
    if (isinstance(error, OSError) and error.errno == errno.ENOSPC) or re.search(_FULL, str(error)):
        return f"The disk is full; {kept}. ({text})"
    if isinstance(error, MemoryError) or re.search("out of memory|not enough memory|can't allocate memory", str(error)):
        remedy = _LESS if command in ("train", "tune") else ""
        return f"Not enough memory{remedy}; {kept}. ({text})"
    return f"{text}; {kept}." if kept == _STAYS else text


def missing(error: ModuleNotFoundError) -> str | None:
    """What is said where the trainer's packages are not installed; None where another module is missing."""
    if (error.name or "").split(".")[0] not in _EXTRA:
        return None
    return f"EXTRA_MISSING: the trainer needs the package {error.name}: pip install 'ankleviewer[trainer]'."


def _kept(command: str, out: Path | None, since: float) -> str:
    if command == "evaluate":
        return "the answers so far stay, the same command asks for those that are missing"
    if command not in _RESUMABLE:
        return "what was written so far stays, the same command goes on from there"
    if out is not None and has_states(out, since):
        return _STAYS
    return "there is no checkpoint yet, the same command begins anew"
