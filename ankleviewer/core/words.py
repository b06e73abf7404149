"""Words that window and paper share."""

from __future__ import annotations

from typing import Protocol

ASSESSED = "distal tibia, distal fibula and talus"
OWN_SCANS = "the hospital's own scans"  # what a network learned from, as the trainer writes it into packs
RUNTIMES = ("auto", "cpu", "cuda", "openvino")  # engines as a person names them
MOST_DECIMALS = 6  # of a probability


class OperatingPoints(Protocol):
    """A model's two thresholds of the probability, as a `Decision` has them."""

    @property
    def sens_threshold(self) -> float: ...
    @property
    def spec_threshold(self) -> float: ...


def percent(value: float, digits: int = 0) -> str:
    """A number of per cent; a line never ends between it and its sign."""
    return f"{value:.{digits}f}\u00a0%"


def printable(text: object, limit: int = 200) -> str:
    """What a file says of itself, to be shown: no sign that a terminal or a window would obey, and not without end."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text)[:limit])


def decimals(probability: float | None, points: OperatingPoints | None) -> int:
    """Decimals with which a probability, and its model's thresholds beside it, are written: two, and more where it would read
    like a threshold at which it is not, as if 0.29 were below 0.29.
    """
    if probability is None or points is None:
        return 2
    others = [t for t in (points.sens_threshold, points.spec_threshold) if t != probability]
    apart = (n for n in range(2, MOST_DECIMALS) if all(f"{t:.{n}f}" != f"{probability:.{n}f}" for t in others))
    return next(apart, MOST_DECIMALS)


def probability_text(probability: float | None, unknown: str = "-", points: OperatingPoints | None = None) -> str:
    """As many `decimals` as it takes; never 1.00 or 0.00, which no model can claim.

    Args:
        probability: 0 to 1.
        unknown: what stands for None.
        points: of the model; None where they are not known.
    """
    if probability is None:
        return unknown
    if probability > 0.995:
        return "> 0.99"
    return "< 0.01" if probability < 0.005 else f"{probability:.{decimals(probability, points)}f}"
