"""Measures and edited boxes on the tiles of the lightbox."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from ankleviewer.core.reading.review import BoxMm
from ankleviewer.ui.look import theme


def own_pixels(window, tiles=None) -> int:
    image = (tiles or window.tiles["lightbox"].tiles).grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)
    colour = QColor(theme.READER)
    return int((np.abs(pixels - (colour.red(), colour.green(), colour.blue())).max(axis=-1) < 30).sum())


def test_a_measure_and_an_edited_box_are_seen_in_the_lightbox(make_window, backend) -> None:
    window = make_window(backend)
    window.tile_layout("lightbox")
    assert own_pixels(window) == 0
    reviewing, at = window.controller.reviewing, window.view.state.cursor_mm
    reviewing.add_measure("distance", (at, (at[0] + 15.0, at[1], at[2])), (0.0, 0.0, 1.0), ())
    measured = own_pixels(window)
    assert measured > 10
    low, high = tuple(v - 9.0 for v in at), tuple(v + 9.0 for v in at)
    reviewing.edit_box(window.controller.answer, 0, BoxMm(low, high))
    assert own_pixels(window) > 2 * measured
    window.view.update(hide_ai=True)
    assert 0 < own_pixels(window) <= measured


def test_each_ankle_of_the_comparison_shows_its_own_edited_box(make_window, backend, fakes) -> None:
    backend.ankles = (fakes.ankle("R"), fakes.ankle("L"))
    backend.answers = (fakes.answer(), fakes.answer(ankle=1))
    window = make_window(backend)
    window.tile_layout("compare")
    compare, controller = window.tiles["compare"], window.controller
    at = window.view.state.cursor_mm
    box = BoxMm(tuple(v - 9.0 for v in at), tuple(v + 9.0 for v in at))
    assert controller.view.state.ankle == 0 and own_pixels(window, compare) == 0
    controller.reviewing.edit_box(controller.answer_for(1), 0, box)
    other = own_pixels(window, compare)
    assert other > 100
    controller.reviewing.edit_box(controller.answer, 0, box)
    assert own_pixels(window, compare) > 1.7 * other
    window.view.update(boxes=False)
    assert own_pixels(window, compare) == 0


def test_an_edited_box_fades_with_its_rejected_finding_everywhere(make_window, backend, fakes) -> None:
    """On panes and tiles, of each ankle by its own judgement; it comes back with the judgement."""
    backend.ankles = (fakes.ankle("R"), fakes.ankle("L"))
    backend.answers = (fakes.answer(), fakes.answer(ankle=1))
    window = make_window(backend)
    controller, at = window.controller, window.view.state.cursor_mm
    box = BoxMm(tuple(v - 9.0 for v in at), tuple(v + 9.0 for v in at))
    for layout, widget, ankle in (
        ("grid", window.panes["axial"], 0),
        ("lightbox", window.tiles["lightbox"].tiles, 0),
        ("compare", window.tiles["compare"], 1),
    ):
        window.view.update(layout=layout)
        answer = controller.answer_for(ankle)
        controller.reviewing.edit_box(answer, 0, box)
        shown = own_pixels(window, widget)
        controller.reviewing.judge(answer, 0, "rejected")
        assert shown > 100 and own_pixels(window, widget) < 0.5 * shown, layout
        controller.reviewing.judge(answer, 0, "accepted")
        assert own_pixels(window, widget) > 0.9 * shown, layout
        controller.reviewing.edit_box(answer, 0, None)


def test_a_measure_is_seen_in_the_comparison_on_its_own_ankle_alone(make_window, backend, fakes) -> None:
    """Tiles show the slices of the whole scan: at the height of the other joint the line would lie on another place."""
    right, left = fakes.ankle("R"), fakes.ankle("L")
    right.max_mm, left.min_mm = (-2.0, 28.0, 176.0), (2.0, -28.0, 104.0)
    backend.ankles, backend.answers = (right, left), (fakes.answer("no fracture"),)
    window = make_window(backend)
    window.tile_layout("compare")
    compare, at = window.tiles["compare"], window.view.state.cursor_mm
    window.controller.reviewing.add_measure("distance", ((-20.0, 0.0, at[2]), (-8.0, 0.0, at[2])), (0.0, 0.0, 1.0), ())
    own = own_pixels(window, compare)
    image = compare.grab().toImage()
    colour = QColor(theme.READER)

    def lit(columns: range) -> bool:
        pixels = (image.pixelColor(x, y) for x in columns for y in range(0, image.height(), 1))
        return any(max(abs(a - b) for a, b in zip(p.getRgb()[:3], colour.getRgb()[:3], strict=True)) < 30 for p in pixels)

    middle = image.width() // 2
    assert own > 10 and lit(range(middle - 2)) and not lit(range(middle + 2, image.width()))
    window.controller.reviewing.add_measure("distance", ((-20.0, 5.0, at[2]), (20.0, 5.0, at[2])), (0.0, 0.0, 1.0), ())
    image = compare.grab().toImage()
    assert lit(range(middle - 2)) and lit(range(middle + 2, image.width())), "from one ankle to the other: on both"
