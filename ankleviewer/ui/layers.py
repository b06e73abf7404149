"""What is computed for a picture before it is painted: grey slice, heat raster, outline, fill. Shared by panes and tiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ankleviewer.core.display import PanePicture, Scene, contours, grey_words, heat_on_slice, heat_rgba, reaching, slice_hu
from ankleviewer.core.slab import SliceStore
from ankleviewer.ui.slice_paint import Layers, to_image, to_opaque


class LayerCache:
    """The layers of the picture last shown; only what depends on a change is made again. One for each pane or tile."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[object, Any]] = {}
        self._store = SliceStore()

    def clear(self) -> None:
        """Another scene: nothing of the old one is kept."""
        self._held.clear()
        self._store = SliceStore()

    def hu(self, scene: Scene, picture: PanePicture) -> Any:
        """HU [row, column] of what is shown."""
        frame, index, slab = picture.frame, picture.index, picture.slab
        return self._get("hu", (frame, index, slab), lambda: slice_hu(frame, scene.volume, index, slab, self._store))

    def layers(self, scene: Scene, picture: PanePicture) -> Layers:
        """Everything that is painted below lines and text."""
        frame, index, window = picture.frame, picture.index, picture.window
        place = (frame, index)
        image = self._get("image", (place, picture.slab, window), lambda: to_opaque(grey_words(self.hu(scene, picture), window)))
        heat, level, opacity = scene.heat, picture.heat_level, picture.fill_opacity
        if level is None or heat is None:
            return Layers(image, None, None, ())
        raster = self._get("raster", (place, id(heat)), lambda: heat_on_slice(frame, index, heat))
        if raster is None:
            return Layers(image, None, None, ())
        lines = self._get("lines", (place, id(heat), level), lambda: tuple(contours(raster, level)))
        fill = None
        if opacity > 0:
            key = (place, id(heat), level, opacity)
            part = self._get("part", (place, id(heat), level), lambda: reaching(raster, level))
            if part is not None:
                fill = self._get("fill", key, lambda: to_image(heat_rgba(part, level, heat.reference, opacity)))
            raster = part
        return Layers(image, fill, raster, lines)

    def _get(self, name: str, key: object, make: Callable[[], Any]) -> Any:
        held = self._held.get(name)
        if held is None or held[0] != key:
            held = (key, make())
            self._held[name] = held
        return held[1]
