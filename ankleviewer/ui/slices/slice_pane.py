"""SlicePane: one slice view. Shows what resolve() decides and turns mouse and wheel into moves of the ViewModel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from ankleviewer.core.display.mouse import Button, gesture, profile_of
from ankleviewer.core.display.scene import PanePicture, resolve
from ankleviewer.core.display.viewstate import PaneView
from ankleviewer.core.imaging.planes import PLANES, Viewport, position_text
from ankleviewer.core.imaging.slab import OUTSIDE
from ankleviewer.ui.look import theme
from ankleviewer.ui.slices.layers import LayerCache
from ankleviewer.ui.slices.quick_paint import Ground, frame
from ankleviewer.ui.slices.slice_paint import PLANE_NAMES, paint
from ankleviewer.ui.slices.turning import TurnHandles
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.words.translate import said, tr

T = TypeVar("T")
_DRAG_PER_SLICE = 6.0  # px
_SEAM = 3  # pixels of the slice beyond the pane, so that its edge is as smooth as the rest
_BUTTONS: dict[Qt.MouseButton, Button] = {
    Qt.MouseButton.LeftButton: "left",
    Qt.MouseButton.MiddleButton: "middle",
    Qt.MouseButton.RightButton: "right",
}
SCROLL_KEYS: dict[int, int] = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 5,
    Qt.Key.Key_PageDown: -5,
    Qt.Key.Key_Home: 0,
    Qt.Key.Key_End: 0,
}
MARGIN = 22.0  # px kept free for the orientation letters when zoom is 1


class SlicePane(QWidget):
    """A pane for one plane ("axial", "coronal", "sagittal")."""

    def __init__(self, model: ViewModel, plane: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self.plane = model, plane
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(QSize(120, 100))
        self.setAccessibleName(tr("{plane} slices", plane=tr(PLANE_NAMES[plane])))
        self._layers = LayerCache()
        self._ground = Ground()
        self._held: dict[str, tuple[tuple[object, ...], Any]] = {}
        self.overlays: list[Callable[[QPainter, Viewport, PanePicture], None]] = []  # painted last, over everything
        self._mouse: QPointF | None = None
        self._drag: tuple[str, QPointF] | None = None
        self._carry = 0.0
        self._wheel = 0
        self._volume: object = None
        self.handles = TurnHandles(self, model, plane)
        model.changed.connect(self._on_changed)
        model.scene_changed.connect(self._on_scene)

    # ------------------------------------------------------------------------------------------------------------ showing
    def _on_changed(self) -> None:
        self.update()

    def _on_scene(self) -> None:
        volume = self.model.scene.volume if self.model.scene is not None else None
        if volume is not self._volume:  # what is held belongs to the scan before
            self._volume, self._drag = volume, None
            self.handles.forget()
        self._layers.clear()
        self._ground.clear()
        self._held.clear()
        self.update()

    def viewport(self) -> Viewport:
        """Where the slice lies in this pane; needs a scene."""
        pane = self.model.state.panes[PLANES.index(self.plane)]
        plane = self.model.frame(self.plane)
        size, region = (self.width(), self.height()), self.model.fit_region
        key = (plane, region, pane, *size)
        return self._once("port", key, lambda: Viewport.fit(plane, size, region, pane.zoom, pane.pan, MARGIN))

    def picture(self) -> PanePicture:
        """What is shown now; needs a scene."""
        state, scene = self.model.state, self.model.open_scene
        return self._once("picture", (state, scene), lambda: resolve(state, scene, self.plane))

    def _once(self, name: str, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """What was made last for the very same things; painting and the mouse ask many times."""
        held = self._held.get(name)
        if held is None or any(a is not b and not (isinstance(a, int) and a == b) for a, b in zip(held[0], key, strict=True)):
            self._held[name] = held = (key, make())
        made: T = held[1]
        return made

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Black ground, then the picture; a frame in the plane's colour while the pane has the keyboard."""
        painter = QPainter(self)
        if self.model.scene is None:
            painter.fillRect(self.rect(), theme.colour(theme.PANE))
        else:
            picture, port = self.picture(), self.viewport()
            hover = self._hover_text()
            layers = self._layers.layers(self.model.scene, picture, port.seen(_SEAM))
            paint(painter, port, picture, layers, self.model.state.annotations, hover, self._ground)
            for overlay in self.overlays:
                overlay(painter, port, picture)
            self.handles.paint(painter, self._mouse)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            inside = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            frame(painter, inside, 2.0, theme.colour(theme.PLANE[self.plane]))
        painter.end()

    # ------------------------------------------------------------------------------------------------------- under the mouse
    def mm_at(self, point: QPointF) -> np.ndarray:
        """LPS position under a point of this pane, on the slice shown."""
        x, y = self.viewport().to_pixel((point.x(), point.y()))
        return self.model.frame(self.plane).grid.to_mm((x, y, self.picture().index))

    def _hover_text(self) -> str:
        if self._mouse is None:
            return ""
        picture = self.picture()
        x, y = np.rint(self.viewport().to_pixel((self._mouse.x(), self._mouse.y()))).astype(int)
        if not (0 <= x < picture.frame.grid.shape[0] and 0 <= y < picture.frame.grid.shape[1]):
            return ""
        hu = self._layers.value(self.model.open_scene, picture, int(x), int(y))
        # The value that is seen: of a slab its highest, lowest or mean one, and said so.
        slab = f"  {said(picture.slab_text)}" if picture.slab_text else ""
        value = tr("outside the scan") if hu == OUTSIDE else f"{hu} HU{slab}"
        return f"{value}\n{position_text(self.mm_at(self._mouse))}"

    # ------------------------------------------------------------------------------------------------------ mouse and wheel
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Wheel: exactly one slice a notch. Ctrl + wheel: zoom about the mouse."""
        if self.model.scene is None:
            return
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / 120)
        self._wheel -= notches * 120
        if notches and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom_about(event.position(), 1.2**notches)
        elif notches:
            self.model.step(self.plane, notches)
        event.accept()

    def _zoom_about(self, point: QPointF, factor: float) -> None:
        before = self.viewport()
        pane = self.model.state.panes[PLANES.index(self.plane)]
        fixed = before.to_pixel((point.x(), point.y()))
        self.model.set_pane(self.plane, PaneView(pane.zoom * factor, pane.pan))
        after = self.viewport()
        moved = after.to_pixel((point.x(), point.y()))
        shift = (fixed - moved) * np.asarray(after.frame.grid.spacing[:2])
        pane = self.model.state.panes[PLANES.index(self.plane)]
        pan = (float(pane.pan[0] + shift[0]), float(pane.pan[1] + shift[1]))
        self.model.set_pane(self.plane, PaneView(pane.zoom, pan))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Scroll, window, pan, zoom or crosshair, as the mouse profile has it."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.model.scene is None:
            return
        left = event.button() == Qt.MouseButton.LeftButton
        if left and not event.modifiers() and self.handles.press(event.position()):
            return
        if event.button() not in _BUTTONS:
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        window = self.window()
        profile, held = profile_of(window.property("mouse_profile")), bool(window.property("window_key"))
        kind = gesture(profile, _BUTTONS[event.button()], shift, held)
        if kind == "cursor":
            self.model.move_cursor(self.mm_at(event.position()))
            return
        self._drag = (kind, event.position())
        self._carry = 0.0

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag, the crosshair with Shift, and show the voxel under the mouse."""
        self._mouse = event.position()
        if self.model.scene is None:
            return
        if not event.buttons():  # another window, which came over this one, heard of the release
            self._let_go()
        if self.handles.move(event.position()):
            pass
        elif self._drag is not None:
            self._dragged(*self._drag, event.position())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.model.move_cursor(self.mm_at(event.position()))
        self.update()

    def _dragged(self, kind: str, start: QPointF, now: QPointF) -> None:
        dx, dy = now.x() - start.x(), now.y() - start.y()
        self._drag = (kind, now)
        if kind == "scroll":
            self._carry -= dy / _DRAG_PER_SLICE
            whole = int(self._carry)
            self._carry -= whole
            if whole:
                self.model.step(self.plane, whole)
        elif kind == "window":
            self.model.drag_window(dx, dy)
        elif kind == "pan":
            scale = self.viewport().scale
            pane = self.model.state.panes[PLANES.index(self.plane)]
            self.model.set_pane(self.plane, PaneView(pane.zoom, (pane.pan[0] - dx / scale, pane.pan[1] - dy / scale)))
        else:
            self._zoom_about(QPointF(self.width() / 2, self.height() / 2), 1.01 ** (-dy))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The drag is over."""
        self._let_go()

    def _let_go(self) -> None:
        self._drag = None
        self.handles.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Maximise this pane, or back to four."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
            self.model.toggle_layout(self.plane)

    def leaveEvent(self, _event: object) -> None:
        """No voxel under the mouse any more."""
        self._mouse = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up / Down one slice, PgUp / PgDn five, Home / End first and last."""
        if event.key() not in SCROLL_KEYS or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.model.to_end(self.plane, event.key() == Qt.Key.Key_End)
        else:
            self.model.step(self.plane, SCROLL_KEYS[event.key()])
