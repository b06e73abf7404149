"""Three parts of a study's scans: split by patient, no patient and no picture in two of them, and how many there are of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.manifest import DataError, Row

SPLITS = (("train", 0.70), ("validation", 0.15), ("test", 0.15))  # paper, "Statistical Analysis"


@dataclass(frozen=True)
class Prepared:
    """One row of the index; `input_path` is None for a scan that was left out, `marks_path` where no fracture is marked; `there`
    tells whether its file was, as far as `prepare` asked; `pixels` is the hash of its voxels, "" where it was not read.
    """

    row: Row
    split: str
    excluded: str
    input_path: Path | None
    marks_path: Path | None = None
    there: bool = True
    pixels: str = ""


class LeakError(AnkleViewerError):
    """The same patient or the same picture stands in two parts of the split."""


def split_by_patient(rows: Sequence[Row], seed: int = 0, before: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Patient to "train", "validation" or "test": 70/15/15, stratified by whether the patient has a fractured scan; the same for
    the same seed.

    Args:
        before: part of the patients that were dealt before, which they keep; new ones go to whichever part lacks most.
    """
    positive: dict[str, bool] = {}
    for row in rows:
        positive[row.patient] = positive.get(row.patient, False) or bool(row.label)
    out: dict[str, str] = {}
    for label in (False, True):
        patients = sorted(
            (p for p, has in positive.items() if has == label), key=lambda p: hashlib.sha256(f"{seed}:{p}".encode()).digest()
        )
        new = [p for p in patients if p not in before]
        out.update((p, before[p]) for p in patients if p in before)
        lack: dict[str, int] = {}
        start = 0.0
        for name, share in SPLITS:
            stop = start + share * len(patients)
            lack[name] = max(0, round(stop) - round(start) - sum(out.get(p) == name for p in patients))
            start = stop
        reached = 0.0
        for name, count in lack.items():  # more than there are, where another part holds more than its share
            stop = reached + count * len(new) / max(1, sum(lack.values()))
            out.update(dict.fromkeys(new[round(reached) : round(stop)], name))
            reached = stop
    return out


def check_leaks(found: Sequence[Prepared]) -> list[str]:
    """Stop where a patient or a picture stands in more than one split; returns what is to be said of equal pictures in one.

    Raises:
        LeakError: with the scans' ids.
        DataError: scans of equal pixels have different labels.
    """
    patients: dict[str, str] = {}
    pictures: dict[str, Prepared] = {}
    twice = []
    for item in found:
        if item.excluded:
            continue
        if patients.setdefault(item.row.patient, item.split) != item.split:
            raise LeakError(
                "DATA_LEAK", f"one patient stands in {patients[item.row.patient]} and in {item.split} (scan {item.row.id})"
            )
        other = pictures.setdefault(item.pixels, item)
        if other.row.label != item.row.label:
            raise DataError(
                "LABELS_CONTRADICT", f"scans {other.row.id} and {item.row.id} hold the same pixels, but their labels differ"
            )
        if other.split != item.split:
            raise LeakError(
                "DATA_LEAK", f"scans {other.row.id} ({other.split}) and {item.row.id} ({item.split}) hold the same pixels"
            )
        if other is not item:
            twice.append(f"{other.row.id} and {item.row.id}: the same pixels, counted twice in {item.split}")
    return twice


def flow(found: Sequence[Prepared]) -> dict[str, Any]:
    """Numbers of a flow diagram: rows of the table, how many of their files were there and how many not, excluded by reason (the
    latter among them), included by label and split.
    """
    reasons = [p.excluded for p in found if p.excluded]
    kept = [p for p in found if not p.excluded]
    return {
        "rows": len(found),
        "found": sum(p.there for p in found),
        "not_found": sum(not p.there for p in found),
        "excluded": {r: reasons.count(r) for r in sorted(set(reasons))},
        "included": len(kept),
        "positive": sum(p.row.label for p in kept),
        "negative": sum(1 - p.row.label for p in kept),
        "splits": {
            name: {
                "positive": sum(p.row.label for p in kept if p.split == name),
                "negative": sum(1 - p.row.label for p in kept if p.split == name),
            }
            for name, _ in SPLITS
        },
    }
