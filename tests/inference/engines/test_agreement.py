"""agreement: logit and maps are the CPU's, or the engine is another one."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.inference.engines.agreement import Answer, agree, as_answer

CAM = np.random.default_rng(0).normal(0, 20, (1, 1, 4, 4, 4))
FINER = np.random.default_rng(1).normal(0, 2, (1, 1, 8, 8, 8))
RIGHT: Answer = (-4.0, CAM, FINER)


def test_an_answer_is_numbers() -> None:
    logit, cam, finer = as_answer(np.array([[2.5]], np.float32), CAM, None)
    assert (logit, finer) == (2.5, None) and cam.dtype == np.float64
    for odd in ((None, CAM, None), (np.zeros((1, 2)), CAM, None), (np.zeros(1), np.full(3, "x"), None)):
        with pytest.raises((TypeError, ValueError)):
            as_answer(*odd)


def test_rounding_is_no_difference() -> None:
    assert agree(RIGHT, RIGHT)
    assert agree((-4.003, CAM * 1.0002, FINER + 1e-3), RIGHT)
    assert agree((-4.0, CAM, None), (-4.0, CAM, None))
    assert agree((-4.0, CAM[..., :0], None), (-4.0, CAM[..., :0], None)), "no cells are no difference"


@pytest.mark.parametrize(
    "other",
    [
        (-4.01, CAM, FINER),
        (np.nan, CAM, FINER),
        (-4.0, CAM[..., ::-1], FINER),
        (-4.0, CAM, FINER[..., ::-1]),
        (-4.0, np.full_like(CAM, np.nan), FINER),
        (-4.0, CAM[..., :2], FINER),
        (-4.0, CAM, None),
    ],
    ids=["logit", "no number", "map in another order", "finer map in another order", "no map", "smaller map", "no finer map"],
)
def test_another_answer_is_one(other: Answer) -> None:
    assert not agree(other, RIGHT)
