"""Pure pixels: what a ViewState shows of a scan and an answer. Window table, heat overlay, outlines, boxes; no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.oblique import frames_of, line_on, tilt_text
from ankleviewer.core.planes import PLANES, Frame, position_text
from ankleviewer.core.slab import ONE_SLICE, Slab, SliceStore, slab_hu
from ankleviewer.core.viewstate import ViewState, Window
from ankleviewer.core.volume import Volume

Rgba = NDArray[np.uint8]
MISSED_REACH_MM = 3.0  # a mark of the reader's shows on slices within

# Inferno (Smith, van der Walt 2015, CC0), 17 anchors: perceptually uniform, colour-blind safe, and unlike cividis nowhere grey,
# so that it stands out from the grey of a CT.
_INFERNO = np.array(
    [(0, 0, 4), (11, 7, 36), (33, 12, 74), (61, 9, 101), (87, 16, 110), (113, 25, 110), (138, 34, 106), (163, 44, 97),
     (188, 55, 84), (210, 70, 68), (228, 90, 49), (241, 115, 29), (249, 142, 9), (252, 172, 17), (249, 203, 53), (242, 234, 105),
     (252, 255, 164)]
)  # fmt: skip
_STEPS = np.linspace(0.0, 255.0, len(_INFERNO))
HEAT_COLOURS: Rgba = np.stack([np.interp(np.arange(256), _STEPS, _INFERNO[:, c]) for c in range(3)], axis=1).astype(np.uint8)


class Heat(Protocol):
    """The heat map as the display needs it: values >= 0 on a grid, in the map's own units."""

    @property
    def values(self) -> NDArray[np.float32]: ...
    @property
    def grid(self) -> Grid: ...
    @property
    def threshold(self) -> float: ...
    @property
    def reference(self) -> float: ...


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

    @cached_property
    def hu_range(self) -> tuple[int, int]:
        """Lowest and highest HU."""
        return int(self.volume.hu.min()), int(self.volume.hu.max())


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
        slice_text, height_text, window_text, position_text: corner text: slice of slices, where it lies, window, crosshair.
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
    position_text: str
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
                judged = scene.judged[n] if n < len(scene.judged) else ""
                outlines.append(BoxOutline(polygon, n, n == state.selected, scene.firm, judged))
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
        height_text=_height_text(frame, state),
        window_text=f"W {state.window.width:.0f}  L {state.window.level:.0f}",
        position_text=position_text(state.cursor_mm),
        lines=_lines(frames, frame),
        tilt_text=tilt_text(frame),
        slab_text=state.slab.text(frame.grid.spacing[2]),
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


def _height_text(frame: Frame, state: ViewState) -> str:
    """Where the slice lies along the patient axis it cuts, at the crosshair, e.g. "S 147.0 mm"."""
    axis = {"axial": 2, "coronal": 1, "sagittal": 0}[frame.plane]
    return f"{position_text(state.cursor_mm).split('  ')[axis]} mm"


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
    return window_table(window)[hu.view(np.uint16)]


def slice_rgba(frame: Frame, volume: Volume, index: int, window: Window) -> Rgba:
    """One slice as RGBA (rows, columns, 4) uint8, C-contiguous; padding is drawn black."""
    words = grey_words(slice_hu(frame, volume, index), window)
    return words.view(np.uint8).reshape(*words.shape, 4)


@dataclass(frozen=True, eq=False)
class HeatRaster:
    """The heat map cut by a slice: values [row, column] float32; origin and step place its samples in display pixels (x, y)."""

    values: NDArray[np.float32]
    origin: tuple[float, float]
    step: tuple[float, float]


def heat_on_slice(frame: Frame, index: int, heat: Heat) -> HeatRaster | None:
    """Cut the map by a slice at the map's own sampling (linear between its voxels, 0 outside); None where they do not meet."""
    from scipy.ndimage import map_coordinates

    along = _aligned(frame, heat)
    if along is not None:
        return _map_slice(frame, index, heat, *along)
    low, high = heat.grid.bounds_mm()
    corners = np.array(np.meshgrid(*np.stack([low, high]).T, indexing="ij")).reshape(3, -1).T
    pixel = frame.grid.to_voxel(corners)
    if pixel[:, 2].min() > index or pixel[:, 2].max() < index:
        return None
    start, stop = pixel[:, :2].min(axis=0), pixel[:, :2].max(axis=0)
    step = min(heat.grid.spacing) / np.asarray(frame.grid.spacing[:2])
    columns, rows = (np.arange(n) for n in np.ceil((stop - start) / step).astype(int) + 1)
    xy = np.stack(np.broadcast_arrays(start[0] + step[0] * columns[None, :], start[1] + step[1] * rows[:, None]), axis=-1)
    mm = frame.grid.to_mm(np.concatenate([xy, np.full((*xy.shape[:2], 1), float(index))], axis=-1))
    voxel = np.moveaxis(heat.grid.to_voxel(mm), -1, 0)
    values = map_coordinates(heat.values, voxel, output=np.float32, order=1, mode="constant", cval=0.0)
    return HeatRaster(values, (float(start[0]), float(start[1])), (float(step[0]), float(step[1])))


