"""Measures and edited boxes on the tiles of the lightbox."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from ankleviewer.core.review import BoxMm
from ankleviewer.ui import theme


def own_pixels(window) -> int:
    image = window.tiles["lightbox"].tiles.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
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
