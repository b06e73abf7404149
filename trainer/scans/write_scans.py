"""`ankle-trainer simulate`: scans on disk with truth.json and manifest.csv, in the form that training and evaluation read."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ankleviewer.core.errors import AnkleViewerError, ScanError
from trainer.scans.manifest import SIMULATOR
from trainer.simulate.atlas import LABELS, Atlas
from trainer.simulate.bones import built_in
from trainer.simulate.fracture import SEVERITIES
from trainer.simulate.injuries import OUT_OF_SCOPE, TYPES
from trainer.simulate.meshes import fingerprint, mesh_files, sides_of
from trainer.simulate.render import OTHER_LEG
from trainer.simulate.scan import SimulatedScan, simulate_scan
from trainer.simulate.setting import STANDARD, Setting
from trainer.simulate.streams import SIMULATOR_VERSION
from trainer.simulate.workers import Workers

SCANS_PER_BODY = 2
FORMATS = ("nifti", "dicom")
ON_CONTACT_SHEET = 48
MANIFEST_FIELDS = ("path", "label", "patient", "mask", "site", "severity", "twin", "age")
# (type, slope, intercept) in which NIfTI scans are stored in turn: readers must take them all
NIFTI_STORAGE = (("i2", 1.0, 0.0), ("f4", 1.0, 0.0), ("i2", 1.0, -1024.0), ("u2", 1.0, -4096.0), ("i2", 0.5, 0.0))


@dataclass(frozen=True)
class Order:
    """What to simulate.

    Attributes:
        out: folder, made if missing.
        count: number of scans, half of them fractured; with `twins` each fractured scan is followed by its unfractured twin.
        seed: the same seed gives the same bytes.
        type: an injury of `injuries.TYPES` or OUT_OF_SCOPE, or None for all of TYPES.
        spacing: isotropic voxel size in mm, or None for a different scanner each time.
        reach_mm: edge of the field of view, or None.
        twins: see `count`.
        setting: ranges of bones, tissue and scanner (`setting.SETTINGS`).
        bones: folder of meshes instead of built-in bones, or None.
        balanced: every injury of TYPES in turn instead of the common ones more often.
        format: "nifti", or "dicom" for a folder of slices per scan.
    """

    out: Path
    count: int
    seed: int
    type: str | None = None
    severity: str | None = None
    spacing: float | None = None
    reach_mm: float | None = None
    twins: bool = False
    setting: Setting = STANDARD
    bones: Path | None = None
    format: str = "nifti"
    balanced: bool = False

    def path_of(self, name: str) -> str:
        """Where a scan lies, below `out`."""
        return f"scans/{name}" if self.format == "dicom" else f"scans/{name}.nii.gz"

    def __post_init__(self) -> None:
        if self.count < 1:
            raise AnkleViewerError("COUNT_INVALID", f"The number of scans is {self.count}; it must be at least 1.")
        known = (*TYPES, *OUT_OF_SCOPE)
        if self.type is not None and self.type not in known:
            raise AnkleViewerError("TYPE_UNKNOWN", f"Unknown injury {self.type!r}; known: {', '.join(known)}.")
        if self.format not in FORMATS:
            raise AnkleViewerError("FORMAT_UNKNOWN", f"Unknown format {self.format!r}; known: {', '.join(FORMATS)}.")


@functools.lru_cache(maxsize=3)
def _atlas(seed: int, body: int, bones: Path | None, setting: Setting) -> Atlas:
    if bones is None:
        return built_in(seed, body, setting)
    sides = sides_of(bones)
    return _from_meshes(bones, fingerprint(bones), sides[body % len(sides)])


@functools.lru_cache(maxsize=2)
def _from_meshes(bones: Path, _contents: str, side: str) -> Atlas:
    """Half a minute's work, the same for every body of a side."""
    from trainer.simulate.meshes import from_meshes

    return from_meshes(bones, side)


