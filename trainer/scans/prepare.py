"""`ankle-trainer prepare`: every scan of a manifest once through the viewer's own reader, checks, ankle finder and
preprocessing; split by patient. What DATA/ then holds: see `prepared`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.io.atomic import write_text
from trainer.scans.example import make_example
from trainer.scans.intake import NO_LOCATOR
from trainer.scans.manifest import DataError, Row, check_table, read_manifest
from trainer.scans.parts import of_an_earlier_release, parts_before, remember
from trainer.scans.prepared import TABLES, write_prepared
from trainer.scans.source import TAKING_IN, fingerprint
from trainer.scans.split import SPLITS, Prepared, check_leaks, split_by_patient

STATE = "state.json"  # what was made of each scan, and the part that each patient was dealt to
WRITTEN = (STATE, *TABLES, "preprocessing.json", "flow.json", "flow.md", "flow.png")
NOT_FOUND = "FILE_NOT_FOUND"
# a share that is away, a full disk, other work, a locator that failed for want of memory
PASSING = (NOT_FOUND, "ARCHIVE_NO_ROOM", "FILE_UNREADABLE", "OUT_OF_MEMORY", NO_LOCATOR)

Told = Callable[[int, int, str], None]


def prepare(
    manifest: Path,
    out: Path,
    spec: PreprocessSpec,
    *,
    seed: int | None = None,
    progress: Told | None = None,
    say: Callable[[str], None] = lambda line: None,
    part: str | None = None,
) -> list[Prepared]:
    """Fill `out`; scans that are there already are not read again, unless their files have changed.

    Args:
        seed: of the split; None for the folder's own, 0 in a new one.
        progress: called with (scans done, of all, scan).
        say: told what was noticed of the table, the marks and equal scans; flow.md keeps it.
        part: of a split that was made before ("validation"): all scans stand in it, nothing is split again.

    Raises:
        DataError: the manifest is not usable, a file that is not ours would be replaced, the folder was split with another
            seed, none of the scans is within reach, marks and label of a scan or labels of equal scans contradict each other.
        LeakError: equal pixels or one patient across splits.
    """
    noticed: list[str] = []
    check_table(manifest, part=part or "")
    rows = read_manifest(manifest, noticed.append)
    state = _state(manifest, out)
    check_reachable(rows, state.get("scans", {}))
    (out / "inputs").mkdir(parents=True, exist_ok=True)
    rules = {"preprocessing": spec.hash, "taking_in": TAKING_IN}
    dealt = state.get("dealt", {})
    seed = _seed(seed, dealt.get("seed"), out) if part is None else 0
    by_source = _parts_by_source(state, dealt.get("parts", {}))
    noticed += _anew(state, rules, out)
    if any(state.get(name) != rule for name, rule in rules.items()):
        state = {**state, **rules, "scans": {}}
    _keep(state, out)  # tells this folder for ours from here on, even where no scan is to be read
    sources = _take_in(rows, manifest, out, spec, state, progress or (lambda *_: None))
    # what the table says against a scan is not kept in the state, since the table may change; such a scan is not even read
    entries: dict[str, dict[str, Any]] = {
        r.id: {"excluded": r.not_eligible, "pixels": "", "ankle": None} if r.not_eligible else state["scans"][r.id] for r in rows
    }
    # only scans that take part are split, so that what was left out does not make the parts uneven
    kept = [row for row in rows if not entries[row.id]["excluded"]]
    moved: list[str] = []
    if part is None:
        before, moved = parts_before(kept, manifest, dealt.get("parts", {}), by_source, sources)
        splits = split_by_patient(kept, seed, before)
        noticed += moved
    else:
        splits = dict.fromkeys((row.patient for row in kept), part)
    found = [_prepared(row, entries[row.id], splits, out) for row in rows]
    noticed += [
        f"{row.id}: its marks hold nothing that the network could see; its fracture counts as not marked"
        for row in kept
        if row.label and row.mask is not None and not entries[row.id].get("marked")
    ]
    noticed += check_leaks(found)
    if part is None:
        # a model may have learnt from them: the part of a patient stays, also of one who is left out for a while
        state["dealt"] = {"seed": seed, "parts": remember(kept, manifest, dealt.get("parts", {}), splits)}
        _keep(state, out)
        noticed += _empty_parts(found, bool(moved))
    for line in noticed:
        say(line)
    write_prepared(out, spec, found, {name: entry["ankle"] for name, entry in entries.items()}, noticed)
    return found


def _take_in(
    rows: Sequence[Row], manifest: Path, out: Path, spec: PreprocessSpec, state: dict[str, Any], progress: Told
) -> dict[str, str]:
    """Make inputs and marks of every scan that is new or has changed, and keep it in `state` from the first on; what each scan of
    the study was read from (`source.fingerprint`), by its id.
    """
    sources: dict[str, str] = {}
    for i, row in enumerate(rows):
        progress(i, len(rows), row.id)
        if row.not_eligible:
            continue
        source = sources[row.id] = fingerprint(row, manifest)
        if _is_done(state["scans"].get(row.id, {}), source, out, row.id):
            continue
        for name in ("index.csv", "preprocessing.json"):  # until all is done the folder is not what they say
            (out / name).unlink(missing_ok=True)
        entry = make_example(row, _input(out, row), _marks(out, row), spec)
        state["scans"][row.id] = entry | {"source": source}
        _keep(state, out)
    progress(len(rows), len(rows), "")
    return sources


def _keep(state: Mapping[str, Any], out: Path) -> None:
    write_text(out / STATE, json.dumps(state))


def _input(out: Path, row: Row) -> Path:
    return out / "inputs" / f"{row.id}.npy"


def _marks(out: Path, row: Row) -> Path:
    return out / "marks" / f"{row.id}.npy"


def _prepared(row: Row, entry: Mapping[str, Any], splits: Mapping[str, str], out: Path) -> Prepared:
    reason = entry["excluded"]
    return Prepared(
        row,
        "" if reason else splits[row.patient],
        reason,
        None if reason else _input(out, row),
        _marks(out, row) if entry.get("marked") else None,
        _is_there(row) if row.not_eligible else reason != NOT_FOUND,
        entry["pixels"],
    )


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
        state = json.loads((out / STATE).read_text(encoding="utf-8"))
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


def _empty_parts(found: Sequence[Prepared], moved: bool) -> list[str]:
    """What is to be said of parts of the split that cannot be used as they are.

    Args:
        moved: whether patients stood in several parts before, as where they were not named when these were dealt.
    """
    lines = []
    why = "there are too few patients"
    if moved:
        why = (
            "the parts were dealt before its patients were named; as long as no model has learnt from this folder, prepare the "
            "table into a new one"
        )
    for name, _ in SPLITS:
        labels = {p.row.label for p in found if not p.excluded and p.split == name}
        if len(labels) < 2:
            what = "scan" if not labels else "unfractured scan" if labels == {1} else "fractured scan"
            lines.append(f"no {what} fell to the {name} part: {why}")
    return lines


def _parts_by_source(state: dict[str, Any], parts: dict[str, str]) -> dict[str, str]:
    """Part of each scan by what it was read from, of a folder whose parts know no scans yet: ids change with other scans."""
    if not of_an_earlier_release(parts):
        return {}
    return {entry["source"]: parts[name] for name, entry in state.get("scans", {}).items() if name in parts and "source" in entry}


def check_reachable(rows: Sequence[Row], before: Mapping[str, Mapping[str, Any]] = MappingProxyType({})) -> None:
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
