"""The words: never normal, never diagnosis, never a certainty."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from ankleviewer.core.assessment.result import Consensus
from ankleviewer.core.words import OWN_SCANS
from ankleviewer.ui.words.wording import (
    CALL_SHAPES,
    CALL_WORDS,
    agreement_text,
    ankle_in_row,
    ankle_word,
    box_lines,
    breakable,
    calibration_text,
    engine_text,
    origin_text,
    probability_text,
    reason,
    short_ankle_word,
    spacing_text,
)


@pytest.mark.parametrize(
    ("value", "text"), [(0.931, "0.93"), (1.0, "> 0.99"), (0.9951, "> 0.99"), (0.0, "< 0.01"), (0.5, "0.50"), (None, "–")]
)
def test_probability(value: float | None, text: str) -> None:
    assert probability_text(value) == text


def test_a_probability_near_a_threshold_of_its_model_is_told_from_it(fakes) -> None:
    facts = SimpleNamespace(decision=fakes.Backend().decision)
    near = facts.decision.sens_threshold - 0.001
    assert probability_text(near, facts) == f"{near:.3f}" and probability_text(near) == f"{near:.2f}"


def test_ankles_of_one_side_have_names_of_their_own(fakes, two_unknown) -> None:
    full = [ankle_word(two_unknown, n) for n in (0, 1)]
    assert full == [f"Ankle, side unknown, towards the patient's {side}" for side in ("right", "left")]
    brief = [short_ankle_word(two_unknown, n) for n in (0, 1)]
    assert brief == [f"Patient's {side}, side unknown" for side in ("right", "left")]
    assert [ankle_in_row(two_unknown, n) for n in (0, 1)] == brief
    for ankle in two_unknown:
        ankle.side = "L"  # two left ones cannot be, but whose names they are must be seen then too
    assert short_ankle_word(two_unknown, 0) == "towards the patient's right, Left side"
    both = (fakes.ankle("R"), fakes.ankle("L"))
    assert [ankle_in_row(both, n) for n in (0, 1)] == ["Right ankle", "Left ankle"]
    assert [short_ankle_word(both, n) for n in (0, 1)] == ["Right side", "Left side"]
    assert short_ankle_word((fakes.ankle("unknown"),), 0) == "Side unknown"


def test_four_calls_differ_in_word_and_shape() -> None:
    assert len(set(CALL_WORDS.values())) == len(set(CALL_SHAPES.values())) == 4
    assert CALL_WORDS["no fracture"] == "No fracture found"


def test_calibration_names_its_count(fakes) -> None:
    decision = fakes.Backend().decision
    assert calibration_text(decision, 0.93) == "Of 64 validation scans scored 0.50–1.00, 61 had a fracture"
    assert calibration_text(None, 0.93) == "Score, not calibrated"
    above = replace(decision, bins=decision.bins[1:])
    assert calibration_text(above, 0.03) == "No validation scan had such a score"
    assert calibration_text(decision, None) == ""


def test_a_fracture_only_just_called_says_so(fakes) -> None:
    decision = fakes.Backend().decision
    near = decision.spec_threshold + 0.02
    told = f"; just above the threshold of {decision.spec_threshold:.2f}"
    assert calibration_text(decision, near).endswith(told)
    assert "just above" not in calibration_text(decision, decision.spec_threshold + 0.06)
    assert "just above" not in calibration_text(decision, decision.spec_threshold - 0.01)


def test_agreement() -> None:
    assert agreement_text(None) == ""
    assert agreement_text(Consensus("fracture", 2, 3)) == "2 of 3 models agree: fracture"
    assert agreement_text(Consensus("uncertain", 1, 2)) == "The 2 released models do not agree"
    assert agreement_text(Consensus("fracture", 1, 1)) == "One released model counted: fracture"
    assert agreement_text(Consensus("uncertain", 0, 3)) == "The 3 released models do not agree"
    nothing = "No agreement counted: no released model assessed every ankle of this scan"
    assert agreement_text(Consensus("not assessed", 0, 0)) == nothing


def test_a_box_is_named_in_three_frames(fakes) -> None:
    model, voxel, mm = box_lines(fakes.box(fakes.first, 0.7))
    assert (model, voxel, mm) == ("x 76  y 90  z 22", "x 26  y 44  z 40", "R 6.0  P 4.0  S 140.0")


def test_reason_takes_the_gravest(fakes) -> None:
    from ankleviewer.core.findings import Finding

    found = [Finding("info", "A", "a"), Finding("withhold", "ANKLE_INCOMPLETE", "The scan ends too low.")]
    code, sentence, help_text = reason(found)
    assert (code, sentence) == ("ANKLE_INCOMPLETE", "The scan ends too low.") and "tibia" in help_text
    assert reason([]) == ("", "", "")


def test_only_words_that_no_line_holds_may_be_broken() -> None:
    kept = "Compact 3D-CNN, version 7.1; /a/path.nii.gz"
    assert breakable(kept) == kept
    assert breakable("of " + "a" * 45) == "of " + "a" * 20 + "\u200b" + "a" * 20 + "\u200b" + "aaaaa"
    assert breakable("university_hospital_of_somewhere") == "university_\u200bhospital_\u200bof_\u200bsomewhere"


def test_engine_and_spacing() -> None:
    assert [engine_text(p) for p in (None, "CPUExecutionProvider", "CUDAExecutionProvider")] == ["", "CPU", "GPU"]
    assert spacing_text((0.6, 0.6, 0.6)) == "0.6 mm"
    assert spacing_text((0.31, 0.31, 2.0)) == "0.31 × 0.31 × 2 mm"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "is not known"),
        ("Simulated ankles (built-in bones)", "learned from simulated scans"),
        ("2,300 scans of a hospital", "2,300"),
        (OWN_SCANS, "learned from a hospital's own scans; its"),
    ],
)
def test_what_a_model_learned_from_is_told_and_that_nobody_knows_how_accurate_it_is(data: str, words: str) -> None:
    text = origin_text(data)
    assert words in text and "accuracy in patients" in text
