"""What a run learns, and from what: hashes of its data, its model and its settings, by which `--resume` knows it again."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.split import Prepared
from trainer.training import checkpoint

CONFIG = "config.json"
PARTS = {
    "data": "the scans to train on or to judge by",
    "model": "the network or what it starts from",
    "settings": "the settings (length, rate, augmentation, batch, size or seed)",
}


def fingerprint(data: Any, model: Any, settings: Any) -> dict[str, str]:
    """A hash of each part, of what JSON makes of it."""
    parts = {"data": data, "model": model, "settings": settings}
    return {k: hashlib.sha256(json.dumps(v, sort_keys=True).encode()).hexdigest() for k, v in parts.items()}


def of_scans(found: Sequence[Prepared]) -> list[list[str | int]]:
    """Each prepared scan's id, label, pixels, place of the ankle and marks. Pixels stand in the index as the hash that `prepare`
    took of the scan: the inputs themselves are 28 MB each.
    """
    index: dict[Path, dict[str, dict[str, str]]] = {}
    rows: list[list[str | int]] = []
    for item in found:
        if item.input_path is None:
            continue
        table = item.input_path.parents[1] / "index.csv"
        if table not in index:
            with open(table, newline="", encoding="utf-8") as f:
                index[table] = {r["id"]: r for r in csv.DictReader(f)}
        known = index[table][item.row.id]
        marks = of_file(item.marks_path) if item.row.label else ""
        rows.append([item.row.id, item.row.label, known["pixels"], known["ankle"], marks])
    return sorted(rows)


def pictures(found: Sequence[Prepared]) -> list[str]:
    """Hashes of the prepared scans' voxels, which tell whether a scan was among them, and nothing else of it."""
    return sorted({str(row[2]) for row in of_scans(found)})


def of_file(path: Path | None) -> str:
    """Hash of a file, "" where there is none."""
    if path is None or not path.is_file():
        return ""
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def differences(known: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    """The parts in which two fingerprints differ, in words; "" where they are equal."""
    return " and ".join(words for part, words in PARTS.items() if known.get(part) != wanted[part])


def check(run: Path, wanted: Mapping[str, str]) -> None:
    """Before a run goes on: the checkpoint must be one of this very run.

    Raises:
        AnkleViewerError: RESUME_UNFIT, with what differs.
    """
    if not checkpoint.exists(run):
        return
    try:
        known = json.loads((run / CONFIG).read_text(encoding="utf-8")).get("fingerprint")
    except (OSError, ValueError):
        known = None
    # earlier releases kept none: such a run goes on unchecked, as it did there, since days of training may hang on it
    if known is not None:
        refuse(run, known, wanted)


def refuse(run: Path, known: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Stop where `run` is another than the one that is wanted.

    Raises:
        AnkleViewerError: RESUME_UNFIT, with what differs.
    """
    if what := differences(known, wanted):
        raise AnkleViewerError(
            "RESUME_UNFIT",
            f"{run} holds a run that differs from this command in {what}: give the command that it was begun with, or leave out "
            "--resume to begin anew.",
        )
