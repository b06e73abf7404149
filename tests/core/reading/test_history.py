"""A reader's judgement: what stands after any order of doing, undoing and doing again, also read back from its records."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankleviewer.core.reading.history import History, Record
from ankleviewer.core.reading.measure import Measure, Value
from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.review import BoxMm, Judgement, Mark, Missed, Review, to_json

LINE, UP = ((0.0, 0.0, 1.0), (3.0, 4.0, 1.0)), (0.0, 0.0, 1.0)
FIVE = (Value("length", 5.0, "mm"),)
MEASURED = {"what": "measure", "number": 1, "kind": "distance", "points_mm": LINE, "normal": None}
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
    st.tuples(st.just("measure"), st.sampled_from(["distance", "of the future"])),
    st.tuples(st.just("move"), st.integers(1, 3), st.integers(0, 9)),
    st.tuples(st.just("erase"), st.integers(1, 3)),
    st.tuples(st.just("box"), st.sampled_from([FIRST, SECOND]), st.integers(0, 3)),
    st.tuples(st.just("undo")),
    st.tuples(st.just("redo")),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(STEP, max_size=16))
def test_records_read_back_give_the_same_review(steps: list[tuple[object, ...]]) -> None:
    history, records = History(), []
    for step in steps:
        match step:
            case ("judge", Place() as place, judgement):
                records.append(history.judge(place, judgement))  # type: ignore[arg-type]
            case ("missed", int(x)):
                records.append(history.add_missed((float(x), 0.0, 0.0)))
            case ("measure", str(kind)):
                records.append(history.add_measure(kind, LINE, UP, FIVE))
            case ("move", int(n), int(x)):
                records.append(history.change_measure(Measure(n, "distance", ((float(x), 0.0, 0.0), LINE[1]), None, FIVE)))
            case ("erase", int(n)):
                records.append(history.remove_measure(n))
            case ("box", Place() as place, int(x)):
                records.append(history.edit_box(place, BoxMm((0.0, 0.0, 0.0), (float(x), 1.0, 1.0)) if x else None))
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
        {"what": "missed", "number": float("inf"), "center_mm": [1, 2, 3], "reason": ""},
        {"what": "missed", "number": "7", "center_mm": [1, 2, 3], "reason": ""},
        {"what": "missed", "number": True, "center_mm": [1, 2, 3], "reason": ""},
        {"what": "missed", "number": 1.5, "center_mm": [1, 2, 3], "reason": ""},
        {"what": "missed", "number": -1, "center_mm": [1, 2, 3], "reason": ""},
        {"what": "missed", "number": 1, "center_mm": [1, 2, float("nan")], "reason": ""},
        {"what": "missed", "number": 1, "center_mm": [1, 2, 10**400], "reason": ""},
        {"what": "missed", "number": 1, "center_mm": ["1", "2", "3"], "reason": ""},
        {"what": "not missed", "number": float("inf")},
        {"what": "judge", "model": "m", "sha256": "", "ankle": float("inf"), "index": 0, "judgement": "accepted", "reason": ""},
        {"what": "judge", "model": "m", "sha256": "", "ankle": 0, "index": "0", "judgement": "accepted", "reason": ""},
        {"what": "measure", "number": float("inf"), "kind": "distance", "points_mm": LINE, "normal": None, "values": []},
        {"what": "measure", "number": "1", "kind": "distance", "points_mm": LINE, "normal": None, "values": []},
        {"what": "measure", "number": 1, "kind": "distance", "points_mm": [[1, 2, 10**400]], "normal": None, "values": []},
        MEASURED | {"values": [{"name": "length", "value": float("nan"), "unit": "mm"}]},
        {"what": "box", "model": "m", "sha256": "", "ankle": 0, "index": 0, "min_mm": [0, 0, 0], "max_mm": [1, 1, float("inf")]},
        {"what": "undo", "of": ["?"]},
        {"what": "undo", "step": {}},
        {"what": "of the future"},
        {"what": "of the future", "step": float("inf"), "id": []},
        {},
    ],
)
def test_records_that_are_not_understood_are_left_out(record: dict[str, object]) -> None:
    history = History([record])
    assert history.review == Review() and not history.can_undo
    assert to_json(history.review) == to_json(Review())
    history.add_missed((1.0, 2.0, 3.0))
    history.add_measure("distance", LINE, UP, FIVE)
    history.undo()
    assert history.review.missed == (Missed(1, (1.0, 2.0, 3.0)),)


def test_measures_are_kept_changed_and_taken_away_and_all_of_it_undone() -> None:
    history = History()
    history.add_measure("distance", LINE, UP, FIVE)
    history.add_measure("angle", (*LINE, (0.0, 0.0, 9.0)), None, ())
    first, second = history.review.measures
    assert (first.number, second.number, history.next_measure) == (1, 2, 3)
    longer = Measure(1, "distance", ((0.0, 0.0, 1.0), (6.0, 8.0, 1.0)), UP, (Value("length", 10.0, "mm"),))
    history.change_measure(longer)
    assert history.review.measures == (longer, second)
    history.remove_measure(2)
    history.add_measure("distance", LINE, UP, FIVE)
    assert [m.number for m in history.review.measures] == [1, 3], "a number is never used twice"
    for _ in range(3):
        history.undo()
    assert history.review.measures == (first, second)
    assert history.next_measure == 4


def test_judgements_and_measures_share_one_stack() -> None:
    history = History()
    history.judge(FIRST, "accepted")
    history.add_measure("distance", LINE, UP, FIVE)
    history.judge(SECOND, "rejected")
    history.undo()
    assert history.review.marks == {FIRST: Mark("accepted")} and len(history.review.measures) == 1
    history.undo()
    assert history.review.marks == {FIRST: Mark("accepted")} and history.review.measures == ()
    history.redo()
    assert len(history.review.measures) == 1


def test_an_edited_box_stands_until_the_models_is_given_back() -> None:
    history = History()
    box = BoxMm((0.0, 0.0, 0.0), (1.0, 2.0, 3.0))
    history.edit_box(FIRST, box)
    assert history.review.edited == {FIRST: box}
    history.edit_box(FIRST, None)
    assert history.review.edited == {}
    history.undo()
    assert history.review.edited == {FIRST: box}
    with pytest.raises(ValueError, match="size"):
        BoxMm((0.0, 0.0, 0.0), (1.0, 0.0, 1.0))


# What the first version of the program wrote: no numbers of steps, no measures.
OLD = [
    {"what": "judge", "model": "compact", "sha256": "ab" * 32, "ankle": 0, "index": 0, "judgement": "accepted", "reason": ""},
    {"what": "missed", "number": 1, "center_mm": [1, 2, 3], "reason": ""},
    {"what": "undo"},
    {"what": "judge", "model": "compact", "sha256": "ab" * 32, "ankle": 0, "index": 1, "judgement": "rejected", "reason": ""},
    {"what": "undo"},
    {"what": "redo"},
]


def test_an_old_journal_is_read_and_gone_on_with() -> None:
    history = History(OLD)
    assert history.review.marks == {FIRST: Mark("accepted"), SECOND: Mark("rejected")} and history.review.missed == ()
    written = [history.add_measure("distance", LINE, UP, FIVE), history.undo(), history.undo()]
    assert history.review.marks == {FIRST: Mark("accepted")}
    assert History([*OLD, *(r for r in written if r)]).review == history.review


def test_what_a_newer_program_wrote_and_undid_takes_nothing_else_along() -> None:
    newer = {"what": "of the future", "step": 2, "data": [1]}
    accepted = OLD[0] | {"step": 1}
    undone = History([accepted, newer, {"what": "undo", "step": 2}])
    assert undone.review.marks == {FIRST: Mark("accepted")} and not undone.can_redo
    history = History([accepted, newer])
    records = [history.undo(), history.add_measure("distance", LINE, UP, FIVE)]
    assert records[0] == {"what": "undo", "step": 1}, "the step that is understood, not the last one"
    assert History([accepted, newer, *(r for r in records if r)]).review == history.review
    assert history.review.marks == {} and len(history.review.measures) == 1


def test_a_step_that_never_reached_the_disk_is_not_mistaken_for_another() -> None:
    history = History()
    kept = history.judge(FIRST, "accepted")
    history.judge(SECOND, "rejected")  # the disk was full
    undone = history.undo()
    assert undone is not None
    assert History([kept, undone]).review.marks == {FIRST: Mark("accepted")}


class Windows:
    """Two windows that were opened on the same scan and write into one journal."""

    def __init__(self, before: list[Record] | None = None) -> None:
        self.journal = list(before or [])
        self.one, self.other = History(self.journal), History(self.journal)

    def write(self, record: Record | None) -> None:
        assert record is not None
        self.journal.append(json.loads(json.dumps(record)))

    def read(self) -> Review:
        return History(self.journal).review


@pytest.mark.parametrize("before", [[], OLD])
def test_undo_in_one_window_takes_back_no_step_of_another(before: list[Record]) -> None:
    windows = Windows(before)
    windows.write(windows.one.judge(FIRST, "rejected", "Artefact"))
    windows.write(windows.other.judge(SECOND, "rejected", "Nothing there"))
    windows.write(windows.other.undo())
    assert windows.read().marks[FIRST] == Mark("rejected", "Artefact")
    assert windows.read().marks.get(SECOND) == History(before).review.marks.get(SECOND)
    windows.write(windows.one.judge(FIRST, "accepted"))
    windows.write(windows.other.redo())
    assert windows.read().marks == {FIRST: Mark("accepted"), SECOND: Mark("rejected", "Nothing there")}


def test_marks_and_measures_of_two_windows_get_numbers_of_their_own() -> None:
    windows = Windows()
    windows.write(windows.one.add_missed((1.0, 0.0, 0.0)))
    windows.write(windows.other.add_missed((2.0, 0.0, 0.0)))
    windows.write(windows.one.add_missed((3.0, 0.0, 0.0)))
    windows.write(windows.one.add_measure("distance", LINE, UP, FIVE))
    windows.write(windows.other.add_measure("angle", (*LINE, (0.0, 0.0, 9.0)), None, ()))
    assert [(m.number, m.center_mm[0]) for m in windows.read().missed] == [(1, 1.0), (2, 2.0), (3, 3.0)]
    assert [(m.number, m.kind) for m in windows.read().measures] == [(1, "distance"), (2, "angle")]
    longer = Measure(1, "angle", (*LINE, (0.0, 0.0, 12.0)), None, ())
    windows.write(windows.other.change_measure(longer))
    windows.write(windows.one.remove_missed(2))
    windows.write(windows.other.remove_missed(1))
    windows.write(windows.one.remove_measure(1))
    assert [m.center_mm[0] for m in windows.read().missed] == [1.0]
    assert [(m.number, m.points) for m in windows.read().measures] == [(2, longer.points)]
    again = History(windows.journal)
    assert again.add_missed((4.0, 0.0, 0.0))["number"] == 4 and again.next_measure == 3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["judge", "missed", "measure", "undo", "redo"])), max_size=14))
def test_what_one_window_did_stands_whatever_another_does(steps: list[tuple[bool, str]]) -> None:
    windows = Windows()
    for own, what in steps:
        history, place, x = (windows.one, FIRST, 1.0) if own else (windows.other, SECOND, 2.0)
        match what:
            case "judge":
                windows.write(history.judge(place, "accepted"))
            case "missed":
                windows.write(history.add_missed((x, 0.0, 0.0)))
            case "measure":
                windows.write(history.add_measure("distance", ((x, 0.0, 0.0), LINE[1]), None, FIVE))
            case _:
                record = history.undo() if what == "undo" else history.redo()
                windows.journal += [record] if record is not None else []
    read = windows.read()
    for history, place, x in ((windows.one, FIRST, 1.0), (windows.other, SECOND, 2.0)):
        assert read.marks.get(place) == history.review.marks.get(place)
        assert sum(m.center_mm[0] == x for m in read.missed) == len(history.review.missed)
        assert sum(m.points[0][0] == x for m in read.measures) == len(history.review.measures)
    for numbers in ([m.number for m in read.missed], [m.number for m in read.measures]):
        assert len(set(numbers)) == len(numbers)


def test_earlier_versions_find_a_number_for_every_step() -> None:
    windows = Windows(OLD)
    for record in (windows.one.judge(FIRST, "rejected"), windows.one.undo(), windows.one.add_missed((1.0, 2.0, 3.0))):
        windows.write(record)
    assert [record["step"] for record in windows.journal[len(OLD) :]] == [4, 4, 5]


def test_steps_that_are_not_understood_are_counted_while_they_stand() -> None:
    later = {"what": "drawing", "step": 2, "id": "b"}
    known = {"what": "missed", "number": 1, "center_mm": [1, 2, 3], "reason": "", "step": 1, "id": "a"}
    damaged = {"what": "missed", "number": "1", "center_mm": [1, 2, 3], "reason": "", "step": 3, "id": "c"}
    assert History([known]).not_understood == 0
    assert History([known, later, damaged, {"what": 7}, {}]).not_understood == 4
    assert History([known, later, {"what": "undo", "of": "b", "step": 2}]).not_understood == 0
    own = History([known])
    own.undo()
    assert own.not_understood == 0


def test_a_step_that_was_written_twice_counts_once() -> None:
    history = History()
    record = history.add_measure("distance", LINE, UP, FIVE)
    again = History([record, record])
    assert again.review.measures == history.review.measures and len(again.review.measures) == 1
    again.undo()
    assert again.review.measures == ()


@pytest.mark.parametrize("far", [1e308, -1e300, 2.1e6])
def test_a_position_beyond_any_scan_is_not_understood(far: float) -> None:
    box = {"what": "box", "model": "compact", "sha256": "0" * 64, "ankle": 0, "index": 0}
    box |= {"min_mm": [0, -abs(far), 0], "max_mm": [1, abs(far), 1]}
    missed = {"what": "missed", "number": 1, "center_mm": [far, 0, 140], "reason": ""}
    measure = {**MEASURED, "points_mm": [[far, 0, 0], [5, 0, 0]], "values": []}
    history = History([box, missed, measure])
    assert history.review == Review() and history.not_understood == 3


def test_what_was_said_of_a_box_stays_with_it_where_boxes_change_their_order() -> None:
    low, high, box = (10.0, 20.0, 100.0), (40.0, 20.0, 140.0), BoxMm((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    before = History()
    before.seat({FIRST: low, SECOND: high})
    records = [before.judge(FIRST, "rejected", "Artefact"), before.judge(SECOND, "accepted"), before.edit_box(SECOND, box)]
    again = History(json.loads(json.dumps(records)))
    again.seat({FIRST: high, SECOND: low})
    assert again.review.marks == {FIRST: Mark("accepted"), SECOND: Mark("rejected", "Artefact")}
    assert again.review.edited == {FIRST: box}
    again.judge(SECOND, None)
    assert again.review.marks == {FIRST: Mark("accepted")}, "taken back of the box that it was said of"
    again.seat({FIRST: high})
    assert again.review.marks == {FIRST: Mark("accepted")}
    again.undo()
    lost = Place("compact", "ab" * 32, 0, 0, low)
    assert again.review.marks == {FIRST: Mark("accepted"), lost: Mark("rejected", "Artefact")}
    told = {f.get("center_mm"): f["finding"] for f in map(_hashable, to_json(again.review)["findings"])}
    assert told == {None: 1, low: 1}, "what belongs to no finding of today tells where it was"
    assert History([{**records[0], "center_mm": [1.0, "x", 2.0]}]).not_understood == 1


@pytest.mark.parametrize(("left", "lost"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_two_boxes_close_together_share_no_word_where_one_of_them_is_gone(left: Place, lost: Place) -> None:
    at = {FIRST: (10.0, 20.0, 100.0), SECOND: (14.0, 20.0, 100.0)}
    said, box = {FIRST: Mark("rejected", "Artefact"), SECOND: Mark("accepted")}, BoxMm((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    before = History()
    before.seat(at)
    records = [before.judge(place, mark.judgement, mark.reason) for place, mark in said.items()]
    records.append(before.edit_box(lost, box))
    gone = replace(lost, was_mm=at[lost])
    for kept in (records, records[::-1], [records[lost.index]]):
        again = History(json.loads(json.dumps(kept)))
        again.seat({FIRST: at[left]})
        wanted = {gone: said[lost]} | ({FIRST: said[left]} if len(kept) > 1 else {})
        assert again.review.marks == wanted, "the one that is there has its own word or none, never the other's"
        assert again.review.edited == ({gone: box} if len(kept) > 1 else {})
    again = History(json.loads(json.dumps(records)))
    again.seat(at)
    again.judge(lost, None)
    again.seat({FIRST: at[left]})
    assert again.review.marks == {FIRST: said[left]}, "what was taken back of the one is not taken back of the other"
    assert History([{**records[0], "beside_mm": [[1.0, "x", 2.0]]}]).not_understood == 1


@pytest.mark.parametrize("off", [0.0, 0.01])
def test_of_two_boxes_that_became_one_between_them_no_word_is_taken_for_its(off: float) -> None:
    at = {FIRST: (10.0, 20.0, 100.0), SECOND: (14.0, 20.0, 100.0)}
    before = History()
    before.seat(at)
    records = [before.judge(FIRST, "rejected"), before.judge(SECOND, "accepted")]
    for kept in (records, records[::-1], records[:1], records[1:]):
        again = History(json.loads(json.dumps(kept)))
        again.seat({FIRST: (12.0 + off, 20.0, 100.0)})
        assert all(place.was_mm is not None for place in again.review.marks) and len(again.review.marks) == len(kept)


@pytest.mark.parametrize("first", ["alone", "both", "of an earlier version"])
def test_a_word_that_was_overruled_does_not_come_alive_on_the_box_close_by(first: str) -> None:
    at, beside_it = (10.0, 20.0, 100.0), (14.0, 20.0, 100.0)
    alone, both = {FIRST: at}, {FIRST: at, SECOND: beside_it}
    before, records = History(), []
    for now, judgement in zip((both, alone) if first == "both" else (alone, both), ("rejected", "accepted"), strict=True):
        before.seat(now)
        records.append(before.judge(FIRST, judgement))
    records += [before.add_missed(at), before.add_measure("point", (at,), None, ())]
    assert [("beside_mm" in record) for record in records[:2]] == [first == "both", first != "both"]
    if first == "of an earlier version":
        records[0] = {k: v for k, v in records[0].items() if k != "id"}
    again = History(json.loads(json.dumps([*records, {**records[2], "id": "x", "step": 9, "number": 9, "beside_mm": "none"}])))
    again.seat({FIRST: beside_it})
    assert again.review.marks == {replace(FIRST, was_mm=at): Mark("accepted")}
    assert len(again.review.missed) == 2
    again.seat(both)
    assert again.review.marks == {FIRST: Mark("accepted")}


@pytest.mark.parametrize("now", ["as then", "another order", "none"])
@pytest.mark.parametrize("said", ["rejected", None])
def test_a_word_that_went_by_the_number_does_not_come_back_once_it_was_overruled(now: str, said: Judgement | None) -> None:
    low, high, box = (10.0, 20.0, 100.0), (40.0, 20.0, 140.0), BoxMm((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    old = History()
    records = [old.judge(FIRST, "accepted"), old.edit_box(FIRST, box)]
    today = History(records)
    today.seat({FIRST: low, SECOND: high})
    assert today.review.marks == {FIRST: Mark("accepted")} and today.review.edited == {FIRST: box}
    records += [today.judge(FIRST, said), today.edit_box(FIRST, None)]
    again = History(json.loads(json.dumps(records)))
    again.seat({"as then": {FIRST: low, SECOND: high}, "another order": {FIRST: high, SECOND: low}, "none": {}}[now])
    home = {"as then": FIRST, "another order": SECOND, "none": Place("compact", "ab" * 32, 0, 0, low)}[now]
    assert again.review.marks == ({} if said is None else {home: Mark(said)}) and again.review.edited == {}
    again.undo()
    again.undo()
    assert again.review.marks == {FIRST: Mark("accepted")} and again.review.edited == {FIRST: box}, "undone, the old word stands"


def _hashable(finding: dict[str, object]) -> dict[str, object]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in finding.items()}
