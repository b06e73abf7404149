"""A reader's judgement: what stands after any order of doing, undoing and doing again, also read back from its records."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankleviewer.core.review import History, Mark, Missed, Place, Review

FIRST, SECOND = Place("compact", "ab" * 32, 0, 0), Place("compact", "ab" * 32, 0, 1)


def test_accept_reject_and_take_back() -> None:
    history = History()
    history.judge(FIRST, "accepted")
    history.judge(SECOND, "rejected", "Artefact")
    assert history.review.marks == {FIRST: Mark("accepted"), SECOND: Mark("rejected", "Artefact")}
    history.judge(FIRST, "rejected", "Nothing there")
    history.judge(SECOND, None)
    assert history.review.marks == {FIRST: Mark("rejected", "Nothing there")}


def test_missed_ones_keep_their_numbers() -> None:
    history = History()
    history.add_missed((1.0, 2.0, 3.004), "step-off")
    history.add_missed((4.0, 5.0, 6.0))
    history.remove_missed(1)
    history.add_missed((7.0, 8.0, 9.0))
    assert history.review.missed == (Missed(2, (4.0, 5.0, 6.0)), Missed(3, (7.0, 8.0, 9.0)))
    history.undo()
    history.undo()
    assert history.review.missed[0] == Missed(1, (1.0, 2.0, 3.0), "step-off")


def test_undo_and_redo_and_what_ends_redo() -> None:
    history = History()
    assert history.undo() is None and history.redo() is None and not history.can_undo
    history.judge(FIRST, "accepted")
    history.judge(FIRST, "rejected")
    history.undo()
    assert history.review.marks == {FIRST: Mark("accepted")} and history.can_redo
    history.redo()
    assert history.review.marks == {FIRST: Mark("rejected")}
    history.undo()
    history.judge(SECOND, "accepted")
    assert not history.can_redo and history.redo() is None
    assert history.review.marks == {FIRST: Mark("accepted"), SECOND: Mark("accepted")}


STEP = st.one_of(
    st.tuples(st.just("judge"), st.sampled_from([FIRST, SECOND]), st.sampled_from(["accepted", "rejected", None])),
    st.tuples(st.just("missed"), st.integers(0, 9)),
    st.tuples(st.just("remove"), st.integers(1, 4)),
    st.tuples(st.just("undo")),
    st.tuples(st.just("redo")),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(STEP, max_size=14))
def test_records_read_back_give_the_same_review(steps: list[tuple[object, ...]]) -> None:
    history, records = History(), []
    for step in steps:
        match step:
            case ("judge", Place() as place, judgement):
                records.append(history.judge(place, judgement))  # type: ignore[arg-type]
            case ("missed", int(x)):
                records.append(history.add_missed((float(x), 0.0, 0.0)))
            case ("remove", int(n)):
                records.append(history.remove_missed(n))
            case (what,):
                records.append(history.undo() if what == "undo" else history.redo())
        again = History(json.loads(json.dumps([r for r in records if r is not None])))
        assert again.review == history.review
        assert (again.can_undo, again.can_redo) == (history.can_undo, history.can_redo)
    while history.can_undo:
        history.undo()
    assert history.review == Review()


@pytest.mark.parametrize(
    "record",
    [
        {"what": "judge"},
        {"what": "judge", "model": "m", "sha256": "", "ankle": 0, "index": 0, "judgement": "perhaps", "reason": ""},
        {"what": "missed", "number": 1, "center_mm": [1, 2], "reason": ""},
        {"what": "of the future"},
        {},
    ],
)
def test_records_that_are_not_understood_are_left_out(record: dict[str, object]) -> None:
    history = History([record])
    assert history.review == Review() and not history.can_undo
