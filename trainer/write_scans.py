"""`ankle-trainer simulate`: scans on disk with truth.json and manifest.csv, in the form that training and evaluation read."""

from __future__ import annotations

import csv
import functools
import io
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ankleviewer.core.errors import AnkleViewerError
from trainer.simulate.atlas import Atlas
from trainer.simulate.bones import built_in
from trainer.simulate.fracture import SEVERITIES
from trainer.simulate.injuries import OUT_OF_SCOPE, TYPES
from trainer.simulate.scan import SimulatedScan, simulate_scan

SCANS_PER_BODY = 2
FORMATS = ("nifti", "dicom")
MANIFEST_FIELDS = ("path", "label", "patient", "mask", "site", "severity", "twin")


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
        shifted: other scanner settings than those of training.
        bones: folder of meshes instead of built-in bones, or None.
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
    shifted: bool = False
    bones: Path | None = None
    format: str = "nifti"

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
def _atlas(seed: int, body: int, bones: Path | None) -> Atlas:
    if bones is None:
        return built_in(seed, body)
    from trainer.simulate.meshes import from_meshes

    return from_meshes(bones, "LR"[body % 2])


def simulate_one(order: Order, number: int) -> tuple[str, SimulatedScan]:
    """Scan `number` of an order: its id and contents."""
    index = number // 2 if order.twins else number
    atlas = _atlas(order.seed, index // SCANS_PER_BODY, order.bones)
    severity = order.severity or SEVERITIES[(index if order.twins else index // 2) % len(SEVERITIES)]
    scan = simulate_scan(
        order.seed,
        index,
        atlas,
        fractured=number % 2 == 0,
        injury=order.type,
        severity=severity,
        spacing=order.spacing,
        reach_mm=order.reach_mm,
        shifted=order.shifted,
    )
    return f"ankle-{order.seed}-{number:05d}", scan


def simulate(order: Order, jobs: int = 1) -> Iterator[tuple[int, int]]:
    """Write what is missing; yields (done, of). The tables and the contact sheet come last, so an interrupted run simply goes
    on.
    """
    for folder in ("scans", "masks", "truth"):
        (order.out / folder).mkdir(parents=True, exist_ok=True)
    numbers = list(range(order.count))
    if jobs <= 1:
        done: Iterator[str] = (_write_one((order, n)) for n in numbers)
        for k, _ in enumerate(done):
            yield k + 1, order.count
    else:
        with ProcessPoolExecutor(jobs) as pool:
            for k, _ in enumerate(pool.map(_write_one, [(order, n) for n in numbers], chunksize=2 * SCANS_PER_BODY)):
                yield k + 1, order.count
    _write_tables(order)


def _write_one(job: tuple[Order, int]) -> str:
    from ankleviewer.io.atomic import write_text
    from ankleviewer.io.nifti import write_nifti
    from trainer.simulate.contact import planes
    from trainer.write_dicom import write_series

    order, number = job
    torch.set_num_threads(1)
    name = f"ankle-{order.seed}-{number:05d}"
    record = order.out / "truth" / f"{name}.json"
    if record.exists():
        return name
    _, scan = simulate_one(order, number)
    if order.format == "dicom":
        write_series(scan.volume, order.out / order.path_of(name), name)
    else:
        write_nifti(scan.volume, None, order.out / order.path_of(name))
    if scan.truth["label"]:
        write_nifti(scan.mask, scan.volume.grid, order.out / "masks" / f"{name}.nii.gz")
    np.save(order.out / "truth" / f"{name}.npy", planes(scan))
    write_text(record, json.dumps(scan.truth, indent=1))
    return name


def _write_tables(order: Order) -> None:
    from ankleviewer.io.atomic import write_text
    from trainer.simulate.contact import contact_sheet

    truth: dict[str, dict[str, Any]] = {}
    table = io.StringIO()
    writer = csv.DictWriter(table, MANIFEST_FIELDS, lineterminator="\n")
    writer.writeheader()
    tiles = []
    for number in range(order.count):
        name = f"ankle-{order.seed}-{number:05d}"
        truth[name] = json.loads((order.out / "truth" / f"{name}.json").read_text())
        tiles.append((f"{truth[name]['type']}, {truth[name]['severity']}", np.load(order.out / "truth" / f"{name}.npy")))
        label = truth[name]["label"]
        writer.writerow(
            {
                "path": order.path_of(name),
                "label": label,
                "patient": truth[name]["patient"],
                "mask": f"masks/{name}.nii.gz" if label else "",
                "site": "simulator",
                "severity": truth[name]["severity"],
                "twin": f"{order.seed}-{number // 2:05d}" if order.twins else "",
            }
        )
    write_text(order.out / "truth.json", json.dumps(truth, indent=1))
    write_text(order.out / "manifest.csv", table.getvalue())
    contact_sheet(tiles[:48], order.out / "contact-sheet.png")
