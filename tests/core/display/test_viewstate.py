"""The moves from one view state to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ankleviewer.core.display.viewstate import (
    MAX_ZOOM,
    PaneView,
    ViewState,
    Window,
    going_to,
    nearest_step,
    with_cursor,
    with_pane,
    with_preset,
    with_step,
    with_threshold_step,
    with_turn,
    with_window_drag,
)
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.oblique import frames_of, start, turned
from ankleviewer.core.imaging.planes import PLANES, Frame, Viewport

GRID = Grid.axis_aligned((40, 50, 60), (1.0, 1.0, 2.0), (0.0, 0.0, 0.0))
FRAMES = (Frame.of(GRID, PLANES[0]), Frame.of(GRID, PLANES[1]), Frame.of(GRID, PLANES[2]))


@pytest.mark.parametrize(
    ("key", "window"),
    [("1", (2000, 350)), ("2", (2500, 480)), ("3", (1000, 400)), ("4", (400, 40)), ("5", (2768, 360)), ("6", (2768, 360))],
)
def test_presets(key: str, window: tuple[float, float]) -> None:
    state = with_preset(ViewState(), key, (-1024, 1744))
    assert state.window == Window(*window)
    assert state.preset == key


def test_bone_comes_first_and_unknown_keys_do_nothing() -> None:
    assert ViewState().window == Window(2000, 350)
    assert with_preset(ViewState(), "9", (0, 1)) == ViewState()


def test_window_drag_never_turns_over() -> None:
    state = with_window_drag(ViewState(), -100000, 10)
    assert state.window.width == 1 and state.preset == ""
    assert with_window_drag(ViewState(), 10, 0).window == Window(2040, 350)
    state = soft = ViewState(window=Window(400, 40))
    for _ in range(200):  # a slow drag of 100 px on a screen of 200 %
        state = with_window_drag(state, 0.5, -0.5)
    at_once = with_window_drag(soft, 100, -100).window
    assert abs(state.window.width - at_once.width) < 10 and abs(state.window.level - at_once.level) < 10


def test_cursor_stays_in_the_scan() -> None:
    assert with_cursor(ViewState(), (-5, 1000, 3), FRAMES[0]).cursor_mm == (0, 49, 3)


def test_step_moves_one_axis_only() -> None:
    state = with_cursor(ViewState(), (10, 20, 30), FRAMES[0])
    assert with_step(state, FRAMES[0], 1).cursor_mm == (10, 20, 32)
    assert with_step(state, FRAMES[1], -3).cursor_mm == (10, 17, 30)
    assert with_step(state, FRAMES[2], 5).cursor_mm == (15, 20, 30)


def test_going_to_a_finding_centres_magnified_panes() -> None:
    state = with_pane(ViewState(), "axial", PaneView(4.0, (3.0, 3.0)))
    there = going_to(state, (5, 40, 80), FRAMES, None, 1)
    assert there.cursor_mm == (5, 40, 80) and there.selected == 1
    low, high = -0.5, np.array([39.5, 49.5])
    np.testing.assert_allclose(there.panes[0].pan, (5, 40) - (low + high) / 2)
    assert there.panes[1].pan == (0.0, 0.0)


def test_limits() -> None:
    assert with_pane(ViewState(), "coronal", PaneView(1e9)).panes[1].zoom == MAX_ZOOM
    with pytest.raises(ValueError, match="opacity"):
        ViewState(opacity=0.6)
    with pytest.raises(ValueError, match="layout"):
        ViewState(layout="wall")
    with pytest.raises(ValueError, match="width"):
        ViewState(window=Window(0, 0))


def test_threshold_starts_at_the_maps_own() -> None:
    state = with_threshold_step(ViewState(), 1, own=2.0, reference=8.0, top=8.0)
    assert state.threshold == pytest.approx(2.2)
    assert with_threshold_step(replace(state, threshold=8.0), 5, 2.0, 8.0, 8.0).threshold == 8.0


def test_threshold_rises_past_the_colours_to_the_peak_of_a_strong_map() -> None:
    state = with_threshold_step(ViewState(), 1, own=24.2, reference=22.0, top=51.2)
    assert state.threshold == pytest.approx(24.75)
    assert with_threshold_step(state, 400, 24.2, 22.0, 51.2).threshold == 51.2


def test_turning_keeps_the_crosshair_on_the_screen_and_remembers() -> None:
    region = ((5.0, 10.0, 20.0), (30.0, 40.0, 90.0))
    state = ViewState(cursor_mm=(12.0, 33.0, 50.0), panes=(PaneView(2.0, (3.0, -4.0)), PaneView(), PaneView(1.5, (0.0, 9.0))))

    def places(now: ViewState) -> list[np.ndarray]:
        frames = frames_of(GRID, now.shown_turn)
        ports = [Viewport.fit(f, (300, 200), region, p.zoom, p.pan) for f, p in zip(frames, now.panes, strict=True)]
        return [port.to_screen(f.grid.to_voxel(now.cursor_mm)[:2]) for f, port in zip(frames, ports, strict=True)]

    turn = turned(start(GRID, state.cursor_mm), "sagittal", 40, state.cursor_mm)
    tilted = with_turn(state, turn, FRAMES[0], region)
    assert tilted.shown_turn == turn
    np.testing.assert_allclose(places(tilted), places(state), atol=1e-6)
    back = with_turn(tilted, turn, FRAMES[0], region, shown=False)
    assert back.shown_turn is None and back.turn == turn
    np.testing.assert_allclose(places(back), places(state), atol=1e-6)
    assert with_turn(tilted, None, FRAMES[0], region).turn is None


def test_cursor_of_turned_planes_stays_in_the_scan() -> None:
    turn = turned(start(GRID, (20, 20, 40)), "coronal", 45, (20, 20, 40))
    state = with_cursor(ViewState(oblique=True, turn=turn), (-5, 1000, 3), frames_of(GRID, turn)[0])
    np.testing.assert_allclose(state.cursor_mm, (0, 49, 3), atol=1e-9)


def test_tiles_of_no_plane_are_refused() -> None:
    with pytest.raises(ValueError, match="tiles"):
        ViewState(tile_plane="3d")
    with pytest.raises(ValueError, match="tiles"):
        ViewState(tile_step=0)
    with pytest.raises(ValueError, match="1 to 20 slices"):
        ViewState(tile_step=10**400)


def test_the_nearest_step_from_tile_to_tile() -> None:
    assert [nearest_step(n) for n in (-3, 1, 6, 7, 19, 10**400)] == [1, 1, 5, 8, 20, 20]
