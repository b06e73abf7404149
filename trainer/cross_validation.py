"""`ankle-trainer train --folds K`: cross-validation inside the training part. How far a figure differs with which scans were
trained on and which were held out, before the test scans are looked at.

Each fold's network is trained to the end of its schedule and judged once, on scans that neither trained it nor chose its state.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ankleviewer.io.atomic import write_text
from trainer.evaluation.metrics import auc
from trainer.orders import TrainOrder
from trainer.own_scans import at_size, check_order, fingerprint_of, record_of, train_on, unknown_scans
from trainer.scans.folds import folds, tied
from trainer.scans.prepared import read_prepared
from trainer.training import checkpoint
from trainer.training.fingerprint import refuse
from trainer.training.judge import look
from trainer.training.loop import Progress

ANSWERS, RESULTS = "answers.json", ("cross-validation.csv", "cross-validation.json")
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
        AnkleViewerError: USAGE, DATA_TOO_FEW, RESUME_UNFIT, and as `own_scans.train_on`.
    """
    check_order(order)
    if seen := unknown_scans(order.init):
        say(f"{seen} If they are among these, no fold is unseen: leave --init out, or give another pack.")
    spec, found = read_prepared(data)
    own = [p for p in found if p.split == "train" and p.input_path is not None]
    parts = folds(own, count, SEED)
    if same := tied(own):
        say(
            f"Scans of {same} patients hold the same pixels as those of others, and stand in one fold with them; folds that an "
            "earlier release made apart cannot be gone on with."
        )
    order.out.mkdir(parents=True, exist_ok=True)
    if not order.resume:  # an older one's answers must not be taken for those of this one, nor its states be gone on from
        for run in order.out.glob("fold-*"):
            checkpoint.drop(run)
        for path in (*order.out.glob(f"fold-*/{ANSWERS}"), *(order.out / name for name in RESULTS)):
            path.unlink(missing_ok=True)
    rows: list[dict[str, Any]] = []
    areas = []
    for number, held_out in enumerate(parts):
        run = order.out / f"fold-{number + 1}"
        rest = [p for k, part in enumerate(parts) if k != number for p in part]
        wanted = fingerprint_of(order, spec, rest, held_out, batch)
        answers = _known(run, wanted, record_of(order, spec, rest, [], batch)) if order.resume else None
        if answers is None:
            say(f"fold {number + 1} of {count}")
            net = train_on(replace(order, out=run), spec, rest, [], report, say, batch)
            answers = {}
            look(net, held_out, answers, order.in_bf16, at_size(spec, order.size).size)
            write_text(run / ANSWERS, json.dumps({"fingerprint": wanted, "scans": answers}))
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
    write_text(order.out / RESULTS[0], text.getvalue())
    write_text(order.out / RESULTS[1], json.dumps(record, indent=1))
    return record


def _known(run: Path, wanted: Mapping[str, str], now: Mapping[str, Any]) -> dict[str, list[float]] | None:
    """Answers of a finished fold.

    Raises:
        AnkleViewerError: RESUME_UNFIT, they are those of another network, or on other scans.
    """
    path = run / ANSWERS
    if not path.is_file():
        return None
    known = json.loads(path.read_text(encoding="utf-8"))
    if "fingerprint" not in known:  # of an earlier release, which did not tell whose answers they are: the fold is done again
        return None
    refuse(run, known["fingerprint"], wanted, now)
    answers: dict[str, list[float]] = known["scans"]
    return answers
