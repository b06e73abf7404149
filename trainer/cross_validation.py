"""`ankle-trainer train --folds K`: cross-validation inside the training part. How far a figure depends on which scans were
trained on, before the test scans are looked at.

Each fold's network is trained to the end of its schedule and judged once, on scans that neither trained it nor chose its state.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ankleviewer.io.atomic import write_text
from trainer.evaluation.metrics import auc
from trainer.own_scans import at_size, train_on
from trainer.runs import TrainOrder, look
from trainer.scans.folds import folds
from trainer.scans.prepare import Prepared, read_prepared
from trainer.training import checkpoint
from trainer.training.loop import Progress

SEED = 0  # of the folds: the same scans give the same folds, whatever the run's own seed


def cross_validate(
    order: TrainOrder,
    data: Path,
    count: int,
    report: Callable[[Progress], None],
    say: Callable[[str], None] = lambda line: None,
    batch: int | None = None,
) -> dict[str, Any]:
    """Train `count` networks, each without one fold of the training part, and judge each on that fold.

    Writes OUT/cross-validation.json (AUC of each fold, mean and standard deviation) and OUT/cross-validation.csv (logit of every
    scan by the network that had not seen it). With `order.resume` finished folds stay and the unfinished one goes on.

    Raises:
        AnkleViewerError: DATA_TOO_FEW.
    """
    spec, found = read_prepared(data)
    parts = folds([p for p in found if p.split == "train" and p.input_path is not None], count, SEED)
    order.out.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    areas = []
    for number, held_out in enumerate(parts):
        run = order.out / f"fold-{number + 1}"
        answers = _known(run, held_out) if order.resume else None
        if answers is None:
            say(f"fold {number + 1} of {count}")
            rest = [p for k, part in enumerate(parts) if k != number for p in part]
            net = train_on(replace(order, out=run), spec, rest, [], report, say, batch)
            answers = {}
            look(net, held_out, answers, order.in_bf16, at_size(spec, order.size).size)
            write_text(run / "answers.json", json.dumps(answers))
            checkpoint.drop(run)  # a fold's network is of no further use, and those of deep ones are large
        scores = [answers[p.row.id][0] for p in held_out]
        areas.append(auc([p.row.label for p in held_out], scores))
        say(f"fold {number + 1}: AUC {areas[-1]:.3f} on {len(held_out)} scans")
        rows += [
            {"id": p.row.id, "fold": number + 1, "label": p.row.label, "logit": f"{score:.9g}"}
            for p, score in zip(held_out, scores, strict=True)
        ]
    record = {
        "model": order.model,
        "preset": order.preset,
        "folds": count,
        "scans": len(rows),
        "auc": [round(a, 4) for a in areas],
        "mean": round(float(np.mean(areas)), 4),
        "standard_deviation": round(float(np.std(areas, ddof=1)), 4),
    }
    text = io.StringIO()
    writer = csv.DictWriter(text, ("id", "fold", "label", "logit"))
    writer.writeheader()
    writer.writerows(rows)
    write_text(order.out / "cross-validation.csv", text.getvalue())
    write_text(order.out / "cross-validation.json", json.dumps(record, indent=1))
    return record


def _known(run: Path, held_out: list[Prepared]) -> dict[str, list[float]] | None:
    """Answers of a finished fold, if they are those of these very scans."""
    path = run / "answers.json"
    if not path.is_file():
        return None
    known: dict[str, list[float]] = json.loads(path.read_text())
    return known if set(known) == {p.row.id for p in held_out} else None
