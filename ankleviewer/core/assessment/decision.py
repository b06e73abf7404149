"""From a logit to a call: calibrated probability, the two operating points, and the fixed scale of the heat map."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ankleviewer.core.errors import ModelError
from ankleviewer.core.words import printable

Call = Literal["fracture", "uncertain", "no fracture", "not assessed"]
CALLS: tuple[Call, ...] = ("fracture", "uncertain", "no fracture", "not assessed")
MAX_SCANS = 10_000_000  # behind a calibration; more is a mistake


@dataclass(frozen=True)
class CalibrationBin:
    """Of `n` validation scans with a probability in [low, high), `fractured` were fractured."""

    low: float
    high: float
    n: int
    fractured: int


@dataclass(frozen=True)
class Decision:
    """How one model's logit is read; all values were chosen on validation scans and travel with the model.

    Attributes:
        temperature, bias: probability = sigmoid((logit - bias) / temperature).
        sens_threshold: below it the call is "no fracture" (operating point of high sensitivity).
        spec_threshold: from it on the call is "fracture" (operating point of high specificity); between the two: "uncertain".
        cam_reference: map value, logit units, that stands at the top of the fixed colour scale.
        cam_floor: a map whose peak stays at or below it shows nothing.
        calibration_n: scans behind the calibration; 0 = the score is not calibrated.
        bins: reliability table.
    """

    temperature: float
    bias: float
    sens_threshold: float
    spec_threshold: float
    cam_reference: float
    cam_floor: float
    calibration_n: int = 0
    bins: tuple[CalibrationBin, ...] = ()

    def __post_init__(self) -> None:
        numbers = (self.temperature, self.bias, self.sens_threshold, self.spec_threshold, self.cam_reference, self.cam_floor)
        if not all(math.isfinite(n) for n in numbers):
            raise ValueError(f"all numbers must be finite: {self}")
        if self.temperature <= 0 or self.cam_reference <= 0 or self.cam_floor < 0:
            raise ValueError(f"temperature and cam_reference must be > 0, cam_floor >= 0: {self}")
        if not 0 <= self.sens_threshold <= self.spec_threshold <= 1:
            raise ValueError(f"0 <= sens_threshold <= spec_threshold <= 1 must hold: {self}")
        edge = 0.0
        for row in self.bins:
            if not (edge <= row.low < row.high <= 1 and 0 <= row.fractured <= row.n <= MAX_SCANS):
                raise ValueError(f"a row of the reliability table is none, or lies before another one's end: {row}")
            edge = row.high
        if not 0 <= self.calibration_n <= MAX_SCANS:
            raise ValueError(f"no number of scans: {self.calibration_n}")

    def probability(self, logit: float) -> float:
        """Probability of a fracture, in double precision; exact 0 or 1 only where double precision has nothing nearer."""
        z = (logit - self.bias) / self.temperature
        if z >= 0:
            return 1.0 / (1.0 + math.exp(-min(z, 700.0)))
        e = math.exp(max(z, -700.0))
        return e / (1.0 + e)

    def call(self, probability: float) -> Call:
        """The answer in words for a probability in 0..1."""
        if probability >= self.spec_threshold:
            return "fracture"
        return "no fracture" if probability < self.sens_threshold else "uncertain"

    def bin_of(self, probability: float) -> CalibrationBin | None:
        """The row of the reliability table that holds a probability; None without a table."""
        last = self.bins[-1] if self.bins else None
        return next((b for b in self.bins if b.low <= probability < b.high or (b is last and probability == b.high)), None)

    @staticmethod
    def from_json(record: Mapping[str, Any]) -> Decision:
        """Reads the group "decision" of a manifest.

        Raises:
            ModelError: MODEL_DECISION_INVALID, a value is missing or out of range.
        """
        try:
            calibration = record.get("calibration") or {}
            bins = tuple(
                CalibrationBin(_number(b["low"]), _number(b["high"]), _count(b["n"]), _count(b["fractured"]))
                for b in calibration.get("bins", ())
            )
            return Decision(
                temperature=_number(record["temperature"]),
                bias=_number(record["bias"]),
                sens_threshold=_number(record["sens_threshold"]),
                spec_threshold=_number(record["spec_threshold"]),
                cam_reference=_number(record["cam_reference"]),
                cam_floor=_number(record["cam_floor"]),
                calibration_n=_count(calibration.get("n", 0)),
                bins=bins,
            )
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise ModelError(
                "MODEL_DECISION_INVALID", f"The model's thresholds cannot be used: {printable(error, 400)}."
            ) from error


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _count(value: Any) -> int:
    number = _number(value)
    if not number.is_integer():
        raise ValueError(f"{value!r} is no count")
    return int(number)
