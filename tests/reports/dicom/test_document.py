"""The structured report says what the window says, of each model, place, mark and measure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.core.findings import Finding
from ankleviewer.core.reading.measure import Measure, Value
from ankleviewer.core.reading.review import Missed
from ankleviewer.reports.dicom import codes
from ankleviewer.reports.dicom import document as module
from ankleviewer.reports.dicom.results import _identity
from ankleviewer.reports.dicom.tidy import tidied
from tests.io.conftest import slice_dataset
from tests.reports.conftest import answer

RIGHT, NOBODY = module.Whose("R", "right ankle"), module.Whose("", "ankle")


def said(*groups: Any) -> list[tuple[str, Any]]:
    """Names and values of everything in a document of these groups."""
    import numpy as np

    tags = {"StudyInstanceUID": "1.2.3", "FrameOfReferenceUID": "1.2.4"}
    images = tidied([slice_dataset(np.zeros((8, 8), dtype=np.int16), 0, **tags)])
    document = module.report(images, groups, _identity(1, "Answer"))
    assert document.VerificationFlag == "UNVERIFIED" and document.SOPClassUID.name == "Comprehensive 3D SR Storage"
    found: list[tuple[str, Any]] = []

    def walk(item: Any) -> None:
        for one in item.get("ContentSequence", ()):
            name = one.ConceptNameCodeSequence[0].CodeMeaning if "ConceptNameCodeSequence" in one else ""
            if one.ValueType == "NUM":
                found.append((name, float(one.MeasuredValueSequence[0].NumericValue)))
            elif one.ValueType == "CODE":
                found.append((name, one.ConceptCodeSequence[0].CodeMeaning))
            elif one.ValueType == "TEXT":
                found.append((name, one.TextValue))
            elif one.ValueType == "SCOORD3D":
                found.append((name, [float(v) for v in one.GraphicData]))
            walk(one)

    walk(document)
    return found


@pytest.mark.parametrize(
    ("call", "chance"), [("fracture", 0.93), ("uncertain", 0.4), ("no fracture", 0.05), ("not assessed", None)]
)
def test_an_answer_is_told_with_its_call_and_no_more(call: str, chance: float | None) -> None:
    given: ModelAnswer = answer(call, chance)
    told = said(module.answer_group(given, RIGHT, {"model SHA-256": "ab"}, (0.2, 0.8)))
    assert (codes.CALL.meaning, codes.CALLS[given.call].meaning) in told
    numbers = {name: value for name, value in told if isinstance(value, float)}
    assert numbers.get(codes.PROBABILITY.meaning) == chance and len(numbers) == (0 if chance is None else 3)
    assert ("Laterality", "Right") in told and ("Algorithm Version", "3") in told
    parameters = [value for name, value in told if name == "Algorithm Parameters"]
    assert parameters == ["Research use, not for diagnosis", "model SHA-256: ab"]


def test_without_thresholds_or_a_side_none_is_told() -> None:
    told = said(module.answer_group(answer(), NOBODY, {}, None))
    assert not any("Threshold" in name or name == "Laterality" for name, _ in told)


def test_a_reader_s_marks_and_measures_stand_in_space() -> None:
    missed = module.missed_group(Missed(4, (10.0, 12.0, 30.0), "seen on the sagittal"), RIGHT, codes.MISSED, "1.2.4")
    values = (Value("share of AP length", 21.0, "%"), Value("fragment", 7.25, "mm"))
    measure = Measure(2, "distance", ((0.0, 0.0, 0.0), (3.0, 4.0, 0.0)), None, values)
    told = said(missed, module.measure_group(measure, RIGHT, "1.2.4"))
    assert [value for name, value in told if name == "Laterality"] == ["Right", "Right"]
    assert ("Tracking Identifier", "reader, right ankle, M4") in told and ("Finding", codes.MISSED.meaning) in told
    assert ("share of AP length", 21.0) in told and ("fragment", 7.25) in told
    places = [value for _, value in told if isinstance(value, list)]
    assert [10.0, 12.0, 30.0] in places and [0.0, 0.0, 0.0, 3.0, 4.0, 0.0] in places
    assert not any("sagittal" in str(value) for _, value in told), "free words may name somebody"
    one = replace(measure, points=measure.points[:1])
    assert [0.0, 0.0, 0.0] in [v for _, v in said(module.measure_group(one, NOBODY, "1.2.4")) if isinstance(v, list)]


def test_a_region_is_an_ellipse_and_a_newer_program_s_value_is_left_out() -> None:
    values = (Value("mean", 310.0, "HU"), Value("new", 1.0, "furlong"), Value("odd", float("nan"), "mm"))
    region = Measure(1, "region", ((0.0, 0.0, 0.0), (2.0, 0.0, 0.0), (0.0, 5.0, 0.0)), (0.0, 0.0, 1.0), values)
    group = module.measure_group(region, NOBODY, "1.2.4")
    told = said(group)
    assert ("mean", 310.0) in told and not any(name in ("new", "odd") for name, _ in told)
    ends = [0.0, -5.0, 0.0, 0.0, 5.0, 0.0, -2.0, 0.0, 0.0, 2.0, 0.0, 0.0]
    assert any(value == ends for _, value in told if isinstance(value, list)), "the longer axis first"
    assert module.measure_group(replace(region, values=values[1:]), NOBODY, "1.2.4") is None


def test_a_reader_s_own_answer_tells_its_side_and_whether_a_model_had_answered() -> None:
    told = said(
        module.reading_group("no fracture", True, module.Whose("L", "left ankle")), module.reading_group("unsure", False, NOBODY)
    )
    assert (codes.VERDICT.meaning, "No fracture, by a reader") in told and (codes.UNAIDED.meaning, "Yes") in told
    assert (codes.VERDICT.meaning, "Unsure, by a reader") in told and (codes.UNAIDED.meaning, "No") in told
    assert [value for name, value in told if name == "Laterality"] == ["Left"]
    assert ("Tracking Identifier", "reader, left ankle") in told


def test_the_warnings_of_the_checks_stand_with_the_answer() -> None:
    child = Finding(
        "caveat", "AGE_OUTSIDE_ADULTS", "The patient is 9 years old; the models are made for adults of 18 and more years."
    )
    told = said(module.answer_group(answer(), RIGHT, {}, None, [child]))
    (warning,) = [value for name, value in told if name == codes.CHECK.meaning]
    assert warning.startswith("AGE_OUTSIDE_ADULTS: The patient is 9 years old") and len(warning) <= 64
    assert codes.check(child).value == "AGE_OUTSIDE_ADULTS"
