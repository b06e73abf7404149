"""build: pictures and words of one case become one file."""

from __future__ import annotations

from ankleviewer.reports.build import build


def test_pictures_belong_to_the_finding(made) -> None:
    report, scene = made.report(), made.scene()
    with_box = build(report.result, "CT", report.facts, report.review, report.shown, scene, made.BOX.center_mm, report.written)
    assert with_box.count(b"/Subtype /Image") == 6  # three planes, three perspectives
    quiet = made.answer("no fracture", 0.03)
    none = build(made.report(quiet).result, "CT", report.facts, report.review, quiet, scene, made.BOX.center_mm, report.written)
    assert none.count(b"/Subtype /Image") == 3
    pages = made.pdf_text(with_box)
    assert "3.2 of 8 logit units" in " ".join(" ".join(pages).split())