def _aligned(frame: Frame, heat: Heat) -> tuple[Array, tuple[int, int, int]] | None:
    """Matrix from display pixels to the map's voxels, and the map's axis along each of x, y and slice; None where the axes of
    scan and map are not parallel.
    """
    to_map = heat.grid.inverse @ frame.grid.affine
    x, y, z = (int(np.abs(to_map[:3, shown]).argmax()) for shown in range(3))
    rest = np.abs(to_map[:3, :3])
    rest[(x, y, z), (0, 1, 2)] = 0.0
    # A pixel off by a tenth of a voxel at the far end of the map is seen by nobody.
    if len({x, y, z}) < 3 or (rest.max(axis=1) * max(frame.grid.shape) > 0.1).any():
        return None
    return to_map, (x, y, z)


def _map_slice(frame: Frame, index: int, heat: Heat, to_map: Array, along: tuple[int, int, int]) -> HeatRaster | None:
    """The map's own samples in the plane of a slice, linear between the two nearest layers: ten times as fast as resampling."""
    x, y, z = along
    half = np.asarray(frame.grid.shape[:2]) / 2
    layer = float(to_map[z, 2] * index + to_map[z, 3] + to_map[z, :2] @ half)
    count = heat.values.shape[z]
    if not -0.5 <= layer <= count - 0.5:
        return None
    values = np.moveaxis(heat.values, (y, x, z), (0, 1, 2))
    below = int(np.clip(np.floor(layer), 0, max(count - 2, 0)))
    share = np.float32(np.clip(layer - below, 0.0, 1.0))
    part = values[:, :, below] * (1 - share)
    part += values[:, :, min(below + 1, count - 1)] * share
    origin, step = [], []
    for shown, axis in enumerate((x, y)):
        per_pixel = float(to_map[axis, shown])
        middle = to_map[axis, 3] + sum(to_map[axis, other] * frame.grid.shape[other] / 2 for other in range(3) if other != shown)
        if per_pixel < 0:
            part = part[:, ::-1] if shown == 0 else part[::-1]
        first = heat.values.shape[axis] - 1 if per_pixel < 0 else 0
        origin.append((first - float(middle)) / per_pixel)
        step.append(1 / abs(per_pixel))
    return HeatRaster(np.ascontiguousarray(part), (origin[0], origin[1]), (step[0], step[1]))


def contours(raster: HeatRaster, level: float) -> list[Array]:
    """Closed or border-cut outlines of the map at a level, each (n, 2) in display pixels (x, y)."""
    from skimage.measure import find_contours

    if raster.values.size < 4 or raster.values.max() <= level:
        return []
    lines: list[Array] = list(find_contours(np.pad(raster.values, 1), level))
    return [(line[:, ::-1] - 1.0) * np.asarray(raster.step) + np.asarray(raster.origin) for line in lines]


def reaching(raster: HeatRaster, level: float, margin: int = 2) -> HeatRaster | None:
    """The part of a raster around its values at or above a level, with some samples more on each side; None without any."""
    hot = raster.values >= level
    rows, columns = np.flatnonzero(hot.any(axis=1)), np.flatnonzero(hot.any(axis=0))
    if not len(rows):
        return None
    y, x = max(0, int(rows[0]) - margin), max(0, int(columns[0]) - margin)
    part = np.ascontiguousarray(raster.values[y : int(rows[-1]) + margin + 1, x : int(columns[-1]) + margin + 1])
    (x0, y0), (dx, dy) = raster.origin, raster.step
    return HeatRaster(part, (x0 + x * dx, y0 + y * dy), raster.step)


def heat_colours(values: NDArray[np.float32], reference: float) -> Rgba:
    """Inferno colour (..., 3) of map values; 0 is the dark end, `reference` and above the bright end."""
    index = np.clip(values / max(reference, 1e-6) * 255.0, 0, 255).astype(np.intp)
    return np.asarray(HEAT_COLOURS[index], dtype=np.uint8)


def heat_rgba(raster: HeatRaster, level: float, reference: float, opacity: float) -> Rgba:
    """Fill of the map above a level, RGBA (rows, columns, 4); below the level fully transparent."""
    table = np.empty((256, 4), dtype=np.uint8)
    table[:, :3], table[:, 3] = HEAT_COLOURS, round(opacity * 255)
    index = np.clip(raster.values * np.float32(255.0 / max(reference, 1e-6)), 0, 255).astype(np.uint8)
    words = table.view(np.uint32)[:, 0][index]
    words[raster.values < level] = 0
    rgba: Rgba = words.view(np.uint8).reshape(*raster.values.shape, 4)
    return rgba


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
