"""The view model: where the panes are once the planes are other ones."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.viewstate import PaneView
from ankleviewer.core.imaging.oblique import start, turned
from ankleviewer.core.imaging.planes import PLANES, Viewport
from ankleviewer.ui.state.model import ViewModel

SIZE = (300.0, 200.0)
REGION = (np.array([-20.0, -25.0, 110.0]), np.array([20.0, 20.0, 160.0]))
AT = (5.0, -8.0, 150.0)
FITTED = (PaneView(),) * 3


@pytest.fixture
def model(fakes) -> ViewModel:
    model = ViewModel()
    model.set_scene(Scene(fakes.phantom(), region=REGION))
    model.move_cursor((0.0, 0.0, 130.0))
    return model


def lean(model: ViewModel) -> None:
    """Planes turned far, as to a mortise view, and every pane fitted."""
    cursor = model.state.cursor_mm
    turn = turned(start(model.scene.volume.grid, cursor), "axial", 25.0, cursor)
    model.set_turn(turned(turn, "sagittal", 30.0, cursor))
    model.update(panes=FITTED)


def on_screen(model: ViewModel) -> list[np.ndarray]:
    """Where the crosshair is in each pane, from its middle, px."""
    ports = [
        Viewport.fit(frame, SIZE, model.fit_region, pane.zoom, pane.pan)
        for frame, pane in zip(model.frames(), model.state.panes, strict=True)
    ]
    at = model.state.cursor_mm
    places = [port.to_screen(frame.grid.to_voxel(at)[:2]) for frame, port in zip(model.frames(), ports, strict=True)]
    return [np.asarray(place) - np.asarray(SIZE) / 2 for place in places]


def back(model: ViewModel) -> None:
    model.set_turn(None)


@pytest.mark.parametrize("leave", [back, ViewModel.toggle_oblique])
def test_back_at_the_scans_own_planes_the_whole_ankle_is_seen_again(model: ViewModel, leave) -> None:
    lean(model)
    model.move_cursor(AT)  # on turned planes: no pan that was right there is right on others
    leave(model)
    assert model.state.shown_turn is None and model.state.panes == FITTED
    np.testing.assert_allclose(model.state.cursor_mm, AT)


def test_the_planes_last_used_come_back_fitted_too(model: ViewModel) -> None:
    lean(model)
    model.toggle_oblique()
    model.move_cursor(AT)
    model.toggle_oblique()
    assert model.state.shown_turn is not None and model.state.panes == FITTED


@pytest.mark.parametrize("leave", [back, ViewModel.toggle_oblique])
def test_what_is_magnified_has_the_crosshair_in_the_middle(model: ViewModel, leave) -> None:
    lean(model)
    for plane in PLANES:
        model.set_pane(plane, PaneView(4.0, (9.0, -7.0)))
    model.move_cursor(AT)
    leave(model)
    assert [pane.zoom for pane in model.state.panes] == [4.0] * 3
    np.testing.assert_allclose(on_screen(model), 0.0, atol=1e-6)


def test_turning_by_hand_and_planes_that_are_not_turned_move_nothing(model: ViewModel) -> None:
    model.set_pane("coronal", PaneView(2.0, (3.0, -4.0)))
    before = on_screen(model)
    model.toggle_oblique()  # a set that may be turned: still the scan's own directions
    np.testing.assert_allclose(on_screen(model), before, atol=1e-6)
    model.turn_others("axial", 20.0)
    np.testing.assert_allclose(on_screen(model), before, atol=1e-6)
    model.set_turn(None)
    model.set_pane("coronal", PaneView(2.0, (3.0, -4.0)))
    shown = model.state.panes
    model.set_turn(None)  # they are shown already
    assert model.state.panes == shown
