"""Lightbox: sequential slices of one plane in a grid, at a step that the reader chooses."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ankleviewer.core.display.scene import resolve
from ankleviewer.core.display.viewstate import TILE_STEPS, PaneView, ViewState, nearest_step
from ankleviewer.core.imaging.oblique import tilt_text
from ankleviewer.core.imaging.planes import PLANES, Viewport
from ankleviewer.ui.keyboard.keys_editor import shown as written
from ankleviewer.ui.look.parts import Chooser, Hints, label
from ankleviewer.ui.slices.slice_paint import PLANE_NAMES
from ankleviewer.ui.slices.tiles import MARGIN, SPACE, Tile, Tiles
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.words.translate import noop, tr

NAME = "Lightbox"  # of its command
_ABOUT = 12  # tiles that fit comfortably
_STEP_KEYS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_SIZE_KEYS: dict[int, int] = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
HELP = noop("Click: crosshair   Double-click: four views   ← →: step   + −: size   {keys}: close")
_TILE_PX = (210.0, 420.0)  # smallest and largest side that is aimed at


class SliceTiles(Tiles):
    """Sequential slices of one plane. The slices stay where they are while the crosshair moves among them."""

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setAccessibleName(tr("Lightbox"))
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

    def go_on(self, count: int) -> None:
        """On by a number of tiles."""
        if self.model.scene is not None and self.slices() and self._first is not None:
            last = self.model.frame(self.model.state.tile_plane).grid.shape[2]
            step = self.model.state.tile_step
            count = int(np.clip(count, -last, last))
            self._first = max(self._first % step, self._first + count * step)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left / Right: the step from tile to tile; + / -: the size; all else as in every tile view."""
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if plain and event.key() in _STEP_KEYS:
            at = TILE_STEPS.index(nearest_step(self.model.state.tile_step)) + _STEP_KEYS[event.key()]
            self.model.update(tile_step=TILE_STEPS[min(max(at, 0), len(TILE_STEPS) - 1)])
        elif plain and event.key() in _SIZE_KEYS and self.model.scene is not None:
            pane = self.pane()
            self.model.set_pane(self.model.state.tile_plane, PaneView(pane.zoom * 1.2 ** _SIZE_KEYS[event.key()], pane.pan))
        else:
            super().keyPressEvent(event)

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
        state, scene = self.model.state, self.model.open_scene
        columns, rows = self.shape()
        width = (self.width() - (columns - 1) * SPACE) / columns
        height = (self.height() - (rows - 1) * SPACE) / rows
        shown = self.slices()
        at = self.model.frame(state.tile_plane).slice_at(state.cursor_mm)
        nearest = min(shown, key=lambda n: abs(n - at), default=-1)
        made = []
        for n, index in enumerate(shown):
            place = QRectF((n % columns) * (width + SPACE), (n // columns) * (height + SPACE), width, height)
            picture = resolve(state if index == at else replace(state, crosshair=False), scene, state.tile_plane, index)
            pane = self.pane()
            port = Viewport.fit(picture.frame, (width, height), self.model.fit_region, pane.zoom, pane.pan, MARGIN)
            # all tiles have the same window and scale: the last one tells them, where a pane does
            foot = state.annotations and index == shown[-1]
            apart = (index - at) * picture.frame.grid.spacing[2]
            caption = str(index + 1) if picture.slice_text else f"{apart:+.1f} mm" if index != at else "0 mm"
            made.append(Tile(place, scene, picture, port, caption, current=index == nearest, foot=foot))
        return made


class Lightbox(QWidget):
    """The tiles under a line with plane and step."""

    def __init__(self, model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.tiles = SliceTiles(model)
        self.setFocusProxy(self.tiles)
        self.plane, self.step = Chooser(), Chooser()
        for chooser in (self.plane, self.step):
            chooser.setMinimumContentsLength(0)
            chooser.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToContents)
        self.plane.setAccessibleName(tr("Plane of the lightbox"))
        self.step.setAccessibleName(tr("Slices from tile to tile"))
        for name in PLANES:
            self.plane.addItem(tr(PLANE_NAMES[name]), name)
        for count in TILE_STEPS:
            self.step.addItem(tr("every slice") if count == 1 else tr("every %n slices", count), count)
        self.range = label("", "secondary")
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(10)
        for widget in (self.plane, self.step, self.range):
            bar.addWidget(widget)
        self.help = Hints()
        bar.addWidget(self.help, 1)
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

    def changeEvent(self, event: QEvent) -> None:
        """The window is active again: its keys may have been changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._tell_keys()

    def showEvent(self, event: QShowEvent) -> None:
        """Say how to get away again."""
        super().showEvent(event)
        self._tell_keys()

    def _tell_keys(self) -> None:
        keymap = getattr(self.window(), "keymap", None)
        own = keymap.keys(NAME) if keymap is not None else []
        self.help.tell(tr(HELP, keys=written([*own, "Esc"])))

    def _choose(self, **fields: object) -> None:
        self.model.update(**fields)
        self.tiles.setFocus()  # the arrow keys scroll again, and do not change the choice

    def _refresh(self, *_states: object) -> None:
        state = self.model.state
        self.plane.setCurrentIndex(self.plane.findData(state.tile_plane))
        self.step.setCurrentIndex(self.step.findData(state.tile_step))
        if self.model.scene is not None:
            frame = self.model.frame(state.tile_plane)
            apart = tr("{mm} mm apart", mm=f"{frame.grid.spacing[2] * state.tile_step:.1f}")
            self.range.setText("   ".join(part for part in (tilt_text(frame), apart) if part))
