"""Compare: both ankles of a scan next to each other, at the same distance from their joints and at one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from ankleviewer.core.display import Scene, resolve
from ankleviewer.core.oblique import frames_of
from ankleviewer.core.planes import PLANES, Viewport
from ankleviewer.ui.controller import CaseController
from ankleviewer.ui.model import ViewModel
from ankleviewer.ui.tiles import MARGIN, SPACE, Tile, Tiles
from ankleviewer.ui.translate import tr
from ankleviewer.ui.wording import side_word


class Compare(Tiles):
    """Both ankles of a scan in the plane last used, at the same distance from their joints and at one scale."""

    def __init__(self, model: ViewModel, controller: CaseController, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setAccessibleName(tr("Both ankles side by side"))
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

    def clicked(self, tile: Tile, mm: np.ndarray) -> None:
        """The ankle that was clicked is the one shown, at that place."""
        index = self._scenes.index(tile.scene)
        if index != self.model.state.ankle:
            self._controller.choose_ankle(index)
        super().clicked(tile, mm)

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
        width = (self.width() - (len(ankles) - 1) * SPACE) / len(ankles)
        pane = self.pane()
        ports = [Viewport.fit(frame, (width, self.height()), scene.region, pane.zoom, pane.pan, MARGIN + 6) for scene in scenes]
        scale = min(port.scale for port in ports)
        made = []
        for n, (ankle, scene, port) in enumerate(zip(ankles, scenes, ports, strict=True)):
            index = int(np.clip(round(depth[n] + offset), 0, frame.grid.shape[2] - 1))
            picture = resolve(replace(state, selected=state.selected if n == state.ankle else -1), scene, state.tile_plane, index)
            away = (index - depth[n]) * frame.grid.spacing[2]
            distance = tr("{mm} mm from the joint", mm=f"{away:+.1f}".replace("-", "−"))
            note = f"{side_word(ankle.side)}\n{distance}"
            place = QRectF(n * (width + SPACE), 0, width, self.height())
            made.append(Tile(place, scene, picture, replace(port, scale=scale), picture.slice_text, note, n == state.ankle))
        return made
