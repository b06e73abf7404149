"""Pure pixels: what a ViewState shows of a scan and an answer. Window table, slices, boxes; no Qt. The map: `heat_raster`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.assessment.heat_raster import Heat, Rgba
from ankleviewer.core.display.viewstate import ViewState, Window
from ankleviewer.core.geometry import Array
from ankleviewer.core.imaging.oblique import frames_of, line_on, tilt_text
from ankleviewer.core.imaging.planes import PLANES, Frame, position_text
from ankleviewer.core.imaging.slab import ONE_SLICE, Slab, SliceStore, slab_hu
from ankleviewer.core.volume import Volume

MISSED_REACH_MM = 3.0  # a mark of the reader's shows on slices within


class FoundBox(Protocol):
    """A box as the display needs it, LPS millimetres."""

    @property
    def center_mm(self) -> Sequence[float]: ...
    @property
    def min_mm(self) -> Sequence[float]: ...
    @property
    def max_mm(self) -> Sequence[float]: ...


@dataclass(frozen=True, eq=False)
class Scene:
    """What there is to show: the scan, and the answer of one model for one ankle.

    Attributes:
        volume: the scan.
        heat, boxes: the answer's map and boxes (strongest first); None and () without one.
        firm: True when the probability reaches the high-specificity point (solid boxes), else dotted.
        region: LPS box (min, max) of the ankle shown, None = whole scan.
        judged: "accepted", "rejected" or "" for each box; missed: number and LPS mm of the places that the reader marked.
    """

    volume: Volume
    heat: Heat | None = None
    boxes: tuple[FoundBox, ...] = ()
    firm: bool = True
    region: tuple[Array, Array] | None = None
    judged: tuple[str, ...] = ()
    missed: tuple[tuple[int, tuple[float, float, float]], ...] = ()

    @cached_property
    def frames(self) -> tuple[Frame, Frame, Frame]:
        """Axial, coronal and sagittal frame of the scan."""
        axial, coronal, sagittal = (Frame.of(self.volume.grid, plane) for plane in PLANES)
        return axial, coronal, sagittal

    def judgement(self, index: int) -> str:
        """What the reader says of a box: "accepted", "rejected" or ""."""
        return self.judged[index] if index < len(self.judged) else ""

    @cached_property
    def hu_range(self) -> tuple[int, int]:
        """Lowest and highest HU."""
        return int(self.volume.hu.min()), int(self.volume.hu.max())


def same_region(a: tuple[Array, Array] | None, b: tuple[Array, Array] | None) -> bool:
    """Whether two regions of a scan (`Scene.region`) are the same: each scene has its own arrays."""
    if a is None or b is None:
        return a is b
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@dataclass(frozen=True, eq=False)
class BoxOutline:
    """A box cut by a slice: polygon (n, 2) in display pixels, index of the finding, selected or not, firm or dotted, judged
    "accepted", "rejected" or "".
    """

    polygon: Array
    index: int
    selected: bool
    firm: bool
    judged: str = ""


@dataclass(frozen=True)
class MissedMark:
    """A place that the reader marked, on a slice: number, (x, y) in display pixels."""

    number: int
    at: tuple[float, float]


@dataclass(frozen=True, eq=False)
class PanePicture:
    """Everything a pane paints, decided here.

    Attributes:
        frame: the plane; index: slice number from 0; count: number of slices.
        crosshair: (x, y) in display pixels, None when hidden.
        window: window and level; heat_level: outline level or None when no heat is shown; fill_opacity: 0 = outline only.
        boxes: cut boxes; missed: the reader's own marks; letters: left, right, top, bottom.
        slice_text, height_text, window_text: corner text: slice of slices, where it lies, window.
        lines: for each other plane its name and the direction (x, y) of its line through the crosshair.
        tilt_text, slab_text: how far an oblique plane leans from the scan's own; the slab; "" where there is none.
        slab: what is shown at `index`.
    """

    frame: Frame
    index: int
    count: int
    crosshair: tuple[float, float] | None
    window: Window
    heat_level: float | None
    fill_opacity: float
    boxes: tuple[BoxOutline, ...]
    missed: tuple[MissedMark, ...]
    letters: tuple[str, str, str, str]
    slice_text: str
    height_text: str
    window_text: str
    lines: tuple[tuple[str, tuple[float, float]], ...] = ()
    tilt_text: str = ""
    slab_text: str = ""
    slab: Slab = ONE_SLICE


def resolve(state: ViewState, scene: Scene, plane: str, at: int | None = None) -> PanePicture:
    """What one plane shows of a scene in a state. Pure: the same arguments give the same picture.

    Args:
        at: number of the slice shown; None: the one at the crosshair.
    """
    frames = frames_of(scene.volume.grid, state.shown_turn)
    frame = frames[PLANES.index(plane)]
    index = frame.slice_at(state.cursor_mm) if at is None else at
    x, y, _ = frame.grid.to_voxel(state.cursor_mm)
    outlines: list[BoxOutline] = []
    if state.boxes and not state.hide_ai:
        for n, box in enumerate(scene.boxes):
            polygon = box_on_slice(frame, index, box)
            if len(polygon):
                outlines.append(BoxOutline(polygon, n, n == state.selected, scene.firm, scene.judgement(n)))
    level = None
    if scene.heat is not None and state.heat and not state.hide_ai:
        level = scene.heat.threshold if state.threshold is None else state.threshold
    return PanePicture(
        frame=frame,
        index=index,
        count=frame.grid.shape[2],
        crosshair=(float(x), float(y)) if state.crosshair else None,
        window=state.window,
        heat_level=level,
        fill_opacity=state.opacity if state.fill and level is not None else 0.0,
        boxes=tuple(outlines),
        missed=tuple(_missed(frame, index, scene)),
        letters=frame.letters,
        # the scan's own slices are counted, no others
        slice_text=f"{index + 1} / {frame.grid.shape[2]}" if frame.turned is None else "",
        height_text=_height_text(frame, state, (float(x), float(y), index)),
        window_text=f"W {state.window.width:.0f}  L {state.window.level:.0f}",
        lines=_lines(frames, frame),
        tilt_text=tilt_text(frame),
        slab_text=state.slab.text(index, frame.grid.shape[2], frame.grid.spacing[2]),
        slab=state.slab,
    )


@lru_cache(maxsize=16)
def _lines(frames: tuple[Frame, Frame, Frame], frame: Frame) -> tuple[tuple[str, tuple[float, float]], ...]:
    """For each other plane its name and the direction of its line."""
    return tuple((other.plane, line_on(frame, other)) for other in frames if other is not frame)


def _missed(frame: Frame, index: int, scene: Scene) -> Iterator[MissedMark]:
    """The reader's marks within MISSED_REACH_MM of a slice."""
    for number, mm in scene.missed:
        x, y, z = frame.grid.to_voxel(mm)
        if abs(z - index) * frame.grid.spacing[2] <= max(MISSED_REACH_MM, 0.5 * frame.grid.spacing[2]):
            yield MissedMark(number, (float(x), float(y)))


