"""Checkpoints: one file, written atomically, the previous one kept; loaded with weights_only, so that a foreign file cannot run
code.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import torch

NAME = "checkpoint.pt"
PREVIOUS = "checkpoint.previous.pt"


def save(run: Path, state: dict[str, Any]) -> None:
    """Write `state`; a crash at any moment leaves the new file, or the one before it."""
    run.mkdir(parents=True, exist_ok=True)
    temporary = run / f".{NAME}.{os.getpid()}"
    try:
        with open(temporary, "wb") as f:
            torch.save(state, f)
            f.flush()
            os.fsync(f.fileno())
        if (run / NAME).exists():
            os.replace(run / NAME, run / PREVIOUS)
        os.replace(temporary, run / NAME)
    finally:
        temporary.unlink(missing_ok=True)


def load(run: Path) -> dict[str, Any] | None:
    """The newest readable state, or None where there is none."""
    for name in (NAME, PREVIOUS):
        path = run / name
        if not path.exists():
            continue
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
        except (RuntimeError, EOFError, OSError, pickle.UnpicklingError):
            continue  # cut short by a crash, or no checkpoint at all: the one before it is whole
        if isinstance(state, dict):
            return state
    return None
