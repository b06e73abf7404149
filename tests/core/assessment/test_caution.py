"""caution: what lies just above the specific threshold is told from what lies far above; a preliminary model's word is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ankleviewer.core.assessment.caution import preliminary_apart, threshold_just_reached
from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.result import ModelAnswer, Runtime

DECISION = Decision(1.0, 0.0, 0.29, 0.527, 8.0, 0.5)


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.528, "0.527"), (0.527, "0.53"), (0.57, "0.53"), (0.58, ""), (0.99, ""), (0.526, ""), (0.1, ""), (None, "")],
)
def test_only_what_lies_just_above_the_specific_threshold(probability: float | None, said: str) -> None:
    assert threshold_just_reached(DECISION, probability) == said
    assert threshold_just_reached(None, probability) == ""


def test_near_the_end_of_the_scale_not_everything_is_near() -> None:
    high = replace(DECISION, spec_threshold=0.96)
    assert [threshold_just_reached(high, p) for p in (0.975, 0.99, 0.9999)] == ["0.96", "", ""]
    assert threshold_just_reached(replace(DECISION, spec_threshold=0.996), 0.997) == "0.996", "no threshold is 1.00"


def answer(call: str = "fracture", chance: float | None = 0.93, name: str = "compact", status: str = "released") -> ModelAnswer:
    return ModelAnswer(name, "3", "ab" * 32, status, 0, chance, call, (), Runtime("CPUExecutionProvider", 0.1))


def test_a_preliminary_answer_that_no_model_counted_gave() -> None:
    young = answer("no fracture", 0.1, name="young", status="preliminary")
    assert preliminary_apart([answer(), young]) == [young]
    assert preliminary_apart([answer("no fracture", 0.1), young]) == []
    assert preliminary_apart([answer(), answer("no fracture", 0.1, name="other"), young]) == []
    silent = answer("not assessed", None, name="young", status="preliminary")
    assert preliminary_apart([answer(), silent]) == []
    assert preliminary_apart([answer("not assessed", None), young]) == [], "nothing is counted from which it could differ"
