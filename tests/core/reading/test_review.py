"""What stands, as it is written beside a result: names, units, places, ankles."""

from __future__ import annotations

import json

from ankleviewer.core.assessment.result import AnkleInfo
from ankleviewer.core.reading.history import History
from ankleviewer.core.reading.measure import Value
from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.review import BoxMm, to_json

LINE, UP = ((0.0, 0.0, 1.0), (3.0, 4.0, 1.0)), (0.0, 0.0, 1.0)
FIVE = (Value("length", 5.0, "mm"),)
SECOND = Place("compact", "ab" * 32, 0, 1)


def test_saved_values_carry_names_units_and_places() -> None:
    history = History()
    history.add_measure("distance", LINE, UP, FIVE)
    history.edit_box(SECOND, BoxMm((0.0, 0.0, 0.0), (1.0, 2.0, 3.0)))
    saved = json.loads(json.dumps(to_json(history.review)))
    assert saved["measures"] == [
        {
            "number": 1,
            "kind": "distance",
            "points_mm": [[0, 0, 1], [3, 4, 1]],
            "normal": [0, 0, 1],
            "values": [{"name": "length", "value": 5.0, "unit": "mm"}],
        }
    ]
    (box,) = saved["edited_boxes"]
    assert (box["finding"], box["model"], box["min_mm"], box["max_mm"]) == (2, "compact", [0, 0, 0], [1, 2, 3])


def test_marks_and_measures_tell_their_ankle_as_findings_do() -> None:
    history = History()
    history.judge(Place("compact", "ab", 1, 0), "accepted")
    for x in (0.0, 100.0):
        history.add_missed((x, 0.0, 0.0))
        history.add_measure("distance", ((x, 0.0, 0.0), (x, 5.0, 0.0)), None, FIVE)
    history.add_measure("distance", ((0.0, 0.0, 0.0), (100.0, 0.0, 0.0)), None, FIVE)
    ankles = [AnkleInfo(side, (x - 20.0, -20.0, -20.0), (x + 20.0, 20.0, 20.0)) for side, x in (("R", 0.0), ("L", 100.0))]
    told = to_json(history.review, ankles)
    assert [m["ankle"] for m in told["findings"]] == [1]
    assert [m["ankle"] for m in told["missed"]] == [0, 1]
    assert [m["ankle"] for m in told["measures"]] == [0, 1, None], "the last goes from one to the other"
    assert [m["ankle"] for m in to_json(history.review, ())["missed"]] == [None, None]
    assert "ankle" not in to_json(history.review)["missed"][0]
