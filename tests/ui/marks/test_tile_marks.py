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
