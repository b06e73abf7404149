"""Clicks on the bone: one takes the crosshair there, two maximise and leave it."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.display.scene import Scene
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.view3d.clicks3d import Clicks3D

HERE, THERE = (4.0, -11.0, 165.0), np.array([-6.0, -10.0, 140.0])


@pytest.fixture
def model(qtbot, fakes) -> ViewModel:
    model = ViewModel()
    model.set_scene(Scene(fakes.phantom(), None, ()))
    model.move_cursor(HERE)
    return model


def test_a_click_takes_the_crosshair_there_at_once(model) -> None:
    clicks = Clicks3D(model)
    clicks.press()
    clicks.pick(THERE)
    np.testing.assert_allclose(model.state.cursor_mm, THERE)
    assert model.state.layout == "grid"


def test_a_double_click_leaves_it_where_it_was(model) -> None:
    clicks, before = Clicks3D(model), model.state.cursor_mm
    for layout in ("3d", "grid"):
        clicks.press()
        clicks.pick(THERE)
        clicks.maximise()
        assert model.state.cursor_mm == before and model.state.layout == layout


def test_an_earlier_click_still_counts_after_a_double_click_beside_the_bone(model) -> None:
    clicks = Clicks3D(model)
    clicks.press()
    clicks.pick(THERE)
    clicks.press()
    clicks.maximise()
    np.testing.assert_allclose(model.state.cursor_mm, THERE)
