"""A run's log: log.csv and log.jsonl always, TensorBoard's events where they are asked for."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from ankleviewer.core.errors import AnkleViewerError

FIELDS = (
    "step",
    "stage",
    "lr",
    "loss",
    "cells",
    "scan",
    "sides",
    "lesson",
    "pair_accuracy",
    "skipped",
    "seconds",
    "waited",
    "val_pair_accuracy",
    "val_auc",
    "val_auc_hairline",
    "val_auc_moderate",
    "val_auc_displaced",
)


class Log(Protocol):
    """Takes one row a step."""

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a row; fields that are not in FIELDS are left out."""
        ...

    def close(self) -> None:
        """Write what is still to be written."""
        ...


class FileLog:
    """log.csv and, the same rows as JSON, log.jsonl; flushed at once. Appended to on resuming, rows of steps that are done again
    cut off.

    Args:
        run: the run's folder; first: first step that will be written.
    """

    def __init__(self, run: Path, first: int) -> None:
        kept: list[dict[str, Any]] = []
        path = run / "log.csv"
        if first and path.exists():
            with open(path, newline="") as f:
                kept = [row for row in csv.DictReader(f) if int(row["step"]) < first]
        self._csv = open(path, "w", newline="")  # noqa: SIM115 (closed by close)
        self._json = open(run / "log.jsonl", "w")  # noqa: SIM115
        self._writer = csv.DictWriter(self._csv, FIELDS, extrasaction="ignore")
        self._writer.writeheader()
        for row in kept:
            self.write({k: _number(v) for k, v in row.items() if v not in ("", None)})

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a row to both."""
        self._writer.writerow({k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items()})
        known = {k: row[k] for k in FIELDS if k in row}
        finite = {k: v for k, v in known.items() if not isinstance(v, float) or math.isfinite(v)}  # JSON has no nan
        self._json.write(json.dumps({k: float(f"{v:.5g}") if isinstance(v, float) else v for k, v in finite.items()}) + "\n")
        self._csv.flush()
        self._json.flush()

    def close(self) -> None:
        """Close both."""
        self._csv.close()
        self._json.close()


class TensorBoardLog:
    """Events for TensorBoard in RUN/tensorboard; steps that are done again replace those of before.

    Raises:
        AnkleViewerError: EXTRA_MISSING, the package `tensorboard` is not there.
    """

    def __init__(self, run: Path, first: int) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise AnkleViewerError(
                "EXTRA_MISSING", "--tensorboard needs the package tensorboard: pip install 'ankleviewer[tensorboard]'."
            ) from error
        self._writer = SummaryWriter(str(run / "tensorboard"), purge_step=first)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write what is a number."""
        for key in FIELDS:
            value = row.get(key)
            if key not in ("step", "stage") and isinstance(value, float) and math.isfinite(value):
                group = "validation" if key.startswith("val_") else "training"
                self._writer.add_scalar(f"{group}/{key}", value, row["step"])

    def close(self) -> None:
        """Flush and close."""
        self._writer.close()


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("-").isdigit() else float(text)
