"""What a run learns, and from what: hashes of its data, its model and its settings, by which `--resume` knows it again."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
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


def check(run: Path, wanted: Mapping[str, str], now: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Before a run goes on: the checkpoint must be one of this very run.

    Args:
        now: what config.json would hold of the one that is wanted, see `refuse`.

    Raises:
        AnkleViewerError: RESUME_UNFIT, with what differs.
    """
    if not checkpoint.exists(run):
        return
    # earlier releases kept none: such a run goes on unchecked, as it did there, since days of training may hang on it
    if (known := recorded(run).get("fingerprint")) is not None:
        refuse(run, known, wanted, now)


def refuse(run: Path, known: Mapping[str, str], wanted: Mapping[str, str], now: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Stop where `run` is another than the one that is wanted.

    Args:
        now: what config.json would hold of the one that is wanted; where the run's own holds other values, they are named.

    Raises:
        AnkleViewerError: RESUME_UNFIT, with what differs.
    """
    if what := differences(known, wanted):
        begun = recorded(run)
        there, here = facts(begun), facts(now)
        named = [f"{name} {there[name]} there, {here[name]} here" for name in here if there.get(name, here[name]) != here[name]]
        if "pictures" in begun and (other := set(now.get("pictures", ())) - set(begun["pictures"])):
            named.append(f"{len(other)} of the scans to train on were not among them")
        values = f" ({'; '.join(named)})" if named else ""
        raise AnkleViewerError(
            "RESUME_UNFIT",
            f"{run} holds a run that differs from this command in {what}{values}: give the command that it was begun with, or "
            "leave out --resume to begin anew.",
        )


def recorded(run: Path) -> dict[str, Any]:
    """What a run's config.json holds; {} where there is none that can be read."""
    try:
        found = json.loads((run / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def facts(record: Mapping[str, Any]) -> dict[str, str]:
    """What a config.json tells of a run's scans and settings, by their names for people; what it does not tell is left out."""
    told = {}
    if seen := record.get("preprocessing"):
        told["window"] = f"{seen['window']} ({seen['lo']:g} to {seen['hi']:g} HU)"
        told |= {"voxels of": f"{seen['spacing_mm']:g} mm", "edge of": f"{seen['size']} voxels"}
    names = {"arch": "network", "scans": "scans to train on:", "judges": "scans to judge by:", "pairs": "pairs", "seed": "--seed"}
    told |= {words: str(record[name]) for name, words in names.items() if name in record}
    told |= {f"--{name}": record[name] or "none" for name in ("init", "teacher") if name in record}
    told |= {name: "the preset's" if value is None else str(value) for name, value in record.get("asked", {}).items()}
    return told
