"""places: each row tells where a thing lies in the scan, whose it is, and of a reader's mark what is true of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ankleviewer.core.assessment.result import AnkleInfo
from ankleviewer.core.assessment.seen import Seen
from ankleviewer.core.reading.history import History
from ankleviewer.core.reading.measure import Value
from ankleviewer.core.reading.review import BoxMm, Review
from ankleviewer.reports import content, places


def test_findings_carry_place_size_share_and_the_reader_s_word(made) -> None:
    finding, edited, missed = places.finding_rows(made.report())
    assert finding[2:] == ("40, 30, 20", "L 40.0, P 30.0, S 20.0", "12 × 10 × 10", "71 %", "Rejected", "Growth plate or its scar")
    assert edited == ("1", "The reader's box for it", "-", "L 40.0, P 30.0, S 21.0", "20 × 12 × 14", "-", "Edited", "")
    assert missed[0] == "M1" and missed[3] == "L 10.0, P 12.0, S 30.0" and missed[6] == "Added"
    silent = places.finding_rows(made.report(review=Review()))
    assert len(silent) == 1 and silent[0][6:] == ("Not judged", "")


def test_measures_have_name_number_and_value(made) -> None:
    assert places.measure_rows(made.report()) == [
        ("Medial clear space (1)", "4.1 mm; across slices, around L 1.0, P 4.0, S 3.0 mm")
    ]
    assert places.measure_rows(made.report(review=Review())) == []


def test_of_two_ankles_the_reader_s_marks_and_measures_name_theirs(made) -> None:
    report = made.report(made.answer(), made.answer("no fracture", 0.03, ankle=1))
    left = AnkleInfo("L", (60.0, 5.0, 5.0), (110.0, 55.0, 55.0))
    history = History([])
    history.add_missed((10.0, 12.0, 30.0))
    history.add_missed((90.0, 12.0, 30.0))
    for start, end in ((10.0, 20.0), (90.0, 100.0), (10.0, 100.0)):
        points = ((start, 12.0, 30.0), (end, 12.0, 30.0))
        history.add_measure("distance", points, None, (Value("length", end - start, "mm"),))
    both = replace(report, result=replace(report.result, ankles=(report.result.ankles[0], left)), review=history.review)
    assert [row[1] for row in places.finding_rows(both)[1:]] == [
        "Right ankle, marked by the reader, missed by the model",
        "Left ankle, marked by the reader, missed by the model",
    ]
    assert places.measure_rows(both) == [
        ("Right ankle, Distance (1)", "10.0 mm; across slices, around L 15.0, P 12.0, S 30.0 mm"),
        ("Left ankle, Distance (2)", "10.0 mm; across slices, around L 95.0, P 12.0, S 30.0 mm"),
        ("Distance (3)", "90.0 mm; across slices, around L 55.0, P 12.0, S 30.0 mm"),  # from one to the other
    ]


def test_coordinates_are_named_three_times(made) -> None:
    rows = dict(places.box_coordinates(made.BOX))
    assert rows["Centre, model grid (from 0)"] == "x = 76, y = 90, z = 22"
    assert rows["Centre, scan voxel (from 0)"] == "column 40, row 30, slice 20"
    assert rows["Centre, patient mm"] == "L 40.0, P 30.0, S 20.0"


@pytest.mark.parametrize(
    ("normal", "said"),
    [
        ((0.0, 0.0, 1.0), "axial plane"),
        ((0.0, -0.9986, 0.0523), "coronal plane"),  # 3 degrees off, as a scan's own slices can be
        ((1.0, 0.0, 0.0), "sagittal plane"),
        ((0.342, 0.94, 0.0), "oblique plane, nearest to coronal"),
        (None, "across slices"),
    ],
)
def test_a_measure_tells_its_plane_and_its_place(normal, said: str) -> None:
    history = History([])
    history.add_measure("distance", ((10.0, 12.0, 30.0), (-20.0, 12.0, 30.0)), normal, (Value("length", 30.0, "mm"),))
    assert places.place_text(history.review.measures[0]) == f"{said}, around R 5.0, P 12.0, S 30.0 mm"


def test_the_place_of_a_measure_lies_in_its_plane() -> None:
    history = History([])
    in_plane = tuple((float(x), 12.0, 30.0) for x in range(10, 22, 2))
    history.add_measure("tibiofibular", ((15.0, 12.0, 20.0), *in_plane), (0.0, 0.0, 1.0), (Value("distance", 3.0, "mm"),))
    region = ((10.0, 12.0, 30.0), (20.0, 12.0, 30.0), (10.0, 17.0, 30.0))
    history.add_measure("region", region, (0.0, 0.0, 1.0), (Value("mean", 300.0, "HU"),))
    told = [places.place_text(m) for m in history.review.measures]
    assert told == ["axial plane, around L 15.0, P 12.0, S 30.0 mm", "axial plane, around L 10.0, P 12.0, S 30.0 mm"]


def test_a_mark_inside_a_box_is_not_called_missed(made) -> None:
    history = History([])
    history.add_missed((40.0, 30.0, 20.0))
    history.judge(content.place(made.answer(), 0), "accepted")
    report = made.report(review=history.review)
    told = places.finding_rows(report)[-1][1]
    assert told == "Marked by the reader, inside finding 1 (accepted by the reader)"
    several = made.report(made.answer(), made.answer("uncertain", 0.5, name="other"), review=history.review)
    assert places.finding_rows(several)[-1][1] == (
        "Marked by the reader, inside finding 1 of Compact 3D CNN, version 3 (accepted by the reader) and finding 1 of other, "
        "version 3 (not judged)"
    )


def test_a_mark_inside_the_readers_own_box_says_so(made) -> None:
    history = History([])
    history.add_missed((49.0, 30.0, 20.0))  # beside the model's box, which ends at 46
    history.edit_box(content.place(made.answer(), 0), BoxMm((30.0, 24.0, 14.0), (50.0, 36.0, 28.0)))
    report = made.report(review=history.review)
    assert places.finding_rows(report)[-1][1] == "Marked by the reader, inside the reader's box for finding 1 (not judged)"


def test_no_model_missed_what_none_looked_at(made) -> None:
    assert places.finding_rows(made.report())[-1][1] == "Marked by the reader, missed by the model"
    assert places.finding_rows(made.report(made.answer("not assessed", None)))[-1][1] == "Marked by the reader"
    report = made.report(made.answer("no fracture", 0.03), made.answer("not assessed", None, ankle=1))
    left = AnkleInfo("L", (60.0, 5.0, 5.0), (110.0, 55.0, 55.0))
    history = History([])
    history.add_missed((90.0, 12.0, 30.0))
    both = replace(report, result=replace(report.result, ankles=(report.result.ankles[0], left)), review=history.review)
    assert places.finding_rows(both)[-1][1] == "Left ankle, marked by the reader, where no model looked"


@pytest.mark.parametrize(("below_mm", "said"), [(0.0, "missed by the model"), (50.0, "where no model looked")])
def test_no_model_missed_what_lies_where_it_is_not_asked(made, below_mm: float, said: str) -> None:
    """A mark in the midfoot, which is in the cube."""
    seen = Seen((20.0, 20.0, 90.0), 72.0, ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), below_mm)
    history = History([])
    history.add_missed((20.0, -20.0, 40.0))
    report = made.report(replace(made.answer("no fracture", 0.03), seen=seen), review=history.review)
    assert places.finding_rows(report)[-1][1] == f"Marked by the reader, {said}"
    assert places.is_missed(report.result, report.review, report.review.missed[0]) == (below_mm == 0.0)
