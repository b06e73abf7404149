"""pdf: the research-use line is on every page, what the report says is on the paper, the same report gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image

from ankleviewer import DISCLAIMER
from ankleviewer.core.findings import Finding
from ankleviewer.core.reading.history import History
from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.review import Review
from ankleviewer.reports.pdf import Figures, render

PICTURES = [Image.new("RGB", (60, 60), (n, 0, 0)) for n in (10, 90, 200)]


def joined(pages: list[str]) -> str:
    return " ".join(" ".join(pages).split())


def test_everything_is_on_the_paper(made) -> None:
    pages = made.pdf_text(render([Figures(made.report(), PICTURES, PICTURES)]))
    text = joined(pages)
    for part in (
        "Right ankle: fracture", "fracture probability 0.93", "Of 64 validation scans", "Maisonneuve", "GANTRY_TILT",
        "40, 30, 20",
        "L 40.0, P 30.0, S 20.0", "12 \u00d7 10 \u00d7 10", "Rejected", "Growth plate", "x = 76, y = 90, z = 22", "ab" * 32,
        "CPUExecutionProvider", "2026-02-03 04:05 UTC", "no clinical accuracy known", "CT ankle, bone kernel",
        "Medial clear space (1)", "4.1 mm", "The reader's box for it", "20 \u00d7 12 \u00d7 14",
        "3.2 of 8 logit units",
    ):  # fmt: skip
        assert part in text, part
    assert "Mueller" not in text and ".nii" not in text


@pytest.mark.parametrize("count", [1, 40])
def test_every_page_carries_the_line_and_its_number(made, count: int) -> None:
    findings = tuple(
        Finding("caveat", f"WARNING_{n}", "A sentence that says what is wrong with this scan. " * 3) for n in range(count)
    )
    answers = [made.answer(name=f"model{n}", ankle=n % 2) for n in range(6)]
    pages = made.pdf_text(render([Figures(made.report(*answers, findings=findings), PICTURES, PICTURES)]))
    assert len(pages) >= (2 if count == 1 else 4)
    for number, page in enumerate(pages, start=1):
        assert page.count(DISCLAIMER) >= 2
        assert f"Page {number} of {len(pages)}" in page


def test_same_report_same_bytes_and_only_the_date_differs(made) -> None:
    first, again = (render([Figures(made.report(), PICTURES, PICTURES)]) for _ in range(2))
    assert first == again and first.startswith(b"%PDF-")
    later = render([Figures(made.report(written=datetime(2027, 1, 1, tzinfo=UTC)), PICTURES, PICTURES)])
    strip = [[line for line in page.split("\n") if "202" not in line] for page in made.pdf_text(first)]
    assert strip == [[line for line in page.split("\n") if "202" not in line] for page in made.pdf_text(later)]
    assert later != first


def test_text_is_never_read_as_markup(made) -> None:
    findings = (Finding("info", "ODD", "<b>a & b</b> <para> \u05d0 \u20ac"),)
    text = joined(made.pdf_text(render([Figures(made.report(findings=findings), PICTURES, [])])))
    assert "<b>a&b</b><para>?\u20ac" in text.replace(" ", "")  # ReportLab shows each escaped sign by itself


def test_letters_in_two_signs_are_letters(made) -> None:
    report = replace(made.report(), series="CT Kno\u0308chel")
    assert "Kn\u00f6chel" in joined(made.pdf_text(render([Figures(report, PICTURES, [])])))


def test_a_font_that_is_needed_goes_into_the_file(made) -> None:
    report = replace(made.report(), series="Staw, g\u0142owa")
    data = render([Figures(report, PICTURES, [])])
    assert b"/FontFile2" in data and data == render([Figures(report, PICTURES, [])])
    assert b"/FontFile2" not in render([Figures(made.report(), PICTURES, [])])


def test_not_assessed_never_looks_like_no_finding(made) -> None:
    text = joined(made.pdf_text(render([Figures(made.report(made.answer("not assessed", None)), PICTURES, [])])))
    assert "Right ankle: not assessed" in text and "No fracture found" not in text and "assessed were" not in text


def test_a_report_without_a_finding_has_one_page(made) -> None:
    none = made.report(made.answer("no fracture", 0.07), findings=(), review=Review())
    assert len(made.pdf_text(render([Figures(none, PICTURES)]))) == 1
    assert len(made.pdf_text(render([Figures(made.report(findings=()), PICTURES, PICTURES)]))) == 2


def test_a_second_ankle_has_pictures_of_its_own(made) -> None:
    left = made.answer("uncertain", 0.5, ankle=1)
    report = made.report(made.answer(), left)
    both = [Figures(report, PICTURES, PICTURES), Figures(replace(report, shown=left), PICTURES, PICTURES)]
    text = joined(made.pdf_text(render(both)))
    assert text.count("in three perspectives") == 2 and text.count("Yellow outline") == 2
    assert text.count("Checks of the scan") == 1


@pytest.mark.parametrize("word", ["sentence ", "unbroken", "g\u0142owa"])
def test_a_text_of_any_length_is_written(made, word: str) -> None:
    """A journal or a pack of another program may bring one that is higher than a page."""
    long = word * 450
    history = History()
    history.judge(Place("compact", "ab" * 32, 0, 0), "rejected", f"{long} (reason ends)")
    history.add_missed((10.0, 12.0, 30.0), f"{long} (remark ends)")
    report = made.report(review=history.review, findings=(Finding("caveat", "LONG_ONE", f"{long} (warning ends)"),) * 4)
    title = replace(report.facts["compact"], title=f"{long} (title ends)")
    report = replace(report, series=f"{long} (series ends)", facts={"compact": title})
    text = joined(made.pdf_text(render([Figures(report, PICTURES, PICTURES)])))
    for end, count in (("reason", 1), ("remark", 1), ("series", 1), ("warning", 3 + 4)):  # beside the answer, and in their table
        assert text.count(f"({end} ends)") == count, end
    assert text.count("(title ends)") >= 4 and "is not a medical device" in text


def test_a_text_without_end_is_cut(made) -> None:
    report = made.report(findings=(Finding("info", "LONG_ONE", "word " * 4000 + "last"),))
    text = joined(made.pdf_text(render([Figures(report, PICTURES, PICTURES)])))
    assert "word\u2026" in text.replace("word \u2026", "word\u2026") and "last" not in text and 900 < text.count("word") < 1100
