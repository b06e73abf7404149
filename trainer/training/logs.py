"""A run's log: log.csv and log.jsonl always, TensorBoard's events where they are asked for."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Protocol

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.io.atomic import write_text

TABLE, LINES = "log.csv", "log.jsonl"
LOGS = (TABLE, LINES)
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
        kept = _rows_before(run / TABLE, first) if first else []
        # put in place as whole files, so that a crash here costs none of the rows of a run that goes on
        table = io.StringIO()
        writer = _writer(table)
        writer.writeheader()
        writer.writerows(_table_row(row) for row in kept)
        write_text(run / TABLE, table.getvalue())
        write_text(run / LINES, "".join(_line(row) for row in kept))
        self._csv = open(run / TABLE, "a", newline="", encoding="utf-8")  # noqa: SIM115 (closed by close)
        self._json = open(run / LINES, "a", newline="", encoding="utf-8")  # noqa: SIM115
        self._writer = _writer(self._csv)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a row to both."""
        self._writer.writerow(_table_row(row))
        self._json.write(_line(row))
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


def _writer(stream: IO[str]) -> csv.DictWriter[str]:
    return csv.DictWriter(stream, FIELDS, extrasaction="ignore")


def _table_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items()}


def _line(row: Mapping[str, Any]) -> str:
    known = {k: row[k] for k in FIELDS if k in row}
    finite = {k: v for k, v in known.items() if not isinstance(v, float) or math.isfinite(v)}  # JSON has no nan
    return json.dumps({k: float(f"{v:.5g}") if isinstance(v, float) else v for k, v in finite.items()}) + "\n"


def _rows_before(path: Path, first: int) -> list[dict[str, int | float]]:
    """Rows of the steps before `first`; one that a crash or a full disk cut short is left out."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    kept = []
    for row in csv.DictReader(io.StringIO(text[: text.rfind("\n") + 1])):
        try:
            numbers = {k: _number(v) for k, v in row.items() if v != ""}
        except (ValueError, AttributeError):  # no number, or fewer values than columns
            continue
        if numbers.get("step", first) < first:
            kept.append(numbers)
    return kept


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("-").isdigit() else float(text)
