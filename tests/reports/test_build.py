"""build: pictures and words of one case become one file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ankleviewer.core.anatomy.cast import Cast
from ankleviewer.reports import build as module
from ankleviewer.reports.build import build


def test_pictures_belong_to_the_finding(made) -> None:
    report, scene = made.report(), made.scene()
    at = made.BOX.center_mm
    with_box = build(report.result, "CT", report.facts, report.review, [(report.shown, scene, at)], report.written)
    assert with_box.count(b"/Subtype /Image") == 6  # three planes, three perspectives
    quiet = made.answer("no fracture", 0.03)
    none = build(made.report(quiet).result, "CT", report.facts, report.review, [(quiet, scene, at)], report.written)
    assert none.count(b"/Subtype /Image") == 3
    pages = made.pdf_text(with_box)
    assert "3.2 of 8 logit units" in " ".join(" ".join(pages).split())


def test_each_suspected_ankle_is_pictured_with_its_own_map_and_the_readers_box(made) -> None:
    right, left = made.answer(), made.answer("uncertain", 0.5, ankle=1)
    report, scene, at = made.report(right, left), made.scene(), made.BOX.center_mm
    other = replace(scene, heat=replace(scene.heat, threshold=2.6))
    pictured = [(right, scene, at), (left, other, at)]
    both = build(report.result, "CT", report.facts, report.review, pictured, report.written)
    assert both.count(b"/Subtype /Image") == 12  # of the same scan, but the reader's box is the right ankle's alone
    text = " ".join(" ".join(made.pdf_text(both)).split())
    assert text.count("Yellow outline") == 2 and "3.2 of 8 logit units" in text and "2.6 of 8 logit units" in text
    assert text.count("the reader's own for finding 1") == 1


def test_the_third_perspective_is_of_the_ankles_own_side_and_says_so(made) -> None:
    report, scene, at = made.report(), made.scene(), made.BOX.center_mm
    for side, told in (("R", "from the patient's right"), ("L", "from the patient's left")):
        result = replace(report.result, ankles=(replace(report.result.ankles[0], side=side),))
        pages = made.pdf_text(build(result, "CT", report.facts, report.review, [(report.shown, scene, at)], report.written))
        text = " ".join(" ".join(pages).split())
        assert f"seen {told}" in text and text.count("seen from the patient's") == 1


def test_a_report_says_that_the_cast_is_left_out(made, monkeypatch) -> None:
    report, scene, at = made.report(), made.scene(), made.BOX.center_mm
    case = (report.result, "CT", report.facts, report.review, [(report.shown, scene, at)], report.written)
    assert "cast" not in made.pdf_text(build(*case))
    monkeypatch.setattr(module, "find_cast", lambda volume, _: Cast(np.ones(volume.grid.shape, dtype=bool), volume.grid))
    assert "cast, splint or table is left out" in " ".join(" ".join(made.pdf_text(build(*case))).split())