def _check_bones(order: Order) -> None:
    """Raises ScanError, BONES_MISSING, where the order's own bones lack one that is needed, or the one that is to break."""
    if order.bones is None:
        return
    sides = sides_of(order.bones)
    bone = OUT_OF_SCOPE[order.type].bone if order.type in OUT_OF_SCOPE else None
    for side in sides:
        if bone is not None and bone not in mesh_files(order.bones, side):
            raise ScanError("BONES_MISSING", f"The folder holds no {side} mesh for {bone}, which is to break.")


def simulate_one(order: Order, number: int) -> tuple[str, SimulatedScan]:
    """Scan `number` of an order: its id and contents."""
    index = number // 2 if order.twins else number
    atlas = _atlas(order.seed, index // SCANS_PER_BODY, order.bones, order.setting)
    severity = order.severity or SEVERITIES[(index if order.twins else index // 2) % len(SEVERITIES)]
    turn = TYPES[(index if order.twins else index // 2) // len(SEVERITIES) % len(TYPES)] if order.balanced else None
    scan = simulate_scan(
        order.seed,
        index,
        atlas,
        fractured=number % 2 == 0,
        injury=order.type or turn,
        severity=severity,
        spacing=order.spacing,
        reach_mm=order.reach_mm,
        setting=order.setting,
    )
    return f"ankle-{order.seed}-{number:05d}", scan


def _decides(order: Order) -> dict[str, Any]:
    """What makes the scans of a seed what they are, as JSON holds it."""
    return {
        "version": SIMULATOR_VERSION,
        "type": order.type,
        "severity": order.severity,
        "spacing": order.spacing,
        "field of view": order.reach_mm,
        "twins": order.twins,
        "setting": hashlib.sha256(repr(order.setting).encode()).hexdigest()[:16],
        "bones": None if order.bones is None else fingerprint(order.bones),
        "format": order.format,
        "balanced": order.balanced,
    }


def _remember(orders: Sequence[Order], out: Path) -> None:
    """Write down what was ordered.

    Raises:
        AnkleViewerError: SET_UNFIT, the folder holds scans of another order or of an unknown one, or a table that is not ours.
    """
    from ankleviewer.io.atomic import write_text

    file = out / "orders.json"
    wanted = {str(order.seed): _decides(order) for order in orders}
    try:
        known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except ValueError:
        known = None
    if not isinstance(known, dict) or (not known and any((out / name).exists() for name in ("manifest.csv", "truth.json"))):
        raise AnkleViewerError("SET_UNFIT", f"{out} holds tables not from `ankle-trainer simulate`: name another folder.")
    for seed, order in wanted.items():
        if not any((out / "truth").glob(f"ankle-{seed}-*.json")):
            continue  # nothing was made of an order that failed at once
        there = known.get(seed, {})
        if unlike := [name for name, value in order.items() if name not in there or there[name] != value]:
            what = f"that differ from these in {', '.join(unlike)}" if there else "and does not say what was ordered"
            raise AnkleViewerError(
                "SET_UNFIT", f"{out} holds scans of seed {seed} {what}: name another folder, or remove this one."
            )
    out.mkdir(parents=True, exist_ok=True)
    write_text(file, json.dumps(known | wanted, indent=1) + "\n")


def simulate(*orders: Order, jobs: int = 1) -> Iterator[tuple[int, int]]:
    """Write what is missing; yields (done, of). The tables and the contact sheet come last, so an interrupted run simply goes
    on; they hold the scans of earlier calls too, in the order of their seeds' first calls. Several orders (of different seeds)
    fill one folder, that of the first.

    Raises:
        AnkleViewerError: SET_UNFIT, what lies in the folder is of another order.
        ScanError: BONES_MISSING, of own bones one is missing.
    """
    out, of = orders[0].out, sum(order.count for order in orders)
    _remember(orders, out)
    for folder in ("scans", "masks", "bones", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    work = [(replace(order, out=out), n) for order in orders for n in range(order.count)]
    for order in {order for order, n in work if not _record(order, n).exists()}:
        _check_bones(order)
    if jobs <= 1:
        for k, job in enumerate(work):
            _write_one(job)
            yield k + 1, of
    else:
        with Workers(jobs) as pool:
            for k, _ in enumerate(pool.map(_write_one, work, chunksize=2 * SCANS_PER_BODY)):
                yield k + 1, of
    _write_tables(work)


def _record(order: Order, number: int) -> Path:
    """Written last of all that belongs to a scan."""
    return order.out / "truth" / f"ankle-{order.seed}-{number:05d}.json"


def _write_one(job: tuple[Order, int]) -> str:
    from ankleviewer.io.atomic import write_text
    from ankleviewer.io.nifti import write_nifti
    from trainer.scans.write_dicom import write_series
    from trainer.simulate.contact import planes

    order, number = job
    torch.set_num_threads(1)
    record = _record(order, number)
    name = record.stem
    if record.exists():
        return name
    _, scan = simulate_one(order, number)
    if order.format == "dicom":
        write_series(scan.volume, order.out / order.path_of(name), name, scan.truth["age"], scan.truth["patient"])
    else:
        kind, slope, intercept = NIFTI_STORAGE[zlib.crc32(name.encode()) % len(NIFTI_STORAGE)]
        stored = np.rint((scan.volume.hu - intercept) / slope).astype(kind)
        write_nifti(stored, scan.volume.grid, order.out / order.path_of(name), slope=slope, intercept=intercept)
    write_nifti(scan.labels, scan.volume.grid, order.out / "bones" / f"{name}.nii.gz")
    if scan.truth["label"]:
        write_nifti(scan.mask, scan.volume.grid, order.out / "masks" / f"{name}.nii.gz")
    np.save(order.out / "truth" / f"{name}.npy", planes(scan))
    write_text(record, json.dumps(scan.truth, indent=1))
    return name


def _write_tables(work: list[tuple[Order, int]]) -> None:
    from ankleviewer.io.atomic import write_text
    from trainer.simulate.contact import contact_sheet

    out = work[0][0].out
    seeds = list(json.loads((out / "orders.json").read_text(encoding="utf-8")))
    rows = {name: row for name, row in _rows_there(out).items() if _place(name, seeds)}
    for order, number in work:
        name = f"ankle-{order.seed}-{number:05d}"
        told = _truth(out, name)
        rows[name] = {
            "path": order.path_of(name),
            "label": told["label"],
            "patient": told["patient"],
            "mask": f"masks/{name}.nii.gz" if told["label"] else "",
            "site": f"{SIMULATOR}{order.setting.name}",
            "severity": told["severity"],
            "twin": f"{order.seed}-{number // 2:05d}" if order.twins else "",
            "age": told["age"],
        }
    names = sorted(rows, key=lambda name: _place(name, seeds))
    truth = {name: _truth(out, name) for name in names}
    tiles = [
        (f"{truth[name]['type']}, {truth[name]['severity']}", np.load(out / "truth" / f"{name}.npy"))
        for name in names[:ON_CONTACT_SHEET]
    ]
    table = io.StringIO()
    writer = csv.DictWriter(table, MANIFEST_FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[name] for name in names)
    legend = {number: bone for bone, number in LABELS.items()}
    legend |= {number + OTHER_LEG: f"{bone}, other leg" for number, bone in legend.items()}
    write_text(out / "bones" / "labels.json", json.dumps(legend, indent=1))
    write_text(out / "truth.json", json.dumps(truth, indent=1))
    write_text(out / "manifest.csv", table.getvalue())
    contact_sheet(tiles, out / "contact-sheet.png")


def _place(name: str, seeds: Sequence[str]) -> tuple[int, ...]:
    """Where a scan stands in the tables: by its seed, then by its number; () for one of no order that is known."""
    parts = re.fullmatch(r"ankle-(\d+)-(\d+)", name)
    return (seeds.index(parts[1]), int(parts[2])) if parts and parts[1] in seeds else ()


def _rows_there(out: Path) -> dict[str, dict[str, Any]]:
    """Rows of the table that an earlier call left, by scan: a call for another seed, or for fewer scans, takes none away."""
    try:
        text = (out / "manifest.csv").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    rows = {Path(row["path"]).name.removesuffix(".nii.gz"): row for row in csv.DictReader(io.StringIO(text))}
    return {name: row for name, row in rows.items() if (out / "truth" / f"{name}.json").exists()}


def _truth(out: Path, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((out / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    return told
