"""Figures of one model from known predictions, and how they read."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.evaluation import figures as figures_module
from trainer.evaluation.figures import as_text, measure
from trainer.evaluation.metrics import auc_interval

KNOWN = runpy.run_path(str(Path(__file__).parent / "conftest.py"))
CRACK, BOX, rows, answer = (KNOWN[name] for name in ("CRACK", "BOX", "rows", "answer"))


def test_figures_of_known_predictions() -> None:
    scans = rows(8)  # fractured: s0 s2 s4 s6; hairline: s0 s1 s4 s5
    p = [0.9, 0.1, 0.8, 0.2, 0.3, 0.4, 0.7, None]
    places = {r.id: [CRACK] if r.label else [] for r in scans}
    found = measure(scans, [answer(v, v is not None and v > 0.6) for v in p], 0.75, 0.35, places, resamples=50)
    assert found["assessed"] == 7
    assert found["not_assessed"] == {"ANKLE_INCOMPLETE": 1}
    assert found["at_spec_threshold"]["confusion"] == {"tp": 2, "fp": 0, "fn": 2, "tn": 3}
    assert found["at_sens_threshold"]["confusion"] == {"tp": 3, "fp": 1, "fn": 1, "tn": 2}
    assert found["at_spec_threshold"]["auc"]["value"] == pytest.approx(11 / 12, abs=1e-6)
    assert found["uncertain"] == 2
    assert found["pair_accuracy"] == {"value": pytest.approx(2 / 3, abs=1e-6), "pairs": 3}
    assert found["auc_by_severity"]["displaced"]["value"] == 1.0
    assert found["auc_by_severity"]["hairline"]["value"] == pytest.approx(5 / 6, abs=1e-6)
    assert found["auc_by_severity"]["hairline"]["n"] == 2
    assert found["localisation"]["pointing_game"]["value"] == 0.75
    assert found["localisation"]["unfractured_without_box"]["value"] == 1.0
    assert found["brier"] == pytest.approx(np.mean([0.01, 0.01, 0.04, 0.04, 0.49, 0.16, 0.09]), abs=1e-6)


def test_a_scan_without_truth_is_no_unfractured_one() -> None:
    scans = rows(4)
    places = {r.id: [CRACK] if r.label else [] for r in scans[1:]}
    found = measure(scans, [answer(0.9, True)] * 4, 0.5, 0.5, places, resamples=20)
    figures = found["localisation"]
    assert (figures["n_fractured"], figures["n_unfractured"], figures["without_truth"]) == (1, 2, 1)
    assert "1 fractured scans have no place" in as_text(found)


def test_severities_of_one_patient_s_scans_are_less_sure() -> None:
    scans, p = rows(40), list(np.random.default_rng(1).random(40))
    alike = [replace(row, patient=f"p{i // 10}") for i, row in enumerate(scans)]
    apart = [replace(row, patient=row.id) for row in scans]
    wide, narrow = (measure(who, [answer(v) for v in p], 0.7, 0.3, resamples=200)["auc_by_severity"] for who in (alike, apart))
    for severity, one in narrow.items():
        assert one["value"] == wide[severity]["value"] and one["n"] == 10
        assert (one["low"], one["high"]) != (wide[severity]["low"], wide[severity]["high"])
        interval = auc_interval(one["value"], 10, 20)
        assert one["low"] == pytest.approx(interval.low, abs=1e-6), "Newcombe's where each scan is a patient"


def test_figures_read_as_a_table() -> None:
    scans = rows(8)
    places = {r.id: [CRACK] if r.label else [] for r in scans}
    answers = [answer(v, v is not None and v > 0.6) for v in [0.9, 0.1, 0.8, 0.2, 0.3, 0.4, 0.7, None]]
    text = as_text(measure(scans, answers, 0.75, 0.35, places, resamples=50))
    assert "not assessed: 1 ANKLE_INCOMPLETE" in text and "4 fractured, 3 not" in text
    (specificity,) = [line.split() for line in text.splitlines() if line.split()[:1] == ["specificity"]]
    assert specificity[1] == "1.000" and specificity[3] == "0.667" and len(specificity) == 5
    assert "pair accuracy 0.667 of 3 pairs" in text and "pointing game 0.750 (" in text and "AUC, hairline (n = 2): 0.833" in text
    silent = measure(scans, [answer(0.2)] * 8, 0.75, 0.35, resamples=10)
    assert silent["at_spec_threshold"]["precision"]["value"] is None, "JSON has no nan"
    assert "precision   undefined" in as_text(silent)
    assert figures_module._interval({"value": 0.5, "low": None, "high": None}) == "0.500 (undefined)"
    assert "no figures" in as_text(measure(rows(1), [answer(0.4)], 0.5, 0.5)) and as_text(measure([], [], 0.5, 0.5)) == ""


def test_one_class_is_said_and_nothing_assessed_is_no_crash() -> None:
    assert "both" in measure(rows(1), [answer(0.4)], 0.5, 0.5)["error"]
    lost = {"not_assessed": {"ANKLE_INCOMPLETE": 2}, "not_assessed_of": {"fractured": 1, "unfractured": 1}}
    assert measure(rows(2), [answer(None)] * 2, 0.5, 0.5) == {"assessed": 0, **lost}
