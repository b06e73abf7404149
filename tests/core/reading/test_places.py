"""A reader's word follows the box that it was said of, not the box's number."""

from __future__ import annotations

import random
from dataclasses import replace
from types import SimpleNamespace

import pytest

from ankleviewer.core.reading.places import NEAR_MM, Place, beside, seated, today

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


def test_of_two_boxes_close_together_each_keeps_its_own_word() -> None:
    near = (LOW[0] + NEAR_MM - 1.0, *LOW[1:])
    then = today(answers(LOW, near, HIGH))
    assert beside(FIRST, then) == (near,) and beside(SECOND, then) == (LOW,)
    assert beside(replace(FIRST, index=2), then) == (), "too far to be mistaken"
    assert beside(FIRST, today([*answers(LOW), *answers(near, name="resnet101")])) == (), "another model's is no rival"
    gone = replace(FIRST, was_mm=LOW)
    for moved in (-1.0, 0.0, 1.0):
        alone = today(answers((near[0] + moved, *near[1:])))
        assert seated(FIRST, LOW, alone, [near]) == gone, "the other one's box, which nobody judged"
        assert seated(SECOND, near, alone, [LOW]) == FIRST
    middle = today(answers(((LOW[0] + near[0]) / 2, *LOW[1:])))
    assert seated(FIRST, LOW, middle, [near]) == gone, "as near to both, so no more this one's than the other's"


@pytest.mark.parametrize("shift", [-3.0, -2.1, 2.1, 3.0])
@pytest.mark.parametrize("turned", [False, True])
def test_boxes_close_together_that_moved_together_keep_their_words(shift: float, turned: bool) -> None:
    near = (LOW[0] + 4.0, *LOW[1:])
    moved = [(x + shift, y, z) for x, y, z in (LOW, near)]
    now = today(answers(*(moved[::-1] if turned else moved)))
    assert seated(FIRST, LOW, now, [near]) == (SECOND if turned else FIRST)
    assert seated(SECOND, near, now, [LOW]) == (FIRST if turned else SECOND)


@pytest.mark.parametrize("shift", [4.0, -4.0, 5.0, -5.0, 5.9, -5.9])
@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("apart", [5.4, 7.0, 8.0])
def test_no_word_goes_over_to_a_neighbour_when_all_boxes_move_the_same_way(shift: float, count: int, apart: float) -> None:
    """Each box of a row comes to lie nearer to where its neighbour was: its word stays with it, or is told to stand at none."""
    row = [(LOW[0] + n * apart, *LOW[1:]) for n in range(count)]
    then, now = today(answers(*row)), today(answers(*((x + shift, y, z) for x, y, z in row)))
    for place, mm in then.items():
        assert seated(place, mm, now, beside(place, then)) in (place, replace(place, was_mm=mm))


def test_the_boxes_beside_are_those_of_the_whole_row() -> None:
    """The far end is no rival itself, but its box may move to where the next one's was."""
    row = [(LOW[0] + n * 8.0, *LOW[1:]) for n in range(3)]
    assert beside(FIRST, today(answers(*row, HIGH))) == (row[1], row[2])


def test_a_box_that_stayed_keeps_its_word_whatever_else_came() -> None:
    near = (LOW[0] + 4.0, *LOW[1:])
    for moved, kept in ((0.01, True), (1.0, False)):
        now = today(answers((near[0] + moved, *near[1:]), (near[0] + 5.0, *near[1:])))
        assert seated(SECOND, near, now, [LOW]) == (FIRST if kept else replace(SECOND, was_mm=near)), "both may have moved"


def test_a_box_that_stayed_is_itself_though_one_that_lay_almost_there_is_gone() -> None:
    near = (LOW[0] + 0.3, *LOW[1:])
    now = today(answers(LOW))
    assert seated(SECOND, LOW, now, [near]) == FIRST
    assert seated(FIRST, near, now, [LOW]) == replace(FIRST, was_mm=near)


def test_two_words_never_meet_at_one_box_however_the_boxes_are_numbered() -> None:
    """Of two boxes each is as far from both of today's: the number of one is no reason to take what the other one takes, too."""
    then = today(answers((LOW[0] + 4.0, *LOW[1:]), HIGH, LOW))
    now = today(answers(*((LOW[0] + 2.0, LOW[1] + side, LOW[2]) for side in (-2.0, 2.0))))
    other, _, first = (seated(place, mm, now, beside(place, then)) for place, mm in then.items())
    assert first != other and first.was_mm == LOW


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_boxes_do_no_word_lands_at_a_neighbour_that_stayed(seed: int) -> None:
    """Boxes close together, some of which are gone, in any order; and all of them moved the same way."""
    chance = random.Random(seed)
    then = today(answers(*(tuple(chance.uniform(-5.0, 5.0) for _ in range(3)) for _ in range(5))))
    kept = chance.sample(list(then), 3)
    for shift, left in ((0.0, kept), (chance.uniform(1.0, 5.9), chance.sample(list(then), 5))):
        now = today(answers(*((then[place][0] + shift, *then[place][1:]) for place in left)))
        for place, mm in then.items():
            found = seated(place, mm, now, beside(place, then))
            its_own = replace(place, index=left.index(place)) if place in left else None
            told = replace(place, was_mm=mm)
            assert found in ((its_own, told) if shift else (its_own or told,))


def test_a_new_box_beside_draws_no_word_away() -> None:
    near = (LOW[0] + 4.0, *LOW[1:])
    now = today(answers(near, (near[0] + 5.0, *LOW[1:])))
    assert seated(SECOND, near, now, [LOW]) == FIRST and seated(FIRST, LOW, now, [near]) == replace(FIRST, was_mm=LOW)


def test_a_record_of_many_neighbours_is_read_at_once() -> None:
    crowd = [(LOW[0] + n / 100, *LOW[1:]) for n in range(1, 100)]
    now = today(answers(*((LOW[0] + n / 20, *LOW[1:]) for n in range(100))))
    assert seated(FIRST, LOW, now, crowd) == FIRST, "not every way to share them out is tried, which would take days"


def test_boxes_around_one_centre_cannot_be_told_apart_and_keep_their_numbers() -> None:
    then = today(answers(LOW, LOW))
    assert beside(FIRST, then) == () and seated(FIRST, LOW, then) == FIRST


def test_the_ankle_may_be_counted_otherwise_but_model_and_file_must_be_the_same() -> None:
    assert seated(FIRST, LOW, today(answers(LOW, ankle=1))) == replace(FIRST, ankle=1)
    for other in ({"name": "resnet101"}, {"sha256": "b" * 64}):
        assert seated(FIRST, LOW, today(answers(LOW, **other))) == replace(FIRST, was_mm=LOW)


def test_a_step_of_an_earlier_version_goes_by_its_number() -> None:
    assert seated(SECOND, None, today(answers(LOW))) == SECOND


def test_an_answer_for_the_whole_scan_counts_as_the_first_ankle() -> None:
    assert today(answers(LOW, ankle=None)) == {FIRST: LOW}
