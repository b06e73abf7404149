"""The folder of prepared scans: how it is written, and read again.

DATA/ holds index.csv (one row a scan, with the reason where it was left out), flow.json (the study's flow; flow.md for people,
with what was noticed), preprocessing.json, train.csv, validation.csv and test.csv (manifests of the three parts), inputs/ID.npy,
the network's inputs exactly as the viewer would make them, and marks/ID.npy where fractures are marked.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.io.atomic import write_text
from trainer.scans.flow_diagram import draw_flow, flow_table, in_words
from trainer.scans.manifest import DataError, Row
from trainer.scans.split import SPLITS, Prepared, flow

TABLES = ("index.csv", *(f"{part}.csv" for part, _ in SPLITS))
FIELDS = ("id", "path", "label", "patient", "split", "excluded", "ankle", "pixels", "severity", "twin", "marked")
NAMED = 5  # scans of one reason, whose ids are told
# left out for these, a scan can be taken in once somebody has named it rightly, copied it again, chosen a series or marked it
MENDABLE = (
    "FILE_NOT_FOUND",
    "FILE_UNREADABLE",
    "FILE_TRUNCATED",
    "FOLDER_TOO_LARGE",
    "FORMAT_UNKNOWN",
    "LOCATOR_MISSING",
    "OUT_OF_MEMORY",
    "OWN_HEAT_MAP",
    "SERIES_AMBIGUOUS",
    "GZIP_CRC",
    "ARCHIVE_DAMAGED",
    "ARCHIVE_EMPTY",
    "ARCHIVE_ENCRYPTED",
    "ARCHIVE_NO_ROOM",
    "ARCHIVE_SEVERAL",
    "ARCHIVE_TOO_LARGE",
    "NO_DICOM",
    "MODALITY_NOT_CT",
    "PIXELS_TRUNCATED",
    "SLICE_DUPLICATE",
    "SLICE_GAP",
    "WHICH_ANKLE",
)


def write_prepared(
    out: Path,
    spec: PreprocessSpec,
    found: Sequence[Prepared],
    ankles: Mapping[str, Sequence[float] | None],
    noticed: Sequence[str],
) -> None:
    """All but inputs and marks; index.csv last but for what is made of it, since it tells that the folder is whole.

    Args:
        ankles: centre of each scan's ankle, LPS mm, by the scan's id; noticed: lines for people.
    """
    numbers = flow(found)
    write_text(out / "preprocessing.json", json.dumps(spec.to_json(), indent=1))
    write_text(out / "index.csv", _index(found, ankles))
    write_text(out / "flow.json", json.dumps(numbers, indent=1))
    write_text(out / "flow.md", flow_table(numbers) + "".join(f"\n{line}.\n" for line in noticed))
    draw_flow(numbers, out / "flow.png")
    for name, _ in SPLITS:
        write_text(out / f"{name}.csv", _manifest([p.row for p in found if p.split == name]))


def read_prepared(out: Path) -> tuple[PreprocessSpec, list[Prepared]]:
    """What `prepare` left in a folder.

    Raises:
        DataError: it holds no prepared scans, or not all of them.
    """
    try:
        spec = PreprocessSpec.from_json(json.loads((out / "preprocessing.json").read_text(encoding="utf-8")))
        with open(out / "index.csv", newline="", encoding="utf-8") as f:
            records = list(csv.DictReader(f))
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = "" if isinstance(error, FileNotFoundError) else f": {error}"
        raise DataError(
            "PREPARED_MISSING", f"{out} holds no prepared scans (make them with `ankle-trainer prepare`){reason}"
        ) from error
    found = []
    for r in records:
        row = Row(r["id"], Path(r["path"]), int(r["label"]), r["patient"], "", r["severity"], r["twin"])
        values, marks = out / "inputs" / f"{row.id}.npy", out / "marks" / f"{row.id}.npy"
        for file in () if r["excluded"] else (values, marks) if r.get("marked") else (values,):
            if not file.is_file():
                raise DataError("PREPARED_MISSING", f"{file} is gone; run `ankle-trainer prepare` again")
        there = None if r["excluded"] else values
        marked = marks if marks.is_file() else None
        found.append(Prepared(row, r["split"], r["excluded"], there, marked, pixels=r.get("pixels", "")))
    return spec, found


def study_of(table: Path) -> dict[str, Any] | None:
    """The flow (`split.flow`) of the study that a table is a part of; None of a table that is not from `prepare`."""
    if table.name not in TABLES[1:]:
        return None
    try:
        known = json.loads((table.parent / "flow.json").read_text(encoding="utf-8"))
        whole = isinstance(known["rows"], int) and all(isinstance(n, int) for n in known["excluded"].values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return known if whole else None


def remarks(found: Sequence[Prepared], out: Path) -> list[str]:
    """What a person is told beside the numbers: which scans were left out for a reason that can be mended, by their ids alone
    (logs are passed on), where all of them stand, and how many name no patient.
    """
    lines = []
    for code in MENDABLE:
        if ids := [p.row.id for p in found if p.excluded == code]:
            more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
            lines.append(f"left out, {in_words(code)}: {', '.join(ids[:NAMED])}{more}")
    if any(p.excluded for p in found):
        lines.append(f"each scan that was left out, and why: {out / TABLES[0]}, column `excluded`")
    if alone := sum(not p.row.patient_named for p in found if not p.excluded):
        lines.append(
            f"no patient named: {alone} of them, each (or each pair of twins) counts as a patient of its own; scans of one "
            "patient might then stand in two parts of the split, which the column `patient` prevents"
        )
    return lines


def _manifest(rows: Sequence[Row]) -> str:
    """A manifest of one part of the split, for `evaluate` and `export`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", "path", "label", "patient", "mask", "site", "severity", "twin"))
    for r in rows:
        mask = r.mask.resolve() if r.mask else ""
        patient = r.patient if r.patient_named else ""  # else its twins or its id count as a patient again
        writer.writerow((r.id, r.path.resolve(), r.label, patient, mask, r.site, r.severity, r.twin))
    return text.getvalue()


def _index(found: Sequence[Prepared], ankles: Mapping[str, Sequence[float] | None]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    for p in found:
        ankle = " ".join(f"{c:.2f}" for c in ankles[p.row.id] or ())
        row = {
            "id": p.row.id,
            "path": p.row.path,
            "label": p.row.label,
            "patient": p.row.patient,
            "split": p.split,
            "excluded": p.excluded,
        }
        row |= {"marked": 1 if p.marks_path is not None else ""}
        writer.writerow(row | {"ankle": ankle, "pixels": p.pixels, "severity": p.row.severity, "twin": p.row.twin})
    return text.getvalue()
