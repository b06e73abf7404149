"""Manifests: the CSV tables that name scans, with label, patient and what else is known of them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


class DataError(ValueError):
    """A manifest that cannot be used; the message names the line."""


@dataclass(frozen=True)
class Row:
    """One scan of a manifest; `severity` and `twin` are "" where unknown."""

    id: str
    path: Path
    label: int
    patient: str
    site: str
    severity: str
    twin: str


def scan_id(path: Path) -> str:
    """Name of a scan in truth.json: its file name without .nii or .nii.gz, or its folder's name."""
    return path.name.removesuffix(".gz").removesuffix(".nii")


def read_manifest(path: str | Path) -> list[Row]:
    """Rows of a manifest, or of the manifest.csv in a folder. Relative paths are relative to the manifest.

    Raises:
        DataError: no such file, a column or value is missing, a label is not 0 or 1, a scan is named twice.
    """
    path = Path(path)
    path = path / "manifest.csv" if path.is_dir() else path
    try:
        with path.open(newline="", encoding="utf-8-sig") as f:
            records = list(csv.DictReader(f))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as a manifest: {error}") from error
    rows: list[Row] = []
    for line, record in enumerate(records, start=2):
        values = {k: (v or "").strip() for k, v in record.items() if isinstance(k, str) and not isinstance(v, list)}
        if not values.get("path") or values.get("label") not in ("0", "1"):
            raise DataError(f"{path.name}, line {line}: needs a path and a label 0 or 1, has {values}")
        scan = path.parent / values["path"]
        name = values.get("id") or scan_id(scan)
        rows.append(
            Row(
                name,
                scan,
                int(values["label"]),
                values.get("patient") or name,
                values.get("site", ""),
                values.get("severity", ""),
                values.get("twin", ""),
            )
        )
    if not rows:
        raise DataError(f"{path} names no scan")
    if len({r.path for r in rows}) < len(rows):
        raise DataError(f"{path} names a scan twice")
    return rows
