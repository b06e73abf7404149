"""Words that window and paper share."""

from __future__ import annotations

ASSESSED = "distal tibia, distal fibula and talus"


def printable(text: object, limit: int = 200) -> str:
    """What a file says of itself, to be shown: no sign that a terminal or a window would obey, and not without end."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text)[:limit])


def probability_text(probability: float | None, unknown: str = "-") -> str:
    """Two decimals; never 1.00 or 0.00, which no model can claim; `unknown` without one."""
    if probability is None:
        return unknown
    if probability > 0.995:
        return "> 0.99"
    return "< 0.01" if probability < 0.005 else f"{probability:.2f}"