def _height_text(frame: Frame, state: ViewState, voxel: tuple[float, float, int]) -> str:
    """Where the slice lies along the patient axis it cuts, e.g. "S 147.0 mm": its own middle, below the crosshair at `voxel`
    (column, row, slice), which may lie between two slices; a turned plane goes through the crosshair itself.
    """
    axis = {"axial": 2, "coronal": 1, "sagittal": 0}[frame.plane]
    mm = frame.grid.to_mm(voxel) if frame.turned is None else state.cursor_mm
    return f"{position_text(mm).split('  ')[axis]} mm"


@lru_cache(maxsize=16)
def window_table(window: Window) -> NDArray[np.uint32]:
    """Table of 65,536 opaque grey RGBA words (little endian R, G, B, A), indexed by the uint16 view of int16 HU."""
    hu = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.float64)
    grey = np.clip((hu - (window.level - window.width / 2)) / window.width, 0.0, 1.0)
    rgba = np.empty((65536, 4), dtype=np.uint8)
    rgba[:, :3] = np.rint(grey * 255.0)[:, None]
    rgba[:, 3] = 255
    table: NDArray[np.uint32] = rgba.view(np.uint32)[:, 0]
    table.setflags(write=False)
    return table


def slice_hu(
    frame: Frame, volume: Volume, index: int, slab: Slab | None = None, store: SliceStore | None = None
) -> NDArray[np.int16]:
    """What a slice shows, HU [row, column], C-contiguous int16; OUTSIDE where the scan holds no value.

    Args:
        slab: thickness; None: one slice.
        store: keeps the cuts of an oblique slab for the next slice.
    """
    return np.ascontiguousarray(slab_hu(frame, volume, index, slab or ONE_SLICE, store))


def grey_words(hu: NDArray[np.int16], window: Window) -> NDArray[np.uint32]:
    """HU of `slice_hu` as opaque grey words of `window_table`, (rows, columns) uint32, C-contiguous; OUTSIDE is drawn black."""
    return window_table(window).take(hu.view(np.uint16))  # in half the time of indexing


def slice_rgba(frame: Frame, volume: Volume, index: int, window: Window) -> Rgba:
    """One slice as RGBA (rows, columns, 4) uint8, C-contiguous; padding is drawn black."""
    words = grey_words(slice_hu(frame, volume, index), window)
    return words.view(np.uint8).reshape(*words.shape, 4)


_EDGES = [(a, a | 1 << bit) for bit in range(3) for a in range(8) if not a & 1 << bit]


def box_on_slice(frame: Frame, index: int, box: FoundBox) -> Array:
    """Polygon (n, 2) in display pixels where a slice cuts an LPS box; (0, 2) where it does not.

    A slice meets the box if the box enters the half voxel on either side of the slice's centre, so that a box thinner than a
    slice is never lost.
    """
    low, high = np.asarray(box.min_mm, dtype=np.float64), np.asarray(box.max_mm, dtype=np.float64)
    corners = np.array([[high[a] if c >> a & 1 else low[a] for a in range(3)] for c in range(8)])
    pixel = frame.grid.to_voxel(corners)
    bottom, top = pixel[:, 2].min(), pixel[:, 2].max()
    if bottom > index + 0.5 or top < index - 0.5:
        return np.zeros((0, 2))
    inner = min(1e-6, (top - bottom) / 4)
    level = float(np.clip(index, bottom + inner, top - inner))
    points = []
    for a, b in _EDGES:
        depth_a, depth_b = pixel[a, 2] - level, pixel[b, 2] - level
        if (depth_a <= 0) != (depth_b <= 0):
            points.append(pixel[a, :2] + (pixel[b, :2] - pixel[a, :2]) * depth_a / (depth_a - depth_b))
    if len(points) < 3:
        return np.zeros((0, 2))
    polygon = np.array(points)
    centre = polygon.mean(axis=0)
    return np.asarray(polygon[np.argsort(np.arctan2(polygon[:, 1] - centre[1], polygon[:, 0] - centre[0]))])
