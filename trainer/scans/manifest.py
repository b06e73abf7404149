"""Manifests: the CSV tables that name scans, with label, patient and what else is known of them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


class DataError(ValueError):
    """A manifest that cannot be used; the message names the line."""


@dataclass(frozen=True)
class Row:
    """One scan of a manifest.

    Attributes:
        severity, twin: "" where unknown.
        mask: where the fractures are marked, or None.
        not_eligible: code of what the table says against it (EXCLUDING), "" where nothing.
    """

    id: str
    path: Path
    label: int
    patient: str
    site: str
    severity: str
    twin: str
    mask: Path | None = None
    not_eligible: str = ""


# columns of yes or no that exclude a scan, as the paper's study did, and the code under which it is counted
EXCLUDING = {
    "surgery": "PRIOR_SURGERY",
    "implant": "IMPLANT",
    "motion": "STRONG_MOTION",
    "bone_disease": "BONE_DISEASE",
    "incomplete": "SCAN_INCOMPLETE",
}
ADULT = 18
_YES, _NO = ("1", "yes", "true"), ("", "0", "no", "false")


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
                path.parent / values["mask"] if values.get("mask") else None,
                _not_eligible(values, f"{path.name}, line {line}"),
            )
        )
    if not rows:
        raise DataError(f"{path} names no scan")
    if len({r.path for r in rows}) < len(rows):
        raise DataError(f"{path} names a scan twice")
    return rows


def _not_eligible(values: dict[str, str], where: str) -> str:
    age = values.get("age", "")
    if age:
        try:
            years = float(age)
        except ValueError:
            raise DataError(f"{where}: the age {age!r} is no number") from None
        if years < ADULT:
            return "NOT_ADULT"
    for column, code in EXCLUDING.items():
        answer = values.get(column, "").lower()
        if answer in _YES:
            return code
        if answer not in _NO:
            raise DataError(f"{where}: {column} must be yes or no, is {answer!r}")
    return ""
