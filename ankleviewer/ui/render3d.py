"""Render3D: the one VTK window. Bone, heat as colour on bone, boxes, crosshair, orientation marker, letters, standard views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyvista as pv
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pyvistaqt import QtInteractor
from vtkmodules.vtkRenderingAnnotation import vtkAnnotatedCubeActor
from vtkmodules.vtkRenderingCore import vtkCellPicker, vtkTextActor

from ankleviewer.core.display import Scene, heat_colours
from ankleviewer.core.planes import direction_letters
from ankleviewer.core.surface import Surface, heat_at
from ankleviewer.core.viewstate import ViewState
from ankleviewer.ui import theme

BONE = np.array([214, 207, 194], dtype=np.uint8)
# Name of a view: (direction from the focus to the eye, up), LPS. "S" is from above, where the right side is on screen right.
VIEWS = {
    "L": ((1, 0, 0), (0, 0, 1)),
    "R": ((-1, 0, 0), (0, 0, 1)),
    "A": ((0, -1, 0), (0, 0, 1)),
    "P": ((0, 1, 0), (0, 0, 1)),
    "S": ((0, 0, 1), (0, -1, 0)),
    "I": ((0, 0, -1), (0, -1, 0)),
}
_LINE_MM = 8.0
_CLICK_PX = 3.0
_TUBE_MM = 7.0
_MARKER_PX = 84
_SOFTWARE = ("llvmpipe", "softpipe", "SwiftShader", "GDI Generic", "Microsoft Basic Render")


class Render3D(QObject):
    """Owns a QtInteractor inside a parent widget. Main thread only.

    Args:
        parent: widget that receives the keys (VTK's own key bindings are off).
        picked: called with the LPS position of a click on bone.
        maximise: called on a double-click.
    """

    def __init__(self, parent: QWidget, picked: Callable[[np.ndarray], None], maximise: Callable[[], None]) -> None:
        super().__init__(parent)
        self._picked, self._maximise = picked, maximise
        self._pressed: QPointF | None = None
        self.plotter = QtInteractor(parent, auto_update=False, multi_samples=4)
        self.widget = self.plotter
        self.widget.setAccessibleName("3D view of the bones")
        # Drawn by the processor, four samples a pixel take most of the time: there only pictures get them.
        self._by_processor = any(name in self.plotter.render_window.ReportCapabilities() for name in _SOFTWARE)
        if self._by_processor:
            self.plotter.render_window.SetMultiSamples(0)
        self.plotter.set_background(theme.PANE)
        self.plotter.enable_parallel_projection()
        self.plotter.enable_trackball_style()
        self.widget.installEventFilter(self)
        self._bone: Any = None
        self._mesh: pv.PolyData | None = None
        self._heat_values: np.ndarray | None = None
        self._boxes: list[Any] = []
        self._cursor: list[Any] = []
        self._letters = [self._letter(*place) for place in ((0.02, 0.5, 0), (0.98, 0.5, 2), (0.5, 0.97, 1), (0.5, 0.02, 1))]
        self._add_marker()
        self._watch = self.plotter.renderer.AddObserver("StartEvent", self._update_letters)

    # --------------------------------------------------------------------------------------------------------------- scene
    def show_surface(self, surface: Surface | None) -> None:
        """Replace the bone; None for no bone. The camera goes to the standard front view."""
        if self._bone is not None:
            self.plotter.remove_actor(self._bone, render=False)
        self._bone = self._mesh = self._heat_values = None
        if surface is not None:
            faces = np.column_stack([np.full(len(surface.faces), 3), surface.faces]).ravel()
            mesh = pv.PolyData(surface.points, faces)
            mesh.point_data["Normals"] = surface.normals
            mesh.point_data.active_normals_name = "Normals"
            mesh.point_data["colour"] = np.tile(BONE, (mesh.n_points, 1))
            self._mesh = mesh
            self._bone = self.plotter.add_mesh(
                mesh, scalars="colour", rgb=True, ambient=0.16, diffuse=0.8, specular=0.12, specular_power=18,
                smooth_shading=False, show_scalar_bar=False, reset_camera=False, render=False, pickable=True,
            )  # fmt: skip
            self._bone.prop.interpolation = "gouraud"
        self.standard_view("A")

    def show_answer(self, scene: Scene) -> None:
        """Take the heat map and boxes of a scene; colours follow with show_state."""
        self._heat_values = None
        if self._mesh is not None and scene.heat is not None:
            self._heat_values = heat_at(self._mesh.points, scene.heat)

    def show_state(self, state: ViewState, scene: Scene) -> None:
        """Colours, boxes and crosshair as the state asks; one threshold for slices and 3D. Renders."""
        self._colour(state, scene)
        self._draw_boxes(state, scene)
        self._draw_cursor(state)
        self.plotter.render()

    def _colour(self, state: ViewState, scene: Scene) -> None:
        if self._mesh is None:
            return
        colours = np.tile(BONE, (self._mesh.n_points, 1))
        values = self._heat_values
        if values is not None and scene.heat is not None and state.heat and not state.hide_ai:
            level = scene.heat.threshold if state.threshold is None else state.threshold
            # A soft edge of a tenth of the scale keeps the border from following the triangles.
            share = np.clip((values - level) / (0.1 * scene.heat.reference) + 0.5, 0.0, 1.0)[:, None] * 0.85
            colours = (colours * (1 - share) + heat_colours(values, scene.heat.reference) * share).astype(np.uint8)
        self._mesh.point_data["colour"][:] = colours
        self._mesh.GetPointData().GetArray("colour").Modified()
        self._mesh.Modified()

    def _draw_boxes(self, state: ViewState, scene: Scene) -> None:
        for actor in self._boxes:
            self.plotter.remove_actor(actor, render=False)
        self._boxes = []
        if not state.boxes or state.hide_ai:
            return
        for n, box in enumerate(scene.boxes):
            low, high = np.asarray(box.min_mm), np.asarray(box.max_mm)
            outline = pv.Box(bounds=np.stack([low, high]).T.ravel()).extract_all_edges()
            if not scene.firm:
                outline = _dotted(low, high)
            width = 3.0 if n == state.selected else 1.8
            for opacity in (1.0, 0.3):  # the second, faint, shows through the bone
                actor = self.plotter.add_mesh(
                    outline.copy(), color=theme.BOX, line_width=width, lighting=False, opacity=opacity,
                    reset_camera=False, render=False, pickable=False,
                )  # fmt: skip
                if opacity < 1.0:
                    actor.mapper.SetResolveCoincidentTopologyToPolygonOffset()
                    actor.mapper.SetRelativeCoincidentTopologyLineOffsetParameters(0.0, -66000.0)
                self._boxes.append(actor)

    def _draw_cursor(self, state: ViewState) -> None:
        for actor in self._cursor:
            self.plotter.remove_actor(actor, render=False)
        self._cursor = []
        if not state.crosshair:
            return
        centre = np.asarray(state.cursor_mm)
        for axis, plane in enumerate(("sagittal", "coronal", "axial")):
            step = np.eye(3)[axis] * _LINE_MM
            lines = pv.line_segments_from_points(centre + np.array([-2.0, -0.5, 0.5, 2.0])[:, None] * step)
            actor = self.plotter.add_mesh(
                lines, color=theme.PLANE[plane], line_width=1.5, lighting=False, reset_camera=False, render=False, pickable=False
            )
            self._cursor.append(actor)

    # -------------------------------------------------------------------------------------------------------------- camera
    def standard_view(self, name: str) -> None:
        """Look from L, R, A, P, S (from above) or I (from the feet) at everything shown. Does not render."""
        towards, up = VIEWS[name]
        camera = self.plotter.camera
        bounds = self._mesh.bounds if self._mesh is not None else (-50, 50, -50, 50, -50, 50)
        focus = np.array([(bounds[0] + bounds[1]) / 2, (bounds[2] + bounds[3]) / 2, (bounds[4] + bounds[5]) / 2])
        camera.focal_point = focus
        camera.position = focus + np.array(towards) * 400.0
        camera.up = up
        self.plotter.reset_camera(bounds=bounds, render=False)
        camera.zoom(1.25)
        self.plotter.renderer.ResetCameraClippingRange()

    def best_view(self, mm: np.ndarray) -> str:
        """The side view (A, P, L or R) from which least bone lies in front of a position."""
        if self._mesh is None:
            return "A"
        away = np.asarray(self._mesh.points) - np.asarray(mm, dtype=float)
        cover = {}
        for name in ("A", "L", "R", "P"):
            towards = np.array(VIEWS[name][0], dtype=float)
            depth = away @ towards
            tube = np.linalg.norm(away - depth[:, None] * towards, axis=1) < _TUBE_MM
            cover[name] = float(depth[tube].max(initial=0.0))
        return min(cover, key=cover.get)

    def project(self, mm: np.ndarray) -> tuple[float, float]:
        """Where an LPS position appears, in px of the widget from its upper left corner."""
        renderer = self.plotter.renderer
        renderer.SetWorldPoint(*[float(v) for v in mm], 1.0)
        renderer.WorldToDisplay()
        x, y, _ = renderer.GetDisplayPoint()
        ratio = self.widget.devicePixelRatioF()
        return x / ratio, self.widget.height() - y / ratio

    def _letter(self, x: float, y: float, align: int) -> Any:
        actor = vtkTextActor()
        actor.GetPositionCoordinate().SetCoordinateSystemToNormalizedViewport()
        actor.SetPosition(x, y)
        text = actor.GetTextProperty()
        text.SetJustification(align)
        text.SetVerticalJustification({0.5: 1, 0.97: 2, 0.02: 0}[y])
        text.SetFontSize(14)  # VTK scales text by the screen's density itself
        text.SetBold(True)
        text.SetColor(0.9, 0.91, 0.92)
        text.SetShadow(True)
        self.plotter.renderer.AddViewProp(actor)
        return actor

    def _place_marker(self) -> None:
        """The marker keeps its size in px whatever the pane's."""
        size = self.plotter.render_window.GetSize()
        if size != self._marker_size and min(size) > 0:
            self._marker_size = size
            edge = min(_MARKER_PX * self.widget.devicePixelRatioF(), min(size) / 4)
            self._marker.SetViewport(0.0, 0.0, min(edge / size[0], 1.0), min(edge / size[1], 1.0))

    def _update_letters(self, *_args: object) -> None:
        self._place_marker()
        camera = self.plotter.renderer.GetActiveCamera()
        towards = np.array(camera.GetDirectionOfProjection())
        up = np.array(camera.GetViewUp())
        right = np.cross(towards, up)
        up = np.cross(right, towards)
        for actor, direction in zip(self._letters, (-right, right, up, -up), strict=True):
            letters = direction_letters(direction)
            if actor.GetInput() != letters:
                actor.SetInput(letters)

    def letters(self) -> tuple[str, ...]:
        """Letters at the left, right, top and bottom edge, as now drawn."""
        self._update_letters()
        return tuple(actor.GetInput() for actor in self._letters)

    def _add_marker(self) -> None:
        cube = vtkAnnotatedCubeActor()
        for name, text in zip(("XPlus", "XMinus", "YPlus", "YMinus", "ZPlus", "ZMinus"), "LRPASI", strict=True):
            getattr(cube, f"Set{name}FaceText")(text)
        cube.SetFaceTextScale(0.62)
        cube.SetZFaceTextRotation(-90)
        cube.GetCubeProperty().SetColor(0.16, 0.18, 0.21)
        cube.GetTextEdgesProperty().SetColor(0.35, 0.38, 0.42)
        for name in ("XPlus", "XMinus", "YPlus", "YMinus", "ZPlus", "ZMinus"):
            getattr(cube, f"Get{name}FaceProperty")().SetColor(0.9, 0.91, 0.92)
        self._marker = self.plotter.add_orientation_widget(cube, interactive=False)
        self._marker_size = (0, 0)

    # -------------------------------------------------------------------------------------------------------------- events
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keys go to the window, never to VTK; a click picks, a double-click maximises."""
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.parent(), event)
            return True
        if kind == QEvent.Type.MouseButtonDblClick:
            self._pressed = None
            if event.button() == Qt.MouseButton.LeftButton:
                self._maximise()
            return True
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
        elif kind == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            if (event.position() - self._pressed).manhattanLength() < _CLICK_PX:
                self._pick(event.position())
            self._pressed = None
        return False

    def _pick(self, point: QPointF) -> None:
        if self._mesh is None:
            return
        ratio = self.widget.devicePixelRatioF()
        picker = vtkCellPicker()
        picker.SetTolerance(0.001)
        if picker.Pick(point.x() * ratio, (self.widget.height() - point.y()) * ratio, 0, self.plotter.renderer):
            self._picked(np.array(picker.GetPickPosition()))

    def picture(self) -> np.ndarray:
        """What is drawn, read back from VTK's own framebuffer: uint8 (rows, columns, 3)."""
        if self._by_processor:
            self.plotter.render_window.SetMultiSamples(4)
        self.plotter.render()
        shown = np.asarray(self.plotter.screenshot(return_img=True))
        if self._by_processor:
            self.plotter.render_window.SetMultiSamples(0)
        return shown

    def close(self) -> None:
        """Free every VTK object."""
        self.widget.removeEventFilter(self)
        self.plotter.renderer.RemoveObserver(self._watch)
        self._boxes, self._cursor, self._letters = [], [], []
        self._bone = self._mesh = self._marker = None
        self.plotter.close()


def _dotted(low: np.ndarray, high: np.ndarray, dash_mm: float = 1.5) -> pv.PolyData:
    """Edges of a box as short dashes (line stipple is gone from modern OpenGL)."""
    points = []
    for axis in range(3):
        others = [a for a in range(3) if a != axis]
        for ends in np.ndindex(2, 2):
            start = np.array(low, dtype=float)
            for other, end in zip(others, ends, strict=True):
                start[other] = high[other] if end else low[other]
            length = float(high[axis] - low[axis])
            for at in np.arange(0.0, length, 2 * dash_mm):
                a, b = start.copy(), start.copy()
                a[axis], b[axis] = low[axis] + at, low[axis] + min(at + dash_mm, length)
                points += [a, b]
    return pv.line_segments_from_points(np.array(points))
