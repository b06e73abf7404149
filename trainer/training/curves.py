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
    figure, axes = plt.subplots(2, 2, figsize=(10, 6.4), layout="constrained")
    for (name, label, limits), axis in zip(FIGURES, (axes[0, 0], axes[0, 1], axes[1, 1]), strict=True):
        values = log[name]
        if name != "lr":
            axis.plot(step, values, color="0.8", linewidth=0.6)
            axis.plot(step, smoothed(values), color="#1f5fa8", label=f"mean of {SMOOTH} steps")
            axis.legend(frameon=False)
        else:
            axis.plot(step, values, color="#1f5fa8")
            axis.set_yscale("log")
        axis.set(xlabel="step", ylabel=label, ylim=limits)
    for name, label in VALIDATION.items():
        there = np.isfinite(log.get(name, np.full(len(step), np.nan)))
        if there.any():
            axes[1, 0].plot(step[there] + 1, log[name][there], marker="o", markersize=3, label=label)
    axes[1, 0].set(xlabel="step", ylabel="AUC on validation scans", ylim=(0.4, 1.0), xlim=axes[0, 0].get_xlim())
    if axes[1, 0].lines:
        axes[1, 0].legend(frameon=False, loc="lower right")
    else:
        axes[1, 0].text(0.5, 0.7, "no validation", ha="center", color="0.5", transform=axes[1, 0].transAxes)
    for axis in axes.flat:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(color="0.93")
    target = run / "curves.png"
    with atomic_file(target) as stream:
        figure.savefig(stream, dpi=110, format="png")
    plt.close(figure)
    return target
