"""Of several runs on one scan every model's answer stays, with its map, and what the reader said of it."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from ankleviewer.core.assessment.result import Result, ScanInfo
from ankleviewer.core.errors import ModelError
from ankleviewer.core.findings import Finding
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.reports import content, places
from ankleviewer.ui.state.answers import merged
from ankleviewer.ui.state.phase import Phase


@pytest.fixture
def two(fakes):
    return fakes.Backend(answers=(fakes.answer(), fakes.answer("uncertain", name="mobilenet", sha256="1" * 64)))


def test_a_second_model_takes_nothing_of_the_first_away(make_window, two, qtbot) -> None:
    controller = make_window(two).controller
    controller.judge("accepted", 0)
    controller.reviewing.edit_box(controller.answer, 0, BoxMm((-9.0, -2.0, 134.0), (-3.0, 9.0, 146.0)))
    controller.choose_model("mobilenet")
    qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER)
    result, facts = controller.analysis.result, controller.analysis.facts
    assert [a.name for a in result.models] == ["compact", "mobilenet"] and controller.answer.name == "mobilenet"
    assert set(controller.analysis.heatmaps) == {("compact", 0), ("mobilenet", 0)} and set(facts) == {"compact", "mobilenet"}
    assert result.consensus.of == 2
    report = content.Report(result, "", facts, controller.reviewing.review, controller.answer, datetime.now(UTC))
    assert "1 accepted" in content.reader(report)
    assert {"Accepted", "Edited"} <= {row[6] for row in places.finding_rows(report)}
    controller.choose_model("compact")
    assert controller.answer.name == "compact" and len(two.analysed) == 2, "shown at once, not run again"
    controller.analyse()
    qtbot.waitUntil(lambda: controller.phase is Phase.ANSWER)
    assert [a.name for a in controller.analysis.result.models] == ["compact", "mobilenet"]
    assert controller.answer.name == "compact"


def test_what_ran_again_replaces_its_own_answers_failures_and_maps(fakes) -> None:
    def analysed(*answers, **more):
        backend = fakes.Backend(answers=answers, **more)
        backend.gate.set()
        case = backend.open_case("x", lambda *_: None, lambda: False)
        return backend.analyse(case, ["all"], lambda *_: None, lambda: False)

    first = analysed(fakes.answer(), fakes.answer(name="mobilenet"), model_errors={"third": ModelError("MODEL_FAILED", "No.")})
    negative = analysed(fakes.answer("no fracture", sha256="2" * 64))
    both = merged(first, negative)
    assert [(a.name, a.call) for a in both.result.models] == [("compact", "no fracture"), ("mobilenet", "fracture")]
    assert set(both.heatmaps) == {("mobilenet", 0)}, "no map of an answer that is gone"
    assert set(both.errors) == {"third"} and set(merged(both, analysed(fakes.answer(name="third"))).errors) == set()
    assert merged(None, negative) is negative


def test_what_was_found_about_a_model_goes_when_it_has_run_again(fakes) -> None:
    def analysed(*answers, findings=()):
        result = Result(ScanInfo("x"), "caveat", findings, models=answers)
        return SimpleNamespace(result=result, heatmaps={}, facts={}, errors={})

    scan = Finding("caveat", "METAL", "There is metal.")
    damaged = Finding("caveat", "MODEL_HASH_MISMATCH", "The model pack mine was left out. Why.", "mine")
    both = [Finding("caveat", "OUTPUT_INCONSISTENT", f"Model young did not assess every ankle. {n}.", "young") for n in (1, 2)]
    first = analysed(fakes.answer(), findings=(scan, damaged, *both))
    other = merged(first, analysed(fakes.answer(name="third"), findings=(scan,)))
    assert other.result.findings == (scan, damaged, *both)
    repaired = merged(first, analysed(fakes.answer(name="mine"), findings=(scan,)))
    assert repaired.result.findings == (scan, *both)
    again = merged(repaired, analysed(fakes.answer(name="young"), findings=(scan,)))
    assert again.result.findings == (scan,) and again.result.verdict == "caveat"
