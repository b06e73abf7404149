"""The list of measures: the tool's card with live values, rows that go there, selected, removed, folded away."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QScrollArea

from ankleviewer.ui.marks.measure_list import MeasureList


@pytest.fixture
def window(make_window, backend):
    window = make_window(backend)
    window.view.move_cursor((0.0, 0.0, 140.0))
    return window


@pytest.fixture
def measures(window) -> MeasureList:
    return window.panel.measures


def distance(window, *points) -> None:
    window.controller.measuring.start("distance")
    for mm in points:
        assert window.controller.measuring.set_point("axial", mm)


def test_nothing_is_shown_before_there_is_something(measures) -> None:
    assert measures.isHidden() and measures.rows == []


def test_the_card_tells_step_value_definition_and_source(window, measures) -> None:
    measuring = window.controller.measuring
    measuring.start("medial clear space")
    assert not measures.isHidden() and not measures.card.isHidden()
    assert measures.card.step.text().startswith("Point 1 of 2") and measures.card.values.text() == "–"
    assert "Murphy" in measures.card.about.text() and measures.card.reported.text().startswith("For information, no diagnosis")
    measuring.set_point("coronal", (0.0, 0.0, 140.0))
    measuring.hover("coronal", (3.0, 0.0, 144.0))
    assert measures.card.values.text() == "5.0 mm"
    measures.card.end.click()
    assert measuring.tool is None and measures.isHidden()


def test_the_card_says_what_a_small_pane_has_no_room_for(window, measures) -> None:
    measuring = window.controller.measuring
    measuring.start("distance")
    assert measures.card.note.isHidden() and "Esc: end" in measures.card.keys.text()
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    measuring.set_point("axial", (0.0, 0.0, 140.0))
    assert measuring.note and not measures.card.note.isHidden() and measures.card.note.text() == measuring.note


def test_rows_go_there_select_and_remove(window, measures) -> None:
    distance(window, (0.0, 0.0, 140.0), (3.0, 4.0, 140.0))
    window.view.move_cursor((0.0, 0.0, 120.0))
    distance(window, (0.0, 0.0, 120.0), (6.0, 8.0, 120.0))
    first, second = measures.rows
    assert (first.value.text(), second.value.text()) == ("5.0 mm", "10.0 mm")
    assert "Distance" in first.go.text() and "5.0 mm" in first.go.accessibleName()
    first.go.click()
    assert window.view.state.cursor_mm == (1.5, 2.0, 140.0) and window.controller.measuring.selected == 1
    second.remove.click()
    assert [row.measure.number for row in measures.rows] == [1]
    window.controller.measuring.undo()
    assert [row.measure.number for row in measures.rows] == [1, 2]


def test_the_list_folds_away(window, measures) -> None:
    distance(window, (0.0, 0.0, 140.0), (3.0, 4.0, 140.0))
    assert not measures.rows[0].isHidden()
    measures.fold.click()
    assert measures.rows[0].isHidden() and measures.head.text() == "Measure" and measures.fold.text() == "Show"
    measures.fold.click()
    assert not measures.rows[0].isHidden()


def test_a_measure_just_made_is_seen_in_the_column(window, measures, qtbot) -> None:
    window.resize(1280, 640)
    scroll = window.panel.findChild(QScrollArea)
    for n in range(9):
        distance(window, (0.0, float(n), 140.0), (6.0, 9.0, 140.0))

    def seen() -> bool:
        row = measures.rows[-1]
        top = row.mapTo(scroll.viewport(), row.rect().topLeft()).y()
        return top > 0 and top + row.height() <= scroll.viewport().height()

    qtbot.waitUntil(seen)
