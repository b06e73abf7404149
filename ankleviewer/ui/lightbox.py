"""Several pictures side by side in one widget: the lightbox of sequential slices, and both ankles next to each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from ankleviewer.core.display import PanePicture, Scene, resolve
from ankleviewer.core.oblique import frames_of
from ankleviewer.core.planes import PLANES, Viewport
from ankleviewer.core.viewstate import TILE_STEPS, PaneView, ViewState
from ankleviewer.ui import theme
from ankleviewer.ui.controller import CaseController
from ankleviewer.ui.layers import LayerCache
from ankleviewer.ui.model import ViewModel
from ankleviewer.ui.parts import label
from ankleviewer.ui.slice_paint import PLANE_NAMES, paint_tile
from ankleviewer.ui.slice_pane import SCROLL_KEYS
from ankleviewer.ui.wording import side_word

_SPACE = 2.0  # px between tiles
_MARGIN = 16.0  # px kept free in a tile for its letters
_ABOUT = 12  # tiles that fit comfortably
_TILE_PX = (210.0, 420.0)  # smallest and largest side that is aimed at


@dataclass(frozen=True, eq=False)
class Tile:
    """One picture: where it lies in the widget, what it shows, how, and what is written on it."""

    place: QRectF
    scene: Scene
    picture: PanePicture
    port: Viewport
    caption: str
    note: str = ""
    current: bool = False


class Tiles(QWidget):
    """Paints tiles and turns mouse and keys into moves; what the tiles are is decided by the heirs."""

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(QSize(240, 200))
        self._caches: list[LayerCache] = []
        self._wheel = 0
        self._pan: QPointF | None = None
        model.changed.connect(self._on_changed)
        model.scene_changed.connect(self._on_scene)

    def tiles(self) -> list[Tile]:
        """What is shown now."""
        raise NotImplementedError

    def scroll(self, count: int) -> None:
        """Move by a number of wheel notches."""
        raise NotImplementedError

    def _on_changed(self, _old: ViewState, _new: ViewState) -> None:
        self.update()

    def _on_scene(self) -> None:
        self._caches.clear()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """All tiles; the one at the crosshair framed in its plane's colour."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.GROUND))
        shown = self.tiles() if self.model.scene is not None else []
        self._caches.extend(LayerCache() for _ in range(len(shown) - len(self._caches)))
        for cache, tile in zip(self._caches, shown, strict=False):
            painter.save()
            painter.setClipRect(tile.place)
            painter.translate(tile.place.topLeft())
            painter.fillRect(QRectF(0, 0, tile.place.width(), tile.place.height()), theme.colour(theme.PANE))
            paint_tile(painter, tile.port, tile.picture, cache.layers(tile.scene, tile.picture), tile.caption, tile.note)
            if tile.current:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colour(theme.PLANE[tile.picture.frame.plane]), 2))
                painter.drawRect(QRectF(1, 1, tile.place.width() - 2, tile.place.height() - 2))
            painter.restore()
        painter.end()

    def tile_at(self, point: QPointF) -> Tile | None:
        """The tile under a point."""
        return next((tile for tile in self.tiles() if tile.place.contains(point)), None) if self.model.scene else None

    def mm_at(self, tile: Tile, point: QPointF) -> np.ndarray:
        """LPS position under a point of a tile."""
        at = point - tile.place.topLeft()
        x, y = tile.port.to_pixel((at.x(), at.y()))
        return tile.picture.frame.grid.to_mm((x, y, tile.picture.index))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left: the crosshair goes to the slice and place that was clicked. Middle: pan all."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        tile = self.tile_at(event.position())
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan = event.position()
        elif event.button() == Qt.MouseButton.LeftButton and tile is not None:
            self.model.move_cursor(self.mm_at(tile, event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan with the mouse."""
        if self._pan is not None and self.model.scene is not None:
            moved = event.position() - self._pan
            self._pan = event.position()
            pane, scale = self._pane(), self.tiles()[0].port.scale
            pan = (pane.pan[0] - moved.x() / scale, pane.pan[1] - moved.y() / scale)
            self.model.set_pane(self.model.state.tile_plane, PaneView(pane.zoom, pan))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The drag is over."""
        self._pan = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the slice that was clicked in the four views."""
        if event.button() == Qt.MouseButton.LeftButton and self.tile_at(event.position()) is not None:
            self.model.update(layout="grid")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Wheel: on by one. Ctrl + wheel: zoom all tiles."""
        if self.model.scene is None:
            return
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / 120)
        self._wheel -= notches * 120
        if notches and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            pane = self._pane()
            self.model.set_pane(self.model.state.tile_plane, PaneView(pane.zoom * 1.2**notches, pane.pan))
        elif notches:
            self.scroll(notches)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up / Down on by one, PgUp / PgDn by five, Home / End to the ends."""
        if event.key() not in SCROLL_KEYS or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.scroll(100_000 if event.key() == Qt.Key.Key_End else -100_000)
        else:
            self.scroll(SCROLL_KEYS[event.key()])

    def _pane(self) -> PaneView:
        return self.model.state.panes[PLANES.index(self.model.state.tile_plane)]


class SliceTiles(Tiles):
    """Sequential slices of one plane. The slices stay where they are while the crosshair moves among them."""

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setAccessibleName("Lightbox")
        self._first: int | None = None

    def shape(self) -> tuple[int, int]:
        """Columns and rows of tiles: about a dozen, as square as the widget allows."""
        side = float(np.clip(math.sqrt(self.width() * self.height() / _ABOUT), *_TILE_PX))
        return max(2, round(self.width() / side)), max(2, round(self.height() / side))

    def slices(self) -> list[int]:
        """Numbers (from 0) of the slices shown, in reading order."""
        frame = self.model.frame(self.model.state.tile_plane)
        step, last = self.model.state.tile_step, frame.grid.shape[2] - 1
        columns, rows = self.shape()
        if self._first is None:
            self._first = frame.slice_at(self.model.state.cursor_mm) - (columns * rows // 2) * step
        # Back from the end of the scan by whole steps, so that the slice at the crosshair keeps its tile.
        over = self._first + (columns * rows - 1) * step - last
        self._first -= max(0, math.ceil(over / step)) * step
        if self._first < 0:
            self._first %= step
        return [n for n in range(self._first, self._first + columns * rows * step, step) if n <= last]

    def scroll(self, count: int) -> None:
        """On by a number of tiles."""
        if self.model.scene is not None and self.slices():
            last = self.model.frame(self.model.state.tile_plane).grid.shape[2]
            step = self.model.state.tile_step
            count = int(np.clip(count, -last, last))
            self._first = max(self._first % step, self._first + count * step)
            self.update()

    def _on_changed(self, old: ViewState, new: ViewState) -> None:
        same = ("tile_plane", "tile_step", "layout", "turn", "oblique")
        if self.model.scene is not None and self.isVisible():
            shown = self.slices()
            at = self.model.frame(new.tile_plane).slice_at(new.cursor_mm)
            gone = not shown or not shown[0] - new.tile_step < at < shown[-1] + new.tile_step
            if (old.cursor_mm != new.cursor_mm and gone) or any(getattr(old, n) != getattr(new, n) for n in same):
                self._first = None
        else:
            self._first = None
        super()._on_changed(old, new)

    def _on_scene(self) -> None:
        self._first = None
        super()._on_scene()

    def resizeEvent(self, _event: object) -> None:
        """Another number of tiles: around the crosshair again."""
        self._first = None

    def tiles(self) -> list[Tile]:
        """The tiles in reading order."""
        state, scene = self.model.state, self.model.scene
        columns, rows = self.shape()
        width = (self.width() - (columns - 1) * _SPACE) / columns
        height = (self.height() - (rows - 1) * _SPACE) / rows
        shown = self.slices()
        at = self.model.frame(state.tile_plane).slice_at(state.cursor_mm)
        nearest = min(shown, key=lambda n: abs(n - at), default=-1)
        made = []
        for n, index in enumerate(shown):
            place = QRectF((n % columns) * (width + _SPACE), (n // columns) * (height + _SPACE), width, height)
            picture = resolve(state if index == at else replace(state, crosshair=False), scene, state.tile_plane, index)
            pane = self._pane()
            port = Viewport.fit(picture.frame, (width, height), self.model.fit_region, pane.zoom, pane.pan, _MARGIN)
            made.append(Tile(place, scene, picture, port, str(index + 1), current=index == nearest))
        return made


class Lightbox(QWidget):
    """The tiles under a line with plane and step."""

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.tiles = SliceTiles(model)
        self.setFocusProxy(self.tiles)
        self.plane, self.step = QComboBox(), QComboBox()
        self.plane.setAccessibleName("Plane of the lightbox")
        self.step.setAccessibleName("Slices from tile to tile")
        for name in PLANES:
            self.plane.addItem(PLANE_NAMES[name], name)
        for count in TILE_STEPS:
            self.step.addItem("every slice" if count == 1 else f"every {count} slices", count)
        self.range = label("", "secondary")
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(10)
        for widget in (self.plane, self.step, self.range):
            bar.addWidget(widget)
        bar.addStretch(1)
        bar.addWidget(label("Click: crosshair   Double-click: four views   L: close", "secondary"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.tiles, 1)
        self.plane.activated.connect(lambda _n: self._choose(tile_plane=self.plane.currentData()))
        self.step.activated.connect(lambda _n: self._choose(tile_step=self.step.currentData()))
        model.changed.connect(self._refresh)
        model.scene_changed.connect(self._refresh)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys go to the tiles."""
        self.tiles.keyPressEvent(event)

    def _choose(self, **fields: object) -> None:
        self.model.update(**fields)
        self.tiles.setFocus()  # the arrow keys scroll again, and do not change the choice

    def _refresh(self, *_states: object) -> None:
        state = self.model.state
        self.plane.setCurrentIndex(self.plane.findData(state.tile_plane))
        self.step.setCurrentIndex(self.step.findData(state.tile_step))
        if self.model.scene is not None:
            apart = self.model.frame(state.tile_plane).grid.spacing[2] * state.tile_step
            self.range.setText(f"{apart:.1f} mm apart")


class Compare(Tiles):
    """Both ankles of a scan in the plane last used, at the same distance from their joints and at one scale."""

    def __init__(self, model: ViewModel, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setAccessibleName("Both ankles side by side")
        self._controller = controller
        self._scenes: list[Scene] = []

    def _on_scene(self) -> None:
        self._scenes = []
        super()._on_scene()

    def scenes(self) -> Sequence[Scene]:
        """What there is to show of each ankle."""
        case = self._controller.case
        if not self._scenes and case is not None:
            self._scenes = [self._controller.scene_for(n) for n in range(len(case.ankles))]
        return self._scenes

    def scroll(self, count: int) -> None:
        """Both on by a number of slices."""
        self.model.step(self.model.state.tile_plane, count)

    def tiles(self) -> list[Tile]:
        """Right ankle at the left, as in the scan."""
        # Turned planes are those of one ankle; the other one's lie elsewhere. So both are shown on the scan's own.
        state = replace(self.model.state, oblique=False, crosshair=False)
        ankles, scenes = self._controller.case.ankles, self.scenes()
        if not ankles or state.ankle >= len(ankles):
            return []
        frame = frames_of(scenes[0].volume.grid, None)[PLANES.index(state.tile_plane)]
        depth = frame.grid.to_voxel([ankle.centre_mm for ankle in ankles])[:, 2]
        offset = frame.slice_at(state.cursor_mm) - depth[state.ankle]
        width = (self.width() - (len(ankles) - 1) * _SPACE) / len(ankles)
        pane = self._pane()
        ports = [Viewport.fit(frame, (width, self.height()), scene.region, pane.zoom, pane.pan, _MARGIN + 6) for scene in scenes]
        scale = min(port.scale for port in ports)
        made = []
        for n, (ankle, scene, port) in enumerate(zip(ankles, scenes, ports, strict=True)):
            index = int(np.clip(round(depth[n] + offset), 0, frame.grid.shape[2] - 1))
            picture = resolve(replace(state, selected=state.selected if n == state.ankle else -1), scene, state.tile_plane, index)
            away = (index - depth[n]) * frame.grid.spacing[2]
            note = f"{side_word(ankle.side)}   {away:+.1f} mm from the joint".replace("-", "−")
            place = QRectF(n * (width + _SPACE), 0, width, self.height())
            made.append(Tile(place, scene, picture, replace(port, scale=scale), picture.slice_text, note, n == state.ankle))
        return made
