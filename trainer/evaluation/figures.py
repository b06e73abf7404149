"""The figures of one model from its answers, and how they read as lines for people. No files, no networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trainer.evaluation.answers import Places, Prediction
from trainer.evaluation.calibration import brier, expected_calibration_error, reliability
from trainer.evaluation.localise import localisation
from trainer.evaluation.metrics import OneClassError, auc, auc_by_patient, auc_interval, pair_accuracy, summary
from trainer.scans.manifest import Row


def measure(
    rows: Sequence[Row],
    predictions: Sequence[Prediction],
    spec_threshold: float,
    sens_threshold: float,
    places: Mapping[str, Places] | None = None,
    resamples: int = 1000,
) -> dict[str, Any]:
    """All figures of one model. Scans that were not assessed are counted and left out of the rest.

    Args:
        rows: the manifest.
        predictions: one for each row.
        spec_threshold: "fracture" from here.
        sens_threshold: "no fracture" below.
        places: the fractures of each scan of which they are known, none for an unfractured one; None leaves localisation out.
            Scans that are not in it are left out there, and counted.
        resamples: of the bootstrap.
    """
    reasons = [q.reason for q in predictions if q.probability is None]
    kept = [(r, q, q.probability) for r, q in zip(rows, predictions, strict=True) if q.probability is not None]
    result: dict[str, Any] = {"assessed": len(kept), "not_assessed": {c: reasons.count(c) for c in sorted(set(reasons))}}
    if reasons:  # a finder that fails on broken ankles would cost nothing that shows
        lost = [r.label for r, q in zip(rows, predictions, strict=True) if q.probability is None]
        result["not_assessed_of"] = {"fractured": sum(lost), "unfractured": len(lost) - sum(lost)}
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
    if places is not None:
        known = [(r, q, places[r.id]) for r, q, _ in kept if r.id in places]
        found = localisation([q.pointing for _, q, _ in known], [f for _, _, f in known], [r.patient for r, _, _ in known])
        result["localisation"] = found | ({"without_truth": len(kept) - len(known)} if len(known) < len(kept) else {})
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
    if lost := figures.get("not_assessed_of"):
        lines.append(f"  of these fractured {lost['fractured']}, not {lost['unfractured']}")
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
    for key, v in place.items():
        if isinstance(v, Mapping) and "low" in v:
            lines.append(f"  {key.replace('_', ' ')} {_interval(v)}" + (f", n = {v['n']}" if "n" in v else ""))
    if "without_truth" in place:
        lines.append(f"  {place['without_truth']} fractured scans have no place: neither marks nor an entry in truth.json")
    if "centre_error_mm" in place:
        lines.append(f"  centre error, median: {place['centre_error_mm']['median']} mm (n = {place['centre_error_mm']['n']})")
    return "\n".join(line.rstrip() for line in lines)


def _interval(v: Mapping[str, float | None]) -> str:
    value, low, high = v["value"], v["low"], v["high"]
    if value is None:
        return "undefined"
    return f"{value:.3f} (" + ("undefined)" if low is None or high is None else f"{low:.3f}-{high:.3f})")
