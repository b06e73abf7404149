"""Finding: what a check has to say about a scan. Only the vocabulary lives here; the checks live beside what they look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Level = Literal["info", "caveat", "withhold", "refuse"]
Verdict = Literal["accept", "caveat", "refuse"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True)
class Finding:
    """One remark about a scan.

    Attributes:
        level: "info" (no consequence), "caveat" (shown for as long as the scan is), "withhold" (a caveat, and no model
            is run) or "refuse" (the scan is not shown at all).
        code: upper snake case, stable for ever.
        message: one sentence a clinician understands: value met and value expected, no patient data.
        model: name of the model that it is about, "" where it is about none or its name is not known.

    Raises:
        ValueError: unknown level, or a code that is not upper snake case.
    """

    level: Level
    code: str
    message: str
    model: str = ""

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level must be one of {LEVELS}, is {self.level!r}")
        if not self.code or not self.code.replace("_", "").isalnum() or self.code != self.code.upper():
            raise ValueError(f"code must be upper snake case, is {self.code!r}")


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The one verdict on a scan: "refuse" if anything refuses it, "caveat" on a caveat or withheld inference, else "accept"."""
    levels = {f.level for f in findings}
    if "refuse" in levels:
        return "refuse"
    return "caveat" if levels & {"caveat", "withhold"} else "accept"


def withheld(findings: Iterable[Finding]) -> bool:
    """True where no model may run: something refuses the scan or withholds the inference."""
    return any(f.level in ("withhold", "refuse") for f in findings)
