"""From a network's coarse class-activation map to the heat map and the boxes (paper, section "Grad-CAM", figures 4 and 7).

The map comes signed, in logit units, on n^3 cells. It is scaled up by cubic splines and cut at zero for display, on a fixed
scale: never normalised per image, so that a scan without evidence stays dark, and nowhere above the highest cell, on which floor
and scale were measured. Otsu always finds a threshold, even in noise; it is therefore asked only where probability and peak say
that there is something, and only inside the hot region.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.heat_raster import Peaks, axis_peaks
from ankleviewer.core.assessment.preprocess import Placement
from ankleviewer.core.assessment.result import Box
from ankleviewer.core.geometry import Array, Grid

RULES = 2  # raised where the same cells give other maps or boxes, so that answers of before and of now are not mixed
MAX_BOXES = 5
_NORMAL = float(np.finfo(np.float32).tiny)  # below it numbers lose their digits one by one
PAPER_CELLS = 4  # the paper's map: 128 voxels at stride 32
HOT_SHARE = 0.2  # of the peak; with the many near-zero voxels included Otsu would split noise from noise (boxes far too large)
SPECK_SHARE = 0.1  # a component below this share of the strongest one's integral is not a finding of its own
REFINED_SIGMA = (0.6, 0.6)  # cells of the finer map: smoothing before and after it shares out the coarse one
EVEN_SHARE = 0.02  # of the finer map's mean, spread evenly
BONE_REACH_MM = 4.0  # heat counts this far from bone: the joint space and torn cortex are not bone themselves

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Native:
    """A network's own map: cells (n, n, n), signed, logit units; how they pool to the logit ("lse", "gap"); and their layout in
    voxels (see `spline_matrix`).
    """

    cam: Float32
    pooling: str
    stride: float | None
    offset: float | None


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Where the model looked.

    Attributes:
        values: float32, shape grid.shape, >= 0, logit units.
        grid: the model's cube, LPS millimetres.
        threshold: level of the outline; it made the boxes where there are any.
        reference: top of the fixed colour scale, logit units.
        floor: a map that peaks at or below it shows nothing.
        cells: cells along one edge of the native map, the honest resolution.
        native: where the map came from, for `paper_map`; None where that is not known.
        boxes_from: cells of the finer map that boxes and places come from, where this one was made of it; 0 where of this one.
    """

    values: Float32
    grid: Grid
    threshold: float
    reference: float
    floor: float
    cells: int
    native: Native | None = None
    boxes_from: int = 0

    @cached_property
    def peaks(self) -> Peaks:
        """See `axis_peaks`."""
        return axis_peaks(self.values)

    @property
    def peak(self) -> float:
        """Largest value, logit units."""
        return float(self.values.max())

    @property
    def peak_mm(self) -> Array:
        """LPS position of the largest value, mm."""
        return self.grid.to_mm(np.unravel_index(int(self.values.argmax()), self.values.shape))

    @property
    def cell_mm(self) -> float:
        """Edge of one native cell, mm."""
        return self.grid.shape[0] * self.grid.spacing[0] / self.cells


@lru_cache(maxsize=16)
def spline_matrix(n: int, size: int = 128, stride: float | None = None, offset: float | None = None) -> Float32:
    """Cubic-spline interpolation from n cells to size voxels along one axis, as a matrix (size, n).

    Equal to scipy.ndimage.zoom(order=3, grid_mode=True, mode="nearest") for the default layout, in which the cells tile the axis.

    Args:
        stride: voxels from one cell centre to the next; default size / n.
        offset: voxel index of the first cell's centre; default (stride - 1) / 2.
    """
    from scipy import ndimage

    stride = size / n if stride is None else stride
    offset = (stride - 1) / 2 if offset is None else offset
    position = ((np.arange(size) - offset) / stride)[None]
    columns = [ndimage.map_coordinates(unit, position, order=3, mode="nearest") for unit in np.eye(n)]
    matrix = np.stack(columns, axis=1).astype(np.float32)
    matrix.setflags(write=False)
    return matrix


