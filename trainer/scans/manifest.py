"""Manifests: the CSV tables that name scans, with label, patient and what else is known of them."""

from __future__ import annotations

import csv
import difflib
import io
import math
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ankleviewer.core.errors import AnkleViewerError


class DataError(AnkleViewerError):
    """A manifest, marks or prepared scans that cannot be used; the message names the line or the scan."""


@dataclass(frozen=True)
class Row:
    """One scan of a manifest.

    Attributes:
        id: unlike that of any other row, and fit to be a file's name.
        patient: where the table names none (`patient_named`) what its twins share, else the id; of several spellings of one
            (`patient_key`) the first.
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
    patient_named: bool = True


# columns of yes or no that exclude a scan, as the paper's study did, and the code under which it is counted
EXCLUDING = {
    "surgery": "PRIOR_SURGERY",
    "implant": "IMPLANT",
    "motion": "STRONG_MOTION",
    "bone_disease": "BONE_DISEASE",
    "incomplete": "SCAN_INCOMPLETE",
}
KNOWN = ("path", "label", "patient", "id", "mask", "site", "severity", "twin", "age", *EXCLUDING)
REQUIRED = ("path", "label")
SIMULATOR = "simulator, "  # begins the site of simulated scans
ADULT = 18
LONGEST_ID = 200  # bytes; with an ending a file's name may have 255
NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|\x00-\x1f]')  # what some file system refuses in a file's name
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # a first line by which Excel is told what parts the cells
_YES, _NO = ("1", "yes", "true"), ("", "0", "no", "false")


def scan_id(path: Path) -> str:
    """Name of a scan in truth.json: its file name without .nii or .nii.gz, or its folder's name."""
    return path.name.removesuffix(".gz").removesuffix(".nii")


def patient_key(name: str) -> str:
    """By what patients are told from each other: neither capitals nor blanks nor signs that are not seen make two of one."""
    plain = unicodedata.normalize("NFKC", name)
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def names_of(paths: Sequence[Path], folder: Path) -> list[str]:
    """An id for each scan: its own name, or its path below `folder` where several have that name (patient-1/CT, patient-2/CT)."""
    short = [scan_id(p) for p in paths]
    often = Counter(name.casefold() for name in short)
    names = []
    for path, name in zip(paths, short, strict=True):
        if often[name.casefold()] > 1:
            above = path.relative_to(folder).parts if path.is_relative_to(folder) else path.parts[1:]
            name = "-".join((*(part for part in above[:-1] if part not in (".", "..")), name))
        names.append(NOT_IN_NAMES.sub("-", name))
    return names


def check_table(path: str | Path, option: str = "", part: str = "") -> None:
    """Where a folder is given that holds no manifest.csv, but other tables: which of them is meant. What macOS (._scans.csv) and
    Excel (~$scans.csv) put beside a table is none.

    Args:
        option: by which it is given, for the sentence ("--validation"); "" for none.
        part: of the split that is meant, whose table `prepare` left in its folder; "" for none.

    Raises:
        DataError: TABLE_UNREADABLE.
    """
    folder = Path(path)
    if not folder.is_dir() or (folder / "manifest.csv").exists():
        return
    given = f"give {option}".strip()
    if part and (folder / f"{part}.csv").is_file():
        told = f", which `prepare` made: {given} {folder / f'{part}.csv'}"
    elif tables := sorted(file.name for file in folder.glob("[!.~]*.csv") if file.name != "index.csv"):  # that of `prepare`
        told = f": {given} {folder / tables[0]}" if len(tables) == 1 else f": {given} one of its tables ({', '.join(tables)})"
    else:
        return  # `read_manifest` says what lacks
    raise DataError("TABLE_UNREADABLE", f"there is no manifest.csv in {folder}{told}")


