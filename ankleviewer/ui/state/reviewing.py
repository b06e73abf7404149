"""Reviewing: the reader's judgement of the findings shown, written down at once."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ankleviewer.core.anatomy.facing import back_of
from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.core.geometry import UP, Array, Point
from ankleviewer.core.reading.conclusion import Conclusion, Verdict, concluded
from ankleviewer.core.reading.history import History, Record
from ankleviewer.core.reading.measure import Measure, Value
from ankleviewer.core.reading.places import Place, Today, today
from ankleviewer.core.reading.review import BoxMm, Judgement, Mark, Missed, Review
from ankleviewer.core.reading.whose import Boxed, ankle_at, ankle_of_all
from ankleviewer.ui.state.backend import Backend
from ankleviewer.ui.state.phase import Notice, that_is_open
from ankleviewer.ui.words.translate import noop, said, tr
from ankleviewer.ui.words.wording import ankle_in_row

if TYPE_CHECKING:
    from ankleviewer.session import Analysis, Case

log = logging.getLogger(__name__)


class Reviewing(QObject):
    """The history of the open case, and its journal.

    Signals:
        changed(): something was judged, marked, undone or done again.
        not_saved(text): a step could not be written, and stands until the program ends; or earlier ones could not be read.
        not_shown(text): what an earlier review said of boxes that no answer of now has; once for each scan that is opened.
        caught_up(): steps that could not be written are on the disk now.
        unseen(text): undo or redo changed such a word.
        stepped(what): undo or redo changed what stands of this finding (Place), or a mark or measure at this LPS position, mm.
    """

    changed = Signal()
    not_saved = Signal(str)
    not_shown = Signal(str)
    caught_up = Signal()
    unseen = Signal(str)
    stepped = Signal(object)

    def __init__(self, backend: Backend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._case: Case | None = None
        # by ankle: left, back and shaft of its leg, as columns, LPS; None where they were looked for and not found (`state.legs`)
        self.directions: dict[int, Array | None] = {}
        self._unwritten: dict[str, list[Record]] = {}  # steps by the hash of their scan, in order
        self._now: Today = {}
        self._told: set[Place] = set()  # findings of the open scan of which it was said that they are not shown
        self.history = History()

    @property
    def review(self) -> Review:
        """What stands now."""
        return self.history.review

    def open(self, case: Case) -> None:
        """Go on with what was judged of a scan before. Emits no change: who opens a case shows it."""
        self._case, self._told, self._now = case, set(), {}
        self.directions = {}
        unwritten = self._unwritten.get(case.scan.sha256, [])
        try:
            records, unreadable = self._backend.read_review(case)
        except OSError as error:
            log.warning("the journal of an earlier review could not be read (%s)", type(error).__name__)
            self.history = History(unwritten)
            why = said(error.strerror or type(error).__name__)
            self.not_saved.emit(tr("The earlier review of this scan could not be read ({why}). It is not shown.", why=why))
            return
        self.history = History([*records, *unwritten])
        missing = unreadable + self.history.not_understood
        if missing:
            log.warning("%d lines of an earlier review are damaged, %d not understood", unreadable, self.history.not_understood)
            self.not_saved.emit(_not_shown(missing))

    def seat(self, answers: Iterable[ModelAnswer]) -> None:
        """Put what was said of findings where their boxes lie in the answers of now, and tell what belongs to none of them, each
        once. Emits no change: who has the answers shows them.
        """
        given = tuple(answers)
        now = self._now = today(given)
        self.history.seat(now)
        away = {place for place in (*self.review.marks, *self.review.edited) if place not in now} - self._told
        undrawn = {place for place in away if _was_looked_for(place, given)}
        other = {place for place in away if _has_another_file(place, given)}
        self._told |= undrawn | other
        if undrawn:
            log.warning("%d findings of an earlier review are in no answer of now", len(undrawn))
            self.not_shown.emit(_without_a_box(len(undrawn)))
        if other:
            log.warning("%d findings of an earlier review are of another file of their model", len(other))
            self.not_shown.emit(_of_another_version(len(other)))

    def take_over(self, other: Reviewing) -> None:
        """Go on with another one's history, its undo included. Emits nothing."""
        self._case, self.history = other._case, other.history
        self._unwritten, self._told, self._now = other._unwritten, other._told, other._now
        self.directions = other.directions

    def write_rest(self) -> int:
        """Try once more to write what could not be written, of all scans; how many steps are left."""
        for sha256 in list(self._unwritten):
            with contextlib.suppress(OSError):
                self._write_waiting(sha256)
        return sum(map(len, self._unwritten.values()))

    def ankle_named(self, *points: Point) -> str:
        """The name, in the window's language, of the ankle that a mark or measure at these LPS positions belongs to; "" where the
        scan shows one ankle alone, or they belong to several.
        """
        ankles = self._case.ankles if self._case is not None else ()
        whose = ankle_of_all(points, ankles) if len(ankles) > 1 else None
        return ankle_in_row(ankles, whose) if whose is not None else ""

    def shaft_of(self, place: Point, shown: int) -> Point:
        """Where the shaft lies of the leg that a place belongs to: a unit vector, LPS. `shown`: index of the ankle shown."""
        found, whose = self.directions_of(place, shown), self.leg_of(place, shown)
        if found is not None:
            x, y, z = found[:, 2].tolist()
            return x, y, z
        ankles = self._case.ankles if self._case is not None else ()
        up: Point = ankles[whose].up if whose < len(ankles) else UP
        return up

    def directions_of(self, place: Point, shown: int) -> Array | None:
        """Left, back and shaft of the leg that a place belongs to, as columns, where they were found."""
        return self.directions.get(self.leg_of(place, shown))

    def back_of(self, place: Point, shown: int) -> Array | None:
        """Unit vector to the back of the ankle that a place belongs to, LPS; None where nothing tells it."""
        ankles, whose = self._case.ankles if self._case is not None else (), self.leg_of(place, shown)
        if whose >= len(ankles):
            return None
        return back_of(ankles[whose].side, ankles[whose].up, getattr(ankles[whose], "landmarks", ()))

    def leg_of(self, place: Point, shown: int) -> int:
        """Index of the ankle whose leg a place belongs to."""
        ankles = self._case.ankles if self._case is not None else ()
        return ankle_at(place, ankles, shown) if ankles else 0

    @staticmethod
    def place(answer: ModelAnswer, index: int) -> Place:
        """The finding `index` of an answer."""
        return Place(answer.name, answer.sha256, answer.ankle or 0, index)  # as `places.today` has it

    def mark(self, answer: ModelAnswer, index: int) -> Mark | None:
        """What was said of a finding, None where nothing was."""
        return self.review.marks.get(self.place(answer, index))

    def judge(self, answer: ModelAnswer, index: int, judgement: Judgement | None, reason: str = "") -> None:
        """Accept or reject a finding, or take that back."""
        self._write(self.history.judge(self.place(answer, index), judgement, reason))

    def add_missed(self, center_mm: tuple[float, float, float]) -> Missed:
        """Mark a place that no model did."""
        self._write(self.history.add_missed(center_mm))
        return self.review.missed[-1]

    def remove_missed(self, number: int) -> None:
        """Take such a mark away."""
        self._write(self.history.remove_missed(number))

    def add_measure(self, kind: str, points: tuple[Point, ...], normal: Point | None, values: tuple[Value, ...]) -> None:
        """Keep a measure."""
        self._write(self.history.add_measure(kind, points, normal, values))

    def change_measure(self, measure: Measure) -> None:
        """Put another one in the place of the measure with its number."""
        self._write(self.history.change_measure(measure))

    def remove_measure(self, number: int) -> None:
        """Take a measure away."""
        self._write(self.history.remove_measure(number))

    def edited(self, answer: ModelAnswer, index: int) -> BoxMm | None:
        """The reader's box of a finding, None where the model's stands."""
        return self.review.edited.get(self.place(answer, index))

    def edit_box(self, answer: ModelAnswer, index: int, box: BoxMm | None) -> None:
        """Put the reader's box in the place of the model's; None gives the model's back."""
        self._write(self.history.edit_box(self.place(answer, index), box))

    def conclusion(self, shown: int) -> Conclusion | None:
        """The reader's own answer for an ankle, or for a scan in which none was found; None where none was given."""
        return concluded(self.review.conclusions, self._joint(shown))

    def conclude(self, shown: int, verdict: Verdict | None, remark: str, unaided: bool) -> None:
        """Write down the reader's own answer for an ankle; None and "" take it back. Nothing is written of what stands already.

        Args:
            shown: index of the ankle.
            unaided: no model has answered for it yet. A remark alone leaves that as it was when the verdict was given.
        """
        before = self.conclusion(shown) or Conclusion(None)
        alone = before.unaided if verdict == before.verdict else unaided
        if (verdict, remark) != (before.verdict, before.remark):
            self._write(self.history.conclude(Conclusion(verdict, self._joint(shown), alone and verdict is not None, remark)))

    def _joint(self, shown: int) -> Point | None:
        ankles = self._case.ankles if self._case is not None else ()
        return ankles[shown].center_mm if shown < len(ankles) else None

    def undo(self) -> None:
        """Take the last step back."""
        self._step(self.history.undo, noop("Taken back: what was said of a finding of {model} that is not shown."))

    def redo(self) -> None:
        """Do it again."""
        self._step(self.history.redo, noop("Done again: what was said of a finding of {model} that is not shown."))

    def save(self, case: Case, analysis: Analysis | None, review: Review, path: str) -> bool:
        """Write a case's result and review to a file of the reader's choice; False where that failed, which is told."""
        try:
            self._backend.save_review(case, analysis, review, path)
        except OSError as error:
            self.not_saved.emit(
                tr(
                    "The file could not be written ({why}). Choose another place.",
                    why=said(error.strerror or type(error).__name__),
                )
            )
            return False
        return True

    def _step(self, take: Callable[[], Record | None], told: str) -> None:
        before = self.review
        self._write(take())
        what = next(_differing(before, self.review), None)
        if what is None:
            return
        if isinstance(what, Place) and what not in self._now:
            self.unseen.emit(tr(told, model=what.model))
        self.stepped.emit(what.was_mm if isinstance(what, Place) and what.was_mm is not None else what)

    def _write(self, record: Record | None) -> None:
        if record is None:
            return
        late = bool(self._unwritten)
        # when it was said, should it be written later
        dated = {**record, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        sha256 = that_is_open(self._case).scan.sha256
        self._unwritten.setdefault(sha256, []).append(dated)
        try:
            self._write_waiting(sha256)
        except OSError as error:
            log.warning("a step of the review could not be written (%s)", type(error).__name__)
            self.not_saved.emit(_waits())
        else:
            if late and not self.write_rest():
                self.caught_up.emit()
        self.changed.emit()

    def _write_waiting(self, sha256: str) -> None:
        """Write the steps of a scan in their order, earlier ones that failed first. Raises OSError."""
        waiting = self._unwritten[sha256]
        while waiting:
            self._backend.add_to_review(sha256, waiting[0])
            del waiting[0]
        del self._unwritten[sha256]


def _waits() -> str:
    return tr("This step of the review could not be written to the disk; it is kept until the program is closed.")


def waits_for_disk(notice: Notice | None) -> bool:
    """Whether a notice says no more than that a step waits for the disk."""
    return notice == Notice("REVIEW_NOT_SAVED", _waits())


def _differing(before: Review, now: Review) -> Iterator[Place | Point]:
    """What differs between two states of a review: findings, and where marks and measures are or were."""
    for place in (*before.marks, *before.edited, *now.marks, *now.edited):
        if before.marks.get(place) != now.marks.get(place) or before.edited.get(place) != now.edited.get(place):
            yield place
    yield from (m.center_mm for m in (*now.missed, *before.missed) if not (m in now.missed and m in before.missed))
    measures = (m for m in (*now.measures, *before.measures) if not (m in now.measures and m in before.measures))
    yield from (m.points[-1] for m in measures)


def _was_looked_for(place: Place, answers: Sequence[ModelAnswer]) -> bool:
    """Whether the file that drew a finding's box answers today, so that it could have drawn it again. Of an ankle that it did not
    assess it draws nothing, which says nothing of the box.
    """
    same = [a for a in answers if (a.name, a.sha256) == (place.model, place.sha256)]
    return any(a.probability is not None for a in same) and all(
        a.probability is not None for a in same if a.ankle in (place.ankle, None)
    )


def _has_another_file(place: Place, answers: Sequence[ModelAnswer]) -> bool:
    """Whether a model's answers are those of another file than the one that drew a finding's box: its pack was replaced since."""
    same = [a.sha256 for a in answers if a.name == place.model]
    return bool(same) and place.sha256 not in same


def with_sentence(notice: Notice | None, text: str) -> Notice:
    """The notice of what is not shown; where one of the review stands, behind that, which is the graver one."""
    before = f"{notice.message} " if notice is not None and notice.code == "REVIEW_NOT_SAVED" else ""
    return Notice("REVIEW_NOT_SAVED", before + text)


def _not_shown(lines: int) -> str:
    if lines == 1:
        return tr(
            "One line of the earlier review of this scan could not be read, or is of a later version of the program. It is kept, "
            "and not shown."
        )
    return tr(
        "%n lines of the earlier review of this scan could not be read, or are of a later version of the program. They are "
        "kept, and not shown.",
        lines,
    )


def _without_a_box(findings: int) -> str:
    if findings == 1:
        return tr(
            "The earlier review of this scan judged or changed a box that the model does not draw today. What was said of it is "
            "kept, and not shown."
        )
    return tr(
        "The earlier review of this scan judged or changed %n boxes that the model does not draw today. What was said of them is "
        "kept, and not shown.",
        findings,
    )


def _of_another_version(findings: int) -> str:
    if findings == 1:
        return tr(
            "The earlier review of this scan judged a box of another version of this model. What was said of it is kept, and "
            "not shown."
        )
    return tr(
        "The earlier review of this scan judged %n boxes of another version of this model. What was said of them is kept, and "
        "not shown.",
        findings,
    )


def ankle_of(what: Place | Point, ankles: Sequence[Boxed], shown: int) -> int:
    """Index of the ankle that a finding or an LPS position belongs to; `shown` counts where the boxes of several hold it."""
    return what.ankle if isinstance(what, Place) else ankle_at(what, ankles, shown)
