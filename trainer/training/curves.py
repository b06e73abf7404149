"""Learning curves: what log.csv holds, as a picture."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SMOOTH = 50  # steps of the running mean
FIGURES = (
    ("loss", "loss", (None, None)),
    ("pair_accuracy", "pairs in the right order", (0.4, 1.0)),
    ("lr", "learning rate", (None, None)),
)
VALIDATION = {"val_auc": "all", "val_auc_hairline": "hairline", "val_auc_moderate": "moderate", "val_auc_displaced": "displaced"}


def read_log(path: Path) -> dict[str, NDArray[np.float64]]:
    """Columns of log.csv; nan where a step has no value."""
    with open(path, newline="") as f:
        rows = list(csv.DictReader(f))
    return {k: np.array([float(r[k]) if r[k] not in ("", None) else np.nan for r in rows]) for k in (rows[0] if rows else ())}


def smoothed(values: NDArray[np.float64], width: int = SMOOTH) -> NDArray[np.float64]:
    """Mean of the last `width` values that are there."""
    known = np.isfinite(values)
    total, count = np.cumsum(np.where(known, values, 0.0)), np.cumsum(known)
    total[width:], count[width:] = total[width:] - total[:-width], count[width:] - count[:-width]
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def draw_curves(run: Path) -> Path | None:
    """Write RUN/curves.png from RUN/log.csv; None where nothing was logged."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    from ankleviewer.io.atomic import atomic_file

    log = read_log(run / "log.csv")
    if not log or not len(log["step"]):
        return None
    step = log["step"]
    drawn = [figure for figure in FIGURES if np.isfinite(log[figure[0]]).any()]  # a hospital's scans are no pairs
    rows, columns = (2, 2) if len(drawn) == len(FIGURES) else (1, len(drawn) + 1)
    figure, axes = plt.subplots(rows, columns, figsize=(5 * columns, 3.2 * rows), layout="constrained", squeeze=False)
    *places, last = axes.flat
    for (name, label, limits), axis in zip(drawn, places, strict=True):
        values = log[name]
        if name != "lr":
            axis.plot(step, values, color="0.8", linewidth=0.6)
            axis.plot(step, smoothed(values), color="#1f5fa8", label=f"mean of {SMOOTH} steps")
            axis.legend(frameon=False)
        else:
            axis.plot(step, values, color="#1f5fa8")
            axis.set_yscale("log")
        axis.set(xlabel="step", ylabel=label, ylim=limits)
    lowest = 0.4
    for name, label in VALIDATION.items():
        there = np.isfinite(log.get(name, np.full(len(step), np.nan)))
        if there.any():
            last.plot(step[there] + 1, log[name][there], marker="o", markersize=3, label=label)
            lowest = min(lowest, float(log[name][there].min()) - 0.05)
    last.set(xlabel="step", ylabel="AUC on validation scans", ylim=(max(lowest, 0.0), 1.0), xlim=places[0].get_xlim())
    if last.lines:
        last.legend(frameon=False, loc="lower right")
    else:
        last.text(0.5, 0.7, "no validation", ha="center", color="0.5", transform=last.transAxes)
    for axis in axes.flat:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(color="0.93")
    target = run / "curves.png"
    with atomic_file(target) as stream:
        figure.savefig(stream, dpi=110, format="png")
    plt.close(figure)
    return target
