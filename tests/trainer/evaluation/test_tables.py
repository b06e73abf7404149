"""What an evaluation writes for people."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.trainer.evaluation.conftest import BOX, answer, rows
from trainer.evaluation.tables import FIELDS, draw_roc, write_predictions


def test_each_model_s_answer_to_each_scan_is_a_row(tmp_path: Path) -> None:
    scans = rows(2)
    write_predictions(tmp_path / "p.csv", scans, {"a": [answer(0.9, True), answer(None)], "b": [answer(0.25), answer(0.1)]})
    with open(tmp_path / "p.csv", newline="") as f:
        lines = list(csv.DictReader(f))
    assert list(lines[0]) == list(FIELDS)
    assert [(line["model"], line["id"], line["probability"]) for line in lines] == [
        ("a", "s0", "0.9"),
        ("a", "s1", ""),
        ("b", "s0", "0.25"),
        ("b", "s1", "0.1"),
    ]
    assert np.array_equal(json.loads(lines[0]["boxes"]), [BOX]) and json.loads(lines[0]["peak_mm"]) == [0, 0, 0]
    assert lines[1]["reason"] == "ANKLE_INCOMPLETE" and lines[1]["call"] == "not assessed" and lines[2]["peak_mm"] == ""


@pytest.mark.parametrize("values", [[0.9, 0.2, 0.6, 0.4], [0.9, None, 0.6, None], [None] * 4])
def test_curves_are_drawn_of_what_has_both_classes(values: list[float | None], tmp_path: Path) -> None:
    draw_roc(tmp_path / "roc.png", rows(4), {"m": [answer(v) for v in values]})
    with Image.open(tmp_path / "roc.png") as picture:
        assert picture.size == (600, 600)
        coloured = np.ptp(np.asarray(picture.convert("RGB")).astype(int), axis=2) > 60
    assert coloured.any() == (values[1] is not None)
