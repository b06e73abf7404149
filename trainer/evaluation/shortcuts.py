"""Whether simulated scans betray their label by something that is no fracture: a classifier on trivial statistics of each scan,
and how far from chance it gets on bodies that it was not fitted to.

`python -m trainer.evaluation.shortcuts DIR` measures a folder that `ankle-trainer simulate` wrote.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.volume import AIR_HU, Volume
from trainer.evaluation.metrics import Interval, auc, bootstrap, midranks

Float = NDArray[np.float64]

BODY_HU, BONE_HU, METAL_HU = -300.0, 250.0, 2500.0
HISTOGRAM_HU = (-900, -300, -120, -60, 0, 40, 80, 150, 250, 400, 600, 900, 1300, 2000)
FOLDS = 10
RIDGE = 30.0


def figures(volume: Volume, stored_bytes: int) -> dict[str, float]:
    """What anybody could count without looking for a fracture.

    Args:
        volume: HU; padding counts as air.
        stored_bytes: size of the scan's file.
    """
    hu = np.maximum(volume.hu, AIR_HU).astype(np.float32)
    body, bone = hu > BODY_HU, hu > BONE_HU
    voxel = float(np.prod(volume.grid.spacing)) / 1000
    rough = np.abs(hu[1:-1] - (hu[2:] + hu[:-2]) / 2)
    edges, _ = np.histogram(hu[body], bins=(*HISTOGRAM_HU, 1e6)) if body.any() else (np.zeros(len(HISTOGRAM_HU)), None)
    share = edges / max(1, edges.sum())
    where = np.argwhere(bone)
    middle = volume.grid.to_mm(where.mean(axis=0)) if len(where) else np.zeros(3)
    size = np.asarray(volume.hu.shape) * np.asarray(volume.grid.spacing)
    corner = volume.grid.to_mm((0, 0, 0))
    return {
        "bone ml": float(bone.sum()) * voxel,
        "body ml": float(body.sum()) * voxel,
        "metal ml": float((hu > METAL_HU).sum()) * voxel,
        "mean": float(hu.mean()),
        "sd": float(hu.std()),
        "noise": float(np.median(rough[body[1:-1]])) if body.any() else 0.0,
        "roughness": float(rough.mean()),
        "bytes a voxel": stored_bytes / volume.hu.size,
        **{f"histogram {low}": float(value) for low, value in zip(HISTOGRAM_HU, share, strict=True)},
        **{f"size {a}": float(v) for a, v in zip("xyz", size, strict=True)},
        **{f"spacing {a}": float(v) for a, v in zip("xyz", volume.grid.spacing, strict=True)},
        **{f"corner {a}": float(v) for a, v in zip("xyz", corner, strict=True)},
        **{f"bone {a}": float(v) for a, v in zip("xyz", middle, strict=True)},
    }


def scores(table: Float, labels: NDArray[np.int64], bodies: Sequence[str]) -> Float:
    """Score of each scan by a ridge regression on the ranks of its figures and their squares, fitted to other bodies.

    Args:
        table: (scans, figures).
    """
    ranks = np.stack([midranks(column) for column in table.T], axis=1) / len(table) - 0.5
    x = np.concatenate([ranks, ranks**2], axis=1)
    x = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-9)
    names = sorted(set(bodies))
    fold_of = {name: k % FOLDS for k, name in enumerate(names)}
    fold = np.array([fold_of[b] for b in bodies])
    out = np.zeros(len(x))
    for k in range(min(FOLDS, len(names))):
        fit, rest = fold != k, fold == k
        target = labels[fit] - labels[fit].mean()
        weights = np.linalg.solve(x[fit].T @ x[fit] + RIDGE * np.eye(x.shape[1]), x[fit].T @ target)
        # what is near 0.5 within a fold must not be spread by the folds' different means
        out[rest] = x[rest] @ weights - (x[rest] @ weights).mean()
    return out


def reached(table: Float, labels: NDArray[np.int64], bodies: Sequence[str]) -> Interval:
    """AUC of `scores` with its bootstrap interval over bodies."""
    score = scores(table, labels, bodies)
    return bootstrap(lambda at: auc(labels[at], score[at]), labels, list(bodies))


def of_folder(folder: Path) -> Interval:
    """`reached` for all scans of a folder with a manifest."""
    from ankleviewer.io.reader import open_scan
    from trainer.scans.manifest import read_manifest

    rows = read_manifest(folder)
    found = []
    for row in rows:
        files = [row.path] if row.path.is_file() else [p for p in row.path.rglob("*") if p.is_file()]
        found.append(figures(open_scan(row.path).volume, sum(p.stat().st_size for p in files)))
    table = np.array([list(f.values()) for f in found])
    return reached(table, np.array([r.label for r in rows]), [r.patient for r in rows])


def main(argv: Sequence[str] | None = None) -> int:
    """Print the AUC; exit code 2 and the reason where the folder cannot be measured."""
    p = argparse.ArgumentParser(prog="python -m trainer.evaluation.shortcuts", description=__doc__)
    p.add_argument("folder", type=Path, help="folder that `ankle-trainer simulate` wrote")
    try:
        found = of_folder(p.parse_args(argv).folder)
    except AnkleViewerError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"AUC of trivial statistics: {found.value:.3f} ({found.low:.3f} to {found.high:.3f}); chance is 0.5\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
