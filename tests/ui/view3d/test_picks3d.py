"""A click goes through what is see-through to what is seen there, and meets nothing where that is the background."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import pyvista as pv

from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.ui.background.opengl import opengl_missing
from ankleviewer.ui.view3d.picks3d import met_at
from ankleviewer.ui.view3d.planes3d import Planes3D

FRONT = -28.0  # LPS mm: a coronal slice of the phantom that holds soft tissue in its middle, and air beside it


@pytest.fixture
def scene3d(fakes, qapp) -> SimpleNamespace:
    """The phantom's slice planes in front of a block in the place of bone, seen from the front."""
    if missing := opengl_missing():
        pytest.skip(missing)
    plotter = pv.Plotter(off_screen=True, window_size=(300, 300))
    block = plotter.add_mesh(pv.Box(bounds=(-12.0, 12.0, -10.0, 10.0, 105.0, 175.0)))
    planes = Planes3D(plotter)
    state = ViewState(cursor_mm=(-20.0, FRONT, 110.0))
    planes.show("slices", state, Scene(fakes.phantom()))
    plotter.enable_parallel_projection()
    plotter.camera.focal_point, plotter.camera.position, plotter.camera.up = (0, 0, 140), (0, -400, 140), (0, 0, 1)
    plotter.camera.parallel_scale = 60.0
    plotter.renderer.ResetCameraClippingRange()
    plotter.render()

    def click(mm: tuple[float, float, float]) -> np.ndarray | None:
        plotter.renderer.SetWorldPoint(*mm, 1.0)
        plotter.renderer.WorldToDisplay()
        return met_at(plotter.renderer, *plotter.renderer.GetDisplayPoint()[:2], [block, *planes.pictures], planes.see_through)

    yield SimpleNamespace(plotter=plotter, click=click, planes=planes, block=block, state=state, volume=fakes.phantom())
    planes.clear()
    plotter.close()


def test_a_click_meets_what_is_seen(scene3d) -> None:
    on_slice, through_air, on_nothing = (scene3d.click((x, FRONT, 150.0)) for x in (2.0, 11.0, 24.0))
    np.testing.assert_allclose(on_slice, (2.0, FRONT, 150.0), atol=0.5)
    np.testing.assert_allclose(through_air, (11.0, -10.0, 150.0), atol=0.5)
    assert on_nothing is None, "the background beside the bone is no place, though a slice without anything on it lies there"
    np.testing.assert_allclose(scene3d.click((2.0, FRONT, 150.0)), on_slice, atol=0.5)


def test_frames_alone_are_looked_through(scene3d) -> None:
    scene3d.planes.show("frames", scene3d.state, Scene(scene3d.volume))
    np.testing.assert_allclose(scene3d.click((2.0, FRONT, 150.0)), (2.0, -10.0, 150.0), atol=0.5)


def test_what_is_no_anatomy_is_no_place(scene3d) -> None:
    """The faces of VTK's box widget are met, though nobody sees them."""
    scene3d.plotter.add_mesh(pv.Box(bounds=(-15.0, 15.0, -60.0, 60.0, 100.0, 180.0)), opacity=0.01)
    np.testing.assert_allclose(scene3d.click((2.0, FRONT, 150.0)), (2.0, FRONT, 150.0), atol=0.5)


def test_bone_has_no_holes(scene3d) -> None:
    assert not scene3d.planes.see_through(scene3d.block, np.array((0.0, -10.0, 150.0)))
