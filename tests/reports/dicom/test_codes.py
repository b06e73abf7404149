"""Codes that a DICOM file can hold: SH of 16 signs, LO of 64, each meaning under one code."""

from __future__ import annotations

from typing import get_args

from highdicom.sr.coding import CodedConcept

from ankleviewer.core.assessment.decision import Call
from ankleviewer.core.reading.review import JUDGEMENTS
from ankleviewer.reports.dicom import codes


def every() -> list[CodedConcept]:
    found = []
    for value in vars(codes).values():
        found += [value] if isinstance(value, CodedConcept) else []
        found += [one for one in value if isinstance(one, CodedConcept)] if isinstance(value, tuple) else []
        found += [one for one in value.values() if isinstance(one, CodedConcept)] if isinstance(value, dict) else []
    return found


def test_codes_and_meanings_are_short_enough_and_none_stands_twice() -> None:
    assert len(every()) > 20
    for code in every():
        assert 0 < len(code.value) <= 16 and 0 < len(code.meaning) <= 64 and not code.meaning.endswith(" ")
    own = [code.value for code in every() if code.scheme_designator == codes.OWN]
    assert len(own) == len(set(own)) > 15


def test_each_call_and_each_judgement_has_its_word() -> None:
    assert set(codes.CALLS) == set(get_args(Call)) and set(codes.JUDGEMENTS) == set(JUDGEMENTS)
    assert "excludes nothing" in codes.CALLS["no fracture"].meaning


def test_a_name_becomes_a_code() -> None:
    made = codes.named("medial clear space of " + "x" * 80)
    assert made.value == "MEDIAL-CLEAR-SPA" and len(made.meaning) == 64