def upsample(cam: NDArray[np.floating], size: int = 128, stride: float | None = None, offset: float | None = None) -> Float32:
    """A map of (n, n, n) cells on (size, size, size) voxels, signed, float32; the splines overshoot, by 15 % of a step along
    one axis and more where steps of several meet.
    """
    n = cam.shape[0]
    matrix = spline_matrix(n, size, stride, offset)
    out: Float32 = np.matmul(matrix, np.asarray(cam, dtype=np.float32).reshape(n, n * n))
    # matmul, other than tensordot, computes without the interpreter's lock and turns nothing around: the window goes on
    out = np.matmul(matrix, out.reshape(size, n, n))
    out = np.matmul(out.reshape(size * size, n), matrix.T)
    return out.reshape(size, size, size)


def evidence(cam: NDArray[np.floating], size: int = 128, stride: float | None = None, offset: float | None = None) -> Float32:
    """A map of cells on voxels as it is shown: float32, >= 0, and as a whole scaled down so far that the splines' overshoot
    above a dark surrounding makes no more of it than its highest cell; 0 everywhere where no cell speaks for a fracture.
    """
    out = np.maximum(upsample(cam, size, stride, offset), np.float32(0.0))
    highest, peak = max(float(np.max(cam)), 0.0), float(out.max())
    if peak > highest:
        out *= np.float32(highest / peak)
    return out


def explain(
    cam: NDArray[np.floating],
    probability: float,
    decision: Decision,
    placement: Placement,
    bone: NDArray[np.bool_] | None = None,
    *,
    stride: float | None = None,
    offset: float | None = None,
    pooling: str = "lse",
    finer: NDArray[np.floating] | None = None,
) -> tuple[HeatMap, tuple[Box, ...]]:
    """Heat map and boxes of one answer.

    Args:
        cam: (n, n, n), signed, logit units: with "gap" pooling a cell's share of the logit, with "lse" a cell's own score.
        probability: calibrated probability of the scan, 0..1.
        decision: thresholds and fixed scale of the model.
        placement: where the model's cube lies.
        bone: True on bone, shape of the cube; boxes are kept to its neighbourhood. None = everywhere.
        stride, offset: layout of the cells, voxels (see spline_matrix).
        pooling: how the cells pool to the logit.
        finer: map of an earlier layer, see `refined`.

    Returns:
        The heat map, and at most five boxes, strongest first; none when the call is "no fracture" or the peak stays at the floor.
    """
    grid = placement.model_grid
    found = float(np.max(cam)) > decision.cam_floor  # the floor was measured on the network's own cells
    if finer is None:
        values, cells = evidence(cam, grid.shape[0], stride, offset), len(cam)
    else:
        values, cells = refined(cam, finer, grid.shape[0], stride, offset), len(finer)
    peak = float(values.max())
    threshold = max(decision.cam_floor, HOT_SHARE * peak if found else peak)
    boxes: tuple[Box, ...] = ()
    if probability >= decision.sens_threshold and found:
        hot = values[values > HOT_SHARE * peak]  # the floor only gates: cutting here too would shrink boxes of faint maps
        threshold = max(HOT_SHARE * peak, _otsu(hot))
        boxes = _boxes(values, threshold, float(hot.sum(dtype=np.float64)), bone, placement)
    native = Native(np.asarray(cam, dtype=np.float32), pooling, stride, offset)
    heat = HeatMap(values, grid, threshold, decision.cam_reference, decision.cam_floor, cells, native)
    _ = heat.peaks  # now: who draws has no time for it
    return heat, boxes


