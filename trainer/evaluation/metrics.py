"""Statistics of a binary test and of localisation boxes: numpy only, every figure with its interval. No files, no networks.

Labels y are 0 or 1, scores s any finite numbers, higher = more likely a fracture. Everything is computed in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ankleviewer.core.errors import AnkleViewerError

Floats = NDArray[np.float64]
Z = 1.959963984540054  # of a 95 % interval to both sides


class OneClassError(AnkleViewerError):
    """The labels hold one class only: neither an ROC curve nor a threshold exists."""


@dataclass(frozen=True)
class Interval:
    """A figure and its 95 % confidence interval."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | None]:
        """Three rounded numbers; None where a figure is undefined (a precision without a positive call)."""
        return {k: None if math.isnan(v) else round(v, 6) for k, v in asdict(self).items()}


def _pair(y: ArrayLike, s: ArrayLike) -> tuple[NDArray[np.bool_], Floats]:
    labels, scores = np.asarray(y), np.asarray(s, dtype=np.float64)
    if labels.shape != scores.shape or labels.ndim != 1:
        raise ValueError(f"labels {labels.shape} and scores {scores.shape} must be two equally long lists")
    if not np.isin(labels, (0, 1)).all() or not np.isfinite(scores).all():
        raise ValueError("labels must be 0 or 1 and scores finite")
    return labels.astype(bool), scores


def midranks(s: ArrayLike) -> Floats:
    """Ranks from 1; equal values share the mean of their ranks."""
    scores = np.asarray(s, dtype=np.float64)
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts).astype(np.float64)
    return np.asarray((last - (counts - 1) / 2)[inverse])


def auc(y: ArrayLike, s: ArrayLike) -> float:
    """Area under the ROC curve = chance that a positive outranks a negative, ties count one half (Mann-Whitney).

    Raises:
        OneClassError: no positives or no negatives.
    """
    labels, scores = _pair(y, s)
    m = int(labels.sum())
    n = len(labels) - m
    if not m or not n:
        raise OneClassError("DATA_TOO_FEW", f"{m} positive and {n} negative scans: both are needed")
    return float((midranks(scores)[labels].sum() - m * (m + 1) / 2) / (m * n))


def hanley_mcneil(area: float, positives: int, negatives: int) -> Interval:
    """Interval of an area from the standard error of Hanley and McNeil 1982 (formulas for Q1 and Q2), clipped to 0-1: the usual
    one. Too narrow near 0 and 1, where the standard error runs out; `auc_interval` holds there, too.
    """
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2)) / (positives * negatives)
    half = Z * math.sqrt(max(variance, 0.0))
    return Interval(area, max(0.0, area - half), min(1.0, area + half))


def auc_interval(area: float, positives: int, negatives: int) -> Interval:
    """Interval of an area from so many independent scans: those areas that are no farther from it than 1.96 of their own standard
    errors (Newcombe 2006, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic", part 2, method
    5), as Wilson's is of a share. It has a width at 0 and 1, too.
    """
    from scipy.optimize import brentq

    alike = (positives + negatives) / 2 - 1

    def excess(other: float) -> float:
        """How far the area is from another, beyond what chance allows there."""
        spread = 1 + alike * (1 - other) / (2 - other) + alike * other / (1 + other)
        return abs(area - other) - Z * math.sqrt(other * (1 - other) * spread / (positives * negatives))

    def limit(end: float) -> float:
        # between the end, where chance allows nothing, and the area itself; from an area at the other end the limit is looked
        # for beside it, since there chance allows nothing either
        start = area if 0.0 < area < 1.0 else area + (end - area) * 1e-9
        return end if area == end else float(brentq(excess, end, start, xtol=1e-12))

    return Interval(area, limit(0.0), limit(1.0))


def wilson(successes: float, n: int) -> Interval:
    """Wilson's score interval of a proportion; (nan, 0, 1) without observations."""
    if n == 0:
        return Interval(math.nan, 0.0, 1.0)
    p = successes / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return Interval(p, max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half)))


