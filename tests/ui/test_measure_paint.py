"""Where labels go: beside their line, inside the pane, off every point and every other label."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from ankleviewer.ui.measure_paint import label_place

PANE = (420.0, 360.0)


@pytest.mark.parametrize("end", [(300, 180), (410, 180), (200, 350), (20, 30), (205, 183)])
def test_a_label_hides_no_point_and_stays_inside(end: tuple[float, float], qapp) -> None:
    ends = [QPointF(200, 180), QPointF(*end)]
    place = label_place(QPolygonF(ends), (110, 34), PANE, ends, [])
    assert QRectF(0, 20, PANE[0], PANE[1] - 40).contains(place)
    assert not any(place.adjusted(-5, -5, 5, 5).contains(p) for p in ends)


def test_labels_of_lines_close_together_do_not_overlap(qapp) -> None:
    taken: list[QRectF] = []
    lines = [[QPointF(200, y), QPointF(216, y)] for y in (150, 158, 166)]
    handles = [p for line in lines for p in line]
    for line in lines:
        taken.append(label_place(QPolygonF(line), (120, 15), PANE, handles, taken))
    assert not any(a.intersects(b) for n, a in enumerate(taken) for b in taken[:n])
    assert not any(rect.contains(p) for rect in taken for p in handles)


def test_a_pane_too_small_for_the_label_gets_it_at_its_edge(qapp) -> None:
    ends = [QPointF(20, 40), QPointF(50, 60)]
    assert label_place(QPolygonF(ends), (300, 34), (120, 100), ends, []).x() == 4