def refined(
    cam: NDArray[np.floating],
    finer: NDArray[np.floating],
    size: int = 128,
    stride: float | None = None,
    offset: float | None = None,
) -> Float32:
    """The evidence of each cell, shared out inside it as an earlier layer's map says: still in logit units, float32, >= 0.

    A finer map alone stands on no scale, and an early layer also answers to edges that the network discards later. So it only
    decides where inside a cell the cell's own score lies; its mean over the cell stays, but for the smoothing that hides the
    cells' walls.

    Args:
        cam: (n, n, n), signed; what is negative shows nothing.
        finer: (m, m, m), >= 0, m a multiple of n.
        size, stride, offset: voxels of the cube and layout of the n cells, see `spline_matrix`.
    """
    from scipy.ndimage import gaussian_filter

    n, k = cam.shape[0], finer.shape[0] // cam.shape[0]
    smooth = gaussian_filter(np.maximum(finer, 0).astype(np.float64), REFINED_SIGMA[0], mode="nearest").reshape(n, k, n, k, n, k)
    mean = smooth.mean(axis=(1, 3, 5), keepdims=True)
    even = EVEN_SHARE * max(float(mean.mean()), 1e-30)  # where the early layer is silent the cell stays as it is
    shares = (smooth + even) / (mean + even)
    spread = np.maximum(cam, 0).reshape(n, 1, n, 1, n, 1) * shares
    cells = gaussian_filter(spread.reshape(finer.shape), REFINED_SIGMA[1], mode="nearest")
    stride = size / n if stride is None else stride
    offset = (stride - 1) / 2 if offset is None else offset
    step = stride / k
    return np.maximum(upsample(cells, size, step, offset - (stride - step) / 2), np.float32(0.0))


def paper_map(heat: HeatMap) -> HeatMap | None:
    """The same evidence on the paper's grid of PAPER_CELLS^3 cells (a quarter of the cube each), for comparison.

    A coarse cell pools its fine ones as the network pools all of them ("lse": logarithm of the mean exponential, "gap": sum), so
    that it still stands for the same logit. None where the map is as coarse already, its cells do not fit, or are not known.
    """
    native = heat.native
    if native is None or heat.cells <= PAPER_CELLS or native.cam.shape[0] % PAPER_CELLS:
        return None
    k = native.cam.shape[0] // PAPER_CELLS
    blocks = native.cam.astype(np.float64).reshape(PAPER_CELLS, k, PAPER_CELLS, k, PAPER_CELLS, k)
    if native.pooling == "gap":
        cells = blocks.sum(axis=(1, 3, 5))
    else:
        top = blocks.max(axis=(1, 3, 5), keepdims=True)
        cells = np.log(np.exp(blocks - top).mean(axis=(1, 3, 5))) + top[:, 0, :, 0, :, 0]
    size = heat.grid.shape[0]
    stride = size / native.cam.shape[0] if native.stride is None else native.stride
    offset = (stride - 1) / 2 if native.offset is None else native.offset
    layout = stride * k, offset + stride * (k - 1) / 2
    values = evidence(cells, size, *layout)
    peak = float(values.max())
    found = float(cells.max()) > heat.floor
    threshold = max(HOT_SHARE * peak, _otsu(values[values > HOT_SHARE * peak])) if found else heat.floor
    coarse = Native(cells.astype(np.float32), native.pooling, *layout)
    return HeatMap(values, heat.grid, threshold, heat.reference, heat.floor, PAPER_CELLS, coarse, boxes_from=heat.cells)


def _otsu(values: Float32) -> float:
    """Otsu's threshold (IEEE Trans. SMC 9:62, 1979) of the hot voxels; 0 when there is only one value, but for rounding."""
    from skimage.filters import threshold_otsu

    # values that differ by rounding alone cannot be laid into its 256 bins
    highest = float(np.abs(values).max()) if values.size else 0.0
    if highest < _NORMAL or float(np.ptp(values)) <= 1e-4 * highest:
        return 0.0
    otsu: Callable[[Float32], float] = threshold_otsu  # scikit-image carries no types
    return float(otsu(values))


