"""Learning curves: what log.csv holds, as a picture."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Values = NDArray[np.float64]
SMOOTH = 50  # steps of the running mean
FEW = 60  # steps of a run, each of which gets a dot: a line of one point is none
BLUE = "#1f5fa8"
FIGURES = (
    ("loss", "loss", (None, None)),
    ("pair_accuracy", "pairs in the right order", (0.4, 1.0)),
    ("lr", "learning rate", (None, None)),
)
VALIDATION = {"val_auc": "all", "val_auc_hairline": "hairline", "val_auc_moderate": "moderate", "val_auc_displaced": "displaced"}


def read_log(path: Path) -> dict[str, Values]:
    """Columns of log.csv; nan where a step has no value."""
    with open(path, newline="") as f:
        rows = list(csv.DictReader(f))
    return {k: np.array([float(r[k]) if r[k] not in ("", None) else np.nan for r in rows]) for k in (rows[0] if rows else ())}


def smoothed(values: Values, width: int = SMOOTH) -> Values:
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
    from matplotlib.ticker import MaxNLocator

    from ankleviewer.io.atomic import atomic_file

    log = read_log(run / "log.csv")
    if not log or not len(log["step"]):
        return None
    done = log["step"] + 1  # steps that are done, as the progress bar counts them
    drawn = [figure for figure in FIGURES if np.isfinite(log[figure[0]]).any()]  # a hospital's scans are no pairs
    rows, columns = (2, 2) if len(drawn) == len(FIGURES) else (1, len(drawn) + 1)
    figure, axes = plt.subplots(rows, columns, figsize=(5 * columns, 3.2 * rows), layout="constrained", squeeze=False)
    *places, last = axes.flat
    for (name, label, limits), axis in zip(drawn, places, strict=True):
        _draw_values(axis, done, name, log[name])
        axis.set(ylabel=label, ylim=limits)
    _draw_validation(last, done, log)
    room = max(0.5, 0.03 * (done[-1] - done[0]))  # one limit for all panels, in which their first and last points lie
    for axis in axes.flat:
        axis.set(xlabel="steps done", xlim=(done[0] - room, done[-1] + room))
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(color="0.93")
        if axis.get_legend_handles_labels()[0]:  # above the panel, where no line runs
            axis.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0, fontsize="small")
    target = run / "curves.png"
    with atomic_file(target) as stream:
        figure.savefig(stream, dpi=110, format="png")
    plt.close(figure)
    return target


def _draw_values(axis: Axes, done: Values, name: str, values: Values) -> None:
    """A figure of each step, and its running mean; the learning rate alone, as it is."""
    marker = "o" if len(done) <= FEW else ""
    if name == "lr":
        axis.plot(done, values, color=BLUE, marker=marker, markersize=3)
        axis.set_yscale("log")
        return
    axis.plot(done, values, color="0.8", linewidth=0.6, marker=marker, markersize=2)
    axis.plot(done, smoothed(values), color=BLUE, marker=marker, markersize=3, label=f"mean of the last {SMOOTH} steps")


def _draw_validation(axis: Axes, done: Values, log: dict[str, Values]) -> None:
    """The AUC on validation scans, in all and by severity, of the steps at which it was measured."""
    lowest = 0.4
    for name, label in VALIDATION.items():
        there = np.isfinite(log.get(name, np.full(len(done), np.nan)))
        if there.any():
            # whole markers at the border: an AUC of 1 is no rarity
            axis.plot(done[there], log[name][there], marker="o", markersize=3, label=label, clip_on=False)
            lowest = min(lowest, float(log[name][there].min()) - 0.05)
    axis.set(ylabel="AUC on validation scans", ylim=(max(lowest, 0.0), 1.0))
    if not axis.lines:
        axis.text(0.5, 0.7, "no validation", ha="center", color="0.5", transform=axis.transAxes)
