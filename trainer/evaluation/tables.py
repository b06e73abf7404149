"""The answers of an evaluation for people: predictions.csv, and ROC curves as a picture."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from trainer.evaluation.answers import Prediction
from trainer.evaluation.metrics import auc, roc
from trainer.scans.manifest import Row

FIELDS = (
    "id",
    "path",
    "label",
    "patient",
    "site",
    "severity",
    "twin",
    "model",
    "probability",
    "call",
    "reason",
    "peak_mm",
    "boxes",
)


def write_predictions(path: Path, rows: Sequence[Row], answers: Mapping[str, Sequence[Prediction]]) -> None:
    """A row for each model and scan; `answers` by the models' names, in the order of the rows."""
    from ankleviewer.io.atomic import write_text

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(FIELDS)
    for name, predictions in answers.items():
        for r, q in zip(rows, predictions, strict=True):
            peak = "" if q.pointing.peak_mm is None else json.dumps([round(v, 2) for v in q.pointing.peak_mm])
            writer.writerow(
                [
                    r.id,
                    r.path,
                    r.label,
                    r.patient,
                    r.site,
                    r.severity,
                    r.twin,
                    name,
                    "" if q.probability is None else f"{q.probability:.9g}",
                    q.call,
                    q.reason,
                    peak,
                    json.dumps(q.pointing.boxes),
                ]
            )
    write_text(path, text.getvalue())


def draw_roc(path: Path, rows: Sequence[Row], answers: Mapping[str, Sequence[Prediction]]) -> None:
    """A PNG; a model whose assessed scans are of one class has no curve."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ankleviewer.io.atomic import atomic_file

    figure = Figure(figsize=(5, 5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)  # no window, no global state
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, predictions in answers.items():
        kept = [(r.label, q.probability) for r, q in zip(rows, predictions, strict=True) if q.probability is not None]
        y, p = [k[0] for k in kept], [k[1] for k in kept]
        if 0 < sum(y) < len(y):
            fpr, tpr, _ = roc(y, p)
            axes.plot(fpr, tpr, label=f"{name}, AUC {auc(y, p):.3f}, n = {len(y)}")
    axes.set(xlabel="1 - specificity", ylabel="sensitivity", xlim=(0, 1), ylim=(0, 1.005), aspect="equal")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right")
    with atomic_file(path) as stream:
        figure.savefig(stream, format="png")
