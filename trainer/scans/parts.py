"""Which part of a study a patient was dealt to before, however the table names patients and scans today."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from trainer.scans.manifest import Row, patient_key
from trainer.scans.source import place_of
from trainer.scans.split import SPLITS

_SCAN = "sha256:"  # begins what stands for a scan's place; other keys are patients as a table named them
_ORDER = [name for name, _ in SPLITS]


def scan_key(row: Row, manifest: Path) -> str:
    """What stands for a scan among the parts: its place as seen from the table, which names and other scans do not change."""
    return _SCAN + hashlib.sha256(place_of(row.path, manifest).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def parts_before(
    rows: Sequence[Row], manifest: Path, parts: Mapping[str, str], by_source: Mapping[str, str], sources: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """The part of each patient of `rows` of whom it is known, by name or by one of the scans, and what is to be said of it: of
    several parts it is the first, since a model may have learnt from those scans.

    Args:
        parts: of `remember`, or of an earlier release, which knew patients by the table's name or the scan's id alone.
        by_source: in that form, part by `source.fingerprint` of the scans that stood there.
        sources: that of each scan, by id.
    """
    by_name: dict[str, set[str]] = {}
    for name, part in parts.items():
        if not name.startswith(_SCAN):
            by_name.setdefault(patient_key(name), set()).add(part)
    found: dict[str, set[str]] = {}
    for row in rows:
        known = {parts.get(scan_key(row, manifest)), by_source.get(sources.get(row.id, ""))} - {None}
        found.setdefault(row.patient, set()).update(by_name.get(patient_key(row.patient), ()), filter(None, known))
    told = {row.patient: row.id for row in reversed(rows)}
    said = [
        f"the patient of scan {told[patient]} stood in several parts before; all of them are in {min(seen, key=_ORDER.index)} now"
        for patient, seen in found.items()
        if len(seen) > 1
    ]
    return {patient: min(seen, key=_ORDER.index) for patient, seen in found.items() if seen}, said


def remember(rows: Sequence[Row], manifest: Path, parts: Mapping[str, str], splits: Mapping[str, str]) -> dict[str, str]:
    """The parts to be kept: of named patients and of all scans, also of those that are left out for a while."""
    named = {row.patient: splits[row.patient] for row in rows if row.patient_named}
    return {**parts, **named, **{scan_key(row, manifest): splits[row.patient] for row in rows}}


def of_an_earlier_release(parts: Mapping[str, str]) -> bool:
    """Whether no scan is known by its place."""
    return not any(name.startswith(_SCAN) for name in parts)
