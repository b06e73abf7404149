"""The heat map cut by a slice: samples, outlines, colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.geometry import Array, Grid
from ankleviewer.core.imaging.planes import Frame

Rgba = NDArray[np.uint8]
Peaks = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
_MARGIN = 2  # samples kept around what reaches a level, so that its outline and the smooth border of its fill stay what they are

# Inferno (Smith, van der Walt 2015, CC0), the first 15 of 17 anchors: perceptually uniform, colour-blind safe, unlike cividis
# nowhere grey, so that it stands out from the grey of a CT. Its last eighth is left out: pale yellow is lost on ivory bone, and
# it is the surest finding that would be.
_INFERNO = np.array(
    [(0, 0, 4), (11, 7, 36), (33, 12, 74), (61, 9, 101), (87, 16, 110), (113, 25, 110), (138, 34, 106), (163, 44, 97),
     (188, 55, 84), (210, 70, 68), (228, 90, 49), (241, 115, 29), (249, 142, 9), (252, 172, 17), (249, 203, 53)]
)  # fmt: skip
_STEPS = np.linspace(0.0, 255.0, len(_INFERNO))
HEAT_COLOURS: Rgba = np.stack([np.interp(np.arange(256), _STEPS, _INFERNO[:, c]) for c in range(3)], axis=1).astype(np.uint8)


class Map(Protocol):
    """Values >= 0 on a grid."""

    @property
    def values(self) -> NDArray[np.float32]: ...
    @property
    def grid(self) -> Grid: ...


class Heat(Map, Protocol):
    """The heat map as the display needs it, in its own units."""

    @property
    def threshold(self) -> float: ...
    @property
    def reference(self) -> float: ...
    @property
    def peaks(self) -> Peaks: ...


@dataclass(frozen=True, eq=False)
class MapPart:
    """A part of a map: values (a view) and their grid."""

    values: NDArray[np.float32]
    grid: Grid


def axis_peaks(values: NDArray[np.float32]) -> Peaks:
    """Largest value of each layer along each axis of (i, j, k): three arrays of lengths i, j, k. 10 ms for 192^3."""
    over_last, over_first = values.max(axis=2), values.max(axis=0)
    return over_last.max(axis=1), over_last.max(axis=0), over_first.max(axis=0)


def top_level(heat: Heat) -> float:
    """The highest level an outline may stand at: the top of the colour scale, or what of the map lies beyond it.

    The scale is the model's and fixed, so that two scans compare; a strong answer's map reaches past it.
    """
    return max(heat.reference, heat.threshold, float(heat.peaks[0].max()))


def map_reaching(heat: Heat, level: float) -> MapPart | None:
    """The part of a map around all values at or above a level, None without any: all that is drawn, and often a hundredth."""
    around = _around(heat.peaks, level)
    if around is None:
        return None
    i, j, k = around
    grid = heat.grid.crop((i.start, j.start, k.start), (i.stop, j.stop, k.stop))
    return MapPart(heat.values[i, j, k], grid)


def _around(peaks: Sequence[NDArray[np.float32]], level: float) -> list[slice] | None:
    """For each axis, by its layers' largest values, the span of those at or above a level, with a margin; None without any."""
    spans = []
    for along in peaks:
        hot = np.flatnonzero(along >= level)
        if not len(hot):
            return None
        spans.append(slice(max(0, int(hot[0]) - _MARGIN), min(len(along), int(hot[-1]) + _MARGIN + 1)))
    return spans


@dataclass(frozen=True, eq=False)
class HeatRaster:
    """The heat map cut by a slice: values [row, column] float32; origin and step place its samples in display pixels (x, y)."""

    values: NDArray[np.float32]
    origin: tuple[float, float]
    step: tuple[float, float]


def heat_on_slice(frame: Frame, index: int, heat: Map) -> HeatRaster | None:
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


def _aligned(frame: Frame, heat: Map) -> tuple[Array, tuple[int, int, int]] | None:
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


def _map_slice(frame: Frame, index: int, heat: Map, to_map: Array, along: tuple[int, int, int]) -> HeatRaster | None:
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


def raster_reaching(raster: HeatRaster, level: float) -> HeatRaster | None:
    """The part of a raster around its values at or above a level, with some samples more on each side; None without any."""
    around = _around((raster.values.max(axis=1), raster.values.max(axis=0)), level)
    if around is None:
        return None
    rows, columns = around
    (x0, y0), (dx, dy) = raster.origin, raster.step
    part = np.ascontiguousarray(raster.values[rows, columns])
    return HeatRaster(part, (x0 + columns.start * dx, y0 + rows.start * dy), raster.step)


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