def bootstrap(
    statistic: Callable[[NDArray[np.int64]], float],
    y: ArrayLike,
    patients: Sequence[str] | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap, stratified by label and drawn by patient, so that no replicate lacks a class.

    Args:
        statistic: from the chosen scan indices (with repetition) to the figure; nan replicates are left out.
        y: label of every scan.
        patients: whose scan it is; None means that each scan is a patient. A patient counts as positive if one scan is.
        resamples: number of replicates.
        seed: of the generator.
    """
    labels = np.asarray(y).astype(int)
    names = np.arange(len(labels)).astype(str) if patients is None else np.asarray(patients).astype(str)
    groups: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        groups.setdefault(str(name), []).append(i)
    members = [np.array(g) for g in groups.values()]
    positive = np.array([labels[g].max() == 1 for g in members])
    strata = [np.flatnonzero(positive == flag) for flag in (False, True)]
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        drawn = np.concatenate([rng.choice(k, len(k)) for k in strata if len(k)])
        values.append(statistic(np.concatenate([members[i] for i in drawn])))
    found = np.array(values, dtype=np.float64)
    found = found[np.isfinite(found)]
    value = statistic(np.arange(len(labels)))
    if not len(found):
        return Interval(value, math.nan, math.nan)
    low, high = np.quantile(found, (0.025, 0.975))
    return Interval(value, float(low), float(high))


def auc_by_patient(
    y: ArrayLike, s: ArrayLike, patients: Sequence[str] | None = None, resamples: int = 1000, seed: int = 0
) -> Interval:
    """Area under the ROC curve with the bootstrap's interval, reaching as far as that of `auc_interval` of as many patients: near
    0 and 1, and of few patients, draws say too little of others, and draws all alike (one score for all scans) know no spread.
    That of many scans of few patients is wider than need be. One patient alone says nothing of others.

    Args:
        patients, resamples, seed: see `bootstrap`.

    Raises:
        OneClassError: no positives or no negatives.
    """
    labels, scores = _pair(y, s)
    names = np.arange(len(labels)).astype(str) if patients is None else np.asarray(patients).astype(str)
    whole = auc(labels, scores)
    sick, well = len(np.unique(names[labels])), len(np.unique(names[~labels]))
    if len(np.unique(names)) == 1:
        return Interval(whole, 0.0, 1.0)

    def area(i: NDArray[np.int64]) -> float:
        # patients who have scans of both classes can leave a replicate without the second one
        return auc(labels[i], scores[i]) if 0 < labels[i].sum() < len(i) else math.nan

    return _as_wide(bootstrap(area, labels, patients, resamples, seed), auc_interval(whole, sick, well))


def proportion(
    hits: ArrayLike, patients: Sequence[str] | None = None, y: ArrayLike | None = None, resamples: int = 1000, seed: int = 0
) -> Interval:
    """Share of scans with something, and its interval: Wilson's, which takes scans for independent; where a patient has several
    of them the bootstrap's, see `at_least_wilson`.

    Args:
        hits: True or False for every scan.
        patients, resamples, seed: see `bootstrap`.
        y: labels, where they are to be as many in each draw.
    """
    flags = np.asarray(hits, dtype=np.float64)
    people = len(flags) if patients is None else len(set(patients))
    if people == len(flags):
        return wilson(float(flags.sum()), len(flags))
    labels = np.zeros(len(flags)) if y is None else y
    found = bootstrap(lambda i: float(flags[i].mean()), labels, patients, resamples, seed)
    return at_least_wilson(found, people)


def at_least_wilson(found: Interval, people: int) -> Interval:
    """The bootstrap's interval of a share, reaching as far as Wilson's of as many patients: near 0 and 1 the draws of few
    patients say too little of others (of 30 out of 31 more than of 31 out of 31), and draws all alike know no spread.
    """
    return _as_wide(found, wilson(people * found.value, people))


def f1_at_least_wilson(found: Interval, people: int) -> Interval:
    """The same for an F1, which is 2 j / (1 + j) of a share: j, the true positives among all that are fractured or called.

    Args:
        found: the bootstrap's.
        people: patients of whom a scan is fractured or called.
    """
    overlap = wilson(people * found.value / (2 - found.value), people)
    return _as_wide(found, Interval(found.value, *(2 * end / (1 + end) for end in (overlap.low, overlap.high))))


def _as_wide(found: Interval, wide: Interval) -> Interval:
    """The interval that holds both, of the first one's value; a limit that is no number counts for nothing."""
    return Interval(found.value, float(np.fmin(found.low, wide.low)), float(np.fmax(found.high, wide.high)))


def counts(y: ArrayLike, positive: ArrayLike) -> tuple[int, int, int, int]:
    """(true positives, false positives, false negatives, true negatives)."""
    t, p = np.asarray(y).astype(bool), np.asarray(positive).astype(bool)
    return int((t & p).sum()), int((~t & p).sum()), int((t & ~p).sum()), int((~t & ~p).sum())


def rates(y: ArrayLike, positive: ArrayLike) -> dict[str, float]:
    """Accuracy, precision, recall (sensitivity), specificity and F1; nan where the denominator is 0."""
    tp, fp, fn, tn = counts(y, positive)

    def share(a: int, b: int) -> float:
        return a / b if b else math.nan

    return {
        "accuracy": share(tp + tn, tp + fp + fn + tn),
        "precision": share(tp, tp + fp),
        "recall": share(tp, tp + fn),
        "specificity": share(tn, tn + fp),
        "f1": share(2 * tp, 2 * tp + fp + fn),
    }


def pair_accuracy(y: ArrayLike, s: ArrayLike, twins: Sequence[str]) -> tuple[float, int]:
    """Share of twins whose fractured scan scores higher than the unfractured one (equal counts one half), and their number.

    Args:
        y: labels.
        s: scores.
        twins: name shared by the scans of a pair; "" = has none. Every positive is compared with every negative of its name.
    """
    labels, scores = _pair(y, s)
    names = np.asarray(twins).astype(str)
    total, n = 0.0, 0
    for name in np.unique(names[names != ""]):
        own = names == name
        a, b = scores[own & labels], scores[own & ~labels]
        difference = a[:, None] - b[None, :]
        total += float((difference > 0).sum() + 0.5 * (difference == 0).sum())
        n += difference.size
    return (total / n if n else math.nan), n


def roc(y: ArrayLike, s: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """False positive rate, true positive rate and threshold (call positive when s >= t), from (0, 0, inf) to (1, 1, min)."""
    labels, scores = _pair(y, s)
    if labels.all() or not labels.any():
        raise OneClassError("DATA_TOO_FEW", "an ROC curve needs both classes")
    thresholds = np.unique(scores)[::-1]
    order = np.argsort(-scores, kind="stable")
    hits = np.concatenate([[0], np.cumsum(labels[order])])
    above = np.searchsorted(-scores[order], -thresholds, side="right")
    tpr = hits[above] / labels.sum()
    fpr = (above - hits[above]) / (~labels).sum()
    return np.r_[0.0, fpr], np.r_[0.0, tpr], np.r_[np.inf, thresholds]


def summary(
    y: ArrayLike, p: ArrayLike, threshold: float, patients: Sequence[str] | None = None, resamples: int = 1000, seed: int = 0
) -> dict[str, Any]:
    """Everything the paper prints, with intervals: the bootstrap's by patient for AUC and F1, that of `proportion` for the rest;
    that of an F1 reaches as far as Wilson's of as many patients (`f1_at_least_wilson`), as those of shares do.

    Beside it stands that of Hanley and McNeil for the AUC, which takes scans for independent and knows none of an area of 0 or 1:
    there, and where a patient has several scans, it is left out.

    Args:
        y: labels.
        p: probabilities.
        threshold: called positive when p >= threshold; chosen on other data.
        patients: see `bootstrap`.
        resamples: see `bootstrap`.
        seed: see `bootstrap`.
    """
    labels, probability = _pair(y, p)
    called = probability >= threshold
    tp, fp, fn, tn = counts(labels, called)
    names = np.arange(len(labels)).astype(str) if patients is None else np.asarray(patients).astype(str)

    def share(of: NDArray[np.bool_]) -> Interval:
        right = (called == labels)[of]
        return proportion(right, [str(name) for name in names[of]], labels[of], resamples, seed)

    def drawn(name: str) -> Interval:
        return bootstrap(lambda i: rates(labels[i], called[i])[name], labels, patients, resamples, seed)

    whole = auc_by_patient(labels, probability, patients, resamples, seed)
    concerned = len(np.unique(names[labels | called]))
    precision, callers = share(called), len(np.unique(names[called]))
    if 0.0 < precision.value < 1.0 and callers < tp + fp:
        # how many are called differs from draw to draw, and their labels are what is counted
        precision = at_least_wilson(drawn("precision"), callers)
    alone = len(np.unique(names)) == len(names) and 0.0 < whole.value < 1.0  # at 0 and 1 its standard error is none
    return {
        "n": len(labels),
        "positives": tp + fn,
        "negatives": tn + fp,
        "threshold": float(threshold),
        "confusion": {"tp": tp, "fp": fp, "fn": fn, "tn": tn},
        "auc": whole.to_json(),
        **({"auc_hanley_mcneil": hanley_mcneil(whole.value, tp + fn, tn + fp).to_json()} if alone else {}),
        "accuracy": share(np.ones_like(labels)).to_json(),
        "precision": precision.to_json(),
        "recall": share(labels).to_json(),
        "specificity": share(~labels).to_json(),
        "f1": f1_at_least_wilson(drawn("f1"), concerned).to_json(),
    }