def _boxes(
    values: Float32, threshold: float, total: float, bone: NDArray[np.bool_] | None, placement: Placement
) -> tuple[Box, ...]:
    """Connected components above the threshold near bone, as boxes, by falling share of the hot region's integral `total`."""
    from scipy import ndimage

    mask = values > threshold
    if bone is not None:
        mask = mask & _near(bone, mask, BONE_REACH_MM / placement.model_grid.spacing[0])
    labels, count = ndimage.label(mask, structure=np.ones((3, 3, 3)))
    if count == 0:
        return ()
    integrals = np.bincount(labels.ravel(), weights=values.ravel())[1:]
    order = [int(i) for i in np.argsort(-integrals, kind="stable")[:MAX_BOXES] if integrals[i] >= SPECK_SHARE * integrals.max()]
    places = ndimage.find_objects(labels)
    return tuple(make_box(places[i], float(integrals[i]) / total, placement) for i in order)


def _near(bone: NDArray[np.bool_], mask: NDArray[np.bool_], reach: float) -> NDArray[np.bool_]:
    """Voxels within `reach` voxels of bone, worked out only around the mask (the rest stays False)."""
    from scipy import ndimage

    near = np.zeros_like(bone)
    if not mask.any():
        return near
    margin = int(np.ceil(reach))
    place = ndimage.find_objects(mask.astype(np.uint8))[0]
    cut = tuple(slice(max(0, s.start - margin), s.stop + margin) for s in place)
    if bone[cut].any():
        near[cut] = ndimage.distance_transform_edt(~bone[cut]) <= reach
    return near


def make_box(place: tuple[slice, slice, slice], score: float, placement: Placement) -> Box:
    """A range of model voxels as a Box: millimetres, the enclosing range in the scan as stored, and the model's own index.

    The voxel faces are the box's faces: model voxels start..stop-1 reach from start - 0.5 to stop - 0.5. Of a cube that is turned
    with its leg, the box in millimetres encloses the turned one.
    """
    low = np.array([s.start for s in place]) - 0.5
    high = np.array([s.stop for s in place]) - 0.5
    corners = np.array(np.meshgrid(*zip(low, high, strict=True), indexing="ij")).reshape(3, -1).T
    mm = placement.to_mm(corners)
    min_mm, max_mm = mm.min(axis=0), mm.max(axis=0)
    voxels = placement.to_scan_voxel(corners)
    last = np.asarray(placement.scan_grid.shape) - 1
    # a scan voxel v covers v - 0.5 .. v + 0.5; 1e-6 keeps a face that lies exactly between two voxels from claiming the next one
    first_voxel = np.clip(np.floor(voxels.min(axis=0) + 0.5 + 1e-6), 0, last).astype(int)
    last_voxel = np.clip(np.ceil(voxels.max(axis=0) - 0.5 - 1e-6), 0, last).astype(int)
    centre = (low + high) / 2
    centre_voxel = np.clip(np.rint(placement.to_scan_voxel(centre)), 0, last).astype(int)
    centre_model = np.clip(np.floor(centre + 0.5), 0, np.asarray(placement.model_grid.shape) - 1).astype(int)
    return Box(
        score=score,
        center_mm=_mm((min_mm + max_mm) / 2),
        min_mm=_mm(min_mm),
        max_mm=_mm(max_mm),
        center_voxel=_index(centre_voxel),
        min_voxel=_index(first_voxel),
        max_voxel=_index(np.maximum(first_voxel, last_voxel)),
        center_model_voxel=_index(centre_model),
    )


def _mm(point: Array) -> tuple[float, float, float]:
    x, y, z = (round(float(v), 4) for v in point)  # 0.1 micrometre: stable text, far below any meaning
    return x, y, z


def _index(point: NDArray[np.int_]) -> tuple[int, int, int]:
    x, y, z = (int(v) for v in point)
    return x, y, z
