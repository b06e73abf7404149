"""Bone3D: the bone surface in the 3D view, fine for looking and coarse for turning, with the heat map as colour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvista as pv
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from ankleviewer.core.assessment.heat_raster import Heat, heat_colours
from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.surface import Surface, heat_at
from ankleviewer.core.display.viewstate import ViewState

if TYPE_CHECKING:
    from pyvistaqt import QtInteractor

BONE = np.array([214, 207, 194], dtype=np.uint8)


def mesh_of(surface: Surface) -> pv.PolyData:
    """VTK's form of a surface; may be made on any thread."""
    points: np.ndarray = surface.points
    faces: np.ndarray = surface.faces
    mesh: pv.PolyData = pv.PolyData.from_regular_faces(points, faces)
    mesh.point_data["Normals"] = surface.normals
    mesh.point_data.active_normals_name = "Normals"
    mesh.point_data["colour"] = np.tile(BONE, (mesh.n_points, 1))
    mesh.set_active_scalars("colour")
    return mesh


@dataclass(eq=False)
class _Level:
    """One surface with its actor, and what it was last coloured with."""

    mesh: pv.PolyData
    actor: Any
    leg: pv.PolyData | None = None
    heat: Heat | None = None
    values: np.ndarray | None = None
    coloured: tuple[Any, ...] | None = None


def _actor(mesh: pv.PolyData) -> vtkActor:
    """Plain VTK: pyvista's add_mesh looks at all points several times, 60 ms for a bone surface."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    mapper.SetScalarModeToUsePointData()
    mapper.SetColorModeToDirectScalars()
    actor = vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetAmbient(0.16)
    look.SetDiffuse(0.8)
    look.SetSpecular(0.12)
    look.SetSpecularPower(18)
    look.SetInterpolationToGouraud()
    return actor


class Bone3D:
    """Owns up to two actors of a plotter: "fine" and "coarse"; one is visible at a time."""

    def __init__(self, plotter: QtInteractor) -> None:
        self._plotter = plotter
        self._levels: dict[str, _Level] = {}
        self._want_fine, self._visible, self._without_foot = True, True, False
        self.clipping: list[Any] = []

    @property
    def mesh(self) -> pv.PolyData | None:
        """The best mesh there is."""
        level = self._levels.get("fine") or self._levels.get("coarse")
        return level.mesh if level is not None else None

    @property
    def rough(self) -> pv.PolyData | None:
        """The mesh with the fewest points, for what need not be exact."""
        level = self._levels.get("coarse") or self._levels.get("fine")
        return level.mesh if level is not None else None

    @property
    def actors(self) -> list[Any]:
        """Of both surfaces."""
        return [level.actor for level in self._levels.values()]

    def clear(self) -> None:
        """Take all surfaces away."""
        for level in self._levels.values():
            self._plotter.renderer.RemoveActor(level.actor)
        self._levels = {}

    def add(self, name: str, mesh: pv.PolyData) -> None:
        """Show a mesh as the fine or the coarse one."""
        old = self._levels.pop(name, None)
        if old is not None:
            self._plotter.renderer.RemoveActor(old.actor)
        actor = _actor(mesh)
        self._plotter.renderer.AddActor(actor)
        self._levels[name] = _Level(mesh, actor)
        self.clip(self.clipping)
        self._choose()

    def use(self, fine: bool) -> None:
        """Show the fine surface, or the coarse one where there is one."""
        self._want_fine = fine
        self._choose()

    def show(self, visible: bool) -> None:
        """Show or hide the bone."""
        self._visible = visible
        self._choose()

    @contextmanager
    def pickable(self) -> Iterator[None]:
        """A pick meanwhile meets the bone, though volume rendering may stand in its place (VTK passes over what is hidden, and a
        volume has no surface), and its fine surface, though the press of the mouse has brought the coarse one. Nothing is drawn.
        """
        before = self._visible, self._want_fine
        self._visible = self._want_fine = True
        self._choose()
        try:
            yield
        finally:
            self._visible, self._want_fine = before
            self._choose()

    def _shown(self) -> str:
        wanted = ("fine", "coarse") if self._want_fine else ("coarse", "fine")
        return next((name for name in wanted if name in self._levels), "")

    @property
    def is_fine(self) -> bool:
        """True when the surface shown is the best there is."""
        return self._shown() == "fine" or "fine" not in self._levels

    def _choose(self) -> None:
        shown = self._shown()
        for name, level in self._levels.items():
            level.actor.SetVisibility(self._visible and name == shown)

    def split(self, is_foot: Callable[[np.ndarray], np.ndarray]) -> None:
        """Tell leg from foot: is_foot answers for points (n, 3) in LPS mm. Both surfaces may then be shown without the foot."""
        for level in self._levels.values():
            faces = level.mesh.regular_faces
            leg = faces[~is_foot(np.asarray(level.mesh.points))[faces].any(axis=1)]
            part = level.mesh.copy(deep=False)  # shares points and colours
            part.faces = np.column_stack([np.full(len(leg), 3), leg]).ravel()
            level.leg = part
        self.hide_foot(self._without_foot)

    def hide_foot(self, hidden: bool) -> None:
        """Leave out what `split` found to be the foot."""
        self._without_foot = hidden
        for level in self._levels.values():
            level.actor.GetMapper().SetInputData(level.leg if hidden and level.leg is not None else level.mesh)

    def clip(self, planes: list[Any]) -> None:
        """Cut by planes (vtkPlane, what lies on their normal's side stays)."""
        self.clipping = planes
        for level in self._levels.values():
            level.actor.GetMapper().RemoveAllClippingPlanes()
            for plane in planes:
                level.actor.GetMapper().AddClippingPlane(plane)

    def colour(self, state: ViewState, scene: Scene) -> None:
        """Heat as colour on the surface shown, by the threshold of the slices; nothing is done where nothing changed. Also on the
        coarse one, which takes no time: it is shown as it is when something begins to move.
        """
        for name in {self._shown(), "coarse"} & self._levels.keys():
            _colour(self._levels[name], state, scene)


def _colour(level: _Level, state: ViewState, scene: Scene) -> None:
    heat = scene.heat if state.heat and not state.hide_ai else None
    threshold = (heat.threshold if state.threshold is None else state.threshold) if heat is not None else 0.0
    if level.coloured is not None and level.coloured[0] is heat and level.coloured[1] == threshold:
        return
    if heat is not None and level.heat is not heat:
        level.heat, level.values = heat, heat_at(level.mesh.points, heat)
    colours: np.ndarray = level.mesh.point_data["colour"]
    colours[:] = BONE
    if heat is not None and level.values is not None:
        # A soft edge of a tenth of the scale keeps the border from following the triangles; it ends where the map shows nothing.
        edge = max(min(0.1 * heat.reference, 2 * threshold), 1e-6)
        share = np.clip((level.values - threshold) / edge + 0.5, 0.0, 1.0) * 0.85
        share[level.values <= 0] = 0.0
        hot = np.flatnonzero(share > 0)
        part = share[hot, None]
        colours[hot] = (BONE * (1 - part) + heat_colours(level.values[hot], heat.reference) * part).astype(np.uint8)
    level.mesh.GetPointData().GetArray("colour").Modified()
    level.mesh.Modified()
    if level.leg is not None:
        level.leg.Modified()
    level.coloured = (heat, threshold)
