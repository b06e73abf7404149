"""What keeps an answer from being read as surer, or as more agreed on, than it is; the window says the same as the paper."""

from __future__ import annotations

from collections.abc import Sequence

from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.result import GRAVITY, ModelAnswer
from ankleviewer.core.words import decimals

NEAR = 0.05  # of the specific threshold, in probability


def threshold_just_reached(decision: Decision | None, probability: float | None) -> str:
    """The specific threshold as it is written, where a probability lies so little above it that another scan of the same ankle
    could well lie below; else "".

    Near a threshold of 0.95 and the like everything above it would be so: there, no more than half the way to 1 is.
    """
    if decision is None or probability is None:
        return ""
    threshold = decision.spec_threshold
    if not 0.0 <= probability - threshold <= min(NEAR, (1.0 - threshold) / 2):
        return ""
    return f"{threshold:.{decimals(probability, decision)}f}"


def preliminary_apart(answers: Sequence[ModelAnswer]) -> list[ModelAnswer]:
    """The answers of preliminary models that none of the models counted gave: the count alone would hide them.

    Args:
        answers: of every model for one ankle.
    """
    counted = {a.call for a in answers if a.status != "preliminary" and a.call != "not assessed"}
    mine = [a for a in answers if a.status == "preliminary" and a.call != "not assessed"]
    return [a for a in mine if a.call not in counted] if counted else []


def told_of_ankle(answers: Sequence[ModelAnswer], ankle: int | None, model: str) -> ModelAnswer | None:
    """What is told of an ankle beside the one that is shown: the answer of the model shown; where that did not assess this ankle
    the gravest one of those that did (of several alike a released model's, then the one of the highest probability), or a
    fracture that another model sees would be hidden by a failure.

    Args:
        answers: of all models for all ankles.
        ankle: index into the scan's ankles, None where it has none.
        model: name of the one shown.

    Returns:
        None where no model has been asked.
    """
    here = [a for a in answers if a.ankle in (ankle, None)]
    own = next((a for a in here if a.name == model), None)
    seen = [a for a in here if a.probability is not None]
    if not seen or (own is not None and own.probability is not None):
        return own or next(iter(here), None)
    return min(seen, key=lambda a: (GRAVITY.index(a.call), a.status == "preliminary", -(a.probability or 0.0)))
