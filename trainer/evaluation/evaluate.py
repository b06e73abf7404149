"""Evaluation through the exported file and the viewer's own code: what is measured is what the user gets.

Reads a manifest.csv (path, label, patient, mask, site; severity and twin where known) and a truth.json beside it.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ankleviewer.core.assessment.explain import paper_map
from ankleviewer.core.errors import AnkleViewerError
from trainer.evaluation.calibration import brier, expected_calibration_error, reliability
from trainer.evaluation.localise import Pointing, localisation
from trainer.evaluation.metrics import OneClassError, auc, auc_by_patient, auc_interval, pair_accuracy, roc, summary
from trainer.scans.intake import Intake, take_in
from trainer.scans.manifest import SIMULATOR, DataError, Row, read_manifest

if TYPE_CHECKING:
    from ankleviewer.core.assessment.explain import HeatMap
    from ankleviewer.core.volume import Volume
    from ankleviewer.inference.predictor import Predictor

Progress = Callable[[int, int, str], None]
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


@dataclass(frozen=True)
class Prediction:
    """A model's answer for one scan: that of its most suspicious complete ankle. `reason` says why there is none."""

    probability: float | None
    call: str
    pointing: Pointing
    reason: str = ""


def evaluate(
    models: Sequence[str | Path],
    data: str | Path,
    out: str | Path,
    runtime: str = "cpu",
    resamples: int = 1000,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run packs over a manifest and write predictions.csv, metrics.json and roc.png into `out`.

    Args:
        models: pack names or paths.
        data: manifest.csv, or a folder that holds one.
        out: folder, made if missing.
        runtime: see `Predictor`.
        resamples: of the bootstrap.
        progress: called with (scans done, of all, scan).

    Returns:
        What metrics.json holds: {"schema", "scans", "models": {name: figures}}, and "without_truth": the scans that a truth.json
        lacks (beside the models, whose figures go into packs: names of a hospital's scans must not).

    Raises:
        DataError: see `read_manifest`; a label and truth.json contradict each other.
        ModelError: a pack is refused.
        AnkleViewerError: MODELS_SAME_NAME, figures go by the models' names.
        OSError: `out` cannot be written.
    """
    from ankleviewer.inference.packs import load_pack
    from ankleviewer.inference.predictor import Predictor
    from ankleviewer.io.atomic import write_text

    rows = read_manifest(data)
    truth_file = (Path(data) if Path(data).is_dir() else Path(data).parent) / "truth.json"
    truth = json.loads(truth_file.read_text("utf-8")) if truth_file.is_file() else None
    _check_truth(rows, truth or {})
    packs = [load_pack(model) for model in models]
    for name, times in Counter(pack.name for pack in packs).items():
        if times > 1:
            raise AnkleViewerError(
                "MODELS_SAME_NAME",
                f"{times} of the packs are named {name}, so that their figures could not be told apart: evaluate them one by "
                "one, or export one under another name (--name).",
            )
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):  # a folder that cannot be written is told now, not after hours
        pass
    predictors = {pack.name: Predictor(pack, runtime) for pack in packs}
    answers: dict[str, list[Prediction]] = {name: [] for name in predictors}
    for i, row in enumerate(rows):
        if progress:
            progress(i, len(rows), row.id)
        # a simulated patient may be of any age; whom a hospital's table leaves out, it leaves out here too
        left_out = row.not_eligible if not row.site.startswith(SIMULATOR) else ""
        found = dict.fromkeys(predictors, _none(left_out)) if left_out else predict_scan(row.path, predictors)
        for name, prediction in found.items():
            answers[name].append(prediction)
    if progress:
        progress(len(rows), len(rows), "")
    record: dict[str, Any] = {"schema": "ankleviewer.evaluation/1", "scans": len(rows), "models": {}}
    if truth is not None and (lacking := [row.id for row in rows if row.id not in truth]):
        record["without_truth"] = lacking
    for name, predictor in predictors.items():
        decision = predictor.pack.manifest.record["decision"]
        thresholds = float(decision["spec_threshold"]), float(decision["sens_threshold"])
        figures = measure(rows, answers[name], *thresholds, truth, resamples)
        record["models"][name] = {"version": predictor.pack.version, "sha256": predictor.pack.sha256, **figures}
    _write_predictions(folder / "predictions.csv", rows, answers)
    _draw_roc(folder / "roc.png", rows, answers)
    write_text(folder / "metrics.json", json.dumps(record, indent=1, sort_keys=True) + "\n")
    return record


def _check_truth(rows: Sequence[Row], truth: Mapping[str, Any]) -> None:
    wrong = [r.id for r in rows if r.id in truth and bool(r.label) != bool(truth[r.id].get("fractures"))]
    if wrong:
        raise DataError(f"label and truth.json contradict each other for {len(wrong)} scans, the first is {wrong[0]}")


def predict_scan(path: Path, predictors: dict[str, Predictor]) -> dict[str, Prediction]:
    """Every model's answer for one scan; scans that the viewer refuses or withholds from the models are "not assessed"."""
    from ankleviewer.core.errors import ModelError

    taken = take_in(path)
    if taken.scan is None or not taken.ankles:
        return dict.fromkeys(predictors, _none(taken.reason))
    found = {}
    for name, predictor in predictors.items():
        try:
            found[name] = _predict(predictor, taken.scan.volume, taken)
        except ModelError as error:
            found[name] = _none(error.code)
    return found


def _none(reason: str) -> Prediction:
    return Prediction(None, "not assessed", Pointing((), None), reason)


def _predict(predictor: Predictor, volume: Volume, taken: Intake) -> Prediction:
    best = _none("NO_COMPLETE_ANKLE")
    for i, ankle in enumerate(taken.ankles):
        answer, heat = predictor.predict(volume, ankle, ankle_index=i, others=taken.beside(ankle))
        if answer.probability is None or (best.probability is not None and answer.probability <= best.probability):
            continue
        boxes = tuple((b.min_mm, b.max_mm) for b in answer.boxes)
        pointing = Pointing(boxes, _peak(heat), _peak(paper_map(heat) or heat))
        best = Prediction(answer.probability, answer.call, pointing)
    return best


def _peak(heat: HeatMap) -> tuple[float, float, float] | None:
    x, y, z = (float(v) for v in heat.peak_mm)
    return (x, y, z) if heat.peak > 0 else None


def measure(
    rows: Sequence[Row],
    predictions: Sequence[Prediction],
    spec_threshold: float,
    sens_threshold: float,
    truth: dict[str, Any] | None = None,
    resamples: int = 1000,
) -> dict[str, Any]:
    """All figures of one model. Scans that were not assessed are counted and left out of the rest.

    Args:
        rows: the manifest.
        predictions: one for each row.
        spec_threshold: "fracture" from here.
        sens_threshold: "no fracture" below.
        truth: truth.json, for the localisation; scans that are not in it are left out there, and counted.
        resamples: of the bootstrap.
    """
    reasons = [q.reason for q in predictions if q.probability is None]
    kept = [(r, q, q.probability) for r, q in zip(rows, predictions, strict=True) if q.probability is not None]
    result: dict[str, Any] = {"assessed": len(kept), "not_assessed": {c: reasons.count(c) for c in sorted(set(reasons))}}
    if not kept:
        return result
    y = np.array([r.label for r, _, _ in kept])
    p = np.array([v for _, _, v in kept])
    patients = [r.patient for r, _, _ in kept]
    try:
        result["at_spec_threshold"] = summary(y, p, spec_threshold, patients, resamples)
        result["at_sens_threshold"] = summary(y, p, sens_threshold, patients, resamples)
    except OneClassError as error:
        result["error"] = str(error)
    result["uncertain"] = int(((p >= sens_threshold) & (p < spec_threshold)).sum())
    result["brier"], result["ece"] = round(brier(y, p), 6), round(expected_calibration_error(y, p), 6)
    result["reliability"] = reliability(y, p)
    share, pairs = pair_accuracy(y, p, [r.twin for r, _, _ in kept])
    if pairs:
        result["pair_accuracy"] = {"value": round(share, 6), "pairs": pairs}
    result["auc_by_severity"] = _by_severity([r for r, _, _ in kept], p, resamples)
    if truth is not None:
        known = [(r, q, truth[r.id].get("fractures", [])) for r, q, _ in kept if r.id in truth]
        places = localisation([q.pointing for _, q, _ in known], [f for _, _, f in known], [r.patient for r, _, _ in known])
        result["localisation"] = places | ({"without_truth": len(kept) - len(known)} if len(known) < len(kept) else {})
    return result


def _by_severity(rows: Sequence[Row], p: Any, resamples: int) -> dict[str, Any]:
    """AUC of the fractures of each severity against all unfractured scans, its interval by patient."""
    y = np.array([r.label for r in rows])
    found = {}
    for severity in sorted({r.severity for r in rows if r.label and r.severity}):
        chosen = np.array([not r.label or r.severity == severity for r in rows])
        negatives = int((y[chosen] == 0).sum())
        if negatives:
            positives = int(y[chosen].sum())
            whose = [r.patient for r, one in zip(rows, chosen, strict=True) if one]
            if len(set(whose)) == len(whose):
                area = auc_interval(auc(y[chosen], p[chosen]), positives, negatives)
            else:
                area = auc_by_patient(y[chosen], p[chosen], whose, resamples)
            found[severity] = {"n": positives, **area.to_json()}
    return found


FIGURES = ("auc", "accuracy", "precision", "recall", "specificity", "f1")


def as_text(figures: Mapping[str, Any]) -> str:
    """The figures of one model (`measure`) as lines for people: values with their 95 % intervals."""
    lines = [f"  not assessed: {n} {reason}" for reason, n in figures.get("not_assessed", {}).items()]
    if "error" in figures:
        lines.append(f"  no figures: {figures['error']}")
    points = [(key, figures[key]) for key in ("at_spec_threshold", "at_sens_threshold") if key in figures]
    if points:
        first = points[0][1]
        lines.append(f"  {first['positives']} fractured, {first['negatives']} not")
        heads = [f"from p = {point['threshold']:.3f}" for _, point in points]
        lines.append(f"  {'':<12}" + "".join(f"{head:<24}" for head in heads))
        lines += [f"  {name:<12}" + "".join(f"{_interval(point[name]):<24}" for _, point in points) for name in FIGURES]
    lines += [f"  AUC, {severity} (n = {v['n']}): {_interval(v)}" for severity, v in figures.get("auc_by_severity", {}).items()]
    if "pair_accuracy" in figures:
        lines.append(f"  pair accuracy {figures['pair_accuracy']['value']:.3f} of {figures['pair_accuracy']['pairs']} pairs")
    place = figures.get("localisation") or {}
    lines += [f"  {key.replace('_', ' ')} {_interval(v)}" for key, v in place.items() if isinstance(v, Mapping) and "low" in v]
    if "without_truth" in place:
        lines.append(f"  {place['without_truth']} scans are not in truth.json: nothing is known of places in them")
    if "centre_error_mm" in place:
        lines.append(f"  centre error, median: {place['centre_error_mm']['median']} mm (n = {place['centre_error_mm']['n']})")
    return "\n".join(line.rstrip() for line in lines)


def _interval(v: Mapping[str, float | None]) -> str:
    value, low, high = v["value"], v["low"], v["high"]
    if value is None:
        return "undefined"
    return f"{value:.3f} (" + ("undefined)" if low is None or high is None else f"{low:.3f}-{high:.3f})")


def _write_predictions(path: Path, rows: Sequence[Row], answers: dict[str, list[Prediction]]) -> None:
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


def _draw_roc(path: Path, rows: Sequence[Row], answers: dict[str, list[Prediction]]) -> None:
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
            axes.step(fpr, tpr, where="post", label=f"{name}, AUC {auc(y, p):.3f}, n = {len(y)}")
    axes.set(xlabel="1 - specificity", ylabel="sensitivity", xlim=(0, 1), ylim=(0, 1.005), aspect="equal")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right")
    with atomic_file(path) as stream:
        figure.savefig(stream, format="png")
