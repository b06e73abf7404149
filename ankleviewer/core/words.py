"""Words that window and paper share."""

from __future__ import annotations

ASSESSED = "distal tibia, distal fibula and talus"


def probability_text(probability: float | None, unknown: str = "-") -> str:
    """Two decimals; never 1.00 or 0.00, which no model can claim; `unknown` without one."""
    if probability is None:
        return unknown
    if probability > 0.995:
        return "> 0.99"
    return "< 0.01" if probability < 0.005 else f"{probability:.2f}"
