"""caution: what lies just above the specific threshold is told from what lies far above; a preliminary model's word is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ankleviewer.core.assessment.caution import preliminary_apart, threshold_just_reached, told_of_ankle
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


def test_a_model_that_failed_on_an_ankle_hides_no_other_one_s_suspicion_there() -> None:
    here, failed = answer("no fracture", 0.1), replace(answer("not assessed", None), ankle=1)
    clear, fracture = replace(answer("no fracture", 0.1, "a"), ankle=1), replace(answer("fracture", 0.93, "b"), ankle=1)
    assert told_of_ankle([here, failed, clear, fracture], 1, "compact") is fracture
    assert told_of_ankle([here, failed, clear], 1, "compact") is clear
    assert told_of_ankle([here, failed], 1, "compact") is failed, "nobody knows of it, which is told too"
    own = replace(here, ankle=1)
    assert told_of_ankle([here, fracture, own], 1, "compact") is own, "who answers is asked alone"
    assert told_of_ankle([clear, fracture], 1, "compact") is fracture, "it has not been asked"
    assert told_of_ankle([here], 1, "compact") is None and told_of_ankle([], 0, "") is None
    whole = replace(failed, ankle=None)
    assert told_of_ankle([whole], 1, "compact") is whole, "where no ankle was found"


def test_of_answers_alike_a_released_model_s_is_told() -> None:
    failed, young = answer("not assessed", None), answer("fracture", 0.99, name="young", status="preliminary")
    high, low = answer("fracture", 0.95, name="high"), answer("fracture", 0.9, name="low")
    assert told_of_ankle([failed, young, low, high], 0, "compact") is high
    assert told_of_ankle([failed, young, answer("uncertain", 0.5, name="low")], 0, "compact") is young
