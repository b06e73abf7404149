"""Known scans and answers: what the tests of figures and of whole evaluations have in common."""

from __future__ import annotations

from pathlib import Path

from trainer.evaluation.answers import Prediction
from trainer.evaluation.localise import Pointing
from trainer.scans.manifest import Row

CRACK = {"center_mm": [0, 0, 0], "min_mm": [-3, -1, -3], "max_mm": [3, 1, 3]}
BOX = ((-5.0, -3.0, -5.0), (5.0, 3.0, 5.0))


def rows(n: int) -> list[Row]:
    """Twins: even scans fractured, odd ones not."""
    return [
        Row(f"s{i}", Path(f"s{i}.nii.gz"), 1 - i % 2, f"p{j}", "here", ("hairline", "displaced")[j % 2], f"t{j}")
        for i, j in ((i, i // 2) for i in range(n))
    ]


def answer(p: float | None, boxes: bool = False) -> Prediction:
    if p is None:
        return Prediction(None, "not assessed", Pointing((), None), "ANKLE_INCOMPLETE")
    pointing = Pointing((BOX,), (0.0, 0.0, 0.0)) if boxes else Pointing((), None)
    return Prediction(p, "fracture" if p > 0.5 else "no fracture", pointing)
