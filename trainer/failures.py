"""What is told of a command that was stopped or failed: one line, with what was kept and what can be done."""

from __future__ import annotations

import errno
import re

_RESUME = "the last checkpoint stays, the same command with --resume goes on from it"
_KEPT = {"train": _RESUME, "locator": _RESUME, "evaluate": "nothing was written, the same command begins anew"}
_ELSE = "what was written so far stays, the same command goes on from there"


def stopped(command: str) -> str:
    """Of a command that was stopped by hand."""
    return f"Stopped; {_KEPT.get(command, _ELSE)}."


def failed(command: str, error: Exception) -> str:
    """Of a command that failed by `error`; the remedy where one is known."""
    text = f"{type(error).__name__}: {error}".splitlines()[0]
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"The disk is full; {_KEPT.get(command, _ELSE)}. ({text})"
    if isinstance(error, MemoryError) or re.search("out of memory|not enough memory|can't allocate memory", str(error)):
        return f"Not enough memory: a smaller --batch or --size needs less; {_KEPT.get(command, _ELSE)}. ({text})"
    return text
