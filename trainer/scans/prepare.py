"""`ankle-trainer prepare`: every scan of a manifest once through the viewer's own reader, checks, ankle finder and
preprocessing; split by patient.

DATA/ then holds index.csv (one row a scan, with the reason where it was left out), flow.json (the study's flow),
preprocessing.json and inputs/ID.npy, the network's inputs exactly as the viewer would make them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.preprocess import PreprocessSpec
from trainer.scans.intake import take_in
from trainer.scans.manifest import Row, read_manifest

SPLITS = (("train", 0.70), ("validation", 0.15), ("test", 0.15))  # paper, "Statistical Analysis"
FIELDS = ("id", "path", "label", "patient", "split", "excluded", "ankle", "pixels", "severity", "twin")

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Prepared:
    """One row of the index; `input_path` is None for a scan that was left out."""

    row: Row
    split: str
    excluded: str
    input_path: Path | None


class LeakError(ValueError):
    """The same patient or the same picture stands in two parts of the split."""


def split_by_patient(rows: Sequence[Row], seed: int = 0) -> dict[str, str]:
    """Patient to "train", "validation" or "test": 70/15/15, stratified by whether the patient has a fractured scan; the same for
    the same seed.
    """
    positive: dict[str, bool] = {}
    for row in rows:
        positive[row.patient] = positive.get(row.patient, False) or bool(row.label)
    out: dict[str, str] = {}
    for label in (False, True):
        patients = sorted(
            (p for p, has in positive.items() if has == label), key=lambda p: hashlib.sha256(f"{seed}:{p}".encode()).digest()
        )
        start = 0.0
        for name, share in SPLITS:
            stop = start + share * len(patients)
            out.update(dict.fromkeys(patients[round(start) : round(stop)], name))
            start = stop
    return out


def prepare(
    manifest: Path, out: Path, spec: PreprocessSpec, *, seed: int = 0, progress: Callable[[int, int, str], None] | None = None
) -> list[Prepared]:
    """Fill `out`; scans that are there already are not read again.

    Raises:
        DataError: the manifest is not usable.
        LeakError: equal pixels or one patient across splits.
    """
    from ankleviewer.io.atomic import write_text

    rows = read_manifest(manifest)
    splits = split_by_patient(rows, seed)
    folder = out / "inputs"
    folder.mkdir(parents=True, exist_ok=True)
    state_file = out / "state.json"
    state: dict[str, Any] = json.loads(state_file.read_text()) if state_file.is_file() else {}
    if state.get("preprocessing") != spec.hash:
        state = {"preprocessing": spec.hash, "scans": {}}
    for i, row in enumerate(rows):
        if progress:
            progress(i, len(rows), row.id)
        if row.id in state["scans"]:
            continue
        state["scans"][row.id] = _one(row.path, folder / f"{row.id}.npy", spec)
        write_text(state_file, json.dumps(state))
    found = []
    for row in rows:
        entry = state["scans"][row.id]
        split = splits[row.patient] if not entry["excluded"] else ""
        found.append(Prepared(row, split, entry["excluded"], None if entry["excluded"] else folder / f"{row.id}.npy"))
    check_leaks(found, {k: v["pixels"] for k, v in state["scans"].items()})
    write_text(out / "preprocessing.json", json.dumps(spec.to_json(), indent=1))
    write_text(out / "index.csv", _index(found, state["scans"]))
    write_text(out / "flow.json", json.dumps(flow(found), indent=1))
    return found


def _one(path: Path, target: Path, spec: PreprocessSpec) -> dict[str, Any]:
    from ankleviewer.core.preprocess import apply

    found = take_in(path)
    if found.scan is None:
        return {"excluded": found.reason, "pixels": "", "ankle": None}
    volume = found.scan.volume
    pixels = hashlib.sha256(np.ascontiguousarray(volume.hu).tobytes()).hexdigest()
    if not found.ankles:
        return {"excluded": found.reason, "pixels": pixels, "ankle": None}
    centre = found.ankles[0].centre_mm
    tensor, _ = apply(volume, spec, centre)
    temporary = target.with_name(f".{target.name}")
    with open(temporary, "wb") as f:
        np.save(f, tensor[0, 0])
    temporary.replace(target)
    return {"excluded": "", "pixels": pixels, "ankle": [float(c) for c in centre]}


def check_leaks(found: Sequence[Prepared], pixels: dict[str, str]) -> None:
    """Stop where a patient or a picture stands in more than one split.

    Raises:
        LeakError: with the scans' ids.
    """
    patients: dict[str, str] = {}
    pictures: dict[str, tuple[str, str]] = {}
    for item in found:
        if item.excluded:
            continue
        if patients.setdefault(item.row.patient, item.split) != item.split:
            raise LeakError(f"one patient stands in {patients[item.row.patient]} and in {item.split} (scan {item.row.id})")
        other, split = pictures.setdefault(pixels[item.row.id], (item.row.id, item.split))
        if split != item.split:
            raise LeakError(f"scans {other} ({split}) and {item.row.id} ({item.split}) hold the same pixels")


def flow(found: Sequence[Prepared]) -> dict[str, Any]:
    """Numbers of a flow diagram: found, excluded by reason, included by label and split."""
    reasons = [p.excluded for p in found if p.excluded]
    kept = [p for p in found if not p.excluded]
    return {
        "found": len(found),
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


def _index(found: Sequence[Prepared], scans: dict[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    for p in found:
        entry = scans[p.row.id]
        ankle = " ".join(f"{c:.2f}" for c in entry["ankle"]) if entry["ankle"] else ""
        row = {
            "id": p.row.id,
            "path": p.row.path,
            "label": p.row.label,
            "patient": p.row.patient,
            "split": p.split,
            "excluded": p.excluded,
        }
        writer.writerow(row | {"ankle": ankle, "pixels": entry["pixels"], "severity": p.row.severity, "twin": p.row.twin})
    return text.getvalue()
