"""What judges a network must be new to it: neither figures nor thresholds may be of scans that it has learnt from, and figures
not of those that chose its state or set its thresholds either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from ankleviewer.core.errors import AnkleViewerError
from trainer.scans.named_sets import check_bodies
from trainer.scans.split import Prepared
from trainer.training.fingerprint import pictures


def figures_of(path: Path, name: str, record: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """The figures of model `name` in a metrics.json, and the hashes of its scans' voxels, where it tells them; whether the pack
    is the one that was measured, `export.export` checks.

    Raises:
        AnkleViewerError: METRICS_UNFIT, DATA_LEAK.
    """
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        figures = None
    if not isinstance(figures, dict) or not isinstance(figures.get("models", {}), dict):
        raise AnkleViewerError("METRICS_UNFIT", f"{path.name} holds no figures of `evaluate`.")
    learnt, measured = set(record.get("pictures", ())), set(figures.get("pictures", ()))
    models = figures.get("models", {})
    if seen := learnt & measured:
        raise AnkleViewerError(
            "DATA_LEAK",
            f"{len(seen)} of the scans of {path.name} were trained on: evaluate the pack on the test part of the data that the "
            "run was trained with.",
        )
    if chose := set(record.get("judged", ())) & measured:
        raise AnkleViewerError(
            "DATA_LEAK",
            f"By {len(chose)} of the scans of {path.name} the run's state was chosen: evaluate the pack on the test part of the "
            "data that it was trained with.",
        )
    # figures of before evaluate kept them, or of answers that were kept before in part, or of several sets put together by hand
    pictured = figures.get("pictured", {}).get(name, len(measured))
    if learnt and (not measured or pictured < _measured(models.get(name, {}))):
        raise AnkleViewerError(
            "METRICS_UNFIT",
            f"{path.name} does not tell which scans were measured, or tells it of some only, so that nobody knows whether the "
            "run was trained on them: evaluate the pack once more.",
        )
    if name not in models:
        raise AnkleViewerError(
            "METRICS_UNFIT",
            f"{path.name} holds figures of {', '.join(sorted(models)) or 'no model'}, none of {name}: evaluate the pack under "
            "the name that --name gives it.",
        )
    return models[name] | {k: figures[k] for k in ("ablation",) if k in figures}, measured


def check_unseen(record: Mapping[str, Any], found: Sequence[Prepared], measured: Set[str]) -> None:
    """Scans that the network has learnt from set its thresholds too high, and thresholds fit the scans that set them: neither
    may be `measured`.

    Raises:
        AnkleViewerError: DATA_LEAK.
    """
    for one in record["all"]:
        if "data" not in one and "seed" in one:
            check_bodies(one["seed"], (p.row.id for p in found))
    given = set(pictures(found))
    if own := measured & given:
        raise AnkleViewerError(
            "DATA_LEAK",
            f"{len(own)} of the scans that figures are given of are validation scans, which set the thresholds: evaluate the "
            "pack on the test part.",
        )
    if seen := set(record.get("pictures", ())) & given:
        raise AnkleViewerError(
            "DATA_LEAK",
            f"{len(seen)} of the validation scans were trained on: give the validation part of the data that the run was trained "
            "with.",
        )


def _measured(figures: Mapping[str, Any]) -> int:
    """How many scans figures are of, those of nested groups too (another set's)."""
    own = figures.get("assessed", 0)
    groups = sum(_measured(group) for group in figures.values() if isinstance(group, Mapping))
    return groups + (own if isinstance(own, int) else 0)