def read_manifest(path: str | Path, say: Callable[[str], None] = lambda line: None) -> list[Row]:
    """Rows of a manifest, or of the manifest.csv in a folder. Relative paths are relative to the manifest.

    Args:
        say: told once of columns that are not known, since a misspelt one is not read.

    Raises:
        DataError: no such file, one that is no table in UTF-8, a column or value is missing, a row is longer than the
            headings, a label is not 0 or 1, a scan is named twice, an id belongs to two scans or cannot be a file's name.
    """
    path = Path(path)
    path = path / "manifest.csv" if path.is_dir() else path
    lines: list[tuple[str, dict[str, str], Path]] = []
    numbers: list[int] = []
    for line, values in _records(path, say):
        # what else a row holds is not told: it names a patient
        if not values.get("path"):
            raise DataError("TABLE_INVALID", f"{path.name}, line {line}: names no path")
        if values.get("label") not in ("0", "1"):
            raise DataError("TABLE_INVALID", f"{path.name}, line {line}: the label must be 0 or 1")
        lines.append((f"{path.name}, line {line}", values, path.parent / values["path"]))
        numbers.append(line)
    if not lines:
        raise DataError("TABLE_INVALID", f"{path} names no scan")
    scans = [scan for _, _, scan in lines]
    if twice := [scan for scan, times in Counter(scans).items() if times > 1]:
        again = " and ".join(str(line) for line, (_, _, scan) in zip(numbers, lines, strict=True) if scan == twice[0])
        more = f" (of {len(twice)} such scans the first)" if len(twice) > 1 else ""
        raise DataError("TABLE_INVALID", f"{path.name} names a scan twice: lines {again}{more}")
    rows = [
        _row(where, values, path.parent, scan, name)
        for (where, values, scan), name in zip(lines, names_of(scans, path.parent), strict=True)
    ]
    rows = _of_their_twins(rows)
    spelt: dict[str, str] = {}
    rows = [replace(row, patient=spelt.setdefault(patient_key(row.patient), row.patient)) for row in rows]
    taken: dict[str, str] = {}
    for (where, _, _), row in zip(lines, rows, strict=True):
        # two scans of one id would be prepared into one file; some file systems hold small and capital letters for the same
        if (other := taken.setdefault(row.id.casefold(), where)) != where:
            raise DataError(
                "TABLE_INVALID", f"{where}: the id {row.id!r} belongs to another scan ({other}); the column id gives each its own"
            )
    return rows


