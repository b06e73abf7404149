"""What is told of a command that was stopped or failed: one line, with what was kept and what can be done."""

from __future__ import annotations

import errno
import re
from pathlib import Path

_RESUMABLE = ("train", "locator")
_EXTRA = {"torch", "onnx", "onnxscript", "matplotlib", "safetensors", "tqdm"}  # of pyproject.toml, extra "trainer"
_STATES = ("checkpoint*.pt", "fold-*/checkpoint*.pt", "fold-*/answers.json")  # what --resume goes on from
_LESS = ": --part 1 or --save-memory needs less, also with --resume (a smaller --batch or --size is another run)"
_FULL = (
    r"unexpected pos \d+ vs \d+"  # torch.save
    r"|Not enough free space|\d+ requested and \d+ written"  # numpy, which gives no number of the system's
)


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
    return text


def missing(error: ModuleNotFoundError) -> str | None:
    """What is said where the trainer's packages are not installed; None where another module is missing."""
    if (error.name or "").split(".")[0] not in _EXTRA:
        return None
    return f"EXTRA_MISSING: the trainer needs the package {error.name}: pip install 'ankleviewer[trainer]'."


def _kept(command: str, out: Path | None, since: float) -> str:
    if command == "evaluate":
        return "nothing was written, the same command begins anew"
    if command not in _RESUMABLE:
        return "what was written so far stays, the same command goes on from there"
    states = [path for name in _STATES for path in out.glob(name)] if out is not None else []
    if any(path.stat().st_mtime >= since for path in states):
        return "the last checkpoint stays, the same command with --resume goes on from it"
    return "there is no checkpoint yet, the same command begins anew"
