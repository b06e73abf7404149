"""Whether two engines give the same answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Answer = tuple[float, NDArray[np.float64], NDArray[np.float64] | None]  # logit, map and finer map as `as_answer` has them
NEAR = 1e-3  # how far from the CPU's another engine's logit and maps may lie, relative to max(1, |logit|) and max(1, peak)


def as_answer(logit: Any, cam: Any, finer: Any) -> Answer:
    """What an engine gives out as numbers of our own. Raises ValueError, TypeError where it is none."""
    fine = None if finer is None else np.array(finer, dtype=np.float64)
    return float(np.reshape(logit, ())), np.array(cam, dtype=np.float64), fine


def agree(answer: Answer, right: Answer) -> bool:
    """Whether an engine's logit and both maps are those of the CPU. The logit alone does not tell: a map whose cells stand in
    another order has the same sum, and nothing else is made of the finer one.
    """
    if not abs(answer[0] - right[0]) <= NEAR * max(1.0, abs(right[0])):  # so that what is no number agrees with nothing
        return False
    return all(_near(mine, theirs) for mine, theirs in zip(answer[1:], right[1:], strict=True))


def _near(mine: NDArray[np.float64] | None, theirs: NDArray[np.float64] | None) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    if mine.shape != theirs.shape:
        return False
    peak = float(np.abs(theirs).max(initial=0.0))  # a map of no cells is refused elsewhere
    return bool(np.abs(mine - theirs).max(initial=0.0) <= NEAR * max(1.0, peak))
