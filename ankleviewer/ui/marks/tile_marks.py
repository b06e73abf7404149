"""The reader's own marks, measures and boxes, on panes and on tiles: they are seen in the lightbox and the comparison too."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter

from ankleviewer.core.display.scene import PanePicture
from ankleviewer.core.imaging.planes import Viewport
from ankleviewer.core.reading.measure import Measure
from ankleviewer.core.reading.measure_marks import measure_marks
from ankleviewer.core.reading.review import BoxMm
from ankleviewer.core.reading.whose import ankle_of_all
from ankleviewer.ui.marks.measure_paint import OwnBox, paint_own
from ankleviewer.ui.slices.compare import Compare
from ankleviewer.ui.slices.slice_pane import SlicePane
from ankleviewer.ui.slices.tiles import Tile, Tiles
from ankleviewer.ui.state.box_editing import BoxEditing
from ankleviewer.ui.state.phase import that_is_open

_NONE_SELECTED = -1


def _boxes_shown(editing: BoxEditing) -> bool:
    """The reader's boxes are hidden together with the model's."""
    state = editing.controller.view.state
    return state.boxes and not state.hide_ai


def _index(compare: Compare, tile: Tile) -> int:
    """Of the ankle that a tile of the comparison shows."""
    return next(n for n, scene in enumerate(compare.scenes()) if scene is tile.scene)


class PaneMarks:
    """Paints over the slice of one pane; before the guides, which lie on top."""

    def __init__(self, pane: SlicePane, editing: BoxEditing) -> None:
        self._pane, self._editing = pane, editing
        pane.overlays.append(self.paint)

    def paint(self, painter: QPainter, port: Viewport, picture: PanePicture) -> None:
        """The measures, the reader's boxes, and handles on the one that is edited."""
        editing, boxes = self._editing, list[OwnBox]()
        if _boxes_shown(editing):
            edited, held = editing.edited(), editing.index if editing.active else None
            shown = edited if held is None else {held: editing.box(), **edited}
            scene = editing.controller.view.open_scene
            boxes = [OwnBox(n, box, n in edited, n == held, scene.judgement(n) == "rejected") for n, box in sorted(shown.items())]
        paint_own(painter, port, picture, editing.controller.measuring.marks(self._pane.plane), boxes)


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
        """One tile's measures (in the comparison those of its own ankle) and the edited boxes of the ankle that it shows."""
        measures = [m for m in self._measuring.reviewing.review.measures if self._belongs(m, tile)]
        marks = measure_marks(tile.picture.frame, tile.picture.index, measures, _NONE_SELECTED)
        boxes = self._edited(tile) if _boxes_shown(self._editing) else {}
        own = [OwnBox(n, box, rejected=tile.scene.judgement(n) == "rejected") for n, box in sorted(boxes.items())]
        paint_own(painter, tile.port, tile.picture, marks, own)

    def _belongs(self, measure: Measure, tile: Tile) -> bool:
        """Whether a measure is one of the tile's ankle; of several ankles it is everyone's. In the lightbox all are."""
        if not isinstance(self._tiles, Compare):
            return True
        whose = ankle_of_all(measure.points, that_is_open(self._editing.controller.case).ankles)
        return whose is None or whose == _index(self._tiles, tile)

    def _edited(self, tile: Tile) -> dict[int, BoxMm]:
        """The reader's boxes of the answer for a tile's ankle, by finding; of the ankle shown also the one being dragged."""
        if tile.current or not isinstance(self._tiles, Compare):
            return self._editing.edited()
        controller = self._editing.controller
        answer = controller.answer_for(_index(self._tiles, tile))
        if answer is None:
            return {}
        found = {n: controller.reviewing.edited(answer, n) for n in range(len(answer.boxes))}
        return {n: box for n, box in found.items() if box is not None}
