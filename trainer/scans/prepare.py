"""`ankle-trainer prepare`: every scan of a manifest once through the viewer's own reader, checks, ankle finder and
preprocessing; split by patient.

DATA/ then holds index.csv (one row a scan, with the reason where it was left out), flow.json (the study's flow; flow.md for
people, with what was noticed), preprocessing.json, train.csv, validation.csv and test.csv (manifests of the three parts),
inputs/ID.npy, the network's inputs exactly as the viewer would make them, and marks/ID.npy where fractures are marked.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from trainer.scans.example import make_example
from trainer.scans.flow_diagram import draw_flow, flow_table, in_words
from trainer.scans.manifest import DataError, Row, check_table, read_manifest
from trainer.scans.parts import of_an_earlier_release, parts_before, remember
from trainer.scans.source import TAKING_IN, fingerprint
from trainer.scans.split import SPLITS, Prepared, check_leaks, flow, split_by_patient

TABLES = ("index.csv", *(f"{part}.csv" for part, _ in SPLITS))
WRITTEN = ("state.json", *TABLES, "preprocessing.json", "flow.json", "flow.md", "flow.png")
NOT_FOUND = "FILE_NOT_FOUND"
PASSING = (NOT_FOUND, "ARCHIVE_NO_ROOM", "FILE_UNREADABLE", "OUT_OF_MEMORY")  # a share that is away, a full disk, other work
# left out for these, a scan can be taken in once somebody has named it rightly, copied it again, chosen a series or marked it
MENDABLE = (
    NOT_FOUND,
    "FILE_UNREADABLE",
    "FILE_TRUNCATED",
    "FOLDER_TOO_LARGE",
    "FORMAT_UNKNOWN",
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
NAMED = 5  # scans of one reason, whose ids are told
FIELDS = ("id", "path", "label", "patient", "split", "excluded", "ankle", "pixels", "severity", "twin", "marked")


def prepare(
    manifest: Path,
    out: Path,
    spec: PreprocessSpec,
    *,
    seed: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    say: Callable[[str], None] = lambda line: None,
    part: str | None = None,
) -> list[Prepared]:
    """Fill `out`; scans that are there already are not read again, unless their files have changed.

    Args:
        seed: of the split; None for the folder's own, 0 in a new one.
        say: told what was noticed of the table, the marks and equal scans; flow.md keeps it.
        part: of a split that was made before ("validation"): all scans stand in it, nothing is split again.

    Raises:
        DataError: the manifest is not usable, a file that is not ours would be replaced, the folder was split with another
            seed, none of the scans is within reach, marks and label of a scan or labels of equal scans contradict each other.
        LeakError: equal pixels or one patient across splits.
    """
    from ankleviewer.io.atomic import write_text

    noticed: list[str] = []
    check_table(manifest, part=part or "")
    rows = read_manifest(manifest, noticed.append)
    folder = out / "inputs"
    state_file = out / "state.json"
    state = _state(manifest, out)
    _check_reachable(rows, state.get("scans", {}))
    folder.mkdir(parents=True, exist_ok=True)
    rules = {"preprocessing": spec.hash, "taking_in": TAKING_IN}
    dealt = state.get("dealt", {})
    parts = dealt.get("parts", {})
    seed = _seed(seed, dealt.get("seed"), out) if part is None else 0
    by_source = _parts_by_source(state, parts)
    noticed += _anew(state, rules, out)
    if any(state.get(name) != rule for name, rule in rules.items()):
        state = {**state, **rules, "scans": {}}
    write_text(state_file, json.dumps(state))  # tells this folder for ours from here on, even where no scan is to be read
    sources: dict[str, str] = {}
    for i, row in enumerate(rows):
        if progress:
            progress(i, len(rows), row.id)
        if row.not_eligible:
            continue
        source = sources[row.id] = fingerprint(row, manifest)
        if _is_done(state["scans"].get(row.id, {}), source, out, row.id):
            continue
        for name in ("index.csv", "preprocessing.json"):  # until all is done the folder is not what they say
            (out / name).unlink(missing_ok=True)
        entry = make_example(row, folder / f"{row.id}.npy", out / "marks" / f"{row.id}.npy", spec)
        state["scans"][row.id] = entry | {"source": source}
        write_text(state_file, json.dumps(state))
    # what the table says against a scan is not kept in the state, since the table may change; such a scan is not even read
    entries: dict[str, dict[str, Any]] = {
        r.id: {"excluded": r.not_eligible, "pixels": "", "ankle": None} if r.not_eligible else state["scans"][r.id] for r in rows
    }
    if progress:
        progress(len(rows), len(rows), "")
    # only scans that take part are split, so that what was left out does not make the parts uneven
    kept = [row for row in rows if not entries[row.id]["excluded"]]
    if part is None:
        before, moved = parts_before(kept, manifest, parts, by_source, sources)
        splits = split_by_patient(kept, seed, before)
        # a model may have learnt from them: the part of a patient stays, also of one who is left out for a while
        state["dealt"] = {"seed": seed, "parts": remember(kept, manifest, parts, splits)}
        noticed += moved
        write_text(state_file, json.dumps(state))
    else:
        splits = dict.fromkeys((row.patient for row in kept), part)
    found = []
    for row in rows:
        entry = entries[row.id]
        split = splits[row.patient] if not entry["excluded"] else ""
        marks = out / "marks" / f"{row.id}.npy" if entry.get("marked") else None
        values = None if entry["excluded"] else folder / f"{row.id}.npy"
        there = _is_there(row) if row.not_eligible else entry["excluded"] != NOT_FOUND
        found.append(Prepared(row, split, entry["excluded"], values, marks, there, entry["pixels"]))
    noticed += [
        f"{row.id}: its marks hold nothing that the network could see; its fracture counts as not marked"
        for row in kept
        if row.label and row.mask is not None and not entries[row.id].get("marked")
    ]
    noticed += check_leaks(found)
    noticed += [] if part else _empty_parts(found)
    for line in noticed:
        say(line)
    write_text(out / "preprocessing.json", json.dumps(spec.to_json(), indent=1))
    write_text(out / "index.csv", _index(found, entries))
    numbers = flow(found)
    write_text(out / "flow.json", json.dumps(numbers, indent=1))
    write_text(out / "flow.md", flow_table(numbers) + "".join(f"\n{line}.\n" for line in noticed))
    draw_flow(numbers, out / "flow.png")
    for name, _ in SPLITS:
        write_text(out / f"{name}.csv", _manifest([p.row for p in found if p.split == name]))
    return found


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
        known: dict[str, Any] = json.loads((table.parent / "flow.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known


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


def _state(manifest: Path, out: Path) -> dict[str, Any]:
    """What an earlier run knew of its scans, {} where there was none.

    Raises:
        DataError: a file that is not ours would be replaced.
    """
    there = [out / name for name in WRITTEN if (out / name).exists()]
    if manifest.is_file() and any(file.samefile(manifest) for file in there):
        raise DataError(
            "SET_UNFIT", f"{manifest} would be replaced by a part of itself: give another folder, or the table another name"
        )
    if not there:
        return {}
    try:
        state = json.loads((out / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        state = None
    if not isinstance(state, dict) or not {"preprocessing", "scans"} <= state.keys():
        raise DataError("SET_UNFIT", f"{there[0]} is there already, and not from `ankle-trainer prepare`: give another folder")
    return state


def _seed(asked: int | None, before: int | None, out: Path) -> int:
    """The seed of the split. Another one would deal patients whose scans a model has learnt from into other parts.

    Raises:
        DataError: the folder was split with another seed.
    """
    if asked is not None and before is not None and asked != before:
        raise DataError("SET_UNFIT", f"{out} was split with --seed {before}: leave --seed out to keep it, or give another folder")
    return before or 0 if asked is None else asked


def _anew(state: dict[str, Any], rules: dict[str, Any], out: Path) -> list[str]:
    if not state.get("scans") or all(state.get(name) == rule for name, rule in rules.items()):
        return []
    other = state["preprocessing"] != rules["preprocessing"]
    how = "with another window, voxels or size" if other else "by a release that takes scans in otherwise"
    rest = ", and runs on what was there cannot go on" if other else ""
    return [f"{out} was prepared {how}: all is made anew{rest}"]


def _empty_parts(found: Sequence[Prepared]) -> list[str]:
    """What is to be said of parts of the split that cannot be used as they are."""
    lines = []
    for name, _ in SPLITS:
        labels = {p.row.label for p in found if not p.excluded and p.split == name}
        if len(labels) < 2:
            what = "scan" if not labels else "unfractured scan" if labels == {1} else "fractured scan"
            lines.append(f"no {what} fell to the {name} part: there are too few patients")
    return lines


def _parts_by_source(state: dict[str, Any], parts: dict[str, str]) -> dict[str, str]:
    """Part of each scan by what it was read from, of a folder whose parts know no scans yet: ids change with other scans."""
    if not of_an_earlier_release(parts):
        return {}
    return {entry["source"]: parts[name] for name, entry in state.get("scans", {}).items() if name in parts and "source" in entry}


def _check_reachable(rows: Sequence[Row], before: dict[str, dict[str, Any]]) -> None:
    """Stop where a share that is not connected would leave a study empty.

    Args:
        before: of scans that were read in an earlier run.

    Raises:
        DataError: none of the scans, or none of those that were read before, is there.
    """
    wanted = [row for row in rows if not row.not_eligible]
    there = {row.id for row in wanted if _is_there(row)}
    known = {row.id for row in wanted if before.get(row.id, {}).get("excluded", NOT_FOUND) != NOT_FOUND}
    if wanted and not there:
        raise DataError(
            "SCANS_NOT_FOUND",
            f"none of the table's {len(wanted)} scans is found, the first should be {wanted[0].path}: is their folder connected? "
            "Nothing was written",
        )
    if known and not known & there:
        raise DataError(
            "SCANS_NOT_FOUND",
            f"none of the {len(known)} scans that were prepared before is found: is their folder connected? Nothing was written. "
            "Where they are gone for good, take them out of the table",
        )


def _is_there(row: Row) -> bool:
    return os.path.exists(row.path)  # noqa: PTH110 (false, too, where a share answers by an error)


def _is_done(entry: dict[str, Any], source: str, out: Path, name: str) -> bool:
    """Whether a scan was prepared before from the same files, and what was made of it is still there. A scan that could not be
    read for a reason that passes is tried again.
    """
    if entry.get("source") != source or entry["excluded"] in PASSING:
        return False
    wanted = [] if entry["excluded"] else ["inputs", "marks"] if entry.get("marked") else ["inputs"]
    return all((out / kind / f"{name}.npy").is_file() for kind in wanted)


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
        row |= {"marked": 1 if p.marks_path is not None else ""}
        writer.writerow(row | {"ankle": ankle, "pixels": entry["pixels"], "severity": p.row.severity, "twin": p.row.twin})
    return text.getvalue()
