"""Planes3D: the three slice planes in the 3D view, as frames in their colours or with the slice's picture on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyvista as pv
from vtkmodules.vtkRenderingCore import vtkTexture

from ankleviewer.core.display.scene import Scene, slice_rgba
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.geometry import Array
from ankleviewer.core.imaging.oblique import frames_of
from ankleviewer.core.imaging.planes import PLANES, Frame, region_on_slice
from ankleviewer.ui.look import theme

if TYPE_CHECKING:
    from pyvistaqt import QtInteractor

Part = tuple[slice, slice]  # rows, columns
AIR_HU = -300  # what is thinner is left out of the picture, so that the bone behind it stays in sight


def quad(frame: Frame, index: int, region: tuple[Array, Array] | None) -> tuple[np.ndarray, Part]:
    """Corners (4, 3) in LPS mm of the part of a slice that meets a region, and its (rows, columns)."""
    low, high = region_on_slice(frame, region)
    spacing = np.asarray(frame.grid.spacing[:2])
    size = np.asarray(frame.grid.shape[:2])
    x0, y0 = (int(n) for n in np.clip(np.floor(low / spacing + 0.5), 0, size - 1))
    x1, y1 = (int(n) for n in np.clip(np.ceil(high / spacing + 0.5), 1, size))
    corners = [(x0 - 0.5, y0 - 0.5), (x1 - 0.5, y0 - 0.5), (x1 - 0.5, y1 - 0.5), (x0 - 0.5, y1 - 0.5)]
    return frame.grid.to_mm(np.array([(*corner, index) for corner in corners])), (slice(y0, y1), slice(x0, x1))


class Planes3D:
    """Owns the actors of the slice planes of a plotter; `scale` as that of `Marks3D`."""

    def __init__(self, plotter: QtInteractor, scale: float = 1.0) -> None:
        self._plotter, self._scale = plotter, scale
        self._frames: list[tuple[pv.PolyData, Any]] = []
        self._pictures: list[tuple[pv.PolyData, Any, vtkTexture]] = []
        self._drawn: list[Any] = [None] * 3

    def show(self, how: str, state: ViewState, scene: Scene) -> None:
        """Show the planes through the crosshair: how is "off", "frames" or "slices"."""
        if not self._frames and how != "off":
            self._make()
        frames = frames_of(scene.volume.grid, state.shown_turn)
        for n, (mesh, actor) in enumerate(self._frames):
            picture, pictured, texture = self._pictures[n]
            actor.SetVisibility(how != "off")
            pictured.SetVisibility(how == "slices")
            if how == "off":
                self._drawn[n] = None  # it holds a scan, which may be closed by then
                continue
            frame = frames[n]
            index = frame.slice_at(state.cursor_mm)
            wanted = (scene.volume, scene.region, state.shown_turn, index, state.window if how == "slices" else None)
            drawn = self._drawn[n]
            if drawn is not None and drawn[0] is wanted[0] and drawn[1] is wanted[1] and drawn[2:] == wanted[2:]:
                continue
            self._drawn[n] = wanted
            corners, part = quad(frame, index, scene.region)
            mesh.points = corners
            picture.points = corners
            if how == "slices":
                self._paint(texture, frame, scene, index, state, part)

    def _paint(self, texture: vtkTexture, frame: Frame, scene: Scene, index: int, state: ViewState, part: Part) -> None:
        rgba = slice_rgba(frame, scene.volume, index, state.window)[part].copy()
        rgba[frame.pixels(scene.volume.hu, index)[part] < AIR_HU, 3] = 0
        image = pv.ImageData(dimensions=(rgba.shape[1], rgba.shape[0], 1))
        image.point_data["rgba"] = rgba.reshape(-1, 4)
        texture.SetInputData(image)

    def _make(self) -> None:
        square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=float)
        for plane in PLANES:
            mesh = pv.PolyData(square, lines=[5, 0, 1, 2, 3, 0])
            self._frames.append((mesh, self._add(mesh, color=theme.PLANE[plane], line_width=1.6 * self._scale)))
            picture = pv.PolyData(square, faces=[4, 0, 1, 2, 3])
            picture.point_data.active_texture_coordinates = square[:, :2]
            texture = vtkTexture()
            texture.InterpolateOn()
            actor = self._add(picture, color="white", pickable=True)
            actor.SetTexture(texture)
            # Opaque: three crossing planes then hide each other rightly; what is air is thrown away by its alpha of 0.
            actor.ForceOpaqueOn()
            self._pictures.append((picture, actor, texture))

    def _add(self, mesh: pv.PolyData, pickable: bool = False, **look: Any) -> Any:
        return self._plotter.add_mesh(mesh, lighting=False, reset_camera=False, render=False, pickable=pickable, **look)

    @property
    def pictures(self) -> list[Any]:
        """The actors of the slices' pictures."""
        return [actor for _, actor, _ in self._pictures]

    def see_through(self, actor: Any, mm: np.ndarray) -> bool:
        """Whether an actor is a slice whose picture shows air, which is left out, at a position on it (LPS mm)."""
        for mesh, picture, texture in self._pictures:
            image = texture.GetInput()
            if picture is not actor or image is None:
                continue
            corner, right, _, down = np.asarray(mesh.points, dtype=float)
            sides = right - corner, down - corner
            share = [float((mm - corner) @ side / (side @ side)) for side in sides]
            columns, rows = image.GetDimensions()[:2]
            alpha = np.asarray(pv.wrap(image).point_data["rgba"]).reshape(rows, columns, 4)[..., 3]
            # drawn between its pixels too: what is left of a neighbour there is seen
            at = [share[0] * columns - 0.5, share[1] * rows - 0.5]
            x, y = (np.clip([int(np.floor(v)), int(np.floor(v)) + 1], 0, n - 1) for v, n in zip(at, (columns, rows), strict=True))
            return not alpha[np.ix_(y, x)].any()
        return False

    def clear(self) -> None:
        """Let go of every actor."""
        self._frames, self._pictures = [], []
