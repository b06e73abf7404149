"""Tiles: several pictures in one widget, what the lightbox and the comparison of ankles share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from ankleviewer.core.display.scene import PanePicture, Scene
from ankleviewer.core.display.viewstate import PaneView, ViewState
from ankleviewer.core.imaging.planes import PLANES, Viewport
from ankleviewer.core.imaging.slab import SliceStore
from ankleviewer.ui.look import theme
from ankleviewer.ui.slices.layers import LayerCache
from ankleviewer.ui.slices.slice_paint import paint_tile
from ankleviewer.ui.slices.slice_pane import SCROLL_KEYS
from ankleviewer.ui.state.model import ViewModel

SPACE = 2.0  # px between tiles
MARGIN = 16.0  # px kept free in a tile for its letters
_KEPT = 96  # slices of all tiles' slabs together: those of neighbouring tiles overlap


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
    foot: bool = False  # window and scale bar below the picture
    mirrored: bool = False  # pans to the other side than the shared pan says


class Tiles(QWidget):
    """Paints tiles and turns mouse and keys into moves; what the tiles are is decided by the heirs."""

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(QSize(240, 200))
        self._store = SliceStore(_KEPT)
        self._caches: list[LayerCache] = []
        self.overlays: list[Callable[[QPainter, Tile], None]] = []  # painted on every tile, over the picture
        self._wheel = 0
        self._pan: QPointF | None = None
        self._pan_side = 1.0  # -1 while a mirrored tile is dragged
        self._window: QPointF | None = None
        model.changed.connect(self._on_changed)
        model.scene_changed.connect(self._on_scene)

    def tiles(self) -> list[Tile]:
        """What is shown now."""
        raise NotImplementedError

    def go_on(self, count: int) -> None:
        """Move by a number of wheel notches."""
        raise NotImplementedError

    def _on_changed(self, _old: ViewState, new: ViewState) -> None:
        if new.slab.mm == 0:
            self._store.clear()
        self.update()

    def _on_scene(self) -> None:
        self._let_go()
        self.update()

    def _let_go(self) -> None:
        """Of all that was made to be painted."""
        self._caches.clear()
        self._store.clear()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another layout is shown: nothing is kept for a return. A window that is only minimised keeps it."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._let_go()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """All tiles; the one at the crosshair framed in its plane's colour."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.GROUND))
        shown = self.tiles() if self.model.scene is not None else []
        del self._caches[len(shown) :]
        self._caches.extend(LayerCache(self._store) for _ in range(len(shown) - len(self._caches)))
        for cache, tile in zip(self._caches, shown, strict=False):
            painter.save()
            painter.setClipRect(tile.place)
            painter.translate(tile.place.topLeft())
            painter.fillRect(QRectF(0, 0, tile.place.width(), tile.place.height()), theme.colour(theme.PANE))
            paint_tile(
                painter, tile.port, tile.picture, cache.layers(tile.scene, tile.picture), tile.caption, tile.note, tile.foot
            )
            for overlay in self.overlays:
                overlay(painter, tile)
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
        """Left: the crosshair goes to the slice and place that was clicked; with W held: window / level. Middle: pan all."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        tile = self.tile_at(event.position())
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan = event.position()
            self._pan_side = -1.0 if tile is not None and tile.mirrored else 1.0
        elif event.button() == Qt.MouseButton.LeftButton and self.window().property("window_key"):
            self._window = event.position()
        elif event.button() == Qt.MouseButton.LeftButton and tile is not None:
            self.clicked(tile, self.mm_at(tile, event.position()))

    def clicked(self, _tile: Tile, mm: np.ndarray) -> None:
        """A place of a tile was clicked: the crosshair goes there."""
        self.model.move_cursor(mm)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or window and level, with the mouse."""
        if self._window is not None:
            moved = event.position() - self._window
            self._window = event.position()
            self.model.drag_window(moved.x(), moved.y())
        if self._pan is not None and self.model.scene is not None:
            moved = event.position() - self._pan
            self._pan = event.position()
            pane, scale = self.pane(), self.tiles()[0].port.scale
            pan = (pane.pan[0] - self._pan_side * moved.x() / scale, pane.pan[1] - moved.y() / scale)
            self.model.set_pane(self.model.state.tile_plane, PaneView(pane.zoom, pan))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The drag is over."""
        self._pan = self._window = None

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
            pane = self.pane()
            self.model.set_pane(self.model.state.tile_plane, PaneView(pane.zoom * 1.2**notches, pane.pan))
        elif notches:
            self.go_on(notches)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up / Down on by one, PgUp / PgDn by five, Home / End to the ends."""
        if event.key() not in SCROLL_KEYS or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go_on(100_000 if event.key() == Qt.Key.Key_End else -100_000)
        else:
            self.go_on(SCROLL_KEYS[event.key()])

    def pane(self) -> PaneView:
        """Zoom and pan of the plane shown."""
        return self.model.state.panes[PLANES.index(self.model.state.tile_plane)]
