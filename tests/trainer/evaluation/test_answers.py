"""Answers outlive the run that asked for them, each for the scan and the model that it belongs to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trainer.evaluation.answers import NAME, Answers, Prediction
from trainer.evaluation.localise import Pointing

FOUND = Pointing((((0.0, 1.0, 2.0), (3.0, 4.0, 5.5)),), (1.0, 2.0, 3.0), (1.5, 2.0, 3.0), ((0.0, 0.0, 0.0), (90.0, 0.0, 1.0)))
SURE = Prediction(0.75, "fracture", FOUND, pixels="ab" * 32)
SILENT = Prediction(None, "not assessed", Pointing((), None), "NO_COMPLETE_ANKLE")
FAILED = Prediction(None, "not assessed", Pointing((), None), "FILE_NOT_FOUND", lasting=False)
MARKS = [{"center_mm": [0.0, 1.0, 2.0], "min_mm": [0.0, 0.0, 0.0], "max_mm": [0.0, 2.0, 4.0]}]


def test_what_is_added_is_there_in_this_run_and_the_next(tmp_path: Path) -> None:
    answers = Answers(tmp_path, "1")
    answers.add("s1", "as it is", {"m": SURE, "n": SILENT}, MARKS)
    answers.add("s2", "as it is", {"m": SURE}, [])
    for kept in (answers, Answers(tmp_path, "1"), Answers(tmp_path, "1")):
        assert kept.prediction("s1", "as it is", "m") == SURE and kept.prediction("s1", "as it is", "n") == SILENT
        assert kept.fractures("s1", "as it is") == MARKS and kept.fractures("s2", "as it is") == []
        assert kept.prediction("s1", "changed", "m") is kept.prediction("s2", "as it is", "n") is kept.fractures("s1", "changed")
        assert kept.prediction("s1", "changed", "m") is None


def test_what_may_go_better_next_time_is_not_kept(tmp_path: Path) -> None:
    answers = Answers(tmp_path, "1")
    answers.add("s1", "", {"m": FAILED})
    assert answers.prediction("s1", "", "m") is None
    answers.add("s1", "", {"m": FAILED, "n": SURE})
    assert (answers.prediction("s1", "", "m"), answers.prediction("s1", "", "n")) == (None, SURE)


def test_other_rules_begin_anew(tmp_path: Path) -> None:
    Answers(tmp_path, "1").add("s1", "", {"m": SURE})
    assert Answers(tmp_path, "2").prediction("s1", "", "m") is None
    assert Answers(tmp_path, "1").prediction("s1", "", "m") is None


@pytest.mark.parametrize(
    "torn", ['{"scan": "s2", "sou', "\x00\x00\x00", "[]", '{"scan": "s2", "source": "", "model": "m"}', "null"]
)
def test_a_torn_line_costs_that_line_alone(tmp_path: Path, torn: str) -> None:
    Answers(tmp_path, "1").add("s1", "", {"m": SURE})
    with open(tmp_path / NAME, "a", encoding="utf-8") as file:
        file.write(torn)  # without an end, as a computer that goes down leaves it
    answers = Answers(tmp_path, "1")
    answers.add("s3", "", {"m": SURE})
    again = Answers(tmp_path, "1")
    assert [again.prediction(scan, "", "m") for scan in ("s1", "s2", "s3")] == [SURE, None, SURE]


def test_an_answer_without_the_scans_pixels_is_asked_again(tmp_path: Path) -> None:
    """Of before they were kept: `export` could not see that the scan is one that the model has learnt from."""
    Answers(tmp_path, "1").add("s1", "", {"m": SURE, "n": SILENT}, MARKS)
    head, first, *others = (tmp_path / NAME).read_text(encoding="utf-8").splitlines()
    before = json.loads(first)
    del before["pixels"]
    (tmp_path / NAME).write_text("\n".join([head, json.dumps(before), *others]) + "\n", encoding="utf-8")
    answers = Answers(tmp_path, "1")
    assert answers.prediction("s1", "", "m") is None
    assert answers.prediction("s1", "", "n") == SILENT and answers.fractures("s1", "") == MARKS
    answers.add("s1", "", {"m": SURE})
    assert Answers(tmp_path, "1").prediction("s1", "", "m") == SURE


def test_a_file_of_something_else_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe not text")
    answers = Answers(tmp_path, "1")
    answers.add("s1", "", {"m": SURE})
    assert Answers(tmp_path, "1").prediction("s1", "", "m") == SURE
