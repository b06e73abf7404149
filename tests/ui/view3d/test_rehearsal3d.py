"""The rehearsal leaves the view as it was, and ends when the view is needed."""

from __future__ import annotations

import pytest

from ankleviewer.ui.background.opengl import drawn_by_processor
from ankleviewer.ui.view3d.rehearsal3d import rehearse


@pytest.mark.parametrize("steps", [1, 3, 100])
def test_whenever_it_ends_marker_letters_and_bone_are_as_before(make_window, backend, qtbot, steps: int) -> None:
    window = make_window(backend, path=None, gl=True)
    pane = window.pane3d
    if pane.missing() or not drawn_by_processor():
        pytest.skip("no OpenGL in software here")
    for _ in pane.warm():
        if pane._spare is not None:
            break
    render = pane._spare
    marker, letters = render.corner_marks
    done = [0]
    taken = sum(1 for _ in rehearse(render, lambda: done.append(1) or len(done) > steps))
    assert taken <= max(steps, 9)
    assert marker.GetEnabled() and all(actor.GetVisibility() for actor in letters)
    cube = marker.GetOrientationMarker()
    assert cube.GetFaceTextVisibility() and cube.GetTextEdgesVisibility()
    if steps == 100:
        assert render.bone.mesh is None and taken > 6
