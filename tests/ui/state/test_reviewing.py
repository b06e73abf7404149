"""Judging findings: by button and by key, seen on the slices, written at once, undone, and there again on opening."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ankleviewer.core.display.scene import resolve
from ankleviewer.core.reading.history import History
from ankleviewer.core.reading.places import Place, today
from ankleviewer.core.reading.review import REASONS
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.state.reviewing import Reviewing, ankle_of

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def judged(window) -> list[str]:
    return list(window.view.scene.judged)


def test_accept_and_reject_by_button_and_the_reason(make_window, backend) -> None:
    window = make_window(backend)
    first, second = window.panel.findings.rows
    first.accept.click()
    second.reject.click()
    assert judged(window) == ["accepted", "rejected"]
    assert first.accept.isChecked() and not first.reject.isChecked() and first.reason.isHidden()
    assert second.reject.isChecked() and not second.reason.isHidden()
    second.reason.setCurrentIndex(2)
    second.reason.activated.emit(2)
    assert window.controller.reviewing.mark(window.controller.answer, 1).reason == REASONS[1]
    assert second.reason.currentIndex() == 2
    second.reject.click()
    assert judged(window) == ["accepted", ""] and not second.reject.isChecked(), "again takes it back, with its reason"
    assert window.view.state.selected == 1, "the finding whose button was pressed"
    window.controller.go_to_finding(0)
    picture = resolve(window.view.state, window.view.scene, "axial")
    assert [b.judged for b in picture.boxes if b.index == 0] == ["accepted"]
    assert [r["what"] for r in backend.journal] == ["judge"] * 4


def test_the_journey_by_keys_alone(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, "A")
    QTest.keyClick(window, "N")
    QTest.keyClick(window, "R")
    assert judged(window) == ["accepted", "rejected"]
    window.controller.reviewing.judge(window.controller.answer, 1, "rejected", REASONS[0])
    QTest.keyClick(window, "R")
    assert judged(window) == ["accepted", ""], "again takes it back, also where a reason was given"
    QTest.keyClick(window, "Z", CTRL)
    QTest.keyClick(window, "Z", CTRL)
    QTest.keyClick(window, "Z", CTRL)
    assert judged(window) == ["accepted", ""]
    QTest.keyClick(window, "Z", CTRL | SHIFT)
    assert judged(window) == ["accepted", "rejected"]
    window.view.move_cursor((3.0, 2.0, 120.0))
    QTest.keyClick(window, "M")
    ((number, mm),) = window.view.scene.missed
    assert number == 1 and mm == window.view.state.cursor_mm
    (row,) = window.panel.findings.missed
    assert row.go.text().startswith("M1")
    assert [m.number for m in resolve(window.view.state, window.view.scene, "coronal").missed] == [1]
    window.view.step("axial", 12)
    assert resolve(window.view.state, window.view.scene, "axial").missed == (), "away from its slice it is not shown"
    row.go.click()
    assert window.view.state.cursor_mm == mm
    row.remove.click()
    assert window.view.scene.missed == () and window.panel.findings.missed == []
    QTest.keyClick(window, "Z", CTRL)
    assert len(window.panel.findings.missed) == 1


def test_the_review_is_there_again_when_the_scan_is_opened_again(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    window.controller.reviewing.judge(window.controller.answer, 1, "rejected", REASONS[0])
    window.controller.add_missed()
    window.controller.open("again")
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER and backend.opened[-1] == "again")
    assert judged(window) == ["", "rejected"] and len(window.view.scene.missed) == 1
    assert window.panel.findings.rows[1].reason.currentText() == REASONS[0]
    window.controller.reviewing.undo()
    assert window.view.scene.missed == (), "what was done before can still be undone"


def test_a_judgement_stays_with_its_box_where_the_boxes_have_another_order(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    window.controller.judge("rejected", 0)
    answer = window.controller.answer

    def reopen(name: str, boxes: tuple[object, ...]) -> None:
        backend.answers = tuple(replace(a, boxes=boxes) if a.sha256 == answer.sha256 else a for a in backend.answers)
        window.controller.open(name)
        qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER and backend.opened[-1] == name)

    reopen("another order", tuple(reversed(answer.boxes)))
    assert judged(window) == ["", "rejected"] and window.controller.notice is None
    reopen("one alone", answer.boxes[1:])
    assert judged(window) == [""], "what was said of the other one is not said of this one"
    assert "a box that the model does not draw today" in window.controller.notice.message
    window.controller.reviewing.undo()
    window.controller.reviewing.redo()
    reopen("as before", answer.boxes)
    assert judged(window) == ["rejected", ""]


def test_a_judgement_of_a_box_that_is_gone_is_not_said_of_the_one_close_by(make_window, backend, qtbot) -> None:
    answer = next(a for a in backend.answers if a.boxes)
    first, other = answer.boxes[0], answer.boxes[0]
    x, y, z = first.center_mm
    other = replace(other, center_mm=(x + 4.0, y, z))

    def answers(*boxes: object) -> None:
        backend.answers = tuple(replace(a, boxes=boxes) if a.sha256 == answer.sha256 else a for a in backend.answers)

    answers(first, other)
    window = make_window(backend)
    assert window.controller.answer.sha256 == answer.sha256
    window.controller.judge("rejected", 0)
    answers(other)
    window.controller.open("one alone")
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER and backend.opened[-1] == "one alone")
    assert judged(window) == [""] and "a box that the model does not draw today" in window.controller.notice.message


def test_what_cannot_be_written_is_said_and_stands(make_window, backend) -> None:
    window = make_window(backend)
    backend.journal_error = OSError("disk full")
    window.controller.judge("accepted")
    assert judged(window)[0] == "accepted"
    assert window.controller.notice.code == "REVIEW_NOT_SAVED" and not window.banner.isHidden()


def test_a_graver_word_outlives_what_was_written_late(make_window, backend) -> None:
    controller = make_window(backend).controller
    backend.journal_error = OSError("disk full")
    controller.judge("accepted")
    controller.notify("REVIEW_NOT_SAVED", "The review could not be read.")
    backend.journal_error = None
    controller.add_missed()
    assert controller.notice.message == "The review could not be read."


def test_what_cannot_be_written_is_kept_until_it_can(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    controller = window.controller

    def reopen(name: str, sha256: str) -> None:
        backend.sha256 = sha256
        controller.open(name)
        qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER and backend.opened[-1] == name)

    backend.journal_error = OSError("disk full")
    controller.judge("accepted")
    reopen("other", "cd" * 32)
    assert judged(window)[0] == "", "each scan has its own"
    reopen("first", "ab" * 32)
    assert judged(window)[0] == "accepted" and backend.journal == []
    backend.journal_error = None
    controller.add_missed()
    assert [r["what"] for r in backend.journal] == ["judge", "missed"], "in order"
    assert controller.notice is None, "what waited is written, and nobody need fear for it"
    assert all(datetime.fromisoformat(r["at"]).tzinfo for r in backend.journal), "dated when it was said"
    backend.journal_error = OSError("disk full")
    controller.add_missed()
    reopen("other", "cd" * 32)
    backend.journal_error = None
    window.close()
    assert [r["what"] for r in backend.journal] == ["judge", "missed", "missed"], "of a scan that is not open any more"


def test_a_damaged_number_keeps_no_scan_from_being_opened(make_window, backend) -> None:
    marked = {"what": "missed", "number": 1, "center_mm": [3.0, 2.0, 120.0], "reason": ""}
    backend.journal = [marked | {"number": float("inf")}, marked | {"number": "9"}, marked | {"number": 10**30}, marked]
    window = make_window(backend)
    assert window.controller.phase is Phase.ANSWER and len(window.panel.findings.missed) == 2
    window.controller.add_missed()
    window.controller.reviewing.undo()
    assert len(window.panel.findings.missed) == 2


def test_an_earlier_review_that_cannot_be_read_is_said(make_window, backend, monkeypatch) -> None:
    def refuse(_case):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(backend, "read_review", refuse)
    window = make_window(backend)
    assert window.controller.phase is Phase.ANSWER and not window.banner.isHidden()
    assert "Permission denied" in window.controller.notice.message and "earlier review" in window.banner.text.text()


@pytest.mark.parametrize(
    ("damaged", "later", "told"), [(0, 0, ""), (1, 0, "One line of"), (0, 2, "2 lines of"), (3, 2, "5 lines of")]
)
def test_lines_of_an_earlier_review_that_are_not_shown_are_told(
    make_window, backend, damaged: int, later: int, told: str
) -> None:
    marked = {"what": "missed", "number": 1, "center_mm": [3.0, 2.0, 120.0], "reason": ""}
    backend.damaged, backend.journal = damaged, [marked, *[marked | {"what": "missed/2"}] * later]
    window = make_window(backend)
    assert len(window.panel.findings.missed) == 1, "what can be read is shown"
    notice = window.controller.notice
    assert (notice is None) == (not told)
    if notice is not None:
        assert notice.code == "REVIEW_NOT_SAVED" and not window.banner.isHidden()
        assert notice.message.startswith(told) and notice.message.endswith("and not shown.")


def judged_before(finding: int, sha256: str = "0" * 64, ankle: int = 0) -> dict[str, object]:
    """A step of an earlier review, of a box that lay where none lies today."""
    where = {
        "model": "compact",
        "sha256": sha256,
        "ankle": ankle,
        "index": finding,
        "center_mm": [25.0, 25.0, 110.0 + 9 * finding],
    }
    return {"what": "judge", **where, "judgement": "accepted", "reason": "", "step": finding + 1, "id": f"{ankle}{finding}"}


def run_again(window, qtbot) -> None:
    window.controller.analyse()
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)


NO_BOX, OTHER = "that the model does not draw today", "of another version of this model"


@pytest.mark.parametrize(("sha256", "told"), [("0" * 64, NO_BOX), ("f" * 64, OTHER)])
@pytest.mark.parametrize(("count", "number"), [(1, "a box"), (2, "2 boxes")])
def test_what_is_not_shown_is_told_once_for_a_scan(
    make_window, backend, qtbot, sha256: str, told: str, count: int, number: str
) -> None:
    backend.journal = [judged_before(n, sha256) for n in range(count)]
    window = make_window(backend)
    controller = window.controller
    assert controller.notice.code == "REVIEW_NOT_SAVED" and f"{number} {told}" in controller.notice.message
    assert judged(window) == ["", ""]
    controller.dismiss()
    run_again(window, qtbot)
    assert controller.notice is None
    controller.open("again")
    qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER and backend.opened[-1] == "again")
    assert f"{number} {told}" in controller.notice.message


def test_what_is_not_shown_takes_no_graver_notice_away(make_window, backend) -> None:
    backend.damaged, backend.journal = 3, [judged_before(0), judged_before(1, "f" * 64)]
    message = make_window(backend).controller.notice.message
    assert message.startswith("3 lines of") and f"a box {NO_BOX}" in message and f"a box {OTHER}" in message


def test_a_run_that_assesses_nothing_says_nothing_of_the_boxes(make_window, backend, fakes, qtbot) -> None:
    window = make_window(backend)
    window.controller.judge("accepted")
    backend.answers = (fakes.answer("not assessed"),)
    run_again(window, qtbot)
    assert window.controller.answer.call == "not assessed" and window.controller.notice is None


def test_nor_does_one_of_the_ankle_that_it_does_not_assess(make_window, fakes) -> None:
    backend = fakes.Backend(ankles=(fakes.ankle("R"), fakes.ankle("L")))
    backend.answers = (fakes.answer(), fakes.answer("not assessed", ankle=1))
    backend.journal = [judged_before(0, ankle=1)]
    assert make_window(backend).controller.notice is None
    backend.journal.append(judged_before(1, ankle=0))
    assert f"a box {NO_BOX}" in make_window(backend).controller.notice.message


def test_what_was_told_is_not_told_again_in_another_language(make_window, backend) -> None:
    backend.journal = [judged_before(0)]
    controller = make_window(backend).controller
    told: list[str] = []
    successor = Reviewing(backend)
    successor.not_shown.connect(told.append)
    successor.take_over(controller.reviewing)
    successor.seat(controller.analysis.result.models)
    assert told == []


def test_without_a_finding_there_is_nothing_to_judge(make_window, fakes) -> None:
    window = make_window(fakes.Backend(answers=(fakes.answer("no fracture"),)))
    window.controller.judge("accepted")
    assert not window.controller.reviewing.history.can_undo
    window.controller.add_missed()
    assert not window.panel.findings_head.isHidden() and len(window.panel.findings.missed) == 1


def test_result_and_review_are_saved_where_the_reader_says(make_window, backend, monkeypatch, tmp_path) -> None:
    window = make_window(backend)
    window.controller.judge("accepted")
    target = str(tmp_path / "r.json")
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *a: (target, ""))
    window.choose_review()
    ((analysis, review, path),) = backend.saved
    assert analysis is window.controller.analysis and path == target and len(review.marks) == 1
    assert window.toast.widget.text() == "Result and review saved"
    backend.journal_error = OSError(28, "No space left on device")
    window.choose_review()
    assert "No space left" in window.controller.notice.message
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *a: ("", ""))
    window.choose_review()
    assert len(backend.saved) == 1, "cancelled"


def test_undo_of_what_is_not_shown_is_told(make_window, fakes) -> None:
    """A judgement of a model that has not answered today would go without a sign."""
    there, once = fakes.answer(), fakes.answer(name="once", sha256="1" * 64)
    before = History()
    before.seat(today([once]))
    record = before.judge(Reviewing.place(once, 0), "rejected", REASONS[0])
    window = make_window(fakes.Backend(answers=(there,), journal=[dict(record)]))
    reviewing = window.controller.reviewing
    assert window.toast.text == ""
    reviewing.undo()
    assert not reviewing.review.marks
    assert window.toast.text == "Taken back: what was said of a finding of once that is not shown."
    reviewing.redo()
    assert window.toast.text == "Done again: what was said of a finding of once that is not shown."
    window.toast.say("")
    window.controller.judge("accepted", 0)
    reviewing.undo()
    assert window.toast.text == "", "this one is seen"


def test_undo_shows_the_ankle_whose_judgement_it_takes_back(make_window, fakes) -> None:
    ankles = tuple(fakes.ankle(side) for side in "RL")
    window = make_window(fakes.Backend(ankles=ankles, answers=tuple(fakes.answer("fracture", ankle=n) for n in (0, 1))))
    controller = window.controller
    controller.choose_ankle(0)
    controller.judge("accepted", 0)
    controller.choose_ankle(1)
    assert judged(window)[0] == ""
    controller.reviewing.undo()
    assert controller.view.state.ankle == 0 and judged(window)[0] == ""
    controller.choose_ankle(1)
    controller.reviewing.redo()
    assert controller.view.state.ankle == 0 and judged(window)[0] == "accepted"
    controller.reviewing.undo()
    assert controller.view.state.ankle == 0


@pytest.mark.parametrize("what", ["missed", "measure"])
def test_undo_shows_the_ankle_whose_mark_or_measure_it_takes_back(make_window, fakes, what: str) -> None:
    right, left = fakes.ankle("R"), fakes.ankle("L")
    right.max_mm, left.min_mm = (-2.0, 28.0, 176.0), (2.0, -28.0, 104.0)
    window = make_window(fakes.Backend(ankles=(right, left), answers=tuple(fakes.answer(ankle=n) for n in (0, 1))))
    controller, place = window.controller, (-20.0, 5.0, 120.0)
    reviewing = controller.reviewing
    controller.choose_ankle(0)
    if what == "missed":
        reviewing.add_missed(place)
    else:
        reviewing.add_measure("distance", ((-20.0, 9.0, 120.0), place), (0.0, 0.0, 1.0), ())
    for step in (reviewing.undo, reviewing.redo):
        controller.choose_ankle(1)
        step()
        assert controller.view.state.ankle == 0 and controller.view.state.selected == -1
        assert controller.view.state.cursor_mm == pytest.approx(place)
    window.view.move_cursor((3.0, 2.0, 130.0))
    reviewing.undo()
    assert controller.view.state.cursor_mm == (3.0, 2.0, 130.0), "of the ankle shown nothing moves"


def test_a_finding_says_whose_it_is_a_position_lies_there(fakes) -> None:
    ankles = (fakes.ankle("R"), fakes.ankle("L"))
    assert ankle_of(Place("compact", "ab", 1, 0), ankles, 0) == 1
    assert [ankle_of((0.0, 0.0, 130.0), ankles, shown) for shown in (0, 1)] == [0, 1]


def test_the_ankle_of_a_mark_is_named_where_the_scan_shows_two(make_window, fakes) -> None:
    right, left = fakes.ankle("R"), fakes.ankle("L")
    right.max_mm, left.min_mm = (-2.0, 28.0, 176.0), (2.0, -28.0, 104.0)
    window = make_window(fakes.Backend(ankles=(right, left), answers=tuple(fakes.answer(ankle=n) for n in (0, 1))))
    named = window.controller.reviewing.ankle_named
    here, there = (-20.0, 5.0, 120.0), (20.0, 5.0, 120.0)
    assert (named(here), named(there)) == ("Right ankle", "Left ankle")
    assert named(here, there) == "", "a measure from one ankle to the other"
    alone = make_window(fakes.Backend())
    assert alone.controller.reviewing.ankle_named(here) == ""


@pytest.mark.parametrize("key", ["E", "A", "R", "N"])
def test_a_key_without_a_box_says_so(make_window, fakes, qtbot, key: str) -> None:
    window = make_window(fakes.Backend(answers=(fakes.answer("no fracture"),)))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, key)
    assert window.toast.widget.isVisible() and window.toast.widget.text().startswith("There is no ")
    assert not window.editing.active and not window.controller.reviewing.history.can_undo


def test_a_key_takes_back_no_judgement_of_a_finding_that_is_not_selected(make_window, backend, fakes) -> None:
    """After a look at a missed place no finding is selected: A accepts the first, and shows it; again takes it back."""
    window = make_window(backend)
    controller = window.controller
    controller.judge("accepted")
    controller.reviewing.add_missed((1.0, 2.0, 120.0))
    window.panel.findings.missed[0].go.click()
    assert window.view.state.selected == -1
    controller.judge("accepted")
    assert judged(window)[0] == "accepted" and window.view.state.selected == 0
    assert window.view.state.cursor_mm == pytest.approx(fakes.first)
    controller.judge("accepted")
    assert judged(window)[0] == ""
