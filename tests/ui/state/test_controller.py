"""The life of a case: open, analyse, refuse, cancel, choose; what each leaves on the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.assessment.failures import none_answered
from ankleviewer.core.errors import ModelError, ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.core.imaging.oblique import aligned
from ankleviewer.core.imaging.slab import ONE_SLICE, Slab
from ankleviewer.ui.result.heat_controls import HeatControls
from ankleviewer.ui.state.phase import Phase


def test_the_answer_takes_every_view_to_the_strongest_finding(make_window, backend, fakes) -> None:
    window = make_window(backend)
    state = window.view.state
    assert window.controller.phase is Phase.ANSWER
    assert state.cursor_mm == pytest.approx(fakes.first) and state.selected == 0
    assert backend.analysed == [[]], "nobody named a model: the default one, and what is refused of the others is told"
    for pane in window.panes.values():
        assert len([b for b in pane.picture().boxes if b.selected]) == 1


def test_a_reader_who_has_started_is_not_moved(make_window, backend, fakes, qtbot) -> None:
    window = make_window(backend)
    backend.gate.clear()
    window.controller.analyse()
    window.view.step("axial", 3)
    before = window.view.state.cursor_mm
    backend.gate.set()
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    assert window.view.state.cursor_mm == before
    assert window.panel.go.isVisible()
    window.panel.go.click()
    assert window.view.state.cursor_mm == pytest.approx(fakes.first)
    assert not window.panel.go.isVisible()


def test_a_reader_who_chose_the_ankle_or_measures_is_not_moved(make_window, fakes, qtbot) -> None:
    left = fakes.ankle("L")
    left.center_mm = (10.0, 0.0, 120.0)
    answers = (fakes.answer("fracture", ankle=0), fakes.answer("fracture", ankle=1))
    backend = fakes.Backend(ankles=(fakes.ankle("R"), left), answers=answers)
    window = make_window(backend)
    controller = window.controller

    def answer_after(moved: Callable[[], object]) -> None:
        backend.gate.clear()
        controller.analyse()
        moved()
        backend.gate.set()
        qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER)

    answer_after(lambda: controller.choose_ankle(1))
    assert window.view.state.ankle == 1
    controller.measuring.start("distance")
    place = tuple(controller.ankle.center_mm)
    window.view.go_to(place, -1)
    answer_after(lambda: controller.measuring.set_point("axial", place))
    assert window.view.state.cursor_mm == pytest.approx(place) and len(controller.measuring.points) == 1


def test_a_model_that_runs_again_leaves_the_reader_at_the_ankle_and_its_planes(make_window, fakes, qtbot) -> None:
    left = fakes.ankle("L")
    answers = (fakes.answer("no fracture", ankle=0), fakes.answer("fracture", ankle=1))
    window = make_window(fakes.Backend(ankles=(fakes.ankle("R"), left), answers=answers))
    controller = window.controller
    assert window.view.state.ankle == 1
    controller.choose_ankle(0)
    turn = aligned(window.view.scene.volume.grid, ((0.8, 0.6, 0.0), (-0.6, 0.8, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, 120.0))
    window.view.set_turn(turn)
    with qtbot.waitSignal(controller.settled):
        controller.analyse()
    assert (window.view.state.ankle, window.view.state.shown_turn) == (0, turn)


@pytest.mark.parametrize(
    "works",
    [
        lambda window: window.controller.step_finding(1),
        lambda window: window.controller.judge("rejected"),
        lambda window: window.controller.add_missed(),
    ],
)
def test_a_reader_who_works_by_findings_stays_at_the_ankle(make_window, fakes, qtbot, works) -> None:
    answers = [fakes.answer("no fracture", ankle=0), fakes.answer("fracture", ankle=1)]
    backend = fakes.Backend(ankles=(fakes.ankle("R"), fakes.ankle("L")), answers=tuple(answers))
    window = make_window(backend)
    controller = window.controller
    works(window)
    with qtbot.waitSignal(controller.settled):
        controller.analyse()
    assert window.view.state.ankle == 1 and controller.go_to_offered


def test_another_scan_opens_with_single_slices(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    window.view.update(slab=Slab(10.0, "max"))
    with qtbot.waitSignal(window.controller.settled):
        window.controller.open("another.nii.gz")
    assert window.view.state.slab == ONE_SLICE


def test_stepping_through_findings_goes_round(make_window, backend, fakes) -> None:
    window = make_window(backend)
    visited = []
    for _ in range(3):
        window.controller.step_finding(1)
        visited.append(window.view.state.selected)
    assert visited == [1, 0, 1]
    assert window.view.state.cursor_mm == pytest.approx(fakes.second)
    window.controller.step_finding(-1)
    assert window.view.state.selected == 0


def test_the_papers_map_takes_the_place_of_the_fine_one_and_back(make_window, backend) -> None:
    window = make_window(backend)
    fine, boxes = window.view.scene.heat, window.view.scene.boxes
    controls = window.panel.findChild(HeatControls)
    assert fine.cells == 16 and controls.paper.isEnabled() and "16³" in controls.resolution.text()
    window.view.step_threshold(2)
    where = window.view.state.cursor_mm
    window.view.update(paper_map=True)
    coarse = window.view.scene.heat
    assert coarse.cells == 4 and window.view.scene.boxes == boxes and window.view.state.cursor_mm == where
    assert (
        window.view.state.threshold is None and controls.paper.isChecked() and "4³ cells of 32 mm" in controls.resolution.text()
    )
    controls.paper.click()
    assert window.view.scene.heat is fine and not controls.paper.isChecked()


def test_no_finding_shows_no_heat_and_goes_to_mid_joint(make_window, fakes) -> None:
    window = make_window(fakes.Backend(answers=(fakes.answer("no fracture"),)))
    assert window.panel.call.text() == "No fracture found"
    assert window.view.scene.heat is None and window.view.scene.boxes == ()
    assert window.view.state.cursor_mm == pytest.approx((0, 0, 130), abs=0.51)
    assert window.panel.side.text() == "Right ankle" and window.panel.why.text() == "No place stood out."
    assert not window.panel.findings.rows


def test_uncertain_is_dotted(make_window, fakes) -> None:
    window = make_window(fakes.Backend(answers=(fakes.answer("uncertain"),)))
    assert window.panel.call.text() == "Uncertain"
    assert not window.panes["axial"].picture().boxes[0].firm


def test_not_assessed_says_why_and_never_looks_negative(make_window, fakes) -> None:
    finding = Finding("withhold", "ANKLE_INCOMPLETE", "The scan ends below the distal tibia.")
    window = make_window(
        fakes.Backend(
            answers=(fakes.answer("not assessed"),),
            findings=(finding,),
            verdict="caveat",
            ankles=(fakes.ankle(complete=False, reason="The scan ends below the distal tibia."),),
        )
    )
    assert window.panel.call.text() == "Not assessed"
    assert window.panel.why.text() == "The scan ends below the distal tibia."
    assert window.panel.code.text() == "ANKLE_INCOMPLETE"
    assert window.panel.number.text() == ""
    assert [c.text() for c in window.bottom.chips] == ["⚠ ANKLE_INCOMPLETE"]
    window.controller.case.findings = [Finding("withhold", "ANKLE_INCOMPLETE", f"{side} ankle: cut off.") for side in "LR"]
    window.controller.analysis = None
    window.controller.changed.emit()
    assert [c.text() for c in window.bottom.chips] == ["⚠ ANKLE_INCOMPLETE ×2"], "one chip for both ankles"
    assert window.bottom.chips[0].message == "L ankle: cut off.\n\nR ankle: cut off."


def test_an_answer_takes_the_notice_of_a_failed_analysis_away_and_no_other(make_window, backend) -> None:
    window = make_window(backend)
    controller = window.controller
    for stays, tell in (
        (False, controller._on_not_analysed),
        (True, lambda error: controller.notify("HEATMAP_NOT_SAVED", "Why.")),
    ):
        tell(ModelError("MODEL_CHANGED", "The model's file has changed."))
        assert window.banner.isVisible()
        controller._on_analysis(controller.analysis)
        assert window.banner.isVisible() is stays, "a notice about something else still holds"


def test_a_refused_scan_leaves_the_open_case(make_window, backend, fakes, qtbot) -> None:
    window = make_window(backend)
    case = window.controller.case
    backend.read_error = fakes.refusal()
    window.controller.open("/data/bad_0412.nii.gz")
    qtbot.waitUntil(lambda: window.controller.notice is not None)
    assert window.controller.case is case and window.controller.phase is Phase.ANSWER
    assert window.banner.isVisible()
    assert "0.5 and 1.0 mm apart" in window.banner.text.text()
    assert window.banner.code.text() == "SPACING_UNEVEN  ·  bad_0412.nii.gz"
    window.controller.dismiss()
    assert not window.banner.isVisible()


def test_a_refusing_check_is_a_refusal(make_window, fakes) -> None:
    refuse = Finding("refuse", "NOT_CT", "The values are not Hounsfield units.")
    window = make_window(fakes.Backend(findings=(refuse,), verdict="refuse"))
    assert window.controller.phase is Phase.EMPTY and window.controller.case is None
    assert window.banner.code.text().startswith("NOT_CT")


def test_a_failing_model_keeps_the_scan(make_window, backend, qtbot) -> None:
    backend.analyse_error = ModelError("HASH_MISMATCH", "The model file is not the one its manifest names.")
    window = make_window(backend)
    assert window.controller.phase is Phase.SCAN
    assert window.banner.isVisible() and "HASH_MISMATCH" in window.banner.code.text()
    assert window.panes["axial"].picture().count == 80


def test_where_no_model_answers_each_one_s_reason_has_its_line(make_window, backend) -> None:
    window = make_window(backend)
    failed = [("densenet", ModelError("OUT_OF_MEMORY", "No room.")), ("resnet", ModelError("OUTPUT_NOT_FINITE", "No number."))]
    window.controller._on_not_analysed(none_answered(failed))
    assert window.banner.isVisible() and window.banner.code.text() == "OUT_OF_MEMORY"
    assert window.banner.text.text() == "densenet: No room.\nresnet: No number."
    window.controller._on_analysis(window.controller.analysis)
    assert not window.banner.isVisible(), "an answer takes the notice away"


def test_cancel_while_reading_and_while_analysing(make_window, backend, qtbot) -> None:
    backend.gate.clear()
    window = make_window(backend)
    assert window.controller.phase is Phase.READING
    window.controller.cancel()
    assert window.controller.phase is Phase.EMPTY
    backend.gate.set()
    window.controller.open("scan.nii.gz")
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    backend.gate.clear()
    window.controller.analyse()
    assert window.controller.phase is Phase.ANALYSING
    window.controller.cancel()
    assert window.controller.phase is Phase.ANSWER
    backend.gate.set()


def test_opening_another_scan_drops_the_old_analysis(make_window, backend, qtbot) -> None:
    window = make_window(backend)
    backend.gate.clear()
    window.controller.analyse()
    window.controller.open("second.nii.gz")
    backend.gate.set()
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    assert backend.opened[-1] == "second.nii.gz"
    assert window.settings.recent[0].endswith("second.nii.gz")


def test_choosing_a_model_runs_it_once(make_window, fakes, qtbot) -> None:
    other = fakes.answer("uncertain", name="mobilenet", status="preliminary", version="0.3")
    backend = fakes.Backend(answers=(fakes.answer(), other))
    window = make_window(backend)
    window.controller.choose_model("all")
    qtbot.waitUntil(lambda: window.controller.phase is Phase.ANSWER)
    assert backend.analysed[-1] == ["all"]  # those that are there when they run
    assert window.view.state.model == "compact"
    window.controller.choose_model("mobilenet")
    assert len(backend.analysed) == 2
    assert window.panel.call.text() == "Uncertain" and window.panel.badge.isVisible()
    assert len(window.panel._other_rows) == 2


def test_two_ankles_the_suspicious_one_is_shown_the_other_can_be_chosen(make_window, fakes) -> None:
    left = fakes.ankle("L")
    left.center_mm = (10.0, 0.0, 120.0)
    answers = (fakes.answer("no fracture", ankle=0), fakes.answer("fracture", ankle=1))
    window = make_window(fakes.Backend(ankles=(fakes.ankle("R"), left), answers=answers))
    assert window.view.state.ankle == 1 and window.panel.call.text() == "Fracture"
    assert [window.panel.ankle.itemText(n) for n in range(2)] == [
        "Right ankle  ·  no fracture found",
        "Left ankle  ·  fracture",
    ]
    window.controller.choose_ankle(0)
    assert window.panel.call.text() == "No fracture found"
    np.testing.assert_allclose(window.view.state.cursor_mm, (0, 0, 130), atol=0.51)


def test_no_models_is_said(make_window, fakes) -> None:
    window = make_window(fakes.Backend(models=(), answers=()))
    assert window.controller.phase in (Phase.SCAN, Phase.ANSWER)
    assert not window.panel.run.isEnabled()
    assert "ankleviewer models add" in window.panel.why.text()


def test_models_that_are_all_refused_are_said_to_be(make_window, fakes) -> None:
    class Damaged(fakes.Backend):
        def list_models(self):
            raise ModelError("MODEL_HASH_MISMATCH", "The model file was changed.")

    window = make_window(Damaged(models=(), answers=()))
    assert window.panel.why.text() == "The model file was changed."
    assert window.panel.code.text() == "MODEL_HASH_MISMATCH"


def test_no_ankle_shows_the_whole_scan(make_window, fakes) -> None:
    answers = (fakes.answer("not assessed", ankle=None),)
    finding = Finding("withhold", "NOT_AN_ANKLE", "No bone like an ankle was found.")
    window = make_window(fakes.Backend(ankles=(), answers=answers, findings=(finding,)))
    assert window.panel.call.text() == "Not assessed" and window.view.state.fit == "scan"
    assert window.panel.why.text() == "No bone like an ankle was found."


@pytest.mark.parametrize("how", ["refused", "several", "cancelled", "before the packs are known"])
def test_a_scan_that_does_not_come_costs_the_open_one_no_answer(make_window, backend, fakes, qtbot, how: str) -> None:
    window = make_window(backend, path=None)
    controller = window.controller
    backend.gate.clear()
    controller.open("first.nii.gz")
    backend.gate.set()
    qtbot.waitUntil(lambda: controller.case is not None)
    backend.gate.clear()
    late = how == "before the packs are known"
    if late:
        qtbot.waitUntil(lambda: not controller.listing.running)
        controller.analysing.cancel()
        listed, controller.models, controller.analysis = controller.models, None, None
        controller.phase = Phase.SCAN
    else:
        controller.analyse()
    window.view.step("axial", 2)  # the reader has started, and is not moved
    if how != "cancelled":
        backend.read_error = ScanError("SERIES_AMBIGUOUS", "Several series.") if how == "several" else fakes.refusal()
    controller.open("second.txt")
    if how == "cancelled":
        window.cancel()
    if late:
        controller._on_models(listed)
    backend.gate.set()
    qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER and not controller.analysing.running)
    assert controller.case.scan.path == "first.nii.gz" and controller.answer is not None and controller.go_to_offered
    assert (controller.notice is not None) == (how == "refused" or late)
    if window.series.chooser is not None:
        window.series.chooser.reject()


def test_an_analysis_asked_for_before_the_packs_are_known_is_the_default_models(make_window, backend, qtbot, monkeypatch) -> None:
    known, list_models = threading.Event(), backend.list_models
    monkeypatch.setattr(backend, "list_models", lambda: known.wait(20.0) and list_models())
    window = make_window(backend, path=None)
    controller = window.controller
    controller.open("first.nii.gz")
    qtbot.waitUntil(lambda: controller.case is not None)
    controller.analyse()
    qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER)
    assert controller.models is None and controller.answer.name == "compact"
    known.set()
    qtbot.waitUntil(lambda: controller.models is not None)
    assert len(backend.analysed) == 1  # the packs, known now, ask for no other run


def test_the_model_chosen_is_the_one_whose_answer_stands(make_window, backend, fakes, qtbot) -> None:
    backend.answers = (fakes.answer(), fakes.answer(name="mobilenet"))
    window = make_window(backend)
    controller = window.controller
    backend.gate.clear()
    controller.choose_model("mobilenet")
    controller.choose_model("compact")  # back, before the other one has answered
    backend.gate.set()
    qtbot.waitUntil(lambda: not controller.analysing.alive)
    assert controller.phase is Phase.ANSWER and controller.answer.name == controller.chosen == "compact"
    backend.gate.clear()
    controller.open("second")
    controller.choose_model("mobilenet")  # while another scan is being read, which then does not come
    controller.cancel()
    backend.gate.set()
    qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER and not controller.analysing.running)
    assert controller.answer.name == controller.chosen == "mobilenet"


def test_a_place_that_is_gone_to_is_shown_with_the_answer_of_its_ankle(make_window, fakes) -> None:
    ankles = (fakes.ankle("R"), fakes.ankle("L"))
    ankles[0].min_mm, ankles[0].max_mm = (-30.0, -28.0, 104.0), (-2.0, 28.0, 176.0)
    ankles[1].min_mm, ankles[1].max_mm = (2.0, -28.0, 104.0), (30.0, 28.0, 176.0)
    answers = (fakes.answer("no fracture", ankle=0), fakes.answer("fracture", ankle=1))
    window = make_window(fakes.Backend(ankles=ankles, answers=answers))
    controller = window.controller
    place = (-15.0, 4.0, 150.0)
    controller.reviewing.add_missed(place)
    controller.reviewing.add_measure("distance", ((-18.0, 4.0, 150.0), (-12.0, 4.0, 150.0)), (0.0, 0.0, 1.0), ())
    for row in (window.panel.findings.missed[0], window.panel.measures.rows[0]):
        controller.choose_ankle(1)
        row.go.click()
        assert controller.answer.call == "no fracture" and window.view.state.ankle == 0
        assert window.view.state.cursor_mm == pytest.approx(place)


def test_packs_are_looked_at_again_after_every_answer(make_window, backend, fakes, qtbot) -> None:
    window = make_window(backend)
    controller, panel = window.controller, window.panel
    qtbot.waitUntil(lambda: not fakes.busy(window))
    old = backend.models[0].title
    backend.models = (replaced := SimpleNamespace(**{**vars(backend.models[0]), "title": "Another title"}), *backend.models[1:])
    assert old in panel.origin.text() and panel.chooser.itemText(0) == old
    controller.analyse()
    qtbot.waitUntil(lambda: controller.models[0] is replaced and not fakes.busy(window))
    assert "Another title" in panel.origin.text() and panel.chooser.itemText(0) == "Another title"
    controller.choose_model("mobilenet")
    qtbot.waitUntil(lambda: not fakes.busy(window))
    backend.models, backend.analyse_error = (replaced,), ModelError("MODEL_UNKNOWN", "There is no model named mobilenet.")
    controller.analyse()
    qtbot.waitUntil(lambda: controller.models == [replaced] and not fakes.busy(window))
    assert controller.chosen == "" and controller.notice.code == "MODEL_UNKNOWN"
    backend.analyse_error = None
    controller.analyse()
    qtbot.waitUntil(lambda: not fakes.busy(window))
    assert backend.analysed[-1] == [] and controller.answer.name == "compact"


def test_a_title_is_of_the_pack_that_answered(make_window, backend, fakes, qtbot) -> None:
    window = make_window(backend)
    qtbot.waitUntil(lambda: not fakes.busy(window))
    backend.models = tuple(SimpleNamespace(**{**vars(m), "title": "Put in its place since"}) for m in backend.models)
    window.controller.list_models()
    qtbot.waitUntil(lambda: not fakes.busy(window))
    assert "Compact 3D-CNN" in window.panel.origin.text()
    assert window.panel.chooser.itemText(0) == "Put in its place since"


def test_run_again_the_reader_goes_on_with_the_model_shown(make_window, backend, fakes, qtbot) -> None:
    backend.answers = (fakes.answer(), fakes.answer(name="mobilenet"))
    window = make_window(backend)
    controller = window.controller
    for _ in range(2):
        controller.choose_model("all")
        qtbot.waitUntil(lambda: not fakes.busy(window))
        controller.show_answer("mobilenet")
    controller.analyse()
    qtbot.waitUntil(lambda: not fakes.busy(window))
    assert controller.answer.name == "mobilenet"
    controller.open("next.nii.gz")
    qtbot.waitUntil(lambda: not fakes.busy(window) and controller.phase is Phase.ANSWER)
    assert controller.answer.name == "compact", "a new case opens with the default one"


def test_undo_shows_the_model_whose_finding_it_was(make_window, backend, fakes, qtbot) -> None:
    backend.answers = (fakes.answer(), fakes.answer(name="mobilenet"))
    window = make_window(backend)
    controller = window.controller
    controller.choose_model("all")
    qtbot.waitUntil(lambda: not fakes.busy(window))
    controller.show_answer("mobilenet")
    controller.judge("accepted", 0)
    controller.show_answer("compact")
    controller.measuring.undo()
    assert controller.answer.name == "mobilenet" and window.view.state.selected == 0
    assert controller.reviewing.mark(controller.answer, 0) is None


def test_undo_selects_the_finding_whose_judgement_it_takes_back(make_window, backend) -> None:
    """What it leaves selected the next key judges."""
    window = make_window(backend)
    controller = window.controller
    controller.judge("accepted", 1)
    controller.go_to_finding(0)
    controller.reviewing.undo()
    assert window.view.state.selected == 1
    controller.judge("rejected")
    assert list(window.view.scene.judged) == ["", "rejected"]


def test_undo_selects_the_finding_of_another_ankle(make_window, fakes) -> None:
    ankles = tuple(fakes.ankle(side) for side in "RL")
    window = make_window(fakes.Backend(ankles=ankles, answers=tuple(fakes.answer(ankle=n) for n in (0, 1))))
    controller = window.controller
    controller.choose_ankle(1)
    controller.judge("rejected", 1)
    for step in (controller.reviewing.undo, controller.reviewing.redo):
        controller.choose_ankle(0)
        step()
        assert (window.view.state.ankle, window.view.state.selected) == (1, 1)


def test_a_model_that_failed_beside_others_says_why(make_window, backend, fakes, qtbot) -> None:
    backend.answers = (fakes.answer(), fakes.answer("not assessed", name="mobilenet"))
    backend.model_errors = {"mobilenet": ModelError("MODEL_HASH_MISMATCH", "The model file was changed.")}
    window = make_window(backend)
    controller, panel = window.controller, window.panel
    controller.choose_model("all")
    qtbot.waitUntil(lambda: not fakes.busy(window))
    assert not panel.code.text()
    controller.show_answer("mobilenet")
    assert (panel.code.text(), panel.why.text()) == ("MODEL_HASH_MISMATCH", "The model file was changed.")


def test_an_ankle_that_no_model_saw_tells_of_no_failure(make_window, fakes) -> None:
    ankles = (fakes.ankle("R"), fakes.ankle("L", complete=False, reason="the talus is not contained in the scan."))
    answers = tuple(fakes.answer("not assessed", ankle=n) for n in (0, 1))
    errors = {"compact": ModelError("MODEL_FAILED", "The model could not be run.")}
    window = make_window(fakes.Backend(ankles=ankles, answers=answers, model_errors=errors))
    window.controller.choose_ankle(1)
    assert (window.panel.code.text(), window.panel.why.text()) == ("", "The talus is not contained in the scan.")
    window.controller.choose_ankle(0)
    assert (window.panel.code.text(), window.panel.why.text()) == ("MODEL_FAILED", "The model could not be run.")


def test_no_word_of_a_pack_widens_the_column(make_window, backend, fakes) -> None:
    long = "compact_own_scans_university_hospital_fold3_2026" * 3
    backend.models = (SimpleNamespace(**{**vars(backend.models[0]), "title": f"Compact 3D CNN ({long})", "data": long}),)
    panel = make_window(backend).panel
    inner = panel.origin.parentWidget()
    assert inner.width() <= panel.width() and panel.origin.text().replace("\u200b", "").count(long) == 1
    assert panel.number.text() == "0.93" and panel.number.mapTo(panel, panel.number.rect().bottomRight()).x() < panel.width()
