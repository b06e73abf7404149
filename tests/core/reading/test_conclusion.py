"""The reader's own answer: of a joint, one at a time, also in a scan without one; written step by step, undone, read back."""

from __future__ import annotations

import json

import pytest

from ankleviewer.core.assessment.result import AnkleInfo
from ankleviewer.core.reading.conclusion import LONGEST, Conclusion, concluded, with_conclusion
from ankleviewer.core.reading.history import History
from ankleviewer.core.reading.review import to_json

RIGHT, LEFT = (-80.0, 0.0, 10.0), (80.0, 0.0, 10.0)


def test_each_joint_has_its_own_answer_and_the_next_takes_its_place() -> None:
    said = with_conclusion((), Conclusion("fracture", RIGHT))
    said = with_conclusion(said, Conclusion("unsure", LEFT))
    said = with_conclusion(said, Conclusion("no fracture", (-78.0, 3.0, 12.0)))  # as another version found the same joint
    assert [concluded(said, joint).verdict for joint in (RIGHT, LEFT)] == ["no fracture", "unsure"]  # type: ignore[union-attr]
    assert concluded(said, (0.0, 0.0, 0.0)) is None and concluded(said, None) is None
    assert with_conclusion(said, Conclusion(None, LEFT)) == (said[1],)


def test_a_scan_without_a_joint_has_one_too() -> None:
    said = with_conclusion((Conclusion("fracture", RIGHT),), Conclusion("no fracture", None, remark="a knee"))
    assert concluded(said, None) == Conclusion("no fracture", None, remark="a knee")
    assert concluded(said, RIGHT) == Conclusion("fracture", RIGHT)
    assert len(with_conclusion(said, Conclusion("unsure"))) == 2


def test_a_remark_alone_stands_and_an_unknown_answer_does_not() -> None:
    assert with_conclusion((), Conclusion(None, RIGHT, remark="motion")) == (Conclusion(None, RIGHT, remark="motion"),)
    with pytest.raises(ValueError, match="maybe"):
        Conclusion("maybe")  # type: ignore[arg-type]


def test_a_history_keeps_undoes_and_reads_it_back() -> None:
    history = History()
    records = [
        history.conclude(Conclusion("unsure", RIGHT, True)),
        history.conclude(Conclusion("fracture", RIGHT, False, "x" * 300)),
    ]
    assert history.review.conclusions == (Conclusion("fracture", RIGHT, False, "x" * LONGEST),)
    again = History(json.loads(json.dumps(records)))
    assert again.review.conclusions == history.review.conclusions and again.not_understood == 0
    again.undo()
    assert again.review.conclusions == (Conclusion("unsure", RIGHT, True),)


@pytest.mark.parametrize(
    "damage",
    [{"verdict": "maybe"}, {"verdict": ["fracture"]}, {"joint_mm": [1.0, float("nan"), 0.0]}, {"joint_mm": 3}, {"remark": ...}],
)
def test_a_damaged_step_is_told_and_changes_nothing(damage: dict[str, object]) -> None:
    good = History().conclude(Conclusion("fracture", RIGHT))
    record = {key: value for key, value in {**good, **damage}.items() if value is not ...}
    history = History([record])
    assert history.not_understood == 1 and history.review.conclusions == ()


def test_it_is_saved_with_its_ankle() -> None:
    history = History()
    history.conclude(Conclusion("fracture", LEFT, True, "posterior"))
    history.conclude(Conclusion("unsure"))
    ankles = [AnkleInfo(side, (x - 30.0, -30.0, -30.0), (x + 30.0, 30.0, 50.0)) for side, x in (("R", -80.0), ("L", 80.0))]
    assert to_json(history.review, ankles)["conclusions"] == [
        {"ankle": 1, "joint_mm": list(LEFT), "verdict": "fracture", "unaided": True, "remark": "posterior"},
        {"ankle": None, "joint_mm": None, "verdict": "unsure", "unaided": False, "remark": ""},
    ]
