"""What is computed for a picture before it is painted: grey slice, heat raster, outline, fill. Shared by panes and tiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from ankleviewer.core.assessment.heat_raster import HeatRaster, contours, heat_on_slice, heat_rgba, map_reaching, raster_reaching
from ankleviewer.core.display.scene import PanePicture, Scene, grey_words, slice_hu
from ankleviewer.core.imaging.slab import SliceStore
from ankleviewer.ui.slices.slice_paint import Layers, to_image, to_opaque

Part = tuple[int, int, int, int]
Hu = NDArray[np.int16]
T = TypeVar("T")


def _stored(scene: Scene, picture: PanePicture) -> bool:
    """Whether the scan holds what is shown as it is: one slice of its own, all of it measured."""
    single = picture.slab.half(picture.frame.grid.spacing[2]) == 0
    return single and picture.frame.turned is None and scene.volume.padding is None


class LayerCache:
    """The layers of the picture last shown; only what depends on a change is made again. One for each pane or tile.

    Args:
        store: of the slabs' slices, for tiles that share one; None: one of its own.
    """

    def __init__(self, store: SliceStore | None = None) -> None:
        self._held: dict[str, tuple[object, Any]] = {}
        self._store = SliceStore() if store is None else store

    def clear(self) -> None:
        """Another scene: nothing of the old one is kept."""
        self._held.clear()
        self._store.clear()

    def hu(self, scene: Scene, picture: PanePicture) -> Hu:
        """HU [row, column] of what is shown."""
        frame, index, slab = picture.frame, picture.index, picture.slab
        return self._get("hu", (frame, index, slab), lambda: slice_hu(frame, scene.volume, index, slab, self._store))

    def value(self, scene: Scene, picture: PanePicture, x: int, y: int) -> int:
        """HU of one pixel of what is shown."""
        if _stored(scene, picture):
            return int(picture.frame.pixels(scene.volume.hu, picture.index)[y, x])
        return int(self.hu(scene, picture)[y, x])

    def _part(self, scene: Scene, picture: PanePicture, part: Part) -> Hu:
        """HU of a part of what is shown; only that part is read where the scan holds the slice as it is."""
        x0, y0, x1, y1 = part
        if _stored(scene, picture):
            return np.ascontiguousarray(picture.frame.pixels(scene.volume.hu, picture.index)[y0:y1, x0:x1])
        return np.ascontiguousarray(self.hu(scene, picture)[y0:y1, x0:x1])

    def layers(self, scene: Scene, picture: PanePicture, part: Part | None = None) -> Layers:
        """Everything that is painted below lines and text.

        Args:
            part: (x0, y0, x1, y1), the pixels of the slice that are seen; None: all.
        """
        frame, index, window = picture.frame, picture.index, picture.window
        place = (frame, index)
        part = part or (0, 0, *frame.grid.shape[:2])
        key = (place, picture.slab, window, part)
        image = self._get("image", key, lambda: to_opaque(grey_words(self._part(scene, picture, part), window)))
        corner = part[:2]
        heat, level, opacity = scene.heat, picture.heat_level, picture.fill_opacity
        if level is None or heat is None:
            return Layers(image, None, None, (), corner)
        within = self._get("within", (id(heat), level), lambda: map_reaching(heat, level))
        if within is None:
            return Layers(image, None, None, (), corner)
        cut = self._get("raster", (place, id(heat), level), lambda: heat_on_slice(frame, index, within))
        if cut is None:
            return Layers(image, None, None, (), corner)
        lines = self._get("lines", (place, id(heat), level), lambda: tuple(contours(cut, level)))
        fill: QImage | None = None
        raster: HeatRaster | None = cut
        if opacity > 0:
            hot = self._get("hot", (place, id(heat), level), lambda: raster_reaching(cut, level))
            if hot is not None:
                shown = (place, id(heat), level, opacity)
                fill = self._get("fill", shown, lambda: to_image(heat_rgba(hot, level, heat.reference, opacity)))
            raster = hot
        return Layers(image, fill, raster, lines, corner)

    def _get(self, name: str, key: object, make: Callable[[], T]) -> T:
        held = self._held.get(name)
        if held is None or held[0] != key:
            held = (key, make())
            self._held[name] = held
        made: T = held[1]
        return made
