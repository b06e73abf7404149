"""From logits to probabilities and calls: calibration and operating points, chosen on validation data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ankleviewer.core.errors import AnkleViewerError
from trainer.evaluation.metrics import OneClassError, _pair

Floats = NDArray[np.float64]

# What the operating points hold on validation scans, a third of whose fractures are hairlines. Asking for 95 % sensitivity there
# called every second unfractured scan uncertain; at 90 % it is one in three (docs/training-history.md).
SENSITIVITY, SPECIFICITY = 0.90, 0.95


@dataclass(frozen=True)
class FittedDecision:
    """How a logit becomes a call: p = sigmoid((logit - bias) / temperature); p >= spec_threshold is "fracture", p <
    sens_threshold "no fracture", between them "uncertain".

    Attributes:
        temperature: > 0.
        bias: in logits.
        sens_threshold: probability at which the validation sensitivity is still at least the one asked for.
        spec_threshold: probability at which the validation specificity is at least the one asked for; >= sens_threshold.
        cam_reference: logit units of a cell shown as the top of the colour scale.
        cam_floor: maps whose peak is lower get no box.
        calibration: number of scans and reliability bins.
        youden: probability with the highest sensitivity + specificity, for figures that need one threshold.
    """

    temperature: float
    bias: float
    sens_threshold: float
    spec_threshold: float
    cam_reference: float
    cam_floor: float
    calibration: dict[str, Any]
    youden: float

    def to_json(self) -> dict[str, Any]:
        """The manifest's "decision"."""
        return {
            "temperature": self.temperature,
            "bias": self.bias,
            "sens_threshold": self.sens_threshold,
            "spec_threshold": self.spec_threshold,
            "cam_reference": self.cam_reference,
            "cam_floor": self.cam_floor,
            "calibration": self.calibration,
            "youden": self.youden,
        }


