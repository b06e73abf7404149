"""content: every figure of the report is the result's own, nothing names a patient or a file, nothing is claimed beyond it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from ankleviewer.core.assessment.result import AnkleInfo, Consensus, Looked, Result, Runtime
from ankleviewer.core.findings import Finding
from ankleviewer.core.reading.conclusion import Conclusion
from ankleviewer.core.reading.history import History
from ankleviewer.core.reading.review import Review
from ankleviewer.reports import content, places
from ankleviewer.reports.subject import with_other_ankles
from ankleviewer.ui.words.wording import CALL_WORDS


def test_headline_says_side_call_and_probability(made) -> None:
    assert content.headlines(made.report()) == [("Right ankle", "Fracture", "fracture probability 0.93")]
    nothing = made.report(made.answer("not assessed", None))
    assert content.headlines(nothing) == [("Right ankle", "Not assessed", "")]
    assert content.headlines(made.report(made.answer("no fracture", 0.001)))[0][2] == "fracture probability < 0.01"


def test_count_and_operating_points(made) -> None:
    row = content.model_rows(made.report())[0]
    assert row[:4] == ("Right ankle", "Compact 3D CNN, version 3", "Fracture", "0.93")
    assert row[4] == "Of 64 validation scans scored 0.50-1.00, 61 had a fracture"
    assert "below 0.20" in row[5] and "from 0.80" in row[5]
    unknown = content.model_rows(made.report(made.answer(), shown=None))[0]
    assert unknown[4] == row[4]
    assert content.count_behind(None, 0.4) == "Score, not calibrated"
    decision = made.report().facts["compact"].decision
    assert content.count_behind(replace(decision, bins=decision.bins[1:]), 0.4) == "No validation scan had such a score"
    assert content.operating_points(None) == content.UNKNOWN


@pytest.mark.parametrize(("chance", "call", "said"), [(0.1987, "no fracture", "0.199"), (0.7996, "uncertain", "0.7996")])
def test_a_probability_beside_a_threshold_reads_like_what_it_is(made, chance: float, call: str, said: str) -> None:
    report = made.report(made.answer(call, chance))
    row = content.model_rows(report)[0]
    assert (row[3], content.headlines(report)[0][2]) == (said, f"fracture probability {said}")
    low, high = ("0.200", "0.800") if len(said) == 5 else ("0.2000", "0.8000")
    assert row[5].startswith(f"No fracture below {low} (sensitive); fracture from {high} (specific)")


def test_a_judgement_of_another_model_file_is_not_shown(made) -> None:
    other = made.answer(name="mobilenet")
    rows = places.finding_rows(made.report(made.answer(), other))
    assert [row[6] for row in rows] == ["Rejected", "Edited", "Not judged", "Added"]
    assert content.reader(made.report(made.answer(), other)) == "Reader: 1 rejected, 1 added (findings marked by the models: 2)."


def test_two_ankles_of_unknown_side_are_told_apart_in_every_line(made) -> None:
    report = made.report(made.answer(), made.answer("no fracture", 0.03, ankle=1))
    pair = tuple(AnkleInfo("unknown", (x, 5.0, 5.0), (x + 50.0, 55.0, 55.0)) for x in (5.0, 105.0))
    report = replace(report, result=replace(report.result, ankles=pair))
    right, left = (f"Ankle, side unknown, towards the patient's {side}" for side in ("right", "left"))
    assert [line[:2] for line in content.headlines(report)] == [(right, "Fracture"), (left, "No fracture found")]
    assert [row[0] for row in content.model_rows(report)] == [right, left]
    assert places.finding_rows(report)[0][1].startswith(right) and content.assessed(report)[1].startswith(left)
    assert ("Found", f"{right}; {left}") in content.read_rows(report)
    assert content.finding_title(report).startswith("Finding 1, ankle, side unknown, towards the patient's right")


def test_what_was_not_assessed_is_always_said(made) -> None:
    for answers in ((made.answer(),), (made.answer("no fracture", 0.02),), (made.answer("not assessed", None),)):
        text = " ".join(content.assessed(made.report(*answers)))
        for word in ("calcaneus", "midfoot", "proximal fibula", "Maisonneuve"):
            assert word in text
    withheld = made.report(made.answer("not assessed", None), findings=(Finding("withhold", "METAL", "There is metal."),))
    assert content.under_headlines(withheld)[0] == "There is metal. [METAL]"
    both = [Finding("withhold", "ANKLE_INCOMPLETE", f"The {side} joint is cut off.") for side in ("right", "left")]
    cut = made.report(made.answer("not assessed", None), findings=(*both, withheld.result.findings[0]))
    assert content.assessed(cut)[0] == "Right ankle: not assessed, because of ANKLE_INCOMPLETE, METAL."
    assert "METAL" in content.assessed(withheld)[0] and "assessed were" not in content.assessed(withheld)[0]


def test_a_warning_stands_beside_the_answer(made) -> None:
    assert "Warning: The gantry was tilted by 18.5 degrees." in content.under_headlines(made.report())
    many = content.under_headlines(made.report(findings=tuple(Finding("caveat", "METAL", f"Metal {n}.") for n in range(9))))
    assert sum(line.startswith("Warning:") for line in many) == 3
    assert "More warnings: 6, under Checks of the scan." in many


def test_origin_and_limits(made) -> None:
    report = made.report()
    text = " ".join(" ".join(row) for row in content.origin_rows(report))
    assert "ab" * 32 in text and "CPUExecutionProvider" in text and "AnkleViewer 9.9" in text
    limits = " ".join(content.limits(report))
    assert "Research use, not for diagnosis" in limits and "trained on simulated scans, no clinical accuracy known" in limits
    assert content.warning_rows(report) == [("Warning", "GANTRY_TILT", "The gantry was tilted by 18.5 degrees.")]


def test_where_the_model_looked_stands_under_the_pictures(made) -> None:
    place = Looked(0.62, "lateral", "", -14.0, "joint line", "")
    told = content.picture_note(made.report(made.answer(looked=(place,))))
    assert told.endswith("Most of the map (62 %) lies lateral, about 14 mm below the joint line.")
    assert content.picture_note(made.report(review=Review())).endswith("Orange box: the suspected place.")
    quiet = content.picture_note(made.report(made.answer("no fracture", 0.02)))
    assert quiet == "No place is marked. The heat map is not shown with this answer; it says nothing about a place."
    assert content.picture_note(made.report(made.answer("not assessed", None))) == "No place is marked."


def test_pictures_of_a_rejected_finding_say_so_and_name_the_readers_box(made) -> None:
    report = made.report()
    note = content.picture_note(report)
    assert "Orange box: the suspected place. Rejected by the reader: finding 1. Light blue box: the reader's own for" in note
    assert content.finding_title(report) == "Finding 1, right ankle (rejected by the reader)"
    silent = made.report(review=Review())
    assert "reader" not in content.picture_note(silent) and content.finding_title(silent) == "Finding 1, right ankle"
    assert content.finding_title(made.report(made.answer("no fracture", 0.03))) == "The joint, right ankle"
    history = History()
    for n, word in enumerate(("accepted", "rejected", "accepted")):
        history.judge(content.place(made.answer(), n), word)
    three = made.report(made.answer(boxes=(made.BOX,) * 3), review=history.review)
    assert "Accepted by the reader: findings 1, 3. Rejected by the reader: finding 2." in content.picture_note(three)


@pytest.mark.parametrize(
    ("outline", "said"),
    [
        ((3.2, 8.0, 6.0), "3.2 of 8 logit units"),
        ((24.2, 22.1, 51.2), "24.2 logit units; top of the scale 22.1, peak 51.2"),
        ((9.6, 22.1, 30.0), "9.6 logit units; top of the scale 22.1, peak 30"),
    ],
)
def test_the_outline_is_never_told_as_a_part_of_a_smaller_scale(outline, said) -> None:
    assert content.outline_text(*outline) == said


def test_the_count_behind_an_answer_names_its_ankle(made) -> None:
    lines = content.under_headlines(made.report(made.answer(), made.answer("no fracture", 0.03, ankle=1)))
    assert lines[:2] == [
        "Right ankle, Compact 3D CNN, version 3: Of 64 validation scans scored 0.50-1.00, 61 had a fracture.",
        "Right ankle, Compact 3D CNN, version 3: Of 70 validation scans scored 0.00-0.50, 6 had a fracture.",
    ]  # the fixture has two right ankles
    assert content.under_headlines(made.report())[0].startswith("Compact 3D CNN, version 3: Of 64")


def test_no_path_and_no_name_anywhere(made) -> None:
    report = made.report()
    parts = (content.read_rows, content.model_rows, places.finding_rows, content.origin_rows, content.assessed, content.limits,
             content.under_headlines, content.headlines, content.warning_rows, content.picture_note)  # fmt: skip
    text = repr([part(report) for part in parts])
    assert "Mueller" not in text and "/home" not in text and ".nii" not in text
    assert "12" * 32 in text


@pytest.mark.parametrize(
    ("together", "said"),
    [
        (None, ""),
        (Consensus("fracture", 2, 3), "2 of 3"),
        (Consensus("not assessed", 0, 0), "Agreement: none counted, no released model assessed every ankle of this scan."),
        (Consensus("uncertain", 0, 3), "Agreement: the 3 released models do not agree: "),
        (Consensus("fracture", 1, 1), "Agreement: one released model counted: fracture."),
        (Consensus("uncertain", 1, 2), "Agreement: the 2 released models do not agree: "),
    ],
)
def test_agreement(made, together, said) -> None:
    report = made.report()
    kept = {f.name: getattr(report.result, f.name) for f in fields(Result)} | {"consensus": together}
    with_consensus = content.Report(Result(**kept), "", report.facts, report.review, report.shown, report.written)
    assert said in content.agreement(with_consensus) and bool(said) == bool(content.agreement(with_consensus))


def test_the_agreement_is_told_of_the_whole_scan_where_it_shows_two_ankles(made) -> None:
    one = made.report()
    two = made.report(made.answer(), made.answer("no fracture", 0.03, ankle=1))
    told = [content.agreement(replace(r, result=replace(r.result, consensus=Consensus("fracture", 2, 2)))) for r in (one, two)]
    assert told == [
        "Agreement: 2 of 2 released models say: fracture.",
        "On the whole scan 2 of 2 released models say: fracture.",
    ]


def test_the_words_are_the_window_s() -> None:
    assert content.CALLS == CALL_WORDS


def test_the_graver_answer_leads_whichever_ankle_is_pictured(made) -> None:
    answers = (made.answer("no fracture", 0.03), made.answer("fracture", 0.93, ankle=1))
    report = made.report(*answers, shown=answers[0])
    pair = (AnkleInfo("R", (5.0, 5.0, 5.0), (55.0, 55.0, 55.0)), AnkleInfo("L", (60.0, 5.0, 5.0), (110.0, 55.0, 55.0)))
    report = replace(report, result=replace(report.result, ankles=pair))
    right, left = ("Right ankle", "No fracture found"), ("Left ankle", "Fracture")
    assert [line[:2] for line in content.headlines(report)] == [left, right]
    assert content.under_headlines(report)[0].startswith("Left ankle, ")
    assert content.finding_title(report) == "The joint, right ankle"
    assert content.finding_title(replace(report, shown=answers[1])) == "Finding 1, left ankle"
    unassessed = replace(report, result=replace(report.result, models=answers[:1]))
    assert [line[:2] for line in content.headlines(unassessed)] == [("Left ankle", "Not assessed"), right]


def test_an_ankle_that_the_model_shown_did_not_assess_has_another_one_s_answer_at_its_head(made) -> None:
    pair = (AnkleInfo("R", (5.0, 5.0, 5.0), (55.0, 55.0, 55.0)), AnkleInfo("L", (60.0, 5.0, 5.0), (110.0, 55.0, 55.0)))
    shown, failed = made.answer("no fracture", 0.03), made.answer("not assessed", None, ankle=1)
    other = made.answer("fracture", 0.93, name="other", status="preliminary", ankle=1)
    report = made.report(shown, failed, other, shown=shown)
    report = replace(report, result=replace(report.result, ankles=pair))
    assert [line[:2] for line in content.headlines(report)] == [("Left ankle", "Fracture"), ("Right ankle", "No fracture found")]
    negative = made.answer("no fracture", 0.02, name="before", ankle=1)
    several = replace(report, result=replace(report.result, models=(shown, failed, negative, other)))
    assert content.headlines(several)[0] == ("Left ankle", "Fracture", "fracture probability 0.93"), "the gravest, not the first"
    assert [a and a.name for a in with_other_ankles(several.result.models, shown)] == [shown.name, "other"], "as it is pictured"


def test_an_ankle_on_which_a_model_failed_is_not_said_to_be_incomplete(made) -> None:
    why = Finding("caveat", "OUTPUT_NOT_FINITE", "Model compact did not assess every ankle. No number.", "compact")
    answers = (made.answer(), made.answer("not assessed", None, ankle=1))
    told = content.assessed(made.report(*answers, findings=(why,)))[1]
    assert told.endswith("because the joint is not complete in the scan or a model failed on it (OUTPUT_NOT_FINITE).")
    other = replace(why, model="other")
    assert content.assessed(made.report(*answers, findings=(other,)))[1].endswith(
        "no model was run or the joint is not complete in the scan."
    )


def test_the_origin_names_every_engine_that_answered(made) -> None:
    cut_off = made.report(made.answer("not assessed", None), made.answer(ankle=1))
    assert content.origin_rows(cut_off)[1][1].startswith("engine CPUExecutionProvider; ")
    first = replace(made.answer(), runtime=Runtime("OpenVINO CPU", 0.1))
    assert content.origin_rows(made.report(first, made.answer(ankle=1)))[1][1].startswith(
        "engine OpenVINO CPU, CPUExecutionProvider; "
    )
    assert content.origin_rows(made.report(made.answer("not assessed", None)))[1][1].startswith("engine not run; ")


def test_without_an_ankle_no_joint_is_named(made) -> None:
    report = made.report(shown=None)
    assert content.finding_title(report) == "The joint, right ankle"
    assert content.finding_title(replace(report, result=replace(report.result, ankles=()))) == "The scan"


def test_a_fracture_only_just_called_says_so(made) -> None:
    told = "Of 64 validation scans scored 0.50-1.00, 61 had a fracture; just above the threshold of 0.80"
    report = made.report(made.answer("fracture", 0.83))
    assert content.model_rows(report)[0][4] == told and content.under_headlines(report)[0].endswith(f"{told}.")
    assert content.count_behind(report.facts["compact"].decision, 0.8004).endswith("just above the threshold of 0.8000")
    assert "just above" not in content.under_headlines(made.report())[0]


def test_a_preliminary_model_that_says_otherwise_is_named(made) -> None:
    young = made.answer("no fracture", 0.1, name="young", status="preliminary")
    said = "Preliminary young says: no fracture found (not counted)."
    assert said in content.under_headlines(made.report(made.answer(), young))
    agreeing = made.answer("fracture", 0.9, name="young", status="preliminary")
    assert not any("reliminary" in line for line in content.under_headlines(made.report(made.answer(), agreeing)))
    other = made.answer("no fracture", 0.03, ankle=1)
    assert content.apart(made.report(made.answer(), young, other)) == [f"Right ankle, p{said[1:]}"]


def test_the_reader_s_own_answer_stands_with_its_ankle_and_remark(made) -> None:
    history = History()
    history.conclude(Conclusion("no fracture", (30.0, 30.0, 20.0), True, "old avulsion"))
    report = replace(made.report(), review=history.review)
    line = "Reader's own reading, right ankle: no fracture (given before a model had answered). Remark: old avulsion"
    assert content.conclusions(report) == [line] and line in content.under_headlines(report)
    history.conclude(Conclusion(None, (30.0, 30.0, 20.0), False, "blurred"))
    history.conclude(Conclusion("unsure"))
    report = replace(report, review=history.review)
    assert content.conclusions(report) == [
        "Reader's own reading, right ankle: no answer. Remark: blurred",
        "Reader's own reading: unsure.",
    ]


def test_a_verdict_on_a_joint_that_is_not_found_today_is_of_no_ankle_of_today(made) -> None:
    history = History()
    history.conclude(Conclusion("fracture", (-133.0, 30.0, 20.0)))
    line = "Reader's own reading, a joint at R 133.0, P 30.0, S 20.0 mm that is not found today: fracture."
    assert content.conclusions(replace(made.report(), review=history.review)) == [line]


def test_what_a_lone_picture_must_not_be_seen_without(made) -> None:
    report = made.report(made.answer(), made.answer("fracture", 0.82, ankle=1))
    report = replace(
        report, result=replace(report.result, ankles=(report.result.ankles[0], AnkleInfo("L", (105.0, 5, 5), (155.0, 55, 55))))
    )
    lines = content.beside_picture(report)
    assert lines[:2] == ["Rejected by the reader: finding 1.", "Light blue box: the reader's own for finding 1."]
    assert "Also: left ankle: fracture (fracture probability 0.82)." in lines
    assert content.beside_picture(replace(made.report(), review=Review())) == []
    history = History()
    history.conclude(Conclusion("fracture", (30.0, 30.0, 20.0), False, "as Mrs Doe said"))
    alone = replace(made.report(), review=history.review)
    assert content.beside_picture(alone) == ["Reader's own reading, right ankle: fracture."], "free words may name somebody"
    history.conclude(Conclusion(None, (30.0, 30.0, 20.0), False, "as Mrs Doe said"))
    assert content.beside_picture(replace(alone, review=history.review)) == []


def test_models_that_differ_are_named_with_what_they_say_and_their_places_are_not_denied(made) -> None:
    none, other = made.answer("no fracture", 0.1, boxes=()), made.answer("fracture", 0.96, name="hospital")
    report = made.report(none, other)
    report = replace(report, result=replace(report.result, consensus=Consensus("uncertain", 1, 2)))
    told = "Compact 3D CNN, version 3 says no fracture found, hospital, version 3 says fracture."
    assert content.agreement(report) == f"Agreement: the 2 released models do not agree: {told}"
    assert content.agreement(report) in content.beside_picture(report)
    cut = [replace(made.answer("not assessed", None, name=name, boxes=()), ankle=1) for name in ("compact", "hospital")]
    report = replace(report, result=replace(report.result, models=(*report.result.models, *cut)))
    assert told in content.agreement(report), "an ankle that nobody assessed was not voted on"
    assert content.picture_note(report).startswith("Compact 3D CNN, version 3 marks no place; others do, see Findings.")
    assert content.picture_note(made.report(none)).startswith("No place is marked.")
