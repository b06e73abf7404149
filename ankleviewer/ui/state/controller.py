"""CaseController: opens scans, runs models in the background and holds what came out. Decides what the window is to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.errors import AnkleViewerError, ScanError
from ankleviewer.core.geometry import Point
from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.review import Judgement
from ankleviewer.core.serieschoice import SEVERAL
from ankleviewer.ui.background.jobs import Job, wait_for
from ankleviewer.ui.state import judging
from ankleviewer.ui.state.answers import merged
from ankleviewer.ui.state.backend import Backend, SessionBackend
from ankleviewer.ui.state.measuring import Measuring
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.state.phase import Notice, Phase, notice_of, that_is_open
from ankleviewer.ui.state.reviewing import Reviewing, ankle_of, waits_for_disk, with_sentence
from ankleviewer.ui.state.showing import first_answer, middle_of, scene_of, wanted_models

if TYPE_CHECKING:
    from ankleviewer.core.anatomy.finder import Ankle
    from ankleviewer.core.assessment.result import Box, ModelAnswer, ModelFacts
    from ankleviewer.session import Analysis, Case, ModelSummary

ALL_MODELS = "all"


class CaseController(QObject):
    """The open case, its analysis, and the work under way.

    Signals:
        changing(): a scan or an answer has come, and all that is shown will change.
        changed(): phase, case, answer, chosen model or ankle is another one.
        progressed(fraction, text): of the work under way.
        noticed(Notice): something did not work; the open case stays.
        told(text): what a key did that may not be seen where the reader looks.
        opened(path): a scan is open now.
        several(path): a folder or ZIP holds several series, and none was picked.
        settled(ok): opening and analysis have ended (the screenshot waits for it).
    """

    changing = Signal()
    changed = Signal()
    progressed = Signal(float, str)
    noticed = Signal(object)
    told = Signal(str)
    opened = Signal(str)
    several = Signal(str)
    settled = Signal(bool)

    def __init__(self, view: ViewModel, backend: Backend | None = None, model: str | None = None) -> None:
        super().__init__()
        self.view, self.backend = view, backend or SessionBackend()
        self.phase = Phase.EMPTY
        self.case: Case | None = None
        self.analysis: Analysis | None = None
        self.models: list[ModelSummary] | None = None
        self.models_refused: AnkleViewerError | None = None  # why there is none, where there could be
        self.chosen = model or ""
        self.notice: Notice | None = None
        self.failure: AnkleViewerError | None = None
        self.go_to_offered, self._path = False, ""
        self.pick, self._picking = "", ""  # key of the series that is open, and that is being opened
        self._touched = False
        self._interrupted = False  # the open case's analysis, by the reading of another scan
        self.reviewing = Reviewing(self.backend, self)
        self.measuring = Measuring(view, self.reviewing, self)
        self.reviewing.changed.connect(self._on_review)
        self.reviewing.stepped.connect(self._on_stepped)
        self.measuring.going.connect(self._show_ankle_at)
        self.reviewing.not_saved.connect(lambda text: self._set_notice(Notice("REVIEW_NOT_SAVED", text)))
        self.reviewing.caught_up.connect(lambda: self.dismiss() if waits_for_disk(self.notice) else None)
        self.reviewing.not_shown.connect(lambda text: self._set_notice(with_sentence(self.notice, text)))
        self.reading, self.analysing, self.listing = Job(self), Job(self), Job(self)
        self.reading.done.connect(self._on_case)
        self.reading.failed.connect(self._on_not_read)
        self.reading.progress.connect(self.progressed)
        self.analysing.done.connect(self._on_analysis)
        self.analysing.failed.connect(self._on_not_analysed)
        self.analysing.progress.connect(self.progressed)
        self.listing.done.connect(self._on_models)
        self.listing.failed.connect(self._on_no_models)
        view.touched.connect(self._on_touched)
        view.changed.connect(self._on_view)

    # --------------------------------------------------------------------------------------------------------------- work
    def list_models(self) -> None:
        """Look for model packs in the background."""
        self.listing.start(lambda progress, cancelled: self.backend.list_models(), after_events=True)

    def open(self, path: str, pick: str = "") -> None:
        """Read a file or folder (of several series that with the key `pick`); the open case stays until the new one is there."""
        self._path, self._picking = path, pick
        self._interrupted = self._interrupted or self.analysing.running
        self.analysing.cancel()
        self._set_notice(None)
        self.phase = Phase.READING
        self.reading.start(lambda progress, cancelled: self.backend.open_case(path, progress, cancelled, pick), after_events=True)
        self.changed.emit()

    def analyse(self, *, names: Sequence[str] = ()) -> None:
        """Run the named models, or the chosen one (or all), on the open case."""
        if self.case is None or self.phase is Phase.READING:
            self._interrupted = self.case is not None  # where the other scan does not come, this one gets its answer
            return
        case, asked = self.case, list(names) or ([self.chosen] if self.chosen else [])  # none: a refused default is told of
        self.go_to_offered = self._interrupted = False
        self.phase = Phase.ANALYSING
        run = self.backend.analyse
        self.analysing.start(lambda progress, cancelled: run(case, asked, progress, cancelled), after_events=True)
        self.changed.emit()

    def cancel(self) -> bool:
        """Stop the work under way; what is open stays. False where there was none."""
        busy = self.reading.running or self.analysing.running
        self.reading.cancel()
        self.analysing.cancel()
        if busy:
            self.phase = self._resting()
            self.changed.emit()
            self.settled.emit(False)
            self._resume()
        return busy

    def _resume(self) -> None:
        """The scan that was being read does not come: the open case, whose analysis gave way to it, gets its answer after all."""
        if self._interrupted:
            self.analyse()

    def take_over(self, other: CaseController) -> None:
        """Go on with what another controller has open, as it stands; nothing is read or run again. It must not be at work."""
        self.models, self.chosen = other.models, other.chosen
        self.models_refused = other.models_refused
        self.case, self.analysis, self.pick = other.case, other.analysis, other.pick
        self.go_to_offered, self._path, self._touched = other.go_to_offered, other._path, other._touched
        self.phase = self._resting()
        self.reviewing.take_over(other.reviewing)
        for _ in range(2):  # turning to another map puts the threshold back to that map's own, so it comes last
            self.view.set_state(replace(other.view.state, hide_ai=False))  # a key held in the other window is none in this
        if self.case is not None:
            self._show()
        self.measuring.take_over(other.measuring)
        self._set_notice(other.notice)
        self.changed.emit()

    def close(self, seconds: float = 20.0) -> bool:
        """Cancel everything and wait for the threads; True when all have left."""
        return wait_for([self.reading, self.analysing, self.listing], seconds)

    def _resting(self) -> Phase:
        if self.case is None:
            return Phase.EMPTY
        return Phase.ANSWER if self.analysis is not None else Phase.SCAN

    # ------------------------------------------------------------------------------------------------------------- answers
    def _on_models(self, found: list[ModelSummary]) -> None:
        before, self.models, self.models_refused = self.models, found, None
        if before is not None:  # looked at again; none of the packs need have changed
            if self.chosen in {m.name for m in before} - {m.name for m in found}:
                self.chosen = ""  # its pack is gone
            if found != before:
                self.changed.emit()
            return
        self.changed.emit()
        if self.phase in (Phase.SCAN, Phase.READING) and self.analysis is None and self.case is not None:
            self.analyse()

    def _on_no_models(self, error: AnkleViewerError) -> None:
        again, self.models, self.models_refused = self.models is not None, [], error
        if again:  # why there is no answer any more, the analysis has said
            self.changed.emit()
        else:
            self._fail(error)

    def _on_case(self, case: Case) -> None:
        if case.verdict == "refuse":
            refusal = next(f for f in case.findings if f.level == "refuse")
            self._on_not_read(ScanError(refusal.code, refusal.message))
            return
        self.changing.emit()
        self.case, self.analysis, self.pick, self._interrupted, self._touched = case, None, self._picking, False, False
        self.phase = Phase.SCAN
        self.reviewing.open(case)
        complete = [n for n, ankle in enumerate(case.ankles) if ankle.complete]
        self.view.update(slab=ViewState().slab)  # that of the scan before would hide a hairline of this one
        self._show_afresh(complete[0] if complete else 0, "ankle" if case.ankles else "scan")
        self.view.go_to(middle_of(case, self.ankle), -1)
        self.opened.emit(self._path)
        if self.models is None:
            self.changed.emit()  # the analysis starts when the packs are known
        else:
            self.analyse()

    def _on_not_read(self, error: AnkleViewerError) -> None:
        self.phase = self._resting()
        if error.code in SEVERAL and not self._picking:
            self.failure = error
            self.changed.emit()
            self.settled.emit(False)
            self.several.emit(self._path)
        else:
            self._fail(error, Path(self._path).name)
        self._resume()

    def _on_analysis(self, analysis: Analysis) -> None:
        self.changing.emit()
        shown = self.view.state.model if self.analysis is not None else ""  # run again: the reader goes on with that model
        self.analysis = merged(self.analysis, analysis)
        self.reviewing.seat(self.analysis.result.models)
        self.phase = Phase.ANSWER
        if self.failure is not None and self.notice == notice_of(self.failure):
            self._set_notice(None)  # an analysis before had failed
        answers = [a for a in analysis.result.models if a.ankle is not None]
        if answers:
            best = first_answer(answers, self.models or (), self.view.state.ankle if self._touched else None, shown)
            self.view.update(model=best.name, selected=-1, threshold=None)
            if best.ankle is not None and best.ankle != self.view.state.ankle and not self.view.state.blind:
                self._show_afresh(best.ankle, self.view.state.fit)
        self._show()
        if self.boxes and not self._touched and not self.view.state.blind:
            self.go_to_finding(0)  # says itself that all has changed; once is enough
        else:
            if self.boxes:
                self.go_to_offered = True
            elif not self._touched and not self.view.state.blind:
                self.view.go_to(middle_of(that_is_open(self.case), self.ankle), -1)
            self.changed.emit()
        self.list_models()  # a pack may have come, gone or been replaced since; first, as `settled` may close the window
        self.settled.emit(True)

    def _on_not_analysed(self, error: AnkleViewerError) -> None:
        self.phase = self._resting()
        self.list_models()
        self._fail(error)

    def _fail(self, error: AnkleViewerError, file: str = "") -> None:
        self.failure = error
        self._set_notice(notice_of(error, file))
        self.changed.emit()
        self.settled.emit(False)

    def _set_notice(self, notice: Notice | None) -> None:
        self.notice = notice
        self.noticed.emit(notice)

    def notify(self, code: str, message: str) -> None:
        """Tell the reader that something did not work."""
        self._set_notice(Notice(code, message))

    def dismiss(self) -> None:
        """The reader has seen the notice."""
        self._set_notice(None)

    def _on_view(self, old: ViewState, new: ViewState) -> None:
        if old.paper_map != new.paper_map and self.case is not None:
            self.view.update(threshold=None)  # a threshold of one map means nothing on the other
            self._show()

    def _on_touched(self) -> None:
        self._touched = True

    # ---------------------------------------------------------------------------------------------------------- what to show
    @property
    def ankle(self) -> Ankle | None:
        """The ankle shown, None when none was found."""
        ankles = self.case.ankles if self.case is not None else ()
        return ankles[self.view.state.ankle] if self.view.state.ankle < len(ankles) else None

    @property
    def answer(self) -> ModelAnswer | None:
        """The answer of the model shown for the ankle shown, None when there is none."""
        return self.answer_for(self.view.state.ankle)

    def answer_for(self, ankle: int) -> ModelAnswer | None:
        """The answer of the model shown for an ankle, None when there is none."""
        answers = self.analysis.result.models if self.analysis is not None else ()
        mine = [a for a in answers if a.ankle in (ankle, None)]
        return next((a for a in mine if a.name == self.view.state.model), mine[0] if mine else None)

    def facts(self, name: str) -> ModelFacts | None:
        """What the pack of a model that has answered says of itself (`ModelFacts`), None where it has not."""
        return self.analysis.facts.get(name) if self.analysis is not None else None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes of the answer shown."""
        return self.answer.boxes if self.answer is not None else ()

    def choose_model(self, name: str) -> None:
        """Show a model's answer, running the model first where it has not answered yet; "all" runs every model."""
        self.chosen = name
        answered = {a.name for a in self.analysis.result.models} if self.analysis is not None else set()
        wanted = set(wanted_models(self.chosen, self.models or ()))
        if wanted <= answered and name != ALL_MODELS:
            if self.phase is Phase.ANALYSING:  # with a model that is not wanted any more
                self.cancel()
            self.show_answer(name)
        elif self.case is not None:
            self.analyse()
        self.changed.emit()

    def show_answer(self, name: str) -> None:
        """Show the answer of a model that has answered."""
        self.view.update(model=name, selected=-1, threshold=None)
        self._show()
        self.changed.emit()

    def choose_ankle(self, index: int) -> None:
        """Show another ankle of the scan, at its strongest finding or its middle; an answer that comes later leaves it there."""
        self._touched = True
        self._show_afresh(index, "ankle")
        if self.boxes:
            self.go_to_finding(0)
        else:
            self.view.go_to(middle_of(that_is_open(self.case), self.ankle), -1)
        self.changed.emit()

    def _show_afresh(self, ankle: int, fit: str) -> None:
        # planes turned for one ankle suit no other
        self.view.update(ankle=ankle, selected=-1, threshold=None, fit=fit, panes=ViewState().panes, oblique=False, turn=None)
        self._show()

    def _on_stepped(self, what: Place | Point) -> None:
        """What undo and redo change shall be seen: the ankle that it belongs to is shown, of marks and measures the place, of
        findings the model and the finding, which is selected: the next key judges it, and no other one.
        """
        moved = self._show_ankle_at(what)
        if not isinstance(what, Place):
            if moved:
                self.view.go_to(what, -1)
            return
        known = {(a.name, a.sha256) for a in self.analysis.result.models} if self.analysis is not None else set()
        if (what.model, what.sha256) in known:
            if self.answer is None or self.answer.name != what.model:
                self.show_answer(what.model)
            if self.view.state.selected != what.index:
                self.go_to_finding(what.index)

    def _show_ankle_at(self, what: Place | Point) -> bool:
        """Show the ankle that something belongs to, so that answer and place are of one; False where it was shown before."""
        ankles = that_is_open(self.case).ankles
        ankle = ankle_of(what, ankles, self.view.state.ankle)
        if ankle == self.view.state.ankle or ankle >= len(ankles):
            return False
        self.choose_ankle(ankle)
        return True

    def go_to_missed(self, center_mm: Point) -> None:
        """Every view at a place that the reader marked, and the ankle that it lies in."""
        self._show_ankle_at(center_mm)
        self.view.go_to(center_mm, -1)

    def go_to_finding(self, index: int) -> None:
        """Every view at a finding of the answer shown."""
        if 0 <= index < len(self.boxes):
            self.go_to_offered = False
            self.view.go_to(self.boxes[index].center_mm, index)
            self.changed.emit()

    def step_finding(self, step: int) -> None:
        """Next or previous finding, round and round."""
        if self.boxes and not self.view.state.hide_ai:
            now, self._touched = self.view.state.selected, True
            start = now if now >= 0 else (-1 if step > 0 else 0)
            self.go_to_finding((start + step) % len(self.boxes))

    # ------------------------------------------------------------------------------------------------------- the reader's word
    def judge(self, judgement: Judgement, index: int | None = None) -> None:
        """Accept or reject a finding (`judging.judge`), and tell what cannot be seen."""
        if text := judging.judge(self, judgement, index):
            self.told.emit(text)

    def add_missed(self) -> None:
        """Mark the place under the crosshair as a fracture that no model marked, or tell why not."""
        if text := judging.add_missed(self):
            self.told.emit(text)

    def _on_review(self) -> None:
        if self.case is not None:
            self._touched = True  # a step of the reader's: nothing else tells of one
            self._show()
            self.changed.emit()

    def _show(self) -> None:
        self.view.set_scene(self.scene_for(self.view.state.ankle))

    def scene_for(self, index: int) -> Scene:
        """What there is to show of one ankle of the open case."""
        case, heatmaps = that_is_open(self.case), self.analysis.heatmaps if self.analysis is not None else {}
        ankle, answer = case.ankles[index] if index < len(case.ankles) else None, self.answer_for(index)
        return scene_of(case, ankle, answer, heatmaps, self.reviewing, self.view.state.paper_map)