def sigmoid(x: ArrayLike) -> Floats:
    """1 / (1 + exp(-x)) without overflow, float64."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * np.asarray(x, dtype=np.float64))))


def calibrate(y: ArrayLike, logits: ArrayLike, penalty: float = 1e-2) -> tuple[float, float]:
    """Temperature and bias by a two-parameter logistic regression (Platt 1999, with his target smoothing).

    A perfectly separated validation set would drive the slope to infinity; Platt's smoothed targets and a small penalty on
    the slope (in units of the logits' spread) keep it finite.

    Returns:
        (temperature, bias) with p = sigmoid((logit - bias) / temperature).

    Raises:
        OneClassError: one class only.
        AnkleViewerError: CALIBRATION_IMPOSSIBLE, the logits do not rise with the label, a temperature would be negative.
    """
    from scipy.optimize import minimize

    labels, x = _pair(y, logits)
    m, n = int(labels.sum()), int((~labels).sum())
    if not m or not n:
        raise OneClassError("DATA_TOO_FEW", f"{m} positive and {n} negative scans: calibration needs both")
    centre, spread = float(np.median(x)), float(x.std()) or 1.0
    z = (x - centre) / spread
    target = np.where(labels, (m + 1) / (m + 2), 1 / (n + 2))

    def loss(v: Floats) -> tuple[float, Floats]:
        t = v[0] * z + v[1]
        value = float((np.logaddexp(0, t) - target * t).sum() + 0.5 * penalty * v[0] ** 2)
        residual = sigmoid(t) - target
        return value, np.array([residual @ z + penalty * v[0], residual.sum()])

    slope, shift = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS", options={"gtol": 1e-8}).x
    if slope <= 1e-6:
        raise AnkleViewerError(
            "CALIBRATION_IMPOSSIBLE",
            "The network's answers do not rise from scans without to scans with a fracture: no probability can be made of them.",
        )
    temperature = spread / float(slope)
    return temperature, float(centre - shift * temperature)


def operating_points(
    y: ArrayLike, p: ArrayLike, sensitivity: float = SENSITIVITY, specificity: float = SPECIFICITY
) -> tuple[float, float, float]:
    """(sens_threshold, spec_threshold, youden), all for "positive when p >= threshold".

    sens_threshold is the highest threshold whose sensitivity is at least `sensitivity`; spec_threshold the lowest whose
    specificity is at least `specificity`. Where a good model lets them cross, there is nothing to be uncertain about and both
    become their mean. Thresholds lie half way to the next score, so that rounding does not move a scan across.
    """
    labels, scores = _pair(y, p)
    if labels.all() or not labels.any():
        raise OneClassError("DATA_TOO_FEW", "operating points need both classes")
    values = np.unique(scores)
    # candidates in the gaps between scores: cut i calls values[i:] positive
    cuts = np.concatenate([[values[0] / 2], (values[1:] + values[:-1]) / 2, [(values[-1] + 1) / 2]])
    positives, negatives = np.sort(scores[labels]), np.sort(scores[~labels])
    sens = 1 - np.searchsorted(positives, cuts) / len(positives)
    spec = np.searchsorted(negatives, cuts) / len(negatives)
    low = float(cuts[np.flatnonzero(sens >= sensitivity)[-1]])
    high = float(cuts[np.flatnonzero(spec >= specificity)[0]])
    if low > high:
        low = high = (low + high) / 2
    return low, high, float(cuts[np.argmax(sens + spec)])


def reliability(y: ArrayLike, p: ArrayLike, bins: int = 10) -> list[dict[str, float | int]]:
    """Equal-width bins of the probability: [low, high), the last with 1; empty ones are left out."""
    labels, probability = _pair(y, p)
    index = np.minimum((probability * bins).astype(int), bins - 1)
    return [
        {
            "low": round(b / bins, 6),
            "high": round((b + 1) / bins, 6),
            "n": int((index == b).sum()),
            "fractured": int(labels[index == b].sum()),
            "mean": round(float(probability[index == b].mean()), 6),
        }
        for b in range(bins)
        if (index == b).any()
    ]


def expected_calibration_error(y: ArrayLike, p: ArrayLike, bins: int = 10) -> float:
    """Mean distance of predicted and observed share over the bins of `reliability`, weighted by their size."""
    found = reliability(y, p, bins)
    total = sum(b["n"] for b in found)
    return float(sum(abs(b["fractured"] - b["n"] * b["mean"]) for b in found) / total)


def brier(y: ArrayLike, p: ArrayLike) -> float:
    """Mean squared distance of probability and label."""
    labels, probability = _pair(y, p)
    return float(np.mean((probability - labels) ** 2))


def decide(y: ArrayLike, logits: ArrayLike, positive_peaks: ArrayLike, negative_peaks: ArrayLike) -> FittedDecision:
    """The whole decision from validation data.

    Args:
        y: labels of the validation scans.
        logits: their logits.
        positive_peaks: highest cell of the map of fractured scans, logit units.
        negative_peaks: the same of unfractured ones.
    """
    temperature, bias = calibrate(y, logits)
    p = sigmoid((np.asarray(logits, dtype=np.float64) - bias) / temperature)
    low, high, youden = operating_points(y, p)
    reference = float(np.quantile(np.maximum(np.asarray(positive_peaks, dtype=np.float64), 0), 0.9))
    floor = float(np.quantile(np.maximum(np.asarray(negative_peaks, dtype=np.float64), 0), 0.5))
    reference = max(reference, 1e-6)
    return FittedDecision(
        temperature,
        bias,
        low,
        high,
        reference,
        min(floor, 0.5 * reference),
        {"n": int(np.size(y)), "bins": reliability(y, p)},
        youden,
    )


def undecided(peaks: ArrayLike) -> FittedDecision:
    """What stands in for a decision where the validation scans hold one class only: the network's own sigmoid, called at one
    half, marked as uncalibrated (no scan behind it).

    Args:
        peaks: highest cells of the maps of whatever scans there are, logit units; they set the colour scale.
    """
    reference = max(float(np.quantile(np.maximum(np.asarray(peaks, dtype=np.float64), 0), 0.9)), 1.0)
    return FittedDecision(1.0, 0.0, 0.5, 0.5, reference, 0.5 * reference, {"n": 0, "bins": []}, 0.5)
