"""Where labels go: beside their line, inside the pane, off every point and every other label."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.display.labels import Rect, keep_clear, label_area, meets, place_label, place_line

FREE = (4.0, 26.0, 412.0, 310.0)


def contains(rect: Rect, point: tuple[float, float]) -> bool:
    x, y, width, height = rect
    return x < point[0] < x + width and y < point[1] < y + height


def overlap(a: Rect, b: Rect) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


@pytest.mark.parametrize("end", [(300, 180), (410, 180), (200, 350), (20, 30), (205, 183)])
def test_a_label_hides_no_point_and_stays_inside(end: tuple[float, float]) -> None:
    ends = [(200.0, 180.0), end]
    x, y, width, height = rect = place_label(ends, (110, 34), FREE, ends, [])
    assert x >= 4 and y >= 26 and x + width <= 416 and y + height <= 336
    assert not any(contains((x - 5, y - 5, width + 10, height + 10), p) for p in ends), rect


def test_beside_a_line_with_room_it_stands_at_its_right() -> None:
    assert place_label([(100, 100), (150, 120)], (60, 20), FREE, [(100, 100), (150, 120)], []) == (164.0, 100.0, 60, 20)


def test_labels_of_lines_close_together_do_not_overlap() -> None:
    taken: list[Rect] = []
    lines = [np.array([(200, y), (216, y)]) for y in (150, 158, 166)]
    points = np.concatenate(lines)
    for line in lines:
        taken.append(place_label(line, (120, 15), FREE, points, taken))
    assert not any(overlap(a, b) for n, a in enumerate(taken) for b in taken[:n])
    assert not any(contains(rect, tuple(p)) for rect in taken for p in points)


def test_a_pane_too_small_for_the_label_gets_it_at_its_edge() -> None:
    ends = [(20, 40), (50, 60)]
    assert place_label(ends, (300, 34), (4.0, 26.0, 112.0, 50.0), ends, [])[0] == 4.0


@pytest.mark.parametrize(
    ("line", "met"),
    [
        ([(20, 20), (80, 40)], True),
        ([(-50, 30), (150, 60)], True),  # right across, both ends outside
        ([(-30, 20), (-5, 40)], False),
        ([(20, 65), (80, 90)], False),
        ([(-40, 20), (20, -40)], False),  # past the corner, though its bounds reach into the pane
        ([(80, 100), (140, 40)], False),
        ([(-15, 20), (20, -15)], True),  # cuts the corner off
        ([(50, -10), (50, 70)], True),
        ([(-20, -20), (-20, 90), (130, 90), (130, 30), (90, 30)], True),  # its last stretch alone
        ([(-20, -20), (120, -20), (120, 80), (-20, 80), (-20, -20)], False),  # all around
        ([(-5, -5), (-5, -5)], False),
    ],
)
def test_a_line_meets_the_pane_where_it_is_drawn_in_it(line: list[tuple[float, float]], met: bool) -> None:
    assert meets(line, 100.0, 60.0) == met
    assert meets(line[::-1], 100.0, 60.0) == met


def test_a_label_stays_where_it_is_wished_unless_another_stands_there() -> None:
    line, wished = [(100.0, 100.0), (160.0, 150.0)], (100.0, 82.0, 30.0, 14.0)
    free = label_area(420.0, 360.0)
    assert keep_clear(wished, line, free, [], []) == wished
    assert keep_clear(wished, line, free, [], [(131.0, 82.0, 30.0, 14.0)]) == wished
    outside = (-20.0, -9.0, 30.0, 14.0)
    assert keep_clear(outside, line, free, [], [wished]) == outside, "what is beside the pane is not brought into it"
    taken = [(110.0, 90.0, 40.0, 14.0)]
    moved = keep_clear(wished, line, free, [], taken)
    assert not overlap(moved, taken[0]) and moved[2:] == wished[2:]
    assert moved[0] >= free[0] and moved[1] >= free[1]


@pytest.mark.parametrize(
    ("boxes", "points", "lines", "wanted"),
    [
        ([], [], [], (110.0, 26.0)),
        ([], [], [(210.0, 0.0, 1.0, 400.0)], (4.0, 26.0)),  # beside a line through the middle
        ([(150.0, 20.0, 50.0, 60.0)], [], [], (216.0, 26.0)),
        ([(0.0, 20.0, 420.0, 60.0)], [], [], (110.0, 316.0)),
        ([(0.0, 20.0, 420.0, 60.0)], [(120.0, 320.0)], [], (216.0, 316.0)),
        ([(0.0, 20.0, 420.0, 60.0)], [], [(0.0, 325.0, 420.0, 1.0)], (110.0, 316.0)),  # over the line rather than the box
    ],
)
def test_a_line_of_text_lies_at_the_edge_where_it_hides_least(
    boxes: list[Rect], points: list[tuple[float, float]], lines: list[Rect], wanted: tuple[float, float]
) -> None:
    assert place_line((200.0, 20.0), FREE, boxes, points, lines) == (*wanted, 200.0, 20.0)
