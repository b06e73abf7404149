"""Compare: both ankles of a scan next to each other, at the same distance from their joints and at one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from ankleviewer.core.display.scene import Scene, resolve
from ankleviewer.core.imaging.oblique import frames_of
from ankleviewer.core.imaging.planes import PLANES, Frame, Viewport, region_on_slice
from ankleviewer.core.reading.whose import ankle_at
from ankleviewer.ui.slices.slice_paint import PLANE_NAMES
from ankleviewer.ui.slices.tiles import MARGIN, SPACE, Tile, Tiles
from ankleviewer.ui.state.controller import CaseController
from ankleviewer.ui.state.model import ViewModel
from ankleviewer.ui.state.phase import that_is_open
from ankleviewer.ui.words.translate import noop, tr
from ankleviewer.ui.words.wording import ankle_in_row

if TYPE_CHECKING:
    from ankleviewer.core.anatomy.finder import Ankle

# Towards the head, the back, the left; and the other way.
_WORDS = {
    "axial": noop(("{mm} mm above the joint centre", "{mm} mm below the joint centre")),
    "coronal": noop(("{mm} mm behind the joint centre", "{mm} mm in front of the joint centre")),
    "sagittal": noop(("{mm} mm to the left of the joint centre", "{mm} mm to the right of the joint centre")),
}
_SIDES = noop(("{mm} mm lateral of the joint centre", "{mm} mm medial of the joint centre"))
_SHOWN_MM = 0.05  # less is nothing at one decimal


def distance_text(away: float, plane: str, side: str) -> str:
    """How far a slice lies from the joint's centre, and on which side of it.

    Args:
        away: mm along the patient's axis (LPS) that the slices follow.
        plane: "axial", "coronal" or "sagittal".
        side: of the ankle, "L", "R" or "unknown".
    """
    if abs(away) < _SHOWN_MM:
        return tr("at the joint centre")
    words = _WORDS[plane]
    if plane == "sagittal" and side in ("L", "R"):
        words, away = _SIDES, away if side == "L" else -away
    return tr(words[int(away < 0)], mm=f"{abs(away):.1f}")


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
            self._scenes = [self._own(n) for n in range(len(case.ankles))]
        return self._scenes

    def _ankles(self) -> tuple[Ankle, ...]:
        return that_is_open(self._controller.case).ankles

    def _own(self, index: int) -> Scene:
        """What there is to show of an ankle; of the places that the reader marked, those in it."""
        scene, ankles = self._controller.scene_for(index), self._ankles()
        return replace(scene, missed=tuple(mark for mark in scene.missed if ankle_at(mark[1], ankles) == index))

    def go_on(self, count: int) -> None:
        """Both on by a number of slices of the scan's own planes, which are those shown: see `tiles`."""
        scene, state = self.model.scene, self.model.state
        if scene is not None:
            frame = frames_of(scene.volume.grid, None)[PLANES.index(state.tile_plane)]
            self.model.move_cursor(frame.step(state.cursor_mm, count))

    def clicked(self, tile: Tile, mm: np.ndarray) -> None:
        """The ankle that was clicked is the one shown, at that place."""
        index = self._scenes.index(tile.scene)
        if index != self.model.state.ankle:
            self._controller.choose_ankle(index)
        super().clicked(tile, mm)

    def _pans(self, frame: Frame, sides: Sequence[float]) -> list[tuple[float, float]]:
        """Where each tile looks, so that a magnified place of one ankle lies beside the same place of the other. Whole, each lies
        in the middle of its tile; the more it is magnified the more it is the joint that both are counted from.

        Args:
            sides: -1 for an ankle that is the mirror image of the one shown, along the rows.
        """
        pane, shown = self.pane(), self.model.state.ankle
        share = float(np.clip(pane.zoom - 1.0, 0.0, 1.0))
        spacing, from_joint = np.asarray(frame.grid.spacing[:2]), []
        for ankle, scene in zip(self._ankles(), self.scenes(), strict=True):
            low, high = region_on_slice(frame, scene.region)
            from_joint.append(share * ((low + high) / 2 - frame.grid.to_voxel(ankle.center_mm)[:2] * spacing))
        wanted = from_joint[shown] + pane.pan
        found = [wanted * (side, 1.0) - middle for side, middle in zip(sides, from_joint, strict=True)]
        return [(float(x), float(y)) for x, y in found]

    def tiles(self) -> list[Tile]:
        """Right ankle at the left, as in the scan."""
        # Turned planes are those of one ankle; the other one's lie elsewhere. So both are shown on the scan's own.
        state = replace(self.model.state, oblique=False, crosshair=False)
        ankles, scenes = self._ankles(), self.scenes()
        if not ankles or state.ankle >= len(ankles):
            return []
        frame = frames_of(scenes[0].volume.grid, None)[PLANES.index(state.tile_plane)]
        depth = frame.grid.to_voxel([ankle.center_mm for ankle in ankles])[:, 2]
        offset = frame.slice_at(state.cursor_mm) - depth[state.ankle]
        # One is the other's mirror image: lateral of one joint is compared with lateral of the other, not left with left.
        pair = {a.side for a in ankles} == {"L", "R"}
        across = state.tile_plane == "sagittal"  # left and right lie along the slices; else along their rows
        mirrored = [pair and n != state.ankle for n in range(len(ankles))]
        offsets = [-offset if across and other else offset for other in mirrored]
        width = (self.width() - (len(ankles) - 1) * SPACE) / len(ankles)
        pane, size = self.pane(), (width, self.height())
        pans = self._pans(frame, [-1.0 if other and not across else 1.0 for other in mirrored])
        ports = [
            Viewport.fit(frame, size, scene.region, pane.zoom, pan, MARGIN + 6) for scene, pan in zip(scenes, pans, strict=True)
        ]
        scale = min(port.scale for port in ports)
        made = []
        for n, (ankle, scene, port) in enumerate(zip(ankles, scenes, ports, strict=True)):
            index = int(np.clip(round(depth[n] + offsets[n]), 0, frame.grid.shape[2] - 1))
            picture = resolve(replace(state, selected=state.selected if n == state.ankle else -1), scene, state.tile_plane, index)
            step = frame.grid.to_mm((0, 0, 1)) - frame.grid.to_mm((0, 0, 0))
            away = float((index - depth[n]) * step[np.abs(step).argmax()])
            # of an ankle that is not whole, `center_mm` is where it leaves the scan: no joint to count from
            where = distance_text(away, state.tile_plane, ankle.side) if ankle.complete else tr("ankle not whole in the scan")
            note = f"{ankle_in_row(ankles, n)}  ·  {tr(PLANE_NAMES[state.tile_plane])}\n{where}"
            place = QRectF(n * (width + SPACE), 0, width, self.height())
            at = replace(port, scale=scale)
            turned = mirrored[n] and not across
            made.append(Tile(place, scene, picture, at, picture.slice_text, note, n == state.ankle, state.annotations, turned))
        return made
