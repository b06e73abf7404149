"""The reader's own marks on tiles: measures and edited boxes are seen in the lightbox and the comparison too."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter

from ankleviewer.core.measure_marks import measure_marks
from ankleviewer.core.review import BoxMm
from ankleviewer.ui.box_edit_mouse import paint_box
from ankleviewer.ui.box_editing import BoxEditing
from ankleviewer.ui.compare import Compare
from ankleviewer.ui.measure_paint import paint_measures
from ankleviewer.ui.tiles import Tile, Tiles
from ankleviewer.ui.translate import tr

_NONE_SELECTED = -1


class TileMarks(QObject):
    """Paints over the tiles of one widget; nothing can be dragged there."""

    def __init__(self, tiles: Tiles, editing: BoxEditing) -> None:
        super().__init__(tiles)
        self._tiles = tiles
        self._editing, self._measuring = editing, editing.controller.measuring
        tiles.overlays.append(self.paint)
        self._measuring.changed.connect(tiles.update)
        editing.changed.connect(tiles.update)

    def paint(self, painter: QPainter, tile: Tile) -> None:
        """One tile's measures, and the edited boxes of the ankle that it shows."""
        measures = self._measuring.reviewing.review.measures
        marks = measure_marks(tile.picture.frame, tile.picture.index, measures, _NONE_SELECTED)
        if marks:
            paint_measures(painter, tile.port, marks)
        state = self._editing.controller.view.state
        if state.boxes and not state.hide_ai:
            for index, box in sorted(self._edited(tile).items()):
                paint_box(painter, tile.port, tile.picture, box, tr("{number} edited", number=index + 1))

    def _edited(self, tile: Tile) -> dict[int, BoxMm]:
        """The reader's boxes of the answer for a tile's ankle, by finding; of the ankle shown also the one being dragged."""
        if tile.current or not isinstance(self._tiles, Compare):
            return self._editing.edited()
        controller = self._editing.controller
        scenes = self._tiles.scenes()
        answer = controller.answer_for(next(n for n, scene in enumerate(scenes) if scene is tile.scene))
        boxes = answer.boxes if answer is not None else ()
        found = {n: controller.reviewing.edited(answer, n) for n in range(len(boxes))}
        return {n: box for n, box in found.items() if box is not None}
