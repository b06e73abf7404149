"""A reader's word follows the box that it was said of, not the box's number."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from ankleviewer.core.reading.places import NEAR_MM, Place, seated, today

FIRST, SECOND = Place("compact", "a" * 64, 0, 0), Place("compact", "a" * 64, 0, 1)
LOW, HIGH = (10.0, 20.0, 100.0), (40.0, 20.0, 140.0)


def answers(*boxes: tuple[float, float, float], **changed: object) -> list[SimpleNamespace]:
    fields = {"name": "compact", "sha256": "a" * 64, "ankle": 0, "boxes": [SimpleNamespace(center_mm=mm) for mm in boxes]}
    return [SimpleNamespace(**fields | changed)]


def test_a_box_that_has_another_number_today_is_found() -> None:
    now = today(answers(HIGH, LOW))
    assert seated(FIRST, LOW, now) == SECOND and seated(SECOND, HIGH, now) == FIRST


def test_a_box_that_is_gone_is_no_other_one() -> None:
    assert seated(FIRST, LOW, today(answers(HIGH))) == replace(FIRST, was_mm=LOW)
    assert seated(FIRST, LOW, {}) == replace(FIRST, was_mm=LOW)


@pytest.mark.parametrize(("moved", "same"), [(0.0, True), (NEAR_MM - 0.1, True), (NEAR_MM + 0.1, False)])
def test_a_box_may_move_by_a_cell_of_the_map(moved: float, same: bool) -> None:
    now = today(answers((LOW[0] + moved, *LOW[1:])))
    assert (seated(FIRST, LOW, now) == FIRST) is same


def test_the_nearest_counts_and_of_equals_the_number() -> None:
    near = (LOW[0] + 2.0, *LOW[1:])
    assert seated(FIRST, near, today(answers(LOW, near))) == SECOND
    assert seated(SECOND, LOW, today(answers(LOW, LOW))) == SECOND


def test_the_ankle_may_be_counted_otherwise_but_model_and_file_must_be_the_same() -> None:
    assert seated(FIRST, LOW, today(answers(LOW, ankle=1))) == replace(FIRST, ankle=1)
    for other in ({"name": "resnet101"}, {"sha256": "b" * 64}):
        assert seated(FIRST, LOW, today(answers(LOW, **other))) == replace(FIRST, was_mm=LOW)


def test_a_step_of_an_earlier_version_goes_by_its_number() -> None:
    assert seated(SECOND, None, today(answers(LOW))) == SECOND


def test_an_answer_for_the_whole_scan_counts_as_the_first_ankle() -> None:
    assert today(answers(LOW, ankle=None)) == {FIRST: LOW}
