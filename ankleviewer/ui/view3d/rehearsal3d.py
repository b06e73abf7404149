"""Rehearsal: the 3D view draws once what it will draw, out of sight and in steps, since VTK makes its shaders the first time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.surface import Surface
from ankleviewer.core.display.view3d import View3D
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.ui.view3d.bone3d import mesh_of

if TYPE_CHECKING:
    from ankleviewer.ui.view3d.render3d import Render3D


@dataclass(frozen=True)
class _Box:
    """A box to rehearse with."""

    center_mm: tuple[float, float, float]
    min_mm: tuple[float, float, float]
    max_mm: tuple[float, float, float]


def rehearse(render: Render3D, needed: Callable[[], bool]) -> Iterator[None]:
    """One kind of thing more with each step; ends when the view is `needed`. Everything is as it was afterwards."""
    marker, letters = render.corner_marks

    def show_letters() -> None:
        for actor in letters:
            actor.SetVisibility(True)

    volume = Volume(np.zeros((2, 2, 2), dtype=np.int16), Grid.axis_aligned((2, 2, 2), 1.0, (0, 0, 0)))
    box = _Box((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    triangle = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=np.float32)
    render.show_mesh("coarse", mesh_of(Surface(triangle, np.array([[0, 1, 2]]), triangle)), first=True)
    cube = marker.GetOrientationMarker()
    try:
        # One kind of thing more with each picture, since each has shaders of its own.
        for actor in letters:
            actor.SetVisibility(False)
        marker.SetEnabled(False)
        render.bone.show(False)
        cube.SetFaceTextVisibility(False)
        cube.SetTextEdgesVisibility(False)
        parts: tuple[Callable[[], object], ...] = (
            lambda: None,
            lambda: marker.SetEnabled(True),
            lambda: cube.SetTextEdgesVisibility(True),
            lambda: cube.SetFaceTextVisibility(True),
            show_letters,
        )
        for more in parts:
            yield
            if needed():
                return
            more()
            render.plotter.render()
        for boxes in ((), (box,)):
            yield
            if needed():
                return
            render.show_state(ViewState(), Scene(volume, boxes=boxes), View3D())
        yield
        if not needed():
            render.bone.clear()
    finally:
        show_letters()
        marker.SetEnabled(True)
        cube.SetTextEdgesVisibility(True)
        cube.SetFaceTextVisibility(True)
