"""Render3D: the one VTK window. Bone, heat as colour on bone, boxes, crosshair, orientation marker, letters, standard views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyvista as pv
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pyvistaqt import QtInteractor
from vtkmodules.vtkRenderingAnnotation import vtkAnnotatedCubeActor
from vtkmodules.vtkRenderingCore import vtkTextActor

from ankleviewer.core.anatomy.disarticulate import Foot
from ankleviewer.core.display.scene import Scene
from ankleviewer.core.display.view3d import View3D
from ankleviewer.core.display.viewstate import ViewState
from ankleviewer.core.imaging.planes import direction_letters
from ankleviewer.ui.background.opengl import drawn_by_processor
from ankleviewer.ui.look import theme
from ankleviewer.ui.view3d.bone3d import Bone3D
from ankleviewer.ui.view3d.canvas3d import Canvas3D, window_of
from ankleviewer.ui.view3d.crop3d import Crop3D
from ankleviewer.ui.view3d.marks3d import Marks3D
from ankleviewer.ui.view3d.picks3d import met_at
from ankleviewer.ui.view3d.planes3d import Planes3D
from ankleviewer.ui.view3d.volume3d import Volume3D, Voxels
from ankleviewer.ui.words.translate import tr

# Name of a view: (direction from the focus to the eye, up), LPS. "S" is from above, where the right side is on screen right.
VIEWS = {
    "L": ((1, 0, 0), (0, 0, 1)),
    "R": ((-1, 0, 0), (0, 0, 1)),
    "A": ((0, -1, 0), (0, 0, 1)),
    "P": ((0, 1, 0), (0, 0, 1)),
    "S": ((0, 0, 1), (0, -1, 0)),
    "I": ((0, 0, -1), (0, -1, 0)),
}
_CLICK_PX = 3.0
_TUBE_MM = 7.0
_MARKER_PX = 84


class Render3D(QObject):
    """Owns a QtInteractor inside a parent widget. Main thread only.

    Args:
        parent: widget that receives the keys (VTK's own key bindings are off).
        picked: called with the LPS position of a click on bone.
        maximise: called on a double-click.
        canvas: the widget to use where a processor draws, None = a new one.

    Signals:
        pressed(): a click or a drag with the left button begins.
        rested(): the reader has let go, or the size is another; the view may be drawn finely again when nothing follows.
        cropped(bool): the crop box cuts something away, or no more.
    """

    pressed = Signal()
    rested = Signal()
    cropped = Signal(bool)

    def __init__(
        self,
        parent: QWidget,
        picked: Callable[[np.ndarray], None],
        maximise: Callable[[], None],
        canvas: Canvas3D | None = None,
    ) -> None:
        super().__init__(parent)
        self._picked, self._maximise = picked, maximise
        self._pressed: QPointF | None = None
        self.by_processor = drawn_by_processor()
        # Drawn by the processor, four samples a pixel take most of the time: there only pictures get them.
        if self.by_processor:
            canvas = canvas or Canvas3D(parent)
            canvas.make_context()
            canvas.resized.connect(self._on_resized)
            self.widget: QWidget = canvas
            self.plotter: QtInteractor = canvas.plotter
        else:
            self.widget = self.plotter = QtInteractor(parent, auto_update=False, multi_samples=4)
        self.widget.setAccessibleName(tr("3D view of the bones"))
        if self.by_processor:
            # One lamp instead of five: the lamps take half of the time there.
            self.plotter.remove_all_lights()
            self.plotter.add_light(pv.Light(light_type="headlight", intensity=1.0))
        self.plotter.renderers.set_background(theme.PANE)
        self.plotter.camera_set = True  # else pyvista renders twice when it is first asked for the camera
        self.plotter.renderer.enable_parallel_projection()
        self.plotter.iren.enable_trackball_style()
        self.widget.installEventFilter(self)
        scale = self.widget.devicePixelRatioF()
        self.bone, self.marks, self.planes = Bone3D(self.plotter), Marks3D(self.plotter, scale), Planes3D(self.plotter, scale)
        self.volume: Volume3D | None = None
        self._foot: Foot | None = None
        self.crop = Crop3D(self.plotter, self._clip, self._on_moving)
        self.moving = False
        self._letters = [self._letter(*place) for place in ((0.02, 0.5, 0), (0.98, 0.5, 2), (0.5, 0.97, 1), (0.5, 0.02, 1))]
        self._marker_size: tuple[int, ...] = (0, 0)
        self._add_marker()
        self._watch = self.plotter.renderer.AddObserver("StartEvent", self._update_letters)
        style = self.plotter.iren.interactor.GetInteractorStyle()
        self._style = (
            style,
            [
                style.AddObserver("StartInteractionEvent", lambda *_: self._on_moving(True)),
                style.AddObserver("EndInteractionEvent", lambda *_: self._on_moving(False)),
            ],
        )

    # --------------------------------------------------------------------------------------------------------------- scene
    def show_mesh(self, name: str, mesh: pv.PolyData | None, first: bool, turn: bool = True) -> None:
        """Show a bone surface, "coarse" or "fine"; None for no bone. With `first` all that was made of the one before goes, and
        the camera turns to the standard front view; without `turn` (the same bones, their cast shown or not) it stays, and so
        does the crop box's cut.
        """
        if first:
            self.bone.clear()
            self._foot = None
            if turn:
                self.crop.forget()
            if self.volume is not None:
                self.volume.clear()
                self.volume = None
        if mesh is not None:
            self.bone.add(name, mesh)
            self.crop.set_whole(mesh.bounds)
        if first and turn:
            self.standard_view("A")

    def show_voxels(self, voxels: Voxels) -> None:
        """Take what the volume rendering shows."""
        if self.volume is None:
            self.volume = Volume3D(self.plotter, self.by_processor)
            self.volume.clip(self.bone.clipping)
            self.volume.set_foot(self._foot)
        self.volume.set_voxels(voxels)

    def show_foot(self, foot: Foot) -> None:
        """Take what tells leg from foot; options say which is shown."""
        self._foot = foot
        self.bone.split(foot.at)
        if self.volume is not None:
            self.volume.set_foot(foot)

    def show_state(self, state: ViewState, scene: Scene, options: View3D, fine: bool = True) -> None:
        """Everything as state and options ask; one threshold for slices and 3D. Renders.

        Args:
            fine: the fine surface; else the coarse one, which is drawn faster.
        """
        as_volume = options.volume and self.volume is not None and self.volume.ready
        self._be_quick(self.moving)
        self.bone.use(fine and not self.moving)
        self.bone.show(not as_volume)
        self.bone.hide_foot(not options.foot)
        if not as_volume:
            self.bone.colour(state, scene)
        if self.volume is not None:
            self.volume.show(as_volume)
            if as_volume:
                self.volume.hide_foot(not options.foot)
                self.volume.colour(state, scene)
        self.marks.show(state, scene)
        self.marks.be_quick(self.by_processor and (self.moving or not fine))
        self.planes.show(options.planes, state, scene)
        self.crop.show(options.crop)
        self.plotter.render()

    @property
    def corner_marks(self) -> tuple[Any, list[Any]]:
        """The marker's widget, and the letters."""
        return self._marker, self._letters

    def _clip(self, planes: list[Any]) -> None:
        self.bone.clip(planes)
        if self.volume is not None:
            self.volume.clip(planes)
        self.cropped.emit(bool(planes))
        self.plotter.render()

    def _on_moving(self, moving: bool) -> None:
        """A drag has begun or ended: coarse and quick meanwhile where a processor draws."""
        self.moving = moving and self.by_processor
        self._be_quick(self.moving)
        if self.moving:
            self.bone.use(fine=False)
        elif not moving:
            self.rested.emit()

    def _on_resized(self) -> None:
        """The pane has another size: a coarse picture of it at once, the fine one when the size stays."""
        self.bone.use(fine=False)
        self._be_quick(True)
        self.rested.emit()

    def _be_quick(self, quick: bool) -> None:
        """Fewer pixels and passes while it moves, where a processor draws."""
        self.marks.be_quick(quick)
        if isinstance(self.widget, Canvas3D):
            self.widget.be_quick(quick)

    def turn(self, degrees: float) -> None:
        """Turn about the vertical of the screen, as quickly as can be, and render."""
        self.bone.use(fine=not self.by_processor)
        self._be_quick(self.by_processor)
        self.plotter.camera.Azimuth(degrees)
        self.plotter.renderer.ResetCameraClippingRange()
        self.plotter.render()

    # -------------------------------------------------------------------------------------------------------------- camera
    def standard_view(self, name: str) -> None:
        """Look from L, R, A, P, S (from above) or I (from the feet) at everything shown. Does not render."""
        towards, up = VIEWS[name]
        camera = self.plotter.camera
        bounds = mesh.bounds if (mesh := self.bone.mesh) is not None else (-50, 50, -50, 50, -50, 50)
        focus = np.array([(bounds[0] + bounds[1]) / 2, (bounds[2] + bounds[3]) / 2, (bounds[4] + bounds[5]) / 2])
        camera.focal_point = focus
        camera.position = focus + np.array(towards) * 400.0
        camera.up = up
        self.plotter.renderer.ResetCamera(*bounds)
        camera.zoom(1.25)
        self.plotter.renderer.ResetCameraClippingRange()

    def set_camera(self, camera: Any) -> None:
        """Look as a copied camera did. Does not render."""
        self.plotter.camera.DeepCopy(camera)
        self.plotter.camera.Modified()  # VTK's own copy does not say so, and the picture would keep the old view
        self.plotter.renderer.ResetCameraClippingRange()

    def best_view(self, mm: np.ndarray) -> str:
        """The side view (A, P, L or R) from which least bone lies in front of a position."""
        if (rough := self.bone.rough) is None:
            return "A"
        away = np.asarray(rough.points) - np.asarray(mm, dtype=float)
        cover = {}
        for name in ("A", "L", "R", "P"):
            towards = np.array(VIEWS[name][0], dtype=float)
            depth = away @ towards
            tube = np.linalg.norm(away - depth[:, None] * towards, axis=1) < _TUBE_MM
            cover[name] = float(depth[tube].max(initial=0.0))
        return min(cover, key=lambda name: cover[name])

    def project(self, mm: np.ndarray) -> tuple[float, float]:
        """Where an LPS position appears, in px of the widget from its upper left corner."""
        renderer = self.plotter.renderer
        renderer.SetWorldPoint(*[float(v) for v in mm], 1.0)
        renderer.WorldToDisplay()
        x, y, _ = renderer.GetDisplayPoint()
        ratio = self.plotter.devicePixelRatioF()
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
        size = window_of(self.plotter).GetSize()
        if size != self._marker_size and min(size) > 0:
            self._marker_size = size
            edge = min(_MARKER_PX * self.plotter.devicePixelRatioF(), min(size) / 4)
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
        self._marker = self.plotter.renderer.add_orientation_widget(cube, interactive=False)

    # -------------------------------------------------------------------------------------------------------------- events
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keys go to the window, never to VTK; a click picks, a double-click maximises."""
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if (pane := self.parent()) is not None:
                QApplication.sendEvent(pane, event)
            return True
        if not isinstance(event, QMouseEvent):
            return False
        if kind == QEvent.Type.MouseButtonDblClick:
            self._pressed = None
            if event.button() == Qt.MouseButton.LeftButton:
                self._maximise()
            return True
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self.pressed.emit()
        elif kind == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            if (event.position() - self._pressed).manhattanLength() < _CLICK_PX:
                self._pick(event.position())
            self._pressed = None
        return False

    def _pick(self, point: QPointF) -> None:
        if self.bone.mesh is None:
            return
        ratio = self.plotter.devicePixelRatioF()
        x, y = point.x() * ratio, (self.widget.height() - point.y()) * ratio
        with self.bone.pickable():
            among = [*self.bone.actors, *self.planes.pictures]
            met = met_at(self.plotter.renderer, x, y, among, self.planes.see_through)
        if met is not None:
            self._picked(met)

    def picture(self) -> np.ndarray:
        """What is drawn, read back from VTK's own framebuffer: uint8 (rows, columns, 3)."""
        if self.by_processor:
            window_of(self.plotter).SetMultiSamples(4)
        self.plotter.render()
        shown = np.asarray(self.plotter.screenshot(return_img=True))
        if self.by_processor:
            window_of(self.plotter).SetMultiSamples(0)
        return shown

    def pictures_from(self, views: list[str], state: ViewState, scene: Scene) -> list[tuple[np.ndarray, tuple[str, ...]]]:
        """Pictures of standard views, each with its letters: of the bones, uncut, and of what a state shows of a scene, without
        marker, letters and numbers. Camera and cut are as before afterwards; the rest follows with the next `show_state`.
        """
        window, kept = window_of(self.plotter), self.plotter.camera.copy()
        cut, edited = self.bone.clipping, self.marks.edited
        found = []
        window.SetUseOffScreenBuffers(True)  # drawn aside, so that nothing flickers
        self._marker.SetEnabled(False)
        try:
            self.bone.clip([])
            self.marks.edited = {}
            self.show_state(state, scene, View3D())
            self._be_quick(False)
            self.bone.use(fine=True)
            for actor in (*self._letters, *self.marks.labels.actors):
                actor.SetVisibility(False)
            for name in views:
                self.standard_view(name)
                found.append((self.picture(), self.letters()))
        finally:
            for actor in (*self._letters, *self.marks.labels.actors):
                actor.SetVisibility(True)
            self.marks.edited = edited
            self.bone.clip(cut)
            self._marker.SetEnabled(True)
            window.SetUseOffScreenBuffers(False)
            self.set_camera(kept)
        return found

    def close(self) -> None:
        """Free every VTK object."""
        self.widget.removeEventFilter(self)
        self.plotter.renderer.RemoveObserver(self._watch)
        style, observers = self._style
        for observer in observers:
            style.RemoveObserver(observer)
        for clear in (self.crop.clear, self.bone.clear, self.marks.clear, self.planes.clear):
            clear()
        if self.volume is not None:
            self.volume.clear()
        self._letters, self._marker, self.volume = [], None, None
        self.plotter.close()
        if self.widget is not self.plotter:
            self.widget.close()