def _records(path: Path, say: Callable[[str], None]) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells by heading of every row that is not empty; commas, semicolons or tabs part the cells."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError("TABLE_UNREADABLE", f"there is no table {path}") from error
    except OSError as error:
        raise DataError("TABLE_UNREADABLE", f"the table {path} cannot be read: {error.strerror or error}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"  # of other encodings each has its own way of not being UTF-8
    if "\0" in text:
        raise DataError("TABLE_INVALID", f"{path} is no text in UTF-8; save it as CSV UTF-8")
    first = text.lstrip().partition("\n")[0].rstrip("\r")
    told = _SEPARATOR.fullmatch(first)
    separator = told[1] if told else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    headings: list[str] = []
    records = []
    read = 0  # lines
    try:
        for cells in reader:
            values = [cell.strip() for cell in cells]
            begun, read = read + 1, reader.line_num
            if not any(values) or (told and not headings and values[0].lower().lstrip('"').startswith("sep=")):
                continue
            if not headings:
                headings = [value.lower() for value in values]
                _check_headings(path, headings, say)
            elif len(values) > len(headings):
                raise DataError(
                    "TABLE_INVALID",
                    f"{path.name}, line {reader.line_num}: {len(values)} cells under {len(headings)} headings; one that holds "
                    "the sign that parts the cells needs quotation marks",
                )
            else:
                _check_lines(path, begun, headings, values, separator)
                records.append((reader.line_num, dict(zip(headings, values, strict=False))))
    except csv.Error as error:
        raise DataError(
            "TABLE_INVALID",
            f"{path.name}, line {read + 1}: cannot be read as a table: {error}; is a quotation mark not closed, or not doubled?",
        ) from error
    return records


def _check_lines(path: Path, line: int, headings: Sequence[str], values: Sequence[str], separator: str) -> None:
    """A quotation mark that is not closed takes up all rows as far as the next one, and a study would lose them unseen."""
    label, place = headings.index("label"), headings.index("path")
    for name, value in zip(headings, values, strict=False):
        within = [part.split(separator) for part in value.splitlines()[1:]]
        rows = [cells for cells in within if len(cells) > max(label, place) and cells[label].strip() in ("0", "1")]
        if any(_is_a_scan_s(cells[place].strip(), path) for cells in rows):
            raise DataError(
                "TABLE_INVALID",
                f"{path.name}, line {line}: the cell under {name} goes on over lines that are rows: is a quotation mark open?",
            )


def _is_a_scan_s(cell: str, table: Path) -> bool:
    """Whether a cell may be the path of a scan, as a note's words are not."""
    folder = table if table.is_dir() else table.parent
    return cell.lower().endswith((".nii", ".gz", ".zip", ".dcm")) or (bool(cell) and (folder / cell).exists())


def _check_headings(path: Path, headings: Sequence[str], say: Callable[[str], None]) -> None:
    if missing := [name for name in REQUIRED if name not in headings]:
        told = " and no column ".join(f"{name}{_misspelt(name, headings)}" for name in missing)
        raise DataError("TABLE_INVALID", f"{path.name} has no column {told}")
    if twice := sorted(name for name, times in Counter(headings).items() if times > 1 and name in KNOWN):
        raise DataError("TABLE_INVALID", f"{path.name} has more than one column {', '.join(twice)}")
    unknown = []
    for name in headings:
        if name and name not in KNOWN:
            meant = difflib.get_close_matches(name, [known for known in KNOWN if known not in headings], 1)
            unknown.append(f"{name} (is {meant[0]} meant?)" if meant else name)
    if unknown:
        say(f"{path.name}: columns that are not known and were not read: {', '.join(unknown)}")


def _misspelt(name: str, headings: Sequence[str]) -> str:
    """The heading, if there is one, by which a column that lacks may be meant."""
    like = difflib.get_close_matches(name, [other for other in headings if other and other not in KNOWN], 1)
    return f" (is it the one named {like[0]}?)" if like else ""


def _row(where: str, values: dict[str, str], folder: Path, scan: Path, name: str) -> Row:
    given = unicodedata.normalize("NFC", values.get("id", ""))
    if given and (NOT_IN_NAMES.search(given) or given.startswith(".")):
        raise DataError("TABLE_INVALID", f"{where}: the id {given!r} cannot be a file's name")
    name = given or unicodedata.normalize("NFC", name)
    if len(os.fsencode(name)) > LONGEST_ID:
        raise DataError("TABLE_INVALID", f"{where}: its id is too long for a file's name; the column id gives it a shorter one")
    patient = unicodedata.normalize("NFC", values.get("patient", ""))  # one name typed on two systems is one patient
    return Row(
        name,
        scan,
        int(values["label"]),
        patient or (f"twin {values['twin']}" if values.get("twin") else name),
        values.get("site", ""),
        values.get("severity", ""),
        values.get("twin", ""),
        folder / values["mask"] if values.get("mask") else None,
        _not_eligible(values, where),
        bool(patient),
    )


def _of_their_twins(rows: Sequence[Row]) -> list[Row]:
    """Of twins of which one names a patient the other has the same: they are of one, and must not come into two parts."""
    named: dict[str, set[str]] = {}
    for row in rows:
        if row.twin and row.patient_named:
            named.setdefault(row.twin, set()).add(row.patient)
    return [
        replace(row, patient=next(iter(named[row.twin])), patient_named=True)
        if not row.patient_named and len(named.get(row.twin, ())) == 1
        else row
        for row in rows
    ]


def _not_eligible(values: dict[str, str], where: str) -> str:
    age = values.get("age", "")
    if age:
        try:
            years = float(age)
        except ValueError:
            years = float("nan")
        if not math.isfinite(years):
            raise DataError("TABLE_INVALID", f"{where}: the age {age!r} is no number")
        if years < ADULT:
            return "NOT_ADULT"
    for column, code in EXCLUDING.items():
        answer = values.get(column, "").lower()
        if answer in _YES:
            return code
        if answer not in _NO:
            raise DataError("TABLE_INVALID", f"{where}: {column} must be yes or no, is {answer!r}")
    return ""
